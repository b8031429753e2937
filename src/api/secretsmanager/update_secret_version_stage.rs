//! UpdateSecretVersionStage (fact sheet 3.12 and 4.3).

use serde::Deserialize;

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Required, Text};
use crate::api::shapes::{self, SecretNames, version_id_of};
use crate::secret::staging::StagingLabel;

/// Attaches, moves or removes one staging label.
pub struct UpdateSecretVersionStage;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    version_stage: Required<Text>,
    remove_from_version_id: Option<Text>,
    move_to_version_id: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::required("VersionStage", &shapes::STAGING_LABEL, |i| {
            i.version_stage.value()
        }),
        Member::optional("RemoveFromVersionId", &shapes::VERSION_ID, |i| {
            i.remove_from_version_id.value()
        }),
        Member::optional("MoveToVersionId", &shapes::VERSION_ID, |i| {
            i.move_to_version_id.value()
        }),
    ];
}

impl Operation for UpdateSecretVersionStage {
    const NAME: &'static str = "UpdateSecretVersionStage";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::LimitExceededException,
    ];
    type Input = Input;
    type Output = SecretNames;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<SecretNames, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let label = StagingLabel::new(&input.version_stage.0);
        let from = version_id_of(input.remove_from_version_id.as_ref());
        let to = version_id_of(input.move_to_version_id.as_ref());
        let (secret, ()) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| {
                secret.move_label(&label, from.as_ref(), to.as_ref(), ctx.now)
            })
            .await?;
        Ok(SecretNames::of(&secret))
    }
}
