//! Reading a request's body, within limits.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;

use crate::api::error::Error;

/// The largest body that is looked at. The largest valid one is some 100 KiB.
const LIMIT: usize = 2 * 1024 * 1024;
/// How much of a larger body is still taken off the wire, so that its sender gets an answer and not a reset.
const DRAIN: usize = 32 * 1024 * 1024;

/// The whole body. One that is too large, or whose sender hangs up half-way, is refused.
pub(super) async fn read(mut body: Body) -> Result<Bytes, Error> {
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
