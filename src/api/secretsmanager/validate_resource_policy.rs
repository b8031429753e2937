//! ValidateResourcePolicy (fact sheet 3.18 and 8.1).

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes;
use crate::auth::policy::Policy;

/// Checks a resource policy without attaching it: its syntax, and whether it opens the secret to everybody or closes it
/// to everybody. The names of AWS's checks are not known.
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
    error_message: &'static str,
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
        let policy = Policy::parse(&input.resource_policy.0, Self::SERVICE.name())?;
        let checks = [
            (
                policy.is_public(),
                "BROAD_ACCESS",
                "The resource policy grants broad access to the secret.",
            ),
            (
                policy.denies_everybody("secretsmanager:PutResourcePolicy"),
                "LOCK_OUT",
                "The resource policy prevents everybody from managing the secret.",
            ),
        ];
        let failed = checks.into_iter().filter(|(failed, ..)| *failed);
        let validation_errors: Vec<_> = failed
            .map(|(_, check_name, error_message)| ValidationError {
                check_name,
                error_message,
            })
            .collect();
        Ok(Output {
            policy_validation_passed: validation_errors.is_empty(),
            validation_errors,
        })
    }
}
