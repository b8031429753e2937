//! CancelKeyDeletion (fact sheet 6.5).

use super::keys;
use super::shapes::{KeyArn, OnlyKeyId};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Operation, Service};

/// Takes a deletion back. The key is then disabled, not enabled.
pub struct CancelKeyDeletion;

impl Operation for CancelKeyDeletion {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "CancelKeyDeletion";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
    ];
    type Input = OnlyKeyId;
    type Output = KeyArn;

    async fn call(ctx: &Context<'_>, input: OnlyKeyId) -> Result<KeyArn, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        let cancelled = ctx
            .keys()
            .update(&key, ctx.now, |key, _| key.cancel_deletion())?;
        Ok(KeyArn {
            key_id: cancelled.arn.to_string(),
        })
    }
}
