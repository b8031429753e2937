//! A KMS key as a value with transitions: its state, its material, its rotation (AWS KMS Developer Guide, "Key states of AWS
//! KMS keys" and "Rotate AWS KMS keys"; fact sheet 6.5). Time is an argument.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::id::{KeyId, key_arn};
use super::material::{Material, RotationType};
use super::spec::{KeySpec, KeyUsage};
use super::tags::KeyTags;
use super::{Error, MaterialId};
use crate::entropy::Entropy;
use crate::secret::id::Scope;

/// How often a key can be rotated on demand (AWS KMS Developer Guide, "Perform on-demand key rotation").
const ON_DEMAND_QUOTA: usize = 25;

/// How many automatic rotations are made when more have fallen due, as after a jump of the clock. Nothing was encrypted with
/// what came between.
const MOST_AT_ONCE: i64 = 100;

/// Days between automatic rotations unless a caller says otherwise.
pub const DEFAULT_ROTATION_PERIOD: u16 = 365;

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyManager {
    /// The account's own.
    Customer,
    /// AWS's, for one of its services; nobody changes it.
    Aws,
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// In use.
    Enabled,
    /// Not in use.
    Disabled,
    /// About to be deleted.
    PendingDeletion {
        /// When it is gone.
        date: DateTime<Utc>,
    },
}

impl KeyState {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDeletion { .. } => "PendingDeletion",
        }
    }
}

/// Automatic rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Days between rotations.
    pub period: u16,
    /// When the next one falls due.
    pub next: DateTime<Utc>,
}

impl Rotation {
    fn starting(now: DateTime<Utc>, period: u16) -> Self {
        Self {
            period,
            next: later(now, period),
        }
    }

    /// Passes over all but the last rotations that are due.
    fn skip_far_past(&mut self, now: DateTime<Utc>) {
        let missed = (now - self.next).num_days() / i64::from(self.period);
        let skipped = (missed - MOST_AT_ONCE).max(0) * i64::from(self.period);
        self.next = self
            .next
            .checked_add_signed(TimeDelta::days(skipped))
            .unwrap_or(now);
    }
}

