//! Binding, serving, and ending in good order.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tracing::warn;

/// How long requests in flight may take after the server was told to end.
const GRACE: Duration = Duration::from_secs(5);

/// A task that ends with its owner.
#[derive(Debug)]
pub(crate) struct Background(JoinHandle<()>);

impl Background {
    pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(task))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Takes an address; the error's text is one line that says what to do.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "the address is in use; stop the other program or choose another with --listen"
            }
            _ => {
                return io::Error::new(
                    error.kind(),
                    format!("cannot listen on {address}: {error}"),
                );
            }
        };
        io::Error::new(error.kind(), format!("cannot listen on {address}: {hint}"))
    })
}

/// Serves until `stop` ends, then finishes the requests in flight, for some seconds at most.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // Answers are written in one piece; waiting to fill a packet would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "could not switch off Nagle's algorithm");
        }
    });
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let served = axum::serve(listener, router).with_graceful_shutdown(async {
        stop.await;
        // The receiver lives as long as this function.
        let _ = stopping.send(());
    });
    let grace = async {
        // The sender is dropped only when serving has ended.
        let _ = stopped.await;
        wait(GRACE).await;
    };
    tokio::select! {
        result = served => result,
        () = grace => {
            warn!("requests were still in flight and are cut off");
            Ok(())
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a process may take to end is a matter of real time, whatever the emulator's clock says"
)]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// The signals that tell the process to end: SIGTERM and SIGINT (Ctrl-C). From when this exists, they are caught.
#[derive(Debug)]
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Returns when one of them has come.
    pub(crate) async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
