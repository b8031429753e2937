//! UpdateAlias (fact sheet 6.5).

use super::aliases::{Input, check_name};
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
        check_name(&input.alias_name.0)?;
        let target = input.target(ctx, Self::NAME)?;
        ctx.keys()
            .update_alias(&input.alias_name.0, &target, ctx.now)?;
        Ok(Empty)
    }
}
