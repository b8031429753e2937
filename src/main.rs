//! The `secretstack` command: parse, build, serve.

use std::process::ExitCode;

use clap::Parser as _;
use secretstack::cli::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    secretstack::cli::run(&Arguments::parse()).await
}
