//! EnableKey (fact sheet 6.5).

use super::keys;
use super::shapes::OnlyKeyId;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Empty, Operation, Service};

/// Takes a key into use.
pub struct EnableKey;

impl Operation for EnableKey {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "EnableKey";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsLimitExceededException,
        Code::KmsInvalidStateException,
    ];
    type Input = OnlyKeyId;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: OnlyKeyId) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        ctx.keys()
            .update(&key, ctx.now, |key, _| key.enable(ctx.now))?;
        Ok(Empty)
    }
}
