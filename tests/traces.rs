//! Replays `tests/traces`: calls that were once made to AWS, and what it answered.
//!
//! A trace is a JSON file with a `title`, the `fact` it comes from (a row of section 12 of the behaviour facts) and
//! `steps`, which are replayed in order on an emulator of their own. A step is one of two things.
//!
//! - `{"advance_seconds": 1}` moves the clock.
//! - A call has an `operation`, a `request`, the `status` it must be answered with (200 if not given), and at least one of
//!   `body` (the answer as JSON), `text` (the exact answer, to the letter) and `text_contains`. A `note` is for the reader.
//!
//! A body must match exactly: no member may be missing, none may be added. The order inside a list does not count, except
//! under `Tags`, whose order AWS keeps. These words stand for something else:
//!
//! | in requests and bodies | |
//! | --- | --- |
//! | `"@v1"` | a version id made from the word after `@`; also as the name of a member |
//! | `{"$json": ...}` | a string that holds this JSON, with whatever spaces and order of members |
//!
//! | in bodies | |
//! | --- | --- |
//! | `"$arn"` | the ARN of the secret whose `Name` stands beside it; the same all through the trace |
//! | `"$time"` | a number of seconds since 1970, with at most three decimals |
//! | `"$day"` | a number of seconds since 1970, at midnight; the same all through the trace |

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use support::{ACCOUNT, Answer, REGION, Server, version_id};

/// The rows of section 12 that have a trace here. Rows 17 to 19 are about rotation.
const COVERED: [u32; 21] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24,
];

