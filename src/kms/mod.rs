//! The simulated KMS, and envelope encryption over it.
//!
//! Every secret value is sealed under a fresh data key, and the data key is wrapped by a KMS key, with the encryption
//! context of fact sheet 6.2 authenticated in both. Nothing here keeps a plaintext, and key material does not leave.
//! Nobody is asked for permission; that is not this part's business.

mod cipher;
mod ciphertext;
mod context;
mod envelope;
mod error;
mod id;
mod key;
mod keyring;
mod material;
mod policy;
mod spec;
mod tags;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use self::context::EncryptionContext;
pub use self::envelope::{EnvelopeError, Moved, Sealer, ValueRef};
pub use self::error::Error;
pub use self::id::{ALIAS_PREFIX, KeyId, alias_arn, alias_name, check_key_name, is_alias, key_arn};
pub use self::key::{DEFAULT_ROTATION_PERIOD, Key, KeyManager, KeyState, NewKey, Rotation};
pub(crate) use self::keyring::Keys;
pub use self::keyring::{Alias, Decrypted, KeyRing};
pub use self::material::{Material, MaterialId, RotationType};
pub use self::spec::{KeySpec, KeyUsage};
pub use self::tags::KeyTags;
use crate::secret::id::Scope;
use crate::sensitive::Sensitive;

/// The bytes of an AES-256 data key.
pub type KeyBytes = Sensitive<[u8; 32]>;

/// The alias of the key that protects secrets which name no other (fact sheet 6.3).
pub const DEFAULT_KEY_ALIAS: &str = "alias/aws/secretsmanager";

/// A fresh data key, in the clear for the moment and as KMS gives it back later.
#[derive(Debug)]
pub struct DataKey {
    /// For one encryption, and then to be dropped.
    pub plaintext: KeyBytes,
    /// Names its KMS key; only that key opens it, and only with the same encryption context.
    pub encrypted: Box<[u8]>,
    /// The ARN of the customer's key that encrypted it; `None` for the default key.
    pub customer_key: Option<Arc<str>>,
}

/// The part of KMS that secrets stand on. Keys are judged by their state at a time.
pub trait KeyService: fmt::Debug + Send + Sync {
    /// Makes a data key under the KMS key that a caller in `scope` names by id, ARN, alias or alias ARN. `None` is the
    /// scope's default key, which is created when it is first needed.
    fn generate_data_key(
        &self,
        scope: &Scope,
        key_id: Option<&str>,
        context: &EncryptionContext,
        now: DateTime<Utc>,
    ) -> Result<DataKey, Error>;

    /// Opens a data key; the ciphertext tells which KMS key encrypted it.
    fn decrypt(
        &self,
        encrypted: &[u8],
        context: &EncryptionContext,
        now: DateTime<Utc>,
    ) -> Result<KeyBytes, Error>;
}
