//! The background task that ends recovery windows (fact sheet 3.7).

use std::sync::Arc;

use chrono::TimeDelta;
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
            Err(error) => {
                error!(%error, "could not remove secrets whose recovery window ended");
                let later = clock.now() + TimeDelta::seconds(1);
                clock.sleep_until(later).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use chrono::{DateTime, Utc};

    use super::*;
    use crate::clock::ManualClock;
    use crate::secret::Secret;
    use crate::secret::deletion::RecoveryWindow;
    use crate::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretId, SecretKey, SecretName};
    use crate::secret::version::VersionId;
    use crate::store::{Direction, MemoryStore, Store};

    /// Creates a secret and schedules its deletion.
    async fn doomed(secrets: &Secrets, name: &str, days: i64, now: DateTime<Utc>) -> SecretKey {
        let scope = Scope {
            account: AccountId::DEFAULT,
            region: Region::default(),
        };
        let name = SecretName::parse(name).unwrap();
        let key = SecretKey { scope, name };
        let suffix = ArnSuffix::draw(|_| 0);
        let token = VersionId::new("v1");
        let secret = Secret::new(uuid::Uuid::nil(), key.clone(), suffix, token, now);
        secrets.create(secret, now).await.unwrap().unwrap();
        let id = SecretId {
            key: key.clone(),
            suffix: None,
        };
        let found = secrets.find(&id, now).await.unwrap();
        let window = RecoveryWindow::days(days).unwrap();
        secrets
            .update(&found, now, |secret| secret.schedule_deletion(window, now))
            .await
            .unwrap();
        key
    }

    #[tokio::test]
    async fn each_secret_is_removed_when_its_own_window_ends() {
        let start = "2026-01-01T00:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let store = Arc::new(MemoryStore::default());
        let secrets = Arc::new(Secrets::new(store.clone()));
        let purger = tokio::spawn(run(secrets.clone(), clock.clone()));
        let late = doomed(&secrets, "late", 30, start).await;
        doomed(&secrets, "soon", 7, start).await;

        let held = async || -> Vec<SecretKey> {
            let records = store.scan(Bound::Unbounded, Direction::Ascending, 9);
            let records = records.await.unwrap().into_iter();
            records.map(|stored| stored.secret.key().clone()).collect()
        };
        clock.advance(TimeDelta::days(7));
        while held().await.len() > 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(held().await, [late]);
        clock.advance(TimeDelta::days(23));
        while !held().await.is_empty() {
            tokio::task::yield_now().await;
        }
        purger.abort();
    }
}
