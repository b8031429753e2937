//! Section 3.18: a policy is judged without being stored.

use serde_json::{Value, json};

use crate::support::{ACCOUNT, MARKED_FOR_DELETION, NOT_FOUND, Server};

/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";

/// A policy with one statement that allows reading the value, with this principal.
fn policy_for(principal: &Value) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": principal,
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
        }],
    })
}

/// A policy that lets only one account in.
fn narrow() -> Value {
    policy_for(&json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}))
}

/// Judges a policy on its own.
async fn validate(server: &Server, policy: &Value) -> Value {
    server
        .ok(
            "ValidateResourcePolicy",
            json!({"ResourcePolicy": policy.to_string()}),
        )
        .await
}

/// Asserts that the answer names at least one failed check.
#[track_caller]
fn assert_failed(answer: &Value) {
    assert_eq!(answer["PolicyValidationPassed"], false, "{answer}");
    let errors = answer["ValidationErrors"]
        .as_array()
        .expect("ValidationErrors is a list");
    assert!(!errors.is_empty(), "{answer}");
    for error in errors {
        for member in ["CheckName", "ErrorMessage"] {
            let text = error[member].as_str().expect("the member is a string");
            assert!(!text.is_empty(), "{answer}");
        }
    }
}

/// Fact 3.18: Response `PolicyValidationPassed` (bool), `ValidationErrors` (`[]` when passed).
/// Fact 3.18: `SecretId` (optional)
#[tokio::test]
async fn good_policy_passes_with_no_errors() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    let passed = json!({"PolicyValidationPassed": true, "ValidationErrors": []});

    assert_eq!(validate(&server, &narrow()).await, passed);
    let with_secret = server
        .ok(
            "ValidateResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": narrow().to_string()}),
        )
        .await;
    assert_eq!(with_secret, passed);
}

/// Fact 8.1: ValidateResourcePolicy makes three checks: broad access
/// Fact 3.18: `ValidationErrors` list of {`CheckName`, `ErrorMessage`}
#[tokio::test]
async fn policy_for_everyone_fails() {
    let server = Server::start().await;
    for principal in [json!("*"), json!({"AWS": "*"})] {
        assert_failed(&validate(&server, &policy_for(&principal)).await);
    }
}

/// Fact 8.1: Deny statements and conditions such as `aws:PrincipalOrgID`, `aws:SourceVpce` narrow it
#[tokio::test]
async fn policy_for_everyone_under_a_condition_passes() {
    let server = Server::start().await;
    let mut policy = policy_for(&json!("*"));
    policy["Statement"][0]["Condition"] =
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}});
    assert_eq!(
        validate(&server, &policy).await,
        json!({"PolicyValidationPassed": true, "ValidationErrors": []})
    );
}

/// Fact 8.1: policy that would lock out the caller: ValidateResourcePolicy checks it
/// Fact 8.1: ValidateResourcePolicy makes three checks: lock-out
#[tokio::test]
async fn policy_that_locks_everyone_out_fails() {
    let server = Server::start().await;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
        ],
    });
    assert_failed(&validate(&server, &policy).await);
}

/// Fact 3.18: Bad JSON → `MalformedPolicyDocumentException`.
#[tokio::test]
async fn text_that_is_no_json_is_malformed() {
    let server = Server::start().await;
    for text in ["no JSON", " ", "{", "{\"Version\": \"2012-10-17\""] {
        server
            .call("ValidateResourcePolicy", json!({"ResourcePolicy": text}))
            .await
            .assert_code("MalformedPolicyDocumentException");
    }
}

/// Fact 3.18: Request `ResourcePolicy` (req, 1..20480)
#[tokio::test]
async fn policy_of_a_wrong_length_is_refused() {
    let server = Server::start().await;
    let longest = format!("{:<20480}", narrow().to_string());
    server
        .ok("ValidateResourcePolicy", json!({"ResourcePolicy": longest}))
        .await;
    let long = format!("{longest} ");
    for (text, constraint) in [
        ("", "greater than or equal to 1"),
        (long.as_str(), "less than or equal to 20480"),
    ] {
        server
            .call("ValidateResourcePolicy", json!({"ResourcePolicy": text}))
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{text}' at 'resourcePolicy' failed to satisfy \
                     constraint: Member must have length {constraint}"
                ),
            );
    }
}

/// Fact 3.18: Name-syntax check applies to `SecretId` here too.
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused() {
    let server = Server::start().await;
    for id in ["a b", "*?]\\"] {
        server
            .call(
                "ValidateResourcePolicy",
                json!({"SecretId": id, "ResourcePolicy": narrow().to_string()}),
            )
            .await
            .assert_framework_error("ValidationException", INVALID_NAME);
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call(
            "ValidateResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": narrow().to_string()}),
        )
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: fails with MFD: ValidateResourcePolicy
#[tokio::test]
async fn deleted_secret_is_refused() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    server
        .call(
            "ValidateResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": narrow().to_string()}),
        )
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 3.18: Request `ResourcePolicy`, `SecretId` (a policy that passes is not stored)
#[tokio::test]
async fn validated_policy_is_not_stored() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "ValidateResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": narrow().to_string()}),
        )
        .await;
    let stored = server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert!(stored.get("ResourcePolicy").is_none(), "{stored}");
}
