//! `CancelRotateSecret`: what it turns off, and what it leaves as it is.

use serde_json::{Value, json};

use crate::protocol::{INVALID_NAME, assert_violations, missing};
use crate::replication::{EU, READ_ONLY, eu, replicated};
use crate::rotation::{
    INCOMPLETE, STEPS, assert_labels, assert_next, bare, describe, request, rotate, settled,
    started, succeed, value,
};
use crate::support::function::{Does, FUNCTION_ARN, Function, value_of};
use crate::support::{Answer, MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// Cancels the rotation of a secret.
async fn cancel_raw(server: &Server, id: &str) -> Answer {
    let body = json!({"SecretId": id});
    server.call("CancelRotateSecret", body).await
}

/// Cancels the rotation of the secret `settings`.
async fn cancel(server: &Server) -> Value {
    let body = json!({"SecretId": "settings"});
    server.ok("CancelRotateSecret", body).await
}

/// Starts a function that fails at a step once, and has the secret `settings` rotated with the token `r1`.
async fn failed_at(step: &'static str) -> (Function, Server) {
    let (function, server) = started().await;
    function.once(step, Does::Fails("no such user"));
    rotate(&server, "r1").await;
    (function, server)
}

/// Fact 3.14: Request `SecretId`. Response `ARN`, `Name`, and `VersionId` only if a rotation was in progress
#[tokio::test]
async fn answer_names_the_secret_alone_when_nothing_is_pending() {
    let (function, server) = started().await;
    function.on("finishSecret", Does::RemovesPending);
    rotate(&server, "r1").await;
    let arn = describe(&server).await["ARN"].clone();
    let id = arn.as_str().expect("ARN is a string");

    let answer = cancel_raw(&server, id).await;

    assert_eq!(answer.json(), json!({"ARN": arn, "Name": "settings"}));
}

/// Fact 5.6: `RotationEnabled` → false; `RotationRules`, `RotationLambdaARN` stay visible; `NextRotationDate` gone
/// Fact 3.6: `RotationEnabled`: absent if rotation was never configured; false after `CancelRotateSecret`
/// Fact 3.6: `RotationLambdaARN`, `RotationRules`: configured at least once; **kept after cancel**
/// Fact 5.4: absent when rotation is off
#[tokio::test]
async fn rotation_is_off_and_its_settings_stay() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;
    let before = describe(&server).await;

    cancel(&server).await;

    let after = describe(&server).await;
    assert_eq!(after["RotationEnabled"], false);
    assert!(after.get("NextRotationDate").is_none(), "{after}");
    assert_eq!(after["RotationLambdaARN"], FUNCTION_ARN);
    for member in ["RotationRules", "LastRotatedDate", "VersionIdsToStages"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

/// Fact 5.6: `RotationEnabled` → false
#[tokio::test]
async fn schedule_is_over() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    cancel(&server).await;

    server.advance_by("60d").await;

    assert_eq!(function.steps().len(), 4);
    assert_eq!(value(&server).await, value_of(&version_id("r1")));
}

/// Fact 5.6: response `VersionId` = the pending version, when one exists
/// Fact 5.6: labels are left as they are; AWSPENDING may remain
#[tokio::test]
async fn pending_version_is_named_and_stays() {
    let (_function, server) = failed_at("setSecret").await;

    let answer = cancel(&server).await;

    assert_eq!(answer["VersionId"], version_id("r1"));
    assert_labels(&server, &[("v1", &["AWSCURRENT"]), ("r1", &["AWSPENDING"])]).await;
}

/// Fact 3.14: Request `SecretId`. Response `ARN`, `Name`, and `VersionId` only if a rotation was in progress
#[tokio::test]
async fn pending_version_is_named_while_its_function_runs() {
    let (function, server) = started().await;
    function.once("setSecret", Does::WaitsLast);
    server.ok("RotateSecret", request("r1")).await;
    server.until(|| function.is_waiting()).await;

    let answer = cancel(&server).await;

    assert_eq!(answer["VersionId"], version_id("r1"));
    assert_eq!(answer["Name"], "settings");
    assert_labels(&server, &[("v1", &["AWSCURRENT"]), ("r1", &["AWSPENDING"])]).await;
    function.release();
    settled(&server, "r1").await;
    assert_eq!(describe(&server).await["RotationEnabled"], false);
}

/// Fact 5.6: `RotationEnabled` → false
#[tokio::test]
async fn failed_rotation_is_not_tried_again() {
    let (function, server) = failed_at("setSecret").await;

    cancel(&server).await;
    server.advance_by("12h").await;

    assert_eq!(function.steps(), STEPS[..2]);
}

/// Fact 5.6: labels are left as they are; AWSPENDING may remain and blocks the next rotation until removed
#[tokio::test]
async fn pending_version_blocks_the_next_rotation() {
    let (_function, server) = failed_at("createSecret").await;
    cancel(&server).await;
    server
        .call("RotateSecret", bare("r2"))
        .await
        .assert_service_error("InvalidRequestException", INCOMPLETE);
}

/// Fact 5.6: labels are left as they are; AWSPENDING may remain and blocks the next rotation until removed
#[tokio::test]
async fn next_rotation_is_possible_when_the_label_was_removed() {
    let (_function, server) = failed_at("createSecret").await;
    cancel(&server).await;
    let body = json!({
        "SecretId": "settings", "VersionStage": "AWSPENDING", "RemoveFromVersionId": version_id("r1"),
    });
    server.ok("UpdateSecretVersionStage", body).await;

    succeed(&server, bare("r2")).await;

    assert_eq!(value(&server).await, value_of(&version_id("r2")));
}

/// Fact 5.6: `RotateSecret` turns it on again
#[tokio::test]
async fn rotating_turns_it_on_again() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    cancel(&server).await;

    succeed(&server, bare("r2")).await;

    let described = describe(&server).await;
    assert_eq!(described["RotationEnabled"], true);
    assert_eq!(described["RotationLambdaARN"], FUNCTION_ARN);
    assert_eq!(
        described["RotationRules"],
        json!({"AutomaticallyAfterDays": 30})
    );
    assert_next(&described, "2026-02-15T00:00:00Z");
    server.advance_by("31d").await;
    assert_eq!(function.steps().len(), 12);
}

