//! UpdateAlias (fact sheet 6.5).

use super::aliases::Input;
use super::keys;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Empty, Operation, Service};

/// Moves an alias to another key of the same type and usage. What was encrypted under the first one opens as before.
pub struct UpdateAlias;

impl Operation for UpdateAlias {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "UpdateAlias";
    const ERRORS: &'static [Code] = &[
        Code::DependencyTimeoutException,
        Code::NotFoundException,
        Code::KmsInternalException,
        Code::KmsLimitExceededException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        input.check()?;
        let target = keys::own_to_change(ctx, &input.target_key_id.0, Self::NAME)?;
        ctx.keys()
            .update_alias(&input.alias_name.0, &target, ctx.now)?;
        Ok(Empty)
    }
}
