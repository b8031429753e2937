//! Envelope encryption of secret values: each under a data key of its own, wrapped by a KMS key.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::cipher::{Cipher, Forged};
use super::{EncryptionContext, Error, KeyService};
use crate::entropy::Entropy;
use crate::secret::Secret;
use crate::secret::version::{Fingerprint, SealedValue, ValueKind, VersionId};
use crate::sensitive::Sensitive;

/// A value before it is sealed.
#[derive(Clone, Copy)]
pub struct ValueRef<'a> {
    /// Text or bytes.
    pub kind: ValueKind,
    /// The bytes; of a text, its UTF-8 form.
    pub bytes: &'a [u8],
}

/// Seals and opens secret values.
#[derive(Debug)]
pub struct Sealer {
    keys: Arc<dyn KeyService>,
    fingerprint_key: Sensitive<[u8; 64]>,
    entropy: Entropy,
}

impl Sealer {
    /// A sealer over a key service.
    pub fn new(keys: Arc<dyn KeyService>, entropy: &Entropy) -> Self {
        let entropy = entropy.child("envelope");
        Self {
            keys,
            fingerprint_key: Sensitive::new(entropy.bytes()),
            entropy,
        }
    }

    /// Checks that a caller's key exists, as AWS does before it stores the key's name (fact sheet 6.1).
    pub fn check_key(&self, secret: &Secret, key_id: Option<&str>) -> Result<(), Error> {
        self.keys.find(&secret.key().scope, key_id).map(drop)
    }

    /// Seals a value as a version of a secret, under the KMS key the caller names or the default one.
    pub fn seal(
        &self,
        secret: &Secret,
        version: &VersionId,
        key_id: Option<&str>,
        value: ValueRef<'_>,
    ) -> Result<Arc<SealedValue>, Error> {
        let key = self.keys.find(&secret.key().scope, key_id)?;
        let context = context(secret, version);
        let data_key = self.keys.generate_data_key(key, &context)?;
        let mut ciphertext = Vec::with_capacity(value.bytes.len() + 28);
        Cipher::new(&data_key.plaintext).seal_into(
            self.entropy.bytes(),
            context.as_bytes(),
            value.bytes,
            &mut ciphertext,
        );
        Ok(Arc::new(SealedValue {
            kind: value.kind,
            data_key: data_key.encrypted,
            ciphertext: ciphertext.into(),
            fingerprint: self.fingerprint(secret, version, value),
        }))
    }

    /// Opens a version's value through the key service.
    pub fn open(
        &self,
        secret: &Secret,
        version: &VersionId,
        sealed: &SealedValue,
    ) -> Result<Sensitive<Vec<u8>>, Error> {
        let context = context(secret, version);
        let data_key = self.keys.decrypt(&sealed.data_key, &context)?;
        Cipher::new(&data_key)
            .open(context.as_bytes(), &sealed.ciphertext)
            .map_err(|Forged| Error::InvalidCiphertext)
    }

    /// The fingerprint a value has as a version of a secret.
    pub fn fingerprint(
        &self,
        secret: &Secret,
        version: &VersionId,
        value: ValueRef<'_>,
    ) -> Fingerprint {
        let mut mac = Hmac::<Sha256>::new(self.fingerprint_key.expose().into());
        mac.update(secret.uid().as_bytes());
        mac.update(&(version.as_str().len() as u64).to_be_bytes());
        mac.update(version.as_str().as_bytes());
        mac.update(match value.kind {
            ValueKind::String => b"s",
            ValueKind::Binary => b"b",
        });
        mac.update(value.bytes);
        Fingerprint(mac.finalize().into_bytes().into())
    }
}

/// What AWS binds a value to (fact sheet 6.2).
fn context(secret: &Secret, version: &VersionId) -> EncryptionContext {
    EncryptionContext::new([
        ("SecretARN", &secret.arn().to_string()),
        ("SecretVersionId", version.as_str()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kms::KeyRing;
    use crate::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey, SecretName};

    fn sealer() -> Sealer {
        let entropy = Entropy::seeded(1);
        Sealer::new(Arc::new(KeyRing::new(&entropy)), &entropy)
    }

    fn secret(name: &str) -> Secret {
        let scope = Scope {
            account: AccountId::parse("000000000000").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        };
        let name = SecretName::parse(name).unwrap();
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let uid = uuid::Uuid::nil();
        let (key, suffix) = (SecretKey { scope, name }, ArnSuffix::draw(|_| 0));
        Secret::new(uid, key, suffix, VersionId::new("v1"), now)
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
        let sealed = sealer.seal(&home, &v1, None, value).unwrap();
        assert!(sealer.open(&home, &v1, &sealed).unwrap() == bytes);
        let moved = sealer.open(&home, &v2, &sealed);
        assert_eq!(moved.unwrap_err(), Error::InvalidCiphertext);
        let stolen = sealer.open(&secret("other"), &v1, &sealed);
        assert_eq!(stolen.unwrap_err(), Error::InvalidCiphertext);
    }

    #[test]
    fn two_seals_of_a_value_differ_and_their_fingerprints_do_not() {
        let (sealer, home, v1) = (sealer(), secret("s"), VersionId::new("v1"));
        let value = |kind, text: &'static str| ValueRef {
            kind,
            bytes: text.as_bytes(),
        };
        let seal = |value| sealer.seal(&home, &v1, None, value).unwrap();
        let first = seal(value(ValueKind::String, "hunter2"));
        let second = seal(value(ValueKind::String, "hunter2"));
        assert_ne!(first.ciphertext, second.ciphertext);
        assert_ne!(first.data_key, second.data_key);
        assert_eq!(first.fingerprint, second.fingerprint);
        for differs in [
            value(ValueKind::Binary, "hunter2"),
            value(ValueKind::String, "hunter3"),
        ] {
            assert_ne!(seal(differs).fingerprint, first.fingerprint);
        }
    }
}
