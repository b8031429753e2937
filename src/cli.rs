//! The command line.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;

use crate::config::Config;
use crate::emulator::Emulator;
use crate::secret::id::{AccountId, Region, Scope};
use crate::server::StopSignals;
use crate::telemetry;

/// AWS Secrets Manager on your own machine.
///
/// Answers the AWS JSON 1.1 protocol so that any AWS SDK or CLI works against it, given this endpoint URL and any
/// credentials. An access key id of exactly 12 digits is the account; the region is the one the client signs for.
/// Secrets are kept in memory and are gone when the program ends.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Arguments {
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

impl Arguments {
    /// The configuration they describe.
    pub fn config(&self) -> Config {
        Config {
            listen: self.listen,
            default_scope: Scope {
                account: self.account,
                region: self.region.clone(),
            },
        }
    }
}

/// Runs an emulator until the process is told to end. What goes wrong is told in one line, with exit code 1.
pub async fn run(arguments: &Arguments) -> ExitCode {
    match serve(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to complain to if standard error is closed.
            let _ = writeln!(io::stderr(), "secretstack: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &Arguments) -> io::Result<()> {
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
         \x20 export AWS_ENDPOINT_URL_SECRETS_MANAGER={endpoint}\n\n\
         Ready.\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    // Whoever started us may not be reading; the emulator works all the same.
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
