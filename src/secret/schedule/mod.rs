//! When a secret is due for rotation: a caller's rules as a schedule, and the windows that it opens (fact sheet 5.3 and
//! 5.4; AWS Secrets Manager User Guide, "Rotation schedules").
//!
//! There are two kinds. An interval (`rate`) counts from the last rotation; a calendar (`cron`) does not. All of it
//! is in UTC. A window that the rules leave open ends with its day, at 23:59:59, or after an hour if the schedule is one
//! in hours. A `Duration` of 24 hours ends at 00:00 of the next day.
//!
//! Where the sources are silent, an expression is refused: one that passes here shall pass at AWS. The exceptions are
//! `rate(1 days)` and `rate(2 day)`, and leading zeros.

mod cron;
mod field;
mod rate;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

use self::cron::Cron;
use self::rate::Rate;

/// Characters of a `ScheduleExpression` (AWS's service model, `ScheduleExpressionType`).
const EXPRESSION_LENGTH: usize = 256;
/// Characters of a `Duration` (AWS's service model, `DurationType`).
const DURATION_LENGTH: usize = 3;

/// `RotationRules` as a caller gave them (fact sheet 5.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// `AutomaticallyAfterDays`.
    pub after_days: Option<u16>,
    /// `Duration`: how long a window is, `3h` for example.
    pub duration: Option<Box<str>>,
    /// `ScheduleExpression`: `rate(...)` or `cron(...)`.
    pub expression: Option<Box<str>>,
}

/// Why rules are no schedule (fact sheet 5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Days and an expression exclude each other.
    #[error("both a number of days and an expression are given")]
    Both,
    /// A number out of range, an expression or a duration that cannot be read, or a window that would be too long.
    #[error("the rotation rules are not a schedule")]
    Invalid,
}

/// The time in which a rotation is to happen (fact sheet 5.3: at any time inside the window).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it opens. The emulator rotates at this moment.
    pub start: DateTime<Utc>,
    /// When it closes: what `NextRotationDate` shows (fact sheet 5.4).
    pub end: DateTime<Utc>,
}

impl Window {
    /// A window of so many hours.
    fn of_hours(start: DateTime<Utc>, hours: u8) -> Option<Self> {
        let end = start.checked_add_signed(TimeDelta::hours(hours.into()))?;
        Some(Self { start, end })
    }

    /// A window of so many hours, or to the end of the day it opens on.
    fn of_hours_or_day(start: DateTime<Utc>, hours: Option<u8>) -> Option<Self> {
        if let Some(hours) = hours {
            return Self::of_hours(start, hours);
        }
        let end = start.date_naive().and_hms_opt(23, 59, 59)?.and_utc();
        Some(Self { start, end })
    }
}

/// Rules that hold together (fact sheet 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    rule: Rule,
    /// Length of a window in hours, where the caller set it.
    duration: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Rate(Rate),
    Cron(Cron),
}

impl Schedule {
    /// Reads and checks rules (fact sheet 5.3). `None` if they set nothing. A duration alone is refused, since nothing
    /// says when its window would open.
    pub fn parse(rules: &Rules) -> Result<Option<Self>, ScheduleError> {
        let rule = match (rules.after_days, rules.expression.as_deref()) {
            (Some(_), Some(_)) => return Err(ScheduleError::Both),
            (None, None) if rules.duration.is_none() => return Ok(None),
            (None, None) => None,
            (Some(days), None) => Rate::after_days(days).map(Rule::Rate),
            (None, Some(expression)) => Rule::parse(expression),
        };
        let rule = rule.ok_or(ScheduleError::Invalid)?;
        let duration = match rules.duration.as_deref() {
            Some(text) => Some(hours(text).ok_or(ScheduleError::Invalid)?),
            None => None,
        };
        if duration.is_some_and(|hours| !rule.has_room_for(hours)) {
            return Err(ScheduleError::Invalid);
        }
        Ok(Some(Self { rule, duration }))
    }

    /// The first window that opens after `now`.
    ///
    /// `AutomaticallyAfterDays` and `rate()` count from `counted_from`: the last rotation, or the time the schedule was
    /// set if there was none. Where that window has passed unused, the next one that is a whole number of intervals
    /// away is answered. A window of an interval in days that is open at `now` can still be used and is answered with a
    /// start just after `now`; so whoever has given up on a window counts from it. `cron()` does not look at
    /// `counted_from`, and knows no window after the year 4999.
    pub fn next_window(&self, counted_from: DateTime<Utc>, now: DateTime<Utc>) -> Option<Window> {
        match &self.rule {
            Rule::Rate(rate) => rate.next_window(counted_from, now, self.duration),
            Rule::Cron(cron) => cron.next_window(now, self.duration),
        }
    }

    /// The days from one window to the next, rounded up: the `AutomaticallyAfterDays` that DescribeSecret computes for
    /// an expression (fact sheet 5.4). Where a calendar's windows lie unevenly it is the longest distance, so that the
    /// number tells how old a value can become, and is the same at every look.
    pub fn days(&self) -> u16 {
        match &self.rule {
            Rule::Rate(rate) => rate.days(),
            Rule::Cron(cron) => cron.days(),
        }
    }
}

impl Rule {
    fn parse(expression: &str) -> Option<Self> {
        if expression.len() > EXPRESSION_LENGTH {
            return None;
        }
        let (kind, rest) = expression.split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        match kind {
            "rate" => Rate::parse(inside).map(Self::Rate),
            "cron" => Cron::parse(inside).map(Self::Cron),
            _ => None,
        }
    }

    /// Does a window of so many hours end before the next one opens, and with its day?
    fn has_room_for(&self, hours: u8) -> bool {
        match self {
            Self::Rate(rate) => rate.has_room_for(hours),
            Self::Cron(cron) => cron.has_room_for(hours),
        }
    }
}

/// Reads a `Duration`: `[0-9]+h`, 1 to 24 hours.
fn hours(text: &str) -> Option<u8> {
    if text.len() > DURATION_LENGTH {
        return None;
    }
    let hours = number(text.strip_suffix('h')?)?;
    let hours = u8::try_from(hours).ok()?;
    (1..=24).contains(&hours).then_some(hours)
}

/// Reads a number written in digits and nothing else.
fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}
