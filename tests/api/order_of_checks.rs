//! Which code answers which kind of failure, and which of two is told (section 1.6).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::protocol::{
    BOTH_VALUES, INVALID_NAME, NO_TOKEN, NUMBER_FOR_STRING, assert_unknown_operation,
    assert_violations, at_least, create_deleted, hidden_violation, missing, send, violation,
};
use crate::support::{MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// Fact 1.6: name has a forbidden character: `ValidationException` with **its own text**
#[tokio::test]
async fn forbidden_character_in_a_name_has_its_own_text() {
    let server = Server::start().await;
    server
        .call("DescribeSecret", json!({"SecretId": "a b"}))
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}

/// Fact 1.6: `ClientRequestToken` missing on raw HTTP: `InvalidRequestException` for Create/Update/`PutSecretValue`;
/// checked before existence
#[tokio::test]
async fn missing_token_is_refused_before_the_secret_is_looked_for() {
    let server = Server::start().await;
    for (operation, member) in [
        ("CreateSecret", "Name"),
        ("PutSecretValue", "SecretId"),
        ("UpdateSecret", "SecretId"),
    ] {
        server
            .call(operation, json!({member: "unknown", "SecretString": "one"}))
            .await
            .assert_service_error("InvalidRequestException", NO_TOKEN);
    }
    assert_eq!(
        server.ok("ListSecrets", json!({})).await,
        json!({"SecretList": []})
    );
}

/// Fact 1.6: semantic combination of parameters wrong: `InvalidParameterException`
#[tokio::test]
async fn wrong_combination_of_parameters_is_an_invalid_parameter() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for (operation, member, name) in [
        ("CreateSecret", "Name", "other"),
        ("PutSecretValue", "SecretId", "settings"),
        ("UpdateSecret", "SecretId", "settings"),
    ] {
        server
            .call(
                operation,
                json!({
                    member: name, "ClientRequestToken": version_id("v2"),
                    "SecretString": "two", "SecretBinary": STANDARD.encode("two"),
                }),
            )
            .await
            .assert_service_error("InvalidParameterException", BOTH_VALUES);
    }
}

/// Fact 1.6: secret, version or label missing: `ResourceNotFoundException`
#[tokio::test]
async fn missing_secret_version_or_label_is_not_found() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    let missing = version_id("missing");
    for (body, message) in [
        (json!({"SecretId": "unknown"}), NOT_FOUND.to_owned()),
        (
            json!({"SecretId": "settings", "VersionId": missing}),
            format!(
                "Secrets Manager can't find the specified secret value for VersionId: {missing}"
            ),
        ),
        (
            json!({"SecretId": "settings", "VersionStage": "BLUE"}),
            "Secrets Manager can't find the specified secret value for staging label: BLUE"
                .to_owned(),
        ),
    ] {
        server
            .call("GetSecretValue", body)
            .await
            .assert_service_error("ResourceNotFoundException", &message);
    }
}

/// Fact 1.6: name or token taken: `ResourceExistsException`
#[tokio::test]
async fn taken_name_or_token_exists() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;
    let arn = created["ARN"].as_str().expect("ARN is a string");
    let token = version_id("v1");
    let token_taken = format!(
        "You can't use ClientRequestToken {token} because that value is already in use for a version \
         of secret {arn}."
    );
    server
        .call(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": token, "SecretString": "two"}),
        )
        .await
        .assert_service_error("ResourceExistsException", &token_taken);
    server
        .call(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        )
        .await
        .assert_service_error(
            "ResourceExistsException",
            "The operation failed because the secret settings already exists.",
        );
}

/// Fact 1.6: Order of evaluation: target → JSON shape
#[tokio::test]
async fn target_is_checked_before_the_json() {
    let server = Server::start().await;
    assert_unknown_operation(
        &send(&server, "NoSuchOperation", "nonsense").await,
        "nonsense",
    );
}

/// Fact 1.6: Order of evaluation: JSON shape → constraints
#[tokio::test]
async fn json_shape_is_checked_before_constraints() {
    let server = Server::start().await;
    server
        .call(
            "ListSecretVersionIds",
            json!({"MaxResults": 0, "NextToken": "", "SecretId": 5}),
        )
        .await
        .assert_framework_error("SerializationException", NUMBER_FOR_STRING);
}

