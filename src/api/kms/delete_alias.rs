//! DeleteAlias (fact sheet 6.5).

use serde::Deserialize;

use super::aliases::{ALIAS_NAME, check_name};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::{Empty, Operation, Service};

/// Takes a name away from its key, whatever the key's state.
pub struct DeleteAlias;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    alias_name: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[Member::required("AliasName", &ALIAS_NAME, |i| {
        i.alias_name.value()
    })];
}

impl Operation for DeleteAlias {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "DeleteAlias";
    const ERRORS: &'static [Code] = &[
        Code::DependencyTimeoutException,
        Code::NotFoundException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        check_name(&input.alias_name.0)?;
        ctx.keys()
            .delete_alias(ctx.caller, &input.alias_name.0, ctx.now)?;
        Ok(Empty)
    }
}
