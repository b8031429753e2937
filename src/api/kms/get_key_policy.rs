//! GetKeyPolicy (AWS KMS API Reference).

use serde::{Deserialize, Serialize};

use super::shapes::{KEY_ID, POLICY_NAME};
use super::{keys, policies};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Required, Text};
use crate::api::{Operation, Service};

/// Shows a key's policy as it was put.
pub struct GetKeyPolicy;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    policy_name: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("PolicyName", &POLICY_NAME, |i| i.policy_name.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    policy: String,
    policy_name: &'static str,
}

impl Operation for GetKeyPolicy {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "GetKeyPolicy";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let key = keys::own(ctx, &input.key_id.0)?;
        if !policies::is_default(input.policy_name.as_ref()) {
            return Err(KmsError::PolicyNotFound.into());
        }
        Ok(Output {
            policy: key.policy.to_string(),
            policy_name: policies::DEFAULT,
        })
    }
}
