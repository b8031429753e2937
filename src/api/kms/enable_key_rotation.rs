//! EnableKeyRotation (fact sheet 6.5).

use serde::Deserialize;

use super::keys;
use super::shapes::KEY_ID;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, Required, Text};
use crate::api::{Empty, Operation, Service};
use crate::kms::DEFAULT_ROTATION_PERIOD;

/// Turns automatic rotation on: the key gets new material each time the period has passed, by the clock.
pub struct EnableKeyRotation;

static ROTATION_PERIOD: Shape = Shape::number(90, 2560);

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    rotation_period_in_days: Option<Integer>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("RotationPeriodInDays", &ROTATION_PERIOD, |i| {
            i.rotation_period_in_days.value()
        }),
    ];
}

impl Operation for EnableKeyRotation {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "EnableKeyRotation";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::DisabledException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::UnsupportedOperationException,
    ];
    type Input = Input;
    type Output = Empty;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Empty, Error> {
        let key = keys::own_to_change(ctx, &input.key_id.0, Self::NAME)?;
        let period = input.rotation_period_in_days.as_ref();
        let period = period.and_then(|Integer(days)| u16::try_from(*days).ok());
        let period = period.unwrap_or(DEFAULT_ROTATION_PERIOD);
        ctx.keys()
            .update(&key, ctx.now, |key, _| key.enable_rotation(period, ctx.now))?;
        Ok(Empty)
    }
}
