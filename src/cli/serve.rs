//! Serving: the options, and what is said at the start.

use std::env::{self, VarError};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;

use clap::Args;
use tracing::warn;

use super::print;
use crate::config::Config;
use crate::emulator::Emulator;
use crate::entropy::Entropy;
use crate::lambda::{FunctionsConfig, HttpUrl, RotationFunction};
use crate::secret::id::{AccountId, Region, Scope};
use crate::seed::Seed;
use crate::sensitive::Sensitive;
use crate::server::StopSignals;
use crate::telemetry::{self, Logs};

/// The variable that says where to listen.
pub(super) const LISTEN_VARIABLE: &str = "SECRETSTACK_LISTEN";
/// Where to listen unless told otherwise.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:4566";

/// The environment variable that holds a seed. It is no option: a command line can be seen by everybody.
const SEED: &str = "SECRETSTACK_SEED";

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = LISTEN_VARIABLE,
        default_value = DEFAULT_LISTEN
    )]
    listen: SocketAddr,

    /// Account of requests whose access key id is not an account number.
    #[arg(
        long,
        value_name = "12 DIGITS",
        env = "SECRETSTACK_ACCOUNT",
        default_value_t = AccountId::DEFAULT,
        value_parser = parse_account
    )]
    account: AccountId,

    /// Region of requests that are not signed for one.
    #[arg(
        long,
        env = "SECRETSTACK_REGION",
        default_value_t = Region::default(),
        value_parser = parse_region
    )]
    region: Region,

    /// What to log to standard error: off, error, warn, info, debug, trace, or a list of target=level.
    #[arg(
        long,
        value_name = "LEVEL",
        env = "SECRETSTACK_LOG",
        default_value = telemetry::DEFAULT_FILTER,
        value_parser = parse_log
    )]
    log: String,

    /// Declares secrets that are to be there from the start, in YAML or JSON; a folder's files are taken in the order of their
    /// names. May be given more than once. The environment variable SECRETSTACK_SEED holds such a text itself.
    #[arg(long, value_name = "PATH")]
    seed_file: Vec<PathBuf>,

    /// Endpoint of Lambda's Invoke API for rotation functions that are not named otherwise.
    #[arg(long, value_name = "URL", env = "SECRETSTACK_LAMBDA_ENDPOINT")]
    lambda_endpoint: Option<HttpUrl>,

    /// Runs a rotation function: by its URL in the manner of Lambda's Invoke API, or by a command that is started with the
    /// emulator and speaks Lambda's Runtime API. May be given more than once.
    #[arg(
        long,
        value_name = "NAME=URL OR COMMAND",
        env = "SECRETSTACK_ROTATION_FUNCTION",
        value_delimiter = '\n'
    )]
    rotation_function: Vec<RotationFunction>,

    /// Draws ARN suffixes, ids, keys and passwords from this number, the same on each run. For tests, never for real secrets:
    /// whoever knows the number knows the keys.
    #[arg(long, value_name = "NUMBER", env = "SECRETSTACK_RANDOM_SEED")]
    random_seed: Option<u64>,
}

fn parse_account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account has exactly 12 digits".into())
}

fn parse_region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "a region looks like eu-central-1".into())
}

fn parse_log(text: &str) -> Result<String, String> {
    telemetry::filter(text).map(|_| text.to_owned())
}

impl Options {
    /// The configuration they describe.
    fn config(&self) -> io::Result<Config> {
        Ok(Config {
            listen: self.listen,
            default_scope: self.default_scope(),
            functions: FunctionsConfig {
                endpoint: self.lambda_endpoint.clone(),
                functions: self.rotation_function.clone(),
                ..FunctionsConfig::default()
            },
            seeds: self.seeds()?,
        })
    }

    /// The files, and then what the environment has.
    fn seeds(&self) -> io::Result<Vec<Seed>> {
        let files = self.seed_file.iter().cloned().map(Seed::Path);
        let text = match env::var(SEED) {
            Ok(text) => Some(Seed::Text(SEED, Sensitive::new(text))),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                let error = format!("{SEED} is no text in UTF-8");
                return Err(io::Error::other(error));
            }
        };
        Ok(files.chain(text).collect())
    }

    /// Whose requests are those that do not say.
    pub(super) fn default_scope(&self) -> Scope {
        Scope {
            account: self.account,
            region: self.region.clone(),
        }
    }

    /// Starts an emulator, and its logs.
    pub(super) async fn start(&self) -> io::Result<(Emulator, Logs)> {
        let logs = telemetry::start(&self.log).map_err(io::Error::other)?;
        let mut builder = Emulator::builder().config(self.config()?);
        if let Some(seed) = self.random_seed {
            warn!("{}", predictable(seed));
            builder = builder.entropy(Entropy::seeded(seed));
        }
        Ok((builder.start().await?, logs))
    }

    /// Runs an emulator until the process is told to end, by the end of standard input too if that is asked for.
    pub(super) async fn run(&self, until_stdin_ends: bool) -> io::Result<()> {
        let mut signals = StopSignals::listen()?;
        if until_stdin_ends {
            signals.watch_stdin()?;
        }
        let mut told_to_end = pin!(signals.received());
        let (emulator, _logs) = tokio::select! {
            started = self.start() => started?,
            // Nobody has been served, so there is nothing to finish.
            () = &mut told_to_end => return Ok(()),
        };
        announce(&emulator, self);
        told_to_end.await;
        emulator.stop().await;
        Ok(())
    }
}

/// What is said of a seeded randomness.
fn predictable(seed: u64) -> String {
    format!(
        "NOT FOR SECRETS: with --random-seed {seed}, ids, passwords and keys are the same on each run"
    )
}

/// Says where the emulator is and how to reach it. Programs that start it wait for the last line.
fn announce(emulator: &Emulator, options: &Options) {
    let endpoint = emulator.endpoint();
    let region = &options.region;
    let warning = options.random_seed.map(predictable);
    let warning = warning.map_or_else(String::new, |warning| format!("{warning}\n\n"));
    print(&format!(
        "secretstack {version} listens on {endpoint}\n\n\
         \x20 aws --endpoint-url {endpoint} --region {region} secretsmanager list-secrets\n\
         \x20 boto3.client(\"secretsmanager\", endpoint_url=\"{endpoint}\", region_name=\"{region}\")\n\
         \x20 export AWS_ENDPOINT_URL={endpoint}\n\n\
         {warning}Ready.\n",
        version = env!("CARGO_PKG_VERSION"),
    ));
}
