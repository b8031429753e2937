//! `X-Amz-Target` to the entry of the operation table.

use crate::api::error::Error;
use crate::api::{self, Entry, Service};

pub(super) const HEADER: &str = "x-amz-target";

/// The operation in `secretsmanager.{Operation}`: prefix and operation in exactly this case (fact sheet 1.1).
pub(super) fn find(target: &str) -> Result<&'static Entry, Error> {
    let (prefix, name) = target.split_once('.').ok_or(Error::UnknownOperation)?;
    let service = Service::of_target(prefix).ok_or(Error::UnknownOperation)?;
    api::find(service, name)
}
