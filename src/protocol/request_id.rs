//! One id per request, in the answer and in the log.

use std::fmt;

use http::HeaderValue;
use uuid::Uuid;

use crate::entropy::Entropy;

/// The header AWS sends it in (fact sheet 1.2).
pub(super) const HEADER: &str = "x-amzn-requestid";

#[derive(Debug, Clone, Copy)]
pub(super) struct RequestId(Uuid);

impl RequestId {
    pub(super) fn new(entropy: &Entropy) -> Self {
        Self(entropy.uuid())
    }

    pub(super) fn header_value(self) -> HeaderValue {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text: &str = self.0.hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
