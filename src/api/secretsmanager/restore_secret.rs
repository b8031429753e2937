//! RestoreSecret (fact sheet 3.8).

use crate::api::Operation;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::shapes::{OnlySecretId, SecretNames};
use crate::trail::EventName;

/// Takes a scheduled deletion back. A secret that is in use stays as it is.
pub struct RestoreSecret;

impl Operation for RestoreSecret {
    const NAME: &'static str = "RestoreSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = OnlySecretId;
    type Output = SecretNames;

    async fn call(ctx: &Context<'_>, input: OnlySecretId) -> Result<SecretNames, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let was_deleted = secret.check_in_use().is_err();
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| secret.restore(ctx.now))
            .await?;
        if was_deleted {
            ctx.record(EventName::CancelSecretVersionDelete, &secret);
        }
        Ok(SecretNames::of(&secret))
    }
}
