//! Versions of a secret and their sealed values.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

/// A version's id: the client request token of the call that made it, 32 to 64 characters of any kind
/// (fact sheet 4.1, V9).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(Arc<str>);

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

/// Which of the two members a value was given as, and comes back as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// `SecretString`: UTF-8 text.
    String,
    /// `SecretBinary`: bytes.
    Binary,
}

/// A keyed digest of a value, its kind and the version it belongs to. Two seals of one value differ; their
/// fingerprints do not, so a repeated request can be told from a conflicting one without opening anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}

/// An envelope-encrypted value: immutable, and of no use without the KMS key that wrapped its data key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// What the value is returned as.
    pub kind: ValueKind,
    /// The ARN of the customer's KMS key that protects it; `None` for the default key of the secret's account and
    /// region.
    pub kms_key: Option<Arc<str>>,
    /// The data key, encrypted by the KMS key that it names.
    pub data_key: Box<[u8]>,
    /// The value, encrypted under the data key.
    pub ciphertext: Box<[u8]>,
    /// For comparing with a value that is not sealed yet.
    pub fingerprint: Fingerprint,
}

impl fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedValue")
            .field("kind", &self.kind)
            .field("ciphertext", &self.ciphertext.len())
            .finish_non_exhaustive()
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
    pub value: Option<Arc<SealedValue>>,
}
