//! Which secrets a filter of ListSecrets and BatchGetSecretValue picks (fact sheet 3.11).

use std::cell::OnceCell;

use super::Secret;

/// The attribute a filter looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKey {
    /// Prefix of the name, case-sensitive.
    Name,
    /// Words of the description.
    Description,
    /// Prefix of a tag's key, case-sensitive.
    TagKey,
    /// Prefix of a tag's value, case-sensitive.
    TagValue,
    /// Prefix of the primary region; only replicated secrets have one.
    PrimaryRegion,
    /// Prefix of the service that manages the secret.
    OwningService,
    /// Words of the name, the description, tag keys and tag values.
    All,
}

/// One filter: a key, and values of which one must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    key: FilterKey,
    terms: Vec<Term>,
}

/// One value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    /// Began with `!`.
    negated: bool,
    text: String,
    /// What must all be found; nothing for the keys that compare no words.
    wanted: Vec<Wanted>,
}

/// One word of a filter's value, in lower case: as it was written, and split where case and digits divide it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    whole: String,
    parts: Vec<String>,
    characters: Characters,
}

impl Filter {
    /// A filter as a request gives it.
    pub fn new(key: FilterKey, values: &[String]) -> Self {
        let compares_words = matches!(key, FilterKey::Description | FilterKey::All);
        let terms = values
            .iter()
            .map(|value| {
                let (negated, text) = match value.strip_prefix('!') {
                    Some(text) => (true, text),
                    None => (false, &**value),
                };
                Term {
                    negated,
                    text: text.to_owned(),
                    wanted: if compares_words {
                        tokens(text).map(Wanted::new).collect()
                    } else {
                        Vec::new()
                    },
                }
            })
            .collect();
        Self { key, terms }
    }

    /// Does the secret have what one of the values asks for? A secret without the attribute matches every negated
    /// value.
    fn matches(&self, candidate: &Candidate<'_>) -> bool {
        self.terms
            .iter()
            .any(|term| candidate.has(self.key, term) != term.negated)
    }
}

/// Do all filters match a secret?
pub fn all_match(filters: &[Filter], secret: &Secret) -> bool {
    let candidate = Candidate::new(secret);
    filters.iter().all(|filter| filter.matches(&candidate))
}

/// What the names of all secrets that match begin with: empty if the filters do not say.
pub fn name_prefix(filters: &[Filter]) -> &str {
    let names = filters
        .iter()
        .filter(|filter| filter.key == FilterKey::Name);
    let prefix = |filter: &'_ Filter| -> Option<usize> {
        let terms = filter.terms.iter();
        let texts = terms.map(|term| (!term.negated).then_some(&*term.text));
        let texts: Option<Vec<&str>> = texts.collect();
        let (first, rest) = texts.as_deref()?.split_first()?;
        let common = |text: &&str| {
            first
                .bytes()
                .zip(text.bytes())
                .take_while(|(a, b)| a == b)
                .count()
        };
        Some(rest.iter().map(common).min().unwrap_or(first.len()))
    };
    let known = names.filter_map(|filter| Some((filter, prefix(filter)?)));
    let longest = known.max_by_key(|(_, length)| *length);
    longest
        .and_then(|(filter, length)| filter.terms.first()?.text.get(..length))
        .unwrap_or_default()
}

/// A secret that filters look at. Its words are split once, however many filters ask for them.
struct Candidate<'a> {
    secret: &'a Secret,
    description: OnceCell<Words>,
    all: OnceCell<Words>,
}

impl<'a> Candidate<'a> {
    fn new(secret: &'a Secret) -> Self {
        Self {
            secret,
            description: OnceCell::new(),
            all: OnceCell::new(),
        }
    }

    fn has(&self, key: FilterKey, term: &Term) -> bool {
        let secret = self.secret;
        let description = || secret.attributes().description;
        let tags = || secret.tags().iter();
        match key {
            FilterKey::Name => secret.name().starts_with(&term.text),
            FilterKey::Description => {
                may_have(description(), &term.wanted)
                    && self
                        .description
                        .get_or_init(|| Words::of(description()))
                        .have(&term.wanted)
            }
            FilterKey::TagKey => tags().any(|tag| tag.key.starts_with(&term.text)),
            FilterKey::TagValue => tags().any(|tag| tag.value.starts_with(&term.text)),
            FilterKey::PrimaryRegion => secret
                .primary_region()
                .is_some_and(|region| region.as_str().starts_with(&term.text)),
            // No secret here is managed by a service, and only such secrets have this attribute.
            FilterKey::OwningService => false,
            FilterKey::All => {
                let tags = || tags().flat_map(|tag| [tag.key, tag.value]);
                let texts = || {
                    [secret.name()]
                        .into_iter()
                        .chain(description())
                        .chain(tags())
                };
                may_have(texts(), &term.wanted)
                    && self
                        .all
                        .get_or_init(|| Words::of(texts()))
                        .have(&term.wanted)
            }
        }
    }
}

/// ASCII letters, whatever their case, and digits: a set, with a bit for each. To look whether a text has them costs far less than
/// to split it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Characters(u64);

impl Characters {
    const ALL: Self = Self(u64::MAX);

