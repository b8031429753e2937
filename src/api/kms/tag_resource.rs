//! TagResource of KMS (fact sheet 6.5).

use serde::Deserialize;

use super::keys;
use super::shapes::{KEY_ID, TAGS, Tag, tags_of};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Object, Required, Text};
use crate::api::{Empty, Operation, Service};

/// Adds tags to a key or replaces their values.
pub struct TagResource;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    tags: Required<List<Object<Tag>>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::required("Tags", &TAGS, |i| i.tags.value()),
    ];
}

impl Operation for TagResource {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "TagResource";
    const ERRORS: &'static [Code] = &[
        Code::KmsInternalException,
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::KmsInvalidStateException,
        Code::KmsLimitExceededException,
        Code::TagException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        let tags = tags_of(input.tags.into_inner());
        ctx.keys()
            .update(&key, ctx.now, |key, _| key.add_tags(tags))?;
        Ok(Empty)
    }
}
