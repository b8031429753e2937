//! YAML and JSON as a tree in which everything knows its place and nothing has lost its spelling: numbers are as they were
//! written, members in their order.
//!
//! JSON is read as the YAML that it is. The one difference that matters, characters that YAML wants to be escaped, is dealt with
//! before.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::mistake::Place;
use crate::sensitive::Sensitive;

/// A part of a document.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) kind: Kind,
}

/// What a part is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A text, number, truth value or null.
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Member>),
}

/// A member of a map.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) at: Place,
    pub(super) name: Sensitive<String>,
    pub(super) value: Node,
}

/// Something without parts. It may be a secret's value, so it does not print.
#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub(super) text: Sensitive<String>,
    /// Was it written without quotes? Only then it can be something else than a text.
    pub(super) plain: bool,
}

impl Scalar {
    /// Is it nothing, as YAML and JSON write it?
    pub(super) fn is_null(&self) -> bool {
        self.plain && matches!(&**self.text.expose(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Node {
    /// Is it nothing?
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(scalar) if scalar.is_null())
    }
}

/// A text that is no document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: Place,
    pub(super) text: String,
}

/// How many bytes aliases may add to a document, so that a small one cannot become huge.
const MOST_COPIED: usize = 16 * 1024 * 1024;
/// How long a member's name may be.
const LONGEST_NAME: usize = 128 * 1024;

/// The documents in a text; there are several if it has `---` between them.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, Malformed> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let text = if is_json {
        escaped(text)
    } else {
        Cow::Borrowed(text)
    };
    let options = granit_parser::options! {
        emit_comments: false,
        simple_key_max_lookahead: LONGEST_NAME,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(&text, options) {
        let (event, span) = event.map_err(|error| malformed(&error))?;
        builder.add(event, place_of(&span))?;
    }
    Ok(builder.documents)
}

/// JSON in which characters that YAML does not take are escaped. JSON has them only in strings.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_foreign =
        |c: char| matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    if !text.contains(is_foreign) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if is_foreign(c) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

