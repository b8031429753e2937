//! AssociateCrossAccountReplica (fact sheet 3.24).

use serde::{Deserialize, Serialize};

use super::replicas::{another_accounts_secret, shown};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes::{self, Arn};
use crate::secret::replication::{CrossAccount, Replica};

/// Begins to replicate a secret to one in another account, which was created with this secret as its
/// `CrossAccountPrimaryARN`. The answer does not wait for it.
///
/// AWS has published this operation's shapes only. `ReplicaRestriction` is accepted and has no effect, since accounts
/// belong to no organization here.
pub struct AssociateCrossAccountReplica;

static RESTRICTION: Shape = Shape::one_of(&["SameOrg", "NoRestriction"]);
static ROLE_ARN: Shape = Shape::text(20, 2048);

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    #[serde(rename = "CrossAccountReplicaARN")]
    cross_account_replica_arn: Required<Text>,
    replica_restriction: Option<Text>,
    #[serde(rename = "ReplicationRoleARN")]
    replication_role_arn: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("CrossAccountReplicaARN", &shapes::SECRET_ARN, |i| {
            i.cross_account_replica_arn.value()
        }),
        Member::optional("ReplicaRestriction", &RESTRICTION, |i| {
            i.replica_restriction.value()
        }),
        Member::optional("ReplicationRoleARN", &ROLE_ARN, |i| {
            i.replication_role_arn.value()
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
    replication_status: &'static str,
}

impl Operation for AssociateCrossAccountReplica {
    const NAME: &'static str = "AssociateCrossAccountReplica";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidRequestException,
        Code::InvalidParameterException,
        Code::LimitExceededException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        secret.check_writable()?;
        let arn = another_accounts_secret(ctx, &input.cross_account_replica_arn.0)?;
        let replica = Replica::in_account(CrossAccount {
            arn: arn.clone(),
            role_arn: input.replication_role_arn.map(|Text(arn)| arn.into()),
        });
        let target = replica.target.clone();
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| {
                secret.add_replicas(vec![replica.clone()])
            })
            .await?;
        let held = secret.replicas().find(|replica| replica.target == target);
        Ok(Output {
            arn: Arn(secret.arn()),
            cross_account_replica_arn: Arn(arn),
            replication_status: held.map_or("InProgress", |held| shown(secret.status_of(held)).0),
        })
    }
}
