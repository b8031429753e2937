//! ScheduleKeyDeletion (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::keys;
use super::shapes::KEY_ID;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Integer, Required, Text};
use crate::api::timestamp::Timestamp;
use crate::api::{Operation, Service};
use crate::kms::KeyState;

/// Begins the waiting period that ends in a key's deletion, and in the loss of all that only it can decrypt.
pub struct ScheduleKeyDeletion;

static PENDING_WINDOW: Shape = Shape::number(1, 365);
/// What is really allowed (fact sheet 6.5).
const DAYS: std::ops::RangeInclusive<u16> = 7..=30;
const DEFAULT_DAYS: u16 = 30;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    pending_window_in_days: Option<Integer>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("PendingWindowInDays", &PENDING_WINDOW, |i| {
            i.pending_window_in_days.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    key_state: &'static str,
    pending_window_in_days: u16,
}

impl Operation for ScheduleKeyDeletion {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ScheduleKeyDeletion";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let days = match input.pending_window_in_days {
            None => DEFAULT_DAYS,
            Some(Integer(days)) => u16::try_from(days)
                .ok()
                .filter(|days| DAYS.contains(days))
                .ok_or(KmsError::PendingWindowOutOfRange)?,
        };
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        let key = ctx
            .keys()
            .update(&key, ctx.now, |key, _| key.schedule_deletion(days, ctx.now))?;
        Ok(Output {
            key_id: key.arn.to_string(),
            deletion_date: match key.state() {
                KeyState::PendingDeletion { date } => Some(Timestamp(date)),
                KeyState::Enabled | KeyState::Disabled => None,
            },
            key_state: key.state().name(),
            pending_window_in_days: days,
        })
    }
}
