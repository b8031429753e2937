//! A secret as a document declares it: checked, and not yet applied.

use chrono::{DateTime, Utc};

use super::mistake::{Mistake, Place};
use crate::kms::ValueRef;
use crate::secret::id::{ArnSuffix, SecretKey};
use crate::secret::staging::StagingLabel;
use crate::secret::tags::Tag;
use crate::secret::version::{ValueKind, VersionId};
use crate::sensitive::Sensitive;

/// A secret that is to be there. What is not said stays as it is.
#[derive(Debug)]
pub struct Declared {
    pub(super) origin: Origin,
    pub(super) key: SecretKey,
    pub(super) suffix: Option<ArnSuffix>,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) description: Option<String>,
    /// The KMS key as it is named; empty for the default key.
    pub(super) kms_key_id: Option<String>,
    pub(super) tags: Option<Vec<(String, String)>>,
    pub(super) policy: Option<String>,
    pub(super) content: Content,
}

/// Where a secret is declared.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) source: String,
    pub(super) place: Place,
    pub(super) field: String,
}

impl Origin {
    /// What is wrong with what is declared here.
    pub(super) fn mistake(&self, text: &impl ToString) -> Mistake {
        Mistake {
            source: self.source.clone(),
            place: Some(self.place),
            field: self.field.clone(),
            text: text.to_string(),
        }
    }
}

/// What is said of a secret's values.
#[derive(Debug)]
pub(super) enum Content {
    Nothing,
    /// The current value.
    Value(Value),
    /// Versions with their labels.
    Versions(Vec<DeclaredValue>),
}

/// A version with its value.
#[derive(Debug)]
pub(super) struct DeclaredValue {
    pub(super) id: VersionId,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) labels: Vec<StagingLabel>,
    pub(super) value: Value,
}

/// A value in the clear.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) kind: ValueKind,
    pub(super) bytes: Sensitive<Vec<u8>>,
}

impl Value {
    pub(super) fn as_ref(&self) -> ValueRef<'_> {
        ValueRef {
            kind: self.kind,
            bytes: self.bytes.expose(),
        }
    }
}

/// Tags as the core takes them.
pub(super) fn borrowed(tags: &[(String, String)]) -> Vec<Tag<'_>> {
    let borrow = |(key, value)| Tag { key, value };
    tags.iter()
        .map(|(key, value)| borrow((key, value)))
        .collect()
}
