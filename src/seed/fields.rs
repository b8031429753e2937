//! Reading the fields of a document's parts, and gathering what is wrong with them.

use std::fmt;

use super::mistake::{Mistake, Path, Place};
use super::tree::{Kind, Member, Node};
use crate::api::constraints::{Shape, Value};

/// How long a name may be that a mistake quotes: longer ones are no field's.
const LONGEST_QUOTED: usize = 40;

/// Gathers mistakes of one text.
#[derive(Debug)]
pub(super) struct Mistaken<'a> {
    source: &'a str,
    /// How many lines of the source stand before the text.
    lines_before: usize,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'a> Mistaken<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            lines_before: 0,
            mistakes: Vec::new(),
        }
    }

    /// Goes on with a text that begins after so many lines.
    pub(super) fn begin_after(&mut self, lines: usize) {
        self.lines_before = lines;
    }

    /// A place in the source.
    pub(super) fn place(&self, at: Place) -> Place {
        Place {
            line: at.line + self.lines_before,
            ..at
        }
    }

    pub(super) fn add(&mut self, at: Place, path: &Path<'_>, text: impl fmt::Display) {
        self.mistakes.push(Mistake {
            source: self.source.to_owned(),
            place: Some(self.place(at)),
            field: path.to_string(),
            text: text.to_string(),
        });
    }

    /// The value, or a mistake.
    pub(super) fn keep<T, E: fmt::Display>(
        &mut self,
        at: Place,
        path: &Path<'_>,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.add(at, path, error)).ok()
    }

    /// A text, number or truth value as it was written.
    pub(super) fn text<'n>(&mut self, node: &'n Node, path: &Path<'_>) -> Option<&'n str> {
        match &node.kind {
            Kind::Scalar(scalar) => Some(scalar.text.expose()),
            Kind::List(_) | Kind::Map(_) => {
                self.add(node.at, path, "is no text");
                None
            }
        }
    }

    /// The same, within the constraints of AWS's service model.
    pub(super) fn text_of<'n>(
        &mut self,
        shape: &Shape,
        node: &'n Node,
        path: &Path<'_>,
    ) -> Option<&'n str> {
        let text = self.text(node, path)?;
        self.is_within(shape, &Value::Text(text), node.at, path)
            .then_some(text)
    }

    /// Does a value keep the constraints of AWS's service model? If it does not, that is a mistake.
    pub(super) fn is_within(
        &mut self,
        shape: &Shape,
        value: &Value<'_>,
        at: Place,
        path: &Path<'_>,
    ) -> bool {
        let violations = shape.violated_by(value);
        for violation in &violations {
            let violation = violation.strip_prefix("Member ").unwrap_or(violation);
            self.add(at, path, violation);
        }
        violations.is_empty()
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node, path: &Path<'_>) -> Option<&'n [Node]> {
        match &node.kind {
            Kind::List(items) => Some(items),
            Kind::Scalar(_) | Kind::Map(_) => {
                self.add(node.at, path, "is no list");
                None
            }
        }
    }

    /// The fields of a map.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, path: &Path<'_>) -> Option<Fields<'n>> {
        match &node.kind {
            Kind::Map(members) => Some(Fields {
                left: members.iter().collect(),
            }),
            Kind::Scalar(_) | Kind::List(_) => {
                self.add(node.at, path, "is no map of fields");
                None
            }
        }
    }
}

/// The fields of a map that have not been read yet.
pub(super) struct Fields<'n> {
    left: Vec<&'n Member>,
}

impl<'n> Fields<'n> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.left.iter().any(|member| member.name.expose() == name)
    }

    /// Reads a field. One that is null is not given.
    pub(super) fn take(&mut self, name: &str) -> Option<&'n Node> {
        let value = self.take_even_null(name)?;
        (!value.is_null()).then_some(value)
    }

    /// Reads a field for which null would be something else than nothing.
    pub(super) fn take_even_null(&mut self, name: &str) -> Option<&'n Node> {
        let is_it = |member: &&Member| member.name.expose() == name;
        let at = self.left.iter().position(is_it)?;
        Some(&self.left.swap_remove(at).value)
    }

    /// What is left is none of the fields that there are.
    pub(super) fn finish(self, mistaken: &mut Mistaken<'_>, path: &Path<'_>) {
        let mut left = self.left;
        left.sort_by_key(|member| (member.at.line, member.at.column));
        for member in left {
            let name = member.name.expose();
            // Where indentation went wrong, a name may be a value.
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let can_be_quoted = name.len() <= LONGEST_QUOTED && name.chars().all(is_name);
            if can_be_quoted {
                mistaken.add(member.at, path, format_args!("there is no field {name}"));
            } else {
                mistaken.add(member.at, path, "there is no field of this name");
            }
        }
    }
}
