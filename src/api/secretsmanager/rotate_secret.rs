//! RotateSecret (fact sheet 3.13 and 5).

use serde::{Deserialize, Serialize};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, List, Long, Object, Required, Text};
use crate::api::shapes::{self, SecretNames, version_id_of};
use crate::kms::ValueRef;
use crate::secret::rotation::{External, Purpose, Rotated, RotationSettings};
use crate::secret::schedule::Rules;
use crate::secret::version::{SealedValue, VersionId};
use crate::secret::{Secret, VersionSelector};

/// Configures a secret's rotation and begins one, or, with `RotateImmediately` false, only tries the function out. The
/// answer does not wait for the function.
pub struct RotateSecret;

static FUNCTION_ARN: Shape = Shape::text(0, 2048);
static ROLE_ARN: Shape = Shape::text(20, 2048);
static RULES: Shape = Shape::Structure(RotationRules::rules);
static DAYS: Shape = Shape::number(1, 1000);
static DURATION: Shape = Shape::pattern(2, 3, "[0-9]+h", |text| {
    text.strip_suffix('h')
        .is_some_and(|hours| !hours.is_empty() && hours.bytes().all(|b| b.is_ascii_digit()))
});
static EXPRESSION: Shape = Shape::pattern(1, 256, r"[0-9A-Za-z\(\)#\?\*\-\/, ]+", |text| {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"()#?*-/, ".contains(&b);
    !text.is_empty() && text.bytes().all(is_allowed)
});
static METADATA: Shape = Shape::list(0, None, &METADATA_ITEM);
static METADATA_ITEM: Shape = Shape::Structure(MetadataItem::rules);
static METADATA_KEY: Shape = Shape::text(1, 256);
static METADATA_VALUE: Shape = Shape::text(1, 2048);

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    client_request_token: Option<Text>,
    #[serde(rename = "RotationLambdaARN")]
    rotation_lambda_arn: Option<Text>,
    rotation_rules: Option<Object<RotationRules>>,
    external_secret_rotation_metadata: Option<List<Object<MetadataItem>>>,
    external_secret_rotation_role_arn: Option<Text>,
    rotate_immediately: Option<Flag>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("ClientRequestToken", &shapes::VERSION_ID, |i| {
            i.client_request_token.value()
        }),
        Member::optional("RotationLambdaARN", &FUNCTION_ARN, |i| {
            i.rotation_lambda_arn.value()
        }),
        Member::optional("RotationRules", &RULES, |i| i.rotation_rules.value()),
        Member::optional("ExternalSecretRotationMetadata", &METADATA, |i| {
            i.external_secret_rotation_metadata.value()
        }),
        Member::optional("ExternalSecretRotationRoleArn", &ROLE_ARN, |i| {
            i.external_secret_rotation_role_arn.value()
        }),
        Member::optional("RotateImmediately", &shapes::FLAG, |i| {
            i.rotate_immediately.value()
        }),
    ];
}

/// `RotationRulesType` in a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RotationRules {
    automatically_after_days: Option<Long>,
    duration: Option<Text>,
    schedule_expression: Option<Text>,
}

impl Structure for RotationRules {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("AutomaticallyAfterDays", &DAYS, |i| {
            i.automatically_after_days.value()
        }),
        Member::optional("Duration", &DURATION, |i| i.duration.value()),
        Member::optional("ScheduleExpression", &EXPRESSION, |i| {
            i.schedule_expression.value()
        }),
    ];
}

/// `ExternalSecretRotationMetadataItem` in a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MetadataItem {
    key: Option<Text>,
    value: Option<Text>,
}

impl Structure for MetadataItem {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("Key", &METADATA_KEY, |i| i.key.value()),
        Member::optional("Value", &METADATA_VALUE, |i| i.value.value()),
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

impl Operation for RotateSecret {
    const NAME: &'static str = "RotateSecret";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let token = version_id_of(input.client_request_token.as_ref());
        let token = token.ok_or(Error::RotationTokenMissing)?;
        let secret = ctx.find(&input.secret_id.0).await?;
        let purpose = match input.rotate_immediately {
            Some(Flag(false)) => Purpose::Test,
            _ => Purpose::Called,
        };
        let settings = settings_of(input);
        secret.check_rotatable(&settings)?;
        let function = secret.rotation_function(&settings).unwrap_or_default();
        if !ctx.services.functions.is_known(function) {
            return Err(Error::FunctionNotInvocable);
        }
        let copy = match purpose {
            Purpose::Test => copy_of_current(ctx, &secret, &token)?,
            Purpose::Called | Purpose::Scheduled => None,
        };
        let (secret, rotated) = ctx
            .secrets()
            .update(&secret, ctx.now, |secret| {
                secret.rotate(&settings, &token, purpose, copy.clone(), ctx.now)
            })
            .await?;
        match rotated {
            Rotated::Begun { removed } => {
                ctx.record_removed(&secret, removed);
                Ok(Output {
                    names: SecretNames::of(&secret),
                    version_id: Some(token.to_string()),
                })
            }
            Rotated::Reattempted => Err(Error::RotationIncomplete),
        }
    }
}

fn settings_of(input: Input) -> RotationSettings {
    let boxed = |Text(text): Text| -> Box<str> { text.into() };
    let rules = input.rotation_rules.map(|Object(given)| Rules {
        after_days: given
            .automatically_after_days
            .and_then(|Long(days)| u16::try_from(days).ok()),
        duration: given.duration.map(boxed),
        expression: given.schedule_expression.map(boxed),
    });
    let item = |Object(item): Object<MetadataItem>| {
        let text = |given: Option<Text>| boxed(given.unwrap_or_default());
        (text(item.key), text(item.value))
    };
    let metadata = input.external_secret_rotation_metadata;
    let external = External {
        metadata: metadata.map(|List(items)| items.into_iter().map(item).collect()),
        role_arn: input.external_secret_rotation_role_arn.map(boxed),
    };
    RotationSettings {
        function: input
            .rotation_lambda_arn
            .filter(|Text(arn)| !arn.is_empty())
            .map(boxed),
        rules,
        external,
    }
}

/// The current value, sealed as the version that a test is to have; a secret without a value is tested without one.
fn copy_of_current(
    ctx: &Context<'_>,
    secret: &Secret,
    token: &VersionId,
) -> Result<Option<SealedValue>, Error> {
    let Ok((version, sealed)) = secret.select(&VersionSelector::default()) else {
        return Ok(None);
    };
    let opened = ctx.open(secret, &secret.arn_text(), &version.id, sealed)?;
    let value = ValueRef {
        kind: sealed.kind(),
        bytes: opened.expose(),
    };
    let key_id = secret.attributes().kms_key_id;
    ctx.seal(secret, token, key_id, value).map(Some)
}
