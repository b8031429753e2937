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
    pub fn text(self) -> Text {
        let seconds = self.0.timestamp();
        let millis = self.0.timestamp_subsec_millis();
        if (1_000_000_000..10_000_000_000).contains(&seconds) {
            // It is one word, and is never read from memory right after each digit was written there, which a processor has to wait
            // for.
            let fraction = three_digits(millis) << 88;
            let text = ZEROS | ten_digits(seconds.cast_unsigned()) | fraction;
            Text {
                text: text.to_le_bytes(),
                length: 14 - superfluous(millis),
            }
        } else {
            any_text(self.0.timestamp_millis())
        }
    }
}

/// A time as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// All times that a clock can show have room in it.
    text: [u8; 16],
    length: usize,
}

impl Text {
    /// Writes it.
    #[inline]
    pub fn write(&self, body: &mut Vec<u8>) {
        body.extend_from_slice(&self.text);
        body.truncate(body.len() - self.text.len() + self.length);
    }
}

/// The text of which digits make a time, and two bytes more.
const ZEROS: u128 = u128::from_le_bytes(*b"0000000000.000  ");

/// How many characters of a second's three digits and the point before them are left away.
fn superfluous(millis: u32) -> usize {
    let times = usize::from;
    times(millis.is_multiple_of(10)) + times(millis.is_multiple_of(100)) + 2 * times(millis == 0)
}

fn any_text(millis: i64) -> Text {
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, fraction) = (
        millis.unsigned_abs() / 1000,
        (millis.unsigned_abs() % 1000) as u32,
    );
    let mut text = [0; 16];
    let mut room = &mut text[..];
    // There is room.
    let _ = write!(room, "{sign}{seconds}.{fraction:03}");
    let left = room.len();
    Text {
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

    proptest! {
        #[test]
        fn a_time_is_written_as_serde_writes_it(
            millis in Clock::FIRST.timestamp_millis()..=Clock::LAST.timestamp_millis(),
        ) {
            for millis in [millis, millis / 10 * 10, millis / 100 * 100, millis / 1000 * 1000, millis % 2000] {
                let time = Timestamp(DateTime::from_timestamp_millis(millis).unwrap());
                let mut body = Vec::new();
                time.text().write(&mut body);
                prop_assert_eq!(body, sonic_rs::to_vec(&time).unwrap());
            }
        }
    }
}
