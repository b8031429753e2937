//! `/_secretstack/snapshots`: taking snapshots, and putting them back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Admin;
use super::answer::{Refusal, failure, json, refusal, written};
use crate::state::{About, SnapshotId};

/// A snapshot, as it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Snapshot)]
struct Shown {
    id: String,
    /// When, by the emulator's clock.
    #[schema(format = DateTime)]
    taken: String,
    /// How many secrets are in it.
    secrets: usize,
}

impl From<About> for Shown {
    fn from(about: About) -> Self {
        Self {
            id: about.id.to_string(),
            taken: written(about.taken),
            secrets: about.secrets,
        }
    }
}

/// Lists the snapshots, oldest first.
#[utoipa::path(
    get,
    path = "/_secretstack/snapshots",
    operation_id = "listSnapshots",
    responses((status = 200, description = "The snapshots.", body = Vec<Shown>))
)]
pub(super) async fn list(State(admin): State<Arc<Admin>>) -> Response {
    let kept = admin.state.kept().into_iter();
    json(StatusCode::OK, &kept.map(Shown::from).collect::<Vec<_>>())
}

/// Takes a snapshot of all secrets, KMS keys and aliases, the clock and pending rotations, and keeps it.
#[utoipa::path(
    post,
    path = "/_secretstack/snapshots",
    operation_id = "takeSnapshot",
    responses((status = 201, description = "The snapshot.", body = Shown))
)]
pub(super) async fn take(State(admin): State<Arc<Admin>>) -> Response {
    match admin.state.keep().await {
        Ok(about) => json(StatusCode::CREATED, &Shown::from(about)),
        Err(cause) => failure(&cause),
    }
}

/// Puts back all that there was.
#[utoipa::path(
    post,
    path = "/_secretstack/snapshots/{id}/restore",
    operation_id = "restoreSnapshot",
    params(("id" = String, Path)),
    responses((status = 200, description = "The snapshot.", body = Shown), (status = 404, description = "There is no such snapshot.", body = Refusal))
)]
pub(super) async fn restore(State(admin): State<Arc<Admin>>, Path(id): Path<String>) -> Response {
    let Some(known) = parse(&id) else {
        return unknown(&id);
    };
    match admin.state.restore_kept(known).await {
        Ok(Some(about)) => json(StatusCode::OK, &Shown::from(about)),
        Ok(None) => unknown(&id),
        Err(cause) => failure(&cause),
    }
}

/// Deletes a snapshot.
#[utoipa::path(
    delete,
    path = "/_secretstack/snapshots/{id}",
    operation_id = "deleteSnapshot",
    params(("id" = String, Path)),
    responses((status = 204, description = "It is deleted."), (status = 404, description = "There is no such snapshot.", body = Refusal))
)]
pub(super) async fn delete(State(admin): State<Arc<Admin>>, Path(id): Path<String>) -> Response {
    if parse(&id).is_some_and(|id| admin.state.forget(id)) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        unknown(&id)
    }
}

fn parse(id: &str) -> Option<SnapshotId> {
    id.parse().ok()
}

fn unknown(id: &str) -> Response {
    refusal(
        StatusCode::NOT_FOUND,
        format!("there is no snapshot {id:?}"),
    )
}
