//! The orders that a store's key order does not give: by date, by when a recovery window ends or a rotation has something to
//! do, and which secrets have replication work to do.
//!
//! Kept beside the store: `Secrets` notes each change here after the store has made it, the changes of one key in the order
//! they were made in. So what stands here is at most one change behind.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use imbl::OrdSet;

use super::Direction;
use crate::secret::Secret;
use crate::secret::deletion::Deletion;
use crate::secret::id::{Scope, SecretKey, SecretName};

/// What a list is sorted by (fact sheet 3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// Creation time.
    Created,
    /// The day a value was last retrieved; secrets that were never read come first.
    LastAccessed,
    /// The time of the last change.
    LastChanged,
    /// The name, in ASCII order.
    Name,
}

/// A secret's place in a sorted list: places are unique, because names break ties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The date in milliseconds since 1970; 0 when sorted by name.
    pub rank: i64,
    /// The name.
    pub name: SecretName,
}

impl SortBy {
    /// Where a secret stands.
    pub fn position(self, secret: &Secret) -> Position {
        let rank = match self {
            Self::Created => secret.created().timestamp_millis(),
            Self::LastChanged => secret.last_changed().timestamp_millis(),
            Self::LastAccessed => secret.last_accessed().map_or(i64::MIN, |day| {
                day.and_time(chrono::NaiveTime::MIN)
                    .and_utc()
                    .timestamp_millis()
            }),
            Self::Name => 0,
        };
        let name = secret.key().name.clone();
        Position { rank, name }
    }
}

/// The orders of all scopes.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    scopes: HashMap<Scope, ByDate>,
    purges: BTreeSet<(DateTime<Utc>, SecretKey)>,
    rotations: BTreeSet<(DateTime<Utc>, SecretKey)>,
    replications: BTreeSet<SecretKey>,
}

/// Which background work a record's change has made or changed.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct NewWork {
    /// Something that falls due at a time: a recovery window or a rotation.
    pub(super) timed: bool,
    pub(super) replication: bool,
}

/// Moves an entry of an order; tells whether there was anything to move.
fn moved<T: Ord>(order: &mut BTreeSet<T>, old: Option<T>, new: Option<T>) -> bool {
    let differs = old != new;
    if differs {
        old.map(|entry| order.remove(&entry));
        new.map(|entry| order.insert(entry));
    }
    differs
}

/// One scope's secrets by each kind of date.
#[derive(Debug, Default, Clone)]
struct ByDate {
    created: OrdSet<Position>,
    last_accessed: OrdSet<Position>,
    last_changed: OrdSet<Position>,
}

impl ByDate {
    fn get(&self, sort: SortBy) -> Option<&OrdSet<Position>> {
        match sort {
            SortBy::Created => Some(&self.created),
            SortBy::LastAccessed => Some(&self.last_accessed),
            SortBy::LastChanged => Some(&self.last_changed),
            SortBy::Name => None,
        }
    }

    fn each_mut(&mut self) -> [(SortBy, &mut OrdSet<Position>); 3] {
        [
            (SortBy::Created, &mut self.created),
            (SortBy::LastAccessed, &mut self.last_accessed),
            (SortBy::LastChanged, &mut self.last_changed),
        ]
    }
}

impl Orders {
    /// Notes that a record was written or removed.
    pub(super) fn note(&self, before: Option<&Secret>, after: Option<&Secret>) -> NewWork {
        let Some(key) = after.or(before).map(Secret::key) else {
            return NewWork::default();
        };
        let mut inner = self.lock();
        let scope = inner.scopes.entry(key.scope.clone()).or_default();
        for (sort, order) in scope.each_mut() {
            let old = before.map(|secret| sort.position(secret));
            let new = after.map(|secret| sort.position(secret));
            if old != new {
                old.map(|position| order.remove(&position));
                new.map(|position| order.insert(position));
            }
        }
        let purge = |secret: Option<&Secret>| match secret?.deletion() {
            Deletion::None => None,
            Deletion::Scheduled { purge, .. } => Some((purge, key.clone())),
        };
        let rotation = |secret: Option<&Secret>| Some((secret?.next_rotation_work()?, key.clone()));
        let purges = moved(&mut inner.purges, purge(before), purge(after));
        let rotations = moved(&mut inner.rotations, rotation(before), rotation(after));
        let replication = after.is_some_and(Secret::is_replication_due);
        if replication {
            inner.replications.insert(key.clone());
        } else if before.is_some_and(Secret::is_replication_due) {
            inner.replications.remove(key);
        }
        NewWork {
            timed: purges || rotations,
            replication,
        }
    }

    /// At most `limit` places of a scope that follow `after`, in order.
    pub(super) fn places(
        &self,
        scope: &Scope,
        sort: SortBy,
        direction: Direction,
        after: Option<&Position>,
        limit: usize,
    ) -> Vec<Position> {
        let order = self
            .lock()
            .scopes
            .get(scope)
            .and_then(|by_date| by_date.get(sort).cloned())
            .unwrap_or_default();
        let start = after.cloned().map_or(Bound::Unbounded, Bound::Excluded);
        let open = Bound::Unbounded;
        match direction {
            Direction::Ascending => order.range((start, open)).take(limit).cloned().collect(),
            Direction::Descending => order
                .range((open, start))
                .rev()
                .take(limit)
                .cloned()
                .collect(),
        }
    }

    /// The first recovery window to end.
    pub(super) fn first_purge(&self) -> Option<(DateTime<Utc>, SecretKey)> {
        self.lock().purges.first().cloned()
    }

    /// The secrets whose rotation has something to do, and when, the first to come first; those that `passed_over` names are left
    /// out.
    pub(super) fn rotations_until(
        &self,
        end: Option<DateTime<Utc>>,
        passed_over: impl Fn(&SecretKey) -> bool,
        limit: usize,
    ) -> Vec<(DateTime<Utc>, SecretKey)> {
        self.lock()
            .rotations
            .iter()
            .take_while(|(due, _)| end.is_none_or(|end| *due <= end))
            .filter(|(_, key)| !passed_over(key))
            .take(limit)
            .cloned()
            .collect()
    }

    /// A secret that has replication work to do.
    pub(super) fn first_replication(&self) -> Option<SecretKey> {
        self.lock().replications.first().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
