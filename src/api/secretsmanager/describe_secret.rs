//! DescribeSecret (fact sheet 3.6).

use std::sync::Arc;

use super::replicas::{
    CrossAccountPrimary, CrossAccountReplica, ReplicationStatus, cross_account_primary,
    cross_account_replicas, replication_status,
};
use crate::api::Operation;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::json;
use crate::api::members::{Members, key};
use crate::api::shapes::OnlySecretId;
use crate::api::shown_secret::add_secret;
use crate::secret::Secret;

/// Shows all that is known of a secret but its value; a secret that is scheduled for deletion too.
pub struct DescribeSecret;

/// The answer.
#[derive(Debug)]
pub struct Output {
    secret: Arc<Secret>,
    replication_status: Option<Vec<ReplicationStatus>>,
    cross_account_replicas: Option<Vec<CrossAccountReplica>>,
    cross_account_primary: Option<CrossAccountPrimary>,
}

impl json::Output for Output {
    fn write(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        let mut shown = Members::begin(body);
        let arn_start = self.secret.key().scope.arn_start(0);
        add_secret(
            &mut shown,
            &arn_start,
            &self.secret,
            key!("VersionIdsToStages"),
        )?;
        shown.some(key!("ReplicationStatus"), self.replication_status.as_ref())?;
        shown.some(
            key!("CrossAccountReplicas"),
            self.cross_account_replicas.as_ref(),
        )?;
        shown.some(
            key!("CrossAccountPrimary"),
            self.cross_account_primary.as_ref(),
        )?;
        shown.end()
    }
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
            secret: secret.shared(),
            replication_status: replication_status(ctx, &secret).await?,
            cross_account_replicas: cross_account_replicas(&secret),
            cross_account_primary: cross_account_primary(&secret),
        })
    }
}
