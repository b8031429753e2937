//! RemoveRegionsFromReplication (fact sheet 3.20 and 9.3).

use serde::Deserialize;

use super::replicas::region_of;
use super::replicate_secret_to_regions::Output;
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Required, Text};
use crate::api::shapes;

/// Deletes a secret's replicas in some regions, at once and without a recovery window.
pub struct RemoveRegionsFromReplication;

static REGIONS: Shape = Shape::list(1, None, &shapes::REGION);

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    remove_replica_regions: Required<List<Text>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("RemoveReplicaRegions", &REGIONS, |i| {
            i.remove_replica_regions.value()
        }),
    ];
}

impl Operation for RemoveRegionsFromReplication {
    const NAME: &'static str = "RemoveRegionsFromReplication";
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
        let regions = input.remove_replica_regions.0.iter().map(region_of);
        let regions = regions.collect::<Result<Vec<_>, _>>()?;
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| secret.remove_regions(&regions))
            .await?;
        ctx.services.replicator.perform(secret.key()).await?;
        Output::of(ctx, &secret).await
    }
}