    fn of(byte: u8) -> u64 {
        match byte.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => 1 << (letter - b'a'),
            digit @ b'0'..=b'9' => 1 << (digit - b'0' + 26),
            _ => 0,
        }
    }

    /// Those that a text must have to match.
    fn wanted(text: &str) -> Self {
        Self(text.bytes().fold(0, |set, byte| set | Self::of(byte)))
    }

    /// Those that a text has. Other characters may become these in lower case, so a text with others may have all.
    fn held(text: &str) -> Self {
        if text.is_ascii() {
            Self::wanted(text)
        } else {
            Self::ALL
        }
    }
}

/// Can all that is wanted be in these texts, by their characters?
fn may_have<'a>(texts: impl IntoIterator<Item = &'a str>, wanted: &[Wanted]) -> bool {
    let held = texts.into_iter().map(Characters::held);
    let held = held.fold(0, |set, Characters(held)| set | held);
    wanted.iter().all(|wanted| wanted.characters.0 & !held == 0)
}

/// The words of some texts in lower case, sorted.
struct Words(Vec<String>);

impl Words {
    fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<_> = texts.into_iter().flat_map(words).collect();
        words.sort_unstable();
        Self(words)
    }

    /// Is everything wanted here? A value without a word matches nothing.
    fn have(&self, wanted: &[Wanted]) -> bool {
        !wanted.is_empty() && wanted.iter().all(|wanted| self.has(wanted))
    }

    /// Does a word begin with this, whatever its case (`sEC` of `secret`), or some word with each of its parts
    /// (`AppBeta` of `app` and `beta`)?
    fn has(&self, wanted: &Wanted) -> bool {
        let parts = &wanted.parts;
        self.has_prefix(&wanted.whole)
            || (!parts.is_empty() && parts.iter().all(|part| self.has_prefix(part)))
    }

    fn has_prefix(&self, prefix: &str) -> bool {
        let first = self.0.partition_point(|word| word.as_str() < prefix);
        self.0
            .get(first)
            .is_some_and(|word| word.starts_with(prefix))
    }
}

impl Wanted {
    fn new(token: &str) -> Self {
        Self {
            whole: token.to_lowercase(),
            parts: split_at_case(token),
            characters: Characters::wanted(token),
        }
    }
}

/// The characters of which one kind can separate words.
const SEPARATORS: &[char] = &['/', '-', '_', '+', '=', '.', '@', ' '];

/// The words of a text in lower case, as AWS's search has them: the text is split at separators, then where lower case
/// turns to upper, before the last of a run of capitals, and between letters and digits. Other punctuation is
/// dropped. A text with two kinds of separators is not split at all.
fn words(text: &str) -> Vec<String> {
    match separator(text) {
        Separator::Several => vec![text.to_lowercase()],
        _ => tokens(text).flat_map(split_at_case).collect(),
    }
}

/// The parts between separators of one kind; the whole text if it has several kinds.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let separator = separator(text);
    text.split(move |c| separator == Separator::One(c))
        .filter(|token| !token.is_empty())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    None,
    One(char),
    Several,
}

fn separator(text: &str) -> Separator {
    let mut kinds = text.chars().filter(|c| SEPARATORS.contains(c));
    match kinds.next() {
        None => Separator::None,
        Some(first) if kinds.all(|other| other == first) => Separator::One(first),
        Some(_) => Separator::Several,
    }
}

fn split_at_case(part: &str) -> Vec<String> {
    let characters: Vec<char> = part.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &c) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(at + 1).copied();
        if before.is_some_and(|before| is_boundary(before, c, after)) {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Does a new word begin at `c`?
fn is_boundary(before: char, c: char, after: Option<char>) -> bool {
    let lower_to_upper = before.is_lowercase() && c.is_uppercase();
    let last_of_capitals =
        before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase);
    let letter_and_digit =
        (before.is_alphabetic() && c.is_numeric()) || (before.is_numeric() && c.is_alphabetic());
    lower_to_upper || last_of_capitals || letter_and_digit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(words(text), expected, "{text}");
    }

    /// Fact 3.11: Word splitter for `all`/`description`
    #[test]
    fn text_is_split_at_one_kind_of_separator_and_at_case() {
        check("prod/AppBeta/x", &["prod", "app", "beta", "x"]);
        check("COMPANYthings", &["compan", "ythings"]);
        check("COMPANY", &["company"]);
        check("an old secret", &["an", "old", "secret"]);
        check("prod-AppBeta/x", &["prod-appbeta/x"]);
        check("rev2 of 3", &["rev", "2", "of", "3"]);
        check("hello, world", &["hello", "world"]);
        check("+", &[]);
        check("", &[]);
    }

    #[test]
    fn the_prefix_of_all_names_is_what_the_values_have_in_common() {
        let filter = |key, values: &[&str]| {
            let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
            Filter::new(key, &values)
        };
        let name = |values| filter(FilterKey::Name, values);
        for (filters, prefix) in [
            (vec![], ""),
            (vec![name(&["prod/"])], "prod/"),
            (vec![name(&["prod/db", "prod/api"])], "prod/"),
            (vec![name(&["prod/db", "test"])], ""),
            (vec![name(&["prod/", "!prod/db"])], ""),
            (vec![name(&["!prod/"])], ""),
            (vec![name(&["prod"]), name(&["prod/db"])], "prod/db"),
            (vec![filter(FilterKey::TagKey, &["prod/"])], ""),
        ] {
            assert_eq!(name_prefix(&filters), prefix, "{filters:?}");
        }
    }
}
