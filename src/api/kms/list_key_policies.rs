//! ListKeyPolicies (AWS KMS API Reference).

use serde::{Deserialize, Serialize};

use super::shapes::{KEY_ID, LIMIT, MARKER};
use super::{keys, policies};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, Required, Text};
use crate::api::{Operation, Service};

/// Lists the names of a key's policies: there is one, so there is one page and no marker to it.
pub struct ListKeyPolicies;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    limit: Option<Integer>,
    marker: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("Limit", &LIMIT, |i| i.limit.value()),
        Member::optional("Marker", &MARKER, |i| i.marker.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    policy_names: [&'static str; 1],
    truncated: bool,
}

impl Operation for ListKeyPolicies {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ListKeyPolicies";
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
        keys::own(ctx, &input.key_id.0)?;
        Ok(Output {
            policy_names: [policies::DEFAULT],
            truncated: false,
        })
    }
}
