//! Binding, serving, and ending in good order.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinHandle, JoinSet};
use tracing::warn;

/// How long requests in flight may take after the server was told to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long a client may take to send a request's headers. It also ends connections on which nothing is asked.
const HEADER_TIME: Duration = Duration::from_mins(1);
/// How long to wait before accepting again after that failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

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

/// Serves until `stop` ends, then finishes the requests in flight; after [`GRACE`] it cuts them off. Dropping the future
/// cuts off everything at once.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME);
    let service = TowerToHyperService::new(router);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Such as too many open files: connections that end make room.
                    warn!(%error, "could not accept a connection");
                    wait(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
            () = &mut stop => break,
        };
        // Answers are written in one piece; waiting to fill a packet would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "could not switch off Nagle's algorithm");
        }
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // A client that hangs up or talks nonsense is its own affair.
            let _ = connection.await;
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = wait(GRACE) => warn!("requests were still in flight and are cut off"),
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
