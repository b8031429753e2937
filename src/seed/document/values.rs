//! Values: texts, bytes, and what is in files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Reader;
use crate::api::constraints::Value as Checked;
use crate::api::shapes;
use crate::secret::version::ValueKind;
use crate::seed::declared::Value;
use crate::seed::fields::Fields;
use crate::seed::json;
use crate::seed::mistake::{Path, Place};
use crate::seed::tree::{Kind, Node};
use crate::sensitive::Sensitive;

impl Reader<'_> {
    /// The one of these fields that is given.
    pub(super) fn value(
        &mut self,
        fields: &mut Fields<'_>,
        names: &[&'static str],
        path: &Path<'_>,
    ) -> Option<Value> {
        let given: Vec<_> = names
            .iter()
            .filter_map(|name| Some((*name, fields.take_even_null(name)?)))
            .collect();
        let (name, node) = *given.first()?;
        let path = path.field(name);
        if let Some((other, second)) = given.get(1) {
            let text = format!("{name} and {other} exclude each other");
            self.mistaken.add(second.at, &path, text);
            return None;
        }
        if node.is_null() {
            let text = "is empty; leave it out for a secret without a value";
            self.mistaken.add(node.at, &path, text);
            return None;
        }
        match name {
            "value" => self.text_value(node, &path),
            "SecretString" => {
                let text = Sensitive::new(self.mistaken.text(node, &path)?.to_owned());
                self.checked_text(&text, node.at, &path)
            }
            "binary" | "SecretBinary" => {
                let base64 = self.mistaken.text(node, &path)?;
                let is_space = |c: char| c.is_ascii_whitespace();
                let base64 = Sensitive::new(base64.replace(is_space, ""));
                let bytes = STANDARD.decode(base64.expose()).map_err(|_| "is no base64");
                let bytes = self.mistaken.keep(node.at, &path, bytes)?;
                self.checked_bytes(Sensitive::new(bytes), node.at, &path)
            }
            _ => self.file(name, node, &path),
        }
    }

    /// A text as it is; anything else as JSON.
    fn text_value(&mut self, node: &Node, path: &Path<'_>) -> Option<Value> {
        match &node.kind {
            Kind::Scalar(scalar) => self.checked_text(&scalar.text, node.at, path),
            Kind::List(_) | Kind::Map(_) => self.checked_text(&json::text_of(node), node.at, path),
        }
    }

    fn file(&mut self, name: &str, node: &Node, path: &Path<'_>) -> Option<Value> {
        let file = self.mistaken.text(node, path)?;
        let bytes = self.source.files.read(file);
        let bytes = self.mistaken.keep(node.at, path, bytes)?;
        if name == "file" {
            return self.checked_bytes(bytes, node.at, path);
        }
        let text = std::str::from_utf8(bytes.expose()).map(|text| Sensitive::new(text.to_owned()));
        let text = text.map_err(|_| "the file is no text in UTF-8; give it as `file`");
        let text = self.mistaken.keep(node.at, path, text)?;
        self.checked_text(&text, node.at, path)
    }

    fn checked_text(
        &mut self,
        text: &Sensitive<String>,
        at: Place,
        path: &Path<'_>,
    ) -> Option<Value> {
        let bytes = text.expose().as_bytes().to_vec();
        let checked = Checked::Text(text.expose());
        let is_within = self
            .mistaken
            .is_within(&shapes::SECRET_STRING, &checked, at, path);
        is_within.then(|| Value {
            kind: ValueKind::String,
            bytes: Sensitive::new(bytes),
        })
    }

    fn checked_bytes(
        &mut self,
        bytes: Sensitive<Vec<u8>>,
        at: Place,
        path: &Path<'_>,
    ) -> Option<Value> {
        let checked = Checked::Blob(bytes.expose().len());
        let is_within = self
            .mistaken
            .is_within(&shapes::SECRET_BINARY, &checked, at, path);
        is_within.then_some(Value {
            kind: ValueKind::Binary,
            bytes,
        })
    }
}
