//! Finding, creating, updating and removing secrets, over any [`Store`].
//!
//! A secret whose recovery window has ended is gone for all callers from that instant on, whether or not the timetable
//! has removed its record yet.

use std::ops::{Bound, Deref};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{Mutex, Notify, RwLock, RwLockReadGuard};

use super::orders::Orders;
use super::{Direction, Store, StoreError, Stored};
use crate::secret::id::{SecretId, SecretKey};
use crate::secret::{self, Secret};
use crate::turns::Turns;

/// Why a secret was not found or not changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such secret.
    #[error("no such secret")]
    NotFound,
    /// The transition refused.
    #[error(transparent)]
    Refused(#[from] secret::Error),
    /// The backend failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// A secret as it was found.
#[derive(Debug, Clone)]
pub struct Found(Stored);

impl Found {
    /// The secret, shared.
    pub fn shared(&self) -> Arc<Secret> {
        self.0.secret.clone()
    }
}

impl Deref for Found {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0.secret
    }
}

/// All secrets of all accounts and regions.
#[derive(Debug)]
pub struct Secrets {
    pub(super) store: Arc<dyn Store>,
    pub(super) orders: Orders,
    /// Wakes whoever performs what falls due when that has changed.
    pub(super) due_changed: Notify,
    pub(super) replication_due: Notify,
    /// Makes the changes of one key, each with its note in the orders, follow one another. Readers take none.
    pub(super) turns: Turns,
    /// Held while an order by date is made.
    pub(super) making: Mutex<()>,
    /// Shared by all work that is to see and leave one state; held alone by whoever puts another one back.
    pub(super) work: RwLock<()>,
}

