//! Records in this process's memory.
//!
//! The map is persistent: a writer makes a new one that shares all it did not touch, and publishes it at once. So
//! readers take no lock, and a reader in the midst of a scan keeps the map it began with.

use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use imbl::OrdMap;

use super::{Direction, Pending, Revision, Store, StoreError, Stored};
use crate::secret::Secret;
use crate::secret::id::SecretKey;

/// A store that lasts as long as the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: ArcSwap<OrdMap<SecretKey, Stored>>,
    /// The last revision given out. Held while a new map is made and published.
    writer: Mutex<u64>,
}

impl MemoryStore {
    /// Makes a new map by `change`, if the record at `key` is at the revision `expected`.
    fn swap(
        &self,
        key: &SecretKey,
        expected: Option<Revision>,
        change: impl FnOnce(&mut OrdMap<SecretKey, Stored>, Revision),
    ) -> Result<Revision, StoreError> {
        let mut last = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut records = OrdMap::clone(&self.records.load());
        if records.get(key).map(|stored| stored.revision) != expected {
            return Err(StoreError::Conflict);
        }
        *last += 1;
        let revision = Revision(*last);
        change(&mut records, revision);
        self.records.store(Arc::new(records));
        Ok(revision)
    }
}

fn ready<'a, T: Send + 'a>(result: Result<T, StoreError>) -> Pending<'a, T> {
    Box::pin(std::future::ready(result))
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a SecretKey) -> Pending<'a, Option<Stored>> {
        ready(Ok(self.records.load().get(key).cloned()))
    }

    fn commit(&self, expected: Option<Revision>, secret: Arc<Secret>) -> Pending<'_, Revision> {
        let key = secret.key().clone();
        ready(self.swap(&key, expected, |records, revision| {
            records.insert(secret.key().clone(), Stored { revision, secret });
        }))
    }

    fn remove<'a>(&'a self, key: &'a SecretKey, expected: Revision) -> Pending<'a, ()> {
        let removed = self.swap(key, Some(expected), |records, _| {
            records.remove(key);
        });
        ready(removed.map(drop))
    }

    fn scan(
        &self,
        from: Bound<SecretKey>,
        direction: Direction,
        limit: usize,
    ) -> Pending<'_, Vec<Stored>> {
        let records = self.records.load();
        let take = |records: &mut dyn Iterator<Item = (&SecretKey, &Stored)>| {
            let found = records.take(limit).map(|(_, stored)| stored.clone());
            found.collect()
        };
        ready(Ok(match direction {
            Direction::Ascending => take(&mut records.range((from, Bound::Unbounded))),
            Direction::Descending => take(&mut records.range((Bound::Unbounded, from)).rev()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[tokio::test]
    async fn keeps_the_contract() {
        conformance::check(|| Arc::new(MemoryStore::default())).await;
    }
}
