//! `cargo xtask bench --check`: how many instructions the parts of a request and whole operations take, compared with the
//! figures that are kept in `benches/instructions.json`.
//!
//! `benches/inside` does one subject at a time, and callgrind counts. Unlike time, the count of the same program is the same
//! on each run. It still depends on the compiler, on the libraries of the system and on what the processor can do, so
//! all these are kept beside the figures.
//!
//! A count is no time. Programs under valgrind do without what it does not know, such as the SHA instructions of newer
//! processors, and hash by hundreds of plain ones instead.

mod callgrind;
mod figures;
mod growth;
mod program;

use std::collections::BTreeMap;
use std::path::PathBuf;

use self::figures::{Figure, Figures};
use self::growth::Change;
use self::program::Program;
use crate::step::{Failed, root, say};

/// How often a subject is done while it is counted. A figure is the average.
const TIMES: u64 = 50;

/// Counts all subjects; fails if one takes noticeably more instructions than the figure that is kept for it.
pub(crate) fn check() -> Result<(), Failed> {
    let kept = Figures::read(&file())?;
    let program = Program::build()?;
    let environment = program.environment()?;
    let differences = kept.environment.differences(&environment);
    tell_differences(&differences);
    let names = program.subjects()?;
    let mut worse = Vec::new();
    for name in &names {
        let now = program.count(name, TIMES)?;
        let before = kept.subjects.get(name);
        let change = before.map(|before| Change::between(before, &now));
        say(&line(name, &now, change.as_ref()));
        let is_worse = change.as_ref().is_none_or(Change::is_worse);
        if let (Some(before), true) = (before, is_worse) {
            for line in growth::grown(before, &now) {
                say(&line);
            }
        }
        if is_worse {
            worse.push(name.as_str());
        }
    }
    let gone = kept.subjects.keys().filter(|name| !names.contains(name));
    worse.extend(gone.map(String::as_str));
    tell_differences(&differences);
    if worse.is_empty() {
        say("No subject takes noticeably more instructions.");
        return Ok(());
    }
    Err(Failed(format!(
        "more instructions, or no figure to compare with: {}; cargo xtask bench --record keeps new figures",
        worse.join(", ")
    )))
}

/// Counts all subjects and keeps the figures.
pub(crate) fn record() -> Result<(), Failed> {
    let program = Program::build()?;
    let mut subjects = BTreeMap::new();
    for name in program.subjects()? {
        let figure = program.count(&name, TIMES)?;
        say(&line(&name, &figure, None));
        subjects.insert(name, figure.without_small_functions());
    }
    let environment = program.environment()?;
    let figures = Figures {
        environment,
        subjects,
    };
    figures.write(&file())
}

/// Where the figures are kept.
fn file() -> PathBuf {
    root().join("benches/instructions.json")
}

fn line(name: &str, now: &Figure, change: Option<&Change>) -> String {
    let change = change.map_or_else(String::new, ToString::to_string);
    format!("{name:<36}{:>12}{change}", now.instructions)
}

fn tell_differences(differences: &[String]) {
    for difference in differences {
        say(&format!("NOT COMPARABLE: {difference}"));
    }
}
