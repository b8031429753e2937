//! `RotateSecret`: constraints of the model, the token, and which of two failures is told.

use serde_json::{Value, json};

use crate::protocol::{
    INVALID_NAME, NO_TOKEN, assert_violations, at_least, at_most, missing, send, violation,
};
use crate::rotate_secret_refused::{assert_never_configured, two_schedules, with};
use crate::rotation::{bare, describe, refused, request, started, with_rules};
use crate::support::{MARKED_FOR_DELETION, NOT_FOUND};

/// Fact 5.5: `AutomaticallyAfterDays` outside 1..1000
/// Fact 3.13: `RotationRules`: `AutomaticallyAfterDays` 1..1000 · `Duration` len 2..3
/// Fact 3.13: `SecretId`: required
#[tokio::test]
async fn constraints_of_the_model_are_checked() {
    let (_function, server) = started().await;
    let rules = |name: &str, value: Value| with_rules("r1", json!({name: value}));
    let text = "a".repeat(2049);
    for (body, expected) in [
        (
            rules("AutomaticallyAfterDays", json!(0)),
            violation(
                "0",
                "rotationRules.automaticallyAfterDays",
                "have value greater than or equal to 1",
            ),
        ),
        (
            rules("AutomaticallyAfterDays", json!(1001)),
            violation(
                "1001",
                "rotationRules.automaticallyAfterDays",
                "have value less than or equal to 1000",
            ),
        ),
        (
            rules("Duration", json!("1d")),
            violation(
                "1d",
                "rotationRules.duration",
                "satisfy regular expression pattern: [0-9]+h",
            ),
        ),
        (
            rules("Duration", json!("100h")),
            violation("100h", "rotationRules.duration", &at_most(3)),
        ),
        (
            rules("ScheduleExpression", json!("rate(1 day)!")),
            violation(
                "rate(1 day)!",
                "rotationRules.scheduleExpression",
                r"satisfy regular expression pattern: [0-9A-Za-z\(\)#\?\*\-\/, ]+",
            ),
        ),
        (
            with(request("r1"), "RotationLambdaARN", json!(text)),
            violation(&text, "rotationLambdaARN", &at_most(2048)),
        ),
        (
            with(
                request("r1"),
                "ExternalSecretRotationRoleArn",
                json!("arn:short"),
            ),
            violation("arn:short", "externalSecretRotationRoleArn", &at_least(20)),
        ),
        (
            with(
                request("r1"),
                "ExternalSecretRotationMetadata",
                json!([{"Key": "a", "Value": "b"}, {"Key": "", "Value": "b"}]),
            ),
            violation(
                "",
                "externalSecretRotationMetadata.2.member.key",
                &at_least(1),
            ),
        ),
        (
            with(request("r1"), "ClientRequestToken", json!("short")),
            violation("short", "clientRequestToken", &at_least(32)),
        ),
        (
            with(request("r1"), "SecretId", Value::Null),
            missing("secretId"),
        ),
    ] {
        assert_violations(&refused(&server, body).await, &[expected]);
    }
    assert_never_configured(&server).await;
}

// ---- Tokens ----

/// Fact 5.5: token missing on raw HTTP
/// Fact 1.6: `ClientRequestToken` missing on raw HTTP: `InvalidParameterException` for `RotateSecret`; before existence
/// Fact 12: 23 raw HTTP Create/Update/Put/Rotate without token on an unknown secret
/// Fact 1.6: Order of evaluation: token presence → name syntax → existence
#[tokio::test]
async fn missing_token_is_refused_before_anything_about_the_secret() {
    let (_function, server) = started().await;
    for name in ["unknown", "a b", "settings"] {
        let mut body = with(request("r1"), "SecretId", json!(name));
        body["ClientRequestToken"] = Value::Null;
        refused(&server, body)
            .await
            .assert_service_error("InvalidParameterException", NO_TOKEN);
    }
}

/// Fact 5.5: token equals an existing version id
#[tokio::test]
async fn token_of_another_version_is_refused() {
    let (function, server) = started().await;
    let before = describe(&server).await;

    // Which code answers this is not known, so it is not held against the model.
    let answer = send(&server, "RotateSecret", request("v1").to_string()).await;

    assert_eq!(answer.status, 400, "{}", answer.text);
    assert_eq!(describe(&server).await, before);
    assert!(function.steps().is_empty());
}

// ---- Order ----

/// Fact 1.6: Order of evaluation: constraints → token presence
#[tokio::test]
async fn constraints_are_checked_before_the_token() {
    let (_function, server) = started().await;
    let mut body = with_rules("r1", json!({"AutomaticallyAfterDays": 0}));
    body["ClientRequestToken"] = Value::Null;
    refused(&server, body)
        .await
        .assert_code("ValidationException");
}

/// Fact 1.6: name has a forbidden character
/// Fact 1.6: Order of evaluation: name syntax → existence → parameter semantics
/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn name_and_existence_are_checked_before_the_meaning_of_parameters() {
    let (_function, server) = started().await;
    for body in [bare("r1"), request("r1"), two_schedules("r1")] {
        refused(&server, with(body.clone(), "SecretId", json!("a b")))
            .await
            .assert_framework_error("ValidationException", INVALID_NAME);
        refused(&server, with(body, "SecretId", json!("unknown")))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 5.5: deleted MFD
/// Fact 3: fails with MFD: `RotateSecret`
/// Fact 1.6: Order of evaluation: state (deleted, replica, managed) → parameter semantics
#[tokio::test]
async fn secret_scheduled_for_deletion_is_refused() {
    let (_function, server) = started().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    for body in [bare("r1"), request("r1"), two_schedules("r1")] {
        refused(&server, body)
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }
}
