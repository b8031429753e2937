//! Time as a collaborator: what time it is, waiting for a time, and setting the time.
//!
//! Everything that asks for the time asks the one [`Clock`], so a test, or whoever uses the emulator, can stand at any
//! instant and move from one to the next. Times have millisecond precision, because that is what AWS's answers carry.
//! What falls due while the clock moves is not known here.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::sync::watch;

/// A future that ends when a clock has reached a time.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The longest single wait: a machine that was asleep, or whose clock was set, is noticed within this time.
const LONGEST_NAP: Duration = Duration::from_mins(1);

/// Tells the time and waits for it. It follows real time or stands still, runs at any speed, and can be put anywhere; any
/// such change wakes those who wait, so that they look again.
#[derive(Debug)]
pub struct Clock {
    hands: watch::Sender<Hands>,
}

/// How a clock runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// It shows real time: it was never touched.
    Real,
    /// It runs as fast as real time, and was touched: it may show another time.
    Shifted,
    /// It stands still.
    Frozen,
    /// It runs this many times as fast as real time.
    Fast(f64),
}

impl Mode {
    /// The mode after the clock was put elsewhere.
    fn touched(self) -> Self {
        match self {
            Self::Real => Self::Shifted,
            other => other,
        }
    }

    /// How many seconds the clock runs in one second of real time.
    pub fn speed(self) -> f64 {
        match self {
            Self::Real | Self::Shifted => 1.0,
            Self::Frozen => 0.0,
            Self::Fast(speed) => speed,
        }
    }
}

impl Clock {
    /// The first time that a clock can show: with it and [`LAST`](Self::LAST), a year always has four digits.
    pub const FIRST: DateTime<Utc> = match DateTime::from_timestamp_millis(-62_167_219_200_000) {
        Some(time) => time,
        None => DateTime::<Utc>::MIN_UTC,
    };

    /// The last time that a clock can show: the end of the year 9999.
    pub const LAST: DateTime<Utc> = match DateTime::from_timestamp_millis(253_402_300_799_999) {
        Some(time) => time,
        None => DateTime::<Utc>::MAX_UTC,
    };

    /// The highest speed: a day in less than a tenth of a millisecond.
    pub const MAX_SPEED: f64 = 1e9;

    /// A clock that shows real time until it is touched.
    pub fn real() -> Self {
        let now = real_time();
        Self::of(Mode::Real, now, now)
    }

    /// A clock that stands still at `start`.
    pub fn frozen_at(start: DateTime<Utc>) -> Self {
        Self::of(Mode::Frozen, within_bounds(start), real_time())
    }

    fn of(mode: Mode, shown: DateTime<Utc>, since: DateTime<Utc>) -> Self {
        Self {
            hands: watch::Sender::new(Hands { mode, shown, since }),
        }
    }

