//! All KMS keys of all accounts and regions, in this process's memory.
//!
//! What falls due by itself, rotations and deletions, is settled before anything is looked at: whoever asks at a time
//! finds the keys as they are at that time.

use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, Utc};
use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use super::ciphertext::{self, Ciphertext};
use super::id::{KeyId, KeyRef, alias_arn, key_arn};
use super::key::{Key, KeyManager, NewKey};
use super::material::MaterialId;
use super::policy::{default_policy, secrets_manager_policy};
use super::spec::{KeySpec, KeyUsage};
use super::tags::KeyTags;
use super::{DEFAULT_KEY_ALIAS, DataKey, EncryptionContext, Error, KeyBytes, KeyService};
use crate::entropy::Entropy;
use crate::journal::{Done, Journal};
use crate::secret::id::Scope;
use crate::sensitive::Sensitive;

/// What the aliases of AWS's own keys begin with; nobody else's do.
const RESERVED_ALIAS_PREFIX: &str = "alias/aws/";
/// Describes the default key, as AWS does.
const DEFAULT_KEY_DESCRIPTION: &str =
    "Default key that protects my Secrets Manager data when no other key is defined";

/// All KMS keys and aliases.
#[derive(Debug)]
pub struct KeyRing {
    keys: ArcSwap<Keys>,
    /// Held while keys are changed.
    writer: Mutex<()>,
    journal: Arc<Journal>,
    entropy: Sources,
}

/// Where the ring draws from: each kind of draw has a source of its own, so that one more of it changes no other.
#[derive(Debug)]
struct Sources {
    ids: Entropy,
    material: Entropy,
    data_keys: Entropy,
    nonces: Entropy,
    random: Entropy,
}

/// The keys and aliases at one moment. A copy shares what it does not change.
#[derive(Debug, Default, Clone)]
pub(crate) struct Keys {
    by_id: OrdMap<Uuid, Arc<Key>>,
    by_scope: OrdSet<(Scope, KeyId)>,
    /// When each key's next event falls due.
    due: OrdSet<(DateTime<Utc>, Uuid)>,
    aliases: OrdMap<(Scope, Box<str>), Alias>,
    /// The keys that `alias/aws/secretsmanager` means.
    defaults: OrdMap<Scope, Uuid>,
}

/// Another name of a key.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    /// The key.
    pub target: KeyId,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it was last given a key.
    pub updated: DateTime<Utc>,
}

/// What was decrypted, and with what.
#[derive(Debug)]
pub struct Decrypted {
    /// The key that opened it.
    pub key: Arc<Key>,
    /// That key's material.
    pub material: MaterialId,
    /// What was encrypted.
    pub plaintext: Sensitive<Vec<u8>>,
}

impl Keys {
    fn get(&self, scope: &Scope, id: KeyId) -> Result<&Arc<Key>, Error> {
        let found = self.by_id.get(&id.uuid);
        found
            .filter(|key| key.id == id && key.scope == *scope)
            .ok_or_else(|| Error::KeyNotFound(key_arn(scope, id)))
    }

    fn alias(&self, scope: &Scope, name: &str) -> Result<&Alias, Error> {
        let found = self.aliases.get(&(scope.clone(), name.into()));
        found.ok_or_else(|| Error::AliasNotFound(alias_arn(scope, name)))
    }

    fn put(&mut self, key: Arc<Key>) {
        let uuid = key.id.uuid;
        if let Some(due) = key.next_due() {
            self.due.insert((due, uuid));
        }
        self.by_scope.insert((key.scope.clone(), key.id));
        let next_due = key.next_due();
        let old = self.by_id.insert(uuid, key);
        if let Some(due) = old.and_then(|old| old.next_due())
            && Some(due) != next_due
        {
            self.due.remove(&(due, uuid));
        }
    }

