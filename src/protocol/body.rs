//! Reading a request's body, within limits.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;

use crate::api::error::Error;

/// The largest body that is looked at: several times what a valid one needs.
const LIMIT: usize = 2 * 1024 * 1024;
/// How much of a larger body is still taken off the wire, so that its sender gets an answer and not a reset.
const DRAIN: usize = 32 * 1024 * 1024;

/// How long a client may take to send a body.
const TIME: Duration = Duration::from_mins(1);

/// The whole body. One that is too large or too slow, or whose sender hangs up half-way, is refused.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a client may take is a matter of real time, whatever the emulator's clock says"
)]
pub(super) async fn read(body: Body) -> Result<Bytes, Error> {
    let too_slow = |_| Error::Serialization(String::new());
    tokio::time::timeout(TIME, collect(body))
        .await
        .map_err(too_slow)?
}

async fn collect(mut body: Body) -> Result<Bytes, Error> {
    let cut_off = || Error::Serialization(String::new());
    // Nearly all bodies come in one piece, and are then not copied.
    let mut first = Bytes::new();
    let mut all: Vec<u8> = Vec::new();
    let mut length = 0;
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
