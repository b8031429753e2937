//! Shapes that several operations share, as requests give them and as answers show them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize, Serializer};

use super::constraints::{Member, Present, Shape, Structure};
use super::error::Error;
use super::fields::{List, Object, Required, SecretBlob, SecretText, Text};
use crate::kms::ValueRef;
use crate::secret::Secret;
use crate::secret::filter::{Filter, FilterKey};
use crate::secret::id::SecretArn;
use crate::secret::staging::StagingLabel;
use crate::secret::tags;
use crate::secret::version::{ValueKind, VersionId};
use crate::sensitive::Sensitive;

// Constraints of AWS's service model, by the names of its shapes.

/// `SecretIdType`.
pub static SECRET_ID: Shape = Shape::text(1, 2048);
/// `NameType`.
pub static NAME: Shape = Shape::text(1, 512);
/// `ClientRequestTokenType` and `SecretVersionIdType`.
pub static VERSION_ID: Shape = Shape::text(32, 64);
/// `SecretVersionStageType`.
pub static STAGING_LABEL: Shape = Shape::text(1, 256);
/// `SecretVersionStagesType`.
pub static STAGING_LABELS: Shape = Shape::list(1, Some(20), &STAGING_LABEL);
/// `DescriptionType`.
pub static DESCRIPTION: Shape = Shape::text(0, 2048);
/// `KmsKeyIdType`.
pub static KMS_KEY_ID: Shape = Shape::text(0, 2048);
/// `MedeaTypeType`.
pub static PARTNER_TYPE: Shape = Shape::text(0, 256);
/// `SecretARNType`.
pub static SECRET_ARN: Shape = Shape::text(20, 2048);
/// `SecretStringType`; its length is counted in bytes (fact sheet 7).
pub static SECRET_STRING: Shape = Shape::secret_text(1, 65536);
/// `SecretBinaryType`.
pub static SECRET_BINARY: Shape = Shape::Blob { min: 1, max: 65536 };
/// A boolean of any name.
pub static FLAG: Shape = Shape::Flag;
/// `NextTokenType`.
pub static NEXT_TOKEN: Shape = Shape::text(1, 4096);
/// `MaxResultsType`.
pub static MAX_RESULTS: Shape = Shape::number(1, 100);
/// `TagListType`.
pub static TAGS: Shape = Shape::list(0, None, &TAG);
static TAG: Shape = Shape::Structure(Tag::rules);
/// `TagKeyType`.
pub static TAG_KEY: Shape = Shape::text(1, 128);
/// `TagValueType`.
pub static TAG_VALUE: Shape = Shape::text(0, 256);
/// `FiltersListType`.
pub static FILTERS: Shape = Shape::list(0, Some(10), &FILTER);
static FILTER: Shape = Shape::Structure(FilterInput::rules);
static FILTER_KEY: Shape = Shape::one_of(&[
    "all",
    "name",
    "tag-key",
    "description",
    "tag-value",
    "primary-region",
    "owning-service",
]);
static FILTER_VALUES: Shape = Shape::list(1, Some(10), &FILTER_VALUE);
static FILTER_VALUE: Shape = Shape::pattern(0, 512, r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$", |text| {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b" :_@/+=.-!".contains(&b))
});
/// `NonEmptyResourcePolicyType`.
pub static RESOURCE_POLICY: Shape = Shape::text(1, 20480);
/// `ResourcePolicyNameType`.
pub static POLICY_NAME: Shape = Shape::pattern(1, 64, r"[0-9A-Za-z\-\_]+", |text| {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
});
/// `AddReplicaRegionListType`.
pub static REPLICA_REGIONS: Shape = Shape::list(1, None, &REPLICA_REGION);
static REPLICA_REGION: Shape = Shape::Structure(ReplicaRegion::rules);
/// `RegionType`.
pub static REGION: Shape = Shape::pattern(1, 128, r"^([a-z]+-)+\d+$", |text| {
    text.rsplit_once('-').is_some_and(|(words, number)| {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        words.split('-').all(is_word)
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
});

// Requests.

/// A request that names a secret and nothing else.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct OnlySecretId {
    /// A name, an ARN, or an ARN without its suffix.
    pub secret_id: Required<Text>,
}

impl Structure for OnlySecretId {
    const MEMBERS: &'static [Member<Self>] = &[Member::required("SecretId", &SECRET_ID, |i| {
        i.secret_id.value()
    })];
}

/// `Tag` in a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Tag {
    key: Option<Text>,
    value: Option<Text>,
}

impl Structure for Tag {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("Key", &TAG_KEY, |i| i.key.value()),
        Member::optional("Value", &TAG_VALUE, |i| i.value.value()),
    ];
}

/// The tags a request gives.
pub fn tags_of(given: &List<Object<Tag>>) -> Result<Vec<tags::Tag<'_>>, Error> {
    given.0.iter().map(tag_of).collect()
}

