//! The composition root: the only place that picks stores, keys, clock and randomness and puts them together.

use std::sync::Arc;

use axum::Router;

use crate::api::context::Services;
use crate::api::page::PageTokens;
use crate::auth::credentials::Defaults;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::kms::{KeyRing, Sealer};
use crate::protocol::{self, FrontEnd};
use crate::replication::Replicator;
use crate::secret::id::Scope;
use crate::store::{MemoryStore, Secrets, purger};
use crate::{admin, server};

/// The parts of an emulator that are not a matter of one request.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) background: [server::Background; 2],
}

/// Puts an emulator together.
pub(crate) fn build(default_scope: Scope, clock: Arc<dyn Clock>, entropy: &Entropy) -> App {
    let secrets = Arc::new(Secrets::new(Arc::new(MemoryStore::default())));
    let keys = Arc::new(KeyRing::new(entropy));
    let sealer = Arc::new(Sealer::new(keys.clone(), entropy));
    let replicator = Arc::new(Replicator::new(
        secrets.clone(),
        sealer.clone(),
        clock.clone(),
        entropy,
    ));
    let front_end = FrontEnd {
        services: Services {
            secrets: secrets.clone(),
            sealer,
            keys,
            replicator: replicator.clone(),
            page_tokens: PageTokens::new(entropy),
            identities: entropy.child("identity"),
            passwords: entropy.child("password"),
        },
        clock: clock.clone(),
        request_ids: entropy.child("request id"),
        defaults: Defaults(default_scope),
    };
    App {
        router: admin::routes()
            .fallback(protocol::answer)
            .with_state(Arc::new(front_end)),
        background: [
            server::Background::spawn(purger::run(secrets, clock)),
            server::Background::spawn(replicator.run()),
        ],
    }
}
