//! `secretstack health`: whether a server is up, for whoever waits for it or restarts it.

use std::time::Duration;

use serde::Deserialize;

use super::client::{Error, Server};

/// How long an answer may take. A health check that hangs says nothing.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// What the server says of itself, as far as it is shown.
#[derive(Deserialize)]
struct Health {
    status: String,
    version: String,
}

/// Asks the server; returns what to print.
pub(super) async fn run(server: &Server) -> Result<String, Error> {
    let answer = server.get_within(TIME_LIMIT, "/_secretstack/health");
    let Health { status, version } = answer.await?;
    let endpoint = server.endpoint();
    Ok(format!("secretstack {version} at {endpoint}: {status}\n"))
}
