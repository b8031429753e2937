//! Applying what is declared: afterwards it is so, and what was so already has not changed.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::declared::{Content, Declared, borrowed};
use super::mistake::Mistakes;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::kms::{self, EnvelopeError, KeyRing, Moved, Sealer};
use crate::secret::declared::DeclaredVersion;
use crate::secret::deletion::Deletion;
use crate::secret::id::ArnSuffix;
use crate::secret::staging::StagingLabel;
use crate::secret::version::{SealedValue, VersionId};
use crate::secret::{self, AttributeChanges, Secret};
use crate::store::{self, Found, Secrets, StoreError};

/// Makes secrets be as they are declared.
#[derive(Debug)]
pub struct Seeder {
    secrets: Arc<Secrets>,
    sealer: Arc<Sealer>,
    keys: Arc<KeyRing>,
    clock: Arc<Clock>,
    suffixes: Entropy,
    uids: Entropy,
    version_ids: Entropy,
}

/// What became of the secrets that were declared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// They did not exist.
    pub created: u64,
    /// They were not as declared.
    pub changed: u64,
    /// They were as declared.
    pub unchanged: u64,
}

enum Outcome {
    Created,
    Changed,
    Unchanged,
}

impl Counts {
    fn count(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Changed => &mut self.changed,
            Outcome::Unchanged => &mut self.unchanged,
        } += 1;
    }

    /// The sum of both.
    pub fn add(&mut self, more: Self) {
        self.created += more.created;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
    }
}

/// Why a secret cannot be as declared.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the secret has another ARN here: {0}")]
    AnotherArn(String),
    #[error(transparent)]
    Secret(#[from] secret::Error),
    #[error(transparent)]
    Kms(#[from] kms::Error),
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the secret was deleted meanwhile")]
    Gone,
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::Gone,
            store::Error::Refused(refusal) => refusal.into(),
            store::Error::Store(error) => error.into(),
        }
    }
}

/// What is sealed before a secret is changed.
struct Sealed {
    /// Is there another KMS key to move to?
    moved: Option<Moved>,
    content: SealedContent,
}

enum SealedContent {
    Nothing,
    Current(VersionId, SealedValue),
    Versions(Vec<DeclaredVersion>),
}

impl Seeder {
    /// A seeder, which draws what a declaration leaves open from children of `entropy`, each for its own kind.
    pub fn new(
        secrets: Arc<Secrets>,
        sealer: Arc<Sealer>,
        keys: Arc<KeyRing>,
        clock: Arc<Clock>,
        entropy: &Entropy,
    ) -> Self {
        Self {
            secrets,
            sealer,
            keys,
            clock,
            suffixes: entropy.child("seed suffix"),
            uids: entropy.child("seed uid"),
            version_ids: entropy.child("seed version"),
        }
    }

    /// Applies all, in their order. If one of them contradicts what is there, nothing is applied; but for what is found only when
    /// it is applied, such as a quota or a KMS key that cannot be used any more: those before it are applied then.
    pub async fn apply(&self, declared: &[Declared]) -> Result<Counts, Mistakes> {
        let _work = self.secrets.work().await;
        let now = self.clock.now();
        let mut mistakes = Vec::new();
        for declared in declared {
            if let Err(error) = self.check(declared, now).await {
                mistakes.push(declared.origin.mistake(&error));
            }
        }
        if !mistakes.is_empty() {
            return Err(Mistakes(mistakes));
        }
        let mut counts = Counts::default();
        for declared in declared {
            let applied = self.apply_one(declared, now).await;
            let refused = |error: Error| Mistakes(vec![declared.origin.mistake(&error)]);
            counts.count(&applied.map_err(refused)?);
            tokio::task::yield_now().await;
        }
        Ok(counts)
    }

