//! `secretstack run`: a command with a server of its own.
//!
//! The command's process is in our process group, so that it has the terminal as if it had been started without us. We end when
//! it has ended: signals that tell us to end are passed on to it, and it decides.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};
use std::task::Poll;

use clap::Args;
use rustix::process::{Pid, Signal, getpgrp, kill_process};
use rustix::termios::tcgetpgrp;
use tokio::process::{Child, Command};
use tokio::signal::unix::{self, SignalKind};

use super::{complain, serve};
use crate::environment;
use crate::secret::id::Scope;

/// What to run, and how to serve it.
#[derive(Debug, Args)]
// Of the two structs of one name, one may be a group.
#[group(skip)]
#[command(
    // Another server, or another run, may have the usual port, wherever the environment has it; the command's output is not
    // ours to write into.
    mut_arg("listen", |listen| listen.default_value("127.0.0.1:0").env(None::<&str>)),
    mut_arg("log", |log| log.default_value("warn")),
)]
pub(super) struct Options {
    #[command(flatten)]
    serve: serve::Options,

    /// The command and its arguments.
    #[arg(trailing_var_arg = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Variables that would lead the command's AWS clients elsewhere, or to other credentials, although those of the server are
/// set (AWS SDKs and Tools Reference Guide, "Settings reference"; botocore's `AWS_DEFAULT_PROFILE`, `AWS_SECURITY_TOKEN` and
/// `AWS_CREDENTIAL_EXPIRATION`).
const MISLEADING: &[&str] = &[
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
];

/// Endpoints of single services go before the one of all.
const ENDPOINT_OF_A_SERVICE: &str = "AWS_ENDPOINT_URL_";

/// What a shell answers for a command that it does not find.
const NOT_FOUND: u8 = 127;
/// What a shell answers for a command that it finds and cannot start.
const NOT_STARTED: u8 = 126;

impl Options {
    /// Runs the command; the code is for us to exit with.
    pub(super) async fn run(&self) -> io::Result<ExitCode> {
        // From here on they do not end us, and so not the command's server before the command.
        let mut signals = Signals::catch()?;
        let (emulator, _logs) = tokio::select! {
            started = self.serve.start() => started?,
            // There is no command yet that could decide.
            signal = signals.next() => return Ok(ExitCode::from(ended_by(signal.as_raw()))),
        };
        let code = match self.start(emulator.address()) {
            Ok(child) => exit_code(supervise(child, &mut signals).await?),
            Err(error) => {
                let program = self.command[0].display();
                complain(&format_args!("cannot run {program}: {error}"));
                match error.kind() {
                    io::ErrorKind::NotFound => NOT_FOUND,
                    _ => NOT_STARTED,
                }
            }
        };
        emulator.stop().await;
        Ok(ExitCode::from(code))
    }

    fn start(&self, server: SocketAddr) -> io::Result<Child> {
        let mut start = Command::new(&self.command[0]);
        start.args(&self.command[1..]).kill_on_drop(true);
        for (variable, _value) in env::vars_os() {
            if variable.to_str().is_some_and(is_misleading) {
                start.env_remove(variable);
            }
        }
        start.envs(variables(server, &self.serve.default_scope()));
        start.spawn()
    }
}

fn is_misleading(variable: &str) -> bool {
    MISLEADING.contains(&variable) || variable.starts_with(ENDPOINT_OF_A_SERVICE)
}

fn variables(server: SocketAddr, scope: &Scope) -> Vec<(&'static str, String)> {
    let mut variables = environment::of_clients(server, scope);
    variables.extend([
        // A client that asks for credentials of the machine waits for nobody.
        ("AWS_EC2_METADATA_DISABLED", "true".into()),
        // For this program's own commands.
        (
            "SECRETSTACK_ENDPOINT",
            format!("http://{}", environment::reachable(server)),
        ),
    ]);
    variables
}

/// Waits until the process has ended, and passes signals on to it meanwhile.
async fn supervise(mut child: Child, signals: &mut Signals) -> io::Result<ExitStatus> {
    loop {
        tokio::select! {
            ended = child.wait() => return ended,
            signal = signals.next() => {
                let id = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
                if let Some(id) = id.filter(|_| !came_from_terminal(signal)) {
                    // If that fails it has just ended.
                    let _ = kill_process(id, signal);
                }
            }
        }
    }
}

/// Whether the command has had a signal already. A terminal's keys signal all processes in its foreground, and many programs
/// take a second Ctrl-C for an order to end without cleaning up.
fn came_from_terminal(signal: Signal) -> bool {
    let by_key = matches!(signal, Signal::INT | Signal::QUIT);
    by_key
        && File::open("/dev/tty")
            .is_ok_and(|terminal| tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp()))
}

/// The command's exit code, as a shell has it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().and_then(|code| code.try_into().ok());
    code.or_else(|| status.signal().map(ended_by))
        .unwrap_or(u8::MAX)
}

/// What a shell answers for a command that a signal ended.
fn ended_by(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// The signals that tell a process to end. From when this exists, they are caught.
struct Signals(Vec<(Signal, unix::Signal)>);

impl Signals {
    fn catch() -> io::Result<Self> {
        [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT]
            .into_iter()
            .map(|signal| {
                let caught = unix::signal(SignalKind::from_raw(signal.as_raw()))?;
                Ok((signal, caught))
            })
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// The next one that comes.
    async fn next(&mut self) -> Signal {
        poll_fn(|context| {
            let come = |(signal, caught): &mut (Signal, unix::Signal)| {
                caught.poll_recv(context).is_ready().then_some(*signal)
            };
            match self.0.iter_mut().find_map(come) {
                Some(signal) => Poll::Ready(signal),
                None => Poll::Pending,
            }
        })
        .await
    }
}
