//! The `secretstack` command.

use std::process::ExitCode;

// All that allocates does so with mimalloc, which defines `malloc` and what belongs to it.
#[cfg(target_os = "linux")]
use mimalloc as _;

fn main() -> ExitCode {
    secretstack::cli::main()
}
