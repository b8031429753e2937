//! Lengths of time as people write them: `31d`, `90m`, `1d12h`.

use chrono::TimeDelta;

/// Reads a sum of weeks, days, hours, minutes and seconds. `None` if it is not one, or too long to count.
pub(super) fn parse(text: &str) -> Option<TimeDelta> {
    let mut sum = TimeDelta::zero();
    let mut rest = text;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let mut tail = tail.chars();
        let seconds = match tail.next()? {
            'w' => 7 * 24 * 60 * 60,
            'd' => 24 * 60 * 60,
            'h' => 60 * 60,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let seconds = number.parse::<i64>().ok()?.checked_mul(seconds)?;
        sum = sum.checked_add(&TimeDelta::try_seconds(seconds)?)?;
        rest = tail.as_str();
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_numbers_with_units() {
        for (text, duration) in [
            ("31d", TimeDelta::days(31)),
            ("90m", TimeDelta::minutes(90)),
            ("12h", TimeDelta::hours(12)),
            ("45s", TimeDelta::seconds(45)),
            ("2w", TimeDelta::days(14)),
            ("1d12h", TimeDelta::hours(36)),
            ("1w1d1h1m1s", TimeDelta::seconds(694_861)),
            ("0s", TimeDelta::zero()),
        ] {
            assert_eq!(parse(text), Some(duration), "{text}");
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "31",
            "d",
            "1 d",
            "-1d",
            "+1d",
            "1.5h",
            "1y",
            "1D",
            "1ä",
            "d1",
            "1d12",
            "99999999999999999999d",
            "9223372036854775807w",
            "9223372036854775s1s",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
