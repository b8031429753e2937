//! GetResourcePolicy (fact sheet 3.16).

use serde::{Deserialize, Serialize};

use super::policies::{PolicyNames, is_default};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes;

/// Shows a secret's resource policy; that there is none is not an error.
pub struct GetResourcePolicy;

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

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: PolicyNames,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_policy: Option<String>,
}

impl Operation for GetResourcePolicy {
    const NAME: &'static str = "GetResourcePolicy";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_in_use()?;
        if !is_default(input.policy_name.as_ref()) {
            return Err(Error::PolicyNotFound);
        }
        Ok(Output {
            names: PolicyNames::of(&secret, input.policy_name),
            resource_policy: secret.policy().map(str::to_owned),
        })
    }
}