impl Secrets {
    /// Secrets in a store that is empty.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            orders: Orders::default(),
            due_changed: Notify::new(),
            replication_due: Notify::new(),
            turns: Turns::default(),
            making: Mutex::default(),
            work: RwLock::default(),
        }
    }

    /// Begins work on secrets and their KMS keys, such as an operation: until the guard is dropped, no other state is put back.
    /// Whoever holds one must not ask for a second one.
    pub(crate) async fn work(&self) -> RwLockReadGuard<'_, ()> {
        self.work.read().await
    }

    /// Finds the secret an id names.
    pub async fn find(&self, id: &SecretId, now: DateTime<Utc>) -> Result<Found, Error> {
        let found = self.get(&id.key, now).await?;
        found
            .filter(|found| id.names(found.suffix()))
            .ok_or(Error::NotFound)
    }

    /// The secret at a key.
    pub async fn get(&self, key: &SecretKey, now: DateTime<Utc>) -> Result<Option<Found>, Error> {
        let stored = self.store.get(key).await?;
        Ok(stored
            .filter(|stored| !stored.secret.is_purged(now))
            .map(Found))
    }

    /// Stores a new secret at its key. If there is one already, returns that and stores nothing.
    pub async fn create(
        &self,
        secret: Secret,
        now: DateTime<Utc>,
    ) -> Result<Result<Arc<Secret>, Found>, Error> {
        let secret = Arc::new(secret);
        loop {
            let held = self.store.get(secret.key()).await?;
            let replaced = match held {
                Some(held) if !held.secret.is_purged(now) => return Ok(Err(Found(held))),
                other => other,
            };
            match self.commit(replaced.as_ref(), secret.clone()).await {
                Err(StoreError::Conflict) => {}
                Ok(()) => return Ok(Ok(secret)),
            }
        }
    }

    /// Changes a secret by a transition and returns it as it is then, with what the transition returned.
    ///
    /// The transition works on a copy and runs again if the secret was changed meanwhile, so it must not have effects
    /// of its own. When it changes nothing, nothing is written.
    pub async fn update<T>(
        &self,
        found: &Found,
        now: DateTime<Utc>,
        mut transition: impl FnMut(&mut Secret) -> Result<T, secret::Error>,
    ) -> Result<(Arc<Secret>, T), Error> {
        let mut held = found.0.clone();
        loop {
            let mut secret = Secret::clone(&held.secret);
            let outcome = transition(&mut secret)?;
            if secret == *held.secret {
                return Ok((held.secret, outcome));
            }
            let secret = Arc::new(secret);
            match self.commit(Some(&held), secret.clone()).await {
                Ok(()) => return Ok((secret, outcome)),
                Err(StoreError::Conflict) => held = self.read_again(found, now).await?,
            }
        }
    }

    /// Removes a secret at once, if `check` allows it, whatever else happens to it meanwhile.
    pub async fn remove(
        &self,
        found: &Found,
        now: DateTime<Utc>,
        check: impl Fn(&Secret) -> Result<(), secret::Error>,
    ) -> Result<(), Error> {
        let mut held = found.0.clone();
        loop {
            check(&held.secret)?;
            match self.remove_record(&held).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict) => held = self.read_again(found, now).await?,
            }
        }
    }

    /// The same secret as it is now: a recreated one by the same name is another secret.
    async fn read_again(&self, found: &Found, now: DateTime<Utc>) -> Result<Stored, Error> {
        let again = self.get(found.key(), now).await?;
        again
            .filter(|again| again.uid() == found.uid())
            .map(|Found(stored)| stored)
            .ok_or(Error::NotFound)
    }

    /// At most `limit` secrets of all accounts and regions in the order of their keys, beginning at `from`.
    pub async fn scan(
        &self,
        from: Bound<SecretKey>,
        limit: usize,
    ) -> Result<Vec<Arc<Secret>>, StoreError> {
        let records = self.store.scan(from, Direction::Ascending, limit).await?;
        Ok(records.into_iter().map(|stored| stored.secret).collect())
    }

    /// When the next recovery window ends.
    pub fn next_purge(&self) -> Option<DateTime<Utc>> {
        self.orders.first_purge().map(|(time, _)| time)
    }

    /// Ends when what falls due has changed since the last call. There is one caller.
    pub async fn due_changed(&self) {
        self.due_changed.notified().await;
    }

    /// When the next rotation has something to do, of the secrets that `passed_over` does not name.
    pub fn next_rotation(&self, passed_over: impl Fn(&SecretKey) -> bool) -> Option<DateTime<Utc>> {
        let next = self.orders.rotations_until(None, passed_over, 1);
        next.first().map(|(due, _)| *due)
    }

    /// The secrets whose rotation has something to do now, of those that `passed_over` does not name.
    pub fn rotations_due(
        &self,
        now: DateTime<Utc>,
        passed_over: impl Fn(&SecretKey) -> bool,
    ) -> Vec<SecretKey> {
        let due = self
            .orders
            .rotations_until(Some(now), passed_over, usize::MAX);
        due.into_iter().map(|(_, key)| key).collect()
    }

    /// Removes the secrets whose recovery window has ended, and returns them.
    pub async fn purge_due(&self, now: DateTime<Utc>) -> Result<Vec<Arc<Secret>>, StoreError> {
        let mut purged = Vec::new();
        while let Some((_, key)) = self.orders.first_purge().filter(|(time, _)| *time <= now) {
            let stored = self.store.get(&key).await?;
            match stored.filter(|stored| stored.secret.is_purged(now)) {
                Some(stored) => match self.remove_record(&stored).await {
                    Ok(()) => purged.push(stored.secret),
                    // It was restored or replaced at this instant; the loop looks again.
                    Err(StoreError::Conflict) => {}
                },
                // It is gone, and whoever removed it is about to note that.
                None => tokio::task::yield_now().await,
            }
        }
        Ok(purged)
    }

    /// Waits until a secret has replication work to do, and returns its key.
    pub async fn next_replication(&self) -> SecretKey {
        loop {
            let due = self.replication_due.notified();
            match self.orders.first_replication() {
                Some(key) => return key,
                None => due.await,
            }
        }
    }

    async fn commit(&self, before: Option<&Stored>, after: Arc<Secret>) -> Result<(), StoreError> {
        let _turn = self.turns.of(after.key()).await;
        let expected = before.map(|stored| stored.revision);
        self.store.commit(expected, after.clone()).await?;
        let before = before.map(|stored| &*stored.secret);
        let work = self.orders.note(before, Some(&after));
        if work.timed {
            self.due_changed.notify_one();
        }
        if work.replication {
            self.replication_due.notify_one();
        }
        Ok(())
    }

    async fn remove_record(&self, held: &Stored) -> Result<(), StoreError> {
        let key = held.secret.key();
        let _turn = self.turns.of(key).await;
        self.store.remove(key, held.revision).await?;
        let work = self.orders.note(Some(&held.secret), None);
        if work.timed {
            self.due_changed.notify_one();
        }
        Ok(())
    }
}
