//! Time as a collaborator: what time it is, and waiting for a time.
//!
//! Everything that asks for the time asks a [`Clock`], so a test can stand at any instant and move from one to the
//! next. Times have millisecond precision, because that is what AWS's answers carry.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::sync::watch;

/// A future that ends when a clock has reached a time.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Tells the time and waits for it.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current time, cut to whole milliseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once [`now`](Clock::now) is at or after `deadline`.
    fn sleep_until(&self, deadline: DateTime<Utc>) -> Waiting<'_>;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

/// The longest single wait: a machine that was asleep, or whose clock was set, is noticed within this time.
const LONGEST_NAP: std::time::Duration = std::time::Duration::from_mins(1);

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(3)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that waits on the runtime"
    )]
    fn sleep_until(&self, deadline: DateTime<Utc>) -> Waiting<'_> {
        Box::pin(async move {
            while let Ok(remaining) = (deadline - self.now()).to_std()
                && !remaining.is_zero()
            {
                tokio::time::sleep(remaining.min(LONGEST_NAP)).await;
            }
        })
    }
}

/// A clock that stands still until it is told to move; moving it wakes those who wait.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self {
            now: watch::Sender::new(start.trunc_subsecs(3)),
        }
    }

    /// Moves the clock by `by`, forward or back, but not beyond the times that can be written down.
    pub fn advance(&self, by: TimeDelta) {
        self.now.send_modify(|now| {
            let limit = if by < TimeDelta::zero() {
                DateTime::<Utc>::MIN_UTC
            } else {
                DateTime::<Utc>::MAX_UTC
            };
            *now = now.checked_add_signed(by).unwrap_or(limit);
        });
    }

    /// Puts the clock at `time`.
    pub fn set(&self, time: DateTime<Utc>) {
        self.now.send_replace(time.trunc_subsecs(3));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    fn sleep_until(&self, deadline: DateTime<Utc>) -> Waiting<'_> {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            // The sender lives as long as `self`, so waiting can only end by the time being reached.
            let _reached = now.wait_for(|now| *now >= deadline).await;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn advancing_a_manual_clock_wakes_a_sleeper_at_its_deadline_and_not_before() {
        let start = "2026-01-01T00:00:00Z".parse().unwrap();
        let clock = std::sync::Arc::new(ManualClock::new(start));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(start + TimeDelta::days(7)).await;
                clock.now()
            }
        });
        clock.advance(TimeDelta::days(6));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(TimeDelta::days(1));
        assert_eq!(sleeper.await.unwrap(), start + TimeDelta::days(7));
    }

    #[tokio::test]
    async fn the_system_clock_does_not_wait_for_the_past() {
        let clock = SystemClock;
        clock.sleep_until(clock.now() - TimeDelta::days(1)).await;
    }
}
