//! Versions and their labels.

use std::collections::HashSet;

use chrono::DateTime;
use uuid::Uuid;

use super::Reader;
use crate::api::shapes;
use crate::secret::declared::DeclaredVersion;
use crate::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey};
use crate::secret::staging::StagingLabel;
use crate::secret::version::{Envelope, Fingerprint, SealedValue, VersionId};
use crate::secret::{self, Secret};
use crate::seed::declared::{Content, DeclaredValue};
use crate::seed::fields::Fields;
use crate::seed::mistake::{Path, Place};
use crate::seed::tree::Node;

impl Reader<'_> {
    pub(super) fn content(&mut self, fields: &mut Fields<'_>, path: &Path<'_>) -> Content {
        let versions = fields.take("versions");
        let value = self.value(fields, &["value", "binary", "file", "text_file"], path);
        match (versions, value) {
            (None, None) => Content::Nothing,
            (None, Some(value)) => Content::Value(value),
            (Some(node), None) => self.versions(node, &path.field("versions")),
            (Some(node), Some(_)) => {
                let text = "excludes a value beside it";
                self.mistaken.add(node.at, &path.field("versions"), text);
                Content::Nothing
            }
        }
    }

    fn versions(&mut self, node: &Node, path: &Path<'_>) -> Content {
        let items = self.mistaken.list(node, path).unwrap_or_default();
        let mistakes = self.mistaken.mistakes.len();
        let versions: Vec<_> = items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| self.version(item, &path.item(at), items.len()))
            .collect();
        if self.mistaken.mistakes.len() > mistakes {
            return Content::Nothing;
        }
        self.versions_of(versions, node.at, path)
    }

    /// A version; none if it has no value, as in an export without values.
    fn version(&mut self, node: &Node, path: &Path<'_>, of: usize) -> Option<DeclaredValue> {
        let mut fields = self.mistaken.fields(node, path)?;
        let id = self.required("id", node.at, &mut fields, path);
        let id = id.and_then(|node| self.version_id(node, &path.field("id")));
        let created = self.time("created", &mut fields, path);
        let labels = fields
            .take("labels")
            .map(|node| self.labels(node, &path.field("labels")));
        let value = self.value(&mut fields, &["value", "binary", "file", "text_file"], path);
        if let Some(reason) = fields.take("unreadable")
            && value.is_some()
        {
            let text = "excludes a value beside it";
            self.mistaken
                .add(reason.at, &path.field("unreadable"), text);
        }
        fields.finish(&mut self.mistaken, path);
        let labels = match labels {
            Some(labels) => labels?,
            None if of == 1 => vec![StagingLabel::AWSCURRENT],
            None => Vec::new(),
        };
        Some(DeclaredValue {
            id: id?,
            created,
            labels,
            value: value?,
        })
    }

    pub(super) fn version_id(&mut self, node: &Node, path: &Path<'_>) -> Option<VersionId> {
        let id = self.mistaken.text_of(&shapes::VERSION_ID, node, path)?;
        Some(VersionId::new(id))
    }

    pub(super) fn labels(&mut self, node: &Node, path: &Path<'_>) -> Option<Vec<StagingLabel>> {
        let items = self.mistaken.list(node, path)?;
        let mut labels = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = path.item(at);
            let label = self.mistaken.text_of(&shapes::STAGING_LABEL, item, &path)?;
            labels.push(StagingLabel::new(label));
        }
        Some(labels)
    }

    /// Versions that go together.
    pub(super) fn versions_of(
        &mut self,
        versions: Vec<DeclaredValue>,
        at: Place,
        path: &Path<'_>,
    ) -> Content {
        if versions.is_empty() {
            return Content::Nothing;
        }
        match rehearse(&versions) {
            Ok(()) => Content::Versions(versions),
            Err(text) => {
                self.mistaken.add(at, path, text);
                Content::Nothing
            }
        }
    }
}

/// Refuses versions that no secret can have: gives them, without values, to one that nobody sees.
fn rehearse(versions: &[DeclaredValue]) -> Result<(), String> {
    let mut ids = HashSet::new();
    let mut labels = HashSet::new();
    for version in versions {
        if !ids.insert(&version.id) {
            return Err(format!("version {} is given twice", version.id));
        }
        for label in &version.labels {
            if !labels.insert(label.as_str()) {
                return Err(format!("the label {label} is given twice"));
            }
        }
    }
    let declared: Vec<_> = versions.iter().map(without_value).collect();
    let mut secret = nobodys_secret();
    let rehearsed = secret.declare_versions(&declared, DateTime::UNIX_EPOCH);
    match rehearsed {
        Ok(_) => Ok(()),
        Err(secret::Error::LabelNotFound(label)) => {
            Err(format!("no version with a value has the label {label}"))
        }
        Err(error) => Err(error.to_string()),
    }
}

fn without_value(version: &DeclaredValue) -> DeclaredVersion {
    let envelope = Envelope {
        kind: version.value.kind,
        fingerprint: Fingerprint([0; Fingerprint::LENGTH]),
        kms_key: None,
        data_key: &[],
    };
    DeclaredVersion {
        id: version.id.clone(),
        created: DateTime::UNIX_EPOCH,
        value: SealedValue::new(envelope, 0, |_| {}),
        labels: version.labels.clone(),
    }
}

fn nobodys_secret() -> Secret {
    let scope = Scope {
        account: AccountId::DEFAULT,
        region: Region::default(),
    };
    let key = SecretKey::start_of(&scope);
    let token = VersionId::new("");
    Secret::new(
        Uuid::nil(),
        key,
        ArnSuffix::draw(|_| 0),
        token,
        DateTime::UNIX_EPOCH,
    )
}
