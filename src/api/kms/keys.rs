//! Which key a caller means, and whether the operation may touch it.

use std::sync::Arc;

use crate::api::context::Context;
use crate::api::error::{Error, KmsError};
use crate::kms::{Key, KeyManager};

/// The key that a request names in any form, to look at.
pub(super) fn shown(ctx: &Context<'_>, given: &str) -> Result<Arc<Key>, Error> {
    Ok(ctx.keys().find(ctx.caller, given, ctx.now)?)
}

/// The key that a request names in any form, to encrypt or decrypt with.
pub(super) fn used(
    ctx: &Context<'_>,
    given: &str,
    operation: &'static str,
) -> Result<Arc<Key>, Error> {
    let key = shown(ctx, given)?;
    check_allowed(ctx, &key, operation)?;
    Ok(key)
}

/// The caller's own key that a request names by id or ARN, to look at.
pub(super) fn own(ctx: &Context<'_>, given: &str) -> Result<Arc<Key>, Error> {
    Ok(ctx.keys().find_own(ctx.caller, given, ctx.now)?)
}

/// The caller's own key that a request names by id or ARN, to change.
pub(super) fn own_to_change(
    ctx: &Context<'_>,
    given: &str,
    operation: &'static str,
) -> Result<Arc<Key>, Error> {
    let key = own(ctx, given)?;
    check_allowed(ctx, &key, operation)?;
    Ok(key)
}

/// Refuses what the policy of an AWS managed key does not allow: everything but looking at it (fact sheet 6.3).
pub(super) fn check_allowed(
    ctx: &Context<'_>,
    key: &Key,
    operation: &'static str,
) -> Result<(), Error> {
    match key.manager {
        KeyManager::Customer => Ok(()),
        KeyManager::Aws => Err(KmsError::NotAllowed {
            user: ctx.caller_arn(),
            operation,
            arn: key.arn.to_string(),
        }
        .into()),
    }
}