    fn remove(&mut self, uuid: Uuid) {
        let Some(key) = self.by_id.remove(&uuid) else {
            return;
        };
        if let Some(due) = key.next_due() {
            self.due.remove(&(due, uuid));
        }
        self.by_scope.remove(&(key.scope.clone(), key.id));
        let names: Vec<_> = self
            .aliases
            .range((key.scope.clone(), "".into())..)
            .take_while(|((scope, _), _)| *scope == key.scope)
            .filter(|(_, alias)| alias.target == key.id)
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            self.aliases.remove(&name);
        }
    }

    fn remove_scopes(&mut self, wanted: impl Fn(&Scope) -> bool) {
        let keys = self.by_scope.iter().filter(|(scope, _)| wanted(scope));
        for uuid in keys.map(|(_, id)| id.uuid).collect::<Vec<_>>() {
            self.remove(uuid);
        }
        self.defaults = self
            .defaults
            .iter()
            .filter(|(scope, _)| !wanted(scope))
            .map(|(scope, id)| (scope.clone(), *id))
            .collect();
    }

    fn add_scopes(&mut self, others: &Self, wanted: impl Fn(&Scope) -> bool) {
        for key in others.by_id.values().filter(|key| wanted(&key.scope)) {
            self.put(key.clone());
        }
        let aliases = others.aliases.iter();
        let aliases = aliases.filter(|((scope, _), _)| wanted(scope));
        self.aliases
            .extend(aliases.map(|(name, alias)| (name.clone(), *alias)));
        let defaults = others.defaults.iter().filter(|(scope, _)| wanted(scope));
        self.defaults
            .extend(defaults.map(|(scope, id)| (scope.clone(), *id)));
    }

    fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due.get_min().is_some_and(|(due, _)| *due <= now)
    }

    /// Makes the rotations and deletions that are due.
    fn settle(&mut self, entropy: &Entropy, journal: &Journal, now: DateTime<Utc>) {
        while let Some((due, uuid)) = self.due.get_min().copied()
            && due <= now
        {
            self.due.remove(&(due, uuid));
            let Some(key) = self.by_id.get(&uuid) else {
                continue;
            };
            let resource = key.arn.to_string();
            let event = if key.is_gone(due) {
                self.remove(uuid);
                "KeyDeleted"
            } else {
                let mut key = Key::clone(key);
                key.rotate_if_due(entropy, now);
                self.put(Arc::new(key));
                "KeyRotated"
            };
            journal.record(Done {
                time: due,
                event,
                resource,
            });
        }
    }
}

impl KeyRing {
    /// A ring without keys, which draws ids and key material from `entropy` and tells `journal` what it does by itself.
    pub fn new(entropy: &Entropy, journal: Arc<Journal>) -> Self {
        Self {
            keys: ArcSwap::default(),
            writer: Mutex::new(()),
            journal,
            entropy: Sources {
                ids: entropy.child("key id"),
                material: entropy.child("key material"),
                data_keys: entropy.child("data key"),
                nonces: entropy.child("nonce"),
                random: entropy.child("random bytes"),
            },
        }
    }

    /// All keys and aliases as they are now.
    pub(crate) fn contents(&self) -> Arc<Keys> {
        self.keys.load_full()
    }

    /// Puts back all keys and aliases as they were.
    pub(crate) fn restore(&self, contents: Arc<Keys>) {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.keys.store(contents);
    }

    /// Puts back the keys and aliases of the scopes that are wanted.
    pub(crate) fn restore_some(&self, contents: &Keys, wanted: impl Fn(&Scope) -> bool) {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = Keys::clone(&self.keys.load());
        keys.remove_scopes(&wanted);
        keys.add_scopes(contents, &wanted);
        self.keys.store(Arc::new(keys));
    }

