//! A secret's tags.

use super::error::Error;

/// A key and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Unique within the secret, case-sensitive.
    pub key: Box<str>,
    /// May be empty.
    pub value: Box<str>,
}

/// The most user tags a secret can have (fact sheet 7).
const QUOTA: usize = 50;

/// Tags in the order their keys were first given. A secret that was never tagged is told from one whose last tag was
/// removed, because DescribeSecret tells them apart (fact sheet 3.6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Option<Vec<Tag>>);

impl Tags {
    /// The tags, or `None` for a secret that was never tagged.
    pub fn as_slice(&self) -> Option<&[Tag]> {
        self.0.as_deref()
    }

    /// The tags, none for a secret that was never tagged.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter().flatten()
    }

    /// Adds tags; a key that is there keeps its place and gets the new value (fact sheet 3.22).
    pub fn upsert(&mut self, given: Vec<Tag>) -> Result<(), Error> {
        check_keys(given.iter().map(|tag| &*tag.key))?;
        if given.len() > QUOTA {
            return Err(Error::TooManyTags);
        }
        if given.is_empty() {
            return Ok(());
        }
        let tags = self.0.get_or_insert_default();
        for tag in given {
            match tags.iter_mut().find(|held| held.key == tag.key) {
                Some(held) => held.value = tag.value,
                None => tags.push(tag),
            }
        }
        if tags.len() > QUOTA {
            return Err(Error::TooManyTags);
        }
        Ok(())
    }

    /// Removes tags by key; keys that are not there are ignored (fact sheet 3.23).
    pub fn remove(&mut self, keys: &[String]) -> Result<(), Error> {
        keys.iter().try_for_each(|key| check_not_reserved(key))?;
        if let Some(tags) = &mut self.0 {
            tags.retain(|tag| !keys.iter().any(|key| **key == *tag.key));
        }
        Ok(())
    }
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
