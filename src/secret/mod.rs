//! A secret as a value with transitions: the pure core.
//!
//! A [`Secret`] changes only by the transitions below. Each takes what it needs as arguments, the time among them,
//! and either changes the secret or refuses with an [`Error`]. A refused transition may leave a half-changed value
//! behind: callers work on a copy and drop it (`store::Secrets::update` does).
//!
//! Invariants (fact sheet 4.1): a label is on at most one version; once a secret has had a value, exactly one version
//! holds AWSCURRENT; a labelled version exists; a value, once set, never changes, though it is sealed anew when the KMS
//! key changes.
//!
//! There is no I/O here, no async, no serde, no clock and no randomness.

pub mod declared;
pub mod deletion;
mod error;
mod extras;
pub mod filter;
pub mod id;
pub mod password;
pub mod replication;
pub mod rotation;
pub mod schedule;
pub mod staging;
pub mod tags;
pub mod version;

use std::hint::black_box;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use self::deletion::{Deletion, RecoveryWindow};
pub use self::error::Error;
use self::extras::Extras;
use self::id::{ArnSuffix, SecretArn, SecretKey};
use self::staging::{Labels, StagingLabel};
use self::tags::{Tag, Tags};
use self::version::{Fingerprint, SealedValue, Version, VersionId, Versions};

/// Labels over all versions of a secret (fact sheet 4.1, V7).
const LABEL_QUOTA: usize = 20;
/// Versions a secret keeps before deprecated ones are removed (fact sheet 4.4).
const VERSION_QUOTA: usize = 100;
/// No version is removed before it is this old (fact sheet 4.4).
const PROTECTED_AGE: TimeDelta = TimeDelta::hours(24);

/// A secret: its names, its metadata, its versions and their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    uid: Uuid,
    key: SecretKey,
    suffix: ArnSuffix,
    /// Of the call that made it.
    token: VersionId,
    created: DateTime<Utc>,
    last_changed: DateTime<Utc>,
    last_accessed: Option<NaiveDate>,
    description: Option<Box<str>>,
    tags: Tags,
    versions: Versions,
    labels: Labels,
    extras: Extras,
    /// Counts the changes that replicas must have.
    content: u64,
}

/// What CreateSecret sets and UpdateSecret changes; empty text means "not set".
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'a> {
    /// Free text.
    pub description: Option<&'a str>,
    /// The KMS key as the caller named it; `None` for the account's default key.
    pub kms_key_id: Option<&'a str>,
    /// A managed external secret's partner type.
    pub partner_type: Option<&'a str>,
}

/// Attributes to change; `None` leaves one as it is, empty text clears it (fact sheet 3.5).
#[derive(Debug, Default)]
pub struct AttributeChanges {
    /// See [`Attributes::description`].
    pub description: Option<String>,
    /// See [`Attributes::kms_key_id`].
    pub kms_key_id: Option<String>,
    /// See [`Attributes::partner_type`].
    pub partner_type: Option<String>,
}

/// Which version a reader wants.
#[derive(Debug, Clone, Default)]
pub struct VersionSelector {
    /// By id.
    pub id: Option<VersionId>,
    /// By label; AWSCURRENT when neither is given.
    pub label: Option<StagingLabel>,
}

