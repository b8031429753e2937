//! GetSecretValue (fact sheet 3.2).

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes::{
    self, SecretNames, ShownLabels, ShownValue, ShownVersionId, labels_on, version_id_of,
};
use crate::api::timestamp::Timestamp;
use crate::secret::staging::StagingLabel;
use crate::secret::{Secret, VersionSelector};
use crate::store::Found;

/// Opens a version's value: the one asked for by id or label, else the current one.
pub struct GetSecretValue;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    version_id: Option<Text>,
    version_stage: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("VersionId", &shapes::VERSION_ID, |i| i.version_id.value()),
        Member::optional("VersionStage", &shapes::STAGING_LABEL, |i| {
            i.version_stage.value()
        }),
    ];
}

/// The answer, and an entry of BatchGetSecretValue's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: SecretNames,
    version_id: ShownVersionId,
    #[serde(flatten)]
    value: ShownValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<ShownLabels>,
    created_date: Timestamp,
}

impl Operation for GetSecretValue {
    const NAME: &'static str = "GetSecretValue";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::DecryptionFailure,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let selector = VersionSelector {
            id: version_id_of(input.version_id.as_ref()),
            label: input.version_stage.map(|label| StagingLabel::new(&label.0)),
        };
        read(ctx, &secret, &selector).await
    }
}

/// Opens a version and notes the day it was read on the secret and the version, once a day.
pub(super) async fn read(
    ctx: &Context<'_>,
    secret: &Found,
    selector: &VersionSelector,
) -> Result<Output, Error> {
    let (version, sealed) = secret.select(selector)?;
    let value = ctx.open(secret, &version.id, sealed)?;
    if Secret::is_access_new(version, ctx.now) {
        let note = |secret: &mut Secret| {
            secret.record_access(&version.id, ctx.now);
            Ok(())
        };
        ctx.secrets().update(secret, ctx.now, note).await?;
    }
    Ok(Output {
        names: SecretNames::of(secret),
        version_id: ShownVersionId(version.id.clone()),
        value: ShownValue::new(sealed.kind(), value),
        version_stages: labels_on(secret, &version.id),
        created_date: Timestamp(version.created),
    })
}
