//! `RotateSecret` with `RotateImmediately=false`: the settings are stored, and only `testSecret` runs, on a copy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::rotation::{
    STEPS, assert_labels, assert_next, bare, describe, event, recorded, request, started, succeed,
    successes, value, with_rules,
};
use crate::support::function::{Does, FUNCTION_ARN, Function, value_of};
use crate::support::{Server, version_id};

/// A request to test the rotation of the secret `settings` every thirty days.
fn test_request(token: &str) -> Value {
    let mut body = request(token);
    body["RotateImmediately"] = json!(false);
    body
}

/// The newest test of a rotation, as soon as it does not run any more.
async fn tested(server: &Server) -> Value {
    server
        .wait_for_rotation(|attempt| attempt["trigger"] == "test")
        .await
}

/// Begins a test of the rotation of `settings`, and returns the token of its event while the function waits.
async fn waiting(function: &Function, server: &Server) -> String {
    function.once("testSecret", Does::WaitsFirst);
    server.ok("RotateSecret", test_request("t1")).await;
    server.until(|| function.is_waiting()).await;
    function.tokens().remove(0)
}

/// Reads one version of the secret `settings`.
fn version(token: &str) -> Value {
    json!({"SecretId": "settings", "VersionId": token, "VersionStage": "AWSPENDING"})
}

/// Fact 3.13: Response `ARN`, `Name`, `VersionId` (for `RotateImmediately=false` may be omitted)
/// Fact 5.5: Configuration members present → stored, then rotated at once unless `RotateImmediately=false`
#[tokio::test]
async fn configuration_is_stored_and_nothing_rotated() {
    let (function, server) = started().await;
    let arn = describe(&server).await["ARN"].clone();

    let answer = server.ok("RotateSecret", test_request("t1")).await;
    let attempt = tested(&server).await;

    assert_eq!(answer["ARN"], arn);
    assert_eq!(answer["Name"], "settings");
    assert_eq!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(function.steps(), ["testSecret"]);
    let described = describe(&server).await;
    assert_eq!(described["RotationEnabled"], true);
    assert_eq!(described["RotationLambdaARN"], FUNCTION_ARN);
    assert_eq!(
        described["RotationRules"],
        json!({"AutomaticallyAfterDays": 30})
    );
    assert_next(&described, "2026-02-15T00:00:00Z");
    assert!(described.get("LastRotatedDate").is_none(), "{described}");
    assert_eq!(value(&server).await, "one");
}

/// Fact 4.2: T16 `RotateSecret` `RotateImmediately=false`: temporary N:{AWSPENDING} **with a copy of the current value**
#[tokio::test]
async fn test_runs_on_a_copy_of_the_current_value() {
    let (function, server) = started().await;
    let token = waiting(&function, &server).await;

    let described = describe(&server).await;
    assert_eq!(
        described["VersionIdsToStages"],
        json!({version_id("v1"): ["AWSCURRENT"], token.as_str(): ["AWSPENDING"]})
    );
    let copy = server.ok("GetSecretValue", version(&token)).await;
    assert_eq!(copy["SecretString"], "one");
    let arn = &described["ARN"];
    assert_eq!(
        function.events(),
        [json!({"Step": "testSecret", "SecretId": arn, "ClientRequestToken": token})]
    );

    function.release();
    tested(&server).await;
}

/// Fact 4.2: T16 `RotateSecret` `RotateImmediately=false`: temporary N:{AWSPENDING} **with a copy of the current value**
#[tokio::test]
async fn bytes_are_copied_too() {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    let bytes = STANDARD.encode("footest");
    let body =
        json!({"Name": "settings", "ClientRequestToken": version_id("v1"), "SecretBinary": bytes});
    server.ok("CreateSecret", body).await;

    let token = waiting(&function, &server).await;

    let copy = server.ok("GetSecretValue", version(&token)).await;
    assert_eq!(copy["SecretBinary"], bytes);
    assert!(copy.get("SecretString").is_none());
    function.release();
    tested(&server).await;
}

