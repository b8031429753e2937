//! The clock of an emulator in the test's own process, and what becomes of a move whose client goes away.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use secretstack::Done;
use serde_json::json;
use support::function::{Does, FUNCTION_ARN, Function};
use support::{Server, version_id};

/// A secret that is rotated every ten days from the start on, and its function.
async fn rotated_every_ten_days() -> (Function, Server) {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    server.create("settings", "v1", "one").await;
    let request = json!({
        "SecretId": "settings", "ClientRequestToken": version_id("r1"),
        "RotationLambdaARN": FUNCTION_ARN,
        "RotationRules": {"ScheduleExpression": "rate(10 days)"},
    });
    server.ok("RotateSecret", request).await;
    let is_first = |attempt: &serde_json::Value| attempt["versionId"] == version_id("r1");
    server.wait_for_rotation(is_first).await;
    (function, server)
}

fn day(done: &Done) -> (&str, String) {
    (done.event, done.time.format("%m-%d").to_string())
}

#[tokio::test]
async fn what_falls_due_on_the_way_is_done_at_its_time() {
    let (_function, server) = rotated_every_ten_days().await;
    let before = server.emulator().now();
    let done = server
        .emulator()
        .advance(TimeDelta::days(25))
        .await
        .unwrap();
    let done: Vec<_> = done.iter().map(day).collect();
    let expected = [
        ("RotationStarted", "01-25"),
        ("RotationSucceeded", "01-25"),
        ("RotationStarted", "02-04"),
        ("RotationSucceeded", "02-04"),
    ];
    let expected = expected.map(|(event, day)| (event, day.to_owned()));
    assert_eq!(done, expected);
    assert_eq!(server.emulator().now(), before + TimeDelta::days(25));
}

#[tokio::test]
async fn the_clock_can_be_set_and_has_an_end() {
    let server = Server::start().await;
    let emulator = server.emulator();
    let time: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(emulator.set_time(time).await.unwrap(), []);
    assert_eq!(emulator.now(), time);
    for beyond in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert!(emulator.set_time(beyond).await.is_err());
    }
    let too_far = TimeDelta::days(366 * 10_000);
    assert!(emulator.advance(too_far).await.is_err());
    assert_eq!(emulator.now(), time);
}

/// Otherwise the clock would be left half-way, and nobody would know where.
#[tokio::test]
async fn a_move_goes_to_its_end_when_its_client_hangs_up() {
    let (function, server) = rotated_every_ten_days().await;
    let end = server.now() + TimeDelta::days(15);
    function.once("testSecret", Does::WaitsFirst);
    let request = reqwest::Client::new()
        .put(format!("{}/_secretstack/clock", server.endpoint()))
        .body(r#"{"advance":"15d"}"#);
    let client = tokio::spawn(request.send());
    server.until(|| function.is_waiting()).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    // Long enough for the emulator to notice.
    for _ in 0..20 {
        server.rotations().await;
    }
    function.release();
    server.until(|| server.now() == end).await;
}