/// Fact 1.6: Order of evaluation: constraints → token presence
#[tokio::test]
async fn constraints_are_checked_before_the_token() {
    let server = Server::start().await;
    for (operation, body) in [
        ("CreateSecret", json!({"Name": "settings"})),
        ("PutSecretValue", json!({"SecretId": "settings"})),
        ("UpdateSecret", json!({"SecretId": "settings"})),
    ] {
        let mut body = body;
        body["SecretString"] = json!("");
        assert_violations(
            &server.call(operation, body).await,
            &[hidden_violation("secretString", &at_least(1))],
        );
    }
}

/// Fact 1.6: Order of evaluation: constraints → name syntax
#[tokio::test]
async fn constraints_are_checked_before_the_name() {
    let server = Server::start().await;
    assert_violations(
        &server
            .call(
                "ListSecretVersionIds",
                json!({"SecretId": "a b", "MaxResults": 0}),
            )
            .await,
        &[violation(
            "0",
            "maxResults",
            "have value greater than or equal to 1",
        )],
    );
}

/// Fact 1.6: Order of evaluation: token presence → name syntax
#[tokio::test]
async fn token_is_checked_before_the_name() {
    let server = Server::start().await;
    for (operation, member) in [
        ("CreateSecret", "Name"),
        ("PutSecretValue", "SecretId"),
        ("UpdateSecret", "SecretId"),
    ] {
        server
            .call(operation, json!({member: "a b", "SecretString": "one"}))
            .await
            .assert_service_error("InvalidRequestException", NO_TOKEN);
    }
}

/// Fact 1.6: Order of evaluation: token presence → state
#[tokio::test]
async fn token_is_checked_before_the_state() {
    let server = Server::start().await;
    create_deleted(&server).await;
    for operation in ["PutSecretValue", "UpdateSecret"] {
        server
            .call(
                operation,
                json!({"SecretId": "settings", "SecretString": "two"}),
            )
            .await
            .assert_service_error("InvalidRequestException", NO_TOKEN);
    }
}

/// Fact 1.6: Order of evaluation: name syntax → parameter semantics
#[tokio::test]
async fn name_is_checked_before_the_meaning_of_parameters() {
    let server = Server::start().await;
    for (operation, body) in meaningless("a b") {
        server
            .call(operation, body)
            .await
            .assert_framework_error("ValidationException", INVALID_NAME);
    }
}

/// Fact 1.5: these framework checks run before any existence or state check
#[tokio::test]
async fn constraints_are_checked_before_existence_and_state() {
    let server = Server::start().await;
    create_deleted(&server).await;
    for name in ["unknown", "settings"] {
        assert_violations(
            &server
                .call(
                    "GetSecretValue",
                    json!({"SecretId": name, "VersionId": "short"}),
                )
                .await,
            &[violation("short", "versionId", &at_least(32))],
        );
        assert_violations(
            &server.call("TagResource", json!({"SecretId": name})).await,
            &[missing("tags")],
        );
    }
}

/// Fact 1.6: Order of evaluation: existence → parameter semantics
#[tokio::test]
async fn existence_is_checked_before_the_meaning_of_parameters() {
    let server = Server::start().await;
    for (operation, body) in meaningless("unknown") {
        server
            .call(operation, body)
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 1.6: Order of evaluation: state (deleted, replica, managed) → parameter semantics
#[tokio::test]
async fn state_is_checked_before_the_meaning_of_parameters() {
    let server = Server::start().await;
    create_deleted(&server).await;
    for (operation, body) in meaningless("settings") {
        server
            .call(operation, body)
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }
}

/// Requests that satisfy the model but make no sense for any secret.
fn meaningless(secret_id: &str) -> Vec<(&'static str, Value)> {
    let both = json!({
        "SecretId": secret_id, "ClientRequestToken": version_id("v2"),
        "SecretString": "two", "SecretBinary": STANDARD.encode("two"),
    });
    vec![
        ("PutSecretValue", both.clone()),
        ("UpdateSecret", both),
        (
            "DeleteSecret",
            json!({"SecretId": secret_id, "RecoveryWindowInDays": 3}),
        ),
        (
            "TagResource",
            json!({"SecretId": secret_id, "Tags": [{"Key": "aws:team", "Value": "blue"}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": secret_id, "TagKeys": ["aws:team"]}),
        ),
        (
            "UpdateSecretVersionStage",
            json!({
                "SecretId": secret_id, "VersionStage": "AWSCURRENT", "RemoveFromVersionId": version_id("v1"),
            }),
        ),
        (
            "PutResourcePolicy",
            json!({"SecretId": secret_id, "ResourcePolicy": "no JSON"}),
        ),
    ]
}
