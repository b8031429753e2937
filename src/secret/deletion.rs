//! Scheduled deletion as a state.

use chrono::{DateTime, TimeDelta, Utc};

use super::error::Error;

/// Is the secret in use, or scheduled for deletion?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// In use.
    None,
    /// The recovery window runs: the secret can be described, listed, restored and deleted by force, and nothing else.
    Scheduled {
        /// When deletion was asked for: `DeletedDate` (fact sheet 3.6).
        requested: DateTime<Utc>,
        /// When the secret and its versions go: `DeletionDate` (fact sheet 3.7).
        purge: DateTime<Utc>,
    },
}

/// How long a secret can be restored: 7 to 30 days, 30 when not said (fact sheet 3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryWindow(TimeDelta);

impl RecoveryWindow {
    /// A window of so many days.
    pub fn days(days: i64) -> Result<Self, Error> {
        if (7..=30).contains(&days) {
            Ok(Self(TimeDelta::days(days)))
        } else {
            Err(Error::RecoveryWindowOutOfRange)
        }
    }

    /// The time a window that begins at `now` ends.
    pub fn end(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_add_signed(self.0)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl Default for RecoveryWindow {
    fn default() -> Self {
        Self(TimeDelta::days(30))
    }
}
