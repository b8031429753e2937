//! The command line: serving, and commands to a server that runs.

mod client;
mod clock;
mod rotations;
mod serve;
mod table;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::client::Server;

/// AWS Secrets Manager on your own machine.
///
/// Answers the AWS JSON 1.1 protocol so that any AWS SDK or CLI works against it, given this endpoint URL and any
/// credentials. An access key id of exactly 12 digits is the account; the region is the one the client signs for.
/// Secrets are kept in memory and are gone when the program ends. Without a command, it serves.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(flatten)]
    serve: serve::Options,

    #[command(subcommand)]
    command: Option<Command>,
}

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
}

/// Does what the arguments say: serves until the process is told to end, or runs a command. What goes wrong is told in one
/// line, with exit code 1.
pub async fn run(arguments: &Arguments) -> ExitCode {
    match perform(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to complain to if standard error is closed.
            let _ = writeln!(io::stderr(), "secretstack: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn perform(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    match &arguments.command {
        None => arguments.serve.run().await?,
        Some(Command::Clock { server, change }) => {
            print(&clock::run(server, change.as_ref()).await?);
        }
        Some(Command::Rotations { server, secret }) => {
            print(&rotations::run(server, secret.as_deref()).await?);
        }
    }
    Ok(())
}

/// Writes to standard output. Whoever started us may not be reading; that is no failure.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
