//! The composition root: the only place that picks stores, keys, clock and randomness and puts them together.

use std::sync::Arc;

use axum::{Router, middleware};
use tokio::sync::Mutex;

use crate::admin::{self, Admin};
use crate::api::context::Services;
use crate::api::page::PageTokens;
use crate::auth::credentials::Defaults;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::journal::Journal;
use crate::kms::{KeyRing, Sealer};
use crate::lambda::{Functions, FunctionsConfig};
use crate::protocol::FrontEnd;
use crate::replication::Replicator;
use crate::rotation::Rotator;
use crate::secret::id::Scope;
use crate::seed::{Exporter, Seeder};
use crate::state::State;
use crate::store::{MemoryStore, Secrets};
use crate::timetable::Timetable;
use crate::trail::Trail;
use crate::{lambda, server};

/// The parts of an emulator that are not a matter of one request.
#[derive(Debug)]
pub(crate) struct App {
    /// Answers AWS's requests.
    pub(crate) front_end: Arc<FrontEnd>,
    pub(crate) admin: Admin,
    /// To be started when it is known where the emulator listens.
    pub(crate) functions: Arc<Functions>,
    pub(crate) default_scope: Scope,
    pub(crate) trail: Arc<Trail>,
    pub(crate) timetable: Arc<Timetable>,
    pub(crate) state: Arc<State>,
    pub(crate) seeder: Arc<Seeder>,
    pub(crate) background: [server::Background; 2],
}

/// Puts an emulator together, for requests whose credentials name no account or region to be in `default_scope`.
pub(crate) fn build(
    default_scope: Scope,
    functions: FunctionsConfig,
    clock: Arc<Clock>,
    entropy: &Entropy,
) -> App {
    let journal = Arc::new(Journal::default());
    let trail = Arc::new(Trail::new(entropy));
    let secrets = Arc::new(Secrets::new(Arc::new(MemoryStore::default())));
    let keys = Arc::new(KeyRing::new(entropy, journal.clone()));
    let sealer = Arc::new(Sealer::new(keys.clone(), entropy));
    let functions = Arc::new(Functions::new(functions, entropy));
    let replicator = Arc::new(Replicator::new(
        secrets.clone(),
        sealer.clone(),
        clock.clone(),
        entropy,
    ));
    let rotator = Arc::new(Rotator::new(
        secrets.clone(),
        functions.clone(),
        clock.clone(),
        (trail.clone(), journal.clone()),
        entropy,
    ));
    let timetable = Arc::new(Timetable {
        clock: clock.clone(),
        secrets: secrets.clone(),
        keys: keys.clone(),
        rotator: rotator.clone(),
        journal,
        trail: trail.clone(),
        moving: Mutex::default(),
    });
    let seeder = Arc::new(Seeder::new(
        secrets.clone(),
        sealer.clone(),
        keys.clone(),
        clock.clone(),
        entropy,
    ));
    let exporter = Exporter::new(secrets.clone(), sealer.clone());
    let front_end = FrontEnd {
        services: Services {
            secrets,
            sealer,
            keys,
            replicator: replicator.clone(),
            functions: functions.clone(),
            trail: trail.clone(),
            page_tokens: PageTokens::new(entropy),
            identities: entropy.child("identity"),
            made_up: entropy.child("made up"),
            passwords: entropy.child("password"),
        },
        clock: clock.clone(),
        request_ids: entropy.child("request id"),
        defaults: Defaults(default_scope.clone()),
    };
    let state = Arc::new(State::of(timetable.clone(), entropy.clone()));
    let admin = Admin {
        clock,
        timetable: timetable.clone(),
        rotator,
        trail: trail.clone(),
        state: state.clone(),
        seeder: seeder.clone(),
        exporter: Arc::new(exporter),
        home: default_scope.clone(),
    };
    App {
        front_end: Arc::new(front_end),
        admin,
        functions,
        default_scope,
        trail,
        timetable: timetable.clone(),
        state,
        seeder,
        background: [
            server::Background::spawn(timetable.run()),
            server::Background::spawn(replicator.run()),
        ],
    }
}

/// The routes of all paths but AWS's.
pub(crate) fn routes(admin: Admin, functions: Arc<Functions>) -> Router {
    Router::new()
        .merge(admin::routes(admin))
        .merge(lambda::routes(functions))
        .layer(middleware::from_fn(admin::guard))
}
