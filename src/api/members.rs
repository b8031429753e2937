//! Objects and lists of an answer that are written piece by piece.
//!
//! Most answers are structures that serde describes, which costs something for each member. The answers of reads are asked for most,
//! and what a list shows of a secret has some twenty members, and a list has a hundred secrets.

use bytemuck::cast;
use serde::Serialize;
use wide::u8x16;

use super::error::Error;
use super::json;
use super::timestamp::{Timestamp, Written};

/// A member's name as it stands in a body, with all that is between the member before it and its value; made by [`key!`].
#[derive(Debug, Clone, Copy)]
pub struct Key(&'static str);

impl Key {
    /// Takes what stands before a text: comma, name, colon, quote.
    pub const fn new(before_text: &'static str) -> Self {
        Self(before_text)
    }

    fn before_text(self) -> &'static [u8] {
        self.0.as_bytes()
    }

    fn before_value(self) -> &'static [u8] {
        let before = self.before_text();
        &before[..before.len() - 1]
    }
}

/// The [`Key`] of a name in which nothing needs to be escaped. The compiler puts it together, so that it is copied at once.
macro_rules! key {
    ($name:literal) => {
        $crate::api::members::Key::new(concat!(",\"", $name, "\":\""))
    };
}

pub(in crate::api) use key;

/// An object at the end of a body. It begins with a comma, which its end makes a brace.
#[derive(Debug)]
pub struct Members<'a> {
    body: &'a mut Vec<u8>,
    start: usize,
}

#[expect(
    clippy::inline_always,
    reason = "a key that is known where it is written is copied by a few instructions"
)]
impl<'a> Members<'a> {
    /// Begins an object.
    #[inline(always)]
    pub fn begin(body: &'a mut Vec<u8>) -> Self {
        let start = body.len();
        Self { body, start }
    }

    /// Adds a text.
    #[inline(always)]
    pub fn text(&mut self, key: Key, text: &str) -> Result<(), Error> {
        if is_plain(text.as_bytes()) {
            self.plain(key, [text.as_bytes()]);
            Ok(())
        } else {
            self.member(key, |body| json::write(text, body))
        }
    }

    /// Adds a text, if there is one.
    #[inline(always)]
    pub fn some_text(&mut self, key: Key, text: Option<&str>) -> Result<(), Error> {
        match text {
            Some(text) => self.text(key, text),
            None => Ok(()),
        }
    }

    /// Adds a text in which nothing needs to be escaped, given in parts.
    #[inline(always)]
    pub fn plain<const N: usize>(&mut self, key: Key, parts: [&[u8]; N]) {
        self.body.extend_from_slice(key.before_text());
        for part in parts {
            self.body.extend_from_slice(part);
        }
        self.body.push(b'"');
    }

    /// Adds a time.
    #[inline(always)]
    pub fn time(&mut self, key: Key, time: Timestamp) {
        self.written_time(key, time.written());
    }

    /// Adds a time that may stand in several places.
    #[inline(always)]
    pub fn written_time(&mut self, key: Key, time: Written) {
        self.body.extend_from_slice(key.before_value());
        time.write(self.body);
    }

    /// Adds a time, if there is one.
    #[inline(always)]
    pub fn some_time(&mut self, key: Key, time: Option<Timestamp>) {
        if let Some(time) = time {
            self.time(key, time);
        }
    }

    /// Adds what serde describes, if there is a value.
    pub fn some<T: Serialize>(&mut self, key: Key, value: Option<T>) -> Result<(), Error> {
        match value {
            Some(value) => self.member(key, |body| json::write(&value, body)),
            None => Ok(()),
        }
    }

    /// Adds a member whose value is written by `write`.
    #[inline(always)]
    pub fn member(
        &mut self,
        key: Key,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.body.extend_from_slice(key.before_value());
        write(self.body)
    }

    /// Adds a member whose name may be any text.
    #[inline(always)]
    pub fn named_by(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.body.push(b',');
        write_text(name, self.body)?;
        self.body.push(b':');
        write(self.body)
    }

    /// Ends the object.
    #[inline(always)]
    pub fn end(self) -> Result<(), Error> {
        enclose(self.body, self.start, *b"{}");
        Ok(())
    }
}

/// Writes a list, each of its items by `write`.
#[inline]
pub fn write_list<T>(
    items: impl IntoIterator<Item = T>,
    body: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>) -> Result<(), Error>,
) -> Result<(), Error> {
    let start = body.len();
    for item in items {
        body.push(b',');
        write(item, body)?;
    }
    enclose(body, start, *b"[]");
    Ok(())
}

