//! Rotation as a state: how a secret is to be rotated, and how far the attempt that is under way has come (fact sheet 5).
//!
//! What is to be done is recorded with the secret: an [`Attempt`] names the step to perform next and the time from which
//! it may be performed. `crate::rotation` performs one step at a time and records how it ended, so it may be cut off
//! anywhere, and nothing is locked while a function runs.

use chrono::{DateTime, TimeDelta, Utc};

use super::error::Error;
use super::schedule::{Rules, Schedule, ScheduleError, Window};
use super::staging::StagingLabel;
use super::version::{SealedValue, Version, VersionId};
use super::{Deletion, Secret};

/// How often a failed attempt is tried again before it is given up. AWS does not say how often it does.
const RETRIES: u32 = 5;

/// A step of a rotation, each an invocation of the function (fact sheet 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum Step {
    CreateSecret,
    SetSecret,
    TestSecret,
    FinishSecret,
}

impl Step {
    /// The name in the function's event.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateSecret => "createSecret",
            Self::SetSecret => "setSecret",
            Self::TestSecret => "testSecret",
            Self::FinishSecret => "finishSecret",
        }
    }

    fn next(self) -> Option<Self> {
        match self {
            Self::CreateSecret => Some(Self::SetSecret),
            Self::SetSecret => Some(Self::TestSecret),
            Self::TestSecret => Some(Self::FinishSecret),
            Self::FinishSecret => None,
        }
    }
}

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To rotate the secret, because somebody called RotateSecret.
    Called,
    /// To rotate the secret, because its schedule says so.
    Scheduled,
    /// To see whether the function works, on a copy of the current value (fact sheet 4.2, T16).
    Test,
}

/// A rotation that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The version it prepares.
    pub token: VersionId,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was begun.
    pub started: DateTime<Utc>,
    /// Which try it is, from 1.
    pub tries: u32,
    /// The step to perform next.
    pub step: Step,
    /// When that step may be performed: later than now only for another try.
    pub due: DateTime<Utc>,
}

/// How a secret is rotated. It stays when rotation is turned off (fact sheet 5.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Is it on?
    pub enabled: bool,
    /// The function's ARN; none for a managed rotation.
    pub function: Option<Box<str>>,
    /// When to rotate.
    pub rules: Rules,
    /// What a managed external secret is rotated by.
    pub external: External,
    /// When it was last completed.
    pub last_rotated: Option<DateTime<Utc>>,
    /// The next window of the schedule.
    next: Option<Window>,
    /// The days between rotations that the rules come to.
    days: Option<u16>,
    /// The time that the schedule counts from: the last rotation, or when the schedule was set.
    counted_from: DateTime<Utc>,
    attempt: Option<Attempt>,
    /// The version that the last completed rotation made.
    last_token: Option<VersionId>,
}

/// The members of managed external secrets (fact sheet 5.7). They are kept and shown; there is no role here to assume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct External {
    /// Keys and values.
    pub metadata: Option<Vec<(Box<str>, Box<str>)>>,
    /// The role that the service would assume.
    pub role_arn: Option<Box<str>>,
}

/// What RotateSecret is given. What is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct RotationSettings {
    /// The function's ARN.
    pub function: Option<Box<str>>,
    /// All rules, in place of those there are.
    pub rules: Option<Rules>,
    /// See [`External`].
    pub external: External,
}

/// What a call to rotate has led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// An attempt has begun, or the call repeats the one that began it.
    Begun {
        /// How many deprecated versions made room for its version.
        removed: usize,
    },
    /// An earlier rotation is not complete and is tried again instead.
    Reattempted,
}

/// How an attempt goes on after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// With the next step.
    Step,
    /// It is complete.
    Succeeded,
    /// It has failed, and is tried again at a time.
    Retry(DateTime<Utc>),
    /// It has failed and is given up.
    GivenUp,
    /// It is no longer this secret's attempt: a value was put meanwhile, or rotation was turned off.
    Gone,
}

impl Rotation {
    fn new(now: DateTime<Utc>) -> Self {
        Self {
            enabled: true,
            function: None,
            rules: Rules::default(),
            external: External::default(),
            last_rotated: None,
            next: None,
            days: None,
            counted_from: now,
            attempt: None,
            last_token: None,
        }
    }

    /// Turns it on, with these settings.
    fn configure(&mut self, settings: &RotationSettings, now: DateTime<Utc>) {
        self.enabled = true;
        if let Some(function) = &settings.function {
            self.function = Some(function.clone());
        }
        let External { metadata, role_arn } = &settings.external;
        if metadata.is_some() {
            self.external.metadata.clone_from(metadata);
        }
        if role_arn.is_some() {
            self.external.role_arn.clone_from(role_arn);
        }
        if let Some(rules) = &settings.rules {
            self.rules = rules.clone();
            self.counted_from = self.last_rotated.unwrap_or(now);
        }
        self.plan(now);
    }