    /// Refuses what contradicts what is there.
    async fn check(&self, declared: &Declared, now: DateTime<Utc>) -> Result<(), Error> {
        if let Some(key_id) = key_of(declared)
            && let Ok(key) = self.keys.find(&declared.key.scope, key_id, now)
        {
            key.check_data_keys("GenerateDataKey")?;
        }
        let Some(existing) = self.secrets.get(&declared.key, now).await? else {
            return Ok(());
        };
        if declared
            .suffix
            .is_some_and(|suffix| suffix != existing.suffix())
        {
            return Err(Error::AnotherArn(existing.arn_text()));
        }
        if existing.is_replica() {
            return Err(secret::Error::IsReplica.into());
        }
        let Content::Versions(versions) = &declared.content else {
            return Ok(());
        };
        for version in versions {
            let held = existing.version(&version.id);
            let Some(held) = held.and_then(|held| held.value.as_ref()) else {
                continue;
            };
            let value = version.value.as_ref();
            if self.sealer.fingerprint(&existing, &version.id, value) != held.fingerprint() {
                let (token, arn) = (version.id.clone(), Box::new(existing.arn()));
                return Err(secret::Error::TokenTaken { token, arn }.into());
            }
        }
        Ok(())
    }

    async fn apply_one(&self, declared: &Declared, now: DateTime<Utc>) -> Result<Outcome, Error> {
        if let Some(key_id) = key_of(declared) {
            self.keys.find_or_create(&declared.key.scope, key_id, now)?;
        }
        // Other callers may come between.
        loop {
            let Some(found) = self.secrets.get(&declared.key, now).await? else {
                let secret = self.new_secret(declared, now)?;
                match self.secrets.create(secret, now).await? {
                    Ok(_) => return Ok(Outcome::Created),
                    Err(_) => continue,
                }
            };
            match self.change(&found, declared, now).await {
                Err(Error::Secret(secret::Error::ValuesChanged) | Error::Gone) => {}
                changed => return changed,
            }
        }
    }

    fn new_secret(&self, declared: &Declared, now: DateTime<Utc>) -> Result<Secret, Error> {
        let drawn = ArnSuffix::draw(|bound| self.suffixes.below(bound));
        let suffix = declared.suffix.unwrap_or(drawn);
        let created = declared.created.unwrap_or(now);
        let (uid, token) = (self.uids.uuid(), self.new_version_id());
        let mut secret = Secret::new(uid, declared.key.clone(), suffix, token, created);
        let sealed = self.seal(&secret, declared, now)?;
        make_so(&mut secret, declared, &sealed, None, now)?;
        Ok(secret)
    }

    fn new_version_id(&self) -> VersionId {
        VersionId::new(&self.version_ids.uuid().to_string())
    }

