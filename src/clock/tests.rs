//! What a clock shows, and when it wakes those who wait.

use std::sync::Arc;

use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a valid time")
}

fn start() -> DateTime<Utc> {
    time("2026-01-01T00:00:00Z")
}

/// Somebody who waits for a time, and tells what the clock showed on waking.
struct Sleeper(tokio::task::JoinHandle<DateTime<Utc>>);

impl Sleeper {
    /// Returns when the sleeper has looked at the clock and waits.
    async fn asleep(clock: &Arc<Clock>, deadline: DateTime<Utc>) -> Self {
        let clock = clock.clone();
        let sleeper = Self(tokio::spawn(async move {
            clock.sleep_until(deadline).await;
            clock.now()
        }));
        sleeper.assert_asleep().await;
        sleeper
    }

    /// Gives the sleeper its turn, in which it does not wake for good.
    async fn assert_asleep(&self) {
        tokio::task::yield_now().await;
        assert!(!self.0.is_finished());
    }

    async fn woke_at(self) -> DateTime<Utc> {
        self.0.await.expect("the sleeper wakes")
    }
}

#[tokio::test]
async fn advancing_a_frozen_clock_wakes_a_sleeper_at_its_deadline_and_not_before() {
    let clock = Arc::new(Clock::frozen_at(start()));
    let deadline = start() + TimeDelta::days(7);
    let sleeper = Sleeper::asleep(&clock, deadline).await;
    clock.advance(TimeDelta::days(6));
    sleeper.assert_asleep().await;
    clock.advance(TimeDelta::days(1));
    assert_eq!(sleeper.woke_at().await, deadline);
}

#[tokio::test]
async fn setting_a_running_clock_wakes_a_sleeper() {
    let clock = Arc::new(Clock::real());
    let deadline = clock.now() + TimeDelta::days(7);
    let sleeper = Sleeper::asleep(&clock, deadline).await;
    clock.set(deadline);
    assert!(sleeper.woke_at().await >= deadline);
}

#[tokio::test]
async fn a_sleeper_wakes_when_the_clock_runs_again() {
    let clock = Arc::new(Clock::frozen_at(start()));
    let deadline = start() + TimeDelta::milliseconds(2);
    let sleeper = Sleeper::asleep(&clock, deadline).await;
    clock.resume();
    assert!(sleeper.woke_at().await >= deadline);
}

#[tokio::test]
async fn a_sleeper_wakes_when_the_clock_is_sped_up() {
    let clock = Arc::new(Clock::real());
    let deadline = clock.now() + TimeDelta::days(365);
    let sleeper = Sleeper::asleep(&clock, deadline).await;
    clock.set_speed(Clock::MAX_SPEED);
    assert!(sleeper.woke_at().await >= deadline);
}

#[tokio::test]
async fn nobody_waits_for_the_past() {
    let clock = Clock::real();
    clock.sleep_until(clock.now() - TimeDelta::days(1)).await;
    clock.sleep_until(DateTime::<Utc>::MIN_UTC).await;
}

#[test]
fn an_untouched_clock_is_real_and_a_moved_one_is_not() {
    let clock = Clock::real();
    clock.resume();
    assert_eq!(clock.mode(), Mode::Real);
    clock.advance(TimeDelta::days(1));
    assert_eq!(clock.mode(), Mode::Shifted);
    clock.freeze();
    let stands = clock.now();
    clock.advance(TimeDelta::days(1));
    assert_eq!(clock.mode(), Mode::Frozen);
    assert_eq!(clock.now(), stands + TimeDelta::days(1));
    clock.set_speed(60.0);
    clock.set(start());
    assert_eq!(clock.mode(), Mode::Fast(60.0));
    assert!(clock.now() >= start());
    clock.resume();
    assert_eq!(clock.mode(), Mode::Shifted);
}