    /// The attempt that is under way, or waits for another try.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempt.as_ref()
    }

    /// The latest time at which the next rotation may happen (fact sheet 5.4).
    pub fn next_rotation(&self) -> Option<DateTime<Utc>> {
        self.next.map(|window| window.end)
    }

    /// The days between rotations, as they are shown: those of the rules, or those that a schedule comes to.
    pub fn days(&self) -> Option<u16> {
        self.days
    }

    fn plan(&mut self, now: DateTime<Utc>) {
        let schedule = Schedule::parse(&self.rules).ok().flatten();
        // Reading a calendar takes its time, so what is shown of it at every look is kept.
        self.days = schedule.as_ref().map(Schedule::days);
        self.next = schedule
            .filter(|_| self.enabled)
            .and_then(|schedule| schedule.next_window(self.counted_from, now));
    }

    fn counts_from_the_last(&self) -> bool {
        let expression = self.rules.expression.as_deref();
        expression.is_none_or(|text| text.starts_with("rate("))
    }
}

impl From<ScheduleError> for Error {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Both => Self::TwoSchedules,
            ScheduleError::Invalid => Self::InvalidSchedule,
        }
    }
}

impl Secret {
    /// How it is rotated; `None` if that was never configured.
    pub fn rotation(&self) -> Option<&Rotation> {
        self.extras.rotation.as_deref()
    }

    /// When there is next something to do for its rotation: a step, or the beginning of a scheduled window.
    pub fn next_rotation_work(&self) -> Option<DateTime<Utc>> {
        let rotation = self.rotation()?;
        if !rotation.enabled || self.deletion() != Deletion::None {
            return None;
        }
        match &rotation.attempt {
            Some(attempt) => Some(attempt.due),
            None => rotation.next.map(|window| window.start),
        }
    }

    /// The version that a rotation has begun and not completed: it holds AWSPENDING, and another one AWSCURRENT.
    pub fn pending_rotation(&self) -> Option<&VersionId> {
        let pending = self.labels.holder(&StagingLabel::AWSPENDING);
        pending.filter(|version| !self.labels.is_on(&StagingLabel::AWSCURRENT, version))
    }

    /// The function that a call with these settings would use.
    pub fn rotation_function<'a>(&'a self, settings: &'a RotationSettings) -> Option<&'a str> {
        let stored = self
            .rotation()
            .and_then(|rotation| rotation.function.as_deref());
        settings.function.as_deref().or(stored)
    }

    /// Refuses rotation and settings that cannot be (fact sheet 5.5), in so far as the secret itself can tell.
    pub fn check_rotatable(&self, settings: &RotationSettings) -> Result<(), Error> {
        self.check_writable()?;
        if let Some(rules) = &settings.rules {
            Schedule::parse(rules)?;
        }
        match self.rotation_function(settings) {
            Some(_) => Ok(()),
            None if settings.external == External::default() => Err(Error::NoRotationFunction),
            None => Err(Error::RoleNotAssumable),
        }
    }

    /// Stores the settings, turns rotation on and begins an attempt, which makes the version `token` with AWSPENDING: one
    /// without a value, or for a test one with the value `copy` (fact sheet 4.2, T15 and T16).
    ///
    /// If an earlier rotation is not complete, that one is tried again instead, and the settings are not stored.
    pub fn rotate(
        &mut self,
        settings: &RotationSettings,
        token: &VersionId,
        purpose: Purpose,
        copy: Option<SealedValue>,
        now: DateTime<Utc>,
    ) -> Result<Rotated, Error> {
        self.check_rotatable(settings)?;
        if self.is_rotated_by(token) {
            return Ok(Rotated::Begun { removed: 0 });
        }
        if let Some(pending) = self.pending_rotation().cloned() {
            self.reattempt(&pending, purpose, now);
            return Ok(Rotated::Reattempted);
        }
        if self.version(token).is_some() {
            return Err(Error::RotationTokenTaken {
                token: token.clone(),
                arn: Box::new(self.arn()),
            });
        }
        self.extras.change(|extras| {
            let none = || Box::new(Rotation::new(now));
            let rotation = extras.rotation.get_or_insert_with(none);
            rotation.configure(settings, now);
        });
        let removed = self.begin_attempt(token, purpose, copy, now)?;
        Ok(Rotated::Begun { removed })
    }

    /// Does a call with this token repeat the one that began the attempt, or the last one that succeeded?
    fn is_rotated_by(&self, token: &VersionId) -> bool {
        let tokens = self.rotation().map(|rotation| {
            let attempt = rotation.attempt().map(|attempt| &attempt.token);
            [attempt, rotation.last_token.as_ref()]
        });
        tokens.is_some_and(|tokens| tokens.contains(&Some(token)))
    }

