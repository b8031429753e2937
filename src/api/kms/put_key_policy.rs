//! PutKeyPolicy (AWS KMS API Reference).

use serde::Deserialize;

use super::shapes::{KEY_ID, POLICY, POLICY_NAME};
use super::{keys, policies};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Flag, Required, Text};
use crate::api::shapes::FLAG;
use crate::api::{Empty, Operation, Service};

/// Replaces a key's policy. Policies are checked and kept, not enforced.
pub struct PutKeyPolicy;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    bypass_policy_lockout_safety_check: Option<Flag>,
    key_id: Required<Text>,
    policy: Required<Text>,
    policy_name: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("BypassPolicyLockoutSafetyCheck", &FLAG, |i| {
            i.bypass_policy_lockout_safety_check.value()
        }),
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::required("Policy", &POLICY, |i| i.policy.value()),
        Member::optional("PolicyName", &POLICY_NAME, |i| i.policy_name.value()),
    ];
}

impl Operation for PutKeyPolicy {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "PutKeyPolicy";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::KmsMalformedPolicyDocumentException,
        Code::DependencyTimeoutException,
        Code::UnsupportedOperationException,
        Code::KmsInternalException,
        Code::KmsLimitExceededException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        if !policies::is_default(input.policy_name.as_ref()) {
            return Err(KmsError::NotSupported("A policy of another name than default").into());
        }
        let text = &input.policy.0;
        policies::check(text, input.bypass_policy_lockout_safety_check.as_ref())?;
        ctx.keys().update(&key, ctx.now, |key, _| {
            key.set_policy(text);
            Ok(())
        })?;
        Ok(Empty)
    }
}
