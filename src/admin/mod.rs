//! The emulator's own API, under `/_secretstack/`. So far it tells that the server is up.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

/// The paths that answer health checks. The second is where tools written for LocalStack look.
const HEALTH: &[&str] = &["/_secretstack/health", "/_localstack/health", "/health"];

/// The routes.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    HEALTH.iter().fold(Router::new(), |router, path| {
        router.route(path, get(health))
    })
}

async fn health() -> impl IntoResponse {
    let body = concat!(
        r#"{"status":"running","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#"","services":{"secretsmanager":"running"}}"#
    );
    ([(CONTENT_TYPE, "application/json")], body)
}
