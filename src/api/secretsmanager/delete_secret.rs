//! DeleteSecret (fact sheet 3.7).

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Long, Required, Text};
use crate::api::shapes::{self, Arn};
use crate::api::timestamp::Timestamp;
use crate::secret::Secret;
use crate::secret::deletion::RecoveryWindow;
use crate::secret::id::{ArnSuffix, SecretArn, SecretId};
use crate::store;
use crate::trail::EventName;

/// Schedules a secret for deletion, or deletes it at once.
///
/// A forced deletion of a secret that does not exist succeeds. AWS takes some seconds over a forced deletion; here it is
/// done when the call answers.
pub struct DeleteSecret;

static RECOVERY_WINDOW: Shape = Shape::Number(None);

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    recovery_window_in_days: Option<Long>,
    force_delete_without_recovery: Option<Flag>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("RecoveryWindowInDays", &RECOVERY_WINDOW, |i| {
            i.recovery_window_in_days.value()
        }),
        Member::optional("ForceDeleteWithoutRecovery", &shapes::FLAG, |i| {
            i.force_delete_without_recovery.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(rename = "ARN")]
    arn: Arn,
    name: String,
    deletion_date: Timestamp,
}

impl Operation for DeleteSecret {
    const NAME: &'static str = "DeleteSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret_id = input.secret_id.into_inner().0;
        let id = ctx.resolve(&secret_id)?;
        let force = input.force_delete_without_recovery == Some(Flag(true));
        let found = match ctx.secrets().find(&id, ctx.now).await {
            Ok(secret) => Some(secret),
            Err(store::Error::NotFound) if force => None,
            Err(error) => return Err(error.into()),
        };
        match &found {
            Some(secret) if force => secret.check_removable()?,
            Some(secret) => secret.check_writable()?,
            None => {}
        }
        let window = match input.recovery_window_in_days {
            Some(_) if force => return Err(Error::ForceWithRecoveryWindow),
            Some(Long(days)) => RecoveryWindow::days(days)?,
            None => RecoveryWindow::default(),
        };
        let Some(secret) = found else {
            return Ok(Output {
                arn: Arn(arn_of_nothing(ctx, id)),
                name: secret_id,
                deletion_date: Timestamp(ctx.now),
            });
        };
        let deletion_date = if force {
            let removal = ctx
                .secrets()
                .remove(&secret, ctx.now, Secret::check_removable);
            match removal.await {
                // Another caller was faster, and what is not there can be deleted by force.
                Ok(()) => {
                    ctx.record(EventName::StartSecretVersionDelete, &secret);
                    ctx.record(EventName::EndSecretVersionDelete, &secret);
                    ctx.now
                }
                Err(store::Error::NotFound) => ctx.now,
                Err(error) => return Err(error.into()),
            }
        } else {
            let schedule = |secret: &mut Secret| secret.schedule_deletion(window, ctx.now);
            let (secret, date) = ctx.secrets().update(&secret, ctx.now, schedule).await?;
            ctx.record(EventName::StartSecretVersionDelete, &secret);
            date
        };
        Ok(Output {
            arn: Arn(secret.arn()),
            name: secret.name().to_owned(),
            deletion_date: Timestamp(deletion_date),
        })
    }
}

/// The ARN that AWS answers with for a secret that never was.
fn arn_of_nothing(ctx: &Context<'_>, id: SecretId) -> SecretArn {
    let made_up = &ctx.services.made_up;
    let suffix = || ArnSuffix::draw(|bound| made_up.below(bound));
    SecretArn {
        suffix: id.suffix.unwrap_or_else(suffix),
        key: id.key,
    }
}
