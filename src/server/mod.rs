//! Binding, serving, and ending in good order.

mod connection;
pub(crate) mod origin;
mod stdin;

use std::borrow::Borrow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use futures_util::future::OptionFuture;
use http_body_util::Either;
use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::{self, AbortHandle, JoinHandle, JoinSet};
use tracing::warn;

use self::connection::Control;

/// How long requests in flight may take after the server was told to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long a connection stays on which nothing is asked, at least; at most it is twice as long. A request of which only a part
/// of the headers has come is none yet.
const IDLE_TIME: Duration = Duration::from_mins(1);
/// How long to wait before accepting again after that failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a body or a service may fail with.
type BoxError = Box<dyn Error + Send + Sync>;

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

/// Routes as a service.
pub(crate) fn routed(
    routes: Router,
) -> impl Service<
    Request<Incoming>,
    Response = Response<axum::body::Body>,
    Error = Infallible,
    Future: Send,
> + Clone
+ Send {
    TowerToHyperService::new(routes)
}

/// A service out of two: one that answers what is asked at the path `/`, where nearly all is asked, and routes for the rest and for
/// what web pages of another origin ask. The routes are made when they are first asked: many an emulator never is, and without them
/// and their description it starts sooner and is smaller.
pub(crate) fn at_the_root<F, R, B>(
    answer: F,
    routes: impl FnOnce() -> Router + Send + 'static,
) -> impl Service<
    Request<Incoming>,
    Response = Response<impl Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin>,
    Error = Infallible,
    Future: Send,
> + Clone
+ Send
where
    F: Fn(Request<Incoming>) -> R + Clone + Send,
    R: Future<Output = Response<B>> + Send,
    B: Body<Data = Bytes, Error = Infallible> + Send + Unpin,
{
    let routes = Arc::new(LazyLock::new(|| routed(routes())));
    service_fn(move |request: Request<Incoming>| {
        let answered = match request.uri().path() {
            // The routes refuse what comes from elsewhere.
            "/" if !origin::is_foreign(request.headers()) => Either::Left(answer(request)),
            _ => Either::Right(routes.call(request)),
        };
        async move {
            Ok(match answered {
                Either::Left(answered) => answered.await.map(Either::Left),
                Either::Right(routed) => routed.await?.map(Either::Right),
            })
        }
    })
}

/// Serves until `stop` ends, then finishes the requests in flight; after [`GRACE`] it cuts them off. Dropping the future
/// cuts off everything at once. A listener that is lent stays, and keeps those waiting who come meanwhile.
pub(crate) async fn serve<S, B>(
    listener: impl Borrow<TcpListener>,
    service: S,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let http = http1::Builder::new();
    let mut connections = Connections::default();
    let mut stop = pin!(stop);
    let mut sweep = pin!(wait(IDLE_TIME));
    loop {
        let stream = tokio::select! {
            accepted = listener.borrow().accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Such as too many open files: connections that end make room.
                    warn!(%error, "could not accept a connection");
                    wait(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            Some(()) = connections.one_ended() => continue,
            () = &mut sweep => {
                connections.drop_idle();
                sweep.set(wait(IDLE_TIME));
                continue;
            }
            () = &mut stop => break,
        };
        // Answers are written in one piece; waiting to fill a packet would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "could not switch off Nagle's algorithm");
        }
        let control = Arc::new(Control::default());
        let counted = connection::counted(service.clone(), control.clone());
        let connection = http.serve_connection(TokioIo::new(stream), counted);
        connections.add(control.clone(), connection::serve(connection, control));
    }
    drop(listener);
    tokio::select! {
        () = connections.end() => {}
        () = wait(GRACE) => warn!("requests were still in flight and are cut off"),
    }
}

/// The connections that are open.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    open: HashMap<task::Id, Open>,
}

struct Open {
    control: Arc<Control>,
    task: AbortHandle,
    /// How many requests there had been when it was last seen idle.
    idle_after: Option<u64>,
}

impl Connections {
    fn add(&mut self, control: Arc<Control>, served: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(served);
        let open = Open {
            control,
            task: task.clone(),
            idle_after: None,
        };
        self.open.insert(task.id(), open);
    }

    /// Waits for a connection to end; `None` if there is none.
    async fn one_ended(&mut self) -> Option<()> {
        let ended = self.tasks.join_next_with_id().await?;
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.open.remove(&id);
        Some(())
    }

    /// Drops the connections on which nothing was asked since this was last called.
    fn drop_idle(&mut self) {
        for open in self.open.values_mut() {
            let idle_after = open.control.idle_after();
            if idle_after.is_some() && idle_after == open.idle_after {
                open.task.abort();
            }
            open.idle_after = idle_after;
        }
    }

    /// Ends all connections, when the requests in flight have been answered.
    async fn end(&mut self) {
        for open in self.open.values() {
            open.control.end();
        }
        while self.one_ended().await.is_some() {}
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a process may take to end is a matter of real time, whatever the emulator's clock says"
)]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// What tells the process to end: SIGTERM, SIGINT (Ctrl-C) and, if it is watched, the end of standard input. From when this
/// exists, the signals are caught.
#[derive(Debug)]
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
    stdin: Option<oneshot::Receiver<()>>,
}

impl StopSignals {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            stdin: None,
        })
    }

    /// Watches standard input too.
    pub(crate) fn watch_stdin(&mut self) -> io::Result<()> {
        self.stdin = Some(stdin::watch()?);
        Ok(())
    }

    /// Returns when one of them has come.
    pub(crate) async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            // Its sender is dropped.
            Some(_) = OptionFuture::from(self.stdin) => {}
        }
    }
}
