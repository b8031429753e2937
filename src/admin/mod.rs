//! The emulator's own API, under `/_secretstack/`: the same knobs that tests in Rust turn.

mod clock;
mod duration;
mod events;
mod health;
mod rotations;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::clock::Clock;
use crate::rotation::Rotator;
use crate::timetable::Timetable;
use crate::trail::Trail;

/// What the emulator's own paths show and move.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) clock: Arc<Clock>,
    pub(crate) timetable: Arc<Timetable>,
    pub(crate) rotator: Arc<Rotator>,
    pub(crate) trail: Arc<Trail>,
}

/// The routes.
pub(crate) fn routes(admin: Admin) -> Router {
    let router = Router::new()
        .route("/_secretstack/clock", get(clock::show).put(clock::change))
        .route("/_secretstack/rotations", get(rotations::list))
        .route("/_secretstack/events", get(events::list));
    let with_health = health::PATHS
        .iter()
        .fold(router, |router, path| router.route(path, get(health::show)));
    with_health.with_state(Arc::new(admin))
}
