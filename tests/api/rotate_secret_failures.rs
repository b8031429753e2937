//! `RotateSecret`: steps that fail, what is tried again and when, and rotations that are given up.

use serde_json::Value;

use crate::rotation::{
    INCOMPLETE, STEPS, assert_labels, bare, describe, put, recorded, request, rotate, settled,
    started, time, value, waiting_at,
};
use crate::support::function::{Does, Function, value_of};
use crate::support::{Server, version_id};

/// Starts a function that fails at a step as long as it is not told otherwise, and the secret `settings`.
async fn failing_at(step: &'static str) -> (Function, Server) {
    let (function, server) = started().await;
    function.on(step, Does::Fails("no such user"));
    (function, server)
}

/// When these events were recorded, oldest first.
async fn times_of(server: &Server, name: &str) -> Vec<Value> {
    let events = server.events().await;
    let events = events.iter().filter(|event| event["eventName"] == name);
    events.map(|event| event["eventTime"].clone()).collect()
}

/// Fact 5.1: return value ignored; a function error fails the step
/// Fact 5.2: failure of any step: the **whole** rotation is retried several times
#[tokio::test]
async fn failing_step_stops_the_attempt() {
    for (index, step) in STEPS.into_iter().enumerate() {
        let (function, server) = failing_at(step).await;

        let attempt = rotate(&server, "r1").await;

        assert_eq!(function.steps(), STEPS[..=index]);
        assert_eq!(attempt["state"], "waiting", "{attempt}");
        assert_eq!(attempt["attempt"], 1, "{attempt}");
        let steps = attempt["steps"].as_array().expect("a list of steps");
        assert_eq!(steps.len(), index + 1, "{attempt}");
        for (place, found) in steps.iter().enumerate() {
            assert_eq!(found["step"], STEPS[place]);
            let result = if place == index { "error" } else { "ok" };
            assert_eq!(found["result"], result, "{attempt}");
        }
        let error = steps[index]["error"].as_str().expect("a text");
        assert!(error.contains("no such user"), "{error}");
        assert!(describe(&server).await.get("LastRotatedDate").is_none());
    }
}

/// Fact 5.1: return value ignored; a function error fails the step
#[tokio::test]
async fn step_without_an_answer_of_the_function_fails() {
    for does in [Does::Answers(500), Does::Answers(404), Does::Closes] {
        let (function, server) = started().await;
        function.on("setSecret", does);

        let attempt = rotate(&server, "r1").await;

        assert_eq!(function.steps(), STEPS[..2], "{does:?}");
        assert_eq!(attempt["state"], "waiting", "{attempt}");
        assert_eq!(attempt["steps"][1]["result"], "error", "{attempt}");
    }
}

/// Fact 5.2: failure of any step: AWSPENDING may stay on an empty version
#[tokio::test]
async fn failed_attempt_leaves_the_pending_version() {
    for (step, has_value) in [("createSecret", false), ("testSecret", true)] {
        let (_function, server) = failing_at(step).await;
        rotate(&server, "r1").await;

        assert_labels(&server, &[("v1", &["AWSCURRENT"]), ("r1", &["AWSPENDING"])]).await;
        assert_eq!(value(&server).await, "one");
        let mut pending = bare("r1");
        pending["VersionStage"] = "AWSPENDING".into();
        let pending = server.call("GetSecretValue", pending).await;
        if has_value {
            assert_eq!(pending.json()["SecretString"], value_of(&version_id("r1")));
        } else {
            pending.assert_code("ResourceNotFoundException");
        }
    }
}

// ---- Trying again ----

/// Fact 5.2: failure of any step: the **whole** rotation is retried several times
#[tokio::test]
async fn retry_begins_again_with_the_first_step_and_the_same_token() {
    let (function, server) = started().await;
    function.once("testSecret", Does::Fails("no"));
    rotate(&server, "r1").await;

    server.advance_by("59s").await;
    assert_eq!(function.steps().len(), 3);
    server.advance_by("2s").await;

    assert_eq!(function.steps()[3..], STEPS);
    assert_eq!(function.tokens(), vec![version_id("r1"); 7]);
    let attempt = settled(&server, "r1").await;
    assert_eq!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(attempt["attempt"], 2, "{attempt}");
    assert_eq!(value(&server).await, value_of(&version_id("r1")));
    assert!(describe(&server).await["LastRotatedDate"].is_number());
}

/// Fact 5.2: failure of any step: the **whole** rotation is retried several times (count and spacing unpublished)
#[tokio::test]
async fn rotation_is_tried_six_times_and_given_up() {
    let (function, server) = failing_at("setSecret").await;
    rotate(&server, "r1").await;

    server.advance_by("12h").await;

    assert_eq!(
        times_of(&server, "RotationFailed").await,
        [
            "2026-01-15T10:00:00Z",
            "2026-01-15T10:01:00Z",
            "2026-01-15T10:03:00Z",
            "2026-01-15T10:07:00Z",
            "2026-01-15T10:15:00Z",
            "2026-01-15T10:31:00Z",
        ]
    );
    assert_eq!(function.steps(), STEPS[..2].repeat(6));
    let attempt = settled(&server, "r1").await;
    assert_eq!(attempt["state"], "failed", "{attempt}");
    assert_eq!(attempt["attempt"], 6, "{attempt}");
    assert_labels(&server, &[("v1", &["AWSCURRENT"]), ("r1", &["AWSPENDING"])]).await;
}

