//! GetKeyRotationStatus (fact sheet 6.5).

use serde::Serialize;

use super::keys;
use super::shapes::OnlyKeyId;
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::timestamp::Timestamp;
use crate::api::{Operation, Service};

/// Tells whether a key is rotated automatically, and when next. A rotation on demand is never under way, so
/// `OnDemandRotationStartDate` is never shown.
pub struct GetKeyRotationStatus;

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    key_id: String,
    key_rotation_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_period_in_days: Option<u16>,
}

impl Operation for GetKeyRotationStatus {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "GetKeyRotationStatus";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::UnsupportedOperationException,
    ];
    type Input = OnlyKeyId;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: OnlyKeyId) -> Result<Output, Error> {
        let key = keys::own(ctx, &input.key_id.0)?;
        key.check_rotatable()?;
        let rotation = key.rotation();
        Ok(Output {
            key_id: key.arn.to_string(),
            key_rotation_enabled: rotation.is_some(),
            next_rotation_date: rotation.map(|rotation| Timestamp(rotation.next)),
            rotation_period_in_days: rotation.map(|rotation| rotation.period),
        })
    }
}
