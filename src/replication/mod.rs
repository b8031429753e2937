//! Performs replication: brings each replica that is due up to its primary, and records how that ended.
//!
//! What is to be done is recorded with the secrets themselves (`secret::replication`), so this may be cut off at any
//! point and begin again. One secret's work is performed at a time; no write waits for it.

use std::sync::Arc;

use tracing::error;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::kms::{EnvelopeError, Sealer, ValueRef};
use crate::secret::id::{SecretArn, SecretKey};
use crate::secret::replication::{Origin, Outcome, Replica};
use crate::secret::version::{SealedValue, VersionId};
use crate::secret::{self, Secret};
use crate::store::{self, Found, Secrets};
use crate::turns::Turns;

/// Values sealed for a replica, by version.
type Sealed = Vec<(VersionId, SealedValue)>;

/// The worker for replication.
#[derive(Debug)]
pub struct Replicator {
    secrets: Arc<Secrets>,
    sealer: Arc<Sealer>,
    clock: Arc<Clock>,
    identities: Entropy,
    /// Two at work for one primary could make a replica that the other has just let go.
    turns: Turns,
}

/// Why work for a replica cannot be completed.
enum Trouble {
    /// The replica is given up, for this reason.
    Failed(String),
    /// The store failed: the work stays due.
    Store(store::Error),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<EnvelopeError> for Trouble {
    fn from(error: EnvelopeError) -> Self {
        let what = match error {
            EnvelopeError::Sealing(_) => "encrypt the secret value in the replica's Region",
            EnvelopeError::Opening(_) => "decrypt the secret value in the primary's Region",
        };
        Self::Failed(format!(
            "Replication failed: Secrets Manager can't {what} using the provided KMS key."
        ))
    }
}

impl Replicator {
    /// A worker over these secrets.
    pub fn new(
        secrets: Arc<Secrets>,
        sealer: Arc<Sealer>,
        clock: Arc<Clock>,
        entropy: &Entropy,
    ) -> Self {
        Self {
            secrets,
            sealer,
            clock,
            identities: entropy.child("replica"),
            turns: Turns::default(),
        }
    }

    /// Performs work as it comes. Runs until it is dropped, which is safe at any point.
    pub async fn run(self: Arc<Self>) {
        loop {
            let key = self.secrets.next_replication().await;
            let work = self.secrets.work().await;
            let performed = self.perform(&key).await;
            drop(work);
            if let Err(error) = performed {
                error!(%error, "replication could not be completed");
                // The work is still due, and is tried again.
                let later = self.clock.now() + chrono::TimeDelta::seconds(1);
                self.clock.sleep_until(later).await;
            }
        }
    }

