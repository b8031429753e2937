//! What became of the attempts: for people to look at, kept in memory only and of a limited length.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::secret::id::SecretKey;
use crate::secret::rotation::{Attempt, Progress, Step};

/// How many attempts are remembered.
const LIMIT: usize = 10_000;

/// How an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum State {
    Running,
    /// It has failed, and waits for another try.
    Waiting,
    Succeeded,
    Failed,
    Abandoned,
}

/// An attempt, with all its tries.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The secret's account, region and name.
    pub key: SecretKey,
    /// The secret's ARN.
    pub arn: String,
    /// What was recorded with the secret when it was last looked at.
    pub attempt: Attempt,
    /// How it stands.
    pub state: State,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// The steps that were performed, those of earlier tries among them.
    pub steps: Vec<StepEntry>,
}

/// A step of a try.
#[derive(Debug, Clone)]
pub struct StepEntry {
    /// Which step.
    pub step: Step,
    /// Which try it belongs to, from 1.
    pub attempt: u32,
    /// When the function was invoked.
    pub started: DateTime<Utc>,
    /// When it had ended.
    pub ended: Option<DateTime<Utc>>,
    /// What went wrong.
    pub error: Option<String>,
}

/// All attempts, oldest first. Those that were kept share the list until it changes.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<Arc<VecDeque<Entry>>>);

impl History {
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.lock().iter().cloned().collect()
    }

    /// Notes that a step begins; true if it is the attempt's first.
    pub(super) fn begin_step(
        &self,
        key: &SecretKey,
        arn: &str,
        attempt: &Attempt,
        now: DateTime<Utc>,
    ) -> bool {
        let mut entries = self.lock();
        let entries = Arc::make_mut(&mut entries);
        let held = entries.iter().rposition(|entry| entry.is_of(arn, attempt));
        let at = held.unwrap_or_else(|| {
            if entries.len() == LIMIT {
                entries.pop_front();
            }
            entries.push_back(Entry {
                key: key.clone(),
                arn: arn.to_owned(),
                attempt: attempt.clone(),
                state: State::Running,
                ended: None,
                steps: Vec::new(),
            });
            entries.len() - 1
        });
        let entry = &mut entries[at];
        entry.attempt = attempt.clone();
        entry.state = State::Running;
        entry.steps.push(StepEntry {
            step: attempt.step,
            attempt: attempt.tries,
            started: now,
            ended: None,
            error: None,
        });
        held.is_none()
    }

    /// Notes how a step ended.
    pub(super) fn end_step(
        &self,
        arn: &str,
        attempt: &Attempt,
        progress: &Progress,
        trouble: Option<String>,
        now: DateTime<Utc>,
    ) {
        let mut entries = self.lock();
        let entries = Arc::make_mut(&mut entries);
        let Some(entry) = entries.iter_mut().rfind(|entry| entry.is_of(arn, attempt)) else {
            return;
        };
        if let Some(step) = entry.steps.last_mut() {
            step.ended = Some(now);
            step.error = trouble;
        }
        entry.state = match progress {
            Progress::Step => return,
            Progress::Retry(_) => State::Waiting,
            Progress::Succeeded => State::Succeeded,
            Progress::GivenUp => State::Failed,
            Progress::Gone => State::Abandoned,
        };
        entry.ended = (entry.state != State::Waiting).then_some(now);
    }

    /// The attempts that wait for another try.
    pub(super) fn waiting(&self) -> Vec<(SecretKey, Attempt)> {
        let entries = self.lock();
        let waiting = entries.iter().filter(|entry| entry.state == State::Waiting);
        waiting
            .map(|entry| (entry.key.clone(), entry.attempt.clone()))
            .collect()
    }

    /// Notes that an attempt was abandoned while it waited.
    pub(super) fn abandon(&self, key: &SecretKey, attempt: &Attempt, now: DateTime<Utc>) {
        let mut entries = self.lock();
        let entries = Arc::make_mut(&mut entries);
        let is_it = |entry: &&mut Entry| entry.key == *key && entry.attempt == *attempt;
        if let Some(entry) = entries.iter_mut().rfind(is_it) {
            entry.state = State::Abandoned;
            entry.ended = Some(now);
        }
    }

    /// All entries, to be put back later.
    pub(super) fn keep(&self) -> Arc<VecDeque<Entry>> {
        self.lock().clone()
    }

    /// Puts back entries that were kept.
    pub(super) fn restore(&self, entries: Arc<VecDeque<Entry>>) {
        *self.lock() = entries;
    }

    fn lock(&self) -> MutexGuard<'_, Arc<VecDeque<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Is it the entry of this attempt, in whatever step or try?
    fn is_of(&self, arn: &str, attempt: &Attempt) -> bool {
        self.arn == arn
            && self.attempt.token == attempt.token
            && self.attempt.started == attempt.started
            && self.ended.is_none()
    }
}
