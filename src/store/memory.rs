//! Records in this process's memory.
//!
//! Records lie in shards, found by the hash of their key; beside them stand the names in order. The contents at one moment are taken
//! by sharing: a shard is copied when it is first changed after that.
//!
//! Several shards share a lock. A reader of one record holds one lock for as long as it takes to find and share it. A reader of many
//! holds all of them meanwhile: taking a lock for each record was a quarter of the work, because a processor does nothing else while it
//! takes one. So a list waits for whoever changes something, which after a snapshot takes as long as copying a shard. Nobody holds a lock while anything is awaited.

use std::array;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::iter::zip;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use imbl::OrdSet;

use super::{Direction, Pending, Revision, Store, StoreError, Stored};
use crate::secret::Secret;
use crate::secret::id::{Scope, SecretKey, SecretName};

/// Enough that writers seldom meet, few enough that a reader of many records can take them all.
const LOCKS: usize = 16;
/// Enough that little is copied at once, few enough that an empty store is small. With as many secrets as AWS allows in a region,
/// half a million, the tables are four fifths full.
const SHARDS_OF_A_LOCK: usize = 19;

/// A store that lasts as long as the process.
#[derive(Debug)]
pub struct MemoryStore {
    groups: [RwLock<Group>; LOCKS],
    hasher: DefaultHashBuilder,
    /// The names of all records. Changed only under the lock of the record's shard, so that the two agree.
    names: RwLock<Names>,
    /// The last revision given out.
    revisions: AtomicU64,
}

type Shard = Arc<HashTable<Stored>>;

type Group = [Shard; SHARDS_OF_A_LOCK];

type Names = BTreeMap<Scope, OrdSet<SecretName>>;

/// All records of a store as they stood at one moment, shared with it.
#[derive(Debug, Clone)]
pub struct Contents {
    groups: Box<[Group; LOCKS]>,
    names: Names,
}

/// No records.
impl Default for Contents {
    fn default() -> Self {
        let empty = Shard::default();
        Self {
            groups: Box::new(array::from_fn(|_| array::from_fn(|_| empty.clone()))),
            names: Names::default(),
        }
    }
}

impl Contents {
    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.shards().map(|shard| shard.len()).sum()
    }

    /// The records, in no order.
    pub(super) fn records(&self) -> impl Iterator<Item = &Stored> {
        self.shards().flat_map(|shard| shard.iter())
    }

    fn shards(&self) -> impl Iterator<Item = &Shard> {
        self.groups.iter().flatten()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            groups: array::from_fn(|_| RwLock::default()),
            hasher: DefaultHashBuilder::default(),
            names: RwLock::default(),
            revisions: AtomicU64::new(0),
        }
    }
}

impl MemoryStore {
    fn hash(&self, key: &SecretKey) -> u64 {
        self.hasher.hash_one(key)
    }

    /// Where the shard of a hash is: its lock, and its place there. A table looks at the bits at both ends, so this takes those in
    /// the middle.
    fn place(hash: u64) -> (usize, usize) {
        let [_, _, a, b, c, d, _, _] = hash.to_be_bytes();
        let number = u32::from_be_bytes([a, b, c, d]) as usize;
        (number % LOCKS, number / LOCKS % SHARDS_OF_A_LOCK)
    }

    fn find(&self, key: &SecretKey) -> Option<Stored> {
        let hash = self.hash(key);
        let (lock, at) = Self::place(hash);
        let group = read(&self.groups[lock]);
        let found = group[at].find(hash, is_at(key))?;
        // Before it is counted, which a processor waits for.
        found.secret.bring_near();
        Some(found.clone())
    }

