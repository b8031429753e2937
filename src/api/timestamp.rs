//! A time in an answer.

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

    /// Writes what serde would write, by fewer steps than a number with any fraction takes.
    pub fn write(self, body: &mut Vec<u8>) {
        let seconds = self.0.timestamp();
        let fraction = if let 1_000_000_000..10_000_000_000 = seconds {
            write_ten_digits(seconds.cast_unsigned(), body);
            self.0.timestamp_subsec_millis()
        } else {
            let millis = self.0.timestamp_millis();
            if millis < 0 {
                body.push(b'-');
            }
            let seconds = millis.unsigned_abs() / 1000;
            body.extend_from_slice(itoa::Buffer::new().format(seconds).as_bytes());
            (millis.unsigned_abs() % 1000) as u32
        };
        let digit = |unit: u32| b'0' + (fraction / unit % 10) as u8;
        body.extend_from_slice(&[b'.', digit(100), digit(10), digit(1)]);
        let too_many = match fraction {
            0 => 4,
            _ if fraction.is_multiple_of(100) => 2,
            _ if fraction.is_multiple_of(10) => 1,
            _ => 0,
        };
        body.truncate(body.len() - too_many);
    }
}

/// Writes a number of ten digits, as nearly all times have them. Eight of them are found by dividing a word's lanes, and are never
/// read from memory right after each was written there, which a processor has to wait for.
fn write_ten_digits(number: u64, body: &mut Vec<u8>) {
    let two = (number / 100_000_000 % 100) as u8;
    let eight = number % 100_000_000;
    // The digits that come first stand in the lowest lanes. A product and a shift divide by 100, and by 10.
    let fours = (eight / 10_000) | ((eight % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | ((twos - tens * 10) << 8);
    body.extend_from_slice(&[b'0' + two / 10, b'0' + two % 10]);
    body.extend_from_slice(&(digits | u64::from_ne_bytes([b'0'; 8])).to_le_bytes());
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
                time.write(&mut body);
                prop_assert_eq!(body, sonic_rs::to_vec(&time).unwrap());
            }
        }
    }
}
