//! What happened by itself because its time had come, for whoever moves the clock and wants to know.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

/// How many deeds are remembered.
const LIMIT: usize = 100_000;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When, by the emulator's clock.
    pub time: DateTime<Utc>,
    /// What, such as `SecretDeleted`.
    pub event: &'static str,
    /// The ARN of what it was done to.
    pub resource: String,
}

/// All that was done, in order.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    done: VecDeque<Done>,
    /// How many were forgotten.
    forgotten: usize,
}

impl Journal {
    /// Adds something that was done.
    pub fn record(&self, done: Done) {
        let mut inner = self.lock();
        if inner.done.len() == LIMIT {
            inner.done.pop_front();
            inner.forgotten += 1;
        }
        inner.done.push_back(done);
    }

    /// How much has been recorded so far.
    pub fn length(&self) -> usize {
        let inner = self.lock();
        inner.forgotten + inner.done.len()
    }

    /// What was recorded after that much.
    pub fn since(&self, length: usize) -> Vec<Done> {
        let inner = self.lock();
        let known = length.saturating_sub(inner.forgotten);
        inner.done.iter().skip(known).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
