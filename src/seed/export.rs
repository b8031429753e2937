//! Secrets as lines of JSON, in the vocabulary in which they are declared.
//!
//! Secrets that are scheduled for deletion are left out, and so are replicas, which their primaries make.

use std::ops::Bound;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::stream::{self, Stream};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use crate::kms::Sealer;
use crate::secret::Secret;
use crate::secret::deletion::Deletion;
use crate::secret::id::{AccountId, Region, Scope, SecretKey};
use crate::secret::staging::StagingLabel;
use crate::secret::tags::Tags;
use crate::secret::version::{SealedValue, ValueKind, Version};
use crate::sensitive::Sensitive;
use crate::store::{Secrets, StoreError};

/// How many secrets are looked at for a piece of the answer.
const CHUNK: usize = 32;

/// Which secrets to export, and how.
#[derive(Debug, Default)]
pub struct Query {
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// Only those of this region.
    pub region: Option<Region>,
    /// Only those whose names begin so.
    pub prefix: String,
    /// With their values?
    pub values: bool,
}

/// Exports secrets.
#[derive(Debug)]
pub struct Exporter {
    secrets: Arc<Secrets>,
    sealer: Arc<Sealer>,
}

impl Exporter {
    /// An exporter.
    pub fn new(secrets: Arc<Secrets>, sealer: Arc<Sealer>) -> Self {
        Self { secrets, sealer }
    }

    /// A line for each secret, in the order of account, region and name, a piece at a time. What changes meanwhile is exported as it
    /// was or as it is then.
    pub fn export(
        self: Arc<Self>,
        query: Query,
        now: DateTime<Utc>,
    ) -> impl Stream<Item = Result<Vec<u8>, StoreError>> + Send + 'static {
        let query = Arc::new(query);
        stream::try_unfold(Some(query.start()), move |from| {
            let (exporter, query) = (self.clone(), query.clone());
            async move {
                let Some(mut from) = from else {
                    return Ok(None);
                };
                loop {
                    let secrets = exporter.secrets.scan(from, CHUNK).await?;
                    let last = secrets.last().map(|last| last.key());
                    let last = last.filter(|last| !query.is_over_at(last));
                    let next = last.cloned().map(Bound::Excluded);
                    let lines = exporter.lines(&secrets, &query, now);
                    match next {
                        Some(next) if lines.is_empty() => from = next,
                        None if lines.is_empty() => return Ok(None),
                        next => return Ok(Some((lines, next))),
                    }
                    tokio::task::yield_now().await;
                }
            }
        })
    }

    fn lines(&self, secrets: &[Arc<Secret>], query: &Query, now: DateTime<Utc>) -> Vec<u8> {
        let mut lines = Vec::new();
        for secret in secrets.iter().filter(|secret| query.wants(secret, now)) {
            let line = Line::of(secret, |version, sealed| {
                query
                    .values
                    .then(|| self.open(secret, version, sealed, now))
            });
            // Texts always serialize, and a text's value is one.
            let _ = serde_json::to_writer(&mut lines, &line);
            lines.push(b'\n');
        }
        lines
    }

    fn open(
        &self,
        secret: &Secret,
        version: &Version,
        sealed: &SealedValue,
        now: DateTime<Utc>,
    ) -> Opened {
        match self
            .sealer
            .open(&secret.arn_text(), &version.id, sealed, now)
        {
            Err(error) => Opened::Unreadable(error.to_string()),
            Ok(bytes) => match sealed.kind() {
                ValueKind::String => Opened::Value(bytes),
                ValueKind::Binary => Opened::Binary(bytes),
            },
        }
    }
}

impl Query {
    /// The one scope to look at, if there is only one.
    fn scope(&self) -> Option<Scope> {
        Some(Scope {
            account: self.account?,
            region: self.region.clone()?,
        })
    }
}

impl Query {
    fn start(&self) -> Bound<SecretKey> {
        match self.scope() {
            Some(scope) => Bound::Included(SecretKey::first_with(&scope, &self.prefix)),
            None => Bound::Unbounded,
        }
    }

    /// Does nothing follow a key that is wanted?
    fn is_over_at(&self, key: &SecretKey) -> bool {
        match self.scope() {
            Some(scope) => *key > SecretKey::after_all_with(&scope, &self.prefix),
            None => self
                .account
                .is_some_and(|account| key.scope.account > account),
        }
    }

    fn wants(&self, secret: &Secret, now: DateTime<Utc>) -> bool {
        let Scope { account, region } = &secret.key().scope;
        self.account.is_none_or(|wanted| wanted == *account)
            && self.region.as_ref().is_none_or(|wanted| wanted == region)
            && secret.name().starts_with(&self.prefix)
            && secret.deletion() == Deletion::None
            && !secret.is_purged(now)
            && !secret.is_replica()
    }
}

/// A secret as it is written.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    account: String,
    region: &'a str,
    arn: String,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<ShownTags<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<ShownVersion<'a>>,
}

/// A version as it is written.
#[derive(Serialize)]
struct ShownVersion<'a> {
    id: &'a str,
    labels: Vec<&'a str>,
    created: String,
    #[serde(flatten)]
    value: Option<Opened>,
}

/// A value that was opened, or why it was not.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Opened {
    #[serde(serialize_with = "as_text")]
    Value(Sensitive<Vec<u8>>),
    #[serde(serialize_with = "as_base64")]
    Binary(Sensitive<Vec<u8>>),
    Unreadable(String),
}

impl<'a> Line<'a> {
    /// `open` gives a version's value, if values are wanted. The placeholder of a rotation has none and is left out.
    fn of(secret: &'a Secret, open: impl Fn(&Version, &SealedValue) -> Option<Opened>) -> Self {
        let Scope { account, region } = &secret.key().scope;
        let attributes = secret.attributes();
        let has_tags = secret.tags().iter().next().is_some();
        let shown = |version: &'a Arc<Version>| {
            let value = open(version, version.value.as_ref()?);
            let labels = secret.labels().of(&version.id);
            Some(ShownVersion {
                id: version.id.as_str(),
                labels: labels.map(StagingLabel::as_str).collect(),
                created: written(version.created),
                value,
            })
        };
        Self {
            name: secret.name(),
            account: account.to_string(),
            region: region.as_str(),
            arn: secret.arn_text(),
            created: written(secret.created()),
            description: attributes.description,
            key: attributes.kms_key_id,
            tags: has_tags.then(|| ShownTags(secret.tags())),
            policy: secret.policy(),
            versions: secret.versions().filter_map(shown).collect(),
        }
    }
}

struct ShownTags<'a>(&'a Tags);

impl Serialize for ShownTags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|tag| (tag.key, tag.value)))
    }
}

/// As exactly as it is known.
fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn as_text<S: Serializer>(value: &Sensitive<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = std::str::from_utf8(value.expose()).map_err(S::Error::custom)?;
    serializer.serialize_str(text)
}

fn as_base64<S: Serializer>(value: &Sensitive<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = Sensitive::new(STANDARD.encode(value.expose()));
    serializer.serialize_str(text.expose())
}