    /// When something next falls due by itself.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.keys.load().due.get_min().map(|(due, _)| *due)
    }

    /// Makes the rotations and deletions that are due, which otherwise wait for the next call.
    pub fn settle(&self, now: DateTime<Utc>) {
        drop(self.at(now));
    }

    /// The keys as they are at a time.
    fn at(&self, now: DateTime<Utc>) -> Guard<Arc<Keys>> {
        let keys = self.keys.load();
        if !keys.is_due(now) {
            return keys;
        }
        drop(keys);
        drop(self.write(now));
        self.keys.load()
    }

    /// Begins a change of the keys as they are at a time.
    fn write(&self, now: DateTime<Utc>) -> Writing<'_> {
        let turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = Keys::clone(&self.keys.load());
        if keys.is_due(now) {
            keys.settle(&self.entropy.material, &self.journal, now);
            self.keys.store(Arc::new(keys.clone()));
        }
        Writing {
            ring: self,
            keys,
            _turn: turn,
        }
    }

    /// Creates a key.
    pub fn create(&self, new: NewKey, now: DateTime<Utc>) -> Arc<Key> {
        let mut writing = self.write(now);
        let key = self.draw_key(new, now);
        writing.keys.put(key.clone());
        writing.commit();
        key
    }

    fn draw_key(&self, mut new: NewKey, now: DateTime<Utc>) -> Arc<Key> {
        let id = KeyId {
            uuid: self.entropy.ids.uuid(),
            multi_region: new.multi_region,
        };
        let policy = new.policy.take();
        let policy = policy.unwrap_or_else(|| default_policy(&new.scope).into());
        Arc::new(Key::create(id, new, policy, &self.entropy.material, now))
    }

    /// The key that `alias/aws/secretsmanager` means, created when it is first needed.
    fn default_key(&self, scope: &Scope, now: DateTime<Utc>) -> Arc<Key> {
        let held = |keys: &Keys| {
            let id = keys.defaults.get(scope)?;
            keys.by_id.get(id).cloned()
        };
        if let Some(key) = held(&self.at(now)) {
            return key;
        }
        let mut writing = self.write(now);
        // Another caller may have been first.
        if let Some(key) = held(&writing.keys) {
            return key;
        }
        let new = NewKey {
            scope: scope.clone(),
            manager: KeyManager::Aws,
            multi_region: false,
            spec: KeySpec::SYMMETRIC,
            usage: KeyUsage::EncryptDecrypt,
            description: DEFAULT_KEY_DESCRIPTION.into(),
            policy: Some(secrets_manager_policy(scope).into()),
            tags: KeyTags::default(),
        };
        let key = self.draw_key(new, now);
        let keys = &mut writing.keys;
        keys.put(key.clone());
        keys.defaults.insert(scope.clone(), key.id.uuid);
        let alias = Alias {
            target: key.id,
            created: now,
            updated: now,
        };
        let name = (scope.clone(), DEFAULT_KEY_ALIAS.into());
        keys.aliases.insert(name, alias);
        writing.commit();
        key
    }

    /// The key a caller names by id, ARN, alias or alias ARN.
    pub fn find(&self, caller: &Scope, given: &str, now: DateTime<Utc>) -> Result<Arc<Key>, Error> {
        match KeyRef::parse(given, caller)? {
            KeyRef::Key(scope, id) => self.at(now).get(&scope, id).cloned(),
            KeyRef::Alias(scope, name) if *name == *DEFAULT_KEY_ALIAS && scope == *caller => {
                Ok(self.default_key(&scope, now))
            }
            KeyRef::Alias(scope, name) => {
                let keys = self.at(now);
                let target = keys.alias(&scope, &name)?.target;
                keys.get(&scope, target).cloned()
            }
        }
    }

    /// The key a caller names, as in [`find`](Self::find). A symmetric one is created, with that id or that alias, if there is
    /// none.
    pub fn find_or_create(
        &self,
        caller: &Scope,
        given: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Key>, Error> {
        match self.find(caller, given, now) {
            Err(Error::KeyNotFound(_) | Error::AliasNotFound(_)) => {}
            found => return found,
        }
        let reference = KeyRef::parse(given, caller)?;
        if let KeyRef::Alias(scope, name) = &reference
            && name.starts_with(RESERVED_ALIAS_PREFIX)
        {
            return Err(Error::AliasNotFound(alias_arn(scope, name)));
        }
        let (KeyRef::Key(scope, _) | KeyRef::Alias(scope, _)) = &reference;
        let new = NewKey {
            scope: scope.clone(),
            manager: KeyManager::Customer,
            multi_region: false,
            spec: KeySpec::SYMMETRIC,
            usage: KeyUsage::EncryptDecrypt,
            description: Box::default(),
            policy: None,
            tags: KeyTags::default(),
        };
        let mut writing = self.write(now);
        let key = match reference {
            KeyRef::Key(scope, id) => {
                // Another caller may have been first; a key of another account keeps its id.
                if let Some(held) = writing.keys.by_id.get(&id.uuid) {
                    let is_it = held.id == id && held.scope == scope;
                    return is_it
                        .then(|| held.clone())
                        .ok_or_else(|| Error::KeyNotFound(key_arn(&scope, id)));
                }
                let policy = default_policy(&scope).into();
                Arc::new(Key::create(id, new, policy, &self.entropy.material, now))
            }
            KeyRef::Alias(scope, name) => {
                if let Ok(alias) = writing.keys.alias(&scope, &name) {
                    return writing.keys.get(&scope, alias.target).cloned();
                }
                let key = self.draw_key(new, now);
                let alias = Alias {
                    target: key.id,
                    created: now,
                    updated: now,
                };
                writing.keys.aliases.insert((scope, name), alias);
                key
            }
        };
        writing.keys.put(key.clone());
        writing.commit();
        Ok(key)
    }

    /// The key of the caller's account that it names by id or ARN.
    pub fn find_own(
        &self,
        caller: &Scope,
        given: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Key>, Error> {
        let (scope, id) = KeyRef::parse_key(given, caller)?;
        if scope != *caller {
            return Err(Error::KeyNotFound(key_arn(&scope, id)));
        }
        self.at(now).get(&scope, id).cloned()
    }

    /// Changes a key by a transition, which may refuse.
    pub fn update(
        &self,
        key: &Key,
        now: DateTime<Utc>,
        transition: impl FnOnce(&mut Key, &Entropy) -> Result<(), Error>,
    ) -> Result<Arc<Key>, Error> {
        let mut writing = self.write(now);
        let mut changed = Key::clone(writing.keys.get(&key.scope, key.id)?);
        transition(&mut changed, &self.entropy.material)?;
        changed.rotate_if_due(&self.entropy.material, now);
        let changed = Arc::new(changed);
        writing.keys.put(changed.clone());
        writing.commit();
        Ok(changed)
    }

    /// Up to `limit` keys of a scope, in the order of their ids, after one.
    pub fn keys(
        &self,
        scope: &Scope,
        after: Option<KeyId>,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Vec<KeyId> {
        let first = match after {
            Some(id) => Bound::Excluded((scope.clone(), id)),
            None => Bound::Included((
                scope.clone(),
                KeyId {
                    uuid: Uuid::nil(),
                    multi_region: false,
                },
            )),
        };
        self.at(now)
            .by_scope
            .range((first, Bound::Unbounded))
            .take_while(|(of, _)| of == scope)
            .map(|(_, id)| *id)
            .take(limit)
            .collect()
    }

    /// Up to `limit` aliases of a scope, in the order of their names, after one; only those of a key, if one is named.
    pub fn aliases(
        &self,
        scope: &Scope,
        of_key: Option<KeyId>,
        after: Option<&str>,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Vec<(Box<str>, Alias)> {
        let first = (scope.clone(), after.unwrap_or_default().into());
        self.at(now)
            .aliases
            .range((Bound::Excluded(first), Bound::Unbounded))
            .take_while(|((of, _), _)| of == scope)
            .filter(|(_, alias)| of_key.is_none_or(|id| alias.target == id))
            .map(|((_, name), alias)| (name.clone(), *alias))
            .take(limit)
            .collect()
    }

    /// Gives a key another name.
    pub fn create_alias(&self, name: &str, target: &Key, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.write(now);
        let keys = &mut writing.keys;
        let scope = &target.scope;
        if keys.alias(scope, name).is_ok() {
            return Err(Error::AliasExists(alias_arn(scope, name)));
        }
        keys.get(scope, target.id)?.check_not_pending()?;
        let alias = Alias {
            target: target.id,
            created: now,
            updated: now,
        };
        keys.aliases.insert((scope.clone(), name.into()), alias);
        writing.commit();
        Ok(())
    }

    /// Moves an alias to another key of the same kind.
    pub fn update_alias(&self, name: &str, target: &Key, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.write(now);
        let keys = &mut writing.keys;
        let scope = &target.scope;
        let alias = *keys.alias(scope, name)?;
        let target = keys.get(scope, target.id)?;
        target.check_not_pending()?;
        let old = keys.get(scope, alias.target)?;
        let kind = |key: &Key| (key.usage, key.current_material().is_some());
        if kind(old) != kind(target) {
            return Err(Error::AliasOfAnotherKind);
        }
        let alias = Alias {
            target: target.id,
            updated: now,
            ..alias
        };
        keys.aliases.insert((scope.clone(), name.into()), alias);
        writing.commit();
        Ok(())
    }

    /// Takes a name away from its key.
    pub fn delete_alias(&self, scope: &Scope, name: &str, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.write(now);
        writing.keys.alias(scope, name)?;
        writing.keys.aliases.remove(&(scope.clone(), name.into()));
        writing.commit();
        Ok(())
    }

    /// Encrypts under a key's current material. Whether the key's state allows it is for the caller to ask.
    pub fn encrypt(
        &self,
        key: &Key,
        context: &EncryptionContext,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let (number, material) = key.current()?;
        let nonce = self.entropy.nonces.bytes();
        let place = (key.id.uuid, number);
        Ok(ciphertext::seal(
            place,
            &material.cipher,
            nonce,
            context,
            plaintext,
        ))
    }

    /// The key that a ciphertext names.
    pub fn key_of(&self, ciphertext: &[u8], now: DateTime<Utc>) -> Result<Arc<Key>, Error> {
        let parsed = Ciphertext::parse(ciphertext)?;
        let keys = self.at(now);
        let key = keys.by_id.get(&parsed.key).cloned();
        key.ok_or(Error::InvalidCiphertext)
    }

    /// Decrypts with the key that the ciphertext names, which may have been rotated since. Whether the key's state allows
    /// it is for the caller to ask.
    pub fn decrypt(
        &self,
        key: Arc<Key>,
        ciphertext: &[u8],
        context: &EncryptionContext,
    ) -> Result<Decrypted, Error> {
        let parsed = Ciphertext::parse(ciphertext)?;
        let number = usize::try_from(parsed.material).map_err(|_| Error::InvalidCiphertext)?;
        let material = key.materials().get(number);
        let material = material
            .filter(|_| parsed.key == key.id.uuid)
            .ok_or(Error::InvalidCiphertext)?;
        let plaintext = parsed.open(&material.cipher, context)?;
        let material = material.id;
        Ok(Decrypted {
            key,
            material,
            plaintext,
        })
    }

    /// Random bytes for whoever asks KMS for some.
    pub fn random(&self, length: usize) -> Sensitive<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.entropy.random.fill(&mut bytes);
        Sensitive::new(bytes)
    }
}

/// A change of the keys that is under way, and excludes others.
struct Writing<'a> {
    ring: &'a KeyRing,
    keys: Keys,
    _turn: MutexGuard<'a, ()>,
}

impl Writing<'_> {
    fn commit(self) {
        self.ring.keys.store(Arc::new(self.keys));
    }
}

