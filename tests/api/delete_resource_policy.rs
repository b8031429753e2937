//! Section 3.17: the policy of a secret is removed.

use serde_json::{Value, json};

use crate::support::{MARKED_FOR_DELETION, NOT_FOUND, Server};

/// A policy that lets everyone read.
fn policy() -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        }],
    })
    .to_string()
}

/// A server with the secret `settings`, which has a policy, and the secret's ARN.
async fn server_with_policy() -> (Server, Value) {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    put(&server).await;
    (server, arn)
}

/// Stores the policy for the secret `settings`.
async fn put(server: &Server) {
    server
        .ok(
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        )
        .await;
}

/// Removes the policy of a secret; returns the answer without its `PolicyName`, which must be `default` if it is there.
async fn delete(server: &Server, secret_id: &str) -> Value {
    let mut answer = server
        .ok("DeleteResourcePolicy", json!({"SecretId": secret_id}))
        .await;
    let name = answer
        .as_object_mut()
        .and_then(|members| members.remove("PolicyName"));
    assert!(name.is_none_or(|name| name == "default"));
    answer
}

/// Whether the secret `settings` has a policy.
async fn has_policy(server: &Server) -> bool {
    server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await
        .get("ResourcePolicy")
        .is_some()
}

/// Fact 3.17: Response `ARN`, `Name`.
#[tokio::test]
async fn policy_is_gone_and_the_answer_is_arn_and_name() {
    let (server, arn) = server_with_policy().await;
    assert!(has_policy(&server).await);

    let answer = delete(&server, "settings").await;

    assert_eq!(answer, json!({"ARN": arn, "Name": "settings"}));
    assert!(!has_policy(&server).await);
}

/// Fact 3.17: Succeeds when there is no policy.
#[tokio::test]
async fn secret_without_a_policy_is_answered_alike() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    for _ in 0..2 {
        assert_eq!(
            delete(&server, "settings").await,
            json!({"ARN": arn, "Name": "settings"})
        );
    }
}

/// Fact 3.17: Response `ARN`, `Name`. (and a policy can be stored again)
#[tokio::test]
async fn policy_can_be_stored_again() {
    let (server, _) = server_with_policy().await;
    delete(&server, "settings").await;
    put(&server).await;
    assert!(has_policy(&server).await);
}

/// Fact 3.17: Response `ARN`, `Name`. (other secrets keep their policy)
#[tokio::test]
async fn other_secrets_keep_their_policy() {
    let (server, _) = server_with_policy().await;
    server.create("other", "v1", "one").await;
    delete(&server, "other").await;
    assert!(has_policy(&server).await);
}

/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    let (server, arn) = server_with_policy().await;
    let full = arn.as_str().expect("ARN is a string");
    for id in [full, &full[..full.len() - 7]] {
        put(&server).await;
        assert_eq!(
            delete(&server, id).await,
            json!({"ARN": arn, "Name": "settings"})
        );
        assert!(!has_policy(&server).await);
    }
}

/// Fact 3.17: Request `SecretId` (+ `PolicyName`, only `default`, else InvalidParameterException).
#[tokio::test]
async fn policy_can_only_be_named_default() {
    let (server, _) = server_with_policy().await;
    for name in ["other", "Default", "default-2"] {
        server
            .call(
                "DeleteResourcePolicy",
                json!({"SecretId": "settings", "PolicyName": name}),
            )
            .await
            .assert_code("InvalidParameterException");
        assert!(has_policy(&server).await, "{name}");
    }
    server
        .ok(
            "DeleteResourcePolicy",
            json!({"SecretId": "settings", "PolicyName": "default"}),
        )
        .await;
    assert!(!has_policy(&server).await);
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call("DeleteResourcePolicy", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.17: Deleted secret → MFD.
#[tokio::test]
async fn deleted_secret_is_refused_and_keeps_its_policy() {
    let (server, _) = server_with_policy().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    server
        .call("DeleteResourcePolicy", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    assert!(has_policy(&server).await);
}
