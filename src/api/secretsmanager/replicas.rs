//! What the operations on replicas share: replicas as requests name them, and their status as answers show it
//! (fact sheet 9.1).

use serde::Serialize;

use crate::api::context::Context;
use crate::api::error::Error;
use crate::api::fields::{List, Object, Text};
use crate::api::shapes::{Arn, ReplicaRegion};
use crate::api::timestamp::Timestamp;
use crate::kms::DEFAULT_KEY_ALIAS;
use crate::secret::Secret;
use crate::secret::id::{Region, SecretArn};
use crate::secret::replication::{Link, Origin, Replica, Status};

/// The replicas that a request wants of a secret.
pub(super) fn replicas_of(
    secret: &Secret,
    regions: List<Object<ReplicaRegion>>,
    overwrite: bool,
) -> Result<Vec<Replica>, Error> {
    let replica = |Object(given): Object<ReplicaRegion>| {
        let region = given.region.as_ref().ok_or(Error::InvalidReplicaRegion)?;
        let mut replica = Replica::in_region(secret, region_of(region)?);
        let key_id = given.kms_key_id.map(|Text(id)| id);
        replica.kms_key_id = key_id.filter(|id| !id.is_empty()).map(Into::into);
        replica.overwrite = overwrite;
        Ok(replica)
    };
    regions.0.into_iter().map(replica).collect()
}

/// A region that a request names.
pub(super) fn region_of(Text(given): &Text) -> Result<Region, Error> {
    Region::parse(given).ok_or(Error::InvalidReplicaRegion)
}

/// The ARN of a secret in an account other than the caller's.
pub(super) fn another_accounts_secret(ctx: &Context<'_>, text: &str) -> Result<SecretArn, Error> {
    SecretArn::parse(text)
        .filter(|arn| arn.key.scope.account != ctx.caller.account)
        .ok_or(Error::NotAnotherAccount)
}

/// `ReplicationStatusType`: a replica in another region.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReplicationStatus {
    region: String,
    kms_key_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<Timestamp>,
}

/// `CrossAccountReplicaEntry`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CrossAccountReplica {
    #[serde(rename = "ReplicaSecretARN")]
    replica_secret_arn: Arn,
    #[serde(rename = "ReplicationRoleARN", skip_serializing_if = "Option::is_none")]
    replication_role_arn: Option<String>,
    replication_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
}

/// `CrossAccountPrimaryType`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CrossAccountPrimary {
    #[serde(rename = "PrimarySecretARN")]
    primary_secret_arn: Arn,
    replication_status: &'static str,
}

/// A status's name and message.
pub(super) fn shown(status: Status<'_>) -> (&'static str, Option<String>) {
    match status {
        Status::InProgress => ("InProgress", None),
        Status::InSync => ("InSync", Some("Replication succeeded".to_owned())),
        Status::Failed(reason) => ("Failed", Some(reason.to_owned())),
    }
}

/// The status of each replica in another region; `None` for a secret that has none.
pub(super) async fn replication_status(
    ctx: &Context<'_>,
    secret: &Secret,
) -> Result<Option<Vec<ReplicationStatus>>, Error> {
    let mut statuses = Vec::new();
    for replica in secret.replicas().filter(|r| r.cross_account.is_none()) {
        let held = ctx.secrets().get(&replica.target, ctx.now).await?;
        let held = held.filter(|held| held.follows(secret));
        let (status, status_message) = shown(secret.status_of(replica));
        let key_id = replica.kms_key_id.as_deref();
        statuses.push(ReplicationStatus {
            region: replica.region().to_string(),
            kms_key_id: key_id.unwrap_or(DEFAULT_KEY_ALIAS).to_owned(),
            status,
            status_message,
            last_accessed_date: held
                .and_then(|held| held.last_accessed())
                .map(Timestamp::of_day),
        });
    }
    Ok((!statuses.is_empty()).then_some(statuses))
}

/// The replicas in other accounts; `None` for a secret that has none.
pub(super) fn cross_account_replicas(secret: &Secret) -> Option<Vec<CrossAccountReplica>> {
    let entries: Vec<_> = secret
        .replicas()
        .filter_map(|replica| {
            let cross_account = replica.cross_account.as_ref()?;
            let (replication_status, status_message) = shown(secret.status_of(replica));
            Some(CrossAccountReplica {
                replica_secret_arn: Arn(cross_account.arn.clone()),
                replication_role_arn: cross_account.role_arn.as_deref().map(str::to_owned),
                replication_status,
                status_message,
            })
        })
        .collect();
    (!entries.is_empty()).then_some(entries)
}

/// The primary in another account that a secret was made to follow.
pub(super) fn cross_account_primary(secret: &Secret) -> Option<CrossAccountPrimary> {
    let Origin::CrossAccount(primary, link) = secret.origin() else {
        return None;
    };
    Some(CrossAccountPrimary {
        primary_secret_arn: Arn(SecretArn::clone(primary)),
        replication_status: match link {
            Link::Pending => "Pending",
            Link::Attached => "InSync",
            Link::Detached => "Detached",
        },
    })
}
