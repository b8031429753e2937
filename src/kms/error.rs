//! Why KMS refuses. The words are for the log; what clients read is in `api`.

/// Why a key service refused. Keys and aliases are named by their ARNs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No key by that id or ARN.
    #[error("KMS key {0} does not exist")]
    KeyNotFound(String),
    /// Neither a key id nor anything else that could name a key.
    #[error("{0} is no key id")]
    InvalidKeyId(String),
    /// An ARN of another region, which is named.
    #[error("KMS keys of {0} cannot be used in this region")]
    ForeignArn(String),
    /// An ARN that is none of a key or alias.
    #[error("{0} is no ARN of a KMS key")]
    InvalidArn(String),
    /// An alias's ARN where only a key may be named.
    #[error("an alias cannot be used here")]
    AliasNotAllowed,
    /// No such alias.
    #[error("alias {0} does not exist")]
    AliasNotFound(String),
    /// The alias exists.
    #[error("alias {0} exists already")]
    AliasExists(String),
    /// An alias can only be moved to a key of the same kind.
    #[error("the keys differ in type or usage")]
    AliasOfAnotherKind,
    /// The key's state forbids it.
    #[error("KMS key {0} is disabled")]
    Disabled(String),
    /// The key's state forbids it.
    #[error("KMS key {0} is pending deletion")]
    PendingDeletion(String),
    /// There is no deletion to cancel.
    #[error("KMS key {0} is not pending deletion")]
    NotPendingDeletion(String),
    /// The key is there for something else.
    #[error("KMS key {arn} has the usage {usage}, which is not {operation}")]
    WrongUsage {
        /// The key.
        arn: String,
        /// What it is for.
        usage: &'static str,
        /// What was asked of it.
        operation: &'static str,
    },
    /// The key does not know the algorithm.
    #[error("algorithm {algorithm} is incompatible with key spec {spec}")]
    WrongAlgorithm {
        /// The algorithm asked for.
        algorithm: String,
        /// The key's.
        spec: &'static str,
    },
    /// Data keys are encrypted by symmetric keys only.
    #[error("cannot generate a data key with an asymmetric KMS key")]
    DataKeyUnderAsymmetric,
    /// Only keys that are symmetric can be rotated.
    #[error("the key does not support this")]
    NotSupported,
    /// The key has been rotated on demand as often as it may be.
    #[error("KMS key {0} was rotated on demand too often")]
    TooManyRotations(String),
    /// Altered, made by another key service, or encrypted with another encryption context.
    #[error("the ciphertext or its encryption context is not what was encrypted")]
    InvalidCiphertext,
    /// More than 50 tags.
    #[error("a key has too many tags")]
    TooManyTags,
    /// One key twice in a request.
    #[error("a request has a tag twice")]
    DuplicateTag,
    /// Tags that begin with `aws:` are AWS's own.
    #[error("a tag key is reserved")]
    ReservedTag,
}
