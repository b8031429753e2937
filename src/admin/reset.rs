//! `POST /_secretstack/reset`: back to the beginning.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Admin;
use super::answer::{failure, json, refusal};
use super::parameters::Parameters;
use crate::state::{Base, Part};

/// The paths that answer. The others are those that tools written for moto and LocalStack use.
pub(super) const PATHS: &[&str] = &[
    "/_secretstack/reset",
    "/moto-api/reset",
    "/_localstack/state/reset",
];

/// It was done.
#[derive(Serialize)]
struct Done {
    status: &'static str,
}

pub(super) async fn reset(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response {
    let (part, base) = match parse(query.as_deref()) {
        Ok(wanted) => wanted,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, error),
    };
    match admin.state.reset(part, base).await {
        Ok(()) => json(StatusCode::OK, &Done { status: "ok" }),
        Err(cause) => failure(&cause),
    }
}

fn parse(query: Option<&str>) -> Result<(Part, Base), String> {
    let parameters = Parameters::parse(query, &["account", "region", "prefix", "to"])?;
    let base = match parameters.get("to") {
        None | Some("seed") => Base::Start,
        Some("empty") => Base::Empty,
        Some(other) => return Err(format!("to: {other:?} is neither seed nor empty")),
    };
    Ok((parameters.part()?, base))
}
