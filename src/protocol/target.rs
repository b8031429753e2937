//! `X-Amz-Target` to the entry of the operation table.

use crate::api::{Entry, TABLE};

pub(super) const HEADER: &str = "x-amz-target";

/// The operation in `secretsmanager.{Operation}`: prefix and operation in exactly this case (fact sheet 1.1).
pub(super) fn find(target: &str) -> Option<&'static Entry> {
    let name = target.strip_prefix("secretsmanager.")?;
    TABLE.iter().find(|entry| entry.name == name)
}