impl KeyService for KeyRing {
    fn generate_data_key(
        &self,
        scope: &Scope,
        key_id: Option<&str>,
        context: &EncryptionContext,
        now: DateTime<Utc>,
    ) -> Result<DataKey, Error> {
        let key = match key_id {
            None => self.default_key(scope, now),
            Some(given) => self.find(scope, given, now)?,
        };
        if key.manager == KeyManager::Aws && key.scope != *scope {
            return Err(Error::KeyNotFound(key.arn.to_string()));
        }
        key.check_data_keys("GenerateDataKey")?;
        let plaintext = KeyBytes::new(self.entropy.data_keys.bytes());
        let encrypted = self.encrypt(&key, context, plaintext.expose())?;
        let is_customers = key.manager == KeyManager::Customer;
        Ok(DataKey {
            plaintext,
            encrypted: encrypted.into(),
            customer_key: is_customers.then(|| key.arn.clone()),
        })
    }

    fn decrypt(
        &self,
        encrypted: &[u8],
        context: &EncryptionContext,
        now: DateTime<Utc>,
    ) -> Result<KeyBytes, Error> {
        let key = self.key_of(encrypted, now)?;
        key.check_enabled()?;
        let opened = KeyRing::decrypt(self, key, encrypted, context)?;
        let bytes = opened.plaintext.expose().as_slice();
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Error::InvalidCiphertext)?;
        Ok(KeyBytes::new(bytes))
    }
}

#[cfg(test)]
mod tests;
