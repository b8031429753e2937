//! GetSecretValue (fact sheet 3.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::json;
use crate::api::members::{Members, key};
use crate::api::shapes::{self, version_id_of};
use crate::api::shown_secret::write_labels;
use crate::api::timestamp::Timestamp;
use crate::secret::staging::StagingLabel;
use crate::secret::version::{ValueKind, VersionId};
use crate::secret::{Secret, VersionSelector};
use crate::sensitive::Sensitive;
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
#[derive(Debug)]
pub struct Output {
    secret: Found,
    arn: String,
    version: VersionId,
    created: DateTime<Utc>,
    kind: ValueKind,
    value: Sensitive<Vec<u8>>,
}

impl json::Output for Output {
    fn write(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        let mut shown = Members::begin(body);
        // Nothing in an ARN or a name needs to be escaped.
        shown.plain(key!("ARN"), [self.arn.as_bytes()]);
        shown.plain(key!("Name"), [self.secret.name().as_bytes()]);
        shown.text(key!("VersionId"), self.version.as_str())?;
        let value = self.value.expose();
        match self.kind {
            ValueKind::String => {
                let text = std::str::from_utf8(value);
                let text = text.map_err(|error| Error::Internal(error.into()))?;
                // Most values are JSON, whose quotes are escaped.
                shown.member(key!("SecretString"), |body| json::write(text, body))?;
            }
            ValueKind::Binary => {
                let encoded = Sensitive::new(STANDARD.encode(value));
                shown.plain(key!("SecretBinary"), [encoded.expose().as_bytes()]);
            }
        }
        let labels = self.secret.labels();
        if labels.any_on(&self.version) {
            shown.member(key!("VersionStages"), |body| {
                write_labels(labels, &self.version, body)
            })?;
        }
        shown.time(key!("CreatedDate"), Timestamp(self.created));
        shown.end()
    }
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
        read(ctx, secret, &selector).await
    }
}

/// Opens a version and notes the day it was read on the secret and the version, once a day.
pub(super) async fn read(
    ctx: &Context<'_>,
    secret: Found,
    selector: &VersionSelector,
) -> Result<Output, Error> {
    let (version, sealed) = secret.select(selector)?;
    let arn = secret.arn_text();
    let value = ctx.open(&secret, &arn, &version.id, sealed)?;
    if Secret::is_access_new(version, ctx.now) {
        let note = |secret: &mut Secret| {
            secret.record_access(&version.id, ctx.now);
            Ok(())
        };
        ctx.secrets().update(&secret, ctx.now, note).await?;
    }
    Ok(Output {
        arn,
        version: version.id.clone(),
        created: version.created,
        kind: sealed.kind(),
        value,
        secret,
    })
}
