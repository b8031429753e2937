//! Performs rotation: what `secret::rotation` has recorded as due, one step at a time, each step's outcome recorded before the
//! next is looked at (fact sheet 5).
//!
//! One attempt of a secret is performed at a time, those of different secrets side by side. Nothing is locked while a
//! function runs. It may be cut off at any point: the step that was not recorded is performed again.

mod history;

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;
use tracing::error;

use self::history::History;
pub use self::history::{Entry, State, StepEntry};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::journal::{Done, Journal};
use crate::lambda::Functions;
use crate::secret::Secret;
use crate::secret::id::SecretKey;
use crate::secret::rotation::{Attempt, Progress, Purpose};
use crate::secret::version::VersionId;
use crate::store::{self, Found, Secrets};
use crate::trail::{EventName, Trail};

/// The worker for rotation.
#[derive(Debug)]
pub struct Rotator {
    secrets: Arc<Secrets>,
    functions: Arc<Functions>,
    clock: Arc<Clock>,
    trail: Arc<Trail>,
    journal: Arc<Journal>,
    tokens: Entropy,
    history: History,
    at_work: AtWork,
}

/// All attempts as they were at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts(Arc<VecDeque<Entry>>);

/// The secrets whose attempt is being performed.
#[derive(Debug, Default)]
struct AtWork {
    keys: Mutex<HashSet<SecretKey>>,
    count: watch::Sender<usize>,
    /// Counted up when another state is put back: work that began before is nobody's.
    generation: AtomicU64,
}

/// What is due of one secret's rotation. Nobody else performs it until this is dropped.
#[derive(Debug)]
pub struct Work {
    rotator: Arc<Rotator>,
    key: SecretKey,
    generation: u64,
}

impl AtWork {
    fn lock(&self) -> MutexGuard<'_, HashSet<SecretKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_at(&self, generation: u64) -> bool {
        self.generation.load(Ordering::SeqCst) == generation
    }

    /// Lets all work go.
    fn forget(&self) {
        let mut keys = self.lock();
        self.generation.fetch_add(1, Ordering::SeqCst);
        keys.clear();
        self.count.send_replace(0);
    }
}

impl Work {
    /// Performs it, step by step.
    pub async fn perform(self) {
        if let Err(cause) = self.rotator.perform_due(&self.key, self.generation).await {
            error!(error = %cause, "a rotation could not be recorded");
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let at_work = &self.rotator.at_work;
        let mut keys = at_work.lock();
        if at_work.is_at(self.generation) {
            keys.remove(&self.key);
            at_work.count.send_replace(keys.len());
        }
    }
}

/// What a function is invoked with, in AWS's order (fact sheet 5.1).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    step: &'static str,
    secret_id: &'a str,
    client_request_token: &'a str,
}

impl Rotator {
    /// A worker over these secrets.
    pub fn new(
        secrets: Arc<Secrets>,
        functions: Arc<Functions>,
        clock: Arc<Clock>,
        (trail, journal): (Arc<Trail>, Arc<Journal>),
        entropy: &Entropy,
    ) -> Self {
        Self {
            secrets,
            functions,
            clock,
            trail,
            journal,
            tokens: entropy.child("rotation"),
            history: History::default(),
            at_work: AtWork::default(),
        }
    }

    /// The attempts there were and are, oldest first.
    pub fn attempts(&self) -> Vec<Entry> {
        self.history.entries()
    }

    /// The attempts there were and are, to be put back later.
    pub(crate) fn keep_attempts(&self) -> Attempts {
        Attempts(self.history.keep())
    }

    /// Puts back attempts that were kept. A function that runs goes on, but what becomes of it is not recorded any more, and nobody
    /// waits for it.
    pub(crate) fn restore_attempts(&self, Attempts(entries): &Attempts) {
        self.at_work.forget();
        self.history.restore(entries.clone());
    }

