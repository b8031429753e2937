//! Finding, creating, updating and listing secrets, over any [`Store`].
//!
//! A secret whose recovery window has ended is gone for all callers from that instant on, whether or not the timetable
//! has removed its record yet.

use std::iter;
use std::ops::{Bound, Deref};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{Mutex, Notify, RwLock, RwLockReadGuard};

use super::orders::{Kind, OrderId, Orders};
use super::{Direction, Position, SortBy, Store, StoreError, Stored};
use crate::secret::id::{Scope, SecretId, SecretKey};
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

/// Which part of a scope's secrets to list.
#[derive(Debug)]
pub struct ListQuery<'a> {
    /// The account and region.
    pub scope: &'a Scope,
    /// What all names that are wanted begin with; empty if that is not known.
    pub name_prefix: &'a str,
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

/// What stands at some places in an order.
struct Candidates {
    /// Nothing at a place whose secret has gone or stands elsewhere by now.
    secrets: Vec<Option<Arc<Secret>>>,
    /// The last of the places.
    last: Position,
}

/// How many candidates are fetched at once where some are not wanted.
const CHUNK: usize = 16;
/// After how many candidates that are not wanted other requests get a turn: these take a few microseconds, and should not wait
/// for long. A page that fills is soon done.
const PATIENCE: usize = 8;

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

    /// Lists the secrets of a scope that `wanted` picks. Secrets that come or go between pages disturb no others.
    pub async fn page(
        &self,
        query: ListQuery<'_>,
        now: DateTime<Utc>,
        wanted: impl Fn(&Secret) -> bool,
    ) -> Result<Page, Error> {
        let (sort, limit) = (query.sort, query.limit);
        let mut after = query.after.clone();
        let mut secrets: Vec<Arc<Secret>> = Vec::new();
        let mut passed_over = 0_usize;
        loop {
            // While all are wanted, what the page lacks, and the one that tells whether there is a next page.
            let most = match passed_over {
                0 => limit + 1 - secrets.len(),
                _ => CHUNK,
            };
            let candidates = self.candidates(&query, after.as_ref(), most).await?;
            let Some(candidates) = candidates else {
                return Ok(Page {
                    secrets,
                    next: None,
                });
            };
            for secret in candidates.secrets {
                let is_wanted = |secret: &Arc<Secret>| !secret.is_purged(now) && wanted(secret);
                let Some(secret) = secret.filter(is_wanted) else {
                    passed_over += 1;
                    if passed_over.is_multiple_of(PATIENCE) {
                        tokio::task::yield_now().await;
                    }
                    continue;
                };
                if secrets.len() == limit {
                    let next = secrets.last().map(|last| sort.position(last));
                    return Ok(Page { secrets, next });
                }
                secrets.push(secret);
            }
            after = Some(candidates.last);
        }
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

    /// Makes an order by date, if there is none yet.
    async fn make_order(&self, id: &OrderId) -> Result<(), StoreError> {
        let _making = self.making.lock().await;
        if self.orders.is_ready(id) {
            return Ok(());
        }
        let OrderId { scope, kind } = id;
        let name_prefix = &*kind.name_prefix;
        let mut order = self.orders.make(id);
        let mut from = Bound::Included(SecretKey::first_with(scope, name_prefix));
        let end = SecretKey::after_all_with(scope, name_prefix);
        loop {
            let records = self.store.scan(from, Direction::Ascending, CHUNK).await?;
            let Some(last) = records.last() else { break };
            let last = last.secret.key().clone();
            order.add(records.iter().map(|stored| &*stored.secret));
            if last >= end {
                break;
            }
            from = Bound::Excluded(last);
            tokio::task::yield_now().await;
        }
        order.finish();
        Ok(())
    }

    /// What stands at the next places in an order, at most at so many; `None` if there are no more.
    async fn candidates(
        &self,
        query: &ListQuery<'_>,
        after: Option<&Position>,
        most: usize,
    ) -> Result<Option<Candidates>, StoreError> {
        let &ListQuery {
            scope,
            name_prefix,
            sort,
            direction,
            ..
        } = query;
        if sort == SortBy::Name {
            let from = match (after, direction) {
                (Some(position), _) => Bound::Excluded(SecretKey {
                    scope: scope.clone(),
                    name: position.name.clone(),
                }),
                (None, Direction::Ascending) => {
                    Bound::Included(SecretKey::first_with(scope, name_prefix))
                }
                (None, Direction::Descending) => {
                    Bound::Excluded(SecretKey::after_all_with(scope, name_prefix))
                }
            };
            let records = self.store.scan(from, direction, most).await?;
            // Comparing with an empty text is not free: its address is no memory, and some processors take 100 ns to bear with that.
            let has_prefix = |name: &str| name_prefix.is_empty() || name.starts_with(name_prefix);
            let is_in_range =
                |secret: &Arc<Secret>| secret.key().scope == *scope && has_prefix(secret.name());
            let secrets = records.into_iter().map(|stored| stored.secret);
            let secrets: Vec<_> = secrets.take_while(is_in_range).map(Some).collect();
            let last = secrets.last().and_then(Option::as_deref);
            let last = last.map(|last| sort.position(last));
            return Ok(last.map(|last| Candidates { secrets, last }));
        }
        let id = OrderId {
            scope: scope.clone(),
            kind: Kind {
                sort,
                name_prefix: name_prefix.into(),
            },
        };
        let order = loop {
            match self.orders.get(&id) {
                Some(order) => break order,
                None => self.make_order(&id).await?,
            }
        };
        let places = order.next(direction, after, most);
        let Some(&last) = places.last() else {
            return Ok(None);
        };
        let names: Vec<_> = places.iter().map(|place| &place.name).collect();
        let records = self.store.get_each(scope, &names).await?;
        let secrets = iter::zip(records, &places).map(|(stored, place)| {
            let secret = stored?.secret;
            (sort.rank(&secret) == place.rank).then_some(secret)
        });
        Ok(Some(Candidates {
            secrets: secrets.collect(),
            last: last.clone(),
        }))
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::secret::deletion::RecoveryWindow;
    use crate::secret::id::{AccountId, ArnSuffix, Region, SecretName};
    use crate::secret::version::VersionId;
    use crate::store::MemoryStore;

    fn now() -> DateTime<Utc> {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn scope() -> Scope {
        Scope {
            account: AccountId::DEFAULT,
            region: Region::default(),
        }
    }

    fn key(name: &str) -> SecretKey {
        SecretKey {
            scope: scope(),
            name: SecretName::parse(name).unwrap(),
        }
    }

    fn new_secret(name: &str, uid: u128) -> Secret {
        let (uid, suffix) = (Uuid::from_u128(uid), ArnSuffix::draw(|_| 0));
        Secret::new(uid, key(name), suffix, VersionId::new("v1"), now())
    }

    async fn listed(secrets: &Secrets, sort: SortBy) -> Vec<String> {
        let query = ListQuery {
            scope: &scope(),
            sort,
            name_prefix: "",
            direction: Direction::Ascending,
            after: None,
            limit: 10_000,
        };
        let page = secrets.page(query, now(), |_| true).await.unwrap();
        page.secrets.iter().map(|s| s.name().to_owned()).collect()
    }

    /// Whoever commits notes it a moment later. Meanwhile a secret no longer stands where its order has it.
    #[tokio::test]
    async fn a_secret_that_has_moved_is_left_out_of_the_place_it_left() {
        let secrets = Secrets::new(Arc::new(MemoryStore::default()));
        for name in ["moves", "stays"] {
            secrets
                .create(new_secret(name, 1), now())
                .await
                .unwrap()
                .unwrap();
        }
        assert_eq!(
            listed(&secrets, SortBy::LastChanged).await,
            ["moves", "stays"]
        );
        let held = secrets.store.get(&key("moves")).await.unwrap().unwrap();
        let mut moved = Secret::clone(&held.secret);
        let changes = crate::secret::AttributeChanges {
            description: Some("changed".into()),
            ..Default::default()
        };
        moved
            .update_attributes(&changes, now() + TimeDelta::days(1))
            .unwrap();
        let committed = secrets.store.commit(Some(held.revision), Arc::new(moved));
        committed.await.unwrap();
        assert_eq!(listed(&secrets, SortBy::LastChanged).await, ["stays"]);
        assert_eq!(listed(&secrets, SortBy::Name).await, ["moves", "stays"]);
    }

    /// Found in review: a secret that was removed and created again in the same millisecond stands at the same place. When
    /// the two changes were noted in the other order than they were made in, it was missing from the list for good.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn racing_removals_and_creations_lose_no_secret_from_any_order() {
        let secrets = Arc::new(Secrets::new(Arc::new(MemoryStore::default())));
        let tasks: Vec<_> = (0..4_u128)
            .map(|task| {
                let secrets = secrets.clone();
                tokio::spawn(async move {
                    for round in 0..2_000_u128 {
                        // Few tasks meet at a name, so that most names are there in the end.
                        let name = format!("n{}", (round + task / 2) % 500);
                        let secret = new_secret(&name, task * 10_000 + round);
                        let made = secrets.create(secret, now()).await.unwrap();
                        if let (Err(found), true) = (made, round < 1_500) {
                            // It may be gone already, which is what is wanted.
                            let _ = secrets.remove(&found, now(), |_| Ok(())).await;
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let in_store = listed(&secrets, SortBy::Name).await;
        assert_eq!(in_store.len(), 500);
        for sort in [SortBy::Created, SortBy::LastChanged, SortBy::LastAccessed] {
            assert_eq!(listed(&secrets, sort).await, in_store, "{sort:?}");
        }
    }

    /// Pages through the secrets by a sort, those whose names begin with `p` only; with the prefix told or found out.
    async fn paged(
        secrets: &Secrets,
        sort: SortBy,
        direction: Direction,
        name_prefix: &str,
    ) -> Vec<String> {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let query = ListQuery {
                scope: &scope(),
                name_prefix,
                sort,
                direction,
                after,
                limit: 2,
            };
            let wanted = |secret: &Secret| secret.name().starts_with('p');
            let page = secrets.page(query, now(), wanted).await.unwrap();
            names.extend(page.secrets.iter().map(|s| s.name().to_owned()));
            after = page.next;
            if after.is_none() {
                return names;
            }
        }
    }

    #[tokio::test]
    async fn a_name_prefix_finds_the_same_pages_sooner() {
        let secrets = Secrets::new(Arc::new(MemoryStore::default()));
        let made_on = [
            ("q1", 3),
            ("p3", 5),
            ("p1", 2),
            ("o", 1),
            ("p2", 2),
            ("p", 4),
        ];
        for (name, day) in made_on {
            let (uid, suffix) = (Uuid::nil(), ArnSuffix::draw(|_| 0));
            let made = now() + TimeDelta::days(day);
            let secret = Secret::new(uid, key(name), suffix, VersionId::new("v1"), made);
            secrets.create(secret, now()).await.unwrap().unwrap();
        }
        for (sort, expected) in [
            (SortBy::Name, ["p", "p1", "p2", "p3"]),
            (SortBy::Created, ["p1", "p2", "p", "p3"]),
            (SortBy::LastChanged, ["p1", "p2", "p", "p3"]),
            (SortBy::LastAccessed, ["p", "p1", "p2", "p3"]),
        ] {
            let mut reversed = expected;
            reversed.reverse();
            for prefix in ["", "p"] {
                let up = paged(&secrets, sort, Direction::Ascending, prefix).await;
                assert_eq!(up, expected, "{sort:?} {prefix}");
                let down = paged(&secrets, sort, Direction::Descending, prefix).await;
                assert_eq!(down, reversed, "{sort:?} {prefix}");
            }
        }
    }

    #[tokio::test]
    async fn a_transition_runs_again_on_the_secret_as_it_is_and_never_on_another_of_its_name() {
        let secrets = Secrets::new(Arc::new(MemoryStore::default()));
        secrets
            .create(new_secret("s", 1), now())
            .await
            .unwrap()
            .unwrap();
        let stale = secrets.get(&key("s"), now()).await.unwrap().unwrap();
        let later = now() + TimeDelta::seconds(1);
        let tag = |key| crate::secret::tags::Tag { key, value: "" };
        let add =
            |key: &'static str| move |secret: &mut Secret| secret.add_tags(&[tag(key)], later);
        secrets.update(&stale, now(), add("a")).await.unwrap();
        let (updated, ()) = secrets.update(&stale, now(), add("b")).await.unwrap();
        assert_eq!(updated.tags().iter().count(), 2);

        secrets.remove(&stale, now(), |_| Ok(())).await.unwrap();
        secrets
            .create(new_secret("s", 2), now())
            .await
            .unwrap()
            .unwrap();
        let refused = secrets.update(&stale, now(), add("c")).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn each_record_is_removed_when_its_own_recovery_window_ends() {
        let store = Arc::new(MemoryStore::default());
        let secrets = Secrets::new(store.clone());
        for (name, days) in [("soon", 7), ("late", 30)] {
            let made = secrets.create(new_secret(name, days), now()).await;
            made.unwrap().unwrap();
            let found = secrets.get(&key(name), now()).await.unwrap().unwrap();
            let window = RecoveryWindow::days(i64::try_from(days).unwrap()).unwrap();
            let schedule = |secret: &mut Secret| secret.schedule_deletion(window, now());
            secrets.update(&found, now(), schedule).await.unwrap();
        }
        for (after, left) in [(6, 2), (7, 1), (29, 1), (30, 0)] {
            let at = now() + TimeDelta::days(after);
            secrets.purge_due(at).await.unwrap();
            let records = store.scan(Bound::Unbounded, Direction::Ascending, 9);
            assert_eq!(records.await.unwrap().len(), left, "after {after} days");
        }
    }
}