#[test]
fn a_speed_is_neither_none_nor_endless() {
    let clock = Clock::frozen_at(start());
    for (speed, mode) in [
        (f64::INFINITY, Mode::Fast(Clock::MAX_SPEED)),
        (0.0, Mode::Frozen),
        (-1.0, Mode::Frozen),
        (f64::NAN, Mode::Frozen),
        (0.5, Mode::Fast(0.5)),
    ] {
        clock.set_speed(speed);
        assert_eq!(clock.mode(), mode);
    }
}

#[test]
fn jumps_saturate_at_the_ends_of_time() {
    let (first, last) = (Clock::FIRST, Clock::LAST);
    let clock = Clock::frozen_at(start());
    clock.advance(TimeDelta::MAX);
    assert_eq!(clock.now(), last);
    clock.set_speed(Clock::MAX_SPEED);
    assert_eq!(clock.now(), last);
    clock.advance(TimeDelta::days(1));
    assert_eq!(clock.now(), last);
    clock.freeze();
    clock.advance(TimeDelta::MIN);
    clock.advance(TimeDelta::MIN);
    assert_eq!(clock.now(), first);
    clock.set(DateTime::<Utc>::MAX_UTC);
    assert_eq!(clock.now(), last);
    assert_eq!(first, time("0000-01-01T00:00:00Z"));
    assert_eq!(last, time("9999-12-31T23:59:59.999Z"));
}

#[test]
fn times_are_cut_to_milliseconds() {
    let fine = time("2026-01-01T00:00:00.123456789Z");
    let clock = Clock::frozen_at(fine);
    assert_eq!(clock.now(), time("2026-01-01T00:00:00.123Z"));
    clock.set(fine + TimeDelta::milliseconds(1));
    assert_eq!(clock.now(), time("2026-01-01T00:00:00.124Z"));
}

/// Hands that were touched at a real time of zero, when they showed [`start`].
fn hands(mode: Mode) -> Hands {
    Hands {
        mode,
        shown: start(),
        since: DateTime::<Utc>::UNIX_EPOCH,
    }
}

#[test]
fn what_a_clock_shows_follows_from_its_mode_and_real_time() {
    let real = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::microseconds(2_000_900);
    for (mode, shown) in [
        (Mode::Real, time("1970-01-01T00:00:02Z")),
        (Mode::Shifted, time("2026-01-01T00:00:02Z")),
        (Mode::Frozen, start()),
        (Mode::Fast(0.5), time("2026-01-01T00:00:01Z")),
        (Mode::Fast(3600.0), time("2026-01-01T02:00:03.240Z")),
        (Mode::Fast(86_400.0), time("2026-01-03T00:01:17.760Z")),
    ] {
        assert_eq!(hands(mode).at(real), shown, "{mode:?}");
    }
}

#[test]
fn a_machine_whose_clock_is_set_back_takes_a_running_clock_with_it_but_not_a_fast_one() {
    let real = DateTime::<Utc>::UNIX_EPOCH - TimeDelta::hours(1);
    assert_eq!(hands(Mode::Shifted).at(real), start() - TimeDelta::hours(1));
    assert_eq!(hands(Mode::Fast(60.0)).at(real), start());
}

#[test]
fn the_real_time_left_is_what_the_speed_makes_of_it() {
    let real = DateTime::<Utc>::UNIX_EPOCH;
    let hour = start() + TimeDelta::hours(1);
    for (mode, left) in [
        (Mode::Shifted, Duration::from_hours(1)),
        (Mode::Frozen, Duration::MAX),
        (Mode::Fast(0.5), Duration::from_hours(2)),
        (Mode::Fast(3600.0), Duration::from_secs(1)),
    ] {
        assert_eq!(hands(mode).left(hour, real), left, "{mode:?}");
        assert_eq!(hands(mode).left(start(), real), Duration::ZERO);
    }
    // A deadline that has not come is never said to be there.
    let soon = start() + TimeDelta::nanoseconds(1);
    assert!(
        !hands(Mode::Fast(Clock::MAX_SPEED))
            .left(soon, real)
            .is_zero()
    );
}