    /// Performs all replication work of the secret at a key.
    pub async fn perform(&self, key: &SecretKey) -> Result<(), store::Error> {
        let _turn = self.turns.of(key).await;
        let now = self.clock.now();
        let Some(secret) = self.secrets.get(key, now).await? else {
            // It is gone, and whoever removed it is about to note that.
            tokio::task::yield_now().await;
            return Ok(());
        };
        if let Origin::Promoted(primary) = secret.origin() {
            self.tell_of_promotion(&secret, primary).await?;
        }
        for replica in secret.due_replicas() {
            let outcome = match self.bring_up(&secret, replica).await {
                Ok(outcome) => outcome,
                Err(Trouble::Failed(reason)) => Outcome::Failed {
                    reason,
                    content: secret.content(),
                },
                Err(Trouble::Store(error)) => return Err(error),
            };
            let record = |secret: &mut Secret| {
                secret.record_replication(&replica.target, outcome.clone());
                Ok(())
            };
            match self.secrets.update(&secret, now, record).await {
                // The primary may be gone meanwhile, and the record of its replicas with it.
                Ok(_) | Err(store::Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        if !secret.is_replication_due() {
            // The work is done, and whoever did it is about to note that.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Gives a replica all that its primary has, or lets it go.
    async fn bring_up(&self, primary: &Found, replica: &Replica) -> Result<Outcome, Trouble> {
        let now = self.clock.now();
        loop {
            let existing = self.secrets.get(&replica.target, now).await?;
            if replica.is_leaving() {
                if let Some(existing) = existing.filter(|existing| existing.follows(primary)) {
                    self.let_go(&existing, replica).await?;
                }
                return Ok(Outcome::Gone);
            }
            let done = match existing {
                Some(existing) if existing.follows(primary) => {
                    self.update(primary, &existing).await?
                }
                Some(promoted) if promoted.came_from(primary) => return Ok(Outcome::Gone),
                Some(other) if !replica.overwrite => return Err(name_taken(&other, replica)),
                Some(other) => {
                    let check = Secret::check_without_replicas;
                    match self.secrets.remove(&other, now, check).await {
                        Ok(()) | Err(store::Error::NotFound) => false,
                        Err(store::Error::Refused(_)) => return Err(name_taken(&other, replica)),
                        Err(error) => return Err(error.into()),
                    }
                }
                None => self.make(primary, replica).await?,
            };
            if done {
                return Ok(Outcome::Copied(primary.content()));
            }
        }
    }

    /// Makes a replica that is not there; false if another secret took the name meanwhile.
    async fn make(&self, primary: &Found, replica: &Replica) -> Result<bool, Trouble> {
        if let Some(cross_account) = &replica.cross_account {
            let arn = &cross_account.arn;
            return Err(Trouble::Failed(format!(
                "Replication failed: Secret {arn} is not a replica of this secret."
            )));
        }
        let now = self.clock.now();
        let mut copy = Secret::replica_of(primary, replica, self.identities.uuid(), now);
        if let Some(key_id) = &replica.kms_key_id {
            self.sealer.check_key(&copy, key_id, now)?;
        }
        let sealed = self.seal_missing(primary, &copy)?;
        let key_id = replica.kms_key_id.as_deref();
        copy.follow(primary, &sealed, key_id)
            .map_err(store::Error::from)?;
        Ok(self.secrets.create(copy, now).await?.is_ok())
    }

    /// Brings a replica up to date; false if it was changed so that it must be looked at again.
    async fn update(&self, primary: &Found, existing: &Found) -> Result<bool, Trouble> {
        let sealed = self.seal_missing(primary, existing)?;
        let key_id = existing.attributes().kms_key_id;
        let follow = |replica: &mut Secret| replica.follow(primary, &sealed, key_id);
        match self
            .secrets
            .update(existing, self.clock.now(), follow)
            .await
        {
            Ok(_) => Ok(true),
            Err(
                store::Error::NotFound
                | store::Error::Refused(secret::Error::NotAReplica | secret::Error::ValuesChanged),
            ) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the values that a replica lacks and seals them for it, under its own region's key. A deprecated version that
    /// does not open, since its key is gone, is left out.
    fn seal_missing(&self, primary: &Secret, replica: &Secret) -> Result<Sealed, EnvelopeError> {
        let now = self.clock.now();
        let arn = primary.arn_text();
        let mut sealed = Vec::new();
        for (id, value) in replica.values_missing(primary) {
            let bytes = match self.sealer.open(&arn, id, value, now) {
                Err(_) if !primary.labels().any_on(id) => continue,
                opened => opened?,
            };
            let value = ValueRef {
                kind: value.kind(),
                bytes: bytes.expose(),
            };
            let key_id = replica.attributes().kms_key_id;
            let new = self.sealer.seal(replica, id, key_id, value, now)?;
            sealed.push((id.clone(), new));
        }
        Ok(sealed)
    }

    /// Deletes a replica in the primary's account; leaves one in another account to itself.
    async fn let_go(&self, existing: &Found, replica: &Replica) -> Result<(), store::Error> {
        let now = self.clock.now();
        if replica.cross_account.is_none() {
            return match self
                .secrets
                .remove(existing, now, Secret::check_replica)
                .await
            {
                // It was promoted or deleted meanwhile.
                Err(store::Error::NotFound | store::Error::Refused(_)) => Ok(()),
                other => other,
            };
        }
        let detach = |secret: &mut Secret| {
            secret.detach();
            Ok(())
        };
        self.secrets.update(existing, now, detach).await.map(drop)
    }

    /// Lets a primary know that a replica is its own now, and then the replica that the primary knows.
    async fn tell_of_promotion(
        &self,
        promoted: &Found,
        primary: &SecretArn,
    ) -> Result<(), store::Error> {
        let now = self.clock.now();
        let primary_now = self.secrets.get(&primary.key, now).await?;
        if let Some(found) = primary_now.filter(|found| found.suffix() == primary.suffix) {
            let forget = |secret: &mut Secret| {
                secret.record_replication(promoted.key(), Outcome::Gone);
                Ok(())
            };
            match self.secrets.update(&found, now, forget).await {
                Ok(_) | Err(store::Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let settle = |secret: &mut Secret| {
            secret.settle_promotion();
            Ok(())
        };
        match self.secrets.update(promoted, now, settle).await {
            Ok(_) | Err(store::Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// AWS's reason for a replica whose name is taken in its region (fact sheet 9.1).
fn name_taken(other: &Found, replica: &Replica) -> Trouble {
    Trouble::Failed(format!(
        "Replication failed: Secret name {} already exists in region {}.",
        other.name(),
        replica.region()
    ))
}
