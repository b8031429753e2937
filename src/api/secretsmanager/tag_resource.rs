//! TagResource (fact sheet 3.22).

use serde::Deserialize;

use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Object, Required, Text};
use crate::api::shapes::{self, Tag, tags_of};
use crate::api::{Empty, Operation};

/// Adds tags to a secret, or replaces their values.
pub struct TagResource;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    tags: Required<List<Object<Tag>>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("Tags", &shapes::TAGS, |i| i.tags.value()),
    ];
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_writable()?;
        let given = input.tags.into_inner();
        let tags = tags_of(&given)?;
        ctx.secrets()
            .update(&secret, ctx.now, |secret| secret.add_tags(&tags, ctx.now))
            .await?;
        Ok(Empty)
    }
}
