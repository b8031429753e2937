//! Developer commands: `cargo xtask test` runs every check there is.

mod bench;
mod clients;
mod facts;
mod instructions;
mod package;
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
        /// Only this suite: a folder of tests/clients, or `package` for the Python package.
        suite: Option<String>,
    },
    /// Measures the release binary under load beside bare axum; a full run takes some ten minutes.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Test => test(),
        Command::Facts => facts::print(),
        Command::Clients { suite } => clients::run_suites(suite.as_deref()),
        Command::Bench(options) if options.record => instructions::record(),
        Command::Bench(options) if options.check => instructions::check(),
        Command::Bench(options) => bench::run(&options),
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
