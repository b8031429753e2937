//! The background task that ends recovery windows (fact sheet 3.7).

use std::sync::Arc;

use tracing::{error, info};

use super::Secrets;
use crate::clock::Clock;

/// Removes each secret when its recovery window ends. Runs until it is dropped, which is safe at any point.
pub async fn run(secrets: Arc<Secrets>, clock: Arc<dyn Clock>) {
    loop {
        let changed = secrets.purges_changed.notified();
        let Some(due) = secrets.next_purge() else {
            changed.await;
            continue;
        };
        tokio::select! {
            () = clock.sleep_until(due) => {}
            () = changed => continue,
        }
        match secrets.purge_due(clock.now()).await {
            Ok(0) => {}
            Ok(purged) => info!(purged, "recovery windows ended"),
            Err(error) => error!(%error, "could not remove secrets whose recovery window ended"),
        }
    }
}
