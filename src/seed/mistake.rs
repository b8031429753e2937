//! What is wrong with a document, and where. Values of secrets are never in it.

use std::error::Error;
use std::fmt;

/// A place in a text; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What the text is called, such as a file's path.
    pub source: String,
    /// Where in the text; none if the text could not be had.
    pub place: Option<Place>,
    /// The field, such as `secrets[2].tags`; empty for the whole text.
    pub field: String,
    /// What is wrong with it.
    pub text: String,
}

/// `seed.yaml:7:5: secrets[2].tags: ...`
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.text)
    }
}

impl Mistake {
    /// The same for somebody who sent the text: `line 7, column 5: secrets[2].tags: ...`
    pub fn in_words(&self) -> String {
        let mut words = String::new();
        if let Some(Place { line, column }) = self.place {
            words = format!("line {line}, column {column}: ");
        }
        if !self.field.is_empty() {
            words.push_str(&self.field);
            words.push_str(": ");
        }
        words + &self.text
    }
}

/// Everything that is wrong; at least one mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// All in one line, for somebody who sent the text.
    pub fn in_words(&self) -> String {
        let all: Vec<_> = self.0.iter().map(Mistake::in_words).collect();
        all.join("; ")
    }
}

/// A line for each.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for Mistakes {}

/// The way from the document to one of its parts, put into words only where something is wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    before: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Document,
    Field(&'a str),
    Item(usize),
}

impl<'a> Path<'a> {
    /// The whole document.
    pub(super) const DOCUMENT: Path<'static> = Path {
        before: None,
        step: Step::Document,
    };

    /// A field of what is here.
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self {
            before: Some(self),
            step: Step::Field(name),
        }
    }

    /// An item of the list that is here.
    pub(super) fn item(&'a self, at: usize) -> Self {
        Self {
            before: Some(self),
            step: Step::Item(at),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(before) = self.before else {
            return Ok(());
        };
        before.fmt(f)?;
        match self.step {
            Step::Document => Ok(()),
            Step::Field(name) if matches!(before.step, Step::Document) => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
            Step::Item(at) => write!(f, "[{at}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_one_line_that_an_editor_can_follow() {
        let secrets = Path::DOCUMENT.field("secrets");
        let secret = secrets.item(2);
        let mut mistake = Mistake {
            source: "seed.yaml".to_owned(),
            place: Some(Place { line: 7, column: 5 }),
            field: secret.field("tags").to_string(),
            text: "is no list".to_owned(),
        };
        assert_eq!(
            mistake.to_string(),
            "seed.yaml:7:5: secrets[2].tags: is no list"
        );
        assert_eq!(
            mistake.in_words(),
            "line 7, column 5: secrets[2].tags: is no list"
        );
        mistake.field = Path::DOCUMENT.item(0).to_string();
        assert_eq!(mistake.to_string(), "seed.yaml:7:5: [0]: is no list");
        mistake.field = Path::DOCUMENT.to_string();
        mistake.place = None;
        assert_eq!(mistake.to_string(), "seed.yaml: is no list");
    }
}
