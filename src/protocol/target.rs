//! `X-Amz-Target` to the entry of the operation table.

use http::HeaderName;

use crate::api::error::Error;
use crate::api::{self, Entry, Service};

pub(super) const HEADER: HeaderName = HeaderName::from_static("x-amz-target");

/// The operation in `secretsmanager.{Operation}`: prefix and operation in exactly this case (fact sheet 1.1).
pub(super) fn find(target: &[u8]) -> Result<&'static Entry, Error> {
    let target = std::str::from_utf8(target).map_err(|_| Error::UnknownOperation)?;
    let (service, name) = Service::of_target(target).ok_or(Error::UnknownOperation)?;
    api::find(service, name)
}
