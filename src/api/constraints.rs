//! What AWS's front end demands of each member of a request, declared as data and checked in one place.
//!
//! All violations of a request are gathered into one sentence (fact sheet 1.5). `tests/service_model` holds the declarations
//! against AWS's service model.

use std::fmt::Write as _;

use super::error::Error;

/// A member's value as the checks see it.
pub enum Value<'a> {
    /// Not given, or `null`.
    Absent,
    /// A string.
    Text(&'a str),
    /// So many bytes.
    Blob(usize),
    /// A number.
    Number(i64),
    /// A boolean, which has no constraints.
    Flag,
    /// A map of strings, which has none either.
    Map,
    /// A list's items.
    List(Vec<Value<'a>>),
    /// A structure with members of its own.
    Structure(&'a dyn Checked),
}

/// A member that can show its value.
pub trait Present {
    /// The value.
    fn value(&self) -> Value<'_>;
}

/// What a shape of the service model allows.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text(TextRules),
    /// Bytes, their number within the bounds.
    Blob {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A number, with bounds if it has any.
    Number(Option<(i64, i64)>),
    /// A boolean.
    Flag,
    /// A map of strings.
    Map,
    /// A list.
    List {
        /// The fewest items.
        min: usize,
        /// The most items.
        max: Option<usize>,
        /// What each item must be.
        item: &'static Shape,
    },
    /// A structure; its members' declarations.
    Structure(fn() -> Vec<MemberRules>),
}

/// A regular expression of the service model.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// As AWS's sentence shows it.
    pub text: &'static str,
    /// The check that stands for it.
    pub check: fn(&str) -> bool,
}

/// What a string must be.
#[derive(Debug)]
pub struct TextRules {
    /// The shortest and the longest.
    pub length: Option<(usize, usize)>,
    /// Is the length counted in bytes of UTF-8, and not in characters?
    pub in_bytes: bool,
    /// What it must look like.
    pub pattern: Option<Pattern>,
    /// The only values allowed, in the order of AWS's sentence.
    pub one_of: &'static [&'static str],
    /// Is the value left out of AWS's sentence?
    pub sensitive: bool,
}

impl Shape {
    const ANY_TEXT: TextRules = TextRules {
        length: None,
        in_bytes: false,
        pattern: None,
        one_of: &[],
        sensitive: false,
    };

    /// A string of `min` to `max` characters.
    pub const fn text(min: usize, max: usize) -> Self {
        Self::Text(TextRules {
            length: Some((min, max)),
            ..Self::ANY_TEXT
        })
    }

    /// A string of `min` to `max` bytes that is not shown.
    pub const fn secret_text(min: usize, max: usize) -> Self {
        Self::Text(TextRules {
            length: Some((min, max)),
            in_bytes: true,
            sensitive: true,
            ..Self::ANY_TEXT
        })
    }

    /// A string of `min` to `max` characters that follows a regular expression.
    pub const fn pattern(
        min: usize,
        max: usize,
        text: &'static str,
        check: fn(&str) -> bool,
    ) -> Self {
        Self::Text(TextRules {
            length: Some((min, max)),
            pattern: Some(Pattern { text, check }),
            ..Self::ANY_TEXT
        })
    }

    /// A string of `min` to `max` characters that follows a regular expression and is not shown.
    pub const fn secret_pattern(
        min: usize,
        max: usize,
        text: &'static str,
        check: fn(&str) -> bool,
    ) -> Self {
        Self::Text(TextRules {
            length: Some((min, max)),
            pattern: Some(Pattern { text, check }),
            sensitive: true,
            ..Self::ANY_TEXT
        })
    }

