//! Whether the server is up.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The paths that answer. The second is where tools written for LocalStack look.
pub(super) const PATHS: &[&str] = &["/_secretstack/health", "/_localstack/health", "/health"];

pub(super) async fn show() -> impl IntoResponse {
    let body = concat!(
        r#"{"status":"running","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#"","services":{"kms":"running","secretsmanager":"running","sts":"running"}}"#
    );
    ([(CONTENT_TYPE, "application/json")], body)
}
