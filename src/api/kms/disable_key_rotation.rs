//! DisableKeyRotation (fact sheet 6.5).

use super::keys;
use super::shapes::OnlyKeyId;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Empty, Operation, Service};

/// Turns automatic rotation off.
pub struct DisableKeyRotation;

impl Operation for DisableKeyRotation {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "DisableKeyRotation";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::DisabledException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::UnsupportedOperationException,
    ];
    type Input = OnlyKeyId;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: OnlyKeyId) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        ctx.keys()
            .update(&key, ctx.now, |key, _| key.disable_rotation())?;
        Ok(Empty)
    }
}
