//! `secretstack import`: secrets from a file or from standard input to a server that runs.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use futures_util::stream;
use http_body_util::StreamBody;
use hyper::body::{Bytes, Frame};
use reqwest::Body;
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};

use super::client::{Error, Server};

/// How much is read at once.
const PIECE: usize = 64 * 1024;
/// How many pieces are read before they are sent.
const AHEAD: usize = 4;

/// What to import.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The file to read: lines of JSON; standard input if there is none, or if it is a hyphen.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What the server says it did.
#[derive(Deserialize)]
struct Applied {
    created: u64,
    changed: u64,
    unchanged: u64,
}

/// Why nothing was imported, or not all.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Server(#[from] Error),
    #[error("cannot read {0}: {1}")]
    File(String, io::Error),
}

/// Sends what is read; returns what to print.
pub(super) async fn run(server: &Server, options: &Options) -> Result<String, Failure> {
    let file = options.file.as_ref().filter(|file| file.as_os_str() != "-");
    let name = file.map_or("standard input".to_owned(), |file| {
        file.display().to_string()
    });
    let cannot_read = |error| Failure::File(name.clone(), error);
    let (body, mut failure) = match file {
        None => body_of(io::stdin()),
        Some(path) => body_of(File::open(path).map_err(cannot_read)?),
    };
    let answer = server.post("/_secretstack/import", body).await;
    if let Ok(error) = failure.try_recv() {
        return Err(Failure::File(name, error));
    }
    let Applied {
        created,
        changed,
        unchanged,
    } = answer?;
    Ok(format!(
        "{created} created, {changed} changed, {unchanged} unchanged\n"
    ))
}

/// A body that is read as it is sent, by a thread of its own. One that cannot be read to its end breaks off, and the receiver
/// is told why.
fn body_of(mut file: impl Read + Send + 'static) -> (Body, oneshot::Receiver<io::Error>) {
    let (fail, failure) = oneshot::channel();
    let (sender, pieces) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        loop {
            let mut piece = vec![0; PIECE];
            match file.read(&mut piece) {
                Ok(0) => return,
                Ok(length) => {
                    piece.truncate(length);
                    let piece = Frame::data(Bytes::from(piece));
                    // Nobody receives any more if the server has hung up.
                    if sender.blocking_send(Ok(piece)).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let _ = fail.send(error);
                    let _ = sender.blocking_send(Err(BrokenOff));
                    return;
                }
            }
        }
    });
    let pieces = stream::unfold(pieces, |mut pieces| async move {
        let piece: Result<_, BrokenOff> = pieces.recv().await?;
        Some((piece, pieces))
    });
    (Body::wrap(StreamBody::new(pieces)), failure)
}

/// The body does not go on.
#[derive(Debug, thiserror::Error)]
#[error("the body broke off")]
struct BrokenOff;
