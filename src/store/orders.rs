//! The orders that a store's key order does not give: by date, by when a recovery window ends or a rotation has something to
//! do, and which secrets have replication work to do.
//!
//! Kept beside the store: `Secrets` notes each change here after the store has made it, the changes of one key in the order
//! they were made in. So what stands here is at most one change behind.
//!
//! An order by date is made when secrets are first listed by it, and kept from then on; of orders of a name prefix, the last few. Changes that come while it is
//! made are remembered, and made to it at its end: whether the maker saw a secret before or after a change, the last
//! change of it decides where it stands.

use std::collections::{HashMap, VecDeque};
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
    /// Where a secret stands.
    pub fn position(self, secret: &Secret) -> Position {
        Position {
            rank: self.rank(secret),
            name: secret.key().name.clone(),
        }
    }

    /// The [`Position::rank`] of the place where a secret stands.
    pub(super) fn rank(self, secret: &Secret) -> i64 {
        match self {
            Self::Created => secret.created().timestamp_millis(),
            Self::LastChanged => secret.last_changed().timestamp_millis(),
            Self::LastAccessed => secret.last_accessed().map_or(i64::MIN, |day| {
                day.and_time(chrono::NaiveTime::MIN)
                    .and_utc()
                    .timestamp_millis()
            }),
            Self::Name => 0,
        }
    }
}

/// The orders of all scopes.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<Inner>);

/// The orders as they stood at one moment. A copy shares all places.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Inner);

#[derive(Debug, Default, Clone)]
struct Inner {
    by_date: HashMap<Scope, HashMap<Kind, ByDate>>,
    /// The orders of name prefixes, in the order they were made in.
    of_prefixes: VecDeque<OrderId>,
    purges: OrdSet<(DateTime<Utc>, SecretKey)>,
    rotations: OrdSet<(DateTime<Utc>, SecretKey)>,
    replications: OrdSet<SecretKey>,
}

/// Which background work a record's change has made or changed.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct NewWork {
    /// Something that falls due at a time: a recovery window or a rotation.
    pub(super) timed: bool,
    pub(super) replication: bool,
}

/// Moves an entry of an order; tells whether there was anything to move.
fn moved<T: Ord + Clone>(order: &mut OrdSet<T>, old: Option<T>, new: Option<T>) -> bool {
    let differs = old != new;
    if differs {
        old.map(|entry| order.remove(&entry));
        new.map(|entry| order.insert(entry));
    }
    differs
}

/// One order: of which secrets, and by which kind of date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderId {
    pub(super) scope: Scope,
    pub(super) kind: Kind,
}

/// Which secrets of a scope an order has, and by which kind of date.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    pub(super) sort: SortBy,
    /// Only those whose names begin with it.
    pub(super) name_prefix: Box<str>,
}

impl Kind {
    fn has(&self, key: &SecretKey) -> bool {
        key.name.as_str().starts_with(&*self.name_prefix)
    }
}

impl Inner {
    fn get_mut(&mut self, OrderId { scope, kind }: &OrderId) -> Option<&mut ByDate> {
        self.by_date.get_mut(scope)?.get_mut(kind)
    }

    fn remove(&mut self, OrderId { scope, kind }: &OrderId) {
        if let Some(of_scope) = self.by_date.get_mut(scope) {
            of_scope.remove(kind);
            if of_scope.is_empty() {
                self.by_date.remove(scope);
            }
        }
    }
}

/// How many orders of name prefixes are kept.
const PREFIXES: usize = 16;

/// Some secrets by one kind of date.
#[derive(Debug, Clone)]
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

/// An order as it stood at one moment. It is shared; a change that comes meanwhile copies the few nodes that it changes.
#[derive(Debug)]
pub(super) struct Places(OrdSet<Position>);

impl Places {
    /// At most `limit` places that follow `after`.
    pub(super) fn next(
        &self,
        direction: Direction,
        after: Option<&Position>,
        limit: usize,
    ) -> Vec<&Position> {
        let range = direction.range(after.map_or(Bound::Unbounded, Bound::Excluded));
        let places = self.0.range::<_, Position>(range);
        direction.walk(places).take(limit).collect()
    }
}

/// An order in the making. If this is dropped unfinished there is none.
#[derive(Debug)]
pub(super) struct Making<'a> {
    orders: &'a Orders,
    id: OrderId,
    order: OrdSet<Position>,
}

