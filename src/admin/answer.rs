//! What the emulator's own paths answer with.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

/// What is wrong with a request.
#[derive(Serialize)]
struct Refusal {
    error: String,
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Strings and numbers always serialize.
    let body = serde_json::to_vec(body).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// Says what is wrong with a request.
pub(super) fn refusal(status: StatusCode, error: String) -> Response {
    json(status, &Refusal { error })
}

/// Says that something failed here.
pub(super) fn failure(cause: &dyn std::error::Error) -> Response {
    tracing::error!(error = %cause, "a request to the emulator failed");
    refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the store failed".to_owned(),
    )
}

/// A time as text.
pub(super) fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