    /// Finds the records of names in one scope.
    fn find_each<'a>(
        &self,
        scope: &Scope,
        names: impl IntoIterator<Item = &'a SecretName>,
    ) -> Vec<Option<Stored>> {
        // As the hash of a key begins.
        let mut of_scope = self.hasher.build_hasher();
        scope.hash(&mut of_scope);
        let groups = self.groups.each_ref().map(read);
        let find = |name: &SecretName| {
            let mut hasher = of_scope.clone();
            name.hash(&mut hasher);
            let hash = hasher.finish();
            let (lock, at) = Self::place(hash);
            groups[lock][at].find(hash, |stored| {
                let key = stored.secret.key();
                key.name == *name && key.scope == *scope
            })
        };
        // To share a record is to count it, which a processor waits for. So it looks for all of them first, for several at a time.
        let found: Vec<_> = names.into_iter().map(find).collect();
        found.into_iter().map(Option::<&_>::cloned).collect()
    }

    fn replace(
        &self,
        expected: Option<Revision>,
        secret: Arc<Secret>,
    ) -> Result<Revision, StoreError> {
        let key = secret.key();
        let hash = self.hash(key);
        let (lock, at) = Self::place(hash);
        let mut group = write(&self.groups[lock]);
        let shard = Arc::make_mut(&mut group[at]);
        let place = shard.entry(hash, is_at(key), |stored| self.hash(stored.secret.key()));
        match (place, expected) {
            (Entry::Occupied(mut held), Some(expected)) if held.get().revision == expected => {
                let revision = self.next_revision();
                *held.get_mut() = Stored { revision, secret };
                Ok(revision)
            }
            (Entry::Vacant(place), None) => {
                let revision = self.next_revision();
                let SecretKey { scope, name } = key.clone();
                place.insert(Stored { revision, secret });
                write(&self.names).entry(scope).or_default().insert(name);
                Ok(revision)
            }
            _ => Err(StoreError::Conflict),
        }
    }

    fn take(&self, key: &SecretKey, expected: Revision) -> Result<(), StoreError> {
        let hash = self.hash(key);
        let (lock, at) = Self::place(hash);
        let mut group = write(&self.groups[lock]);
        let Ok(held) = Arc::make_mut(&mut group[at]).find_entry(hash, is_at(key)) else {
            return Err(StoreError::Conflict);
        };
        if held.get().revision != expected {
            return Err(StoreError::Conflict);
        }
        held.remove();
        let mut names = write(&self.names);
        if let Some(of_scope) = names.get_mut(&key.scope) {
            of_scope.remove(&key.name);
            if of_scope.is_empty() {
                names.remove(&key.scope);
            }
        }
        Ok(())
    }

    fn contents_now(&self) -> Contents {
        // All at once, or a commit could be between two shards.
        let groups = self.groups.each_ref().map(read);
        Contents {
            groups: Box::new(array::from_fn(|lock| groups[lock].clone())),
            names: read(&self.names).clone(),
        }
    }

    fn restore_now(&self, contents: &Contents) {
        let mut groups = self.groups.each_ref().map(write);
        for (group, contents) in zip(&mut groups, &*contents.groups) {
            group.clone_from(contents);
        }
        write(&self.names).clone_from(&contents.names);
    }

    fn next_revision(&self) -> Revision {
        Revision(self.revisions.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The next scope of a direction, with the names in it as they are now.
    fn next_scope(
        &self,
        from: Bound<&Scope>,
        direction: Direction,
    ) -> Option<(Scope, OrdSet<SecretName>)> {
        let names = read(&self.names);
        let scopes = names.range::<Scope, _>(direction.range(from));
        let (scope, names) = direction.walk(scopes).next()?;
        Some((scope.clone(), names.clone()))
    }

    fn scan_now(&self, from: &Bound<SecretKey>, direction: Direction, limit: usize) -> Vec<Stored> {
        let mut found = Vec::with_capacity(limit.min(128));
        let mut rest = match from {
            Bound::Included(key) | Bound::Excluded(key) => Bound::Included(key.scope.clone()),
            Bound::Unbounded => Bound::Unbounded,
        };
        while found.len() < limit
            && let Some((scope, names)) = self.next_scope(rest.as_ref(), direction)
        {
            let start = match from {
                Bound::Included(key) if key.scope == scope => Bound::Included(&key.name),
                Bound::Excluded(key) if key.scope == scope => Bound::Excluded(&key.name),
                _ => Bound::Unbounded,
            };
            let names = names.range::<_, SecretName>(direction.range(start));
            let mut names = direction.walk(names).peekable();
            // A name's record may be gone by now.
            while found.len() < limit && names.peek().is_some() {
                let next = names.by_ref().take(limit - found.len());
                found.extend(self.find_each(&scope, next).into_iter().flatten());
            }
            rest = Bound::Excluded(scope);
        }
        found
    }
}

fn is_at(key: &SecretKey) -> impl Fn(&Stored) -> bool {
    move |stored| stored.secret.key() == key
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

fn ready<'a, T: Send + 'a>(result: Result<T, StoreError>) -> Pending<'a, T> {
    Box::pin(std::future::ready(result))
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a SecretKey) -> Pending<'a, Option<Stored>> {
        ready(Ok(self.find(key)))
    }

    fn get_each<'a>(
        &'a self,
        scope: &'a Scope,
        names: &'a [&SecretName],
    ) -> Pending<'a, Vec<Option<Stored>>> {
        ready(Ok(self.find_each(scope, names.iter().copied())))
    }

    fn commit(&self, expected: Option<Revision>, secret: Arc<Secret>) -> Pending<'_, Revision> {
        ready(self.replace(expected, secret))
    }

    fn remove<'a>(&'a self, key: &'a SecretKey, expected: Revision) -> Pending<'a, ()> {
        ready(self.take(key, expected))
    }

    fn scan(
        &self,
        from: Bound<SecretKey>,
        direction: Direction,
        limit: usize,
    ) -> Pending<'_, Vec<Stored>> {
        ready(Ok(self.scan_now(&from, direction, limit)))
    }

    fn contents(&self) -> Pending<'_, Contents> {
        ready(Ok(self.contents_now()))
    }

    fn restore<'a>(&'a self, contents: &'a Contents) -> Pending<'a, ()> {
        self.restore_now(contents);
        ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn keeps_the_contract() {
        conformance::check(|| Arc::new(MemoryStore::default())).await;
    }
}
