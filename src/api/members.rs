//! Objects and lists of an answer that are written piece by piece.
//!
//! Most answers are structures that serde describes, which costs something for each member. What a list shows of a secret
//! has some twenty, and a list has a hundred secrets.

use serde::Serialize;

use super::error::Error;
use super::json;
use super::shapes::Timestamp;

/// An object at the end of a body that lacks its end. Nothing in the names of its members needs to be escaped.
#[derive(Debug)]
pub struct Members<'a> {
    body: &'a mut Vec<u8>,
}

#[expect(
    clippy::inline_always,
    reason = "a name that is known where it is written is copied by a few instructions"
)]
impl<'a> Members<'a> {
    /// Begins an object.
    pub fn begin(body: &'a mut Vec<u8>) -> Self {
        body.push(b'{');
        Self { body }
    }

    /// Adds a text.
    #[inline(always)]
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.member(name, |body| write_text(text, body))
    }

    /// Adds a text, if there is one.
    pub fn some_text(&mut self, name: &str, text: Option<&str>) -> Result<(), Error> {
        text.map_or(Ok(()), |text| self.text(name, text))
    }

    /// Adds a time.
    #[inline(always)]
    pub fn time(&mut self, name: &str, time: Timestamp) -> Result<(), Error> {
        self.member(name, |body| {
            time.write(body);
            Ok(())
        })
    }

    /// Adds a time, if there is one.
    pub fn some_time(&mut self, name: &str, time: Option<Timestamp>) -> Result<(), Error> {
        time.map_or(Ok(()), |time| self.time(name, time))
    }

    /// Adds what serde describes, if there is a value.
    pub fn some<T: Serialize>(&mut self, name: &str, value: Option<T>) -> Result<(), Error> {
        value.map_or(Ok(()), |value| {
            self.member(name, |body| json::write(&value, body))
        })
    }

    /// Adds a member whose value is written by `write`.
    #[inline(always)]
    pub fn member(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.body.push(b'"');
        self.body.extend_from_slice(name.as_bytes());
        self.body.extend_from_slice(b"\":");
        write(self.body)?;
        self.body.push(b',');
        Ok(())
    }

    /// Adds a member whose name may be any text.
    pub fn named_by(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        write_text(name, self.body)?;
        self.body.push(b':');
        write(self.body)?;
        self.body.push(b',');
        Ok(())
    }

    /// Ends the object.
    pub fn end(self) -> Result<(), Error> {
        end(self.body, b'}');
        Ok(())
    }
}

/// Writes a list, each of its items by `write`.
pub fn write_list<T>(
    items: impl IntoIterator<Item = T>,
    body: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>) -> Result<(), Error>,
) -> Result<(), Error> {
    body.push(b'[');
    for item in items {
        write(item, body)?;
        body.push(b',');
    }
    end(body, b']');
    Ok(())
}

/// Puts a bracket in the place of the comma after the last piece, if there is one.
fn end(body: &mut Vec<u8>, bracket: u8) {
    match body.last_mut() {
        Some(comma @ b',') => *comma = bracket,
        _ => body.push(bracket),
    }
}

/// Writes a text. Nearly none has a character that must be escaped.
pub fn write_text(text: &str, body: &mut Vec<u8>) -> Result<(), Error> {
    if !is_plain(text.as_bytes()) {
        return json::write(text, body);
    }
    body.push(b'"');
    body.extend_from_slice(text.as_bytes());
    body.push(b'"');
    Ok(())
}

/// Has a text no character that must be escaped?
fn is_plain(text: &[u8]) -> bool {
    match text.len() {
        16.. => is_plain_in_blocks::<16>(text),
        8.. => is_plain_in_blocks::<8>(text),
        4.. => is_plain_in_blocks::<4>(text),
        _ => is_plain_in_blocks::<1>(text),
    }
}

/// The same of a text of at least `N` bytes, or of none: a processor looks at a block of so many bytes at once.
fn is_plain_in_blocks<const N: usize>(text: &[u8]) -> bool {
    let (blocks, _) = text.as_chunks::<N>();
    // The last one may have bytes of the block before it.
    blocks.iter().chain(text.last_chunk()).all(is_plain_block)
}

fn is_plain_block<const N: usize>(block: &[u8; N]) -> bool {
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    // Not `any`, which would look at one byte after the other.
    !block
        .iter()
        .fold(false, |any, &byte| any | is_special(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_and_lists_end_well_with_pieces_and_without() {
        let mut body = Vec::new();
        let mut shown = Members::begin(&mut body);
        shown.text("Text", "a").unwrap();
        shown.some_text("Absent", None).unwrap();
        let none: [u8; 0] = [];
        let write = |number, body: &mut _| json::write(&number, body);
        shown
            .member("None", |body| write_list(none, body, write))
            .unwrap();
        shown
            .member("Empty", |body| Members::begin(body).end())
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
                prop_assert_eq!(body, sonic_rs::to_vec(&text).unwrap());
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
        assert!(is_plain(b"") && is_plain("\u{7f}äöü日本語".as_bytes()));
    }
}
