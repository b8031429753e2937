//! The program `benches/inside`, built as it is released, and run under callgrind.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::callgrind;
use super::figures::{Environment, Figure};
use crate::step::{Failed, cargo_program, output, read};

/// The bench target.
const TARGET: &str = "inside";
/// The function of the program within which is counted.
const COUNTED: &str = "inside::counted";

pub(super) struct Program {
    file: PathBuf,
}

impl Program {
    /// Builds it.
    pub(super) fn build() -> Result<Self, Failed> {
        let built = output(
            Command::new(cargo_program())
                .args(["bench", "--bench", TARGET, "--no-run", "--locked"])
                .args(["--message-format", "json-render-diagnostics"]),
        )?;
        built
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["target"]["name"] == TARGET)
            .find_map(|message| Some(message["executable"].as_str()?.into()))
            .map(|file| Self { file })
            .ok_or_else(|| Failed("cargo built no program".to_owned()))
    }

    /// The names of all that can be counted.
    pub(super) fn subjects(&self) -> Result<Vec<String>, Failed> {
        let names = output(Command::new(&self.file).arg("--names"))?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// What its counts depend on.
    pub(super) fn environment(&self) -> Result<Environment, Failed> {
        let first_line = |command: &mut Command| -> Result<String, Failed> {
            let text = output(command)?;
            Ok(text.lines().next().unwrap_or_default().to_owned())
        };
        Ok(Environment {
            compiler: first_line(Command::new("rustc").arg("--version"))?,
            c_library: first_line(Command::new("getconf").arg("GNU_LIBC_VERSION"))?,
            valgrind: first_line(Command::new("valgrind").arg("--version"))?,
            processor: first_line(valgrind("none").arg(&self.file).arg("--processor"))?,
        })
    }

    /// Does a subject this many times and counts. What callgrind wrote stays, for a closer look with its own tools.
    pub(super) fn count(&self, subject: &str, times: u64) -> Result<Figure, Failed> {
        let written = self.file.with_file_name(format!("callgrind.{subject}.out"));
        output(
            valgrind("callgrind")
                .arg("--collect-atstart=no")
                .arg(format!("--toggle-collect={COUNTED}"))
                .args(["--compress-strings=no", "--compress-pos=no"])
                .arg(format!("--callgrind-out-file={}", written.display()))
                .arg(&self.file)
                .args(["--count", subject, &times.to_string()]),
        )?;
        let figure = callgrind::figure_of(&read(&written)?, times);
        if figure.instructions == 0 {
            return Err(Failed(format!(
                "{subject}: nothing was counted; is there still a function {COUNTED}?"
            )));
        }
        Ok(figure)
    }
}

/// Valgrind with one of its tools. What is in the environment could change what a program does.
fn valgrind(tool: &str) -> Command {
    let mut command = Command::new("valgrind");
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .arg(format!("--tool={tool}"))
        .arg("--quiet");
    command
}
