//! RestoreSecret (fact sheet 3.8).

use serde::Deserialize;

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes::{self, SecretNames};

/// Takes a scheduled deletion back. A secret that is in use stays as it is.
pub struct RestoreSecret;

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

impl Operation for RestoreSecret {
    const NAME: &'static str = "RestoreSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = Input;
    type Output = SecretNames;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<SecretNames, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| {
                secret.restore(ctx.now);
                Ok(())
            })
            .await?;
        Ok(SecretNames::of(&secret))
    }
}
