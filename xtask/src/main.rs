//! Developer commands: `cargo xtask test` runs every check there is.

mod clients;
mod facts;
mod instructions;
mod step;

use std::process::ExitCode;

use clap::Parser;

use crate::step::{Failed, cargo, say};

/// Developer commands of secretstack.
#[derive(Parser)]
#[command(name = "cargo xtask")]
enum Command {
    /// Runs every check: formatting, clippy, all Rust tests, and real clients against the real binary.
    Test,
    /// Prints which fact about AWS is shown by which test; fails if one has neither a test nor a reason.
    Facts,
    /// Runs the real clients against the release binary.
    Clients {
        /// Only this suite, a folder of tests/clients.
        suite: Option<String>,
    },
    /// Counts the instructions that requests take inside (needs valgrind).
    Bench {
        /// Compares them with the figures that are kept.
        #[arg(long, required_unless_present = "record")]
        check: bool,
        /// Keeps the figures.
        #[arg(long, conflicts_with = "check")]
        record: bool,
    },
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Test => test(),
        Command::Facts => facts::print(),
        Command::Clients { suite } => clients::run_suites(suite.as_deref()),
        Command::Bench { record: true, .. } => instructions::record(),
        Command::Bench { .. } => instructions::check(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            say(&format!("FAILED: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn test() -> Result<(), Failed> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ])?;
    cargo(&["test", "--workspace", "--locked"])?;
    clients::run_suites(None)?;
    say("Every check passed.");
    Ok(())
}
