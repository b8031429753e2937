//! What a secret has beside its values.

use chrono::{DateTime, Utc};

use super::Reader;
use crate::api::constraints::Value as Checked;
use crate::api::error::Error;
use crate::api::kms::aliases;
use crate::api::{Service, shapes};
use crate::auth::policy::Policy;
use crate::kms::{DEFAULT_KEY_ALIAS, alias_name, check_key_name};
use crate::secret::id::Scope;
use crate::secret::tags::Tags;
use crate::seed::declared::borrowed;
use crate::seed::fields::Fields;
use crate::seed::json;
use crate::seed::mistake::Path;
use crate::seed::tree::{Kind, Node};

impl Reader<'_> {
    /// A time as RFC 3339 or AWS writes it.
    pub(super) fn time(
        &mut self,
        name: &str,
        fields: &mut Fields<'_>,
        path: &Path<'_>,
    ) -> Option<DateTime<Utc>> {
        let (node, path) = (fields.take(name)?, path.field(name));
        let text = self.mistaken.text(node, &path)?;
        let time = DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc())
            .ok()
            .or_else(|| of_epoch_seconds(text))
            .ok_or("is no time such as 2027-01-01T00:00:00Z");
        self.mistaken.keep(node.at, &path, time)
    }

    pub(super) fn kms_key(
        &mut self,
        node: &Node,
        scope: &Scope,
        path: &Path<'_>,
    ) -> Option<String> {
        let given = self.mistaken.text_of(&shapes::KMS_KEY_ID, node, path)?;
        if given.is_empty() {
            return Some(String::new());
        }
        let checked = check_key_name(given, scope);
        self.mistaken.keep(node.at, path, checked)?;
        if let Some(alias) = alias_name(given).filter(|alias| *alias != DEFAULT_KEY_ALIAS) {
            let checked = aliases::check_possible_name(alias);
            self.mistaken.keep(node.at, path, checked)?;
        }
        Some(given.to_owned())
    }

    /// A map, or AWS's list of keys and values.
    pub(super) fn tags(&mut self, node: &Node, path: &Path<'_>) -> Option<Vec<(String, String)>> {
        let mut tags = Vec::new();
        match &node.kind {
            Kind::Map(members) => {
                for member in members {
                    let key = member.name.expose();
                    let of_key = Checked::Text(key);
                    self.mistaken
                        .is_within(&shapes::TAG_KEY, &of_key, member.at, path);
                    let path = path.field(key);
                    tags.push((key.clone(), self.tag_value(&member.value, &path)?));
                }
            }
            Kind::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    let path = path.item(at);
                    let mut fields = self.mistaken.fields(item, &path)?;
                    let key = self.required("Key", item.at, &mut fields, &path)?;
                    let path_of_key = path.field("Key");
                    let key = self.mistaken.text_of(&shapes::TAG_KEY, key, &path_of_key)?;
                    let value = match fields.take("Value") {
                        None => String::new(),
                        Some(value) => self.tag_value(value, &path.field("Value"))?,
                    };
                    fields.finish(&mut self.mistaken, &path);
                    tags.push((key.to_owned(), value));
                }
            }
            Kind::Scalar(_) => {
                let text = "is neither a map nor a list of Key and Value";
                self.mistaken.add(node.at, path, text);
                return None;
            }
        }
        let checked = Tags::default().upsert(&borrowed(&tags));
        self.mistaken.keep(node.at, path, checked)?;
        Some(tags)
    }

    fn tag_value(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        if node.is_null() {
            return Some(String::new());
        }
        let value = self.mistaken.text_of(&shapes::TAG_VALUE, node, path)?;
        Some(value.to_owned())
    }

    /// A policy's text, or the policy itself.
    pub(super) fn policy(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        let text = match &node.kind {
            Kind::Scalar(scalar) => scalar.text.expose().clone(),
            Kind::Map(_) | Kind::List(_) => json::text_of(node).expose().clone(),
        };
        let checked = Checked::Text(&text);
        if !self
            .mistaken
            .is_within(&shapes::RESOURCE_POLICY, &checked, node.at, path)
        {
            return None;
        }
        let policy = Policy::parse(&text, Service::SecretsManager.name()).map_err(Error::from);
        self.mistaken.keep(node.at, path, policy)?;
        Some(text)
    }
}

/// Seconds since 1970, as AWS's JSON has times.
fn of_epoch_seconds(text: &str) -> Option<DateTime<Utc>> {
    let seconds: f64 = text.parse().ok()?;
    let millis = (seconds * 1000.0).round();
    if !(0.0..1e14).contains(&millis) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is a whole number that 64 bits have room for"
    )]
    DateTime::from_timestamp_millis(millis as i64)
}
