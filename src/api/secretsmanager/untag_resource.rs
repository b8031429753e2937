//! UntagResource (fact sheet 3.23).

use serde::Deserialize;

use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Required, Text};
use crate::api::shapes;
use crate::api::{Empty, Operation};

/// Removes tags from a secret by their keys.
pub struct UntagResource;

static TAG_KEYS: Shape = Shape::list(0, None, &shapes::TAG_KEY);

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    tag_keys: Required<List<Text>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("TagKeys", &TAG_KEYS, |i| i.tag_keys.value()),
    ];
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let List(keys) = input.tag_keys.into_inner();
        let keys: Vec<_> = keys.into_iter().map(|key| key.0).collect();
        ctx.secrets()
            .update(&secret, ctx.now, |secret| {
                secret.remove_tags(&keys, ctx.now)
            })
            .await?;
        Ok(Empty)
    }
}