#[tokio::test]
async fn the_emulator_answers_as_aws_did() {
    let mut failures = Vec::new();
    for (file, trace) in read_traces() {
        for failure in trace.replay().await {
            failures.push(format!("{file}, {failure}\n  trace    {}", trace.title));
        }
    }
    assert!(
        failures.is_empty(),
        "answers that differ from AWS's: {}\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn every_trace_without_rotation_is_covered_once() {
    let mut rows = Vec::new();
    for (file, trace) in read_traces() {
        let row: u32 = trace
            .fact
            .strip_prefix("12 row ")
            .and_then(|row| row.parse().ok())
            .unwrap_or_else(|| panic!("{file}: no row of section 12: {:?}", trace.fact));
        assert!(
            file.starts_with(&format!("{row:02}-")),
            "{file} holds row {row}"
        );
        rows.push(row);
    }
    rows.sort_unstable();
    assert_eq!(rows, COVERED);
}

/// The traces with the names of their files, in the order of the names.
fn read_traces() -> Vec<(String, Trace)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let mut traces: Vec<_> = fs::read_dir(directory)
        .expect("tests/traces can be listed")
        .map(|entry| entry.expect("tests/traces can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let file = path.file_name().unwrap_or_default().display().to_string();
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
            let trace =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
            (file, trace)
        })
        .collect();
    traces.sort_by(|(a, _), (b, _)| a.cmp(b));
    traces
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trace {
    title: String,
    fact: String,
    steps: Vec<Step>,
}

impl Trace {
    /// Makes the calls and returns what is wrong with the answers.
    async fn replay(&self) -> Vec<String> {
        let server = Server::start().await;
        let mut matcher = Matcher::default();
        let mut failures = Vec::new();
        for (number, step) in (1..).zip(&self.steps) {
            match step {
                Step::Advance(advance) => {
                    server.advance(TimeDelta::seconds(advance.advance_seconds));
                }
                Step::Call(call) => {
                    let request = with_strings_of_json(with_version_ids(&call.request));
                    let answer = server.call(&call.operation, request).await;
                    if let Err(mismatch) = call.judge(&answer, &mut matcher) {
                        failures.push(format!(
                            "step {number}, {}: {mismatch}\n  expected {}\n  actual   {} {}",
                            call.operation,
                            call.expectation(),
                            answer.status,
                            answer.text
                        ));
                    }
                }
            }
        }
        failures
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
enum Step {
    Advance(Advance),
    Call(Call),
}

impl TryFrom<Value> for Step {
    type Error = String;

    /// Tells the two kinds apart by hand, because serde's untagged enums hide which member is misspelt.
    fn try_from(step: Value) -> Result<Self, String> {
        if step.get("advance_seconds").is_some() {
            return serde_json::from_value(step)
                .map(Self::Advance)
                .map_err(|error| error.to_string());
        }
        let call: Call = serde_json::from_value(step).map_err(|error| error.to_string())?;
        if call.body.is_none() && call.text.is_none() && call.text_contains.is_none() {
            return Err(format!("nothing is expected of {}", call.operation));
        }
        Ok(Self::Call(call))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    note: Option<String>,
    operation: String,
    request: Value,
    #[serde(default = "success")]
    status: u16,
    body: Option<Value>,
    text: Option<String>,
    text_contains: Option<String>,
}

fn success() -> u16 {
    200
}

impl Call {
    fn judge(&self, answer: &Answer, matcher: &mut Matcher) -> Result<(), String> {
        if answer.status != self.status {
            return Err("the status differs".to_owned());
        }
        if self.text.as_ref().is_some_and(|text| *text != answer.text) {
            return Err("the text differs".to_owned());
        }
        if let Some(part) = &self.text_contains
            && !answer.text.contains(part)
        {
            return Err(format!("the text lacks {part}"));
        }
        if let Some(body) = &self.body {
            let actual = serde_json::from_str(&answer.text)
                .map_err(|error| format!("the body is no JSON: {error}"))?;
            matcher.check("body", &with_version_ids(body), &actual)?;
        }
        Ok(())
    }

    /// What the trace says about the answer, for a failure's text.
    fn expectation(&self) -> String {
        let body = self.body.iter().map(Value::to_string);
        let text = self.text.iter().map(|text| format!("the text {text:?}"));
        let part = self
            .text_contains
            .iter()
            .map(|part| format!("a text with {part}"));
        let note = self.note.iter().map(|note| format!("({note})"));
        let status = std::iter::once(self.status.to_string());
        let parts: Vec<_> = status
            .chain(body)
            .chain(text)
            .chain(part)
            .chain(note)
            .collect();
        parts.join(" ")
    }
}

/// Puts version ids in the place of `@v1` and the like.
fn with_version_ids(value: &Value) -> Value {
    let expand = |text: &str| match text.strip_prefix('@') {
        Some(label) => version_id(label),
        None => text.to_owned(),
    };
    match value {
        Value::String(text) => Value::String(expand(text)),
        Value::Array(items) => items.iter().map(with_version_ids).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (expand(name), with_version_ids(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Puts strings of JSON in the place of `{"$json": ...}`.
fn with_strings_of_json(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_strings_of_json).collect(),
        Value::Object(members) => match held_json(&members) {
            Some(document) => Value::String(document.to_string()),
            None => members
                .into_iter()
                .map(|(name, value)| (name, with_strings_of_json(value)))
                .collect(),
        },
        other => other,
    }
}

/// The document in `{"$json": document}`.
fn held_json(members: &Map<String, Value>) -> Option<&Value> {
    members.get("$json").filter(|_| members.len() == 1)
}

/// Compares answers with what a trace expects, and remembers what must stay the same through the trace.
#[derive(Clone, Default)]
struct Matcher {
    arn: Option<Value>,
    day: Option<Value>,
}

impl Matcher {
    /// Compares one value; the error names the place that differs.
    fn check(&mut self, place: &str, expected: &Value, actual: &Value) -> Result<(), String> {
        match (expected, actual) {
            (Value::String(word), _) if word.starts_with('$') => {
                self.check_word(place, word, actual)
            }
            (Value::Object(members), _) if let Some(document) = held_json(members) => {
                let same = actual
                    .as_str()
                    .and_then(|text| serde_json::from_str::<Value>(text).ok())
                    .is_some_and(|held| held == *document);
                require(same, || {
                    format!("{place} is no string with the JSON {document}")
                })
            }
            (Value::Object(expected), Value::Object(actual)) => {
                self.check_members(place, expected, actual)
            }
            (Value::Array(expected), Value::Array(actual)) => {
                self.check_set(place, expected, actual)
            }
            _ => require(expected == actual, || {
                format!("{place} is {actual} and not {expected}")
            }),
        }
    }

    fn check_members(
        &mut self,
        place: &str,
        expected: &Map<String, Value>,
        actual: &Map<String, Value>,
    ) -> Result<(), String> {
        if let Some(extra) = actual.keys().find(|name| !expected.contains_key(*name)) {
            return Err(format!("{place} has a member {extra} too many"));
        }
        for (name, wanted) in expected {
            let place = format!("{place}.{name}");
            let found = actual
                .get(name)
                .ok_or_else(|| format!("{place} is missing"))?;
            if wanted == "$arn" {
                let beside = expected.get("Name").and_then(Value::as_str);
                let secret = beside.ok_or_else(|| format!("{place}: the trace gives no Name"))?;
                self.check_arn(&place, secret, found)?;
            } else if name == "Tags" {
                require(wanted == found, || {
                    format!("{place} is {found} and not {wanted}")
                })?;
            } else {
                self.check(&place, wanted, found)?;
            }
        }
        Ok(())
    }

    fn check_set(
        &mut self,
        place: &str,
        expected: &[Value],
        actual: &[Value],
    ) -> Result<(), String> {
        let mut left: Vec<_> = actual.iter().collect();
        for wanted in expected {
            // What a trial remembers counts only if it fits.
            let fit = left.iter().enumerate().find_map(|(index, found)| {
                let mut trial = self.clone();
                trial
                    .check(place, wanted, found)
                    .ok()
                    .map(|()| (index, trial))
            });
            let (index, trial) = fit.ok_or_else(|| format!("{place} lacks {wanted}"))?;
            left.swap_remove(index);
            *self = trial;
        }
        require(left.is_empty(), || {
            format!("{place} has {} too many", json!(left))
        })
    }

    fn check_word(&mut self, place: &str, word: &str, actual: &Value) -> Result<(), String> {
        match word {
            "$time" => require(is_time(actual), || {
                format!("{place} is {actual} and not a time with at most milliseconds")
            }),
            "$day" => {
                require(is_day(actual), || {
                    format!("{place} is {actual} and not the beginning of a day")
                })?;
                unchanged(&mut self.day, place, actual)
            }
            _ => Err(format!(
                "{place}: the trace says {word}, which means nothing here"
            )),
        }
    }

    fn check_arn(&mut self, place: &str, name: &str, actual: &Value) -> Result<(), String> {
        let name = regex::escape(name);
        let form = Regex::new(&format!(
            "^arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-[A-Za-z0-9]{{6}}$"
        ))
        .expect("an escaped name leaves the pattern valid");
        let well_formed = actual.as_str().is_some_and(|arn| form.is_match(arn));
        require(well_formed, || {
            format!("{place} is {actual} and not of the form {form}")
        })?;
        unchanged(&mut self.arn, place, actual)
    }
}

fn require(holds: bool, mismatch: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(mismatch()) }
}

/// Remembers a value at first sight, and compares it from then on.
fn unchanged(seen: &mut Option<Value>, place: &str, actual: &Value) -> Result<(), String> {
    let first = seen.get_or_insert_with(|| actual.clone());
    require(first == actual, || {
        format!("{place} is {actual} and was {first} before")
    })
}

fn is_time(value: &Value) -> bool {
    let form = Regex::new(r"^[0-9]{10}(\.[0-9]{1,3})?$").expect("the pattern is valid");
    value.is_number() && form.is_match(&value.to_string())
}

fn is_day(value: &Value) -> bool {
    is_time(value) && value.as_u64().is_some_and(|seconds| seconds % 86_400 == 0)
}

mod matching {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-AbC123";

    /// Compares answers in turn with what is expected of each; the error is the first mismatch.
    fn check(pairs: &[(Value, Value)]) -> Result<(), String> {
        let mut matcher = Matcher::default();
        pairs.iter().try_for_each(|(expected, actual)| {
            matcher.check(
                "body",
                &with_version_ids(expected),
                &with_version_ids(actual),
            )
        })
    }

    #[track_caller]
    fn refused(expected: Value, actual: Value, mismatch: &str) {
        assert_eq!(check(&[(expected, actual)]), Err(mismatch.to_owned()));
    }

    #[test]
    fn versions_and_their_labels_match_in_any_order() {
        let expected = json!({"ARN": "$arn", "Name": "prod/db", "Versions": [
            {"VersionId": "@v1", "VersionStages": ["AWSPREVIOUS"], "CreatedDate": "$time"},
            {"VersionId": "@v2", "VersionStages": ["AWSCURRENT", "AWSPENDING"], "CreatedDate": "$time"},
        ]});
        let actual = json!({"ARN": ARN, "Name": "prod/db", "Versions": [
            {"VersionId": "@v2", "VersionStages": ["AWSPENDING", "AWSCURRENT"], "CreatedDate": 1_768_471_201},
            {"VersionId": "@v1", "VersionStages": ["AWSPREVIOUS"], "CreatedDate": 1_768_471_200.123},
        ]});
        assert_eq!(check(&[(expected, actual)]), Ok(()));
    }

    #[test]
    fn a_member_too_many_is_refused() {
        refused(
            json!({"Name": "prod/db"}),
            json!({"Name": "prod/db", "VersionId": "@v1"}),
            "body has a member VersionId too many",
        );
    }

    #[test]
    fn a_missing_member_is_refused() {
        refused(
            json!({"Name": "prod/db", "VersionId": "@v1"}),
            json!({"Name": "prod/db"}),
            "body.VersionId is missing",
        );
    }

    #[test]
    fn a_wrong_label_is_refused() {
        refused(
            json!({"VersionStages": ["AWSCURRENT"]}),
            json!({"VersionStages": ["AWSPREVIOUS"]}),
            r#"body.VersionStages lacks "AWSCURRENT""#,
        );
    }

    #[test]
    fn a_label_too_many_is_refused() {
        refused(
            json!({"VersionStages": ["AWSCURRENT"]}),
            json!({"VersionStages": ["AWSCURRENT", "AWSCURRENT"]}),
            r#"body.VersionStages has ["AWSCURRENT"] too many"#,
        );
    }

    #[test]
    fn a_label_on_the_wrong_version_is_refused() {
        let expected = json!({"@v1": ["AWSPREVIOUS"], "@v2": ["AWSCURRENT"]});
        let actual = json!({"@v1": ["AWSCURRENT"], "@v2": ["AWSPREVIOUS"]});
        assert!(check(&[(expected, actual)]).is_err());
    }

    #[test]
    fn tags_in_another_order_are_refused() {
        let [first, second] = ["t1", "t2"].map(|key| json!({"Key": key, "Value": ""}));
        let expected = json!({"Tags": [first, second]});
        let actual = json!({"Tags": [second, first]});
        assert!(check(&[(expected, actual)]).is_err());
    }

    #[test]
    fn an_arn_that_changes_within_a_trace_is_refused() {
        let expected = json!({"ARN": "$arn", "Name": "prod/db"});
        let first = json!({"ARN": ARN, "Name": "prod/db"});
        let second = json!({"ARN": ARN.replace("AbC123", "XyZ789"), "Name": "prod/db"});
        assert_eq!(
            check(&[
                (expected.clone(), first.clone()),
                (expected.clone(), first.clone())
            ]),
            Ok(())
        );
        assert!(check(&[(expected.clone(), first), (expected, second)]).is_err());
    }

    #[test]
    fn an_arn_of_another_form_is_refused() {
        for arn in [
            json!(ARN.replace("prod/db", "prod/other")),
            json!(ARN.replace("us-east-1", "eu-west-1")),
            json!(ARN.replace("AbC123", "AbC12")),
            json!(ARN.replace("AbC123", "AbC-12")),
            json!(1),
        ] {
            let expected = json!({"ARN": "$arn", "Name": "prod/db"});
            let actual = json!({"ARN": arn, "Name": "prod/db"});
            assert!(check(&[(expected, actual)]).is_err(), "{arn}");
        }
    }

    #[test]
    fn a_time_is_a_number_of_seconds_with_at_most_milliseconds() {
        for time in [
            json!(1_768_471_200),
            json!(1_768_471_200.1),
            json!(1_768_471_200.123),
        ] {
            assert_eq!(check(&[(json!("$time"), time)]), Ok(()));
        }
        for other in [
            json!(1_768_471_200.123_4),
            json!(1_768_471_200_123_u64),
            json!("2026-01-15T10:00:00Z"),
            json!("1768471200"),
            json!(null),
        ] {
            assert!(
                check(&[(json!("$time"), other.clone())]).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn a_day_is_whole_and_stays_the_same_within_a_trace() {
        let day = |seconds: Value| (json!("$day"), seconds);
        assert_eq!(
            check(&[day(json!(1_768_435_200)), day(json!(1_768_435_200))]),
            Ok(())
        );
        assert!(check(&[day(json!(1_768_435_200)), day(json!(1_768_521_600))]).is_err());
        assert!(check(&[day(json!(1_768_471_200))]).is_err());
        assert!(check(&[day(json!(1_768_435_200.0))]).is_err());
    }

    #[test]
    fn json_in_a_string_matches_whatever_its_spaces() {
        let expected = json!({"ResourcePolicy": {"$json": {"a": [1], "b": 2}}});
        let same = json!({"ResourcePolicy": r#"{ "b": 2, "a": [1] }"#});
        let other = json!({"ResourcePolicy": r#"{"b": 2, "a": [2]}"#});
        let no_string = json!({"ResourcePolicy": {"a": [1], "b": 2}});
        assert_eq!(check(&[(expected.clone(), same)]), Ok(()));
        assert!(check(&[(expected.clone(), other)]).is_err());
        assert!(check(&[(expected, no_string)]).is_err());
    }

    #[test]
    fn a_misspelt_word_is_refused() {
        assert!(check(&[(json!("$tiem"), json!("$tiem"))]).is_err());
    }
}

mod reading {
    use super::*;

    #[track_caller]
    fn refused(step: &Value, problem: &str) {
        let trace = json!({"title": "", "fact": "12 row 1", "steps": [step]}).to_string();
        let error = serde_json::from_str::<Trace>(&trace).expect_err("the step is wrong");
        assert!(error.to_string().contains(problem), "{error}");
    }

    #[test]
    fn a_misspelt_member_is_refused() {
        refused(
            &json!({"operation": "DescribeSecret", "request": {}, "boby": {}}),
            "unknown field `boby`",
        );
        refused(
            &json!({"advance_seconds": 1, "body": {}}),
            "unknown field `body`",
        );
    }

    #[test]
    fn a_call_that_expects_nothing_is_refused() {
        refused(
            &json!({"operation": "DescribeSecret", "request": {}}),
            "nothing is expected of DescribeSecret",
        );
    }
}
