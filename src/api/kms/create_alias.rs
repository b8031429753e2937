//! CreateAlias (fact sheet 6.5).

use super::aliases::{Input, check_new_name};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Empty, Operation, Service};

/// Gives a key another name.
pub struct CreateAlias;

impl Operation for CreateAlias {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "CreateAlias";
    const ERRORS: &'static [Code] = &[
        Code::DependencyTimeoutException,
        Code::AlreadyExistsException,
        Code::NotFoundException,
        Code::InvalidAliasNameException,
        Code::KmsInternalException,
        Code::KmsLimitExceededException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        check_new_name(&input.alias_name.0)?;
        let target = input.target(ctx, Self::NAME)?;
        ctx.keys()
            .create_alias(&input.alias_name.0, &target, ctx.now)?;
        Ok(Empty)
    }
}