impl Making<'_> {
    /// Adds some of the secrets that there are.
    pub(super) fn add<'s>(&mut self, secrets: impl IntoIterator<Item = &'s Secret>) {
        let OrderId { scope, kind } = &self.id;
        let secrets = secrets.into_iter().filter(|secret| {
            let key = secret.key();
            key.scope == *scope && kind.has(key)
        });
        let places = secrets.map(|secret| kind.sort.position(secret));
        self.order.extend(places);
    }

    /// All secrets were added.
    pub(super) fn finish(mut self) {
        let mut order = std::mem::take(&mut self.order);
        let mut inner = self.orders.lock();
        if let Some(by_date) = inner.get_mut(&self.id) {
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
        if let Some(ByDate::InTheMaking(_)) = inner.get_mut(&self.id) {
            inner.remove(&self.id);
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
        if let Some(of_scope) = inner.by_date.get_mut(&key.scope) {
            for (kind, by_date) in of_scope.iter_mut().filter(|(kind, _)| kind.has(key)) {
                let old = before.map(|secret| kind.sort.position(secret));
                let new = after.map(|secret| kind.sort.position(secret));
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

    /// All that are there, but for those in the making.
    pub(super) fn keep(&self) -> Kept {
        let mut inner = self.lock().clone();
        for of_scope in inner.by_date.values_mut() {
            of_scope.retain(|_, by_date| matches!(by_date, ByDate::Ready(_)));
        }
        Kept(inner)
    }

    /// Puts back what was there. None may be in the making.
    pub(super) fn restore(&self, Kept(inner): &Kept) {
        self.lock().clone_from(inner);
    }

    /// Is there this order?
    pub(super) fn is_ready(&self, id: &OrderId) -> bool {
        self.get(id).is_some()
    }

    /// Begins to make an order. One maker is at work at a time.
    pub(super) fn make(&self, id: &OrderId) -> Making<'_> {
        let in_the_making = ByDate::InTheMaking(Vec::new());
        let mut inner = self.lock();
        let of_scope = inner.by_date.entry(id.scope.clone()).or_default();
        of_scope.insert(id.kind.clone(), in_the_making);
        if !id.kind.name_prefix.is_empty() {
            inner.of_prefixes.retain(|held| held != id);
            inner.of_prefixes.push_back(id.clone());
            if inner.of_prefixes.len() > PREFIXES
                && let Some(oldest) = inner.of_prefixes.pop_front()
            {
                inner.remove(&oldest);
            }
        }
        Making {
            orders: self,
            id: id.clone(),
            order: OrdSet::new(),
        }
    }

    /// An order as it is now, if there is one.
    pub(super) fn get(&self, id: &OrderId) -> Option<Places> {
        match self.lock().get_mut(id)? {
            ByDate::Ready(order) => Some(Places(order.clone())),
            ByDate::InTheMaking(_) => None,
        }
    }

    /// The first recovery window to end.
    pub(super) fn first_purge(&self) -> Option<(DateTime<Utc>, SecretKey)> {
        self.lock().purges.get_min().cloned()
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
        self.lock().replications.get_min().cloned()
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

    fn all(name_prefix: &str) -> OrderId {
        OrderId {
            scope: scope(),
            kind: Kind {
                sort: SortBy::Created,
                name_prefix: name_prefix.into(),
            },
        }
    }

    fn names_in(orders: &Orders, id: &OrderId) -> Vec<String> {
        let order = orders.get(id).unwrap();
        let places = order.next(Direction::Ascending, None, 9);
        places.iter().map(|place| place.name.to_string()).collect()
    }

    fn names(orders: &Orders) -> Vec<String> {
        names_in(orders, &all(""))
    }

    /// Each secret is added as it was before its change, or as it was after it: the maker may see either.
    #[test]
    fn changes_during_the_making_decide_where_a_secret_stands() {
        for sees_changes in [false, true] {
            let orders = Orders::default();
            let mut making = orders.make(&all(""));
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
            assert!(!orders.is_ready(&all("")));
            making.finish();
            assert_eq!(names(&orders), ["stays", "moves", "comes"]);
            orders.note(Some(&stays), None);
            assert_eq!(names(&orders), ["moves", "comes"]);
        }
    }

    #[test]
    fn an_order_that_was_not_finished_is_forgotten() {
        let orders = Orders::default();
        drop(orders.make(&all("")));
        orders.note(None, Some(&secret("a", 0)));
        assert!(!orders.is_ready(&all("")));
        orders.make(&all("")).finish();
        assert!(names(&orders).is_empty());
    }

    #[test]
    fn an_order_of_a_prefix_has_the_names_that_begin_with_it_and_only_the_last_few_are_kept() {
        let orders = Orders::default();
        let (within, outside) = (secret("prod/a", 1), secret("test/a", 0));
        let mut making = orders.make(&all("prod/"));
        making.add([&within, &outside]);
        making.finish();
        orders.note(None, Some(&secret("prod/b", 0)));
        orders.note(None, Some(&secret("test/b", 0)));
        assert_eq!(names_in(&orders, &all("prod/")), ["prod/b", "prod/a"]);
        orders.make(&all("")).finish();
        for n in 1..=PREFIXES {
            assert!(orders.is_ready(&all("prod/")));
            orders.make(&all(&format!("{n}"))).finish();
        }
        assert!(!orders.is_ready(&all("prod/")));
        assert!(orders.is_ready(&all("")));
    }
}
