//! One field of a `cron()` expression: numbers and names, ranges, increments, and lists of them (fact sheet 5.3).

use std::collections::BTreeSet;
use std::iter::StepBy;
use std::ops::RangeInclusive;

use super::number;

pub(super) const HOURS: Field = Field {
    first: 0,
    last: 23,
    names: &[],
};
pub(super) const DAYS: Field = Field {
    first: 1,
    last: 31,
    names: &[],
};
pub(super) const MONTHS: Field = Field {
    first: 1,
    last: 12,
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
};
pub(super) const WEEKDAYS: Field = Field {
    first: 1,
    last: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

/// What may stand in a field.
pub(super) struct Field {
    first: u8,
    last: u8,
    /// Names of the values, from the first one on.
    names: &'static [&'static str],
}

impl Field {
    /// A value by its number or its name.
    pub(super) fn value(&self, text: &str) -> Option<u8> {
        self.named(text).or_else(|| self.numbered(text))
    }

    /// A value by its name.
    pub(super) fn named(&self, text: &str) -> Option<u8> {
        (self.first..)
            .zip(self.names)
            .find_map(|(value, name)| (*name == text).then_some(value))
    }

    fn numbered(&self, text: &str) -> Option<u8> {
        let value = u8::try_from(number(text)?).ok()?;
        (self.first..=self.last).contains(&value).then_some(value)
    }

    /// Values, ranges and increments with commas between them.
    pub(super) fn list(&self, text: &str) -> Option<BTreeSet<u8>> {
        let mut values = BTreeSet::new();
        for item in text.split(',') {
            if item.contains('/') {
                values.extend(self.increment(item, 1)?);
            } else {
                values.extend(self.range(item)?);
            }
        }
        Some(values)
    }

    /// `from-to`, or one value.
    fn range(&self, text: &str) -> Option<RangeInclusive<u8>> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let range = self.value(from)?..=self.value(to)?;
        (!range.is_empty()).then_some(range)
    }

    /// `from/step`, `/step` or `*/step`, to the end of the field.
    pub(super) fn increment(&self, text: &str, shortest: u8) -> Option<StepBy<RangeInclusive<u8>>> {
        let (from, step) = text.split_once('/')?;
        let from = match from {
            "" | "*" => self.first,
            from => self.value(from)?,
        };
        let step = number(step)?;
        let allowed = u16::from(shortest)..=u16::from(self.last);
        allowed
            .contains(&step)
            .then(|| (from..=self.last).step_by(step.into()))
    }
}