// ---- What is refused ----

/// Fact 5.6: secret never configured → `InvalidRequestException`
#[tokio::test]
async fn secret_that_was_never_configured_is_refused() {
    let (_function, server) = started().await;
    let before = describe(&server).await;

    cancel_raw(&server, "settings")
        .await
        .assert_code("InvalidRequestException");

    assert_eq!(describe(&server).await, before);
}

/// Fact 2.5: secret unknown (any operation)
/// Fact 1.6: name has a forbidden character: `ValidationException` with its own text
/// Fact 3.14: Request `SecretId`. Response `ARN`, `Name`
#[tokio::test]
async fn secret_must_be_named_and_known() {
    let server = Server::start().await;
    let answer = server.call("CancelRotateSecret", json!({})).await;
    assert_violations(&answer, &[missing("secretId")]);
    cancel_raw(&server, "a b")
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
    cancel_raw(&server, "unknown")
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: fails with MFD: `CancelRotateSecret`
#[tokio::test]
async fn secret_scheduled_for_deletion_is_refused() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    cancel_raw(&server, "settings")
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 9.3: `InvalidParameterException` (400): `Operation not permitted on a replica secret`
#[tokio::test]
async fn replica_is_refused() {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    replicated(&server, &[EU]).await;
    succeed(&server, request("r1")).await;

    eu(&server)
        .call("CancelRotateSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("InvalidParameterException", READ_ONLY);

    assert_eq!(describe(&server).await["RotationEnabled"], true);
}