    /// One of these strings.
    pub const fn one_of(values: &'static [&'static str]) -> Self {
        Self::Text(TextRules {
            one_of: values,
            ..Self::ANY_TEXT
        })
    }

    /// A number from `min` to `max`.
    pub const fn number(min: i64, max: i64) -> Self {
        Self::Number(Some((min, max)))
    }

    /// The constraints that a text or bytes break, without the text or the bytes.
    pub fn violated_by(&self, value: &Value<'_>) -> Vec<String> {
        match (self, value) {
            (Self::Text(rules), Value::Text(text)) => rules.violated_by(text),
            (Self::Blob { min, max }, Value::Blob(length)) => {
                length_violation(*length, *min, *max).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// A list of `min` to `max` items.
    pub const fn list(min: usize, max: Option<usize>, item: &'static Shape) -> Self {
        Self::List { min, max, item }
    }
}

/// What one member of a structure must be.
#[derive(Debug, Clone, Copy)]
pub struct MemberRules {
    /// The name on the wire.
    pub name: &'static str,
    /// Must it be given?
    pub required: bool,
    /// What it must be when it is given.
    pub shape: &'static Shape,
}

/// A declared member of `S` and the way to its value.
pub struct Member<S> {
    rules: MemberRules,
    value: fn(&S) -> Value<'_>,
}

impl<S> Member<S> {
    /// A member that may be left out.
    pub const fn optional(
        name: &'static str,
        shape: &'static Shape,
        value: fn(&S) -> Value<'_>,
    ) -> Self {
        Self::new(name, false, shape, value)
    }

    /// A member that must be given.
    pub const fn required(
        name: &'static str,
        shape: &'static Shape,
        value: fn(&S) -> Value<'_>,
    ) -> Self {
        Self::new(name, true, shape, value)
    }

    const fn new(
        name: &'static str,
        required: bool,
        shape: &'static Shape,
        value: fn(&S) -> Value<'_>,
    ) -> Self {
        Self {
            rules: MemberRules {
                name,
                required,
                shape,
            },
            value,
        }
    }
}

/// A structure of the service model with its members' declarations.
pub trait Structure: Sized + 'static {
    /// Every member.
    const MEMBERS: &'static [Member<Self>];

    /// The declarations without the way to the values.
    fn rules() -> Vec<MemberRules> {
        Self::MEMBERS.iter().map(|member| member.rules).collect()
    }
}

/// A structure whose members can be checked.
pub trait Checked {
    /// Adds what is wrong with the members. `path` leads to the structure and ends in a full stop, or is empty.
    fn check(&self, path: &str, violations: &mut Violations);
}

impl<S: Structure> Checked for S {
    fn check(&self, path: &str, violations: &mut Violations) {
        for Member { rules, value } in S::MEMBERS {
            let place = Place { path, rules };
            match value(self) {
                Value::Absent if rules.required => {
                    violations.add(&Offender::Null, &place, "Member must not be null");
                }
                Value::Absent => {}
                value => check_value(rules.shape, &value, &place, violations),
            }
        }
    }
}

/// Checks a request and refuses it with all that is wrong with it.
pub fn check(input: &dyn Checked) -> Result<(), Error> {
    let mut violations = Violations::default();
    input.check("", &mut violations);
    violations.into_result()
}

/// Where a member is: printed only when something is wrong with it.
struct Place<'a> {
    path: &'a str,
    rules: &'a MemberRules,
}

impl std::fmt::Display for Place<'_> {
    /// The model's name in lower camel case (fact sheet 1.5).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, rest) = self.rules.name.split_at(1);
        write!(f, "{}{}{rest}", self.path, first.to_ascii_lowercase())
    }
}

fn check_value(shape: &Shape, value: &Value<'_>, place: &Place<'_>, violations: &mut Violations) {
    match (shape, value) {
        (Shape::Text(rules), Value::Text(text)) => {
            for constraint in rules.violated_by(text) {
                let offender = if rules.sensitive {
                    Offender::Hidden
                } else {
                    Offender::Shown(text)
                };
                violations.add(&offender, place, &constraint);
            }
        }
        (Shape::Blob { min, max }, Value::Blob(length)) => {
            if let Some(constraint) = length_violation(*length, *min, *max) {
                violations.add(&Offender::Hidden, place, &constraint);
            }
        }
        (Shape::Number(Some((min, max))), Value::Number(number)) => {
            let bound = if number > max {
                Some(("less", max))
            } else if number < min {
                Some(("greater", min))
            } else {
                None
            };
            if let Some((direction, bound)) = bound {
                violations.add(
                    &Offender::Shown(&number.to_string()),
                    place,
                    &format!("Member must have value {direction} than or equal to {bound}"),
                );
            }
        }
        (Shape::List { min, max, item }, Value::List(items)) => {
            check_list((*min, *max), item, items, place, violations);
        }
        (Shape::Structure(_), Value::Structure(structure)) => {
            structure.check(&format!("{place}."), violations);
        }
        _ => {}
    }
}

