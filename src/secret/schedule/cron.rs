//! Schedules by the calendar: `cron(...)` in Secrets Manager's dialect (fact sheet 5.3; AWS Secrets Manager User Guide,
//! "Cron expressions").
//!
//! The calendar is the crate `croner`'s. It takes far more than the dialect has, and understands some of it in another way
//! (weekdays from 0, an empty item of a list), so the fields are read here and given to it as plain lists of numbers, `L`
//! and `#`.
//!
//! What the dialect is taken to be, field by field:
//!
//! - Minutes are `0`, the year is `*`, and exactly one of the day fields is `?`.
//! - Hours are one hour, or an increment of four hours or more: a secret is rotated every four hours at most. An increment
//!   begins anew each day, so the last window of a day may lie closer to the next day's first one.
//! - The other fields are `*` or a list of values, ranges and increments. An increment begins at the value before the `/`,
//!   or at the first one if there is none or a `*`. A range does not wrap.
//! - `L` is the last day of the month or the last day of the week, which is Saturday. `SUNL` is the last Sunday of the
//!   month, in either day field. `TUE#3` is the third Tuesday. Each of them stands alone.
//! - Names are in capitals.
//!
//! An expression that leaves out a year (the 29th of February, a fifth Sunday in June) is refused like one that never fires:
//! rotations are not more than a year apart.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use super::Window;
use super::field::{DAYS, HOURS, MONTHS, WEEKDAYS};

/// A secret is rotated every so many hours at most.
const SHORTEST_HOURS: u8 = 4;
/// 53 weeks lie between the first Mondays of some Januaries. A schedule that leaves out a year has a longer gap.
const LONGEST_YEAR: i64 = 371;

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    /// Shared, because it is some kilobytes and secrets are copied.
    calendar: Arc<croner::Cron>,
    /// The hours on which windows open, in order.
    hours: Box<[u8]>,
    /// The longest time from one day with a window to the next.
    days: u16,
}

impl Cron {
    /// What stands in the brackets of `cron()`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<_> = text.split(' ').collect();
        let ["0", hours, day_of_month, month, day_of_week, "*"] = fields[..] else {
            return None;
        };
        let hours = hours_of_day(hours)?;
        let month = if month == "*" {
            month.to_owned()
        } else {
            listed(MONTHS.list(month)?)
        };
        let (day_of_month, day_of_week) = match (day_of_month, day_of_week) {
            ("?", day_of_week) => ("*".to_owned(), self::day_of_week(day_of_week)?),
            (day_of_month, "?") => self::day_of_month(day_of_month)?,
            _ => return None,
        };
        let pattern = format!(
            "0 {} {day_of_month} {month} {day_of_week}",
            listed(hours.iter().copied())
        );
        let calendar: croner::Cron = pattern.parse().ok()?;
        Some(Self {
            days: longest_gap(&calendar, *hours.first()?)?,
            calendar: Arc::new(calendar),
            hours: hours.into(),
        })
    }

    /// A window ends when the next one of its day opens, or with the day.
    pub(super) fn has_room_for(&self, hours: u8) -> bool {
        let next = self.hours.iter().skip(1).copied().chain([24]);
        self.hours
            .iter()
            .zip(next)
            .all(|(opens, next)| opens + hours <= next)
    }

    pub(super) fn days(&self) -> u16 {
        self.days
    }

    pub(super) fn next_window(&self, now: DateTime<Utc>, duration: Option<u8>) -> Option<Window> {
        let opens = self.calendar.find_next_occurrence(&now, false).ok()?;
        let in_hours = self.hours.len() > 1;
        Window::of_hours_or_day(opens, duration.or(in_hours.then_some(1)))
    }
}

fn hours_of_day(text: &str) -> Option<Vec<u8>> {
    if let Some(hour) = HOURS.value(text) {
        return Some(vec![hour]);
    }
    Some(HOURS.increment(text, SHORTEST_HOURS)?.collect())
}

/// The day of the month, as `croner`'s two fields for days.
fn day_of_month(text: &str) -> Option<(String, String)> {
    let every = || "*".to_owned();
    if text == "*" || text == "L" {
        return Some((text.to_owned(), every()));
    }
    if let Some(day) = text.strip_suffix('L') {
        return Some((every(), last_of_month(WEEKDAYS.named(day)?)));
    }
    Some((listed(DAYS.list(text)?), every()))
}

/// The day of the week, as `croner`'s field for it.
fn day_of_week(text: &str) -> Option<String> {
    if text == "*" {
        return Some(text.to_owned());
    }
    if text == "L" {
        return Some(from_sunday(WEEKDAYS.named("SAT")?).to_string());
    }
    if let Some(day) = text.strip_suffix('L') {
        return Some(last_of_month(WEEKDAYS.value(day)?));
    }
    if let Some((day, nth @ ("1" | "2" | "3" | "4" | "5"))) = text.split_once('#') {
        return Some(format!("{}#{nth}", from_sunday(WEEKDAYS.value(day)?)));
    }
    Some(listed(WEEKDAYS.list(text)?.into_iter().map(from_sunday)))
}

/// Weekdays are counted from 1 in the dialect, and from 0 by `croner`.
fn from_sunday(weekday: u8) -> u8 {
    weekday - 1
}

fn last_of_month(weekday: u8) -> String {
    format!("{}#L", from_sunday(weekday))
}

/// The days from one day with a window to the next, at the longest. `None` if there is a year without any.
///
/// Which days of a year have windows depends on the weekday it begins with and on whether it is a leap year. All that
/// occurs in 28 years, and with one more the changes from each year to the next do, too.
fn longest_gap(calendar: &croner::Cron, hour: u8) -> Option<u16> {
    let opens = NaiveTime::from_hms_opt(hour.into(), 0, 0)?;
    let has_window = |day: &NaiveDate| {
        calendar
            .is_time_matching(&day.and_time(opens))
            .unwrap_or(false)
    };
    let days = NaiveDate::from_ymd_opt(2001, 1, 1)?
        .iter_days()
        .take_while(|day| day.year() < 2001 + 28 + 1);
    let mut longest = 0;
    let mut previous = None;
    for day in days.filter(has_window) {
        if let Some(previous) = previous.replace(day) {
            longest = longest.max((day - previous).num_days());
        }
        if longest > LONGEST_YEAR {
            return None;
        }
    }
    u16::try_from(longest).ok().filter(|days| *days > 0)
}

/// Numbers as `croner` reads them.
fn listed(values: impl IntoIterator<Item = u8>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
    values.join(",")
}
