//! What an operation may touch.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::error::Error;
use super::page::PageTokens;
use crate::arn::root_user;
use crate::entropy::Entropy;
use crate::kms::{KeyRing, Moved, Sealer, ValueRef};
use crate::lambda::Functions;
use crate::replication::Replicator;
use crate::secret::Secret;
use crate::secret::id::{Scope, SecretId};
use crate::secret::version::{SealedValue, VersionId};
use crate::sensitive::Sensitive;
use crate::store::{Found, Secrets};
use crate::trail::{EventName, Trail};

/// What lives as long as the server.
#[derive(Debug)]
pub struct Services {
    /// All secrets.
    pub secrets: Arc<Secrets>,
    /// Seals and opens their values.
    pub sealer: Arc<Sealer>,
    /// All KMS keys.
    pub keys: Arc<KeyRing>,
    /// Performs replication.
    pub replicator: Arc<Replicator>,
    /// Runs rotation functions.
    pub functions: Arc<Functions>,
    /// Where service events are recorded.
    pub trail: Arc<Trail>,
    /// Makes and reads page tokens.
    pub page_tokens: PageTokens,
    /// For the identity of a new secret.
    pub identities: Entropy,
    /// For the ARN of a secret that does not exist.
    pub made_up: Entropy,
    /// For passwords.
    pub passwords: Entropy,
}

/// One request's view of the world.
#[derive(Debug)]
pub struct Context<'a> {
    /// What lives longer than the request.
    pub services: &'a Services,
    /// The caller's account, and the region it called.
    pub caller: &'a Scope,
    /// The time of the request, read once.
    pub now: DateTime<Utc>,
}

impl Context<'_> {
    /// All secrets.
    pub fn secrets(&self) -> &Secrets {
        &self.services.secrets
    }

    /// Seals and opens values.
    pub fn sealer(&self) -> &Sealer {
        &self.services.sealer
    }

    /// Reads what the caller gave for a secret (fact sheet 2.2), without looking whether it exists.
    pub fn resolve(&self, secret_id: &str) -> Result<SecretId, Error> {
        Ok(SecretId::resolve(secret_id, self.caller)?)
    }

    /// Finds the secret the caller means.
    pub async fn find(&self, secret_id: &str) -> Result<Found, Error> {
        let id = self.resolve(secret_id)?;
        Ok(self.secrets().find(&id, self.now).await?)
    }

    /// Who is calling: the root user of the account, since there are no other identities here.
    pub fn caller_arn(&self) -> String {
        root_user(self.caller.account, self.caller.region.as_str())
    }

    /// Records a service event about a secret.
    pub fn record(&self, name: EventName, secret: &Secret) {
        let trail = &self.services.trail;
        trail.record(self.now, name, &secret.arn(), None, None);
    }

    /// Records that deprecated versions of a secret were removed to make room.
    pub fn record_removed(&self, secret: &Secret, count: usize) {
        for _ in 0..count {
            self.record(EventName::SecretVersionDeletion, secret);
        }
    }

    /// All KMS keys.
    pub fn keys(&self) -> &KeyRing {
        &self.services.keys
    }

    /// Seals a value as a version of a secret, under the KMS key that `key_id` names or the default one.
    pub fn seal(
        &self,
        secret: &Secret,
        version: &VersionId,
        key_id: Option<&str>,
        value: ValueRef<'_>,
    ) -> Result<SealedValue, Error> {
        let sealed = self
            .sealer()
            .seal(secret, version, key_id, value, self.now)?;
        self.check_key_is_within_reach(secret, &sealed)?;
        Ok(sealed)
    }

    /// Opens a value of a secret, whose ARN the caller has at hand.
    pub fn open(
        &self,
        secret: &Secret,
        arn: &str,
        version: &VersionId,
        sealed: &SealedValue,
    ) -> Result<Sensitive<Vec<u8>>, Error> {
        self.check_key_is_within_reach(secret, sealed)?;
        Ok(self.sealer().open(arn, version, sealed, self.now)?)
    }

    /// Seals anew what moves with a secret to another KMS key, `None` being the default key.
    pub fn move_to_key(&self, secret: &Secret, key_id: Option<&str>) -> Result<Moved, Error> {
        let moved = self.sealer().move_to_key(secret, key_id, self.now)?;
        for (id, sealed) in &moved.resealed {
            let held = secret.version(id).and_then(|held| held.value.as_ref());
            for value in held.into_iter().chain([sealed]) {
                self.check_key_is_within_reach(secret, value)?;
            }
        }
        Ok(moved)
    }

    /// Refuses values under the default key to other accounts, which cannot use that key (fact sheet 2.4).
    fn check_key_is_within_reach(
        &self,
        secret: &Secret,
        sealed: &SealedValue,
    ) -> Result<(), Error> {
        if secret.key().scope.account == self.caller.account || sealed.kms_key().is_some() {
            return Ok(());
        }
        Err(Error::DefaultKeyAcrossAccounts)
    }
}