impl Secret {
    /// A new secret without a value (fact sheet 4.2, T2), made by a call with this token. `uid` must never have been used
    /// before.
    pub fn new(
        uid: Uuid,
        key: SecretKey,
        suffix: ArnSuffix,
        token: VersionId,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            uid,
            key,
            suffix,
            token,
            created: now,
            last_changed: now,
            last_accessed: None,
            description: None,
            tags: Tags::default(),
            versions: Versions::default(),
            labels: Labels::default(),
            extras: Extras::default(),
            content: 0,
        }
    }

    // Questions.

    /// Never reused: a recreated secret is another secret.
    pub fn uid(&self) -> Uuid {
        self.uid
    }

    /// Account, region and name.
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// The friendly name.
    pub fn name(&self) -> &str {
        self.key.name.as_str()
    }

    /// The full ARN.
    pub fn arn(&self) -> SecretArn {
        SecretArn {
            key: self.key.clone(),
            suffix: self.suffix,
        }
    }

    /// The full ARN as text.
    pub fn arn_text(&self) -> String {
        id::arn_text(&self.key, self.suffix)
    }

    /// The six characters that end the ARN.
    pub fn suffix(&self) -> ArnSuffix {
        self.suffix
    }

    /// When it was created.
    pub fn created(&self) -> DateTime<Utc> {
        self.created
    }

    /// When it was last modified in any way.
    pub fn last_changed(&self) -> DateTime<Utc> {
        self.last_changed
    }

    /// The last day a value was retrieved.
    pub fn last_accessed(&self) -> Option<NaiveDate> {
        self.last_accessed
    }

    /// In use or scheduled for deletion.
    pub fn deletion(&self) -> Deletion {
        self.extras.deletion
    }

    /// Description, KMS key and partner type.
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes {
            description: self.description.as_deref(),
            kms_key_id: self.extras.kms_key_id.as_deref(),
            partner_type: self.extras.partner_type.as_deref(),
        }
    }

    /// The tags.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// The resource policy's text.
    pub fn policy(&self) -> Option<&str> {
        self.extras.policy.as_deref()
    }

    /// Which version holds which label.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// All versions that were not removed, oldest first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Arc<Version>> {
        self.versions.iter()
    }

    /// Has the processor read at once, into its cache, what a reader of the newest version reads from several places in memory one after
    /// the other.
    #[inline]
    pub(crate) fn bring_near(&self) {
        let newest = self.versions.iter().next_back();
        let value = newest.and_then(|version| version.value.as_ref());
        black_box((
            newest.map(|version| version.id.as_str().as_bytes().last().copied()),
            value.map(|value| value.ciphertext().last().copied()),
        ));
    }

    /// The version with this id, with or without a value.
    pub fn version(&self, id: &VersionId) -> Option<&Version> {
        self.versions.find(id)
    }

    /// Labelled versions with their labels: the placeholder of a rotation among them, deprecated versions not
    /// (fact sheet 3.6).
    pub fn labelled_versions(&self) -> impl Iterator<Item = &Version> {
        self.versions
            .iter()
            .map(|version| &**version)
            .filter(|version| self.labels.any_on(&version.id))
    }

    /// Has its recovery window ended?
    pub fn is_purged(&self, now: DateTime<Utc>) -> bool {
        matches!(self.deletion(), Deletion::Scheduled { purge, .. } if purge <= now)
    }

    /// Refuses if the secret is scheduled for deletion.
    pub fn check_in_use(&self) -> Result<(), Error> {
        match self.deletion() {
            Deletion::None => Ok(()),
            Deletion::Scheduled { .. } => Err(Error::MarkedForDeletion),
        }
    }

    /// The version a reader asked for, with its sealed value (fact sheet 2.5 and 3.2).
    pub fn select(&self, selector: &VersionSelector) -> Result<(&Version, &SealedValue), Error> {
        self.check_in_use()?;
        let id = match (&selector.id, &selector.label) {
            (Some(id), None) => id,
            (None, label) => self.holder_or_missing(label.as_ref())?,
            (Some(id), Some(label)) => {
                if self.version(id).is_none() {
                    return Err(Error::VersionNotFound(id.clone()));
                }
                if !self.labels.is_on(label, id) {
                    return Err(Error::LabelNotOnVersion);
                }
                id
            }
        };
        let version = self.version(id);
        match version.and_then(|version| Some((version, version.value.as_ref()?))) {
            Some(found) => Ok(found),
            None => Err(match &selector.label {
                Some(label) => Error::LabelNotFound(label.clone()),
                None => Error::VersionNotFound(id.clone()),
            }),
        }
    }

    fn holder_or_missing(&self, label: Option<&StagingLabel>) -> Result<&VersionId, Error> {
        let label = label.unwrap_or(&StagingLabel::AWSCURRENT);
        self.labels
            .holder(label)
            .ok_or_else(|| Error::LabelNotFound(label.clone()))
    }

    /// What a second CreateSecret for this name means (fact sheet 3.1): nothing if it repeats the call that made the
    /// secret, with the same token and with a value of this fingerprint; else a refusal.
    pub fn check_recreation(
        &self,
        token: &VersionId,
        fingerprint: Option<Fingerprint>,
    ) -> Result<(), Error> {
        if self.deletion() != Deletion::None {
            return Err(Error::NameScheduledForDeletion);
        }
        let made = self.version(token).filter(|_| *token == self.token);
        match (made, fingerprint) {
            (Some(version), Some(given)) => self.check_same_value(version, given),
            (None, None) if *token == self.token => Ok(()),
            _ => Err(Error::NameTaken(self.key.name.clone())),
        }
    }

    fn check_same_value(&self, version: &Version, given: Fingerprint) -> Result<(), Error> {
        match &version.value {
            Some(held) if held.fingerprint() == given => Ok(()),
            _ => Err(Error::TokenTaken {
                token: version.id.clone(),
                arn: Box::new(self.arn()),
            }),
        }
    }

    // Transitions.

    /// Stores a value as the version `id`, with these labels, or as the current version when there are none
    /// (fact sheet 4.2, T1, T3 to T9, T17 to T19).
    ///
    /// A version that has the value already is left as it is, labels included. A placeholder is filled. The first value
    /// of a secret gets AWSCURRENT whatever labels are asked for. Returns how many deprecated versions made room.
    pub fn put_version(
        &mut self,
        id: &VersionId,
        value: SealedValue,
        labels: &[StagingLabel],
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        self.check_writable()?;
        let held = self.version(id);
        if let Some(held) = held
            && held.value.is_some()
        {
            self.check_same_value(held, value.fingerprint())?;
            return Ok(0);
        }
        let is_new = held.is_none();
        match self.versions.find_mut(id) {
            Some(placeholder) => placeholder.value = Some(value),
            None => self.versions.push(Version {
                id: id.clone(),
                created: now,
                last_accessed: None,
                value: Some(value),
            }),
        }
        let is_first = is_new && self.labels.holder(&StagingLabel::AWSCURRENT).is_none();
        if labels.is_empty() || is_first || labels.contains(&StagingLabel::AWSCURRENT) {
            // A rotation that was preparing another version is abandoned (T5).
            if !self.labels.is_on(&StagingLabel::AWSPENDING, id) {
                self.labels.detach(&StagingLabel::AWSPENDING);
            }
            self.labels.move_current(id);
            self.note_current_value(id, now);
        }
        for label in labels {
            self.labels.attach(label.clone(), id);
        }
        self.check_label_quota()?;
        let removed = self.prune_versions(now)?;
        self.touch(now);
        Ok(removed)
    }

    /// Moves, attaches or removes a label (fact sheet 4.2, T10 to T14, and 4.3).
    pub fn move_label(
        &mut self,
        label: &StagingLabel,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.check_writable()?;
        if from.is_none() && to.is_none() {
            return Err(Error::NoVersionNamed);
        }
        if let Some(unknown) = [from, to]
            .into_iter()
            .flatten()
            .find(|id| self.version(id).is_none())
        {
            return Err(Error::VersionNotFound(unknown.clone()));
        }
        let holder = self.labels.holder(label);
        match (holder, from) {
            (Some(holder), None) => {
                return Err(Error::HolderNotNamed {
                    label: label.clone(),
                    holder: holder.clone(),
                });
            }
            (holder, Some(from)) if holder != Some(from) => {
                return Err(Error::NotTheHolder(label.clone()));
            }
            _ => {}
        }
        if to.is_some() && to == holder {
            return Ok(());
        }
        match to {
            None if *label == StagingLabel::AWSCURRENT => {
                return Err(Error::CurrentCannotBeRemoved);
            }
            None => self.labels.detach(label),
            Some(to) if *label == StagingLabel::AWSCURRENT => self.labels.move_current(to),
            Some(to) => self.labels.attach(label.clone(), to),
        }
        self.check_label_quota()?;
        self.touch(now);
        Ok(())
    }

    fn check_label_quota(&self) -> Result<(), Error> {
        if self.labels.count() > LABEL_QUOTA {
            return Err(Error::TooManyLabels);
        }
        Ok(())
    }

    /// Removes deprecated versions, oldest first, while there are more than 100 (fact sheet 4.4). Returns how many.
    ///
    /// AWS does so in the background. Here the write that would be the one too many does it, so a secret never has more.
    fn prune_versions(&mut self, now: DateTime<Utc>) -> Result<usize, Error> {
        let before = self.versions.len();
        let mut excess = before.saturating_sub(VERSION_QUOTA);
        if excess == 0 {
            return Ok(0);
        }
        let labels = &self.labels;
        self.versions.retain(|version| {
            let removable =
                excess > 0 && !labels.any_on(&version.id) && now - version.created >= PROTECTED_AGE;
            excess -= usize::from(removable);
            !removable
        });
        if excess > 0 {
            return Err(Error::TooManyVersions);
        }
        Ok(before - self.versions.len())
    }

    /// Notes that a version's value was retrieved; changes nothing within the same day (fact sheet 3.2).
    pub fn record_access(&mut self, id: &VersionId, now: DateTime<Utc>) {
        let today = Some(now.date_naive());
        self.last_accessed = today;
        if let Some(version) = self.versions.find_mut(id) {
            version.last_accessed = today;
        }
    }

    /// Would [`record_access`](Self::record_access) change something? The secret was accessed on the last day that any of its
    /// versions was, so the version tells.
    pub fn is_access_new(version: &Version, now: DateTime<Utc>) -> bool {
        version.last_accessed != Some(now.date_naive())
    }

    /// Refuses to change attributes. Of a replica, only the KMS key can be changed (fact sheet 9.3).
    pub fn check_updatable(&self, changes: &AttributeChanges) -> Result<(), Error> {
        let only_the_key = changes.description.is_none() && changes.partner_type.is_none();
        if only_the_key && changes.kms_key_id.is_some() {
            self.check_in_use()
        } else {
            self.check_writable()
        }
    }

    /// Changes the attributes that are given (fact sheet 3.5).
    pub fn update_attributes(
        &mut self,
        changes: &AttributeChanges,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.check_updatable(changes)?;
        let AttributeChanges {
            description,
            kms_key_id,
            partner_type,
        } = changes;
        let set = |attribute: &mut Option<Box<str>>, change: &Option<String>| {
            if let Some(text) = change {
                *attribute = (!text.is_empty()).then(|| text.as_str().into());
            }
        };
        set(&mut self.description, description);
        self.extras.change(|extras| {
            set(&mut extras.kms_key_id, kms_key_id);
            set(&mut extras.partner_type, partner_type);
        });
        if description.is_some() || kms_key_id.is_some() || partner_type.is_some() {
            self.touch(now);
        }
        Ok(())
    }

    /// Refuses what was sealed under a key that the secret no longer names.
    pub fn check_names_key(&self, key_id: Option<&str>) -> Result<(), Error> {
        if self.extras.kms_key_id.as_deref() == key_id {
            Ok(())
        } else {
            Err(Error::ValuesChanged)
        }
    }

    /// The versions whose values move along when the secret is given another KMS key (fact sheet 3.5): those with
    /// AWSCURRENT, AWSPENDING or AWSPREVIOUS.
    pub fn versions_under_its_key(&self) -> impl Iterator<Item = (&Version, &SealedValue)> {
        let follows = |version: &&Version| {
            let mut labels = self.labels.of(&version.id);
            labels.any(|label| StagingLabel::OF_AWS.contains(label))
        };
        self.labelled_versions()
            .filter(follows)
            .filter_map(|version| Some((version, version.value.as_ref()?)))
    }

    /// Replaces the sealed form of those values by one under `kms_key`, which is `None` for the default key. Refuses if there
    /// is one that is neither under that key nor among `resealed`.
    pub fn move_to_key(
        &mut self,
        kms_key: Option<&str>,
        resealed: &[(VersionId, SealedValue)],
    ) -> Result<(), Error> {
        let mut moves = Vec::new();
        for (version, held) in self.versions_under_its_key() {
            if held.kms_key() == kms_key {
                continue;
            }
            let new = resealed.iter().find(|(id, new)| {
                *id == version.id
                    && new.fingerprint() == held.fingerprint()
                    && new.kms_key() == kms_key
            });
            let (id, new) = new.ok_or(Error::ValuesChanged)?;
            moves.push((id, new));
        }
        for (id, new) in moves {
            if let Some(version) = self.versions.find_mut(id) {
                version.value = Some(new.clone());
            }
        }
        Ok(())
    }

    /// Adds tags or replaces their values (fact sheet 3.22).
    pub fn add_tags(&mut self, tags: &[Tag<'_>], now: DateTime<Utc>) -> Result<(), Error> {
        self.check_writable()?;
        self.tags.upsert(tags)?;
        self.touch(now);
        Ok(())
    }

    /// Removes tags (fact sheet 3.23).
    pub fn remove_tags(&mut self, keys: &[String], now: DateTime<Utc>) -> Result<(), Error> {
        self.check_writable()?;
        self.tags.remove(keys)?;
        self.touch(now);
        Ok(())
    }

    /// Sets, replaces or removes the resource policy (fact sheet 3.15 and 3.17).
    pub fn set_policy(&mut self, policy: Option<&str>, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_writable()?;
        let policy = policy.map(Into::into);
        self.extras.change(|extras| extras.policy = policy);
        self.touch(now);
        Ok(())
    }

    /// Starts the recovery window and returns its end (fact sheet 3.7).
    pub fn schedule_deletion(
        &mut self,
        window: RecoveryWindow,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, Error> {
        self.check_writable()?;
        self.check_without_replicas()?;
        let purge = window.end(now);
        self.extras.change(|extras| {
            extras.deletion = Deletion::Scheduled {
                requested: now,
                purge,
            };
        });
        self.touch(now);
        Ok(purge)
    }

    /// Takes a scheduled deletion back; nothing happens to a secret that is in use (fact sheet 3.8).
    pub fn restore(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        if self.deletion() != Deletion::None {
            self.extras
                .change(|extras| extras.deletion = Deletion::None);
            self.touch(now);
        }
        self.check_writable()
    }
}

#[cfg(test)]
mod tests;