/// Fact 4.2: T16 `RotateSecret` `RotateImmediately=false`: testSecret runs, then N is removed
#[tokio::test]
async fn copy_is_removed_after_the_test() {
    let (function, server) = started().await;
    let token = waiting(&function, &server).await;
    function.release();
    tested(&server).await;

    assert_labels(&server, &[("v1", &["AWSCURRENT"])]).await;
    let by_id = json!({"SecretId": "settings", "VersionId": token});
    for body in [version(&token), by_id] {
        server
            .call("GetSecretValue", body)
            .await
            .assert_code("ResourceNotFoundException");
    }
    let list = server
        .ok(
            "ListSecretVersionIds",
            json!({"SecretId": "settings", "IncludeDeprecated": true}),
        )
        .await;
    let versions = list["Versions"].as_array().expect("a list of versions");
    assert_eq!(versions.len(), 1, "{list}");
}

/// Fact 11: rotation: `TestRotationStarted`, `TestRotationSucceeded`, `TestRotationFailed`
#[tokio::test]
async fn test_that_succeeds_is_recorded_as_a_test() {
    let (_function, server) = started().await;
    server.ok("RotateSecret", test_request("t1")).await;
    let attempt = tested(&server).await;

    assert_eq!(attempt["steps"].as_array().map(Vec::len), Some(1));
    assert_eq!(attempt["steps"][0]["step"], "testSecret");
    assert_eq!(attempt["steps"][0]["result"], "ok");
    assert_eq!(
        recorded(&server).await,
        ["TestRotationStarted", "TestRotationSucceeded"]
    );
}

/// Fact 11: rotation: `TestRotationStarted`, `TestRotationSucceeded`, `TestRotationFailed`
/// Fact 5.5: Configuration members present → stored, then rotated at once unless `RotateImmediately=false`
#[tokio::test]
async fn test_that_fails_changes_neither_value_nor_settings() {
    let (function, server) = started().await;
    function.on("testSecret", Does::Fails("no such user"));
    server.ok("RotateSecret", test_request("t1")).await;
    let attempt = tested(&server).await;

    assert_ne!(attempt["state"], "succeeded", "{attempt}");
    let failed = event(&server, "TestRotationFailed").await;
    assert_eq!(
        failed["errorMessage"],
        format!("Error when executing lambda {FUNCTION_ARN} during testSecret step")
    );
    let names = recorded(&server).await;
    assert!(!names.iter().any(|name| name == "TestRotationSucceeded"));
    assert!(!names.iter().any(|name| name == "RotationFailed"));
    assert_eq!(describe(&server).await["RotationEnabled"], true);
    assert_eq!(value(&server).await, "one");
}

/// Fact 5.4: `NextRotationDate` = latest moment the next rotation may occur
/// Fact 5.3: `AutomaticallyAfterDays` 1..1000
#[tokio::test]
async fn tested_rotation_is_performed_when_it_falls_due() {
    let (function, server) = started().await;
    server.ok("RotateSecret", test_request("t1")).await;
    tested(&server).await;

    let advanced = server.advance_by("31d").await;

    assert_eq!(successes(&advanced).len(), 1, "{advanced}");
    assert_eq!(function.steps()[1..], STEPS);
    assert!(describe(&server).await["LastRotatedDate"].is_number());
}

/// Fact 5.4: changing the schedule with `RotateImmediately=false` and rate/AutomaticallyAfterDays
#[tokio::test]
async fn schedule_can_be_changed_without_a_rotation() {
    let (function, server) = started().await;
    succeed(&server, request("r1")).await;
    let mut body = with_rules("t1", json!({"AutomaticallyAfterDays": 100}));
    body["RotateImmediately"] = json!(false);

    server.ok("RotateSecret", body).await;
    tested(&server).await;

    let described = describe(&server).await;
    assert_eq!(
        described["RotationRules"],
        json!({"AutomaticallyAfterDays": 100})
    );
    assert_eq!(function.steps().len(), 5);
    assert_eq!(value(&server).await, value_of(&version_id("r1")));
}

/// Fact 5.5: no parameters, rotation configured: starts a rotation with the stored settings
#[tokio::test]
async fn stored_settings_can_be_tested_again() {
    let (function, server) = started().await;
    succeed(&server, request("r1")).await;
    let mut body = bare("t1");
    body["RotateImmediately"] = json!(false);

    server.ok("RotateSecret", body).await;

    let attempt = tested(&server).await;
    assert_eq!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(function.steps()[4..], ["testSecret"]);
}
