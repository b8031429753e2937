//! The simulated KMS: keys that exist, can be found, and encrypt for real.
//!
//! Secrets Manager asks a [`KeyService`] for data keys and gets them back from it on every read, with the encryption
//! context that AWS documents (fact sheet 6.2). Key material never leaves this module.

mod cipher;
mod context;
mod envelope;
mod keyring;

use std::fmt;

use uuid::Uuid;

pub use self::context::EncryptionContext;
pub use self::envelope::{Sealer, ValueRef};
pub use self::keyring::KeyRing;
use crate::secret::id::Scope;
use crate::sensitive::Sensitive;

/// The bytes of an AES-256 data key.
pub type KeyBytes = Sensitive<[u8; 32]>;

/// The alias of the key that protects secrets which name no other (fact sheet 6.3).
pub const DEFAULT_KEY_ALIAS: &str = "alias/aws/secretsmanager";

/// A KMS key's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub Uuid);

/// A fresh data key, in the clear for the moment and as KMS gives it back later.
#[derive(Debug)]
pub struct DataKey {
    /// For one encryption, and then to be dropped.
    pub plaintext: KeyBytes,
    /// Names its KMS key; only that key opens it, and only with the same encryption context.
    pub encrypted: Box<[u8]>,
}

/// Why a key service refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No key by that id, ARN, alias or alias ARN.
    #[error("no such KMS key")]
    KeyNotFound,
    /// Altered, made by another key service, or sealed with another encryption context.
    #[error("the ciphertext or its encryption context is not what was encrypted")]
    InvalidCiphertext,
}

/// The part of KMS that secrets stand on.
pub trait KeyService: fmt::Debug + Send + Sync {
    /// The key a caller in `scope` names by id, ARN, alias or alias ARN. `None` is the scope's default key, which is
    /// created when it is first needed.
    fn find(&self, scope: &Scope, key_id: Option<&str>) -> Result<KeyId, Error>;

    /// Makes a data key under a KMS key.
    fn generate_data_key(&self, key: KeyId, context: &EncryptionContext) -> Result<DataKey, Error>;

    /// Opens a data key; the ciphertext tells which KMS key encrypted it.
    fn decrypt(&self, encrypted: &[u8], context: &EncryptionContext) -> Result<KeyBytes, Error>;
}
