//! The machine that measures: what it is, and who runs on which of its cores.

use std::fs;

use rustix::process::setpriority_process;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::step::Failed;

/// A core for the servers and another one for whoever asks them.
#[derive(Clone, Copy)]
pub(super) struct Cores {
    servers: usize,
    generator: usize,
}

impl Cores {
    /// Takes the first two cores that this process may use, and moves this thread to the second.
    pub(super) fn take() -> Result<Self, Failed> {
        let allowed = sched_getaffinity(None).map_err(|error| failed("read", error))?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
        let (Some(servers), Some(generator)) = (cores.next(), cores.next()) else {
            return Err(Failed("a bench needs two cores".into()));
        };
        let cores = Self { servers, generator };
        pin(cores.generator)?;
        Ok(cores)
    }

    /// Runs something on the servers' core. A process that it starts stays there.
    pub(super) fn on_servers<T>(self, run: impl FnOnce() -> T) -> Result<T, Failed> {
        pin(self.servers)?;
        let result = run();
        pin(self.generator)?;
        Ok(result)
    }
}

/// Keeps other programs from cutting in while this exists. Only root may; without it figures are noisier, the tails of
/// latencies most of all.
pub(super) struct Precedence {
    /// The nice value that this session's group of processes had.
    before: Option<String>,
}

impl Precedence {
    const NICE: i32 = -15;
    /// Where the kernel groups processes by session, nice values compare within a group only, and the group has its own.
    const GROUP: &str = "/proc/self/autogroup";

    pub(super) fn take() -> Self {
        let group = fs::read_to_string(Self::GROUP).unwrap_or_default();
        let before = group.trim_end().rsplit_once("nice ");
        // Neither is missed where it is not allowed.
        let _ = setpriority_process(None, Self::NICE);
        let _ = fs::write(Self::GROUP, Self::NICE.to_string());
        Self {
            before: before.map(|(_, nice)| nice.to_owned()),
        }
    }
}

impl Drop for Precedence {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = fs::write(Self::GROUP, before);
        }
    }
}

fn pin(core: usize) -> Result<(), Failed> {
    let mut only = CpuSet::new();
    only.set(core);
    sched_setaffinity(None, &only).map_err(|error| failed("set", error))
}

fn failed(what: &str, error: rustix::io::Errno) -> Failed {
    Failed(format!("could not {what} this thread's cores: {error}"))
}

/// The processor's model and how many there are.
pub(super) fn description() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|(_, model)| model.trim())
        .collect();
    match models.first() {
        Some(model) => format!("{model}, {} cores", models.len()),
        None => "unknown processor".into(),
    }
}