/// Some days later; at the far end of time, the last time that can be written down.
fn later(now: DateTime<Utc>, days: u16) -> DateTime<Utc> {
    now.checked_add_signed(TimeDelta::days(days.into()))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A KMS key.
#[derive(Debug, Clone)]
pub struct Key {
    /// The id.
    pub id: KeyId,
    /// Account and region.
    pub scope: Scope,
    /// The ARN, which many ciphertexts are noted with.
    pub arn: Arc<str>,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// Whose it is.
    pub manager: KeyManager,
    /// What kind of key it is.
    pub spec: KeySpec,
    /// What it is for.
    pub usage: KeyUsage,
    /// Free text.
    pub description: Box<str>,
    /// The key policy's text.
    pub policy: Box<str>,
    /// The tags.
    pub tags: KeyTags,
    state: KeyState,
    /// Oldest first; only symmetric keys have any.
    materials: Vec<Material>,
    rotation: Option<Rotation>,
}

/// What a new key is to be.
#[derive(Debug)]
pub struct NewKey {
    /// Account and region.
    pub scope: Scope,
    /// Whose it is.
    pub manager: KeyManager,
    /// Is it a multi-Region primary key?
    pub multi_region: bool,
    /// What kind of key it is.
    pub spec: KeySpec,
    /// What it is for.
    pub usage: KeyUsage,
    /// Free text.
    pub description: Box<str>,
    /// The key policy's text; `None` for the one that AWS gives a key.
    pub policy: Option<Box<str>>,
    /// The tags.
    pub tags: KeyTags,
}

impl Key {
    /// A key with new material.
    pub(super) fn create(
        id: KeyId,
        new: NewKey,
        policy: Box<str>,
        entropy: &Entropy,
        now: DateTime<Utc>,
    ) -> Self {
        let materials = new
            .spec
            .is_symmetric()
            .then(|| Material::draw(entropy, None));
        // AWS rotates its own keys every year.
        let is_aws = new.manager == KeyManager::Aws;
        let rotation = is_aws.then(|| Rotation::starting(now, DEFAULT_ROTATION_PERIOD));
        Self {
            id,
            arn: key_arn(&new.scope, id).into(),
            scope: new.scope,
            created: now,
            manager: new.manager,
            spec: new.spec,
            usage: new.usage,
            description: new.description,
            policy,
            tags: new.tags,
            state: KeyState::Enabled,
            materials: materials.into_iter().collect(),
            rotation,
        }
    }

    // Questions.

    /// Where it is in its life.
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// Its material, oldest first; empty for a key that does no cryptography here.
    pub fn materials(&self) -> &[Material] {
        &self.materials
    }

    /// The material that encrypts, and its number among all.
    pub(super) fn current(&self) -> Result<(u32, &Material), Error> {
        let material = self.materials.last().ok_or(Error::NotSupported)?;
        let number = u32::try_from(self.materials.len() - 1).map_err(|_| Error::NotSupported)?;
        Ok((number, material))
    }

    /// The id of the material that encrypts.
    pub fn current_material(&self) -> Option<MaterialId> {
        self.materials.last().map(|material| material.id)
    }

    /// Automatic rotation, if it is on; while the key is pending deletion it is not.
    pub fn rotation(&self) -> Option<Rotation> {
        let is_pending = matches!(self.state, KeyState::PendingDeletion { .. });
        self.rotation.filter(|_| !is_pending)
    }

    /// When something next falls due by itself.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        match self.state {
            KeyState::Enabled => self
                .rotation
                .map(|rotation| rotation.next)
                .filter(|next| *next < DateTime::<Utc>::MAX_UTC),
            KeyState::Disabled => None,
            KeyState::PendingDeletion { date } => Some(date),
        }
    }

    /// Is its waiting period over?
    pub(super) fn is_gone(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state, KeyState::PendingDeletion { date } if date <= now)
    }

    /// Refuses unless the key can be used.
    pub fn check_enabled(&self) -> Result<(), Error> {
        self.check_not_pending()?;
        match self.state {
            KeyState::Disabled => Err(Error::Disabled(self.arn.to_string())),
            _ => Ok(()),
        }
    }

    /// Refuses if the key is about to be deleted.
    pub fn check_not_pending(&self) -> Result<(), Error> {
        match self.state {
            KeyState::PendingDeletion { .. } => Err(Error::PendingDeletion(self.arn.to_string())),
            _ => Ok(()),
        }
    }

    /// Refuses unless the key, in its state, may encrypt or decrypt with an algorithm. `operation` is the caller's.
    pub fn check_encryption(&self, operation: &'static str, algorithm: &str) -> Result<(), Error> {
        self.check_enabled()?;
        if self.usage != KeyUsage::EncryptDecrypt {
            return Err(Error::WrongUsage {
                arn: self.arn.to_string(),
                usage: self.usage.name(),
                operation,
            });
        }
        let algorithms = self.spec.algorithms(self.usage).unwrap_or_default();
        if !algorithms.contains(&algorithm) {
            return Err(Error::WrongAlgorithm {
                algorithm: algorithm.to_owned(),
                spec: self.spec.name(),
            });
        }
        Ok(())
    }

    /// Refuses unless the key, in its state, may encrypt data keys.
    pub fn check_data_keys(&self, operation: &'static str) -> Result<(), Error> {
        self.check_enabled()?;
        if self.spec.is_symmetric() {
            Ok(())
        } else if self.usage == KeyUsage::EncryptDecrypt {
            Err(Error::DataKeyUnderAsymmetric)
        } else {
            Err(Error::WrongUsage {
                arn: self.arn.to_string(),
                usage: self.usage.name(),
                operation,
            })
        }
    }

    /// Refuses if the key's kind cannot be rotated.
    pub fn check_rotatable(&self) -> Result<(), Error> {
        if self.spec.is_symmetric() {
            Ok(())
        } else {
            Err(Error::NotSupported)
        }
    }

    // Transitions.

    /// Takes it into use. If it missed rotations meanwhile, one falls due now.
    pub fn enable(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_not_pending()?;
        self.state = KeyState::Enabled;
        if let Some(rotation) = &mut self.rotation {
            rotation.next = rotation.next.max(now);
        }
        Ok(())
    }

    /// Takes it out of use.
    pub fn disable(&mut self) -> Result<(), Error> {
        self.check_not_pending()?;
        self.state = KeyState::Disabled;
        Ok(())
    }

    /// Begins the waiting period, which ends in the key's deletion.
    pub fn schedule_deletion(&mut self, days: u16, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_not_pending()?;
        let date = later(now, days);
        self.state = KeyState::PendingDeletion { date };
        Ok(())
    }

    /// Changes the description.
    pub fn describe(&mut self, description: &str) -> Result<(), Error> {
        self.check_not_pending()?;
        self.description = description.into();
        Ok(())
    }

    /// Replaces the policy, whatever the state.
    pub fn set_policy(&mut self, policy: &str) {
        self.policy = policy.into();
    }

    /// Adds tags or replaces their values.
    pub fn add_tags(&mut self, tags: Vec<(String, String)>) -> Result<(), Error> {
        self.check_not_pending()?;
        self.tags.upsert(tags)
    }

    /// Removes tags.
    pub fn remove_tags(&mut self, keys: &[String]) -> Result<(), Error> {
        self.check_not_pending()?;
        self.tags.remove(keys)
    }

    /// Takes a deletion back. The key is then disabled.
    pub fn cancel_deletion(&mut self) -> Result<(), Error> {
        if !matches!(self.state, KeyState::PendingDeletion { .. }) {
            return Err(Error::NotPendingDeletion(self.arn.to_string()));
        }
        self.state = KeyState::Disabled;
        Ok(())
    }

    /// Turns automatic rotation on, or sets another period, counting from now.
    pub fn enable_rotation(&mut self, period: u16, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_rotatable()?;
        self.check_enabled()?;
        if self
            .rotation
            .is_none_or(|rotation| rotation.period != period)
        {
            self.rotation = Some(Rotation::starting(now, period));
        }
        Ok(())
    }

    /// Turns automatic rotation off.
    pub fn disable_rotation(&mut self) -> Result<(), Error> {
        self.check_rotatable()?;
        self.check_enabled()?;
        self.rotation = None;
        Ok(())
    }

    /// Takes new material into use, outside the schedule.
    pub fn rotate_on_demand(&mut self, entropy: &Entropy, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_rotatable()?;
        self.check_enabled()?;
        let on_demand =
            |material: &&Material| matches!(material.rotation, Some((_, RotationType::OnDemand)));
        if self.materials.iter().filter(on_demand).count() >= ON_DEMAND_QUOTA {
            return Err(Error::TooManyRotations(self.arn.to_string()));
        }
        let rotation = Some((now, RotationType::OnDemand));
        self.materials.push(Material::draw(entropy, rotation));
        Ok(())
    }

    /// Makes the automatic rotations that are due, each at its own time.
    pub(super) fn rotate_if_due(&mut self, entropy: &Entropy, now: DateTime<Utc>) {
        let KeyState::Enabled = self.state else {
            return;
        };
        let Some(rotation) = &mut self.rotation else {
            return;
        };
        rotation.skip_far_past(now);
        while rotation.next <= now && rotation.next < DateTime::<Utc>::MAX_UTC {
            let date = rotation.next;
            *rotation = Rotation::starting(date, rotation.period);
            let made = Some((date, RotationType::Automatic));
            self.materials.push(Material::draw(entropy, made));
        }
    }
}
