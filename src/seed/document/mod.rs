//! What can be written in a seed: `README.md` has it in words. All mistakes of a text are found at once.
//!
//! There are two vocabularies: our own, in small letters, in which exports are written as well, and that of AWS's
//! BatchGetSecretValue and GetSecretValue.

mod attributes;
mod aws;
mod own;
mod values;
mod versions;

use std::collections::HashMap;

use super::declared::{Declared, Origin};
use super::fields::{Fields, Mistaken};
use super::files::Files;
use super::mistake::{Mistakes, Path, Place};
use super::tree::{self, Kind, Node};
use crate::secret::id::{Scope, SecretKey};

/// A text that declares secrets.
#[derive(Debug)]
pub struct Source<'a> {
    /// What it is called in a mistake.
    pub name: &'a str,
    /// Which files it may name.
    pub files: Files,
}

/// Reads a text: YAML, JSON or lines of JSON. Secrets that name no account or region are in `home`.
pub fn parse(text: &str, source: &Source<'_>, home: &Scope) -> Result<Vec<Declared>, Mistakes> {
    let mut reader = Reader::new(source, home);
    if is_json_lines(text) {
        for (at, line) in text.lines().enumerate() {
            reader.read(line, at);
        }
    } else {
        reader.read(text, 0);
    }
    reader.finish()
}

/// Reads one line of JSON Lines, which has `lines_before` before it.
pub fn parse_line(
    line: &str,
    lines_before: usize,
    source: &Source<'_>,
    home: &Scope,
) -> Result<Vec<Declared>, Mistakes> {
    let mut reader = Reader::new(source, home);
    reader.read(line, lines_before);
    reader.finish()
}

fn is_json_lines(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.all(|line| line.starts_with('{') && line.ends_with('}'))
}

struct Reader<'a> {
    source: &'a Source<'a>,
    home: &'a Scope,
    mistaken: Mistaken<'a>,
    declared: Vec<Declared>,
    places: HashMap<SecretKey, Place>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source<'a>, home: &'a Scope) -> Self {
        Self {
            source,
            home,
            mistaken: Mistaken::new(source.name),
            declared: Vec::new(),
            places: HashMap::new(),
        }
    }

    fn finish(self) -> Result<Vec<Declared>, Mistakes> {
        if self.mistaken.mistakes.is_empty() {
            Ok(self.declared)
        } else {
            Err(Mistakes(self.mistaken.mistakes))
        }
    }

    fn read(&mut self, text: &str, lines_before: usize) {
        self.mistaken.begin_after(lines_before);
        match tree::parse(text) {
            Ok(documents) => documents
                .iter()
                .for_each(|document| self.document(document)),
            Err(tree::Malformed { at, text }) => self.mistaken.add(at, &Path::DOCUMENT, text),
        }
    }

    fn document(&mut self, node: &Node) {
        let path = Path::DOCUMENT;
        match &node.kind {
            Kind::List(items) => self.secrets(items, &path),
            Kind::Map(_) => self.map(node, &path),
            Kind::Scalar(scalar) if scalar.is_null() => {}
            Kind::Scalar(_) => {
                let text =
                    "declares nothing; a list of secrets is expected, or a map with `secrets`";
                self.mistaken.add(node.at, &path, text);
            }
        }
    }

    /// A document that is a map: one that lists secrets, the answer of BatchGetSecretValue, or a single secret.
    fn map(&mut self, node: &Node, path: &Path<'_>) {
        let Some(mut fields) = self.mistaken.fields(node, path) else {
            return;
        };
        if !["secrets", "SecretValues"]
            .iter()
            .any(|name| fields.has(name))
        {
            self.secret(node, path);
            return;
        }
        for name in ["secrets", "SecretValues"] {
            let path = path.field(name);
            if let Some(list) = fields.take(name)
                && let Some(items) = self.mistaken.list(list, &path)
            {
                self.secrets(items, &path);
            }
        }
        if let Some(errors) = fields.take("Errors") {
            self.not_exported(errors, &path.field("Errors"));
        }
        if let Some(more) = fields.take("NextToken") {
            let text = "is only a part of an answer: more secrets follow it";
            self.mistaken.add(more.at, &path.field("NextToken"), text);
        }
        fields.finish(&mut self.mistaken, path);
    }

    fn secrets(&mut self, items: &[Node], path: &Path<'_>) {
        for (at, item) in items.iter().enumerate() {
            self.secret(item, &path.item(at));
        }
    }

    fn secret(&mut self, node: &Node, path: &Path<'_>) {
        let mistakes = self.mistaken.mistakes.len();
        let Some(mut fields) = self.mistaken.fields(node, path) else {
            return;
        };
        let is_aws = fields.has("ARN") || fields.has("Name");
        let declared = if is_aws {
            self.answered(node.at, &mut fields, path)
        } else {
            self.own(node.at, &mut fields, path)
        };
        fields.finish(&mut self.mistaken, path);
        let Some(declared) = declared.filter(|_| self.mistaken.mistakes.len() == mistakes) else {
            return;
        };
        let place = declared.origin.place;
        if let Some(first) = self.places.insert(declared.key.clone(), place) {
            let text = format!("the secret is declared in line {} already", first.line);
            self.mistaken.add(node.at, path, text);
        }
        self.declared.push(declared);
    }

    fn origin(&self, at: Place, path: &Path<'_>) -> Origin {
        Origin {
            source: self.source.name.to_owned(),
            place: self.mistaken.place(at),
            field: path.to_string(),
        }
    }

    fn required<'n>(
        &mut self,
        name: &str,
        at: Place,
        fields: &mut Fields<'n>,
        path: &Path<'_>,
    ) -> Option<&'n Node> {
        let node = fields.take(name);
        if node.is_none() {
            self.mistaken.add(at, &path.field(name), "must be given");
        }
        node
    }
}
