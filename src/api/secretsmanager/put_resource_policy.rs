//! PutResourcePolicy (fact sheet 3.15 and 8.1).

use serde::Deserialize;

use super::policies::{PolicyNames, check_name};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Required, Text};
use crate::api::shapes;
use crate::auth::policy::Policy;

/// Sets or replaces a secret's resource policy. It is kept as it was written.
pub struct PutResourcePolicy;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    resource_policy: Required<Text>,
    block_public_policy: Option<Flag>,
    policy_name: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("ResourcePolicy", &shapes::RESOURCE_POLICY, |i| {
            i.resource_policy.value()
        }),
        Member::optional("BlockPublicPolicy", &shapes::FLAG, |i| {
            i.block_public_policy.value()
        }),
        Member::optional("PolicyName", &shapes::POLICY_NAME, |i| {
            i.policy_name.value()
        }),
    ];
}

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    const ERRORS: &'static [Code] = &[
        Code::MalformedPolicyDocumentException,
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::PublicPolicyException,
    ];
    type Input = Input;
    type Output = PolicyNames;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<PolicyNames, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_writable()?;
        check_name(input.policy_name.as_ref())?;
        let text = &input.resource_policy.0;
        let policy = Policy::parse(text, Self::SERVICE.name())?;
        if input.block_public_policy == Some(Flag(true)) && policy.is_public() {
            return Err(Error::PublicPolicy);
        }
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| {
                secret.set_policy(Some(text), ctx.now)
            })
            .await?;
        Ok(PolicyNames::of(&secret, input.policy_name))
    }
}
