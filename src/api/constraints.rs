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
        if !self.one_of.is_empty() && !self.one_of.contains(&text) {
            violated.push(format!(
                "Member must satisfy enum value set: [{}]",
                self.one_of.join(", ")
            ));
        }
        violated
    }

    /// All constraints, as AWS lists them for the items of a list.
    fn in_full(&self) -> String {
        let mut constraints = Vec::new();
        if let Some((min, max)) = self.length {
            constraints.push(longest(max));
            constraints.push(shortest(min));
        }
        constraints.extend(self.pattern.map(pattern_constraint));
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
mod tests {
    use super::*;
    use crate::api::fields::{Integer, List, Object, SecretText, Text};
    use crate::sensitive::Sensitive;

    static SHORT: Shape = Shape::text(2, 3);
    static HOURS: Shape = Shape::pattern(2, 3, "[0-9]+h", |text| text.ends_with('h'));
    static SECRET: Shape = Shape::secret_text(1, 3);
    static COUNT: Shape = Shape::number(1, 9);
    static LETTER: Shape = Shape::one_of(&["a", "b"]);
    static LABELS: Shape = Shape::list(1, Some(2), &SHORT);
    static PARTS: Shape = Shape::list(0, None, &PART);
    static PART: Shape = Shape::Structure(Input::rules);

    #[derive(Default)]
    struct Input {
        needed: Option<Text>,
        short: Option<Text>,
        hours: Option<Text>,
        secret: Option<SecretText>,
        count: Option<Integer>,
        letter: Option<Text>,
        labels: Option<List<Text>>,
        parts: Option<List<Object<Input>>>,
    }

    impl Structure for Input {
        const MEMBERS: &'static [Member<Self>] = &[
            Member::required("Needed", &SHORT, |i| i.needed.value()),
            Member::optional("Short", &SHORT, |i| i.short.value()),
            Member::optional("Hours", &HOURS, |i| i.hours.value()),
            Member::optional("SecretText", &SECRET, |i| i.secret.value()),
            Member::optional("Count", &COUNT, |i| i.count.value()),
            Member::optional("Letter", &LETTER, |i| i.letter.value()),
            Member::optional("Labels", &LABELS, |i| i.labels.value()),
            Member::optional("Parts", &PARTS, |i| i.parts.value()),
        ];
    }

    fn text(text: &str) -> Text {
        Text(text.to_owned())
    }

    fn good() -> Input {
        Input {
            needed: Some(text("ok")),
            ..Input::default()
        }
    }

    /// Checks an input that breaks one constraint.
    #[track_caller]
    fn expect(input: &Input, violation: &str) {
        let message = super::check(input).unwrap_err().to_string();
        assert_eq!(message, format!("1 validation error detected: {violation}"));
    }

    #[test]
    fn what_keeps_its_constraints_passes() {
        let input = Input {
            short: Some(text("äöü")),
            hours: Some(text("12h")),
            count: Some(Integer(9)),
            letter: Some(text("b")),
            labels: Some(List(vec![Text("ab".into())])),
            ..good()
        };
        assert!(super::check(&input).is_ok());
    }

    /// Fact 1.5: 7 pattern: `Value 'x' at 'rotationRules.duration' failed to satisfy constraint`
    #[test]
    fn each_kind_of_constraint_has_its_sentence() {
        expect(
            &Input::default(),
            "Value null at 'needed' failed to satisfy constraint: Member must not be null",
        );
        expect(
            &Input {
                short: Some(text("a")),
                ..good()
            },
            "Value 'a' at 'short' failed to satisfy constraint: \
             Member must have length greater than or equal to 2",
        );
        expect(
            &Input {
                short: Some(text("null")),
                ..good()
            },
            "Value 'null' at 'short' failed to satisfy constraint: \
             Member must have length less than or equal to 3",
        );
        expect(
            &Input {
                hours: Some(text("12x")),
                ..good()
            },
            "Value '12x' at 'hours' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [0-9]+h",
        );
        let secret = Some(SecretText(Sensitive::new("hunter2".into())));
        expect(
            &Input { secret, ..good() },
            "Value at 'secretText' failed to satisfy constraint: \
             Member must have length less than or equal to 3",
        );
        expect(
            &Input {
                count: Some(Integer(0)),
                ..good()
            },
            "Value '0' at 'count' failed to satisfy constraint: \
             Member must have value greater than or equal to 1",
        );
        expect(
            &Input {
                letter: Some(text("c")),
                ..good()
            },
            "Value 'c' at 'letter' failed to satisfy constraint: \
             Member must satisfy enum value set: [a, b]",
        );
    }

    #[test]
    fn lists_are_named_with_what_is_in_them() {
        let labels = |labels: &[&str]| Input {
            labels: Some(List(labels.iter().map(|l| Text((*l).into())).collect())),
            ..good()
        };
        expect(
            &labels(&["ab", "cd", "ef"]),
            "Value '[ab, cd, ef]' at 'labels' failed to satisfy constraint: \
             Member must have length less than or equal to 2",
        );
        expect(
            &labels(&["ab", "c"]),
            "Value '[ab, c]' at 'labels' failed to satisfy constraint: \
             Member must satisfy constraint: [Member must have length less than or equal to 3, \
             Member must have length greater than or equal to 2]",
        );
        let parts = Some(List(vec![Object(good()), Object(Input::default())]));
        expect(
            &Input { parts, ..good() },
            "Value null at 'parts.2.member.needed' failed to satisfy constraint: \
             Member must not be null",
        );
    }

    #[test]
    fn one_member_can_be_wrong_in_two_ways() {
        let input = Input {
            hours: Some(text("x")),
            ..good()
        };
        assert_eq!(
            super::check(&input).unwrap_err().to_string(),
            "2 validation errors detected: \
             Value 'x' at 'hours' failed to satisfy constraint: \
             Member must have length greater than or equal to 2; \
             Value 'x' at 'hours' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [0-9]+h"
        );
    }

    #[test]
    fn a_text_stops_growing_and_violations_are_counted_all_the_same() {
        let parts = (0..10_000).map(|_| Object(Input::default())).collect();
        let input = Input {
            parts: Some(List(parts)),
            ..good()
        };
        let message = super::check(&input).unwrap_err().to_string();
        assert!(message.starts_with("10000 validation errors detected: "));
        assert!(message.len() > LONGEST_TEXT && message.len() < LONGEST_TEXT + 1000);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let input = Input {
            count: Some(Integer(10)),
            ..Input::default()
        };
        assert_eq!(
            super::check(&input).unwrap_err().to_string(),
            "2 validation errors detected: \
             Value null at 'needed' failed to satisfy constraint: Member must not be null; \
             Value '10' at 'count' failed to satisfy constraint: \
             Member must have value less than or equal to 9"
        );
    }
}
