//! `GET /_secretstack/openapi.json`: the description of this API, put together from the code that answers.

use std::sync::Arc;

use axum::Extension;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};

use super::answer::json;

/// A description without paths.
pub(super) fn start() -> OpenApi {
    let mut info = Info::new("secretstack", env!("CARGO_PKG_VERSION"));
    info.description = Some("The emulator's own API. AWS's is not described here.".to_owned());
    OpenApiBuilder::new().info(info).build()
}

/// Describes this API in OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/_secretstack/openapi.json",
    operation_id = "describe",
    responses((status = 200, description = "The description.", body = serde_json::Value))
)]
pub(super) async fn show(Extension(description): Extension<Arc<OpenApi>>) -> Response {
    json(StatusCode::OK, &*description)
}
