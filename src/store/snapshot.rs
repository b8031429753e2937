//! Taking all secrets as they are at one moment, and putting them back.

use tokio::sync::RwLockWriteGuard;

use super::orders::Kept;
use super::{Contents, Secrets, StoreError};
use crate::secret::id::SecretKey;

/// All secrets as they were at one moment, with the orders that were made of them. It shares them with the store, so it costs next to
/// nothing to take, to keep and to put back. The default one has none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    contents: Contents,
    orders: Kept,
}

impl Snapshot {
    /// How many secrets there are.
    pub(crate) fn count(&self) -> usize {
        self.contents.len()
    }
}

impl Secrets {
    /// Waits until nothing is at work on secrets; until the guard is dropped, nothing begins.
    pub(crate) async fn pause(&self) -> RwLockWriteGuard<'_, ()> {
        self.work.write().await
    }

    /// All secrets as they are now. Changes wait meanwhile, so that the orders agree with the store.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let _turns = self.turns.of_all().await;
        self.all().await
    }

    /// Puts back all secrets as they were, and returns those that were there: many, perhaps, and long to drop. A change that
    /// began before this and has not been committed is made to what is put back, or finds its secret gone.
    pub(crate) async fn restore(&self, snapshot: &Snapshot) -> Result<Snapshot, StoreError> {
        let _making = self.making.lock().await;
        let _turns = self.turns.of_all().await;
        let replaced = self.all().await?;
        self.store.restore(&snapshot.contents).await?;
        self.orders.restore(&snapshot.orders);
        self.wake();
        Ok(replaced)
    }

    /// What is there now; the caller has all turns.
    async fn all(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot {
            contents: self.store.contents().await?,
            orders: self.orders.keep(),
        })
    }

    /// Puts back the secrets at the keys that are wanted, and removes those that are wanted and were not there.
    pub(crate) async fn restore_some(
        &self,
        snapshot: &Snapshot,
        wanted: impl Fn(&SecretKey) -> bool,
    ) -> Result<(), StoreError> {
        let _turns = self.turns.of_all().await;
        let now = self.store.contents().await?;
        for held in now.records().filter(|held| wanted(held.secret.key())) {
            let key = held.secret.key();
            self.store.remove(key, held.revision).await?;
            self.orders.note(Some(&held.secret), None);
        }
        let before = snapshot.contents.records();
        for held in before.filter(|held| wanted(held.secret.key())) {
            self.store.commit(None, held.secret.clone()).await?;
            self.orders.note(None, Some(&held.secret));
        }
        self.wake();
        Ok(())
    }

    /// Lets those who wait for work look again.
    fn wake(&self) {
        self.due_changed.notify_one();
        self.replication_due.notify_one();
    }
}
