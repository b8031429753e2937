//! The emulator's own API, under `/_secretstack/`: the same knobs that tests in Rust turn.

mod answer;
mod clock;
mod description;
mod duration;
mod events;
mod guard;
mod health;
mod lines;
mod parameters;
mod reset;
mod rotations;
mod seeds;
mod snapshots;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::guard::guard;
use crate::clock::Clock;
use crate::rotation::Rotator;
use crate::secret::id::Scope;
use crate::seed::{Exporter, Seeder};
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
    pub(crate) seeder: Arc<Seeder>,
    pub(crate) exporter: Arc<Exporter>,
    /// The account and region of secrets that are declared without.
    pub(crate) home: Scope,
}

/// The routes.
pub(crate) fn routes(admin: Admin) -> Router {
    let (router, description) = OpenApiRouter::with_openapi(description::start())
        .routes(routes!(health::show))
        .routes(routes!(clock::show, clock::change))
        .routes(routes!(rotations::list))
        .routes(routes!(events::list))
        .routes(routes!(reset::reset))
        .routes(routes!(snapshots::list, snapshots::take))
        .routes(routes!(snapshots::delete))
        .routes(routes!(snapshots::restore))
        .routes(routes!(seeds::apply))
        .routes(routes!(seeds::export))
        .routes(routes!(seeds::import))
        .routes(routes!(description::show))
        .split_for_parts();
    let router = health::OTHER_NAMES
        .iter()
        .fold(router, |router, path| router.route(path, get(health::show)));
    let router = reset::OTHER_NAMES.iter().fold(router, |router, path| {
        router.route(path, post(reset::reset))
    });
    router
        .layer(Extension(Arc::new(description)))
        .with_state(Arc::new(admin))
}

/// The routes while the emulator is still starting.
pub(crate) fn routes_of_a_start() -> Router {
    let router = Router::new().route(health::PATH, get(health::starting));
    health::OTHER_NAMES
        .iter()
        .fold(router, |router, path| {
            router.route(path, get(health::starting))
        })
        .fallback(health::not_yet)
}
