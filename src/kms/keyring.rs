//! Keys, per account and region, in this process's memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use uuid::Uuid;

use super::cipher::{Cipher, Forged};
use super::{DataKey, EncryptionContext, Error, KeyBytes, KeyId, KeyService};
use crate::arn::{Arn, partition_of};
use crate::entropy::Entropy;
use crate::secret::id::Scope;
use crate::sensitive::Sensitive;

/// The default key's alias, without the prefix `alias/`.
const DEFAULT_ALIAS: &str = "aws/secretsmanager";

/// The first byte of a ciphertext: its format.
const FORMAT: u8 = 1;

/// All KMS keys of all accounts and regions. A ciphertext is the format byte, the key's id, and the sealed bytes.
#[derive(Debug)]
pub struct KeyRing {
    keys: ArcSwap<Keys>,
    /// Held while a key is added.
    writer: Mutex<()>,
    entropy: Entropy,
}

#[derive(Debug, Default, Clone)]
struct Keys {
    by_id: HashMap<KeyId, Arc<Cipher>>,
    defaults: HashMap<Scope, KeyId>,
}

/// What a caller gave for a key, without what an ARN has around it.
enum Named<'a> {
    Id(&'a str),
    /// Without the prefix `alias/`.
    Alias(&'a str),
}

impl<'a> Named<'a> {
    /// A key's ARN, or an alias's, of this account and region.
    fn by_arn(arn: &Arn<'a>, scope: &Scope) -> Option<Self> {
        let is_here = arn.service == "kms"
            && arn.region == scope.region.as_str()
            && arn.partition == partition_of(arn.region)
            && arn.account == scope.account.to_string();
        let id = arn.resource.strip_prefix("key/").map(Self::Id);
        let named = id.or_else(|| arn.resource.strip_prefix("alias/").map(Self::Alias));
        named.filter(|_| is_here)
    }
}

impl KeyRing {
    /// A ring without keys, which draws key material from `entropy`.
    pub fn new(entropy: &Entropy) -> Self {
        Self {
            keys: ArcSwap::default(),
            writer: Mutex::new(()),
            entropy: entropy.child("kms"),
        }
    }

    fn cipher(&self, key: KeyId) -> Result<Arc<Cipher>, Error> {
        let keys = self.keys.load();
        keys.by_id.get(&key).cloned().ok_or(Error::KeyNotFound)
    }

    fn default_key(&self, scope: &Scope) -> KeyId {
        if let Some(key) = self.keys.load().defaults.get(scope) {
            return *key;
        }
        let _writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = Keys::clone(&self.keys.load());
        // Another caller may have been first.
        if let Some(key) = keys.defaults.get(scope) {
            return *key;
        }
        let id = KeyId(self.entropy.uuid());
        let cipher = Cipher::new(&Sensitive::new(self.entropy.bytes()));
        keys.by_id.insert(id, Arc::new(cipher));
        keys.defaults.insert(scope.clone(), id);
        self.keys.store(Arc::new(keys));
        id
    }
}

impl KeyService for KeyRing {
    fn find(&self, scope: &Scope, key_id: Option<&str>) -> Result<KeyId, Error> {
        let Some(given) = key_id else {
            return Ok(self.default_key(scope));
        };
        let named = match Arn::parse(given) {
            None => given
                .strip_prefix("alias/")
                .map_or(Named::Id(given), Named::Alias),
            Some(arn) => Named::by_arn(&arn, scope).ok_or(Error::KeyNotFound)?,
        };
        match named {
            Named::Alias(DEFAULT_ALIAS) => Ok(self.default_key(scope)),
            Named::Alias(_) => Err(Error::KeyNotFound),
            Named::Id(id) => {
                // The default key is the only one a scope has.
                let keys = self.keys.load();
                let held = keys.defaults.get(scope);
                held.filter(|held| held.0.to_string() == id)
                    .copied()
                    .ok_or(Error::KeyNotFound)
            }
        }
    }

    fn generate_data_key(&self, key: KeyId, context: &EncryptionContext) -> Result<DataKey, Error> {
        let plaintext = KeyBytes::new(self.entropy.bytes());
        let mut encrypted = Vec::with_capacity(80);
        encrypted.push(FORMAT);
        encrypted.extend_from_slice(key.0.as_bytes());
        self.cipher(key)?.seal_into(
            self.entropy.bytes(),
            context.as_bytes(),
            plaintext.expose(),
            &mut encrypted,
        );
        Ok(DataKey {
            plaintext,
            encrypted: encrypted.into(),
        })
    }

    fn decrypt(&self, encrypted: &[u8], context: &EncryptionContext) -> Result<KeyBytes, Error> {
        let Some((&[FORMAT], rest)) = encrypted.split_first_chunk::<1>() else {
            return Err(Error::InvalidCiphertext);
        };
        let (id, sealed) = rest
            .split_first_chunk::<16>()
            .ok_or(Error::InvalidCiphertext)?;
        let cipher = self.cipher(KeyId(Uuid::from_bytes(*id)))?;
        let opened = cipher
            .open(context.as_bytes(), sealed)
            .map_err(|Forged| Error::InvalidCiphertext)?;
        let bytes: [u8; 32] = opened
            .expose()
            .as_slice()
            .try_into()
            .map_err(|_| Error::InvalidCiphertext)?;
        Ok(KeyBytes::new(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kms::DEFAULT_KEY_ALIAS;
    use crate::secret::id::{AccountId, Region};

    fn scope(account: &str, region: &str) -> Scope {
        Scope {
            account: AccountId::parse(account).unwrap(),
            region: Region::parse(region).unwrap(),
        }
    }

    #[test]
    fn each_account_and_region_has_a_default_key_of_its_own() {
        let ring = KeyRing::new(&Entropy::seeded(1));
        let home = scope("000000000001", "us-east-1");
        let key = ring.find(&home, None).unwrap();
        assert_eq!(ring.find(&home, None), Ok(key));
        for other in [
            scope("000000000002", "us-east-1"),
            scope("000000000001", "eu-west-1"),
        ] {
            assert_ne!(ring.find(&other, None), Ok(key));
        }
    }

    #[test]
    fn the_default_key_is_found_under_each_of_its_names_and_no_other_key_is() {
        let ring = KeyRing::new(&Entropy::seeded(1));
        let home = scope("000000000001", "us-east-1");
        let key = ring.find(&home, None).unwrap();
        let id = key.0.to_string();
        let arn = |rest: &str| format!("arn:aws:kms:us-east-1:000000000001:{rest}");
        for name in [
            DEFAULT_KEY_ALIAS.to_owned(),
            arn(DEFAULT_KEY_ALIAS),
            arn(&format!("key/{id}")),
            id.clone(),
        ] {
            assert_eq!(ring.find(&home, Some(&name)), Ok(key), "{name}");
        }
        for name in [
            "alias/mine".to_owned(),
            Uuid::nil().to_string(),
            arn("alias/mine"),
            format!("arn:aws:kms:eu-west-1:000000000001:key/{id}"),
            format!("arn:aws-cn:kms:us-east-1:000000000001:key/{id}"),
            arn(&format!("key/{DEFAULT_KEY_ALIAS}")),
            arn(&id),
            format!("{{{id}}}"),
        ] {
            let found = ring.find(&home, Some(&name));
            assert_eq!(found, Err(Error::KeyNotFound), "{name}");
        }
    }

    #[test]
    fn a_data_key_opens_only_unaltered_and_under_its_context() {
        let ring = KeyRing::new(&Entropy::seeded(1));
        let key = ring
            .find(&scope("000000000001", "us-east-1"), None)
            .unwrap();
        let context = EncryptionContext::new([("SecretARN", "a")]);
        let data_key = ring.generate_data_key(key, &context).unwrap();
        let opened = ring.decrypt(&data_key.encrypted, &context).unwrap();
        assert!(opened == data_key.plaintext);
        let other = EncryptionContext::new([("SecretARN", "b")]);
        let wrong = ring.decrypt(&data_key.encrypted, &other);
        assert_eq!(wrong.unwrap_err(), Error::InvalidCiphertext);
        for at in 0..data_key.encrypted.len() {
            let mut altered = data_key.encrypted.clone();
            altered[at] ^= 1;
            assert!(ring.decrypt(&altered, &context).is_err(), "byte {at}");
        }
        assert!(ring.decrypt(&[], &context).is_err());
    }
}
