//! StopReplicationToReplica (fact sheet 3.21 and 9.3).

use serde::Serialize;

use crate::api::Operation;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::shapes::{Arn, OnlySecretId};

/// Makes a replica a secret of its own, under the same ARN. It is called in the replica's region.
pub struct StopReplicationToReplica;

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(rename = "ARN")]
    arn: Arn,
}

impl Operation for StopReplicationToReplica {
    const NAME: &'static str = "StopReplicationToReplica";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = OnlySecretId;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: OnlySecretId) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| secret.promote(ctx.now))
            .await?;
        ctx.services.replicator.perform(secret.key()).await?;
        Ok(Output {
            arn: Arn(secret.arn()),
        })
    }
}
