//! What an operation may touch.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::error::Error;
use super::page::PageTokens;
use crate::entropy::Entropy;
use crate::kms::Sealer;
use crate::replication::Replicator;
use crate::secret::id::{Scope, SecretId};
use crate::store::{Found, Secrets};

/// What lives as long as the server.
#[derive(Debug)]
pub struct Services {
    /// All secrets.
    pub secrets: Arc<Secrets>,
    /// Seals and opens their values.
    pub sealer: Arc<Sealer>,
    /// Performs replication.
    pub replicator: Arc<Replicator>,
    /// Makes and reads page tokens.
    pub page_tokens: PageTokens,
    /// For the identity of a new secret.
    pub identities: Entropy,
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

    /// Refuses values under the default key to other accounts, which cannot use that key (fact sheet 2.4).
    pub fn check_key_is_within_reach(&self, secret: &Found) -> Result<(), Error> {
        if secret.key().scope.account == self.caller.account {
            return Ok(());
        }
        Err(Error::DefaultKeyAcrossAccounts)
    }
}