/// A tag without a value has an empty one (fact sheet 3.22).
fn tag_of(Object(Tag { key, value }): &Object<Tag>) -> Result<tags::Tag<'_>, Error> {
    Ok(tags::Tag {
        key: key
            .as_ref()
            .map(|key| &*key.0)
            .ok_or(Error::TagKeyMissing)?,
        value: value.as_ref().map_or("", |value| &value.0),
    })
}

/// `Filter` in a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct FilterInput {
    key: Option<Text>,
    values: Option<List<Text>>,
}

impl Structure for FilterInput {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("Key", &FILTER_KEY, |i| i.key.value()),
        Member::optional("Values", &FILTER_VALUES, |i| i.values.value()),
    ];
}

/// The filters a request gives (fact sheet 3.11).
pub fn filters_of(given: Option<List<Object<FilterInput>>>) -> Result<Vec<Filter>, Error> {
    let filter = |Object(FilterInput { key, values }): Object<FilterInput>| {
        let key = key.ok_or(Error::FilterKeyMissing)?.0;
        let Some(List(values)) = values else {
            return Err(Error::FilterValuesMissing(key));
        };
        let values: Vec<_> = values.into_iter().map(|Text(value)| value).collect();
        let key = match &*key {
            "name" => FilterKey::Name,
            "description" => FilterKey::Description,
            "tag-key" => FilterKey::TagKey,
            "tag-value" => FilterKey::TagValue,
            "primary-region" => FilterKey::PrimaryRegion,
            "owning-service" => FilterKey::OwningService,
            "all" => FilterKey::All,
            _ => return Err(Error::FilterKeyMissing),
        };
        Ok(Filter::new(key, &values))
    };
    given
        .unwrap_or_default()
        .0
        .into_iter()
        .map(filter)
        .collect()
}

/// `ReplicaRegionType` in a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ReplicaRegion {
    /// The KMS key in that region.
    pub kms_key_id: Option<Text>,
    /// The region's code.
    pub region: Option<Text>,
}

impl Structure for ReplicaRegion {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("KmsKeyId", &KMS_KEY_ID, |i| i.kms_key_id.value()),
        Member::optional("Region", &REGION, |i| i.region.value()),
    ];
}

/// A value that a request gives.
#[derive(Debug)]
pub enum SecretValue {
    /// `SecretString`.
    Text(SecretText),
    /// `SecretBinary`.
    Binary(SecretBlob),
}

impl SecretValue {
    /// At most one of the two can be given (fact sheet 3.1).
    pub fn of(text: Option<SecretText>, binary: Option<SecretBlob>) -> Result<Option<Self>, Error> {
        match (text, binary) {
            (Some(_), Some(_)) => Err(Error::TwoValues),
            (Some(text), None) => Ok(Some(Self::Text(text))),
            (None, Some(binary)) => Ok(Some(Self::Binary(binary))),
            (None, None) => Ok(None),
        }
    }

    /// The value as it is sealed.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Text(SecretText(text)) => ValueRef {
                kind: ValueKind::String,
                bytes: text.expose().as_bytes(),
            },
            Self::Binary(SecretBlob(bytes)) => ValueRef {
                kind: ValueKind::Binary,
                bytes: bytes.expose(),
            },
        }
    }
}

/// The client request token as a version id, which a request must give (fact sheet 1.6).
pub fn token_of(given: Option<&Text>) -> Result<VersionId, Error> {
    given
        .map(|Text(token)| VersionId::new(token))
        .ok_or(Error::TokenMissing)
}

/// The version id a request gives, if it does.
pub fn version_id_of(given: Option<&Text>) -> Option<VersionId> {
    given.map(|Text(id)| VersionId::new(id))
}

// Answers.

/// A secret's ARN in an answer.
#[derive(Debug)]
pub struct Arn(pub SecretArn);

impl Serialize for Arn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// `ARN` and `Name`, which most answers begin with, whatever form of id the caller gave (fact sheet 2.2).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretNames {
    #[serde(rename = "ARN")]
    arn: String,
    name: String,
}

impl SecretNames {
    /// The names of a secret.
    pub fn of(secret: &Secret) -> Self {
        Self {
            arn: secret.arn_text(),
            name: secret.name().to_owned(),
        }
    }
}

/// Bytes in an answer.
#[derive(Debug)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

/// Bytes in an answer that nobody else may see.
#[derive(Debug)]
pub struct SecretBase64(pub Sensitive<Vec<u8>>);

impl Serialize for SecretBase64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = Sensitive::new(STANDARD.encode(self.0.expose()));
        serializer.serialize_str(text.expose())
    }
}

/// A version's labels in an answer.
#[derive(Debug)]
pub struct ShownLabels(Vec<StagingLabel>);

impl Serialize for ShownLabels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(StagingLabel::as_str))
    }
}

/// A version's labels; `None` for a deprecated version, whose labels an answer leaves out.
pub fn labels_on(secret: &Secret, version: &VersionId) -> Option<ShownLabels> {
    let labels: Vec<_> = secret.labels().of(version).cloned().collect();
    (!labels.is_empty()).then_some(ShownLabels(labels))
}
