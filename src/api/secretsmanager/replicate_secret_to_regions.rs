//! ReplicateSecretToRegions (fact sheet 3.19 and 9).

use serde::{Deserialize, Serialize};

use super::replicas::{ReplicationStatus, replicas_of, replication_status};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, List, Object, Required, Text};
use crate::api::shapes::{self, Arn, ReplicaRegion};
use crate::secret::Secret;

/// Makes replicas of a secret in other regions of the account. The answer does not wait for them.
pub struct ReplicateSecretToRegions;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    add_replica_regions: Required<List<Object<ReplicaRegion>>>,
    force_overwrite_replica_secret: Option<Flag>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("AddReplicaRegions", &shapes::REPLICA_REGIONS, |i| {
            i.add_replica_regions.value()
        }),
        Member::optional("ForceOverwriteReplicaSecret", &shapes::FLAG, |i| {
            i.force_overwrite_replica_secret.value()
        }),
    ];
}

/// The answer, and RemoveRegionsFromReplication's: the replicas there are then.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(rename = "ARN")]
    arn: Arn,
    replication_status: Vec<ReplicationStatus>,
}

impl Output {
    pub(super) async fn of(ctx: &Context<'_>, secret: &Secret) -> Result<Self, Error> {
        Ok(Self {
            arn: Arn(secret.arn()),
            replication_status: replication_status(ctx, secret).await?.unwrap_or_default(),
        })
    }
}

impl Operation for ReplicateSecretToRegions {
    const NAME: &'static str = "ReplicateSecretToRegions";
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
        let overwrite = input.force_overwrite_replica_secret == Some(Flag(true));
        let regions = input.add_replica_regions.into_inner();
        let replicas = replicas_of(&secret, regions, overwrite)?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| {
                secret.add_replicas(replicas.clone())
            })
            .await?;
        Output::of(ctx, &secret).await
    }
}
