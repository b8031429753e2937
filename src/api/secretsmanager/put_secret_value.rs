//! PutSecretValue (fact sheet 3.4).

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{List, Required, SecretBlob, SecretText, Text};
use crate::api::shapes::{self, SecretNames, SecretValue, ShownLabels, labels_on, token_of};
use crate::secret::staging::StagingLabel;
use crate::secret::{self, Secret};
use crate::store;

/// Stores a value as a new version.
///
/// The client request token becomes the version's id, so a repeated call changes nothing. `RotationToken` is accepted
/// and not needed.
pub struct PutSecretValue;

static ROTATION_TOKEN: Shape = Shape::secret_pattern(36, 256, r"^[a-zA-Z0-9\-]+$", |text| {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
});

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    client_request_token: Option<Text>,
    secret_binary: Option<SecretBlob>,
    secret_string: Option<SecretText>,
    version_stages: Option<List<Text>>,
    rotation_token: Option<SecretText>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("ClientRequestToken", &shapes::VERSION_ID, |i| {
            i.client_request_token.value()
        }),
        Member::optional("SecretBinary", &shapes::SECRET_BINARY, |i| {
            i.secret_binary.value()
        }),
        Member::optional("SecretString", &shapes::SECRET_STRING, |i| {
            i.secret_string.value()
        }),
        Member::optional("VersionStages", &shapes::STAGING_LABELS, |i| {
            i.version_stages.value()
        }),
        Member::optional("RotationToken", &ROTATION_TOKEN, |i| {
            i.rotation_token.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: SecretNames,
    version_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<ShownLabels>,
}

impl Operation for PutSecretValue {
    const NAME: &'static str = "PutSecretValue";
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::LimitExceededException,
        Code::EncryptionFailure,
        Code::ResourceExistsException,
        Code::ResourceNotFoundException,
        Code::DecryptionFailure,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let token = token_of(input.client_request_token.as_ref())?;
        let mut secret = ctx.find(&input.secret_id.0).await?;
        secret.check_writable()?;
        let value =
            SecretValue::of(input.secret_string, input.secret_binary)?.ok_or(Error::NoValue)?;
        let List(labels) = input.version_stages.unwrap_or_default();
        let labels: Vec<_> = labels.iter().map(|l| StagingLabel::new(&l.0)).collect();
        loop {
            let key_id = secret.attributes().kms_key_id;
            let sealed = ctx.seal(&secret, &token, key_id, value.as_ref())?;
            let put = |secret: &mut Secret| {
                secret.check_names_key(key_id)?;
                secret.put_version(&token, sealed.clone(), &labels, ctx.now)
            };
            match ctx.secrets().update(&secret, ctx.now, put).await {
                Ok((updated, removed)) => {
                    ctx.record_removed(&updated, removed);
                    return Ok(Output {
                        names: SecretNames::of(&updated),
                        version_stages: labels_on(&updated, &token),
                        version_id: token.to_string(),
                    });
                }
                Err(store::Error::Refused(secret::Error::ValuesChanged)) => {
                    secret = ctx.find(&input.secret_id.0).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
