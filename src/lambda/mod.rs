//! Who runs rotation functions, none of which needs Lambda or Docker.
//!
//! There are three ways, asked in this order:
//!
//! 1. What was configured for the function's name: a URL that takes invocations, or a command that the emulator runs.
//! 2. A worker that has ever asked for the function's invocations at the Runtime API.
//! 3. An endpoint of Lambda's Invoke API for all other functions.
//!
//! A function is found by its name alone; region, account, version and alias in its ARN are not looked at. Time limits are real
//! time, whatever the emulator's clock says. The event is opaque here, and what a function returns is dropped; a failure is
//! told in the function's own words.

mod config;
mod error;
mod invoke_api;
mod name;
mod output;
mod process;
mod queue;
mod runtime_api;
mod supervisor;
mod workers;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;

pub use self::config::{
    CommandLine, ConfigError, FunctionsConfig, HttpUrl, RotationFunction, Runner,
};
pub use self::error::{FunctionError, InvokeError};
pub use self::name::FunctionName;
pub use self::runtime_api::routes;
pub use self::supervisor::Processes;

use self::invoke_api::InvokeApi;
use self::queue::{Invocation, Queue};
use self::supervisor::Launcher;
use self::workers::Workers;
use crate::entropy::Entropy;
use crate::secret::id::Scope;

/// The largest answer of a function in bytes: the number that Lambda's own error names.
const LARGEST_PAYLOAD: usize = 6_291_556;

/// All functions and who runs them.
#[derive(Debug)]
pub struct Functions {
    endpoint: Option<HttpUrl>,
    runners: BTreeMap<FunctionName, Runner>,
    time_limit: Duration,
    invoke_api: InvokeApi,
    workers: Workers,
    /// Present while processes run.
    launcher: Mutex<Option<Launcher>>,
    entropy: Entropy,
}

/// Who takes an invocation.
enum Taker {
    Endpoint(HttpUrl),
    Workers(Arc<Queue>),
}

impl Functions {
    /// The functions of a configuration. Commands run from [`start`](Self::start) on.
    pub fn new(config: FunctionsConfig, entropy: &Entropy) -> Self {
        let workers = Workers::default();
        let mut runners = BTreeMap::new();
        for RotationFunction { name, runner } in config.functions {
            runners.insert(name, runner);
        }
        for (name, runner) in &runners {
            if let Runner::Command(_) = runner {
                workers.enter(name);
            }
        }
        Self {
            endpoint: config.endpoint,
            runners,
            time_limit: config.time_limit,
            invoke_api: InvokeApi::default(),
            workers,
            launcher: Mutex::default(),
            entropy: entropy.child("function"),
        }
    }

    /// Whether anybody runs this function. `function_arn` is an ARN, a partial ARN or a name.
    pub fn is_known(self: &Arc<Self>, function_arn: &str) -> bool {
        self.taker(function_arn, None).is_some()
    }

    /// Runs a function once and waits until it has ended, for as long as the configured time limit. Dropping the future withdraws
    /// an invocation that no worker has yet. A process that is started for it has the account and region `scope`.
    pub async fn invoke(
        self: &Arc<Self>,
        scope: &Scope,
        function_arn: &str,
        event: &[u8],
    ) -> Result<(), InvokeError> {
        let taker = self.taker(function_arn, Some(scope));
        let taker = taker.ok_or(InvokeError::Unknown)?;
        let event = Bytes::copy_from_slice(event);
        let run = async {
            match taker {
                Taker::Endpoint(url) => self.invoke_api.invoke(&url, event).await,
                Taker::Workers(queue) => Ok(queue
                    .perform(Invocation {
                        id: self.entropy.uuid(),
                        function_arn: function_arn.into(),
                        event,
                        deadline_ms: (since_epoch() + self.time_limit).as_millis(),
                    })
                    .await?),
            }
        };
        within(self.time_limit, run)
            .await
            .unwrap_or(Err(InvokeError::TimedOut(self.time_limit)))
    }

    /// Starts the configured commands. `address` is where the emulator listens, and `home` what its default account and region
    /// are. Secrets of other accounts and regions get processes of their own, with theirs.
    pub fn start(self: &Arc<Self>, address: SocketAddr, home: &Scope) -> Processes {
        Processes::start(self, address, home)
    }

    fn launcher(&self) -> MutexGuard<'_, Option<Launcher>> {
        self.launcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The queue of the process that runs a command for an account and region.
    fn launch(
        self: &Arc<Self>,
        name: &FunctionName,
        command: &CommandLine,
        scope: &Scope,
    ) -> Option<Arc<Queue>> {
        let mut launcher = self.launcher();
        let launcher = launcher.as_mut()?;
        Some(launcher.launch(self, name, command, scope))
    }

    /// Who takes an invocation for a secret of an account and region, or, without them, anybody who would.
    fn taker(self: &Arc<Self>, function_arn: &str, scope: Option<&Scope>) -> Option<Taker> {
        let name = FunctionName::of(function_arn)?;
        match (self.runners.get(&name), scope) {
            (Some(Runner::Url(url)), _) => return Some(Taker::Endpoint(url.clone())),
            (Some(Runner::Command(command)), Some(scope)) => {
                if let Some(queue) = self.launch(&name, command, scope) {
                    return Some(Taker::Workers(queue));
                }
            }
            (Some(Runner::Command(_)), None) | (None, _) => {}
        }
        if let Some(queue) = self.workers.find(&name) {
            return Some(Taker::Workers(queue));
        }
        let endpoint = self.endpoint.as_ref()?;
        Some(Taker::Endpoint(endpoint.invocations_of(&name)))
    }

    /// A tracing header for an invocation that is not sampled (AWS X-Ray Developer Guide, "Tracing header").
    fn trace_id(&self) -> String {
        let seconds = since_epoch().as_secs();
        let root = u128::from_be_bytes(self.entropy.bytes()) >> 32;
        let parent = u64::from_be_bytes(self.entropy.bytes());
        format!("Root=1-{seconds:08x}-{root:024x};Parent={parent:016x};Sampled=0")
    }
}

/// Real time since the epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "a function's deadline is a matter of real time, whatever the emulator's clock says"
)]
fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// What `work` gives, unless it takes longer than `limit` in real time.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a function or its process may take is a matter of real time, whatever the emulator's clock says"
)]
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, work).await.ok()
}
