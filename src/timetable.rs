//! What falls due when, and performing it: recovery windows, KMS keys, rotations. One place for the clock that runs and for
//! the one that is moved.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tracing::error;

use crate::clock::Clock;
use crate::journal::{Done, Journal};
use crate::kms::KeyRing;
use crate::rotation::{Rotator, Work};
use crate::store::{self, Secrets};
use crate::trail::{EventName, Trail};

/// Performs what falls due.
#[derive(Debug)]
pub(crate) struct Timetable {
    pub(crate) clock: Arc<Clock>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) rotator: Arc<Rotator>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) trail: Arc<Trail>,
    /// Held by whoever moves the clock, performs what is due, or puts another state back.
    pub(crate) moving: Mutex<()>,
}

impl Timetable {
    /// When something next falls due that nobody is performing.
    fn next_due(&self) -> Option<DateTime<Utc>> {
        let dues = [
            self.secrets.next_purge(),
            self.keys.next_due(),
            self.rotator.next_due(),
        ];
        dues.into_iter().flatten().min()
    }

    /// Performs what falls due while the clock runs. Runs until it is dropped, which is safe at any point and ends the
    /// rotations that it has begun.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut rotations = JoinSet::new();
        loop {
            let changed = self.secrets.due_changed();
            match self.next_due() {
                None => changed.await,
                Some(due) => tokio::select! {
                    () = self.clock.sleep_until(due) => {}
                    () = changed => {}
                },
            }
            while rotations.try_join_next().is_some() {}
            // Whoever moves the clock, or puts another state back with its clock, is not to be seen half-way.
            let moving = self.moving.lock().await;
            let now = self.clock.now();
            let performed = self.perform(now).await;
            for work in self.rotator.take_on(now) {
                rotations.spawn(work.perform());
            }
            drop(moving);
            if let Err(cause) = performed {
                error!(error = %cause, "what was due could not be performed");
                let later = now + TimeDelta::seconds(1);
                self.clock.sleep_until(later).await;
            }
        }
    }

    /// Moves the clock to a time, performing on the way everything that falls due, in the order of time. Returns what
    /// was done. Going back performs nothing. A move goes to its end even if this is dropped.
    /// `None` if the clock does not go there.
    pub(crate) async fn move_to(
        self: &Arc<Self>,
        time: DateTime<Utc>,
    ) -> Result<Option<Vec<Done>>, store::Error> {
        if !(Clock::FIRST..=Clock::LAST).contains(&time) {
            return Ok(None);
        }
        let timetable = self.clone();
        to_the_end(async move {
            let _moving = timetable.moving.lock().await;
            timetable.pass_to(time).await.map(Some)
        })
        .await
    }

    /// Moves the clock forward as [`move_to`](Self::move_to) does; two that ask at once go as far as both. `None` if that is
    /// further than the clock goes.
    pub(crate) async fn advance(
        self: &Arc<Self>,
        by: TimeDelta,
    ) -> Result<Option<Vec<Done>>, store::Error> {
        let timetable = self.clone();
        to_the_end(async move {
            let _moving = timetable.moving.lock().await;
            let to = timetable.clock.now().checked_add_signed(by);
            match to.filter(|to| *to <= Clock::LAST) {
                Some(to) => timetable.pass_to(to).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }

    async fn pass_to(&self, time: DateTime<Utc>) -> Result<Vec<Done>, store::Error> {
        let before = self.journal.length();
        loop {
            self.perform_all(self.clock.now().min(time)).await?;
            match self.next_due().filter(|due| *due <= time) {
                Some(due) => self.clock.set(due.max(self.clock.now())),
                None => break,
            }
        }
        self.clock.set(time);
        self.perform_all(time).await?;
        Ok(self.journal.since(before))
    }

    /// Performs what is due, and waits for the rotations among it.
    async fn perform_all(&self, now: DateTime<Utc>) -> Result<(), store::Error> {
        loop {
            self.perform(now).await?;
            let rotations: JoinSet<_> = self
                .rotator
                .take_on(now)
                .into_iter()
                .map(Work::perform)
                .collect();
            if rotations.is_empty() {
                break;
            }
            rotations.join_all().await;
        }
        self.rotator.idle().await;
        Ok(())
    }

    /// Performs what is due but for rotations, which take their time.
    async fn perform(&self, now: DateTime<Utc>) -> Result<(), store::Error> {
        self.keys.settle(now);
        for secret in self.secrets.purge_due(now).await? {
            let arn = secret.arn();
            self.journal.record(Done {
                time: now,
                event: "SecretDeleted",
                resource: arn.to_string(),
            });
            let name = EventName::EndSecretVersionDelete;
            self.trail.record(now, name, &arn, None, None);
        }
        self.rotator.close_abandoned(now).await
    }
}

/// What `work` gives; it goes on even if this is dropped.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and with it whoever waits here.
            Err(_) => std::future::pending().await,
        },
    }
}
