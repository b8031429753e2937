//! The commands that run functions: started with the emulator, restarted when they end, and stopped with it.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::{info, warn};
use uuid::Uuid;

use super::config::CommandLine;
use super::error::FunctionError;
use super::name::FunctionName;
use super::process::{Process, Surroundings};
use super::queue::Queue;
use super::{Functions, Runner, runtime_api, within};
use crate::secret::id::Scope;
use crate::server;

/// The processes of an emulator: one for each configured command in the default account and region, and one more for each
/// other account and region whose secrets ask for it. Dropping it asks them and their children to end and kills them two
/// seconds later, or at once if the runtime ends; [`stop`](Self::stop) waits for it.
///
/// It also sends away the workers that ask for invocations at the Runtime API, so that a server that ends does not wait for them.
/// Invocations that were not answered stay so: whoever made them ends too.
pub struct Processes {
    functions: Arc<Functions>,
    /// Dropped to stop the tasks.
    running: Option<watch::Sender<()>>,
}

/// Starts processes, once each.
#[derive(Debug)]
pub(super) struct Launcher {
    address: SocketAddr,
    /// The default account and region.
    home: Scope,
    stopped: watch::Receiver<()>,
    started: HashSet<FunctionName>,
    tasks: Vec<JoinHandle<()>>,
}

impl Launcher {
    /// The name under which a function's process for an account and region asks for work, and the process, started if it
    /// is not there yet.
    pub(super) fn launch(
        &mut self,
        functions: &Arc<Functions>,
        function: &FunctionName,
        command: &CommandLine,
        scope: &Scope,
    ) -> Arc<Queue> {
        let name = if *scope == self.home {
            function.clone()
        } else {
            function.in_scope(scope)
        };
        let queue = functions.workers.enter(&name);
        if self.started.insert(name.clone()) {
            let supervisor = Supervisor {
                functions: functions.clone(),
                name,
                command: command.clone(),
                listen: self.address,
                scope: scope.clone(),
                queue: queue.clone(),
                stopped: self.stopped.clone(),
            };
            self.tasks.push(tokio::spawn(supervisor.run()));
        }
        queue
    }
}

impl Processes {
    pub(super) fn start(functions: &Arc<Functions>, address: SocketAddr, home: &Scope) -> Self {
        let (running, stopped) = watch::channel(());
        *functions.launcher() = Some(Launcher {
            address,
            home: home.clone(),
            stopped,
            started: HashSet::new(),
            tasks: Vec::new(),
        });
        for (name, runner) in &functions.runners {
            if let Runner::Command(command) = runner {
                functions.launch(name, command, home);
            }
        }
        Self {
            functions: functions.clone(),
            running: Some(running),
        }
    }

    /// Stops the processes and waits until they have ended.
    pub async fn stop(mut self) {
        self.running = None;
        let launcher = self.functions.launcher().take();
        for task in launcher.into_iter().flat_map(|launcher| launcher.tasks) {
            // A task that panicked has dropped, and so killed, its process.
            let _ = task.await;
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.functions.launcher().take();
        self.functions.workers.close();
    }
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processes").finish_non_exhaustive()
    }
}

/// Keeps one command running.
struct Supervisor {
    functions: Arc<Functions>,
    name: FunctionName,
    command: CommandLine,
    /// Where the emulator listens.
    listen: SocketAddr,
    scope: Scope,
    queue: Arc<Queue>,
    stopped: watch::Receiver<()>,
}

impl Supervisor {
    async fn run(self) {
        let mut pauses = Pauses::default();
        loop {
            let started = Instant::now();
            let end = self.run_once().await;
            if self.is_stopped() {
                return;
            }
            let pause = pauses.after(started.elapsed());
            let Self { name, command, .. } = &self;
            let program = command.program();
            warn!(function = %name, program, %end, "starts again in {pause:?}");
            if within(pause, self.stopped()).await.is_some() {
                return;
            }
        }
    }

    async fn run_once(&self) -> End {
        let polls = self.queue.process_starts();
        let end = match self.run_process().await {
            Ok(status) => End::Exited(status),
            Err(error) => End::NotStarted(error.to_string()),
        };
        if !self.is_stopped() {
            self.queue.process_ended(polls, |id| end.as_error(id));
        }
        end
    }

    /// Runs the command once, with a Runtime API of its own that ends with it.
    async fn run_process(&self) -> io::Result<ExitStatus> {
        let Self { name, command, .. } = self;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let runtime_api = listener.local_addr()?;
        let surroundings = Surroundings::new(self.listen, &self.scope, runtime_api);
        let process = Process::start(name, command, &surroundings)?;
        info!(function = %name, program = command.program(), "started");
        let routes = runtime_api::routes_of(name.clone(), self.functions.clone());
        let routes = server::routed(routes);
        tokio::select! {
            ended = process.run(name, self.stopped()) => ended,
            // It serves until it is dropped.
            () = server::serve(listener, routes, std::future::pending()) => {
                Err(io::Error::other("the Runtime API ended"))
            }
        }
    }

    /// Returns when the processes are to end.
    async fn stopped(&self) {
        // Nothing is ever sent; the channel closes.
        let _ = self.stopped.clone().changed().await;
    }

    fn is_stopped(&self) -> bool {
        self.stopped.has_changed().is_err()
    }
}

/// How a process ended.
enum End {
    Exited(ExitStatus),
    NotStarted(String),
}

impl End {
    /// The error of an invocation that ended with the process. Types and texts are those of Lambda's own.
    fn as_error(&self, id: Uuid) -> FunctionError {
        let (error_type, cause) = match self {
            Self::Exited(status) if status.success() => (
                "Runtime.ExitError",
                "Runtime exited without providing a reason".to_owned(),
            ),
            Self::Exited(status) => (
                "Runtime.ExitError",
                format!("Runtime exited with error: {}", exit(*status)),
            ),
            Self::NotStarted(error) => ("Runtime.InvalidEntrypoint", error.clone()),
        };
        FunctionError::new(error_type, &format!("RequestId: {id} Error: {cause}"))
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => f.write_str(&exit(*status)),
            Self::NotStarted(error) => write!(f, "could not be started: {error}"),
        }
    }
}

fn exit(status: ExitStatus) -> String {
    let code = status.code();
    code.map_or_else(|| status.to_string(), |code| format!("exit status {code}"))
}

/// How long to wait before a command is started again: doubling from a quarter of a second to half a minute, and from the
/// beginning for one that had run for a minute.
struct Pauses {
    next: Duration,
}

impl Pauses {
    const FIRST: Duration = Duration::from_millis(250);
    const LONGEST: Duration = Duration::from_secs(30);
    /// Whoever ran so long did not fail to start.
    const STEADY: Duration = Duration::from_mins(1);

    fn after(&mut self, lived: Duration) -> Duration {
        if lived >= Self::STEADY {
            *self = Self::default();
        }
        let pause = self.next;
        self.next = (pause * 2).min(Self::LONGEST);
        pause
    }
}

impl Default for Pauses {
    fn default() -> Self {
        Self { next: Self::FIRST }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_and_begin_again_after_a_steady_minute() {
        let mut pauses = Pauses::default();
        let millis: Vec<_> = (0..9)
            .map(|_| pauses.after(Duration::from_secs(59)).as_millis())
            .collect();
        assert_eq!(
            millis,
            [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
        );
        assert_eq!(pauses.after(Duration::from_mins(1)), Pauses::FIRST);
        assert_eq!(pauses.after(Duration::ZERO), Pauses::FIRST * 2);
    }
}
