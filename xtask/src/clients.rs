//! Real clients against the real binary, and the Python package. Each suite has an environment of its own under
//! `target/clients`, so that nothing is installed elsewhere.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::package;
use crate::step::{Failed, cargo, read, root, run};

/// The suites, and who runs each.
const SUITES: &[(&str, Runner)] = &[
    ("python", Runner::Pytest(Subject::Release)),
    ("awscli", Runner::Pytest(Subject::Release)),
    ("encryption_sdk", Runner::Pytest(Subject::Release)),
    ("schedules", Runner::Pytest(Subject::Release)),
    ("rotation", Runner::Pytest(Subject::Release)),
    ("openapi", Runner::Pytest(Subject::Release)),
    ("container", Runner::Pytest(Subject::Static)),
    ("package", Runner::Pytest(Subject::Package)),
    ("rust", Runner::Cargo),
];

/// Who runs a suite.
#[derive(Clone, Copy)]
enum Runner {
    /// pytest, with this to test.
    Pytest(Subject),
    /// Cargo: the suite is a package of its own, as a user's is, which depends on the library.
    Cargo,
}

/// What to test.
#[derive(Clone, Copy)]
enum Subject {
    /// The binary that cargo builds.
    Release,
    /// The binary that the image holds. It is alone in its folder, which is what an image is built from.
    Static,
    /// The Python package, as it is installed. Its suite lies with it.
    Package,
}

impl Subject {
    /// Where a suite of it is.
    fn folder(self, suite: &str) -> PathBuf {
        match self {
            Self::Release | Self::Static => root().join("tests/clients").join(suite),
            Self::Package => root().join("python/tests"),
        }
    }

    /// Builds it, for the environment of this interpreter; the variable tells the suite where it is.
    fn build(self, python: &Path) -> Result<(&'static str, PathBuf), Failed> {
        Ok(match self {
            Self::Release => {
                cargo(&["build", "--release", "--locked"])?;
                ("SECRETSTACK_BIN", root().join("target/release/secretstack"))
            }
            Self::Static => {
                let path = "target/static/secretstack";
                run(Command::new(root().join("docker/build-static.sh")).arg(path))?;
                ("SECRETSTACK_BIN", root().join(path))
            }
            Self::Package => ("SECRETSTACK_WHEEL", package::install(python)?),
        })
    }
}

/// Runs all suites, or one.
pub(crate) fn run_suites(only: Option<&str>) -> Result<(), Failed> {
    let chosen: Vec<_> = SUITES
        .iter()
        .filter(|(suite, _)| only.is_none_or(|only| only == *suite))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = SUITES.iter().map(|(suite, _)| *suite).collect();
        return Err(Failed(format!(
            "there is no such suite; there are: {}",
            names.join(", ")
        )));
    }
    for (suite, runner) in chosen {
        match runner {
            Runner::Pytest(subject) => pytest(suite, *subject)?,
            Runner::Cargo => cargo_test(suite)?,
        }
    }
    Ok(())
}

fn cargo_test(suite: &str) -> Result<(), Failed> {
    let manifest = format!("tests/clients/{suite}/Cargo.toml");
    let target = format!("target/clients/{suite}");
    cargo(&["fmt", "--check", "--manifest-path", &manifest])?;
    cargo(&[
        "test",
        "--locked",
        "--manifest-path",
        &manifest,
        "--target-dir",
        &target,
    ])
}

fn pytest(suite: &str, subject: Subject) -> Result<(), Failed> {
    let folder = subject.folder(suite);
    debian_packages(&folder.join("debian-packages.txt"))?;
    let python = virtual_environment(suite, &folder.join("requirements.txt"))?;
    // Last, because it takes longest: what is missing on this machine is told before.
    let built = subject.build(&python)?;
    run(Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(&folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs([built]))
}

/// Makes sure of the Debian packages that a suite needs, if it names any. In CI, as root, the missing ones are installed;
/// anybody else is told the one command to run.
fn debian_packages(list: &Path) -> Result<(), Failed> {
    if !list.exists() {
        return Ok(());
    }
    let wanted = read(list)?;
    let missing: Vec<_> = wanted
        .lines()
        .filter(|package| !package.is_empty() && !is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if env::var_os("CI").is_none() || !is_root() {
        let missing = missing.join(" ");
        return Err(Failed(format!(
            "a suite needs Debian packages; run: sudo apt-get install --yes {missing}"
        )));
    }
    let apt_get = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt_get(&["update"])?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(&[&install[..], &missing].concat())
}

fn is_installed(package: &str) -> bool {
    let status = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output();
    status.is_ok_and(|output| output.stdout == b"installed")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("--user").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
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
