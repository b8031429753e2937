//! Random passwords (fact sheet 3.9).

use crate::sensitive::Sensitive;

const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// What a password may and must be made of.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the request's six switches"
)]
pub struct PasswordRules {
    /// How many characters.
    pub length: usize,
    /// Characters that must not occur.
    pub exclude_characters: String,
    /// No `a` to `z`.
    pub exclude_lowercase: bool,
    /// No `A` to `Z`.
    pub exclude_uppercase: bool,
    /// No `0` to `9`.
    pub exclude_numbers: bool,
    /// None of the 32 ASCII punctuation characters.
    pub exclude_punctuation: bool,
    /// The space may occur; it is never required to.
    pub include_space: bool,
    /// At least one character of each class that is not switched off.
    pub require_each_type: bool,
}

/// Why no password follows the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer characters than classes that must each occur.
    TooShort,
    /// A class that must occur has lost all its characters.
    ClassEmptied,
    /// No character is left to choose from.
    NothingLeft,
}

impl PasswordRules {
    /// Makes a password; `below(n)` gives a number below `n`.
    pub fn generate(
        &self,
        mut below: impl FnMut(usize) -> usize,
    ) -> Result<Sensitive<String>, PasswordError> {
        let classes = self.classes();
        let space = if self.include_space { " " } else { "" };
        let mut pool: Vec<char> = classes.concat();
        pool.extend(self.allowed(space));
        if self.require_each_type {
            if self.length < classes.len() {
                return Err(PasswordError::TooShort);
            }
            if classes.iter().any(Vec::is_empty) {
                return Err(PasswordError::ClassEmptied);
            }
        }
        if pool.is_empty() {
            return Err(PasswordError::NothingLeft);
        }
        let mut pick = |from: &[char]| from[below(from.len()) % from.len()];
        let mut characters = Sensitive::new(Vec::with_capacity(self.length));
        let chosen = characters.expose_mut();
        if self.require_each_type {
            chosen.extend(classes.iter().map(|class| pick(class)));
        }
        while chosen.len() < self.length {
            chosen.push(pick(&pool));
        }
        // Fisher-Yates, so that the required characters can stand anywhere.
        for last in (1..chosen.len()).rev() {
            chosen.swap(last, below(last + 1) % (last + 1));
        }
        Ok(Sensitive::new(chosen.iter().collect()))
    }

    /// The classes that are not switched off, each without the excluded characters.
    fn classes(&self) -> Vec<Vec<char>> {
        [
            (self.exclude_lowercase, LOWERCASE),
            (self.exclude_uppercase, UPPERCASE),
            (self.exclude_numbers, NUMBERS),
            (self.exclude_punctuation, PUNCTUATION),
        ]
        .into_iter()
        .filter(|(excluded, _)| !excluded)
        .map(|(_, class)| self.allowed(class).collect())
        .collect()
    }

    fn allowed(&self, class: &'static str) -> impl Iterator<Item = char> {
        class
            .chars()
            .filter(|c| !self.exclude_characters.contains(*c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A required character must be able to stand anywhere, or passwords would be easier to guess than they look.
    #[test]
    fn every_class_comes_to_stand_at_every_place() {
        let rules = PasswordRules {
            length: 4,
            exclude_characters: String::new(),
            exclude_lowercase: false,
            exclude_uppercase: false,
            exclude_numbers: false,
            exclude_punctuation: false,
            include_space: false,
            require_each_type: true,
        };
        let mut state = 1_u64;
        let mut below = |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % bound
        };
        let mut seen = [[false; 4]; 4];
        for _ in 0..1_000 {
            let password = rules.generate(&mut below).unwrap();
            for (place, c) in password.expose().chars().enumerate() {
                let class = match c {
                    'a'..='z' => 0,
                    'A'..='Z' => 1,
                    '0'..='9' => 2,
                    _ => 3,
                };
                seen[class][place] = true;
            }
        }
        assert_eq!(seen, [[true; 4]; 4]);
    }
}
