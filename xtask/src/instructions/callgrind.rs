//! Reading what callgrind has counted ("Callgrind Format Specification" of Valgrind's manual), written without name
//! compression and with one event.

use std::collections::BTreeMap;

use super::figures::Figure;

/// How the names of our own functions begin, or the types in them.
const OURS: &str = "secretstack::";

/// What one subject takes that was done this many times.
pub(super) fn figure_of(output: &str, times: u64) -> Figure {
    let mut alone: BTreeMap<&str, u64> = BTreeMap::new();
    let mut called: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut function, mut callee) = ("", "");
    let mut is_call = false;
    for line in output.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            function = name;
        } else if let Some(name) = line.strip_prefix("cfn=") {
            callee = name;
        } else if line.starts_with("calls=") {
            is_call = true;
        } else if let Some(cost) = cost_in(line) {
            // The line after a call has what the callee took.
            if !is_call {
                *alone.entry(function).or_default() += cost;
            } else if callee != function {
                *called.entry(function).or_default() += cost;
            }
            is_call = false;
        }
    }
    let mut figure = Figure {
        instructions: alone.values().sum::<u64>() / times,
        ..Figure::default()
    };
    for (&function, &cost) in &alone {
        let (name, is_recursion) = split_recursion(function);
        *figure.alone.entry(name.to_owned()).or_default() += cost / times;
        // The outermost call contains the others.
        if name.contains(OURS) && !is_recursion {
            let cost = cost + called.get(function).unwrap_or(&0);
            figure.with_callees.insert(name.to_owned(), cost / times);
        }
    }
    figure
}

/// The cost in a line such as `42 1000`: a line of the source, and a count.
fn cost_in(line: &str) -> Option<u64> {
    let (place, cost) = line.split_once(' ')?;
    place.parse::<u64>().ok()?;
    cost.parse().ok()
}

/// Calls of a function from within itself are counted as calls of `name'2`.
fn split_recursion(function: &str) -> (&str, bool) {
    match function.rsplit_once('\'') {
        Some((name, depth)) if depth.parse::<u32>().is_ok() => (name, true),
        _ => (function, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
version: 1
positions: line
events: Ir
summary: 3300

fl=src/api/json.rs
fn=secretstack::api::json::decode
10 100
fi=library/core/src/str.rs
20 200
cfi=src/read.rs
cfn=parse
calls=10 5
10 3000
fe=src/api/json.rs
cfn=secretstack::api::json::decode'2
calls=10 10
11 1700

fn=parse
5 1500
+1 2
cfn=parse
calls=3 5
5 900

fn=secretstack::api::json::decode'2
10 1500
";

    #[test]
    fn costs_are_added_by_function_and_divided_by_how_often_it_was_done() {
        let figure = figure_of(OUTPUT, 10);
        assert_eq!(figure.instructions, 330);
        let decode = "secretstack::api::json::decode";
        assert_eq!(figure.alone[decode], 30 + 150);
        assert_eq!(figure.alone["parse"], 150);
        assert_eq!(figure.with_callees[decode], 500);
        assert_eq!(figure.with_callees.len(), 1);
    }
}
