//! What can be set before the emulator starts.

use std::net::SocketAddr;

use crate::lambda::FunctionsConfig;
use crate::secret::id::Scope;
use crate::seed::Seed;

/// How an emulator runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The account and region of requests whose credentials name none.
    pub default_scope: Scope,
    /// Who runs rotation functions.
    pub functions: FunctionsConfig,
    /// What is to be there from the start.
    pub seeds: Vec<Seed>,
}
