//! The command line.

mod client;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use crate::emulator::Emulator;
use crate::lambda::{FunctionsConfig, HttpUrl, RotationFunction};
use crate::secret::id::{AccountId, Region, Scope};
use crate::server::StopSignals;
use crate::telemetry;

/// AWS Secrets Manager on your own machine.
///
/// Answers the AWS JSON 1.1 protocol so that any AWS SDK or CLI works against it, given this endpoint URL and any
/// credentials. An access key id of exactly 12 digits is the account; the region is the one the client signs for.
/// Secrets are kept in memory and are gone when the program ends.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

/// What to ask of an emulator that runs.
#[derive(Debug, Subcommand)]
enum Command {
    /// Shows or moves the emulator's clock; what falls due on the way is performed, and listed.
    Clock {
        #[command(flatten)]
        server: client::Server,
        #[command(subcommand)]
        change: Option<client::ClockChange>,
    },
    /// Lists rotation attempts.
    Rotations {
        #[command(flatten)]
        server: client::Server,
        /// Only those of this secret, by name or ARN.
        #[arg(long, value_name = "NAME OR ARN")]
        secret: Option<String>,
    },
}

/// How to run an emulator.
#[derive(Debug, Args)]
struct Serve {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "SECRETSTACK_LISTEN",
        default_value = "127.0.0.1:4566"
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
        default_value = "info",
        value_parser = parse_log
    )]
    log: String,

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

impl Serve {
    /// The configuration they describe.
    fn config(&self) -> Config {
        Config {
            listen: self.listen,
            default_scope: Scope {
                account: self.account,
                region: self.region.clone(),
            },
            functions: FunctionsConfig {
                endpoint: self.lambda_endpoint.clone(),
                functions: self.rotation_function.clone(),
                ..FunctionsConfig::default()
            },
        }
    }
}

/// Runs an emulator until the process is told to end, or asks something of one that runs. What goes wrong is told in one
/// line, with exit code 1.
pub async fn run(arguments: &Arguments) -> ExitCode {
    let done = match &arguments.command {
        None => serve(&arguments.serve).await,
        Some(Command::Clock { server, change }) => client::clock(server, change.as_ref()).await,
        Some(Command::Rotations { server, secret }) => {
            client::rotations(server, secret.as_deref()).await
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to complain to if standard error is closed.
            let _ = writeln!(io::stderr(), "secretstack: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &Serve) -> io::Result<()> {
    let _logs = telemetry::start(&arguments.log).map_err(io::Error::other)?;
    let signals = StopSignals::listen()?;
    let emulator = Emulator::builder()
        .config(arguments.config())
        .start()
        .await?;
    announce(&emulator, &arguments.region);
    signals.received().await;
    emulator.stop().await;
    Ok(())
}

/// Says where the emulator is and how to reach it. Programs that start it wait for the last line.
fn announce(emulator: &Emulator, region: &Region) {
    let endpoint = emulator.endpoint();
    let text = format!(
        "secretstack {version} listens on {endpoint}\n\n\
         \x20 aws --endpoint-url {endpoint} --region {region} secretsmanager list-secrets\n\
         \x20 boto3.client(\"secretsmanager\", endpoint_url=\"{endpoint}\", region_name=\"{region}\")\n\
         \x20 export AWS_ENDPOINT_URL={endpoint}\n\n\
         Ready.\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    // Whoever started us may not be reading; the emulator works all the same.
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