/// Puts brackets around the pieces since `start`, the first of them in the place of the comma before the first piece.
#[inline]
fn enclose(body: &mut Vec<u8>, start: usize, [open, close]: [u8; 2]) {
    match body.get_mut(start) {
        Some(comma) => *comma = open,
        None => body.push(open),
    }
    body.push(close);
}

/// Writes a text. Nearly none has a character that must be escaped.
#[inline]
pub fn write_text(text: &str, body: &mut Vec<u8>) -> Result<(), Error> {
    if !is_plain(text.as_bytes()) {
        return json::write(text, body);
    }
    body.push(b'"');
    body.extend_from_slice(text.as_bytes());
    body.push(b'"');
    Ok(())
}

/// Has a text no character that must be escaped? It is looked at in blocks, of which the last may have bytes of the one before.
#[inline]
fn is_plain(text: &[u8]) -> bool {
    let (blocks, _) = text.as_chunks();
    let last = if let Some(last) = text.last_chunk() {
        *last
    } else if let Some([first, last]) = ends::<8>(text) {
        cast([first, last])
    } else if let Some([first, last]) = ends::<4>(text) {
        cast([first, last, first, last])
    } else {
        return !text.iter().any(|&byte| is_special(byte));
    };
    let seen = blocks
        .iter()
        .fold(special_in(last), |seen, &block| seen | special_in(block));
    seen.none()
}

/// Which bytes of a block must be escaped.
#[inline]
fn special_in(block: [u8; 16]) -> u8x16 {
    let block = u8x16::new(block);
    let is = |byte| block.cmp_eq(u8x16::splat(byte));
    let is_control = block.min(u8x16::splat(b' ' - 1)).cmp_eq(block);
    is_control | is(b'"') | is(b'\\')
}

fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// The first bytes of a text and its last ones, which may have some in common.
#[inline]
fn ends<const N: usize>(text: &[u8]) -> Option<[[u8; N]; 2]> {
    Some([*text.first_chunk()?, *text.last_chunk()?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_and_lists_end_well_with_pieces_and_without() {
        let mut body = Vec::new();
        let mut shown = Members::begin(&mut body);
        shown.text(key!("Text"), "a").unwrap();
        shown.some_text(key!("Absent"), None).unwrap();
        let none: [u8; 0] = [];
        let write = |number, body: &mut _| json::write(&number, body);
        shown
            .member(key!("None"), |body| write_list(none, body, write))
            .unwrap();
        shown
            .member(key!("Empty"), |body| Members::begin(body).end())
            .unwrap();
        shown
            .named_by("\"any\"", |body| write_list([1, 2], body, write))
            .unwrap();
        shown.end().unwrap();
        let expected = r#"{"Text":"a","None":[],"Empty":{},"\"any\"":[1,2]}"#;
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    proptest! {
        /// A character that must be escaped, among others that need not be, at any place.
        #[test]
        fn a_text_is_written_as_serde_would(before in "[ -~ä]{0,40}", special in any::<char>(), after in "[ -~ä]{0,40}") {
            for text in [format!("{before}{special}{after}"), before, after] {
                let mut body = Vec::new();
                write_text(&text, &mut body).unwrap();
                let expected = sonic_rs::to_string(&text).unwrap();
                prop_assert_eq!(String::from_utf8(body).unwrap(), expected.as_str());
                let mut body = Vec::new();
                let mut shown = Members::begin(&mut body);
                shown.text(key!("Text"), &text).unwrap();
                shown.end().unwrap();
                prop_assert_eq!(String::from_utf8(body).unwrap(), format!(r#"{{"Text":{expected}}}"#));
            }
        }
    }

    #[test]
    fn each_character_that_must_be_escaped_is_seen_at_each_place() {
        let special = (0..b' ').chain([b'"', b'\\']);
        for (special, length) in special.flat_map(|byte| (1..40).map(move |length| (byte, length)))
        {
            assert!(is_plain(&vec![b'!'; length]));
            for at in 0..length {
                let mut text = vec![b'!'; length];
                text[at] = special;
                assert!(!is_plain(&text), "{special} at {at} of {length}");
            }
        }
        for text in ["", "ä", "äöü", "\u{7f}äöüß", "\u{7f}äöü日本語"] {
            assert!(is_plain(text.as_bytes()), "{text}");
        }
    }
}
