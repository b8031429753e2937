//! The clock over HTTP: `/_secretstack/clock`.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use std::sync::Arc;

use secretstack::{Clock, Emulator};
use serde_json::{Value, json};
use support::{START, Server};

async fn get(endpoint: &str) -> Value {
    let answer = reqwest::get(format!("{endpoint}/_secretstack/clock")).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn put(endpoint: &str, body: impl ToString) -> (u16, Value) {
    let request = reqwest::Client::new()
        .put(format!("{endpoint}/_secretstack/clock"))
        .body(body.to_string());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn a_frozen_clock_is_read_advanced_and_set() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    let at = |now: &str| json!({"now": now, "mode": "frozen", "speed": 0.0});
    assert_eq!(get(&endpoint).await, at(START));
    for (change, now) in [
        (json!({"advance": "31d"}), "2026-02-15T10:00:00.123Z"),
        (json!({"advance": "1d12h"}), "2026-02-16T22:00:00.123Z"),
        (
            json!({"set": "2027-01-01T00:00:00Z"}),
            "2027-01-01T00:00:00.000Z",
        ),
        (
            json!({"set": "2026-12-31T00:00:00+01:00"}),
            "2026-12-30T23:00:00.000Z",
        ),
        (json!({"freeze": true}), "2026-12-30T23:00:00.000Z"),
    ] {
        let (status, answer) = put(&endpoint, &change).await;
        let mut expected = at(now);
        expected["done"] = json!([]);
        assert_eq!((status, answer), (200, expected), "{change}");
        assert_eq!(get(&endpoint).await, at(now));
    }
    assert_eq!(
        server.now(),
        "2026-12-30T23:00:00Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    );
}

#[tokio::test]
async fn a_running_clock_says_how_it_runs() {
    let clock = Arc::new(Clock::real());
    let emulator = Emulator::builder().clock(clock).start().await.unwrap();
    let endpoint = emulator.endpoint();
    let before = get(&endpoint).await;
    assert_eq!(before["mode"], "real");
    assert_eq!(before["speed"], 1.0);
    for (change, mode, speed) in [
        (json!({"advance": "1d"}), "shifted", 1.0),
        (json!({"speed": 3600}), "fast", 3600.0),
        (json!({"set": "2100-01-01T00:00:00Z"}), "fast", 3600.0),
        (json!({"freeze": true}), "frozen", 0.0),
        (json!({"resume": true}), "shifted", 1.0),
    ] {
        let (status, answer) = put(&endpoint, &change).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["mode"], mode, "{change}");
        assert_eq!(answer["speed"], speed, "{change}");
    }
}

#[tokio::test]
async fn advances_at_the_same_time_add_up() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    let start = server.now();
    let advance = || put(&endpoint, json!({"advance": "1d"}));
    tokio::join!(advance(), advance(), advance());
    assert_eq!(server.now(), start + chrono::TimeDelta::days(3));
}

#[tokio::test]
async fn bad_input_is_refused_in_words_and_changes_nothing() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    let one_of = "give exactly one of advance, set, freeze, speed and resume";
    let duration = "is not a duration such as 31d, 12h, 90m, 45s, 2w or 1d12h";
    let time = "is not a time such as 2027-01-01T00:00:00Z";
    let speed = "is not a speed: a number above 0 and up to 1000000000";
    for (body, complaint) in [
        ("", "the body is not a JSON object: EOF while parsing"),
        ("[]", "the body is not a JSON object: invalid type"),
        ("{}", one_of),
        (r#"{"advance":"1d","freeze":true}"#, one_of),
        (
            r#"{"forward":"1d"}"#,
            "forward is none of advance, set, freeze, speed and resume",
        ),
        (r#"{"advance":"soon"}"#, duration),
        (r#"{"advance":31}"#, duration),
        (
            r#"{"advance":"9000000d"}"#,
            "the clock goes no further than 9999-12-31T23:59:59.999Z",
        ),
        (r#"{"set":"tomorrow"}"#, time),
        (r#"{"set":"2027-02-30T00:00:00Z"}"#, time),
        (r#"{"set":1800000000}"#, time),
        (r#"{"speed":0}"#, speed),
        (r#"{"speed":-1}"#, speed),
        (r#"{"speed":1e10}"#, speed),
        (r#"{"speed":"fast"}"#, speed),
        (r#"{"freeze":false}"#, "freeze takes nothing but true"),
        (r#"{"resume":1}"#, "resume takes nothing but true"),
    ] {
        let (status, answer) = put(&endpoint, body).await;
        assert_eq!(status, 400, "{body}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(complaint), "{body}: {error}");
        assert_eq!(answer.as_object().unwrap().len(), 1);
    }
    let after = get(&endpoint).await;
    assert_eq!(after, json!({"now": START, "mode": "frozen", "speed": 0.0}));
}

#[tokio::test]
async fn a_recovery_window_ends_when_the_clock_is_advanced() {
    let server = Server::start().await;
    server.create("s", "v1", "hunter2").await;
    let delete = json!({"SecretId": "s", "RecoveryWindowInDays": 7});
    server.ok("DeleteSecret", delete).await;
    put(&server.endpoint(), json!({"advance": "1w"})).await;
    let gone = server
        .call("DescribeSecret", json!({"SecretId": "s"}))
        .await;
    gone.assert_service_error("ResourceNotFoundException", support::NOT_FOUND);
}
