//! DescribeSecret (fact sheet 3.6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes::{self, SecretMetadata, versions_to_labels};

/// Shows all that is known of a secret but its value; a secret that is scheduled for deletion too.
pub struct DescribeSecret;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] =
        &[Member::required("SecretId", &shapes::SECRET_ID, |i| {
            i.secret_id.value()
        })];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    metadata: SecretMetadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_ids_to_stages: Option<BTreeMap<String, Vec<String>>>,
}

impl Operation for DescribeSecret {
    const NAME: &'static str = "DescribeSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        Ok(Output {
            metadata: SecretMetadata::of(&secret),
            version_ids_to_stages: versions_to_labels(&secret),
        })
    }
}
