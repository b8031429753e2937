//! CancelRotateSecret (fact sheet 3.14 and 5.6).

use serde::Serialize;

use crate::api::Operation;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::shapes::{OnlySecretId, SecretNames};

/// Turns rotation off. Its configuration and all staging labels stay; AWSPENDING may be left on a version, and then has to be
/// removed before the next rotation.
pub struct CancelRotateSecret;

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: SecretNames,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
}

impl Operation for CancelRotateSecret {
    const NAME: &'static str = "CancelRotateSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = OnlySecretId;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: OnlySecretId) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| secret.cancel_rotation(ctx.now))
            .await?;
        Ok(Output {
            names: SecretNames::of(&secret),
            version_id: secret.pending_rotation().map(ToString::to_string),
        })
    }
}
