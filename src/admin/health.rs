//! Whether the server is up.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;

use super::answer::refusal;

/// The path that answers.
pub(super) const PATH: &str = "/_secretstack/health";
/// Where tools written for LocalStack and others look.
pub(super) const OTHER_NAMES: &[&str] = &["/_localstack/health", "/health"];

/// Does health answer at this path?
pub(super) fn is_at(path: &str) -> bool {
    path == PATH || OTHER_NAMES.contains(&path)
}

/// How the server is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `show` and `starting` answer")]
struct Health {
    /// running or starting.
    status: &'static str,
    version: &'static str,
    /// Each service, and how it is.
    services: std::collections::HashMap<String, String>,
}

/// Tells whether the server is up.
#[utoipa::path(
    get,
    path = "/_secretstack/health",
    operation_id = "showHealth",
    responses(
        (status = 200, description = "It is up.", body = Health),
        (status = 503, description = "It is still starting.", body = Health),
    )
)]
pub(super) async fn show() -> impl IntoResponse {
    let body = concat!(
        r#"{"status":"running","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#"","services":{"kms":"running","secretsmanager":"running","sts":"running"}}"#
    );
    ([(CONTENT_TYPE, "application/json")], body)
}

/// The answer until all seeds are applied.
pub(super) async fn starting() -> impl IntoResponse {
    let body = concat!(
        r#"{"status":"starting","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#"","services":{"kms":"starting","secretsmanager":"starting","sts":"starting"},"#,
        r#""error":"the emulator is still starting"}"#
    );
    let status = StatusCode::SERVICE_UNAVAILABLE;
    (status, [(CONTENT_TYPE, "application/json")], body)
}

/// The answer of the emulator's other paths until then.
pub(super) async fn not_yet() -> Response {
    let error = "the emulator is still starting".to_owned();
    refusal(StatusCode::SERVICE_UNAVAILABLE, error)
}
