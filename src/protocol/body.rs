//! Reading a request's body, within limits.

use std::time::Duration;

use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};

use crate::api::error::Error;

/// The largest body that is looked at: several times what a valid one needs.
const LIMIT: usize = 2 * 1024 * 1024;
/// How much of a larger body is still taken off the wire, so that its sender gets an answer and not a reset.
const DRAIN: usize = 32 * 1024 * 1024;

/// How long a client may take to send a body.
const TIME: Duration = Duration::from_mins(1);

/// The whole body. One that is too large or too slow, or whose sender hangs up half-way, is refused.
pub(super) async fn read(mut body: Incoming) -> Result<Bytes, Error> {
    // Nearly all bodies arrive in one piece together with the headers, and are then neither waited for nor copied. What is
    // needed for the others is boxed, so that it is not moved about with every request.
    let mut first = Bytes::new();
    match body.frame().now_or_never() {
        // It is told once; after it the body only ends.
        Some(Some(Err(_))) => return Err(cut_off()),
        Some(Some(Ok(frame))) => first = frame.into_data().unwrap_or_default(),
        Some(None) | None => {}
    }
    if body.is_end_stream() && first.len() <= LIMIT {
        return Ok(first);
    }
    Box::pin(read_in_time(first, body)).await
}

fn cut_off() -> Error {
    Error::Serialization(String::new())
}

/// The whole body, of which the first piece has been read.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a client may take is a matter of real time, whatever the emulator's clock says"
)]
async fn read_in_time(first: Bytes, body: Incoming) -> Result<Bytes, Error> {
    let too_slow = |_| cut_off();
    tokio::time::timeout(TIME, collect(first, body))
        .await
        .map_err(too_slow)?
}

async fn collect(mut first: Bytes, mut body: Incoming) -> Result<Bytes, Error> {
    let mut all: Vec<u8> = Vec::new();
    let mut length = first.len();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| cut_off())?.into_data() else {
            continue;
        };
        length += data.len();
        if length > DRAIN {
            break;
        }
        if length > LIMIT {
            continue;
        }
        if first.is_empty() {
            first = data;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&data);
        }
    }
    if length > LIMIT {
        return Err(Error::Serialization(format!(
            "Request size exceeds {LIMIT} bytes"
        )));
    }
    Ok(if all.is_empty() { first } else { all.into() })
}
