//! What the emulator itself tells about rotations: `GET /_secretstack/rotations` and `GET /_secretstack/events`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::replication::EU;
use crate::rotation::{
    STEPS, bare, describe, event, put, recorded, request, rotate, settled, started, succeed, time,
    waiting_at,
};
use crate::support::function::{Does, FUNCTION_ARN};
use crate::support::{ACCOUNT, REGION, START, Server, version_id};

/// A moment that an attempt shows, in seconds.
#[track_caller]
fn moment(value: &Value) -> i64 {
    let text = value.as_str();
    let text = text.unwrap_or_else(|| panic!("{value} is no time"));
    time(text).timestamp()
}

// ---- Attempts ----

/// A rotation that was asked for, with its four steps.
#[tokio::test]
async fn attempt_shows_its_steps_with_their_times() {
    let (_function, server) = started().await;
    assert_eq!(server.rotations().await, Vec::<Value>::new());

    rotate(&server, "r1").await;

    let attempts = server.rotations().await;
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    let attempt = &attempts[0];
    assert_eq!(attempt["secret"], describe(&server).await["ARN"]);
    assert_eq!(attempt["versionId"], version_id("r1"));
    assert_eq!(attempt["trigger"], "RotateSecret");
    assert_eq!(attempt["state"], "succeeded");
    assert_eq!(attempt["attempt"], 1);
    let steps = attempt["steps"].as_array().expect("a list of steps");
    assert_eq!(steps.len(), 4, "{attempt}");
    for (step, name) in steps.iter().zip(STEPS) {
        assert_eq!(step["step"], name);
        assert_eq!(step["result"], "ok");
        assert!(step["error"].is_null(), "{step}");
    }
    let start = time(START).timestamp();
    for one in steps.iter().chain([attempt]) {
        assert_eq!(moment(&one["started"]), start);
        assert_eq!(moment(&one["ended"]), start);
    }
}

/// An attempt whose function has not answered yet.
#[tokio::test]
async fn attempt_is_running_while_its_function_runs() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "testSecret").await;
    let attempts = server.rotations().await;
    assert_eq!(attempts[0]["state"], "running", "{attempts:?}");
    server.advance(TimeDelta::minutes(10));
    function.release();

    let attempt = settled(&server, "r1").await;

    let start = time(START).timestamp();
    let step = &attempt["steps"][2];
    assert_eq!(moment(&step["started"]), start);
    assert_eq!(moment(&step["ended"]), start + 600);
    assert_eq!(moment(&attempt["ended"]), start + 600);
}

/// Attempts of several secrets, newest last, and those of one secret by its name and its ARN.
#[tokio::test]
async fn attempts_can_be_listed_for_one_secret() {
    let (_function, server) = started().await;
    server.create("other", "v1", "one").await;
    rotate(&server, "r1").await;
    let mut body = request("r2");
    body["SecretId"] = json!("other");
    succeed(&server, body).await;
    rotate(&server, "r3").await;

    let arn = describe(&server).await["ARN"].clone();
    let arn = arn.as_str().expect("ARN is a string");
    for (query, expected) in [
        (String::new(), vec!["r1", "r2", "r3"]),
        ("?secret=settings".to_owned(), vec!["r1", "r3"]),
        (format!("?secret={arn}"), vec!["r1", "r3"]),
        ("?secret=other".to_owned(), vec!["r2"]),
    ] {
        let path = format!("/_secretstack/rotations{query}");
        let answer = server.fetch(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let attempts = answer.json();
        let attempts = attempts.as_array().expect("a list of attempts");
        let found: Vec<_> = attempts.iter().map(|one| &one["versionId"]).collect();
        let expected: Vec<_> = expected.into_iter().map(version_id).collect();
        assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{path}");
    }
}

// ---- Events ----

/// The members of a service event about the rotation `r1` of the secret with this ARN.
fn service_event(name: &str, arn: &str) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {"accountId": ACCOUNT, "invokedBy": "secretsmanager.amazonaws.com"},
        "eventTime": "2026-01-15T10:00:00Z",
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "secretsmanager.amazonaws.com",
        "userAgent": "secretsmanager.amazonaws.com",
        "requestParameters": null,
        "responseElements": null,
        "additionalEventData": {"SecretId": arn},
        "requestID": format!("Rotation-{arn}-{}", version_id("r1")),
        "readOnly": false,
        "eventType": "AwsServiceEvent",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    })
}

/// Asserts that there is a recorded event with these members; returns it.
async fn assert_recorded(server: &Server, expected: &Value) -> Value {
    let name = expected["eventName"].as_str().expect("a name");
    let found = event(server, name).await;
    for (member, value) in expected.as_object().expect("an event") {
        assert_eq!(found.get(member), Some(value), "{member} of {found}");
    }
    assert!(found["eventID"].is_string(), "{found}");
    found
}

