//! Snapshots: what is in one, and those that are kept.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::clock::Hands;
use crate::entropy::{Entropy, Place};
use crate::kms::Keys;
use crate::rotation::Attempts;
use crate::store::{Snapshot as Secrets, StoreError};
use crate::timetable::Timetable;

/// All that an emulator held at one moment.
#[derive(Debug, Clone)]
pub(super) struct Contents {
    pub(super) secrets: Secrets,
    pub(super) keys: Arc<Keys>,
    pub(super) attempts: Attempts,
    pub(super) clock: Hands,
    pub(super) place: Place,
    taken: DateTime<Utc>,
}

impl Contents {
    /// What there is now. Secrets come first: a key that they need is there before they are.
    pub(super) async fn of(timetable: &Timetable, entropy: &Entropy) -> Result<Self, StoreError> {
        let secrets = timetable.secrets.snapshot().await?;
        Ok(Self::with(secrets, timetable, entropy))
    }

    /// These secrets, and what there is now of everything else.
    pub(super) fn with(secrets: Secrets, timetable: &Timetable, entropy: &Entropy) -> Self {
        Self {
            secrets,
            keys: timetable.keys.contents(),
            attempts: timetable.rotator.keep_attempts(),
            clock: timetable.clock.hands(),
            place: entropy.place(),
            taken: timetable.clock.now(),
        }
    }
}

/// The number of a snapshot that is kept, from 1. None is given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SnapshotId(u64);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SnapshotId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What is told of a snapshot.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) id: SnapshotId,
    /// When it was taken, by the emulator's clock.
    pub(crate) taken: DateTime<Utc>,
    /// How many secrets are in it.
    pub(crate) secrets: usize,
}

impl About {
    fn of(id: SnapshotId, contents: &Contents) -> Self {
        Self {
            id,
            taken: contents.taken,
            secrets: contents.secrets.count(),
        }
    }
}

/// The snapshots that are kept until they are removed.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    by_id: BTreeMap<SnapshotId, Contents>,
}

impl Kept {
    pub(super) fn add(&self, contents: Contents) -> About {
        let mut inner = self.lock();
        inner.last += 1;
        let id = SnapshotId(inner.last);
        let about = About::of(id, &contents);
        inner.by_id.insert(id, contents);
        about
    }

    pub(super) fn all(&self) -> Vec<About> {
        let inner = self.lock();
        let all = inner.by_id.iter();
        all.map(|(id, contents)| About::of(*id, contents)).collect()
    }

    pub(super) fn get(&self, id: SnapshotId) -> Option<(Contents, About)> {
        let contents = self.lock().by_id.get(&id)?.clone();
        let about = About::of(id, &contents);
        Some((contents, about))
    }

    pub(super) fn remove(&self, id: SnapshotId) -> Option<Contents> {
        self.lock().by_id.remove(&id)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
