//! DeleteResourcePolicy (fact sheet 3.17).

use serde::Deserialize;

use super::policies::{PolicyNames, check_name};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes;

/// Removes a secret's resource policy; succeeds when there is none.
pub struct DeleteResourcePolicy;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    policy_name: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("PolicyName", &shapes::POLICY_NAME, |i| {
            i.policy_name.value()
        }),
    ];
}

impl Operation for DeleteResourcePolicy {
    const NAME: &'static str = "DeleteResourcePolicy";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = PolicyNames;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<PolicyNames, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_writable()?;
        check_name(input.policy_name.as_ref())?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| secret.set_policy(None, ctx.now))
            .await?;
        Ok(PolicyNames::of(&secret, input.policy_name))
    }
}
