//! What the tests of rotation share.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::replication::labels;
use crate::support::function::{Does, FUNCTION_ARN, Function};
use crate::support::{Answer, Server, version_id};

/// The steps of a rotation.
pub(crate) const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];
/// AWS's sentence for a rotation while AWSPENDING is on a version of its own.
pub(crate) const INCOMPLETE: &str =
    "A previous rotation isn't complete. That rotation will be reattempted.";

/// Starts a function, an emulator that knows it, and the secret `settings`, whose only version is `v1` ("one").
pub(crate) async fn started() -> (Function, Server) {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    server.create("settings", "v1", "one").await;
    (function, server)
}

/// A request to rotate the secret `settings` as it is configured.
pub(crate) fn bare(token: &str) -> Value {
    json!({"SecretId": "settings", "ClientRequestToken": version_id(token)})
}

/// A request to rotate the secret `settings` with the tests' function by these rules.
pub(crate) fn with_rules(token: &str, rules: Value) -> Value {
    let mut body = bare(token);
    body["RotationLambdaARN"] = json!(FUNCTION_ARN);
    body["RotationRules"] = rules;
    body
}

/// A request to rotate the secret `settings` by a schedule.
pub(crate) fn with_schedule(token: &str, expression: &str) -> Value {
    with_rules(token, json!({"ScheduleExpression": expression}))
}

/// A request to rotate the secret `settings` every thirty days.
pub(crate) fn request(token: &str) -> Value {
    with_rules(token, json!({"AutomaticallyAfterDays": 30}))
}

/// The attempt at a rotation with this token, as soon as it does not run any more.
pub(crate) async fn settled(server: &Server, token: &str) -> Value {
    let version = version_id(token);
    server
        .wait_for_rotation(|attempt| attempt["versionId"] == version)
        .await
}

/// Has the secret `settings` rotated every thirty days; returns the attempt when it does not run any more.
pub(crate) async fn rotate(server: &Server, token: &str) -> Value {
    server.ok("RotateSecret", request(token)).await;
    settled(server, token).await
}

/// Begins a rotation of the secret `settings` with the token `r1`, and returns when its function waits at a step.
pub(crate) async fn waiting_at(function: &Function, server: &Server, step: &'static str) {
    function.once(step, Does::WaitsFirst);
    server.ok("RotateSecret", request("r1")).await;
    server.until(|| function.is_waiting()).await;
}

/// Has a secret rotated; the rotation must succeed.
pub(crate) async fn succeed(server: &Server, body: Value) {
    let answer = server.ok("RotateSecret", body).await;
    let attempt = server
        .wait_for_rotation(|attempt| attempt["versionId"] == answer["VersionId"])
        .await;
    assert_eq!(attempt["state"], "succeeded", "{attempt}");
}

/// Asks for a rotation of the secret `settings` that must not be started, and asserts that nothing is stored.
pub(crate) async fn refused(server: &Server, body: Value) -> Answer {
    let before = describe(server).await;
    let answer = server.call("RotateSecret", body.clone()).await;
    assert_eq!(answer.status, 400, "{body} was answered {}", answer.text);
    assert_eq!(describe(server).await, before);
    answer
}

/// Describes the secret `settings`.
pub(crate) async fn describe(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// The current value of the secret `settings`.
pub(crate) async fn value(server: &Server) -> Value {
    let answer = server.ok("GetSecretValue", json!({"SecretId": "settings"}));
    answer.await["SecretString"].clone()
}

/// Gives the secret `settings` a new current value.
pub(crate) async fn put(server: &Server, token: &str) {
    let mut body = bare(token);
    body["SecretString"] = json!(token);
    server.ok("PutSecretValue", body).await;
}

/// Asserts that the versions of the secret `settings` have these labels, and no other version has any.
pub(crate) async fn assert_labels(server: &Server, expected: &[(&str, &[&str])]) {
    let described = describe(server).await;
    let found: BTreeMap<String, BTreeSet<&str>> = labels(&described)
        .into_iter()
        .map(|(version, labels)| (version.to_owned(), labels))
        .collect();
    let expected: BTreeMap<String, BTreeSet<&str>> = expected
        .iter()
        .map(|(token, labels)| (version_id(token), labels.iter().copied().collect()))
        .collect();
    assert_eq!(found, expected);
}

/// The names of the recorded events about rotation, oldest first.
pub(crate) async fn recorded(server: &Server) -> Vec<String> {
    let events = server.events().await;
    let names = events
        .iter()
        .filter_map(|event| event["eventName"].as_str());
    names
        .filter(|name| name.contains("Rotation"))
        .map(str::to_owned)
        .collect()
}

/// The first recorded event of this name.
pub(crate) async fn event(server: &Server, name: &str) -> Value {
    let events = server.events().await;
    let found = events.iter().find(|event| event["eventName"] == name);
    found
        .unwrap_or_else(|| panic!("no {name} was recorded: {events:?}"))
        .clone()
}

/// A moment as text.
#[track_caller]
pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is no time"))
}

/// A date of an answer, which is a number of seconds.
#[track_caller]
pub(crate) fn date(value: &Value) -> DateTime<Utc> {
    let seconds = value.as_f64();
    let seconds = seconds.unwrap_or_else(|| panic!("{value} is no date"));
    DateTime::UNIX_EPOCH + Duration::from_secs_f64(seconds)
}

/// Asserts that the next rotation is at this moment at the latest; its last second may stand for it.
#[track_caller]
pub(crate) fn assert_next(described: &Value, end: &str) {
    let next = date(&described["NextRotationDate"]);
    let end = time(end);
    assert!(
        end - TimeDelta::seconds(1) <= next && next <= end,
        "{next} instead of {end}: {described}"
    );
}

/// When rotations succeeded, as the answer to an advance of the clock lists it.
pub(crate) fn successes(advanced: &Value) -> Vec<DateTime<Utc>> {
    let done = advanced["done"]
        .as_array()
        .expect("a list of what was done");
    done.iter()
        .filter(|one| one["event"] == "RotationSucceeded")
        .map(|one| time(one["time"].as_str().expect("a time")))
        .collect()
}