/// Fact 5.2: failure of any step: the **whole** rotation is retried several times
#[tokio::test]
async fn advance_tells_which_retries_failed_and_when() {
    let (_function, server) = failing_at("createSecret").await;
    rotate(&server, "r1").await;
    let arn = describe(&server).await["ARN"].clone();

    let advanced = server.advance_by("4m").await;

    let done = advanced["done"]
        .as_array()
        .expect("a list of what was done");
    let failed: Vec<&Value> = done
        .iter()
        .filter(|one| one["event"] == "RotationFailed")
        .collect();
    let times: Vec<i64> = failed
        .iter()
        .map(|one| time(one["time"].as_str().expect("a time")).timestamp())
        .collect();
    let expected = ["2026-01-15T10:01:00Z", "2026-01-15T10:03:00Z"];
    assert_eq!(times, expected.map(|text| time(text).timestamp()));
    assert!(
        failed.iter().all(|one| one["resource"] == arn),
        "{advanced}"
    );
}

/// Fact 5.2: failure of any step: the **whole** rotation is retried several times
#[tokio::test]
async fn rotation_that_was_given_up_is_tried_in_the_next_window() {
    let (function, server) = failing_at("createSecret").await;
    rotate(&server, "r1").await;
    server.advance_by("12h").await;
    assert_eq!(function.steps().len(), 6);
    function.on("createSecret", Does::AsTemplate);

    server.advance_by("31d").await;

    assert_eq!(function.steps()[6..], STEPS);
    assert!(describe(&server).await["LastRotatedDate"].is_number());
    assert_ne!(value(&server).await, "one");
}

/// Fact 5.5: AWSPENDING sits on a version other than AWSCURRENT's (the pending rotation is started again)
#[tokio::test]
async fn asking_again_is_refused_and_starts_the_pending_rotation_again() {
    let (function, server) = started().await;
    function.once("setSecret", Does::Fails("no"));
    rotate(&server, "r1").await;

    server
        .call("RotateSecret", bare("r2"))
        .await
        .assert_service_error("InvalidRequestException", INCOMPLETE);

    server.until(|| function.steps().len() == 6).await;
    let attempt = settled(&server, "r1").await;
    assert_eq!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(function.steps()[2..], STEPS);
    assert_eq!(function.tokens(), vec![version_id("r1"); 6]);
    let both = &["AWSCURRENT", "AWSPENDING"];
    assert_labels(&server, &[("v1", &["AWSPREVIOUS"]), ("r1", both)]).await;
    server.advance_by("12h").await;
    assert_eq!(function.steps().len(), 6);
}

/// Fact 5.5: AWSPENDING sits on a version other than AWSCURRENT's
#[tokio::test]
async fn asking_again_while_the_function_runs_is_refused() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "setSecret").await;

    server
        .call("RotateSecret", bare("r2"))
        .await
        .assert_service_error("InvalidRequestException", INCOMPLETE);

    function.release();
    settled(&server, "r1").await;
    let described = describe(&server).await;
    let versions = described["VersionIdsToStages"].as_object();
    let versions = versions.expect("a map of versions");
    assert!(!versions.contains_key(&version_id("r2")), "{described}");
}

// ---- Given up because a value was put ----

/// Asserts that the rotation `r1` was abandoned for the version `u1`, and that others are possible.
async fn assert_abandoned(server: &Server) {
    let attempt = settled(server, "r1").await;
    assert_eq!(attempt["state"], "abandoned", "{attempt}");
    let names = recorded(server).await;
    assert!(names.contains(&"RotationAbandoned".to_owned()), "{names:?}");
    assert!(
        !names.contains(&"RotationSucceeded".to_owned()),
        "{names:?}"
    );
    assert_labels(server, &[("v1", &["AWSPREVIOUS"]), ("u1", &["AWSCURRENT"])]).await;

    let attempt = rotate(server, "r2").await;

    assert_eq!(attempt["state"], "succeeded", "{attempt}");
}

/// Fact 4.2: T5 T3 when another version holds AWSPENDING (rotation running): event `RotationAbandoned`
#[tokio::test]
async fn value_put_while_the_function_runs_ends_the_rotation_after_its_step() {
    let (function, server) = started().await;
    function.once("setSecret", Does::WaitsLast);
    server.ok("RotateSecret", request("r1")).await;
    server.until(|| function.is_waiting()).await;

    put(&server, "u1").await;
    function.release();
    settled(&server, "r1").await;

    assert_eq!(function.steps(), STEPS[..2]);
    assert_abandoned(&server).await;
}

/// Fact 4.2: T5 T3 when another version holds AWSPENDING (rotation running): event `RotationAbandoned`
#[tokio::test]
async fn value_put_before_a_retry_makes_it_needless() {
    for operation in ["PutSecretValue", "UpdateSecret"] {
        let (function, server) = started().await;
        function.once("setSecret", Does::Fails("no"));
        rotate(&server, "r1").await;
        let mut body = bare("u1");
        body["SecretString"] = "two".into();

        server.ok(operation, body).await;
        server.advance_by("12h").await;

        assert_eq!(function.steps(), STEPS[..2], "{operation}");
        assert_abandoned(&server).await;
    }
}