    /// Begins the rotation that the schedule says is due; nothing happens if none is. Returns how many deprecated versions made
    /// room for its version.
    pub fn begin_scheduled(
        &mut self,
        token: &VersionId,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let is_due = self.next_rotation_work().is_some_and(|due| due <= now);
        let has_attempt = self.rotation().is_some_and(|r| r.attempt.is_some());
        if !is_due || has_attempt {
            return Ok(0);
        }
        match self.pending_rotation().cloned() {
            Some(pending) => {
                self.reattempt(&pending, Purpose::Scheduled, now);
                Ok(0)
            }
            None => self.begin_attempt(token, Purpose::Scheduled, None, now),
        }
    }

    fn begin_attempt(
        &mut self,
        token: &VersionId,
        purpose: Purpose,
        value: Option<SealedValue>,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        self.versions.push(Version {
            id: token.clone(),
            created: now,
            last_accessed: None,
            value,
        });
        self.labels.attach(StagingLabel::AWSPENDING, token);
        self.check_label_quota()?;
        let removed = self.prune_versions(now)?;
        self.set_attempt(token, purpose, now);
        self.touch(now);
        Ok(removed)
    }

    fn set_attempt(&mut self, token: &VersionId, purpose: Purpose, now: DateTime<Utc>) {
        if let Some(rotation) = self.extras.rotation_mut() {
            rotation.attempt = Some(Attempt {
                token: token.clone(),
                purpose,
                started: now,
                tries: 1,
                step: match purpose {
                    Purpose::Called | Purpose::Scheduled => Step::CreateSecret,
                    Purpose::Test => Step::TestSecret,
                },
                due: now,
            });
        }
    }

    /// Starts an incomplete rotation again, unless it is being performed. Rotation that was turned off is on again.
    fn reattempt(&mut self, pending: &VersionId, purpose: Purpose, now: DateTime<Utc>) {
        let Some(rotation) = self.extras.rotation_mut() else {
            return;
        };
        let is_at_work = |attempt: &Attempt| attempt.due <= now;
        if rotation.attempt.as_ref().is_some_and(is_at_work) {
            return;
        }
        rotation.enabled = true;
        rotation.plan(now);
        let purpose = match purpose {
            Purpose::Test => Purpose::Called,
            other => other,
        };
        self.set_attempt(pending, purpose, now);
    }

    /// Records how a step of the attempt for `token` ended. A failed step ends the try.
    pub fn record_step(
        &mut self,
        token: &VersionId,
        step: Step,
        succeeded: bool,
        now: DateTime<Utc>,
    ) -> Progress {
        let is_current = self.labels.is_on(&StagingLabel::AWSCURRENT, token);
        let Some(rotation) = self.extras.rotation_mut() else {
            return Progress::Gone;
        };
        let of_it = |attempt: &&mut Attempt| attempt.token == *token && attempt.step == step;
        let Some(attempt) = rotation.attempt.as_mut().filter(of_it) else {
            return Progress::Gone;
        };
        if attempt.purpose == Purpose::Test {
            rotation.attempt = None;
            self.remove_version(token);
            self.touch(now);
            return if succeeded {
                Progress::Succeeded
            } else {
                Progress::GivenUp
            };
        }
        match step.next() {
            Some(next) if succeeded => {
                attempt.step = next;
                Progress::Step
            }
            None if succeeded && is_current => {
                rotation.attempt = None;
                rotation.last_rotated = Some(now);
                rotation.last_token = Some(token.clone());
                rotation.counted_from = now;
                rotation.plan(now);
                self.touch(now);
                Progress::Succeeded
            }
            _ if attempt.tries > RETRIES => {
                rotation.attempt = None;
                // Until the next window: this one may still be open.
                rotation.counted_from = now;
                rotation.plan(now);
                Progress::GivenUp
            }
            _ => {
                // 1, 2, 4, ... minutes.
                let due = now + TimeDelta::minutes(1 << (attempt.tries - 1));
                attempt.tries += 1;
                attempt.step = Step::CreateSecret;
                attempt.due = due;
                Progress::Retry(due)
            }
        }
    }

    /// Turns rotation off and stops the attempt that is under way; labels stay as they are (fact sheet 5.6).
    pub fn cancel_rotation(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_writable()?;
        let Some(rotation) = self.extras.rotation_mut() else {
            return Err(Error::NoRotationFunction);
        };
        rotation.enabled = false;
        rotation.attempt = None;
        rotation.next = None;
        self.touch(now);
        Ok(())
    }

    /// Takes note of a current value that was put: it abandons the rotation of another version (T5), and counts as a
    /// rotation for a schedule that counts from the last one (fact sheet 5.2).
    pub(super) fn note_current_value(&mut self, id: &VersionId, now: DateTime<Utc>) {
        let Some(rotation) = self.extras.rotation_mut() else {
            return;
        };
        if rotation.attempt.as_ref().is_some_and(|a| a.token == *id) {
            return;
        }
        rotation.attempt = None;
        if rotation.counts_from_the_last() {
            rotation.counted_from = now;
            rotation.plan(now);
        }
    }

    fn remove_version(&mut self, id: &VersionId) {
        self.labels.detach_all(id);
        self.versions.retain(|version| version.id != *id);
    }
}

#[cfg(test)]
mod tests;
