//! A secret as AWS's BatchGetSecretValue and GetSecretValue answer it.

use super::Reader;
use crate::secret::id::SecretKey;
use crate::secret::staging::StagingLabel;
use crate::seed::declared::{Content, Declared, DeclaredValue};
use crate::seed::fields::Fields;
use crate::seed::mistake::{Path, Place};
use crate::seed::tree::{Kind, Node};

impl Reader<'_> {
    /// A secret as BatchGetSecretValue and GetSecretValue answer it.
    pub(super) fn answered(
        &mut self,
        at: Place,
        fields: &mut Fields<'_>,
        path: &Path<'_>,
    ) -> Option<Declared> {
        let name = self.required("Name", at, fields, path);
        let name = name.and_then(|node| self.name(node, &path.field("Name")));
        if !fields.has("ARN") {
            self.mistaken.add(at, &path.field("ARN"), "must be given");
        }
        let arn = self.arn("ARN", fields, path);
        let created = self.time("CreatedDate", fields, path);
        let id = fields
            .take("VersionId")
            .and_then(|node| self.version_id(node, &path.field("VersionId")));
        let labels = fields
            .take("VersionStages")
            .and_then(|node| self.labels(node, &path.field("VersionStages")));
        let value = self.value(fields, &["SecretString", "SecretBinary"], path);
        let arn = arn?;
        let key = SecretKey {
            scope: arn.key.scope.clone(),
            name: name?,
        };
        self.check_arn(Some(&arn), &key, at, path);
        let content = match (id, value) {
            (Some(id), Some(value)) => {
                let version = DeclaredValue {
                    id,
                    created,
                    labels: labels.unwrap_or_else(|| vec![StagingLabel::AWSCURRENT]),
                    value,
                };
                self.versions_of(vec![version], at, path)
            }
            (None, Some(value)) => Content::Value(value),
            (_, None) => Content::Nothing,
        };
        Some(Declared {
            origin: self.origin(at, path),
            key,
            suffix: Some(arn.suffix),
            created: None,
            description: None,
            kms_key_id: None,
            tags: None,
            policy: None,
            content,
        })
    }

    /// What BatchGetSecretValue could not give.
    pub(super) fn not_exported(&mut self, node: &Node, path: &Path<'_>) {
        let items = self.mistaken.list(node, path).unwrap_or_default();
        for (at, item) in items.iter().enumerate() {
            let path = path.item(at);
            let Some(mut fields) = self.mistaken.fields(item, &path) else {
                continue;
            };
            let mut shown = |name| {
                let text = fields.take(name).and_then(|node| match &node.kind {
                    Kind::Scalar(scalar) => Some(scalar.text.expose().as_str()),
                    Kind::List(_) | Kind::Map(_) => None,
                });
                text.unwrap_or("?")
            };
            let (id, code) = (shown("SecretId"), shown("ErrorCode"));
            let text = format!("the secret {id} was not exported: {code}");
            self.mistaken.add(item.at, &path, text);
        }
    }
}