/// Fact 11: rotation: `RotationStarted`, `RotationAbandoned`, `RotationFailed`, `RotationSucceeded`
/// Fact 11: `eventSource` `secretsmanager.amazonaws.com`; `AWS Service Event via CloudTrail`
/// Fact 11: `requestID` = `Rotation-{ARN}-{token}`. `errorMessage` only on failures
#[tokio::test]
async fn successful_rotation_is_recorded_as_two_events() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;

    assert_eq!(
        recorded(&server).await,
        ["RotationStarted", "RotationSucceeded"]
    );
    let arn = describe(&server).await["ARN"].clone();
    let arn = arn.as_str().expect("ARN is a string");
    for name in ["RotationStarted", "RotationSucceeded"] {
        let found = assert_recorded(&server, &service_event(name, arn)).await;
        assert!(found.get("errorMessage").is_none(), "{found}");
    }
}

/// Fact 11: `requestID` = `Rotation-{ARN}-{token}`. `errorMessage` only on failures
#[tokio::test]
async fn failed_rotation_is_recorded_with_function_and_step() {
    for step in STEPS {
        let (function, server) = started().await;
        function.on(step, Does::Fails("no such user"));
        rotate(&server, "r1").await;

        let arn = describe(&server).await["ARN"].clone();
        let arn = arn.as_str().expect("ARN is a string");
        let mut expected = service_event("RotationFailed", arn);
        expected["errorMessage"] = json!(format!(
            "Error when executing lambda {FUNCTION_ARN} during {step} step"
        ));
        assert_recorded(&server, &expected).await;
    }
}

/// Fact 11: rotation: `RotationStarted`, `RotationAbandoned`, `RotationFailed`, `RotationSucceeded`
#[tokio::test]
async fn abandoned_rotation_is_recorded_with_its_own_token() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "setSecret").await;
    put(&server, "u1").await;
    function.release();
    settled(&server, "r1").await;

    let arn = describe(&server).await["ARN"].clone();
    let arn = arn.as_str().expect("ARN is a string");
    assert_recorded(&server, &service_event("RotationAbandoned", arn)).await;
}

/// Fact 11: `eventSource` `secretsmanager.amazonaws.com`
#[tokio::test]
async fn event_names_account_and_region_of_its_secret() {
    let (_function, server) = started().await;
    let client = server.client("111111111111", EU);
    let body = json!({
        "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
    });
    let created = client.ok("CreateSecret", body).await;
    let mut body = request("r1");
    body["RotationLambdaARN"] = json!("arn:aws:lambda:eu-west-1:111111111111:function:rotate");
    client.ok("RotateSecret", body).await;
    let attempt = settled(&server, "r1").await;

    assert_eq!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(attempt["secret"], created["ARN"]);
    let found = event(&server, "RotationSucceeded").await;
    assert_eq!(found["awsRegion"], EU);
    assert_eq!(found["recipientAccountId"], "111111111111");
    assert_eq!(found["userIdentity"]["accountId"], "111111111111");
    assert_eq!(found["additionalEventData"]["SecretId"], created["ARN"]);
}

/// Neither attempts nor events show what a secret holds.
#[tokio::test]
async fn no_value_is_shown() {
    let (function, server) = started().await;
    let mut body = bare("u1");
    body["SecretString"] = json!("hunter2");
    server.ok("PutSecretValue", body).await;
    function.once("testSecret", Does::Fails("no such user"));
    rotate(&server, "r1").await;
    server.advance_by("1h").await;
    assert_eq!(settled(&server, "r1").await["state"], "succeeded");

    for path in ["/_secretstack/rotations", "/_secretstack/events"] {
        let text = server.fetch(path).await.text;
        assert!(text.contains(&version_id("r1")), "{text}");
        for value in ["hunter2", "value of"] {
            assert!(!text.contains(value), "{text}");
        }
    }
}

/// The events that a stream has sent so far.
fn sent(text: &str) -> Vec<Value> {
    let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    let data = whole.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(|event| serde_json::from_str(event).expect("an event is JSON"))
        .collect()
}

/// The forms in which events are served: a line each, and as they come.
#[tokio::test]
async fn events_are_lines_of_json_or_a_stream() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;
    let answer = server.fetch("/_secretstack/events").await;
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");

    let url = format!("{}/_secretstack/events?follow", server.endpoint());
    let mut stream = reqwest::get(url).await.expect("the emulator answers");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");

    let mut text = String::new();
    for next in ["r2", "r3"] {
        let recorded = server.events().await;
        while sent(&text).len() < recorded.len() {
            let more = tokio::select! {
                more = stream.chunk() => more.expect("the stream goes on"),
                () = server.until(|| false) => None,
            };
            text += std::str::from_utf8(&more.expect("more events")).expect("text");
        }
        assert_eq!(sent(&text), recorded);
        rotate(&server, next).await;
    }
}
