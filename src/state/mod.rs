//! All that an emulator holds, as one thing: taken as a snapshot, put back, reset.
//!
//! It is secrets, KMS keys and aliases, the clock, pending rotations, and how far a seeded randomness has come. A snapshot shares all
//! of it with the emulator, so that it costs next to nothing to take and to put back.

mod kept;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use self::kept::{About, SnapshotId};
use self::kept::{Contents, Kept};
use crate::entropy::Entropy;
use crate::secret::id::{AccountId, Region, Scope, SecretKey};
use crate::store::{self, StoreError};
use crate::timetable::{Timetable, to_the_end};

/// What an emulator holds, and the snapshots that were taken of it.
#[derive(Debug)]
pub(crate) struct State {
    timetable: Arc<Timetable>,
    entropy: Entropy,
    /// Nothing at all.
    empty: Contents,
    /// What there was when the emulator began to serve.
    start: Mutex<Contents>,
    kept: Kept,
}

/// What a reset goes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// What the emulator began to serve with.
    Start,
    /// Nothing.
    Empty,
}

/// Which secrets a reset is about: those that agree with all that is given.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// The account.
    pub(crate) account: Option<AccountId>,
    /// The region.
    pub(crate) region: Option<Region>,
    /// What the name begins with.
    pub(crate) prefix: Option<String>,
}

impl Part {
    fn is_all(&self) -> bool {
        self.account.is_none() && self.region.is_none() && self.prefix.is_none()
    }

    fn has_scope(&self, scope: &Scope) -> bool {
        let account = self.account.as_ref();
        let region = self.region.as_ref();
        account.is_none_or(|account| *account == scope.account)
            && region.is_none_or(|region| *region == scope.region)
    }

    fn has(&self, key: &SecretKey) -> bool {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        self.has_scope(&key.scope) && key.name.as_str().starts_with(prefix)
    }
}

impl State {
    /// The state of an emulator that holds nothing yet.
    pub(crate) fn of(timetable: Arc<Timetable>, entropy: Entropy) -> Self {
        let empty = Contents::with(store::Snapshot::default(), &timetable, &entropy);
        Self {
            timetable,
            entropy,
            start: Mutex::new(empty.clone()),
            empty,
            kept: Kept::default(),
        }
    }

    /// What there is now is what a reset goes back to.
    pub(crate) async fn begin(&self) -> Result<(), StoreError> {
        let now = self.contents().await?;
        *self.start.lock().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }

    /// Takes a snapshot and keeps it.
    pub(crate) async fn keep(&self) -> Result<About, StoreError> {
        Ok(self.kept.add(self.contents().await?))
    }

    /// The snapshots that are kept, oldest first.
    pub(crate) fn kept(&self) -> Vec<About> {
        self.kept.all()
    }

    /// Forgets a snapshot; false if there is none of this id.
    pub(crate) fn forget(&self, id: SnapshotId) -> bool {
        let removed = self.kept.remove(id);
        let is_there = removed.is_some();
        // It may be the last to have a hundred thousand secrets.
        tokio::task::spawn_blocking(move || drop(removed));
        is_there
    }

    /// Puts back all that there was at a snapshot; `None` if there is none of this id.
    pub(crate) async fn restore_kept(
        self: &Arc<Self>,
        id: SnapshotId,
    ) -> Result<Option<About>, StoreError> {
        let Some((contents, about)) = self.kept.get(id) else {
            return Ok(None);
        };
        self.restore(contents).await?;
        Ok(Some(about))
    }

    /// Resets all, or only a part. All is everything that a snapshot has. A part is its secrets and, if no name decides, the KMS
    /// keys and aliases of its accounts and regions.
    pub(crate) async fn reset(self: &Arc<Self>, part: Part, base: Base) -> Result<(), StoreError> {
        let contents = match base {
            Base::Start => {
                let start = self.start.lock().unwrap_or_else(PoisonError::into_inner);
                start.clone()
            }
            Base::Empty => self.empty.clone(),
        };
        if part.is_all() {
            return self.restore(contents).await;
        }
        let state = self.clone();
        to_the_end(async move {
            let timetable = &state.timetable;
            let _moving = timetable.moving.lock().await;
            let _alone = timetable.secrets.pause().await;
            if part.prefix.is_none() {
                let wanted = |scope: &Scope| part.has_scope(scope);
                timetable.keys.restore_some(&contents.keys, wanted);
            }
            let wanted = |key: &SecretKey| part.has(key);
            let secrets = &timetable.secrets;
            secrets.restore_some(&contents.secrets, wanted).await
        })
        .await
    }

    /// All that there is now.
    async fn contents(&self) -> Result<Contents, StoreError> {
        // A clock that is being moved is at no moment that anybody asked for.
        let _moving = self.timetable.moving.lock().await;
        Contents::of(&self.timetable, &self.entropy).await
    }

    /// Puts back all that there was. Goes to its end even if this is dropped.
    async fn restore(self: &Arc<Self>, contents: Contents) -> Result<(), StoreError> {
        let state = self.clone();
        to_the_end(async move {
            let timetable = &state.timetable;
            let _moving = timetable.moving.lock().await;
            let _alone = timetable.secrets.pause().await;
            timetable.clock.restore(contents.clock);
            timetable.keys.restore(contents.keys);
            timetable.rotator.restore_attempts(&contents.attempts);
            let replaced = timetable.secrets.restore(&contents.secrets).await?;
            timetable.trail.forget();
            state.entropy.return_to(&contents.place);
            // Nobody has to wait until a hundred thousand secrets are dropped.
            tokio::task::spawn_blocking(move || drop(replaced));
            Ok(())
        })
        .await
    }
}

/// All that an emulator held at one moment. Costs next to nothing to take and to put back, however much it is.
#[derive(Clone)]
pub struct Snapshot {
    state: Arc<State>,
    contents: Contents,
}

impl Snapshot {
    pub(crate) async fn of(state: Arc<State>) -> Result<Self, StoreError> {
        let contents = state.contents().await?;
        Ok(Self { state, contents })
    }

    /// Puts back, in the emulator that it was taken of, all that there was: secrets, KMS keys, the clock, pending rotations. All
    /// events so far are forgotten, and rotations that run are left to themselves.
    pub async fn restore(&self) -> std::io::Result<()> {
        let restored = self.state.restore(self.contents.clone()).await;
        restored.map_err(std::io::Error::other)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets = self.contents.secrets.count();
        f.debug_struct("Snapshot")
            .field("secrets", &secrets)
            .finish_non_exhaustive()
    }
}
