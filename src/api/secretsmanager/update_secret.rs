//! UpdateSecret (fact sheet 3.5).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, SecretBlob, SecretText, Text};
use crate::api::shapes::{self, SecretNames, SecretValue, token_of};
use crate::secret::version::VersionId;
use crate::secret::{self, AttributeChanges, Secret};
use crate::store::{self, Found};

/// Changes a secret's attributes, its value, or both.
///
/// What is absent stays as it is. A value becomes a new current version even if it equals the old one. Under another KMS
/// key the values of the labelled versions are sealed anew, and no new version is made.
pub struct UpdateSecret;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    client_request_token: Option<Text>,
    description: Option<Text>,
    kms_key_id: Option<Text>,
    secret_binary: Option<SecretBlob>,
    secret_string: Option<SecretText>,
    r#type: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("ClientRequestToken", &shapes::VERSION_ID, |i| {
            i.client_request_token.value()
        }),
        Member::optional("Description", &shapes::DESCRIPTION, |i| {
            i.description.value()
        }),
        Member::optional("KmsKeyId", &shapes::KMS_KEY_ID, |i| i.kms_key_id.value()),
        Member::optional("SecretBinary", &shapes::SECRET_BINARY, |i| {
            i.secret_binary.value()
        }),
        Member::optional("SecretString", &shapes::SECRET_STRING, |i| {
            i.secret_string.value()
        }),
        Member::optional("Type", &shapes::PARTNER_TYPE, |i| i.r#type.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: SecretNames,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
}

impl Operation for UpdateSecret {
    const NAME: &'static str = "UpdateSecret";
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::LimitExceededException,
        Code::EncryptionFailure,
        Code::ResourceExistsException,
        Code::ResourceNotFoundException,
        Code::MalformedPolicyDocumentException,
        Code::PreconditionNotMetException,
        Code::DecryptionFailure,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let token = token_of(input.client_request_token.as_ref())?;
        let mut secret = ctx.find(&input.secret_id.0).await?;
        let changes = AttributeChanges {
            description: input.description.map(|text| text.0),
            kms_key_id: input.kms_key_id.map(|text| text.0),
            partner_type: input.r#type.map(|text| text.0),
        };
        if input.secret_string.is_some() || input.secret_binary.is_some() {
            secret.check_writable()?;
        } else {
            secret.check_updatable(&changes)?;
        }
        let value = SecretValue::of(input.secret_string, input.secret_binary)?;
        loop {
            match update(ctx, &secret, &token, &changes, value.as_ref()).await? {
                Some(updated) => {
                    return Ok(Output {
                        names: SecretNames::of(&updated),
                        version_id: value.map(|_| token.to_string()),
                    });
                }
                None => secret = ctx.find(&input.secret_id.0).await?,
            }
        }
    }
}

/// Seals what is to be sealed and makes the change; `None` if there are other values to seal by now.
async fn update(
    ctx: &Context<'_>,
    secret: &Found,
    token: &VersionId,
    changes: &AttributeChanges,
    value: Option<&SecretValue>,
) -> Result<Option<Arc<Secret>>, Error> {
    let new_key = match changes.kms_key_id.as_deref() {
        None => None,
        Some(given) => {
            let key_id = Some(given).filter(|given| !given.is_empty());
            Some(ctx.move_to_key(secret, key_id)?)
        }
    };
    let key_id = match changes.kms_key_id.as_deref() {
        None => secret.attributes().kms_key_id,
        Some(given) => Some(given).filter(|given| !given.is_empty()),
    };
    let sealed = value
        .map(|value| ctx.seal(secret, token, key_id, value.as_ref()))
        .transpose()?;
    let transition = |secret: &mut Secret| {
        if new_key.is_none() && sealed.is_some() {
            secret.check_names_key(key_id)?;
        }
        secret.update_attributes(changes, ctx.now)?;
        let removed = match &sealed {
            Some(sealed) => secret.put_version(token, sealed.clone(), &[], ctx.now)?,
            None => 0,
        };
        if let Some(key) = &new_key {
            secret.move_to_key(key.kms_key.as_deref(), &key.resealed)?;
        }
        Ok(removed)
    };
    match ctx.secrets().update(secret, ctx.now, transition).await {
        Ok((updated, removed)) => {
            ctx.record_removed(&updated, removed);
            Ok(Some(updated))
        }
        Err(store::Error::Refused(secret::Error::ValuesChanged)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
