//! Standard input as a sign of life: a pipe ends with whoever holds its other end, however that program ends.

use std::io;
use std::thread;

use tokio::sync::oneshot;

/// Watches standard input from now on. What comes in is not looked at; when it has ended, the sender is dropped.
///
/// A thread of its own reads, because the runtime would wait for a blocking read of its own before the process may end.
pub(super) fn watch() -> io::Result<oneshot::Receiver<()>> {
    let (ending, ended) = oneshot::channel();
    thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            // What cannot be read has ended too.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            drop(ending);
        })?;
    Ok(ended)
}
