//! A time in an answer.

use std::io::Write as _;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Serialize, Serializer};

/// A time: seconds since 1970 as a number, with milliseconds if there are any (fact sheet 1.2).
#[derive(Debug, Clone, Copy)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// The first instant of a day.
    pub fn of_day(day: NaiveDate) -> Self {
        Self(day.and_time(NaiveTime::MIN).and_utc())
    }

    /// What serde would write, by fewer steps than a number with any fraction takes.
    #[inline]
    pub fn written(self) -> Written {
        // As a whole: a leap second has more than a thousand milliseconds.
        let millis = self.0.timestamp_millis();
        if !(1_000_000_000_000..10_000_000_000_000).contains(&millis) {
            return written_by_fmt(millis);
        }
        let (seconds, fraction) = (millis.unsigned_abs() / 1000, parts_of_second(millis));
        // It is never read from memory right after each digit was written there, which a processor has to wait for.
        let text = ZEROS | ten_digits(seconds) | (three_digits(fraction) << 88);
        Written {
            text: text.to_le_bytes(),
            length: 14 - superfluous(fraction),
        }
    }
}

/// A time as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// All times of the years before 33,000 have room in it, with those before 1970 back to the year 0.
    text: [u8; 16],
    length: usize,
}

impl Written {
    /// Writes it.
    #[inline]
    pub fn write(&self, body: &mut Vec<u8>) {
        body.extend_from_slice(&self.text);
        body.truncate(body.len() - self.text.len() + self.length);
    }
}

/// The text of which digits make a time, and two bytes more.
const ZEROS: u128 = u128::from_le_bytes(*b"0000000000.000  ");

/// The last three digits.
fn parts_of_second(millis: i64) -> u32 {
    (millis.unsigned_abs() % 1000) as u32
}

/// How many characters of a second's three digits and the point before them are left away.
fn superfluous(fraction: u32) -> usize {
    let one_if = usize::from;
    one_if(fraction.is_multiple_of(10))
        + one_if(fraction.is_multiple_of(100))
        + 2 * one_if(fraction == 0)
}

fn written_by_fmt(millis: i64) -> Written {
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, fraction) = (millis.unsigned_abs() / 1000, parts_of_second(millis));
    let mut text = [0; 16];
    let mut room = &mut text[..];
    // There is room.
    let _ = write!(room, "{sign}{seconds}.{fraction:03}");
    let left = room.len();
    Written {
        text,
        length: text.len() - left - superfluous(fraction),
    }
}

/// The digits of a number of three, each a byte; the first one is the lowest byte.
fn three_digits(number: u32) -> u128 {
    ((number / 100) | ((number / 10 % 10) << 8) | ((number % 10) << 16)).into()
}

/// The digits of a number of ten, as nearly all times have them. Eight of them are found by dividing a word's lanes.
fn ten_digits(number: u64) -> u128 {
    let two = number / 100_000_000;
    let eight = number % 100_000_000;
    // A product and a shift divide by 100, and by 10.
    let fours = (eight / 10_000) | ((eight % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | ((twos - tens * 10) << 8);
    (u128::from(digits) << 16) | u128::from((two / 10) | ((two % 10) << 8))
}

impl Serialize for Timestamp {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds fit into 53 bits for many millennia"
    )]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.timestamp_millis();
        if millis % 1000 == 0 {
            serializer.serialize_i64(millis / 1000)
        } else {
            serializer.serialize_f64(millis as f64 / 1000.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;

    #[track_caller]
    fn check(time: DateTime<Utc>) {
        let mut body = b"before".to_vec();
        Timestamp(time).written().write(&mut body);
        let mut expected = b"before".to_vec();
        expected.extend(sonic_rs::to_vec(&Timestamp(time)).unwrap());
        assert_eq!(body, expected, "{time}");
    }

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    fn of_any_clock() -> impl Strategy<Value = i64> {
        prop_oneof![
            1_000_000_000_000..10_000_000_000_000_i64,
            Clock::FIRST.timestamp_millis()..=Clock::LAST.timestamp_millis(),
        ]
    }

    proptest! {
        #[test]
        fn a_time_is_written_as_serde_writes_it(millis in of_any_clock()) {
            for unit in [1, 10, 100, 1000] {
                check(at(millis / unit * unit));
            }
        }
    }

    #[test]
    fn times_at_the_edges_are_written_as_serde_writes_them() {
        for edge in [0, 1_000_000_000_000, 10_000_000_000_000] {
            for millis in -2000..=2000 {
                check(at(edge + millis));
            }
        }
        check(Clock::FIRST);
        check(Clock::LAST);
    }

    /// A document may have one, and its milliseconds are counted on.
    #[test]
    fn a_leap_second_is_a_number_too() {
        for time in ["2026-12-31T23:59:60Z", "2026-12-31T23:59:60.987Z"] {
            check(time.parse().unwrap());
        }
    }
}
