//! UntagResource of KMS (fact sheet 6.5).

use serde::Deserialize;

use super::keys;
use super::shapes::{KEY_ID, TAG_KEYS};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Required, Text};
use crate::api::{Empty, Operation, Service};

/// Removes tags from a key.
pub struct UntagResource;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    tag_keys: Required<List<Text>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::required("TagKeys", &TAG_KEYS, |i| i.tag_keys.value()),
    ];
}

impl Operation for UntagResource {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "UntagResource";
    const ERRORS: &'static [Code] = &[
        Code::KmsInternalException,
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::KmsInvalidStateException,
        Code::TagException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        let List(names) = input.tag_keys.into_inner();
        let names: Vec<_> = names.into_iter().map(|Text(name)| name).collect();
        ctx.keys()
            .update(&key, ctx.now, |key, _| key.remove_tags(&names))?;
        Ok(Empty)
    }
}
