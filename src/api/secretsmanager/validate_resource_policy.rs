//! ValidateResourcePolicy (fact sheet 3.18 and 8.1).

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes;
use crate::auth::policy::Policy;

/// Checks a resource policy without attaching it: its syntax, and whether it opens a secret to everybody.
///
/// AWS also checks whether the policy locks the caller out. Callers have no identity here, so that check is left out.
pub struct ValidateResourcePolicy;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Option<Text>,
    resource_policy: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("ResourcePolicy", &shapes::RESOURCE_POLICY, |i| {
            i.resource_policy.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    policy_validation_passed: bool,
    validation_errors: Vec<ValidationError>,
}

/// A check that the policy does not pass.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValidationError {
    check_name: &'static str,
    error_message: String,
}

impl Operation for ValidateResourcePolicy {
    const NAME: &'static str = "ValidateResourcePolicy";
    const ERRORS: &'static [Code] = &[
        Code::MalformedPolicyDocumentException,
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        if let Some(Text(secret_id)) = &input.secret_id {
            ctx.find(secret_id).await?.check_in_use()?;
        }
        let policy = Policy::parse(&input.resource_policy.0)?;
        let broad_access = policy.is_public().then(|| ValidationError {
            check_name: "BROAD_ACCESS",
            error_message: "The resource policy grants broad access to the secret.".to_owned(),
        });
        Ok(Output {
            policy_validation_passed: broad_access.is_none(),
            validation_errors: broad_access.into_iter().collect(),
        })
    }
}
