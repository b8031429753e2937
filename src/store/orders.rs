//! The orders that a store's key order does not give: by date, by when a recovery window ends or a rotation has something to
//! do, and which secrets have replication work to do.
//!
//! Kept beside the store: `Secrets` notes each change here after the store has made it, the changes of one key in the order
//! they were made in. So what stands here is at most one change behind.
//!
//! An order by date is made when a scope's secrets are first listed by it, and kept from then on. Changes that come while it is
//! made are remembered, and made to it at its end: whether the maker saw a secret before or after a change, the last
//! change of it decides where it stands.

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    const DATES: [Self; 3] = [Self::Created, Self::LastAccessed, Self::LastChanged];

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
    by_date: HashMap<(Scope, SortBy), ByDate>,
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

/// One scope's secrets by one kind of date.
#[derive(Debug)]
enum ByDate {
    /// With the changes since its making began: where a secret stood, and where it stands.
    InTheMaking(Vec<(Option<Position>, Option<Position>)>),
    Ready(OrdSet<Position>),
}

impl ByDate {
    fn note(&mut self, old: Option<Position>, new: Option<Position>) {
        match self {
            Self::InTheMaking(changes) => changes.push((old, new)),
            Self::Ready(order) => make_change(order, old, new),
        }
    }
}

fn make_change(order: &mut OrdSet<Position>, old: Option<Position>, new: Option<Position>) {
    if let Some(old) = old {
        order.remove(&old);
    }
    if let Some(new) = new {
        order.insert(new);
    }
}

/// An order in the making. If this is dropped unfinished there is none.
#[derive(Debug)]
pub(super) struct Making<'a> {
    orders: &'a Orders,
    place: (Scope, SortBy),
    order: OrdSet<Position>,
}

impl Making<'_> {
    /// Adds some of the secrets that there are.
    pub(super) fn add<'s>(&mut self, secrets: impl IntoIterator<Item = &'s Secret>) {
        let (_, sort) = self.place;
        let places = secrets.into_iter().map(|secret| sort.position(secret));
        self.order.extend(places);
    }

    /// All secrets were added.
    pub(super) fn finish(mut self) {
        let mut order = std::mem::take(&mut self.order);
        let mut inner = self.orders.lock();
        if let Some(by_date) = inner.by_date.get_mut(&self.place) {
            if let ByDate::InTheMaking(changes) = by_date {
                for (old, new) in changes.drain(..) {
                    make_change(&mut order, old, new);
                }
            }
            *by_date = ByDate::Ready(order);
        }
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        let mut inner = self.orders.lock();
        if let Some(ByDate::InTheMaking(_)) = inner.by_date.get(&self.place) {
            inner.by_date.remove(&self.place);
        }
    }
}

impl Orders {
    /// Notes that a record was written or removed.
    pub(super) fn note(&self, before: Option<&Secret>, after: Option<&Secret>) -> NewWork {
        let Some(key) = after.or(before).map(Secret::key) else {
            return NewWork::default();
        };
        let mut inner = self.lock();
        if !inner.by_date.is_empty() {
            for sort in SortBy::DATES {
                let place = (key.scope.clone(), sort);
                let Some(by_date) = inner.by_date.get_mut(&place) else {
                    continue;
                };
                let old = before.map(|secret| sort.position(secret));
                let new = after.map(|secret| sort.position(secret));
                if old != new {
                    by_date.note(old, new);
                }
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

    /// Is there the order of a scope?
    pub(super) fn is_ready(&self, scope: &Scope, sort: SortBy) -> bool {
        let inner = self.lock();
        let by_date = inner.by_date.get(&(scope.clone(), sort));
        matches!(by_date, Some(ByDate::Ready(_)))
    }

    /// Begins to make the order of a scope. One maker is at work at a time.
    pub(super) fn make(&self, scope: &Scope, sort: SortBy) -> Making<'_> {
        let place = (scope.clone(), sort);
        let in_the_making = ByDate::InTheMaking(Vec::new());
        self.lock().by_date.insert(place.clone(), in_the_making);
        Making {
            orders: self,
            place,
            order: OrdSet::new(),
        }
    }

    /// At most `limit` places of a scope that follow `after`, in an order that was made.
    pub(super) fn places(
        &self,
        scope: &Scope,
        sort: SortBy,
        direction: Direction,
        after: Option<&Position>,
        limit: usize,
    ) -> Vec<Position> {
        let inner = self.lock();
        let Some(ByDate::Ready(order)) = inner.by_date.get(&(scope.clone(), sort)) else {
            return Vec::new();
        };
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::secret::id::{AccountId, ArnSuffix, Region};
    use crate::secret::version::VersionId;

    fn scope() -> Scope {
        Scope {
            account: AccountId::DEFAULT,
            region: Region::default(),
        }
    }

    fn secret(name: &str, day: i64) -> Secret {
        let first: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let key = SecretKey {
            scope: scope(),
            name: SecretName::parse(name).unwrap(),
        };
        let suffix = ArnSuffix::draw(|_| 0);
        let token = VersionId::new("v1");
        Secret::new(
            Uuid::nil(),
            key,
            suffix,
            token,
            first + TimeDelta::days(day),
        )
    }

    fn names(orders: &Orders) -> Vec<String> {
        let (scope, up) = (scope(), Direction::Ascending);
        let places = orders.places(&scope, SortBy::Created, up, None, 9);
        places.iter().map(|place| place.name.to_string()).collect()
    }

    /// Each secret is added as it was before its change, or as it was after it: the maker may see either.
    #[test]
    fn changes_during_the_making_decide_where_a_secret_stands() {
        for sees_changes in [false, true] {
            let orders = Orders::default();
            let mut making = orders.make(&scope(), SortBy::Created);
            let (stays, goes) = (secret("stays", 2), secret("goes", 1));
            let (early, late) = (secret("moves", 0), secret("moves", 3));
            let comes = secret("comes", 4);
            making.add([&stays]);
            if !sees_changes {
                making.add([&early, &goes]);
            }
            orders.note(Some(&early), Some(&late));
            orders.note(Some(&goes), None);
            orders.note(None, Some(&comes));
            if sees_changes {
                making.add([&late, &comes]);
            }
            assert!(!orders.is_ready(&scope(), SortBy::Created));
            making.finish();
            assert_eq!(names(&orders), ["stays", "moves", "comes"]);
            orders.note(Some(&stays), None);
            assert_eq!(names(&orders), ["moves", "comes"]);
        }
    }

    #[test]
    fn an_order_that_was_not_finished_is_forgotten() {
        let orders = Orders::default();
        drop(orders.make(&scope(), SortBy::Created));
        orders.note(None, Some(&secret("a", 0)));
        assert!(!orders.is_ready(&scope(), SortBy::Created));
        orders.make(&scope(), SortBy::Created).finish();
        assert!(names(&orders).is_empty());
    }
}
