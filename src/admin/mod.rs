//! The emulator's own API, under `/_secretstack/`: the same knobs that tests in Rust turn.

mod answer;
mod clock;
mod duration;
mod events;
mod guard;
mod health;
mod parameters;
mod reset;
mod rotations;
mod snapshots;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

pub(crate) use self::guard::guard;
use crate::clock::Clock;
use crate::rotation::Rotator;
use crate::state::State;
use crate::timetable::Timetable;
use crate::trail::Trail;

/// What the emulator's own paths show and move.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) clock: Arc<Clock>,
    pub(crate) timetable: Arc<Timetable>,
    pub(crate) rotator: Arc<Rotator>,
    pub(crate) trail: Arc<Trail>,
    pub(crate) state: Arc<State>,
}

/// The routes.
pub(crate) fn routes(admin: Admin) -> Router {
    let router = Router::new()
        .route("/_secretstack/clock", get(clock::show).put(clock::change))
        .route("/_secretstack/rotations", get(rotations::list))
        .route("/_secretstack/events", get(events::list))
        .route(
            "/_secretstack/snapshots",
            get(snapshots::list).post(snapshots::take),
        )
        .route("/_secretstack/snapshots/{id}", delete(snapshots::delete))
        .route(
            "/_secretstack/snapshots/{id}/restore",
            post(snapshots::restore),
        );
    let router = health::PATHS
        .iter()
        .fold(router, |router, path| router.route(path, get(health::show)));
    let router = reset::PATHS.iter().fold(router, |router, path| {
        router.route(path, post(reset::reset))
    });
    router.with_state(Arc::new(admin))
}
