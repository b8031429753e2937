//! Random histories of a few secrets, run against the real thing and against a small reference.
//!
//! - `call`: the words: calls, replies, refusals, and what can be seen of a secret.
//! - `reference`: what the fact sheet says, rule by rule. It was written before the implementation was read.
//! - `history`: random histories.
//! - `check`: runs a history on both sides and compares.
//! - `core`, `http`: the two real sides, a secret's transitions and a running emulator.
//!
//! A failure prints the shortest history found that shows a difference. Then either the implementation is wrong, or
//! the fact sheet has been read wrongly here; the reference must not be changed only to agree. What the sheet leaves
//! open is not compared, and the reference says where.

mod call;
mod check;
mod core;
mod history;
mod http;
mod reference;
#[path = "../support/mod.rs"]
mod support;

use std::cell::RefCell;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestError, TestRunner};

use crate::check::{Real, Tally, check};
use crate::core::Core;
use crate::history::History;
use crate::http::Http;

#[test]
fn a_secret_does_what_the_reference_does() {
    let tally = run(10_000, &history::any(0.03), Core::new);
    for event in check::SELDOM {
        assert!(
            tally.count(event) > 0,
            "no history led to {event}:\n{tally}"
        );
    }
}

#[test]
fn the_emulator_does_what_the_reference_does() {
    run(300, &history::any(0.1), Http::start);
}

/// Checks so many random histories, each against a real side of its own, and tells what happened in them.
fn run<R: Real>(
    count: u32,
    histories: &impl Strategy<Value = History>,
    start: impl Fn() -> R,
) -> Tally {
    let config = Config {
        cases: count,
        failure_persistence: None,
        ..Config::default()
    };
    let tally = RefCell::new(Tally::default());
    let outcome = TestRunner::new(config).run(histories, |history| {
        check(&history, &mut start(), &mut tally.borrow_mut())
    });
    match outcome {
        Ok(()) => tally.into_inner(),
        Err(TestError::Fail(difference, history)) => {
            panic!("{difference}\n\nThe history:\n{history:?}")
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}
