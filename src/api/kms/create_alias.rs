//! CreateAlias (fact sheet 6.5).

use super::aliases::Input;
use super::keys;
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
        input.check()?;
        let target = keys::own_to_change(ctx, &input.target_key_id.0, Self::NAME)?;
        ctx.keys()
            .create_alias(&input.alias_name.0, &target, ctx.now)?;
        Ok(Empty)
    }
}
