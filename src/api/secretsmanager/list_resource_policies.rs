//! ListResourcePolicies (fact sheet 3.24).

use serde::{Deserialize, Serialize};

use super::policies::DEFAULT;
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, Required, Text};
use crate::api::shapes;

/// Lists the names of a secret's resource policies: `default` or none, so there is never a second page.
pub struct ListResourcePolicies;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    max_results: Option<Integer>,
    next_token: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("MaxResults", &shapes::MAX_RESULTS, |i| {
            i.max_results.value()
        }),
        Member::optional("NextToken", &shapes::NEXT_TOKEN, |i| i.next_token.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    resource_policies: Vec<PolicySummary>,
}

/// One policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicySummary {
    policy_name: &'static str,
}

impl Operation for ListResourcePolicies {
    const NAME: &'static str = "ListResourcePolicies";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidNextTokenException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_in_use()?;
        if input.next_token.is_some() {
            return Err(Error::InvalidNextToken);
        }
        let summary = |_| PolicySummary {
            policy_name: DEFAULT,
        };
        Ok(Output {
            resource_policies: secret.policy().map(summary).into_iter().collect(),
        })
    }
}
