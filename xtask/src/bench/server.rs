//! A server under measurement: a process on the servers' core.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::machine::Cores;
use crate::step::Failed;

/// A running server; it ends when this is dropped.
pub(super) struct Server {
    process: Child,
    pub(super) address: SocketAddr,
    pub(super) started: Instant,
}

impl Server {
    /// Starts a program and waits until it has said where it listens.
    pub(super) fn start(cores: Cores, command: &mut Command) -> Result<Self, Failed> {
        command.stdout(Stdio::piped());
        let (started, spawned) = cores.on_servers(|| (Instant::now(), command.spawn()))?;
        let failed = |why: &str| Failed(format!("{command:?}: {why}"));
        let mut process = spawned.map_err(|error| failed(&error.to_string()))?;
        let output = process.stdout.take().ok_or_else(|| failed("no output"))?;
        let mut address = None;
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|error| failed(&error.to_string()))?;
            if let Some((_, told)) = line.split_once("listens on http://") {
                address = told.parse().ok();
            }
            if line == "Ready." {
                break;
            }
        }
        match address {
            Some(address) => Ok(Self {
                process,
                address,
                started,
            }),
            None => Err(failed("it did not say where it listens")),
        }
    }

    /// The processor time that its threads have taken.
    pub(super) fn processor_time(&self) -> Result<Duration, Failed> {
        let tasks = self.proc("task");
        let failed = |error| Failed(format!("{}: {error}", tasks.display()));
        let mut nanoseconds = 0;
        for task in fs::read_dir(&tasks).map_err(failed)? {
            let path = task.map_err(failed)?.path().join("schedstat");
            // A thread may have ended meanwhile.
            nanoseconds += first_number(&fs::read_to_string(path).unwrap_or_default());
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Its resident memory, in KiB.
    pub(super) fn resident(&self) -> Result<f64, Failed> {
        let path = self.proc("status");
        let status = fs::read_to_string(&path)
            .map_err(|error| Failed(format!("{}: {error}", path.display())))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|line| line.split_whitespace().next()?.parse().ok())
            .ok_or_else(|| Failed(format!("{} has no VmRSS", path.display())))
    }

    fn proc(&self, file: &str) -> PathBuf {
        ["/proc", &self.process.id().to_string(), file]
            .iter()
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself needs neither.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The processor time that this thread has taken.
pub(super) fn own_processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(first_number(&text))
}

fn first_number(text: &str) -> u64 {
    let number = text.split_whitespace().next();
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
