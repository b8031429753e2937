//! `RotateSecret`: what is refused, with which sentence, and that nothing is stored then.

use serde_json::{Value, json};

use crate::rotate_secret::external_members;
use crate::rotation::{
    INCOMPLETE, assert_labels, bare, describe, refused, request, rotate, started, with_rules,
    with_schedule,
};
use crate::support::function::FUNCTION_ARN;
use crate::support::{Server, version_id};

/// AWS's sentence where there is no function, and never was one.
const NO_FUNCTION: &str = "No Lambda rotation function ARN is associated with this secret.";
/// AWS's sentence for a function that does not exist or cannot be invoked.
const NOT_INVOKABLE: &str = "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function \
                             policy grants access to the principal secretsmanager.amazonaws.com.";
/// AWS's sentence for two kinds of schedule.
const TWO_SCHEDULES: &str =
    "You cannot specify both rotation frequency and schedule expression together.";

/// A request with two kinds of schedule.
pub(crate) fn two_schedules(token: &str) -> Value {
    with_rules(
        token,
        json!({"AutomaticallyAfterDays": 30, "ScheduleExpression": "rate(30 days)"}),
    )
}

/// A request with one member more, or with another value for it.
pub(crate) fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

/// Asserts that the secret `settings` shows nothing of rotation, and that no function was ever invoked.
pub(crate) async fn assert_never_configured(server: &Server) {
    let described = describe(server).await;
    for member in [
        "RotationEnabled",
        "RotationRules",
        "RotationLambdaARN",
        "NextRotationDate",
    ] {
        assert!(described.get(member).is_none(), "{described}");
    }
    assert_labels(server, &[("v1", &["AWSCURRENT"])]).await;
    assert_eq!(server.rotations().await, Vec::<Value>::new());
}

/// Fact 5.5: no function now nor before
/// Fact 12: 19 `RotateSecret` without any function
/// Fact 3.13: `RotationLambdaARN`: 0..2048; first time required unless managed/external
#[tokio::test]
async fn rotation_needs_a_function() {
    let (_function, server) = started().await;
    for body in [
        bare("r1"),
        with(
            bare("r1"),
            "RotationRules",
            json!({"AutomaticallyAfterDays": 30}),
        ),
        with(bare("r1"), "RotateImmediately", json!(false)),
    ] {
        refused(&server, body)
            .await
            .assert_service_error("InvalidRequestException", NO_FUNCTION);
    }
    assert_never_configured(&server).await;
}

/// Fact 5.5: function missing, wrong, or its policy lacks the principal
/// Fact 5.5: ...and then **nothing is stored**
/// Fact 12: 18 `RotateSecret` with a non-existing function
#[tokio::test]
async fn unknown_function_is_refused_and_nothing_stored() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for body in [
        request("r1"),
        with(request("r1"), "RotateImmediately", json!(false)),
        with(bare("r1"), "RotationLambdaARN", json!(FUNCTION_ARN)),
    ] {
        refused(&server, body)
            .await
            .assert_service_error("AccessDeniedException", NOT_INVOKABLE);
    }
    assert_never_configured(&server).await;
    // What was refused is no function from before.
    refused(&server, bare("r1"))
        .await
        .assert_service_error("InvalidRequestException", NO_FUNCTION);
}

/// Fact 5.5: both `AutomaticallyAfterDays` and `ScheduleExpression`
#[tokio::test]
async fn two_kinds_of_schedule_are_refused() {
    let (_function, server) = started().await;
    refused(&server, two_schedules("r1"))
        .await
        .assert_service_error("InvalidParameterException", TWO_SCHEDULES);
    assert_never_configured(&server).await;
}

/// Fact 5.5: bad schedule text
#[tokio::test]
async fn refused_settings_leave_the_stored_ones_as_they_are() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    for body in [two_schedules("r2"), with_schedule("r2", "rate(0 days)")] {
        refused(&server, body)
            .await
            .assert_code("InvalidParameterException");
    }
    assert_eq!(function.steps().len(), 4);
}

/// Fact 5.5: AWSPENDING sits on a version other than AWSCURRENT's
#[tokio::test]
async fn pending_version_of_its_own_is_in_the_way() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;
    let body = with(bare("p1"), "SecretString", json!("mine"));
    let body = with(body, "VersionStages", json!(["AWSPENDING"]));
    server.ok("PutSecretValue", body).await;

    server
        .call("RotateSecret", bare("r2"))
        .await
        .assert_service_error("InvalidRequestException", INCOMPLETE);
}

/// Fact 5.5: external secret: role not assumable
/// Fact 5.7: a role must be assumable by the service; validated at setup
/// Fact 5.7: `RotateSecret` takes `ExternalSecretRotationMetadata` (Key/Value list) and `ExternalSecretRotationRoleArn`
#[tokio::test]
async fn role_of_an_external_secret_cannot_be_assumed() {
    let (_function, server) = started().await;
    let mut body = external_members();
    body["SecretId"] = json!("settings");
    body["ClientRequestToken"] = json!(version_id("r1"));
    body["RotationRules"] = json!({"AutomaticallyAfterDays": 30});

    let answer = refused(&server, body).await;

    answer.assert_code("InvalidRequestException");
    let body = answer.json();
    let message = body["Message"].as_str().expect("Message is a string");
    assert!(
        message.starts_with("Secrets Manager is unable to assume role"),
        "{message}"
    );
    assert_never_configured(&server).await;
    let described = describe(&server).await;
    for member in external_members().as_object().expect("members").keys() {
        assert!(described.get(member).is_none(), "{described}");
    }
}
