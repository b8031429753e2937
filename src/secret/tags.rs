//! A secret's tags.

use super::error::Error;

/// A key and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Unique within the secret, case-sensitive.
    pub key: &'a str,
    /// May be empty.
    pub value: &'a str,
}

/// The most user tags a secret can have (fact sheet 7).
const QUOTA: usize = 50;

/// Tags in the order their keys were first given. A secret that was never tagged is told from one whose last tag was
/// removed, because DescribeSecret tells them apart (fact sheet 3.6).
///
/// They are kept as one text, because most secrets have few and there are many secrets: each key and each value after
/// its length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Option<Box<str>>);

impl Tags {
    /// Was there ever a tag, even if there is none now?
    pub fn were_given(&self) -> bool {
        self.0.is_some()
    }

    /// The tags.
    pub fn iter(&self) -> impl Iterator<Item = Tag<'_>> {
        let mut rest = self.0.as_deref().unwrap_or_default();
        std::iter::from_fn(move || {
            Some(Tag {
                key: unpack(&mut rest)?,
                value: unpack(&mut rest)?,
            })
        })
    }

    /// Adds tags; a key that is there keeps its place and gets the new value (fact sheet 3.22).
    pub fn upsert(&mut self, given: &[Tag<'_>]) -> Result<(), Error> {
        check_keys(given.iter().map(|tag| tag.key))?;
        if given.len() > QUOTA {
            return Err(Error::TooManyTags);
        }
        if given.is_empty() {
            return Ok(());
        }
        let mut tags: Vec<_> = self.iter().collect();
        for tag in given {
            match tags.iter_mut().find(|held| held.key == tag.key) {
                Some(held) => held.value = tag.value,
                None => tags.push(*tag),
            }
        }
        if tags.len() > QUOTA {
            return Err(Error::TooManyTags);
        }
        *self = Self(Some(pack(tags)));
        Ok(())
    }

    /// Removes tags by key; keys that are not there are ignored (fact sheet 3.23).
    pub fn remove(&mut self, keys: &[String]) -> Result<(), Error> {
        keys.iter().try_for_each(|key| check_not_reserved(key))?;
        if self.were_given() {
            let stays = |tag: &Tag<'_>| !keys.iter().any(|key| key == tag.key);
            *self = Self(Some(pack(self.iter().filter(stays))));
        }
        Ok(())
    }
}

/// A length is written in digits of base 64, the lowest first, each a character; all but the last have this added.
const MORE: u8 = 64;

#[expect(
    clippy::cast_possible_truncation,
    reason = "a remainder of 64 fits into any number"
)]
fn pack<'a>(tags: impl IntoIterator<Item = Tag<'a>>) -> Box<str> {
    let mut packed = String::new();
    for text in tags.into_iter().flat_map(|tag| [tag.key, tag.value]) {
        let mut length = text.len();
        while length >= 64 {
            packed.push(char::from((length % 64) as u8 | MORE));
            length /= 64;
        }
        packed.push(char::from((length % 64) as u8));
        packed.push_str(text);
    }
    packed.into_boxed_str()
}

/// Takes the next key or value off the front.
fn unpack<'a>(packed: &mut &'a str) -> Option<&'a str> {
    let mut characters = packed.bytes();
    let (mut length, mut unit, mut digits) = (0, 1, 0);
    loop {
        let digit = characters.next()?;
        length += usize::from(digit & !MORE) * unit;
        digits += 1;
        if digit & MORE == 0 {
            break;
        }
        unit *= 64;
    }
    let texts = packed.get(digits..)?;
    let (text, rest) = texts.split_at_checked(length)?;
    *packed = rest;
    Some(text)
}

fn check_keys<'a>(keys: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let mut seen = std::collections::HashSet::new();
    for key in keys {
        check_not_reserved(key)?;
        if !seen.insert(key) {
            return Err(Error::DuplicateTagKey(key.to_owned()));
        }
    }
    Ok(())
}

fn check_not_reserved(key: &str) -> Result<(), Error> {
    if key.starts_with("aws:") {
        return Err(Error::ReservedTagKey(key.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_any_text_come_back_in_their_order() {
        let tag = |key, value| Tag { key, value };
        let given = [
            tag("1:a", ":"),
            tag("ключ", ""),
            tag("", "3:abc"),
            tag("z", "ä"),
        ];
        let mut tags = Tags::default();
        tags.upsert(&given).unwrap();
        assert_eq!(tags.iter().collect::<Vec<_>>(), given);
        tags.upsert(&[tag("ключ", "10:")]).unwrap();
        tags.remove(&["1:a".to_owned()]).unwrap();
        let left = [tag("ключ", "10:"), tag("", "3:abc"), tag("z", "ä")];
        assert_eq!(tags.iter().collect::<Vec<_>>(), left);
    }

    #[test]
    fn tags_of_any_length_come_back() {
        let long = "x".repeat(300_000);
        let lengths = [
            1, 63, 64, 65, 127, 128, 4095, 4096, 262_143, 262_144, 300_000,
        ];
        let given = lengths.map(|length| Tag {
            key: &long[..length],
            value: &long[length..],
        });
        let mut tags = Tags::default();
        tags.upsert(&given).unwrap();
        assert_eq!(tags.iter().collect::<Vec<_>>(), given);
    }

    #[test]
    fn never_tagged_is_not_the_same_as_without_a_tag() {
        let mut tags = Tags::default();
        tags.upsert(&[]).unwrap();
        tags.remove(&["a".to_owned()]).unwrap();
        assert!(!tags.were_given());
        tags.upsert(&[Tag {
            key: "a",
            value: "",
        }])
        .unwrap();
        tags.remove(&["a".to_owned()]).unwrap();
        assert!(tags.were_given());
        assert_eq!(tags.iter().count(), 0);
    }
}
