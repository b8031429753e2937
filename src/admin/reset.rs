//! `POST /_secretstack/reset`: back to the beginning.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::Admin;
use super::answer::{Refusal, failure, json, refusal};
use super::parameters::Parameters;
use crate::state::{Base, Part};

/// Where tools written for moto and LocalStack look.
pub(super) const OTHER_NAMES: &[&str] = &["/moto-api/reset", "/_localstack/state/reset"];

/// It was done.
#[derive(Serialize, ToSchema)]
struct Done {
    /// ok.
    status: &'static str,
}

/// Goes back to the beginning: all that a snapshot has, or only some secrets and, without a prefix, the KMS keys of their accounts and
/// regions.
#[utoipa::path(
    post,
    path = "/_secretstack/reset",
    operation_id = "reset",
    params(
        ("account" = Option<String>, Query, pattern = "^[0-9]{12}$", description = "Only this account."),
        ("region" = Option<String>, Query, pattern = "^[a-z0-9-]{1,128}$", description = "Only this region."),
        ("prefix" = Option<String>, Query, description = "Only secrets whose names begin with it."),
        ("to" = Option<Target>, Query, description = "What to go back to; the seed, if nothing is said."),
    ),
    responses((status = 200, description = "It was done.", body = Done), (status = 400, description = "What is wrong with the request.", body = Refusal))
)]
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

/// What can be gone back to.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it describes what `parse` reads")]
enum Target {
    Seed,
    Empty,
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