    /// When there is next something to do that nobody is doing.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        let busy = self.at_work.lock();
        self.secrets.next_rotation(|key| busy.contains(key))
    }

    /// Takes on all that is due now and that nobody is doing.
    pub fn take_on(self: &Arc<Self>, now: DateTime<Utc>) -> Vec<Work> {
        let mut busy = self.at_work.lock();
        let due = self.secrets.rotations_due(now, |key| busy.contains(key));
        busy.extend(due.iter().cloned());
        self.at_work.count.send_replace(busy.len());
        let generation = self.at_work.generation.load(Ordering::SeqCst);
        let work = |key| Work {
            rotator: self.clone(),
            key,
            generation,
        };
        due.into_iter().map(work).collect()
    }

    /// Waits until nothing is being performed.
    pub async fn idle(&self) {
        let mut count = self.at_work.count.subscribe();
        // The sender lives as long as `self`, so waiting can only end by the count being nought.
        let _idle = count.wait_for(|count| *count == 0).await;
    }

    async fn perform_due(&self, key: &SecretKey, generation: u64) -> Result<(), store::Error> {
        loop {
            if !self.at_work.is_at(generation) {
                return Ok(());
            }
            let now = self.clock.now();
            let Some(secret) = self.secrets.get(key, now).await? else {
                return Ok(());
            };
            let is_due = secret.next_rotation_work().is_some_and(|due| due <= now);
            if !is_due {
                return Ok(());
            }
            let attempt = secret.rotation().and_then(|rotation| rotation.attempt());
            match attempt.cloned() {
                Some(attempt) => self.perform_step(&secret, &attempt, generation).await?,
                None => self.begin_scheduled(&secret, now).await?,
            }
        }
    }

    async fn begin_scheduled(
        &self,
        secret: &Found,
        now: DateTime<Utc>,
    ) -> Result<(), store::Error> {
        let token = VersionId::new(&self.tokens.uuid().to_string());
        let begin = |secret: &mut Secret| secret.begin_scheduled(&token, now);
        match self.secrets.update(secret, now, begin).await {
            Ok((secret, removed)) => {
                for _ in 0..removed {
                    self.record(&secret, EventName::SecretVersionDeletion, None, None);
                }
                Ok(())
            }
            Err(store::Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn perform_step(
        &self,
        secret: &Found,
        attempt: &Attempt,
        generation: u64,
    ) -> Result<(), store::Error> {
        let arn = secret.arn_text();
        let Attempt { token, step, .. } = attempt;
        if self
            .history
            .begin_step(secret.key(), &arn, attempt, self.clock.now())
        {
            self.tell(secret, attempt, started(attempt.purpose), None);
        }
        let rotation = secret.rotation();
        let function = rotation.and_then(|rotation| rotation.function.as_deref());
        let function = function.unwrap_or_default();
        let event = Event {
            step: step.name(),
            secret_id: &arn,
            client_request_token: token.as_str(),
        };
        // Strings always serialize.
        let event = serde_json::to_vec(&event).unwrap_or_default();
        let invoked = self
            .functions
            .invoke(&secret.key().scope, function, &event)
            .await;
        if !self.at_work.is_at(generation) {
            return Ok(());
        }
        let mut trouble = invoked.err().map(|error| error.to_string());
        let now = self.clock.now();
        let succeeded = trouble.is_none();
        let record = |secret: &mut Secret| Ok(secret.record_step(token, *step, succeeded, now));
        let progress = match self.secrets.update(secret, now, record).await {
            Ok((_, progress)) => progress,
            Err(store::Error::NotFound) => Progress::Gone,
            Err(error) => return Err(error),
        };
        if succeeded && matches!(progress, Progress::Retry(_) | Progress::GivenUp) {
            let reason = "The function ended without an error, but the version isn't AWSCURRENT.";
            trouble = Some(reason.to_owned());
        }
        self.history
            .end_step(&arn, attempt, &progress, trouble, now);
        if let Some(event) = outcome(attempt.purpose, &progress) {
            let failure = || {
                let step = step.name();
                format!("Error when executing lambda {function} during {step} step")
            };
            let is_failure = matches!(progress, Progress::Retry(_) | Progress::GivenUp);
            self.tell(secret, attempt, event, is_failure.then(failure));
        }
        Ok(())
    }

    /// Closes the entries of attempts that wait for another try and are no longer their secret's.
    pub async fn close_abandoned(&self, now: DateTime<Utc>) -> Result<(), store::Error> {
        for (key, attempt) in self.history.waiting() {
            let secret = self.secrets.get(&key, now).await?;
            let held = secret.as_deref().and_then(Secret::rotation);
            let held = held.and_then(|rotation| rotation.attempt());
            if held.is_some_and(|held| held.token == attempt.token) {
                continue;
            }
            let Some(secret) = secret else {
                self.history.abandon(&key, &attempt, now);
                continue;
            };
            self.history.abandon(&key, &attempt, now);
            self.tell(&secret, &attempt, EventName::RotationAbandoned, None);
        }
        Ok(())
    }

    fn tell(&self, secret: &Secret, attempt: &Attempt, name: EventName, error: Option<String>) {
        let request_id = format!("Rotation-{}-{}", secret.arn(), attempt.token);
        self.record(secret, name, Some(request_id), error);
    }

    fn record(
        &self,
        secret: &Secret,
        name: EventName,
        request_id: Option<String>,
        error: Option<String>,
    ) {
        let (now, arn) = (self.clock.now(), secret.arn());
        self.journal.record(Done {
            time: now,
            event: name.name(),
            resource: arn.to_string(),
        });
        self.trail.record(now, name, &arn, request_id, error);
    }
}

fn started(purpose: Purpose) -> EventName {
    match purpose {
        Purpose::Called | Purpose::Scheduled => EventName::RotationStarted,
        Purpose::Test => EventName::TestRotationStarted,
    }
}

fn outcome(purpose: Purpose, progress: &Progress) -> Option<EventName> {
    let is_test = purpose == Purpose::Test;
    match progress {
        Progress::Step => None,
        Progress::Succeeded if is_test => Some(EventName::TestRotationSucceeded),
        Progress::Succeeded => Some(EventName::RotationSucceeded),
        Progress::Retry(_) | Progress::GivenUp if is_test => Some(EventName::TestRotationFailed),
        Progress::Retry(_) | Progress::GivenUp => Some(EventName::RotationFailed),
        Progress::Gone => Some(EventName::RotationAbandoned),
    }
}
