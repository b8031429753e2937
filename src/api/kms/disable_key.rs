//! DisableKey (fact sheet 6.5).

use super::keys;
use super::shapes::OnlyKeyId;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Empty, Operation, Service};

/// Takes a key out of use: until it is enabled again nothing is encrypted or decrypted with it.
pub struct DisableKey;

impl Operation for DisableKey {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "DisableKey";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
    ];
    type Input = OnlyKeyId;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: OnlyKeyId) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        ctx.keys().update(&key, ctx.now, |key, _| key.disable())?;
        Ok(Empty)
    }
}
