//! The command line: serving, and commands to a server that runs.

mod client;
mod clock;
mod export;
mod health;
mod import;
mod rotations;
mod run;
mod serve;
mod table;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::client::Server;
use crate::seed::Mistakes;

/// AWS Secrets Manager on your own machine.
///
/// Answers the AWS JSON 1.1 protocol so that any AWS SDK or CLI works against it, given this endpoint URL and any
/// credentials. An access key id of exactly 12 digits is the account; the region is the one the client signs for.
/// Secrets are kept in memory and are gone when the program ends. Without a command, it serves.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(flatten)]
    serve: serve::Options,

    /// Stops, as on SIGTERM, when standard input ends. A program that starts the emulator with a pipe there takes it along,
    /// however that program ends.
    #[arg(long)]
    until_stdin_ends: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

/// The exit code for what was written wrongly, in the arguments or in a seed.
const MISTAKEN: u8 = 2;

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows or sets the clock of a server that runs.
    ///
    /// What was done on the way is printed first, then the time and how the clock runs.
    Clock {
        #[command(flatten)]
        server: Server,

        #[command(subcommand)]
        change: Option<clock::Change>,
    },

    /// Lists the rotations of a server that runs, the newest last.
    Rotations {
        #[command(flatten)]
        server: Server,

        /// Only those of this secret: its name or ARN.
        #[arg(long, value_name = "NAME OR ARN")]
        secret: Option<String>,
    },

    /// Asks a server that runs whether it is up: exit code 0 if it is, and 1 if it is not within a few seconds.
    Health {
        #[command(flatten)]
        server: Server,
    },

    /// Runs a command with a server of its own, which ends with it.
    ///
    /// AWS SDKs and CLIs in the command find the server by their environment: endpoint, region and credentials are set. The
    /// server listens on a free port unless told otherwise, and logs only what is wrong. The exit code is the command's, or 128
    /// and the number of the signal that ended it.
    Run(run::Options),

    /// Writes the secrets of a server that runs, as lines of JSON.
    Export {
        #[command(flatten)]
        server: Server,

        #[command(flatten)]
        options: export::Options,
    },

    /// Makes a server that runs have secrets that were exported.
    ///
    /// Secrets that are there already are changed to what is imported; others are left alone.
    Import {
        #[command(flatten)]
        server: Server,

        #[command(flatten)]
        options: import::Options,
    },
}

/// The whole program. Does what the arguments say: serves until the process is told to end, or performs a command. What goes wrong
/// is told in one line, with exit code 1; each mistake in a seed in a line of its own, with exit code 2.
///
/// # Panics
///
/// If the system gives it no threads.
#[tokio::main]
pub async fn main() -> ExitCode {
    let error = match perform(&Arguments::parse()).await {
        Ok(code) => return code,
        Err(error) => error,
    };
    if let Some(Mistakes(mistakes)) = mistakes_in(&*error) {
        for mistake in mistakes {
            complain(mistake);
        }
        return ExitCode::from(MISTAKEN);
    }
    complain(&error);
    ExitCode::FAILURE
}

fn mistakes_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Mistakes> {
    error.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}

async fn perform(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    if let Some(command) = &arguments.command {
        return command.perform().await;
    }
    arguments.serve.run(arguments.until_stdin_ends).await?;
    Ok(ExitCode::SUCCESS)
}

impl Command {
    async fn perform(&self) -> Result<ExitCode, Box<dyn Error>> {
        match self {
            Self::Clock { server, change } => print(&clock::run(server, change.as_ref()).await?),
            Self::Rotations { server, secret } => {
                print(&rotations::run(server, secret.as_deref()).await?);
            }
            Self::Health { server } => print(&health::run(server).await?),
            Self::Run(options) => return Ok(options.run().await?),
            Self::Export { server, options } => export::run(server, options).await?,
            Self::Import { server, options } => print(&import::run(server, options).await?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes to standard output. Whoever started us may not be reading; that is no failure.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Says in one line on standard error what went wrong. There is nowhere left to complain to if that is closed.
fn complain(error: &dyn Display) {
    let _ = writeln!(io::stderr(), "secretstack: {error}");
}
