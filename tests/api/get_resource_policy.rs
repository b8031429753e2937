//! Section 3.16: the policy of a secret, as a text.

use serde_json::{Value, json};

use crate::support::{ACCOUNT, MARKED_FOR_DELETION, NOT_FOUND, Server};

/// A policy that lets only the secret's own account in.
fn policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": "*",
            "Condition": {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
        }],
    })
}

/// A server with the secret `settings`, and the secret's ARN.
async fn server_with_secret() -> (Server, Value) {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    (server, arn)
}

/// Stores a policy text for the secret `settings`.
async fn put(server: &Server, text: &str) {
    server
        .ok(
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": text}),
        )
        .await;
}

/// An answer without its `PolicyName`, which must be `default` if it is there.
fn without_name(mut answer: Value) -> Value {
    let name = answer
        .as_object_mut()
        .and_then(|members| members.remove("PolicyName"));
    assert!(name.is_none_or(|name| name == "default"));
    answer
}

/// Fact 3.16: `ResourcePolicy` (JSON **string**; member omitted when there is none).
/// Fact 3.16: Not an error when no policy.
#[tokio::test]
async fn secret_without_a_policy_is_answered_with_arn_and_name() {
    let (server, arn) = server_with_secret().await;
    let answer = server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(
        without_name(answer),
        json!({"ARN": arn, "Name": "settings"})
    );
}

/// Fact 3.16: Response `ARN`, `Name`, `ResourcePolicy` (JSON **string**)
/// Fact 8.1: GetResourcePolicy returns semantically the same document
#[tokio::test]
async fn policy_comes_back_as_a_text_with_the_same_meaning() {
    let (server, arn) = server_with_secret().await;
    for text in [
        policy().to_string(),
        serde_json::to_string_pretty(&policy()).expect("the policy is JSON"),
    ] {
        put(&server, &text).await;

        let mut answer = server
            .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
            .await;

        let stored = answer["ResourcePolicy"].take();
        let stored = stored.as_str().expect("ResourcePolicy is a string");
        let stored: Value = serde_json::from_str(stored).expect("the text is JSON");
        assert_eq!(stored, policy());
        assert_eq!(
            without_name(answer),
            json!({"ARN": arn, "Name": "settings", "ResourcePolicy": null})
        );
    }
}

/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    let (server, arn) = server_with_secret().await;
    put(&server, &policy().to_string()).await;
    let arn = arn.as_str().expect("ARN is a string");
    for id in [arn, &arn[..arn.len() - 7]] {
        let answer = server
            .ok("GetResourcePolicy", json!({"SecretId": id}))
            .await;
        assert_eq!(answer["ARN"], arn);
        assert_eq!(answer["Name"], "settings");
        assert!(answer["ResourcePolicy"].is_string(), "{answer}");
    }
}

/// Fact 3.16: Request `SecretId` (+ `PolicyName`).
/// Fact 3.16: Other `PolicyName` that does not exist → ResourceNotFoundException.
#[tokio::test]
async fn only_the_policy_named_default_is_found() {
    let (server, _) = server_with_secret().await;
    put(&server, &policy().to_string()).await;
    for name in ["other", "Default", "default-2"] {
        server
            .call(
                "GetResourcePolicy",
                json!({"SecretId": "settings", "PolicyName": name}),
            )
            .await
            .assert_code("ResourceNotFoundException");
    }
    let answer = server
        .ok(
            "GetResourcePolicy",
            json!({"SecretId": "settings", "PolicyName": "default"}),
        )
        .await;
    assert!(answer["ResourcePolicy"].is_string(), "{answer}");
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: fails with MFD: GetResourcePolicy
#[tokio::test]
async fn deleted_secret_is_refused() {
    let (server, _) = server_with_secret().await;
    put(&server, &policy().to_string()).await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    server
        .call("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}
