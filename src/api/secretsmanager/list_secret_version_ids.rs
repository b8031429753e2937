//! ListSecretVersionIds (fact sheet 3.10).

use serde::{Deserialize, Serialize};

use super::list_secrets::limit_of;
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Integer, Required, Text};
use crate::api::page::Query;
use crate::api::shapes::{self, SecretNames, ShownLabels, labels_on};
use crate::api::timestamp::Timestamp;
use crate::secret::Secret;
use crate::secret::version::Version;

/// Lists a secret's versions that have a value, oldest first; deprecated ones only when asked for.
pub struct ListSecretVersionIds;

const PAGE: usize = 100;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id: Required<Text>,
    max_results: Option<Integer>,
    next_token: Option<Text>,
    include_deprecated: Option<Flag>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("SecretId", &shapes::SECRET_ID, |i| i.secret_id.value()),
        Member::optional("MaxResults", &shapes::MAX_RESULTS, |i| {
            i.max_results.value()
        }),
        Member::optional("NextToken", &shapes::NEXT_TOKEN, |i| i.next_token.value()),
        Member::optional("IncludeDeprecated", &shapes::FLAG, |i| {
            i.include_deprecated.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: SecretNames,
    versions: Vec<VersionEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// One version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionEntry {
    version_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<ShownLabels>,
    created_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<Timestamp>,
    kms_key_ids: [String; 1],
}

impl VersionEntry {
    fn of(secret: &Secret, version: &Version) -> Self {
        Self {
            version_id: version.id.to_string(),
            version_stages: labels_on(secret, &version.id),
            created_date: Timestamp(version.created),
            last_accessed_date: version.last_accessed.map(Timestamp::of_day),
            kms_key_ids: [key_of(version).to_owned()],
        }
    }
}

/// The ARN of the KMS key that a version is encrypted under, or AWS's word for the default key.
fn key_of(version: &Version) -> &str {
    let value = version.value.as_ref();
    let key = value.and_then(|value| value.kms_key());
    key.unwrap_or("DefaultEncryptionKey")
}

impl Operation for ListSecretVersionIds {
    const NAME: &'static str = "ListSecretVersionIds";
    const ERRORS: &'static [Code] = &[
        Code::InvalidNextTokenException,
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let secret = ctx.find(&input.secret_id.0).await?;
        let include_deprecated = input.include_deprecated == Some(Flag(true));
        let query = Query::new(Self::NAME, &(secret.uid(), include_deprecated));
        let tokens = &ctx.services.page_tokens;
        let after = match input.next_token {
            Some(Text(token)) => Some(tokens.read(&query, &token)?),
            None => None,
        };
        // Versions made in the same millisecond stand in the order of their ids, so that a place is unique.
        let mut versions: Vec<(Vec<u8>, &Version)> = secret
            .versions()
            .filter(|version| version.value.is_some())
            .filter(|version| include_deprecated || secret.labels().any_on(&version.id))
            .map(|version| (place_of(version), &**version))
            .filter(|(place, _)| after.as_ref().is_none_or(|after| place > after))
            .collect();
        versions.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let limit = limit_of(input.max_results, PAGE);
        let next_token =
            (versions.len() > limit).then(|| tokens.make(&query, &versions[limit - 1].0));
        versions.truncate(limit);
        Ok(Output {
            names: SecretNames::of(&secret),
            versions: versions
                .into_iter()
                .map(|(_, version)| VersionEntry::of(&secret, version))
                .collect(),
            next_token,
        })
    }
}

/// A version's place in the list, as bytes that sort as the list does.
fn place_of(version: &Version) -> Vec<u8> {
    // Flipping the sign bit makes big-endian bytes sort as signed numbers do.
    let rank = version.created.timestamp_millis() ^ i64::MIN;
    let mut place = rank.to_be_bytes().to_vec();
    place.extend_from_slice(version.id.as_str().as_bytes());
    place
}
