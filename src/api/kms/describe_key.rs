//! DescribeKey (fact sheet 6.5).

use serde::Deserialize;

use super::shapes::{GRANT_TOKENS, KEY_ID};
use super::{keys, metadata};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Required, Text};
use crate::api::{Operation, Service};

/// Shows a key. Asked for `alias/aws/secretsmanager`, it creates that key if it is not there yet, as AWS does.
pub struct DescribeKey;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    grant_tokens: Option<List<Text>>,
    key_id: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("GrantTokens", &GRANT_TOKENS, |i| i.grant_tokens.value()),
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
    ];
}

impl Operation for DescribeKey {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "DescribeKey";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
    ];
    type Input = Input;
    type Output = metadata::Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Self::Output, Error> {
        let key = keys::shown(ctx, &input.key_id.0)?;
        Ok(metadata::Output::of(&key))
    }
}
