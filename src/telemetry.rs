//! Logs: where they go and what they may hold.
//!
//! One line per request to AWS's API at level `info` under the target [`REQUESTS`], with operation, account, region, status, error
//! code, microseconds and request id. No log line at any level holds a secret value, a password, a token or the body of
//! a request; `tests/logs.rs` looks for them. What rotation functions print themselves is logged as it comes, under the
//! target [`FUNCTIONS`].

use std::io::IsTerminal as _;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The target of the line that each request leaves.
pub const REQUESTS: &str = "secretstack::requests";
/// The target of the lines that the processes of rotation functions print.
pub const FUNCTIONS: &str = "secretstack::functions";

/// How many lines may wait to be written. Room for all of them is taken at the start.
const WAITING_LINES: usize = 4096;

/// Reads a level, or a list of `target=level`, as `tracing-subscriber` has them.
pub fn filter(text: &str) -> Result<Targets, String> {
    text.parse()
        .map_err(|error| format!("invalid log filter: {error}"))
}

/// What is logged unless told otherwise: all but the line of each request, which costs a good part of what the request does.
pub const DEFAULT_FILTER: &str = "info,secretstack::requests=off";

/// Keeps the thread that writes logs; dropping it writes out what is left.
#[derive(Debug)]
pub struct Logs(
    #[expect(dead_code, reason = "it is held for what its drop does")] Option<WorkerGuard>,
);

/// Sends logs that pass a [`filter`] to standard error.
///
/// A thread of its own writes them. If nobody reads standard error, or it is closed, lines are lost and no request
/// waits or fails for it.
pub fn start(text: &str) -> Result<Logs, String> {
    let filter = filter(text)?;
    if filter == Targets::new().with_default(LevelFilter::OFF) {
        return Ok(Logs(None));
    }
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING_LINES)
        .finish(std::io::stderr());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .map_err(|error| error.to_string())?;
    Ok(Logs(Some(guard)))
}
