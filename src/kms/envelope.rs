//! Envelope encryption of secret values: each under a data key of its own, wrapped by a KMS key.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cipher::{Cipher, Forged, TAG};
use super::{EncryptionContext, Error, KeyService};
use crate::entropy::Entropy;
use crate::secret::Secret;
use crate::secret::version::{Envelope, Fingerprint, SealedValue, ValueKind, Version, VersionId};
use crate::sensitive::Sensitive;

/// A value before it is sealed.
#[derive(Clone, Copy)]
pub struct ValueRef<'a> {
    /// Text or bytes.
    pub kind: ValueKind,
    /// The bytes; of a text, its UTF-8 form.
    pub bytes: &'a [u8],
}

/// Why a value was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// There is no data key to seal it under.
    #[error("a value could not be encrypted: {0}")]
    Sealing(#[source] Error),
    /// Its data key, or the value itself, does not open.
    #[error("a value could not be decrypted: {0}")]
    Opening(#[source] Error),
}

/// What a secret needs to be given another KMS key (`Secret::move_to_key`).
#[derive(Debug)]
pub struct Moved {
    /// The key's ARN; `None` for the default key.
    pub kms_key: Option<Arc<str>>,
    /// The values that move to it, sealed anew.
    pub resealed: Vec<(VersionId, SealedValue)>,
}

/// Seals and opens secret values.
#[derive(Debug)]
pub struct Sealer {
    keys: Arc<dyn KeyService>,
    fingerprint_key: Sensitive<[u8; 32]>,
}

impl Sealer {
    /// A sealer over a key service.
    pub fn new(keys: Arc<dyn KeyService>, entropy: &Entropy) -> Self {
        Self {
            keys,
            fingerprint_key: Sensitive::new(entropy.child("envelope").bytes()),
        }
    }

    /// Checks that a caller's key can be used, as AWS does before it stores the key's name (fact sheet 6.1). Returns the ARN
    /// of a customer's key, and `None` for the default key.
    pub fn check_key(
        &self,
        secret: &Secret,
        key_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<str>>, EnvelopeError> {
        let context = context(&secret.arn_text(), "RequestToValidateKeyAccess");
        let scope = &secret.key().scope;
        let generated = self
            .keys
            .generate_data_key(scope, Some(key_id), &context, now);
        let data_key = generated.map_err(EnvelopeError::Sealing)?;
        let opened = self.keys.decrypt(&data_key.encrypted, &context, now);
        opened.map_err(EnvelopeError::Opening)?;
        Ok(data_key.customer_key)
    }

    /// Seals a value as a version of a secret, under the KMS key the caller names or the default one.
    pub fn seal(
        &self,
        secret: &Secret,
        version: &VersionId,
        key_id: Option<&str>,
        value: ValueRef<'_>,
        now: DateTime<Utc>,
    ) -> Result<SealedValue, EnvelopeError> {
        let context = context(&secret.arn_text(), version.as_str());
        let scope = &secret.key().scope;
        let generated = self.keys.generate_data_key(scope, key_id, &context, now);
        let data_key = generated.map_err(EnvelopeError::Sealing)?;
        let envelope = Envelope {
            kind: value.kind,
            fingerprint: self.fingerprint(secret, version, value),
            kms_key: data_key.customer_key.as_deref(),
            data_key: &data_key.encrypted,
        };
        // The data key is this value's own and is used this once.
        let cipher = Cipher::new(&data_key.plaintext);
        let write = |out: &mut [u8]| cipher.seal_once(context.as_bytes(), value.bytes, out);
        Ok(SealedValue::new(envelope, value.bytes.len() + TAG, write))
    }

    /// Opens a value of the secret with this ARN through the key service.
    pub fn open(
        &self,
        arn: &str,
        version: &VersionId,
        sealed: &SealedValue,
        now: DateTime<Utc>,
    ) -> Result<Sensitive<Vec<u8>>, EnvelopeError> {
        let context = context(arn, version.as_str());
        let opened = self.keys.decrypt(sealed.data_key(), &context, now);
        let data_key = opened.map_err(EnvelopeError::Opening)?;
        Cipher::new(&data_key)
            .open_once(context.as_bytes(), sealed.ciphertext())
            .map_err(|Forged| EnvelopeError::Opening(Error::InvalidCiphertext))
    }

    /// Checks another KMS key for a secret, `None` being the default key, and seals anew what is to move to it.
    pub fn move_to_key(
        &self,
        secret: &Secret,
        key_id: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Moved, EnvelopeError> {
        let kms_key = match key_id {
            Some(key_id) => self.check_key(secret, key_id, now)?,
            None => None,
        };
        let moving = secret
            .versions_under_its_key()
            .filter(|(_, held)| held.kms_key() != kms_key.as_deref());
        let arn = secret.arn_text();
        let reseal = |(version, held): (&Version, &SealedValue)| {
            let opened = self.open(&arn, &version.id, held, now)?;
            let value = ValueRef {
                kind: held.kind(),
                bytes: opened.expose(),
            };
            let sealed = self.seal(secret, &version.id, key_id, value, now)?;
            Ok((version.id.clone(), sealed))
        };
        Ok(Moved {
            resealed: moving.map(reseal).collect::<Result<_, EnvelopeError>>()?,
            kms_key,
        })
    }

    /// The fingerprint a value has as a version of a secret.
    pub fn fingerprint(
        &self,
        secret: &Secret,
        version: &VersionId,
        value: ValueRef<'_>,
    ) -> Fingerprint {
        let mut mac = blake3::Hasher::new_keyed(self.fingerprint_key.expose());
        mac.update(secret.uid().as_bytes());
        mac.update(&(version.as_str().len() as u64).to_be_bytes());
        mac.update(version.as_str().as_bytes());
        mac.update(match value.kind {
            ValueKind::String => b"s",
            ValueKind::Binary => b"b",
        });
        mac.update(value.bytes);
        let digest = mac.finalize();
        Fingerprint(std::array::from_fn(|at| digest.as_bytes()[at]))
    }
}

/// What AWS binds a value to (fact sheet 6.2).
fn context(arn: &str, version: &str) -> EncryptionContext {
    EncryptionContext::new([("SecretARN", arn), ("SecretVersionId", version)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kms::KeyRing;
    use crate::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey, SecretName};

    fn sealer() -> Sealer {
        let entropy = Entropy::seeded(1);
        Sealer::new(Arc::new(KeyRing::new(&entropy, Arc::default())), &entropy)
    }

    fn secret(name: &str) -> Secret {
        let scope = Scope {
            account: AccountId::parse("000000000000").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        };
        let name = SecretName::parse(name).unwrap();
        let uid = uuid::Uuid::nil();
        let (key, suffix) = (SecretKey { scope, name }, ArnSuffix::draw(|_| 0));
        Secret::new(uid, key, suffix, VersionId::new("v1"), now())
    }

    fn now() -> DateTime<Utc> {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn text(text: &str) -> Sensitive<Vec<u8>> {
        Sensitive::new(text.as_bytes().to_vec())
    }

    #[test]
    fn a_value_opens_only_as_the_version_of_the_secret_it_was_sealed_for() {
        let (sealer, home) = (sealer(), secret("s"));
        let (v1, v2) = (VersionId::new("v1"), VersionId::new("v2"));
        let bytes = text("hunter2");
        let value = ValueRef {
            kind: ValueKind::String,
            bytes: bytes.expose(),
        };
        let sealed = sealer.seal(&home, &v1, None, value, now()).unwrap();
        let open =
            |secret: &Secret, version| sealer.open(&secret.arn_text(), version, &sealed, now());
        assert!(open(&home, &v1).unwrap() == bytes);
        for elsewhere in [open(&home, &v2), open(&secret("other"), &v1)] {
            assert!(matches!(
                elsewhere,
                Err(EnvelopeError::Opening(Error::InvalidCiphertext))
            ));
        }
    }

    /// Fact 6.2: `{"SecretARN": "{ARN}", "SecretVersionId": "{vid}"}`; validation calls use
    #[test]
    fn a_data_key_is_bound_to_the_secrets_arn_and_the_version_id() {
        let entropy = Entropy::seeded(1);
        let keys = Arc::new(KeyRing::new(&entropy, Arc::default()));
        let (sealer, home) = (Sealer::new(keys.clone(), &entropy), secret("s"));
        let value = ValueRef {
            kind: ValueKind::String,
            bytes: b"hunter2",
        };
        let sealed = sealer.seal(&home, &VersionId::new("v1"), None, value, now());
        let sealed = sealed.unwrap();
        let arn = home.arn().to_string();
        let opens = |version| {
            let context =
                EncryptionContext::new([("SecretARN", &*arn), ("SecretVersionId", version)]);
            KeyService::decrypt(&*keys, sealed.data_key(), &context, now()).is_ok()
        };
        assert!(opens("v1"));
        assert!(!opens("RequestToValidateKeyAccess"));
    }

    #[test]
    fn two_seals_of_a_value_differ_and_their_fingerprints_do_not() {
        let (sealer, home, v1) = (sealer(), secret("s"), VersionId::new("v1"));
        let value = |kind, text: &'static str| ValueRef {
            kind,
            bytes: text.as_bytes(),
        };
        let seal = |value| sealer.seal(&home, &v1, None, value, now()).unwrap();
        let first = seal(value(ValueKind::String, "hunter2"));
        let second = seal(value(ValueKind::String, "hunter2"));
        assert_ne!(first.ciphertext(), second.ciphertext());
        assert_ne!(first.data_key(), second.data_key());
        assert_eq!(first.fingerprint(), second.fingerprint());
        for differs in [
            value(ValueKind::Binary, "hunter2"),
            value(ValueKind::String, "hunter3"),
        ] {
            assert_ne!(seal(differs).fingerprint(), first.fingerprint());
        }
    }
}
