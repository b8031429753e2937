//! DisassociateCrossAccountReplica (fact sheet 3.24).

use serde::{Deserialize, Serialize};

use super::replicas::another_accounts_secret;
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes::{self, Arn};

/// Stops replicating a secret to one in another account, which keeps what it has and is its own from then on.
pub struct DisassociateCrossAccountReplica;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    #[serde(rename = "CrossAccountReplicaARN")]
    cross_account_replica_arn: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("CrossAccountReplicaARN", &shapes::SECRET_ARN, |i| {
            i.cross_account_replica_arn.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(rename = "ARN")]
    arn: Arn,
    #[serde(rename = "CrossAccountReplicaARN")]
    cross_account_replica_arn: Arn,
}

impl Operation for DisassociateCrossAccountReplica {
    const NAME: &'static str = "DisassociateCrossAccountReplica";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_writable()?;
        let arn = another_accounts_secret(ctx, &input.cross_account_replica_arn.0)?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| secret.dissociate(&arn))
            .await?;
        ctx.services.replicator.perform(secret.key()).await?;
        Ok(Output {
            arn: Arn(secret.arn()),
            cross_account_replica_arn: Arn(arn),
        })
    }
}
