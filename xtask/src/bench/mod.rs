//! `cargo xtask bench`: the release binary under load, beside a bare axum handler and a handler that does only what cannot
//! be avoided (`benches/peers`). Figures are ratios within one run, since absolute ones say nothing about a shared machine.

mod connection;
mod fill;
mod load;
mod machine;
mod measure;
mod report;
mod request;
mod rows;
mod server;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use clap::Args;

use self::fill::{Filled, Shape};
use self::load::{Limit, Load};
use self::machine::{Cores, Precedence};
use self::measure::Plan;
use self::request::Requests;
use self::rows::ROWS;
use self::server::Server;
use crate::step::{Failed, cargo, root, say};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Only rows whose names contain one of these; the file of results is then left alone.
    #[arg(long, value_name = "ROW", value_delimiter = ',')]
    only: Vec<String>,

    /// Fewer and shorter rounds; the file of results is then left alone.
    #[arg(long)]
    quick: bool,

    /// Counts the instructions of requests without HTTP instead, and compares them with the figures that are kept (needs valgrind).
    #[arg(long, conflicts_with_all = ["only", "quick"])]
    pub(crate) check: bool,

    /// Counts them and keeps the figures.
    #[arg(long, conflicts_with_all = ["only", "quick", "check"])]
    pub(crate) record: bool,
}

/// What rows measure with.
struct Bench {
    cores: Cores,
    plan: Plan,
    binaries: PathBuf,
    filled: Vec<Rc<Filled>>,
}

/// Builds everything in release, measures, and prints the table.
pub(crate) fn run(options: &Options) -> Result<(), Failed> {
    let rows: Vec<_> = ROWS.iter().filter(|row| options.wants(row.0)).collect();
    if rows.is_empty() {
        let names: Vec<_> = ROWS.iter().map(|row| row.0).collect();
        return Err(Failed(format!("there are only: {}", names.join(", "))));
    }
    // One after the other, so that the emulator's libraries have the features that it asks for and no more.
    cargo(&["build", "--release", "--locked"])?;
    cargo(&["build", "--release", "--locked", "--package", "peers"])?;
    let _precedence = Precedence::take();
    let mut bench = Bench {
        cores: Cores::take()?,
        plan: options.plan(),
        binaries: binaries(),
        filled: Vec::new(),
    };
    let mut lines = Vec::new();
    for (name, measure) in rows {
        say(name);
        lines.extend(measure(&mut bench)?);
    }
    print(&report::table(&lines));
    if options.only.is_empty() && !options.quick {
        let path = root().join("benches/results.md");
        fs::write(&path, report::document(&lines))
            .map_err(|error| Failed(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

impl Options {
    fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| row.contains(only))
    }

    fn plan(&self) -> Plan {
        let (rounds, milliseconds) = if self.quick { (7, 80) } else { (61, 100) };
        Plan {
            rounds,
            window: Limit {
                time: Duration::from_millis(milliseconds),
                requests: usize::MAX,
            },
        }
    }
}

fn binaries() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target
        .unwrap_or_else(|| root().join("target"))
        .join("release")
}

impl Bench {
    /// An emulator without secrets.
    fn emulator(&self) -> Result<Server, Failed> {
        let mut command = Command::new(self.binaries.join("secretstack"));
        command.args(["--listen", "127.0.0.1:0", "--log", "off"]);
        Server::start(self.cores, &mut command)
    }

    /// An emulator with these secrets. All rows that need it share it, so they must not change it.
    fn filled(&mut self, shape: Shape) -> Result<Rc<Filled>, Failed> {
        if let Some(filled) = self.filled.iter().find(|filled| filled.shape == shape) {
            return Ok(filled.clone());
        }
        let filled = Rc::new(Filled::fill(self.emulator()?, shape)?);
        self.filled.push(filled.clone());
        Ok(filled)
    }

    /// A bare axum handler that answers so many bytes.
    fn bare(&self, size: usize) -> Result<Server, Failed> {
        let mut command = Command::new(self.binaries.join("bare-axum"));
        Server::start(self.cores, command.args(["0", &size.to_string()]))
    }

    /// A handler that does only what cannot be avoided, with so many secrets of a size.
    fn floor(&self, secrets: usize, size: usize) -> Result<Server, Failed> {
        let mut command = Command::new(self.binaries.join("floor"));
        let (secrets, size) = (secrets.to_string(), size.to_string());
        Server::start(self.cores, command.args(["0", &secrets, &size]))
    }
}

/// Asks once and checks that the answer has these texts. Returns it.
fn first_answer(server: &Server, requests: Requests, texts: &[&str]) -> Result<String, Failed> {
    let mut body = String::new();
    let mut load = Load::open(server.address, 1, requests)?;
    load.run_and_see(Limit::of_requests(1), |answer| {
        body = String::from_utf8_lossy(answer.body).into_owned();
        Ok(())
    })?;
    match texts.iter().find(|text| !body.contains(**text)) {
        Some(missing) => Err(Failed(format!("{missing} is not in the answer {body}"))),
        None => Ok(body),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this command is for")]
fn print(table: &str) {
    println!("{table}");
}
