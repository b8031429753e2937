//! Schedules that count from the last rotation: `AutomaticallyAfterDays`, `rate(N days)` and `rate(N hours)` (fact
//! sheet 5.3 and 5.4; AWS Secrets Manager User Guide, "Rate expressions").
//!
//! An interval in days opens its windows at 00:00 of a day. One in hours opens them on the hour; such a window ends with
//! its day even if its duration would go on, because a window does not go into the next UTC day.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};

use super::{Window, number};

/// The longest interval of an expression in days (fact sheet 5.3).
const LONGEST_DAYS: u16 = 999;
/// The shortest interval in hours (fact sheet 5.3).
const SHORTEST_HOURS: u16 = 4;

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    /// So many days, at least 1.
    Days(u16),
    /// So many hours, at least 4.
    Hours(u16),
}

impl Rate {
    /// `AutomaticallyAfterDays`: 1 to 1000 (fact sheet 5.3).
    pub(super) fn after_days(days: u16) -> Option<Self> {
        (1..=1000).contains(&days).then_some(Self::Days(days))
    }

    /// What stands in the brackets of `rate()`. The number and the unit need not agree in number. 999 days are the
    /// longest interval in either unit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.split_once(' ')?;
        let count = number(count)?;
        match unit {
            "day" | "days" => (1..=LONGEST_DAYS)
                .contains(&count)
                .then_some(Self::Days(count)),
            "hour" | "hours" => (SHORTEST_HOURS..=LONGEST_DAYS * 24)
                .contains(&count)
                .then_some(Self::Hours(count)),
            _ => None,
        }
    }

    /// A window may be as long as the interval, so that it ends when the next one opens.
    pub(super) fn has_room_for(self, hours: u8) -> bool {
        match self {
            Self::Days(_) => true,
            Self::Hours(interval) => u16::from(hours) <= interval,
        }
    }

    pub(super) fn days(self) -> u16 {
        match self {
            Self::Days(days) => days,
            Self::Hours(hours) => hours.div_ceil(24),
        }
    }

    pub(super) fn next_window(
        self,
        counted_from: DateTime<Utc>,
        now: DateTime<Utc>,
        duration: Option<u8>,
    ) -> Option<Window> {
        match self {
            Self::Days(interval) => next_day(interval, counted_from, now, duration),
            Self::Hours(interval) => next_hour(interval, counted_from, now, duration),
        }
    }
}

fn next_day(
    interval: u16,
    counted_from: DateTime<Utc>,
    now: DateTime<Utc>,
    duration: Option<u8>,
) -> Option<Window> {
    let interval = i64::from(interval);
    let from = counted_from.date_naive();
    let passed = (now.date_naive() - from).num_days() / interval;
    // The last day of the raster that is not after today, and the first one that is.
    [passed.max(1), passed.max(0) + 1]
        .into_iter()
        .find_map(|intervals| {
            let days = u64::try_from(intervals * interval).ok()?;
            usable_window(from.checked_add_days(Days::new(days))?, now, duration)
        })
}

/// The part after `now` of the window on this day, if there is one.
fn usable_window(day: NaiveDate, now: DateTime<Utc>, duration: Option<u8>) -> Option<Window> {
    let opens = day.and_time(NaiveTime::MIN).and_utc();
    let Window { start, end } = Window::of_hours_or_day(opens, duration)?;
    let start = start.max(now.checked_add_signed(TimeDelta::milliseconds(1))?);
    (start < end).then_some(Window { start, end })
}

fn next_hour(
    interval: u16,
    counted_from: DateTime<Utc>,
    now: DateTime<Utc>,
    duration: Option<u8>,
) -> Option<Window> {
    let interval = i64::from(interval);
    let from = counted_from
        .date_naive()
        .and_hms_opt(counted_from.hour(), 0, 0)?
        .and_utc();
    let passed = (now - from).num_hours() / interval;
    let opens = from.checked_add_signed(TimeDelta::try_hours((passed.max(0) + 1) * interval)?)?;
    let window = Window::of_hours(opens, duration.unwrap_or(1))?;
    let midnight = opens
        .date_naive()
        .succ_opt()?
        .and_time(NaiveTime::MIN)
        .and_utc();
    Some(Window {
        end: window.end.min(midnight),
        ..window
    })
}