fn check_list(
    (min, max): (usize, Option<usize>),
    item: &Shape,
    items: &[Value<'_>],
    place: &Place<'_>,
    violations: &mut Violations,
) {
    if let Some(constraint) = length_violation(items.len(), min, max.unwrap_or(usize::MAX)) {
        violations.add(&Offender::Shown(&shown(items)), place, &constraint);
    }
    if let Shape::Text(rules) = item {
        let wrong = |item: &Value<'_>| matches!(item, Value::Text(text) if !rules.violated_by(text).is_empty());
        if items.iter().any(wrong) {
            // One sentence for the list, naming all that its items must be.
            let constraint = format!("Member must satisfy constraint: [{}]", rules.in_full());
            violations.add(&Offender::Shown(&shown(items)), place, &constraint);
        }
    }
    for (at, item) in items.iter().enumerate() {
        if let Value::Structure(structure) = item {
            structure.check(&format!("{place}.{}.member.", at + 1), violations);
        }
    }
}

/// A list as AWS's sentence shows it. Structures are not taken apart.
fn shown(items: &[Value<'_>]) -> String {
    let mut text = String::from("[");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(match item {
            Value::Text(item) => item,
            _ => "...",
        });
    }
    text.push(']');
    text
}

impl TextRules {
    /// Every constraint that a text breaks.
    fn violated_by(&self, text: &str) -> Vec<String> {
        let length = if self.in_bytes {
            text.len()
        } else {
            text.chars().count()
        };
        let bounds = self.length;
        let mut violated: Vec<_> = bounds
            .and_then(|(min, max)| length_violation(length, min, max))
            .into_iter()
            .collect();
        if let Some(pattern) = self.pattern
            && !(pattern.check)(text)
        {
            violated.push(pattern_constraint(pattern));
        }
        if !self.one_of.contains(&text) {
            violated.extend(self.enum_constraint());
        }
        violated
    }

    fn enum_constraint(&self) -> Option<String> {
        let values = self.one_of.join(", ");
        (!values.is_empty()).then(|| format!("Member must satisfy enum value set: [{values}]"))
    }

    /// All constraints, as AWS lists them for the items of a list.
    fn in_full(&self) -> String {
        let mut constraints = Vec::new();
        if let Some((min, max)) = self.length {
            constraints.push(longest(max));
            constraints.push(shortest(min));
        }
        constraints.extend(self.pattern.map(pattern_constraint));
        constraints.extend(self.enum_constraint());
        constraints.join(", ")
    }
}

fn length_violation(length: usize, min: usize, max: usize) -> Option<String> {
    if length > max {
        Some(longest(max))
    } else if length < min {
        Some(shortest(min))
    } else {
        None
    }
}

fn longest(max: usize) -> String {
    format!("Member must have length less than or equal to {max}")
}

fn shortest(min: usize) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn pattern_constraint(pattern: Pattern) -> String {
    format!(
        "Member must satisfy regular expression pattern: {}",
        pattern.text
    )
}

/// Where a text stops growing, so that a small request cannot make a huge answer; violations are counted all the same.
const LONGEST_TEXT: usize = 256 * 1024;

/// What is wrong with a request.
#[derive(Debug, Default)]
pub struct Violations {
    count: usize,
    text: String,
}

/// How AWS's sentence shows the value that is wrong (fact sheet 1.5, rows 1, 2 and 8).
enum Offender<'a> {
    Null,
    Shown(&'a str),
    Hidden,
}

impl Violations {
    fn add(&mut self, offender: &Offender<'_>, place: &Place<'_>, constraint: &str) {
        let joiner = if self.count == 0 { "" } else { "; " };
        self.count += 1;
        if self.text.len() > LONGEST_TEXT {
            return;
        }
        let value = match offender {
            Offender::Null => " null",
            Offender::Shown(value) => &format!(" '{value}'"),
            Offender::Hidden => "",
        };
        // Writing to a string cannot fail.
        let _ = write!(
            self.text,
            "{joiner}Value{value} at '{place}' failed to satisfy constraint: {constraint}"
        );
    }

    fn into_result(self) -> Result<(), Error> {
        let errors = match self.count {
            0 => return Ok(()),
            1 => "error",
            _ => "errors",
        };
        Err(Error::Validation(format!(
            "{} validation {errors} detected: {}",
            self.count, self.text
        )))
    }
}

#[cfg(test)]
mod tests;