    /// The current time, cut to whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        self.hands.borrow().at(real_time())
    }

    /// How the clock runs.
    pub fn mode(&self) -> Mode {
        self.hands.borrow().mode
    }

    /// Returns once [`now`](Self::now) is at or after `deadline`.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that waits on the runtime"
    )]
    pub fn sleep_until(&self, deadline: DateTime<Utc>) -> Waiting<'_> {
        let mut hands = self.hands.subscribe();
        Box::pin(async move {
            loop {
                let left = hands.borrow_and_update().left(deadline, real_time());
                if left.is_zero() {
                    return;
                }
                // The sender lives as long as `self`, so the hands cannot be gone.
                tokio::select! {
                    () = tokio::time::sleep(left.min(LONGEST_NAP)) => {}
                    _ = hands.changed() => {}
                }
            }
        })
    }

    /// Moves the clock by `by`, forward or back, but not beyond its first and last time. It stands or runs on as before.
    pub fn advance(&self, by: TimeDelta) {
        self.change(|now, mode| (saturating_add(now, by), mode.touched()));
    }

    /// Puts the clock at `time`, or as near as it gets. It stands or runs on as before.
    pub fn set(&self, time: DateTime<Utc>) {
        self.change(|_, mode| (within_bounds(time), mode.touched()));
    }

    /// Lets the clock stand still.
    pub fn freeze(&self) {
        self.change(|now, _| (now, Mode::Frozen));
    }

    /// Lets the clock run at `speed` times real time, from where it stands; at [`MAX_SPEED`](Self::MAX_SPEED) if that is
    /// less. A speed that is not above zero is none: the clock stands still.
    pub fn set_speed(&self, speed: f64) {
        let mode = if speed > 0.0 {
            Mode::Fast(speed.min(Self::MAX_SPEED))
        } else {
            Mode::Frozen
        };
        self.change(|now, _| (now, mode));
    }

    /// Lets the clock run as fast as real time, from where it stands.
    pub fn resume(&self) {
        self.change(|now, mode| {
            let untouched = mode == Mode::Real;
            (now, if untouched { mode } else { Mode::Shifted })
        });
    }

    /// Where the clock stands and how it runs, to be put back later.
    pub(crate) fn hands(&self) -> Hands {
        let mut hands = *self.hands.borrow();
        let now = real_time();
        (hands.shown, hands.since) = (hands.at(now), now);
        hands
    }

    /// Puts the clock where it stood, and lets it run on from there as it did. A clock that was never touched then shows real
    /// time again.
    pub(crate) fn restore(&self, hands: Hands) {
        self.change(|_, _| (hands.shown, hands.mode));
    }

    /// Gives the clock another time or mode, and wakes those who wait.
    fn change(&self, to: impl FnOnce(DateTime<Utc>, Mode) -> (DateTime<Utc>, Mode)) {
        self.hands.send_modify(|hands| {
            let since = real_time();
            let (shown, mode) = to(hands.at(since), hands.mode);
            *hands = Hands { mode, shown, since };
        });
    }
}

/// Where a clock stands and how it runs: what it shows follows from this and real time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hands {
    mode: Mode,
    /// What it showed when it was touched last.
    shown: DateTime<Utc>,
    /// The real time at which that was.
    since: DateTime<Utc>,
}

impl Hands {
    /// What the clock shows at a real time, cut to whole milliseconds.
    fn at(&self, real: DateTime<Utc>) -> DateTime<Utc> {
        let passed = real - self.since;
        let shown = match self.mode {
            Mode::Real => real,
            Mode::Shifted => saturating_add(self.shown, passed),
            Mode::Frozen => self.shown,
            Mode::Fast(speed) => {
                // The machine's clock may be set back; this one stands still then.
                let passed = passed.to_std().unwrap_or_default().as_secs_f64() * speed;
                saturating_add(self.shown, delta_of_seconds(passed))
            }
        };
        within_bounds(shown)
    }

    /// How much real time is left until the clock shows `deadline`, if nobody touches it: zero if it does already, and
    /// very long if it never will.
    fn left(&self, deadline: DateTime<Utc>, real: DateTime<Utc>) -> Duration {
        let left = (deadline - self.at(real)).to_std().unwrap_or_default();
        if left.is_zero() {
            return Duration::ZERO;
        }
        let left = left.as_secs_f64() / self.mode.speed();
        // Not zero, however fast the clock runs, since the deadline has not come.
        Duration::try_from_secs_f64(left)
            .unwrap_or(Duration::MAX)
            .max(Duration::from_nanos(1))
    }
}

fn delta_of_seconds(seconds: f64) -> TimeDelta {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|duration| TimeDelta::from_std(duration).ok())
        .unwrap_or(TimeDelta::MAX)
}

/// Adds, but not beyond the times that there are.
fn saturating_add(time: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    let limit = if by < TimeDelta::zero() {
        Clock::FIRST
    } else {
        Clock::LAST
    };
    within_bounds(time.checked_add_signed(by).unwrap_or(limit))
}

/// A time that a clock can show, cut to whole milliseconds.
fn within_bounds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.clamp(Clock::FIRST, Clock::LAST).trunc_subsecs(3)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the system clock"
)]
fn real_time() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests;
