//! Versions of a secret and their sealed values.

mod list;
mod sealed;

use std::fmt;

use arcstr::ArcStr;
use chrono::{DateTime, NaiveDate, Utc};

pub(super) use self::list::Versions;
pub use self::sealed::{Envelope, Fingerprint, SealedValue, ValueKind};

/// A version's id: the client request token of the call that made it, 32 to 64 characters of any kind
/// (fact sheet 4.1, V9).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(ArcStr);

impl VersionId {
    /// Takes a client request token as it is; its length is a request constraint.
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One version of a secret (fact sheet 4.1, V1). Its staging labels are kept by the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The id, unique within the secret.
    pub id: VersionId,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// The last day its value was retrieved.
    pub last_accessed: Option<NaiveDate>,
    /// Absent only for the placeholder that a rotation makes (V8). Once it is there it is never replaced by another
    /// value, but it is sealed anew when the secret's KMS key changes.
    pub value: Option<SealedValue>,
}
