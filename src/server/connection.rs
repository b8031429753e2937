//! One connection: what it is doing, and how it is told to end.
//!
//! A timer for each request, or a channel that each poll asks, would cost a request more than all routing does. So a connection
//! only counts, and whoever serves looks at the counts now and then.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::BoxError;

/// What is known of a connection from outside.
#[derive(Debug, Default)]
pub(super) struct Control {
    begun: AtomicU64,
    ended: AtomicU64,
    is_to_end: AtomicBool,
    waker: AtomicWaker,
}

impl Control {
    /// Ends the connection, when the request in flight has been answered.
    pub(super) fn end(&self) {
        self.is_to_end.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// How many requests there were, if none is in flight.
    pub(super) fn idle_after(&self) -> Option<u64> {
        let ended = self.ended.load(Ordering::Acquire);
        (self.begun.load(Ordering::Acquire) == ended).then_some(ended)
    }
}

/// A request in flight, until this is dropped.
struct InFlight(Arc<Control>);

impl InFlight {
    fn begin(control: &Arc<Control>) -> Self {
        count_one(&control.begun, Ordering::Relaxed);
        Self(control.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        count_one(&self.0.ended, Ordering::Release);
    }
}

/// Only the connection's own task counts, since HTTP/1 answers one request after the other. So this need not be one step for others.
fn count_one(count: &AtomicU64, order: Ordering) {
    count.store(count.load(Ordering::Relaxed) + 1, order);
}

/// A service that counts its requests.
pub(super) fn counted<S, B>(
    service: S,
    control: Arc<Control>,
) -> impl Service<Request<Incoming>, Response = Response<CountedBody<B>>, Error = Infallible, Future: Send>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>,
    B: Body<Data = Bytes> + Send + Unpin,
{
    service_fn(move |request| {
        let in_flight = InFlight::begin(&control);
        let call = service.call(request);
        async move {
            let response = call.await?;
            Ok(response.map(|body| CountedBody {
                body,
                _in_flight: in_flight,
            }))
        }
    })
}

/// An answer's body. The request is in flight for as long as it lasts: events are followed for hours.
pub(super) struct CountedBody<B> {
    body: B,
    _in_flight: InFlight,
}

impl<B: Body<Data = Bytes> + Unpin> Body for CountedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(task)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Serves a connection until it ends by itself or is told to.
pub(super) async fn serve<S, B>(
    connection: http1::Connection<TokioIo<TcpStream>, S>,
    control: Arc<Control>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes, Error: Into<BoxError>> + 'static,
{
    let mut connection = pin!(connection);
    let mut is_ending = false;
    poll_fn(|task| {
        control.waker.register(task.waker());
        if !is_ending && control.is_to_end.load(Ordering::Acquire) {
            is_ending = true;
            connection.as_mut().graceful_shutdown();
        }
        // A client that hangs up or talks nonsense is its own affair.
        connection.as_mut().poll(task).map(drop)
    })
    .await;
}
