//! Real clients against the real binary. Each suite is a folder of `tests/clients` with an environment of its own under
//! `target/clients`, so that nothing is installed elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Failed, cargo, read, root, run};

/// The suites, all of which pytest runs.
const SUITES: &[&str] = &["python", "awscli", "encryption_sdk"];

/// Builds the release binary and runs all suites, or one.
pub(crate) fn run_suites(only: Option<&str>) -> Result<(), Failed> {
    if let Some(unknown) = only.filter(|name| !SUITES.contains(name)) {
        return Err(Failed(format!(
            "there is no suite {unknown}; there are: {}",
            SUITES.join(", ")
        )));
    }
    cargo(&["build", "--release", "--locked"])?;
    for suite in SUITES
        .iter()
        .filter(|suite| only.is_none_or(|only| only == **suite))
    {
        pytest(suite)?;
    }
    Ok(())
}

fn pytest(suite: &str) -> Result<(), Failed> {
    let folder = root().join("tests/clients").join(suite);
    let python = virtual_environment(suite, &folder.join("requirements.txt"))?;
    let binary = root().join("target/release/secretstack");
    run(Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(&folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SECRETSTACK_BIN", binary))
}

/// A Python environment with exactly these packages; made anew when the list has changed. Returns its interpreter.
fn virtual_environment(suite: &str, requirements: &Path) -> Result<PathBuf, Failed> {
    let folder = root().join("target/clients").join(suite);
    let python = folder.join("bin/python");
    let wanted = read(requirements)?;
    // Written last, so that an environment that was left half-made is made again.
    let stamp = folder.join("requirements.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder))?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .arg("--requirement")
        .arg(requirements))?;
    fs::write(&stamp, wanted).map_err(|error| Failed(format!("{}: {error}", stamp.display())))?;
    Ok(python)
}
