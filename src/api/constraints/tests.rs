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
