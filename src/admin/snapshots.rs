//! `/_secretstack/snapshots`: taking snapshots, and putting them back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Admin;
use super::answer::{failure, json, refusal, written};
use crate::state::{About, SnapshotId};

/// A snapshot, as it is shown.
#[derive(Serialize)]
struct Shown {
    id: String,
    taken: String,
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

pub(super) async fn list(State(admin): State<Arc<Admin>>) -> Response {
    let kept = admin.state.kept().into_iter();
    json(StatusCode::OK, &kept.map(Shown::from).collect::<Vec<_>>())
}

pub(super) async fn take(State(admin): State<Arc<Admin>>) -> Response {
    match admin.state.keep().await {
        Ok(about) => json(StatusCode::CREATED, &Shown::from(about)),
        Err(cause) => failure(&cause),
    }
}

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
