//! Finding, creating, updating and listing secrets, over any [`Store`].
//!
//! A secret whose recovery window has ended is gone for all callers from that instant on, whether or not the purger
//! has removed its record yet.

use std::ops::{Bound, Deref};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use super::orders::Orders;
use super::{Direction, Position, Revision, SortBy, Store, StoreError, Stored};
use crate::secret::id::{Scope, SecretId, SecretKey};
use crate::secret::{self, Secret};

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

impl Deref for Found {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0.secret
    }
}

/// All secrets of all accounts and regions.
#[derive(Debug)]
pub struct Secrets {
    store: Arc<dyn Store>,
    orders: Orders,
    /// Wakes the purger when a recovery window begins.
    pub(super) purges_changed: Notify,
    replication_due: Notify,
}

/// Which part of a scope's secrets to list.
#[derive(Debug)]
pub struct ListQuery<'a> {
    /// The account and region.
    pub scope: &'a Scope,
    /// What to sort by.
    pub sort: SortBy,
    /// Which way.
    pub direction: Direction,
    /// The last place of the page before.
    pub after: Option<Position>,
    /// The most secrets to return, at least 1.
    pub limit: usize,
}

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// The secrets, in order.
    pub secrets: Vec<Arc<Secret>>,
    /// The last secret's place, if another one follows it.
    pub next: Option<Position>,
}

/// How many candidates are looked at before other requests get a turn.
const CHUNK: usize = 128;

impl Secrets {
    /// Secrets in a store that is empty.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            orders: Orders::default(),
            purges_changed: Notify::new(),
            replication_due: Notify::new(),
        }
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
            let expected = replaced.as_ref().map(|stored| stored.revision);
            match self
                .commit(replaced.as_ref(), expected, secret.clone())
                .await
            {
                Err(StoreError::Conflict) => {}
                Ok(_) => return Ok(Ok(secret)),
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
            let expected = Some(held.revision);
            match self.commit(Some(&held), expected, secret.clone()).await {
                Ok(_) => return Ok((secret, outcome)),
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

    /// Lists the secrets of a scope that `wanted` picks. Secrets that come or go between pages disturb no others.
    pub async fn page(
        &self,
        query: ListQuery<'_>,
        now: DateTime<Utc>,
        wanted: impl Fn(&Secret) -> bool,
    ) -> Result<Page, Error> {
        let ListQuery {
            scope,
            sort,
            direction,
            mut after,
            limit,
        } = query;
        let mut secrets: Vec<Arc<Secret>> = Vec::new();
        loop {
            let candidates = self
                .candidates(scope, sort, direction, after.as_ref())
                .await?;
            let Some((last, _)) = candidates.last() else {
                return Ok(Page {
                    secrets,
                    next: None,
                });
            };
            let last = last.clone();
            for (_, secret) in candidates {
                let Some(secret) = secret else { continue };
                if secret.is_purged(now) || !wanted(&secret) {
                    continue;
                }
                if secrets.len() == limit {
                    let next = secrets.last().map(|last| sort.position(last));
                    return Ok(Page { secrets, next });
                }
                secrets.push(secret);
            }
            after = Some(last);
            tokio::task::yield_now().await;
        }
    }

    /// The next places in an order, each with the secret that stands there.
    async fn candidates(
        &self,
        scope: &Scope,
        sort: SortBy,
        direction: Direction,
        after: Option<&Position>,
    ) -> Result<Vec<(Position, Option<Arc<Secret>>)>, StoreError> {
        if sort == SortBy::Name {
            let from = match (after, direction) {
                (Some(position), _) => Bound::Excluded(key_at(scope, position)),
                (None, Direction::Ascending) => Bound::Excluded(SecretKey::start_of(scope)),
                (None, Direction::Descending) => Bound::Excluded(SecretKey::end_of(scope)),
            };
            let records = self.store.scan(from, direction, CHUNK).await?;
            return Ok(records
                .into_iter()
                .map(|stored| stored.secret)
                .take_while(|secret| secret.key().scope == *scope)
                .map(|secret| (sort.position(&secret), Some(secret)))
                .collect());
        }
        let places = self.orders.places(scope, sort, direction, after, CHUNK);
        let mut candidates = Vec::with_capacity(places.len());
        for place in places {
            let stored = self.store.get(&key_at(scope, &place)).await?;
            let secret = stored
                .map(|stored| stored.secret)
                .filter(|secret| sort.position(secret) == place);
            if secret.is_none() {
                self.orders.forget(scope, sort, &place);
            }
            candidates.push((place, secret));
        }
        Ok(candidates)
    }

    /// When the next recovery window ends.
    pub(super) fn next_purge(&self) -> Option<DateTime<Utc>> {
        self.orders.first_purge().map(|(time, _)| time)
    }

    /// Removes the secrets whose recovery window has ended, and returns how many they were.
    pub async fn purge_due(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut purged = 0;
        while let Some(entry) = self.orders.first_purge().filter(|(time, _)| *time <= now) {
            let stored = self.store.get(&entry.1).await?;
            if let Some(stored) = stored.filter(|stored| stored.secret.is_purged(now)) {
                match self.remove_record(&stored).await {
                    Ok(()) => purged += 1,
                    // It was restored or replaced at this instant; the loop looks again.
                    Err(StoreError::Conflict) => continue,
                }
            }
            self.orders.forget_purge(&entry);
        }
        Ok(purged)
    }

    /// Waits until a secret has replication work to do, and returns its key. If it turns out to have none, say so with
    /// [`forget_replication`](Self::forget_replication).
    pub async fn next_replication(&self) -> SecretKey {
        loop {
            let due = self.replication_due.notified();
            match self.orders.first_replication() {
                Some(key) => return key,
                None => due.await,
            }
        }
    }

    /// Drops a secret without replication work from those that have some.
    pub fn forget_replication(&self, key: &SecretKey) {
        self.orders.forget_replication(key);
    }

    async fn commit(
        &self,
        before: Option<&Stored>,
        expected: Option<Revision>,
        after: Arc<Secret>,
    ) -> Result<Revision, StoreError> {
        let revision = self.store.commit(expected, after.clone()).await?;
        let before = before.map(|stored| &*stored.secret);
        let work = self.orders.note(before, Some(&after));
        if work.purge {
            self.purges_changed.notify_one();
        }
        if work.replication {
            self.replication_due.notify_one();
        }
        Ok(revision)
    }

    async fn remove_record(&self, held: &Stored) -> Result<(), StoreError> {
        self.store.remove(held.secret.key(), held.revision).await?;
        self.orders.note(Some(&held.secret), None);
        Ok(())
    }
}

fn key_at(scope: &Scope, position: &Position) -> SecretKey {
    SecretKey {
        scope: scope.clone(),
        name: position.name.clone(),
    }
}