    async fn change(
        &self,
        found: &Found,
        declared: &Declared,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Error> {
        let sealed = self.seal(found, declared, now)?;
        let sealed_for = found.attributes().kms_key_id;
        let change = |secret: &mut Secret| make_so(secret, declared, &sealed, sealed_for, now);
        let (after, ()) = self.secrets.update(found, now, change).await?;
        Ok(if Arc::ptr_eq(&after, &found.shared()) {
            Outcome::Unchanged
        } else {
            Outcome::Changed
        })
    }

    /// Seals what the secret lacks.
    fn seal(
        &self,
        secret: &Secret,
        declared: &Declared,
        now: DateTime<Utc>,
    ) -> Result<Sealed, Error> {
        let held = secret.attributes().kms_key_id;
        let key_id = match &declared.kms_key_id {
            None => held,
            Some(_) => key_of(declared),
        };
        let moved = if key_id == held {
            None
        } else {
            Some(self.sealer.move_to_key(secret, key_id, now)?)
        };
        let seal = |id: &VersionId, value| self.sealer.seal(secret, id, key_id, value, now);
        let content = match &declared.content {
            Content::Nothing => SealedContent::Nothing,
            Content::Value(value) => {
                let current = secret.labels().holder(&StagingLabel::AWSCURRENT);
                let current = current.and_then(|id| secret.version(id));
                let is_current = current.is_some_and(|version| {
                    let given = self.sealer.fingerprint(secret, &version.id, value.as_ref());
                    let held = version.value.as_ref();
                    held.is_some_and(|held| held.fingerprint() == given)
                });
                if is_current {
                    SealedContent::Nothing
                } else {
                    let id = self.new_version_id();
                    let sealed = seal(&id, value.as_ref())?;
                    SealedContent::Current(id, sealed)
                }
            }
            Content::Versions(versions) => {
                let mut sealed = Vec::with_capacity(versions.len());
                for version in versions {
                    let held = secret.version(&version.id);
                    let held = held.and_then(|held| held.value.clone());
                    let given = || {
                        self.sealer
                            .fingerprint(secret, &version.id, version.value.as_ref())
                    };
                    let value = match held.filter(|held| held.fingerprint() == given()) {
                        Some(held) => held,
                        None => seal(&version.id, version.value.as_ref())?,
                    };
                    sealed.push(DeclaredVersion {
                        id: version.id.clone(),
                        created: version.created.unwrap_or(now),
                        value,
                        labels: version.labels.clone(),
                    });
                }
                SealedContent::Versions(sealed)
            }
        };
        Ok(Sealed { moved, content })
    }
}

/// The KMS key a declaration names, other than the default one.
fn key_of(declared: &Declared) -> Option<&str> {
    let given = declared.kms_key_id.as_deref();
    given.filter(|given| !given.is_empty())
}

/// The transition: leaves alone what is as declared. `sealed_for` is the KMS key that the secret had when values were sealed.
fn make_so(
    secret: &mut Secret,
    declared: &Declared,
    sealed: &Sealed,
    sealed_for: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), secret::Error> {
    if secret.deletion() != Deletion::None {
        secret.restore(now)?;
    }
    secret.check_writable()?;
    secret.check_names_key(sealed_for)?;
    let description = declared.description.as_deref();
    let held = secret.attributes().description.unwrap_or_default();
    let changes = AttributeChanges {
        description: description
            .filter(|description| *description != held)
            .map(str::to_owned),
        kms_key_id: declared
            .kms_key_id
            .clone()
            .filter(|_| sealed.moved.is_some()),
        partner_type: None,
    };
    secret.update_attributes(&changes, now)?;
    if let Some(Moved { kms_key, resealed }) = &sealed.moved {
        secret.move_to_key(kms_key.as_deref(), resealed)?;
    }
    if let Some(tags) = &declared.tags {
        make_tags_so(secret, tags, now)?;
    }
    if let Some(policy) = declared.policy.as_deref()
        && secret.policy() != Some(policy)
    {
        secret.set_policy(Some(policy), now)?;
    }
    match &sealed.content {
        SealedContent::Nothing => {}
        SealedContent::Current(id, value) => {
            secret.put_version(id, value.clone(), &[], now)?;
        }
        SealedContent::Versions(versions) => {
            secret.declare_versions(versions, now)?;
        }
    }
    Ok(())
}

fn make_tags_so(
    secret: &mut Secret,
    declared: &[(String, String)],
    now: DateTime<Utc>,
) -> Result<(), secret::Error> {
    let tags = borrowed(declared);
    let is_declared = |key: &str| tags.iter().any(|tag| tag.key == key);
    let held = secret.tags().iter();
    let gone = held.filter(|tag| !is_declared(tag.key));
    let gone: Vec<_> = gone.map(|tag| tag.key.to_owned()).collect();
    if !gone.is_empty() {
        secret.remove_tags(&gone, now)?;
    }
    let is_held = |tag: &&_| secret.tags().iter().any(|held| held == **tag);
    let new: Vec<_> = tags.iter().filter(|tag| !is_held(tag)).copied().collect();
    if !new.is_empty() {
        secret.add_tags(&new, now)?;
    }
    Ok(())
}
