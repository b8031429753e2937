//! An exception as a response: the only renderer.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::AMZ_JSON;
use crate::api::error::{Error, Family};

/// `__type`, and the text as `Message` or `message`; an exception without a text has neither (fact sheet 1.3).
#[derive(Serialize)]
struct Body {
    #[serde(rename = "__type")]
    code: &'static str,
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    of_service: Option<String>,
    #[serde(rename = "message", skip_serializing_if = "Option::is_none")]
    of_framework: Option<String>,
}

pub(super) fn render(error: &Error) -> Response {
    let code = error.code();
    let text = Some(error.to_string()).filter(|text| !text.is_empty());
    let (of_service, of_framework) = match code.family() {
        Family::Service => (text, None),
        Family::Framework => (None, text),
    };
    let body = Body {
        code: code.name(),
        of_service,
        of_framework,
    };
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Strings always serialize.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    (status, [(CONTENT_TYPE, AMZ_JSON)], body).into_response()
}
