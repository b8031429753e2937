//! Logs: where they go and what they may hold.
//!
//! One line per request at level `info` under the target [`REQUESTS`], with operation, account, region, status, error
//! code, microseconds and request id. No log line at any level holds a secret value, a password, a token or the body of
//! a request; `tests/logs.rs` looks for them.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// The target of the line that each request leaves.
pub const REQUESTS: &str = "secretstack::requests";

/// Sends logs to standard error. `filter` is a level or a list of `target=level`, as `tracing-subscriber` reads them.
pub fn start(filter: &str) -> Result<(), String> {
    let filter: EnvFilter = filter
        .parse()
        .map_err(|error| format!("invalid log filter {filter:?}: {error}"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init()
        .map_err(|error| error.to_string())
}
