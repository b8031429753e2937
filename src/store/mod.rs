//! Secrets by key and revision: the contract every backend keeps, and what stands on it.
//!
//! A backend does few things and nothing else. [`Secrets`] builds finding, updating and listing on them.

#[cfg(test)]
mod conformance;
mod listing;
mod memory;
mod orders;
mod secrets;
mod snapshot;
#[cfg(test)]
mod tests;

use std::fmt;
use std::iter;
use std::ops::Bound;
use std::pin::Pin;
use std::sync::Arc;

pub use self::listing::{ListQuery, Page};
pub use self::memory::{Contents, MemoryStore};
pub use self::orders::{Position, SortBy};
pub use self::secrets::{Error, Found, Secrets};
pub(crate) use self::snapshot::Snapshot;
use crate::secret::Secret;
use crate::secret::id::{Scope, SecretKey, SecretName};

/// A record's compare-and-swap number. Each commit gives a record a larger one than any record had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// A record as it stood at one revision.
#[derive(Debug, Clone)]
pub struct Stored {
    /// For the next commit.
    pub revision: Revision,
    /// The secret with its sealed values.
    pub secret: Arc<Secret>,
}

/// The order of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From small keys to large ones.
    Ascending,
    /// From large keys to small ones.
    Descending,
}

impl Direction {
    /// All from a bound on.
    fn range<T>(self, from: Bound<T>) -> (Bound<T>, Bound<T>) {
        match self {
            Self::Ascending => (from, Bound::Unbounded),
            Self::Descending => (Bound::Unbounded, from),
        }
    }

    /// Takes the items of a range one after the other.
    fn walk<I: DoubleEndedIterator>(self, mut range: I) -> impl Iterator<Item = I::Item> {
        iter::from_fn(move || match self {
            Self::Ascending => range.next(),
            Self::Descending => range.next_back(),
        })
    }
}

/// What a backend can fail with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The record is not at the revision that was expected; nothing was changed.
    #[error("the record changed meanwhile")]
    Conflict,
}

/// What a backend's call gives, once it is awaited.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store of records, one per [`SecretKey`].
///
/// # Contract
///
/// - *Atomic*: a commit or a removal happens whole or not at all. A reader sees a record before it or after it.
/// - *Compare-and-swap*: it happens only if the record is at the expected revision, `None` meaning that there is no
///   record; otherwise it is [`StoreError::Conflict`] and nothing changed. Of several commits that expect the same
///   revision exactly one succeeds.
/// - *Read your writes*: once a commit has returned, every later get and scan sees it.
/// - *Order*: a scan gives keys in their own order (account, region, name), or in the reverse of it. Records that come or go
///   during a scan may or may not be seen; all others are seen once.
/// - *Values*: under its (secret uid, version id) a version's sealed value changes only when it is sealed anew under
///   another KMS key; it is then another `Arc` with another data key. A backend that writes values apart from records
///   writes each in the commit that first names it, and drops it with the last record that names it.
/// - *Clones*: what get and scan return is shared and does not change afterwards.
/// - *Contents*: all records as they stand at one moment. Putting them back is atomic and gives each record the revision that it had
///   then; a commit gets a larger one than any before, those of records that are gone included.
pub trait Store: fmt::Debug + Send + Sync {
    /// The record at a key.
    fn get<'a>(&'a self, key: &'a SecretKey) -> Pending<'a, Option<Stored>>;

    /// The records of these names in an account and region, in the order of the names, each as a get would give it.
    fn get_each<'a>(
        &'a self,
        scope: &'a Scope,
        names: &'a [&SecretName],
    ) -> Pending<'a, Vec<Option<Stored>>>;

    /// Writes the record at the secret's key, which must be at the revision `expected`.
    fn commit(&self, expected: Option<Revision>, secret: Arc<Secret>) -> Pending<'_, Revision>;

    /// Removes the record at a key, which must be at the revision `expected`.
    fn remove<'a>(&'a self, key: &'a SecretKey, expected: Revision) -> Pending<'a, ()>;

    /// At most `limit` records in the order of `direction`, beginning at `from`, which is the least key of an ascending
    /// scan and the greatest of a descending one.
    fn scan(
        &self,
        from: Bound<SecretKey>,
        direction: Direction,
        limit: usize,
    ) -> Pending<'_, Vec<Stored>>;

    /// All records at this moment.
    fn contents(&self) -> Pending<'_, Contents>;

    /// Puts back contents that this store gave, or the default ones, which are none, in place of all that it has.
    fn restore<'a>(&'a self, contents: &'a Contents) -> Pending<'a, ()>;
}
