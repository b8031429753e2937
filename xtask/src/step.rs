//! Running one program, and saying so.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command of this program did not succeed.
pub(crate) struct Failed(pub(crate) String);

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let mut xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.pop();
    xtask
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failed> {
    fs::read_to_string(path).map_err(|error| Failed(format!("{}: {error}", path.display())))
}

/// Tells whoever watches what happens.
#[expect(
    clippy::print_stderr,
    reason = "this program's purpose is to talk to a person"
)]
pub(crate) fn say(text: &str) {
    eprintln!("xtask: {text}");
}

/// Runs cargo in the repository's root; in CI without the files that only a second build would read.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), Failed> {
    let mut command = Command::new(cargo_program());
    if env::var_os("CI").is_some() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    run(command.args(arguments))
}

/// The cargo that runs this program.
pub(crate) fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a program in the repository's root; anything but success is a failure.
pub(crate) fn run(command: &mut Command) -> Result<(), Failed> {
    say(&format!("{command:?}"));
    let status = command
        .current_dir(root())
        .status()
        .map_err(|error| Failed(format!("{command:?} could not be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failed(format!("{command:?} ended with {status}")))
    }
}

/// Runs a program in the repository's root and returns what it printed; anything but success is a failure.
pub(crate) fn output(command: &mut Command) -> Result<String, Failed> {
    let output = command
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failed(format!("{command:?} could not be started: {error}")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Failed(format!("{command:?} ended with {}", output.status)))
    }
}
