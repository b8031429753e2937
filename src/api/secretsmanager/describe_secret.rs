//! DescribeSecret (fact sheet 3.6).

use serde::Serialize;

use super::replicas::{
    CrossAccountPrimary, CrossAccountReplica, ReplicationStatus, cross_account_primary,
    cross_account_replicas, replication_status,
};
use crate::api::Operation;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::shapes::{OnlySecretId, ShownSecret};

/// Shows all that is known of a secret but its value; a secret that is scheduled for deletion too.
pub struct DescribeSecret;

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    secret: ShownSecret,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_status: Option<Vec<ReplicationStatus>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_account_replicas: Option<Vec<CrossAccountReplica>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_account_primary: Option<CrossAccountPrimary>,
}

impl Operation for DescribeSecret {
    const NAME: &'static str = "DescribeSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
    ];
    type Input = OnlySecretId;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: OnlySecretId) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        Ok(Output {
            secret: ShownSecret::new(secret.shared(), "VersionIdsToStages"),
            replication_status: replication_status(ctx, &secret).await?,
            cross_account_replicas: cross_account_replicas(&secret),
            cross_account_primary: cross_account_primary(&secret),
        })
    }
}
