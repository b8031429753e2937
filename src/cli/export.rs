//! `secretstack export`: the secrets of a server that runs, to a file or to standard output.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::client::{Error, Server};

/// Nobody else reads the file: it may have values in it.
const MODE: u32 = 0o600;

/// What to export, and where to.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// With the values, in the clear.
    #[arg(long)]
    values: bool,

    /// Only the secrets of this account.
    #[arg(long, value_name = "12 DIGITS")]
    account: Option<String>,

    /// Only the secrets of this region.
    #[arg(long)]
    region: Option<String>,

    /// Only the secrets whose names begin so.
    #[arg(long)]
    prefix: Option<String>,

    /// The file to write, which only you can read; standard output if there is none.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Server(#[from] Error),
    #[error("cannot write {0}: {1}")]
    File(String, io::Error),
}

/// Asks the server and writes what comes.
pub(super) async fn run(server: &Server, options: &Options) -> Result<(), Failure> {
    let mut pieces = server.open(&options.path()).await?;
    let (name, mut out): (_, Box<dyn Write + Send>) = match &options.output {
        Some(path) => {
            let name = path.display().to_string();
            let file = create(path).map_err(|error| Failure::File(name.clone(), error))?;
            (name, Box::new(file))
        }
        None => ("to standard output".to_owned(), Box::new(io::stdout())),
    };
    while let Some(piece) = pieces.next().await? {
        match out.write_all(piece.as_ref()) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(|error| Failure::File(name.clone(), error))?,
        }
    }
    out.flush().map_err(|error| Failure::File(name, error))
}

/// An empty file of that mode, even if there is one of another mode.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(MODE)
        .open(path)?;
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(MODE))?;
    }
    Ok(file)
}

impl Options {
    fn path(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [
            ("account", &self.account),
            ("region", &self.region),
            ("prefix", &self.prefix),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        if self.values {
            query.append_pair("values", "true");
        }
        format!("/_secretstack/export?{}", query.finish())
    }
}
