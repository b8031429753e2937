//! RotateKeyOnDemand (fact sheet 6.5).

use super::keys;
use super::shapes::{KeyArn, OnlyKeyId};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Operation, Service};

/// Gives a key new material, which AWS takes a while for and which is done here when the call answers. What was encrypted
/// before opens as before.
pub struct RotateKeyOnDemand;

impl Operation for RotateKeyOnDemand {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "RotateKeyOnDemand";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::DisabledException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::UnsupportedOperationException,
        Code::KmsLimitExceededException,
        Code::ConflictException,
    ];
    type Input = OnlyKeyId;
    type Output = KeyArn;

    async fn call(ctx: &Context<'_>, input: OnlyKeyId) -> Result<KeyArn, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        let rotated = ctx.keys().update(&key, ctx.now, |key, entropy| {
            key.rotate_on_demand(entropy, ctx.now)
        })?;
        Ok(KeyArn {
            key_id: rotated.arn.to_string(),
        })
    }
}
