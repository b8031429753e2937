//! UpdateKeyDescription (fact sheet 6.5).

use serde::Deserialize;

use super::keys;
use super::shapes::{DESCRIPTION, KEY_ID};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::{Empty, Operation, Service};

/// Changes a key's description.
pub struct UpdateKeyDescription;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    description: Required<Text>,
    key_id: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("Description", &DESCRIPTION, |i| i.description.value()),
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
    ];
}

impl Operation for UpdateKeyDescription {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "UpdateKeyDescription";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        ctx.keys()
            .update(&key, ctx.now, |key, _| key.describe(&input.description.0))?;
        Ok(Empty)
    }
}
