//! Logs: where they go and what they may hold.
//!
//! One line per request at level `info` under the target [`REQUESTS`], with operation, account, region, status, error
//! code, microseconds and request id. No log line at any level holds a secret value, a password, a token or the body of
//! a request; `tests/logs.rs` looks for them.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// The target of the line that each request leaves.
pub const REQUESTS: &str = "secretstack::requests";

/// Reads a level, or a list of `target=level`, as `tracing-subscriber` has them.
pub fn filter(text: &str) -> Result<EnvFilter, String> {
    text.parse()
        .map_err(|error| format!("invalid log filter: {error}"))
}

/// Sends logs that pass a [`filter`] to standard error.
pub fn start(text: &str) -> Result<(), String> {
    tracing_subscriber::fmt()
        .with_env_filter(filter(text)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init()
        .map_err(|error| error.to_string())
}
