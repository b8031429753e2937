//! The `secretstack` command: parse, build, serve.

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;
use secretstack::cli::Arguments;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    secretstack::cli::run(&Arguments::parse()).await
}
