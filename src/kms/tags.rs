//! A key's tags (fact sheet 6.5).

use super::Error;

/// The most tags a key has.
const QUOTA: usize = 50;

/// Keys and values, in the order in which the keys were first given.
#[derive(Debug, Clone, Default)]
pub struct KeyTags(Vec<(Box<str>, Box<str>)>);

impl KeyTags {
    /// The tags, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// Adds tags or replaces their values.
    pub fn upsert(&mut self, given: Vec<(String, String)>) -> Result<(), Error> {
        for (at, (key, _)) in given.iter().enumerate() {
            check_key(key)?;
            if given[..at].iter().any(|(other, _)| other == key) {
                return Err(Error::DuplicateTag);
            }
            if at >= QUOTA {
                return Err(Error::TooManyTags);
            }
        }
        for (key, value) in given {
            match self.0.iter_mut().find(|(held, _)| **held == *key) {
                Some((_, held)) => *held = value.into(),
                None => self.0.push((key.into(), value.into())),
            }
        }
        if self.0.len() > QUOTA {
            return Err(Error::TooManyTags);
        }
        Ok(())
    }

    /// Removes tags; keys that are not there are passed over.
    pub fn remove(&mut self, keys: &[String]) -> Result<(), Error> {
        keys.iter().try_for_each(|key| check_key(key))?;
        self.0
            .retain(|(held, _)| !keys.iter().any(|key| *key == **held));
        Ok(())
    }
}

fn check_key(key: &str) -> Result<(), Error> {
    match key.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("aws:") => Err(Error::ReservedTag),
        _ => Ok(()),
    }
}
