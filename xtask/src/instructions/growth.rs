//! Whether a subject takes more instructions than before, and which functions do.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use super::figures::Figure;

/// More than this many percent are worse.
const TOLERANCE: f64 = 5.0;
/// How many functions are named.
const NAMED: usize = 5;

/// How a subject's instructions changed.
#[derive(Debug)]
pub(super) struct Change {
    percent: f64,
}

impl Change {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts are far smaller than what a float holds exactly"
    )]
    pub(super) fn between(before: &Figure, now: &Figure) -> Self {
        let (before, now) = (before.instructions as f64, now.instructions as f64);
        Self {
            percent: (now - before) * 100.0 / before,
        }
    }

    pub(super) fn is_worse(&self) -> bool {
        self.percent > TOLERANCE
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>+8.2} %", self.percent)?;
        if self.is_worse() {
            f.write_str("  WORSE")?;
        } else if self.percent < -TOLERANCE {
            f.write_str("  better: record the new figures, so that it stays so")?;
        }
        Ok(())
    }
}

/// A function that takes more than before.
struct Grown<'a> {
    name: &'a str,
    /// None if it was too small to be kept.
    before: Option<u64>,
    now: u64,
    /// By at least this much.
    by: u64,
}

/// Which functions take more instructions than before, one in a line.
pub(super) fn grown(before: &Figure, now: &Figure) -> Vec<String> {
    let mut alone = growths(&before.alone, before.smallest_alone(), &now.alone);
    alone.sort_by_key(|function| Reverse(function.by));
    // All that call the culprit have grown by as much. The smallest of them is the nearest to it.
    let half = now.instructions.saturating_sub(before.instructions) / 2;
    let smallest = before.smallest_with_callees();
    let mut with_callees = growths(&before.with_callees, smallest, &now.with_callees);
    with_callees.retain(|function| function.by >= half);
    with_callees.sort_by_key(|function| function.now);
    let alone = alone.iter().map(|function| line("alone", function));
    let with_callees = with_callees
        .iter()
        .map(|function| line("with what it calls", function));
    alone.take(NAMED).chain(with_callees.take(NAMED)).collect()
}

/// Functions that take more than before. What is not kept took at most `smallest`.
fn growths<'a>(
    before: &BTreeMap<String, u64>,
    smallest: u64,
    now: &'a BTreeMap<String, u64>,
) -> Vec<Grown<'a>> {
    now.iter()
        .map(|(name, now)| {
            let before = before.get(name).copied();
            Grown {
                name,
                before,
                now: *now,
                by: now.saturating_sub(before.unwrap_or(smallest)),
            }
        })
        .filter(|function| function.by > 0)
        .collect()
}

fn line(how: &str, function: &Grown<'_>) -> String {
    let Grown {
        name,
        before,
        now,
        by,
    } = function;
    let before = before.map_or("little".to_owned(), |before| before.to_string());
    format!("    +{by:<8} {how}: {name} ({before} -> {now})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(instructions: u64, alone: &[(&str, u64)], with_callees: &[(&str, u64)]) -> Figure {
        let map = |costs: &[(&str, u64)]| {
            let costs = costs.iter().map(|(name, cost)| ((*name).to_owned(), *cost));
            costs.collect()
        };
        Figure {
            instructions,
            alone: map(alone),
            with_callees: map(with_callees),
        }
    }

    #[test]
    fn more_than_five_percent_are_worse() {
        let before = figure(1000, &[], &[]);
        let is_worse = |now| Change::between(&before, &figure(now, &[], &[])).is_worse();
        assert!(!is_worse(900));
        assert!(!is_worse(1050));
        assert!(is_worse(1051));
    }

    #[test]
    fn what_grew_is_named_first_alone_and_then_by_its_nearest_caller() {
        let before = figure(
            1000,
            &[("copy", 300), ("hash", 500)],
            &[("ours::open", 600), ("ours::run", 1000)],
        );
        let now = figure(
            1500,
            &[("copy", 310), ("hash", 900), ("new", 110), ("small", 15)],
            &[
                ("ours::open", 1100),
                ("ours::run", 1500),
                ("ours::find", 100),
            ],
        );
        let expected = [
            "    +400      alone: hash (500 -> 900)",
            "    +90       alone: new (little -> 110)",
            "    +10       alone: copy (300 -> 310)",
            "    +500      with what it calls: ours::open (600 -> 1100)",
            "    +500      with what it calls: ours::run (1000 -> 1500)",
        ];
        assert_eq!(grown(&before, &now), expected);
    }
}