fn place_of(span: &Span) -> Place {
    Place {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

/// The parser's words, without the one character that it may quote: that may be a value's.
fn malformed(error: &ScanError) -> Malformed {
    let text = match error.kind() {
        ErrorKind::UnexpectedCharacter { .. } => "unexpected character".to_owned(),
        _ => error.info(),
    };
    let at = error.marker();
    Malformed {
        at: Place {
            line: at.line(),
            column: at.col() + 1,
        },
        text: format!("neither YAML nor JSON: {text}"),
    }
}

/// A list or a map that has begun.
struct Open {
    at: Place,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    /// With the name of the member whose value comes next.
    Map(Vec<Member>, Option<(Place, Sensitive<String>)>),
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copied: usize,
}

impl Builder {
    fn add(&mut self, event: Event<'_>, at: Place) -> Result<(), Malformed> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && !is_text(tag.as_deref(), at)?;
                let text = Sensitive::new(text.into_owned());
                let kind = Kind::Scalar(Scalar { text, plain });
                self.close(anchor, Node { at, kind })
            }
            Event::SequenceStart(_, anchor, tag) => {
                is_text(tag.as_deref(), at)?;
                self.begin(at, anchor, Content::List(Vec::new()));
                Ok(())
            }
            Event::MappingStart(_, anchor, tag) => {
                is_text(tag.as_deref(), at)?;
                self.begin(at, anchor, Content::Map(Vec::new(), None));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.copy(anchor, at),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, at: Place, anchor: usize, content: Content) {
        self.open.push(Open {
            at,
            anchor,
            content,
        });
    }

    fn end(&mut self) -> Result<(), Malformed> {
        // The parser's events are balanced.
        let Some(Open {
            at,
            anchor,
            content,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let kind = match content {
            Content::List(items) => Kind::List(items),
            Content::Map(members, _) => {
                check_names(&members)?;
                Kind::Map(members)
            }
        };
        self.close(anchor, Node { at, kind })
    }

    fn copy(&mut self, anchor: usize, at: Place) -> Result<(), Malformed> {
        let Some(meant) = self.anchors.get(&anchor) else {
            let text = "an alias cannot stand in what it means".to_owned();
            return Err(Malformed { at, text });
        };
        self.copied += size(meant);
        if self.copied > MOST_COPIED {
            let text = "aliases make the document too large".to_owned();
            return Err(Malformed { at, text });
        }
        let kind = meant.kind.clone();
        self.close(0, Node { at, kind })
    }

    /// Puts a finished part where it belongs.
    fn close(&mut self, anchor: usize, node: Node) -> Result<(), Malformed> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.documents.push(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map(members, name)) => match name.take() {
                Some((at, name)) => members.push(Member {
                    at,
                    name,
                    value: node,
                }),
                None => *name = Some(name_of(node)?),
            },
        }
        Ok(())
    }
}

fn name_of(node: Node) -> Result<(Place, Sensitive<String>), Malformed> {
    let at = node.at;
    let Kind::Scalar(Scalar { text, .. }) = node.kind else {
        let text = "a member's name is a text".to_owned();
        return Err(Malformed { at, text });
    };
    Ok((at, text))
}

/// Refuses a name that is given twice.
fn check_names(members: &[Member]) -> Result<(), Malformed> {
    let mut names: Vec<_> = members
        .iter()
        .map(|member| (member.name.expose(), member.at))
        .collect();
    // Equal names stay in the order of the document.
    names.sort_by_key(|(name, _)| *name);
    match names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(()),
        Some(pair) => Err(Malformed {
            at: pair[1].1,
            text: "the member is given twice".to_owned(),
        }),
    }
}

/// About how many bytes a part takes.
fn size(node: &Node) -> usize {
    let of_parts = match &node.kind {
        Kind::Scalar(scalar) => scalar.text.expose().len(),
        Kind::List(items) => items.iter().map(size).sum(),
        Kind::Map(members) => {
            let of_member = |member: &Member| member.name.expose().len() + size(&member.value);
            members.iter().map(of_member).sum()
        }
    };
    of_parts + size_of::<Node>()
}

/// Does a tag say that something is a text? Tags that say what it is anyway are taken, others not.
fn is_text(tag: Option<&Tag>, at: Place) -> Result<bool, Malformed> {
    let Some(tag) = tag else { return Ok(false) };
    let is_core = tag.handle() == "tag:yaml.org,2002:";
    match tag.suffix() {
        "str" if is_core => Ok(true),
        "null" | "bool" | "int" | "float" | "seq" | "map" if is_core => Ok(false),
        _ => Err(Malformed {
            at,
            text: "this tag has no meaning here; bytes are given as `binary` or `file`".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree as text: plain scalars bare, others in quotes.
    fn shown(node: &Node) -> String {
        match &node.kind {
            Kind::Scalar(Scalar { text, plain: true }) => text.expose().clone(),
            Kind::Scalar(Scalar { text, .. }) => format!("{:?}", text.expose()),
            Kind::List(items) => {
                let items: Vec<_> = items.iter().map(shown).collect();
                format!("[{}]", items.join(","))
            }
            Kind::Map(members) => {
                let shown =
                    |member: &Member| format!("{}={}", member.name.expose(), shown(&member.value));
                let members: Vec<_> = members.iter().map(shown).collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let documents = parse(text).unwrap();
        let shown: Vec<_> = documents.iter().map(shown).collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn json_comes_as_it_was_written() {
        check(
            r#"{"a": "x\/y \ud83d\ude00 \u0000", "b": [1, 2.50, 1e400, null, true], "c": {}}"#,
            r#"{a="x/y 😀 \0",b=[1,2.50,1e400,null,true],c={}}"#,
        );
        check("{\n\t\"a\":\n\t[\n\t\t1\n\t]\n}\n", "{a=[1]}");
        check(
            "[\"\u{7f}\u{80}\u{85}\u{9f}\u{2028}\u{ffff}\"]",
            "[\"\\u{7f}\\u{80}\\u{85}\\u{9f}\\u{2028}\\u{ffff}\"]",
        );
        let long = "k".repeat(5000);
        check(&format!("{{\"{long}\":1}}"), &format!("{{{long}=1}}"));
    }

    #[test]
    fn yaml_has_documents_aliases_and_block_texts() {
        check("a: 1\n---\nb: 'x'\n", "{a=1} {b=\"x\"}");
        check("a: &t {x: 1}\nb: *t\n", "{a={x=1},b={x=1}}");
        check("a: |\n  x\n  y\n", "{a=\"x\\ny\\n\"}");
        check("a: !!str 1\nb: !!int 2\n", "{a=\"1\",b=2}");
        check("# nothing\n", "");
    }

    #[test]
    fn what_is_neither_is_said_without_quoting_it() {
        for (text, line, column, expected) in [
            (
                "a: \"hunter2",
                1,
                4,
                "neither YAML nor JSON: unclosed quote",
            ),
            (
                "a: @hunter2",
                1,
                4,
                "neither YAML nor JSON: unexpected character",
            ),
            (
                "x: 1\na: *hunter2",
                2,
                4,
                "neither YAML nor JSON: while parsing node, found unknown anchor",
            ),
            ("hunter2: 1\nhunter2: 2", 2, 1, "the member is given twice"),
            ("a: &x [*x]", 1, 8, "an alias cannot stand in what it means"),
            ("[x]: 1", 1, 1, "a member's name is a text"),
            (
                "a: !!binary aGk=",
                1,
                13,
                "this tag has no meaning here; bytes are given as `binary` or `file`",
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.text, expected, "{text}");
            assert_eq!(error.at, Place { line, column }, "{text}");
        }
    }

    #[test]
    fn aliases_do_not_multiply_without_end() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..9 {
            let alias = format!("*a{}", at - 1);
            let list = [&*alias; 10].join(", ");
            writeln!(text, "a{at}: &a{at} [{list}]").unwrap();
        }
        let error = parse(&text).unwrap_err();
        assert_eq!(error.text, "aliases make the document too large");
    }

    #[test]
    fn nothing_of_a_document_is_printed() {
        let documents = parse("a: hunter2\nhunter2: b").unwrap();
        assert!(!format!("{documents:?}").contains("hunter2"));
    }
}
