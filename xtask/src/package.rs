//! The Python package: its wheel, built from source, installed into a suite's environment.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Failed, root, run};

/// Builds the wheel and installs it; returns its path. maturin calls cargo, which builds the same binary as for other suites: it
/// compiles what has changed, and nothing twice.
pub(crate) fn install(python: &Path) -> Result<PathBuf, Failed> {
    let folder = root().join("target/clients/wheel");
    let wheel = build(python, &folder)?;
    run(pip(python)
        // The version stays the same when the sources change.
        .args(["install", "--force-reinstall", "--no-deps", "--no-index"])
        .arg(&wheel))?;
    Ok(wheel)
}

fn build(python: &Path, folder: &Path) -> Result<PathBuf, Failed> {
    let of_folder = |error: io::Error| Failed(format!("{}: {error}", folder.display()));
    // What an earlier version was called must not be taken for this one.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(of_folder(error)),
        _ => {}
    }
    run(pip(python)
        // The environment has maturin. With an isolated one, pip would ask for it over the network each time.
        .args(["wheel", "--no-build-isolation", "--no-deps", "--wheel-dir"])
        .arg(folder)
        .arg(root().join("python"))
        .env("PATH", path_with_programs_of(python)?))?;
    let mut wheels = fs::read_dir(folder).map_err(of_folder)?;
    match wheels.next() {
        Some(wheel) => Ok(wheel.map_err(of_folder)?.path()),
        None => Err(Failed(format!("{}: there is no wheel", folder.display()))),
    }
}

/// Where maturin is looked for: beside the environment's interpreter first.
fn path_with_programs_of(python: &Path) -> Result<OsString, Failed> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = python.parent().map(Path::to_owned).into_iter();
    env::join_paths(folders.chain(env::split_paths(&path)))
        .map_err(|error| Failed(format!("PATH: {error}")))
}

fn pip(python: &Path) -> Command {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
    pip
}
