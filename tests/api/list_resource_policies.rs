//! Section 3.24: the names of a secret's policies.

use serde_json::{Value, json};

use crate::support::{NOT_FOUND, Server};

/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";

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

/// A server with the secret `settings`, which has a policy.
async fn server_with_policy() -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        )
        .await;
    server
}

/// Lists the policies of the secret `settings`.
async fn list(server: &Server) -> Value {
    server
        .ok("ListResourcePolicies", json!({"SecretId": "settings"}))
        .await
}

/// Asserts that an answer lists no policy.
#[track_caller]
fn assert_no_policies(answer: &Value) {
    let policies = answer.get("ResourcePolicies");
    assert!(
        policies.is_none_or(|policies| policies == &json!([])),
        "{answer}"
    );
    assert!(answer.get("NextToken").is_none(), "{answer}");
}

/// Fact 3.24: ListResourcePolicies: ResourcePolicies: [{PolicyName}], `default` first
#[tokio::test]
async fn policy_is_named_default() {
    let server = server_with_policy().await;
    assert_eq!(
        list(&server).await,
        json!({"ResourcePolicies": [{"PolicyName": "default"}]})
    );
}

/// Fact 3.24: ListResourcePolicies: ResourcePolicies: [{PolicyName}]
#[tokio::test]
async fn secret_without_a_policy_has_none_to_list() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    assert_no_policies(&list(&server).await);
}

/// Fact 3.24: ListResourcePolicies: ResourcePolicies: [{PolicyName}] (until it is removed)
#[tokio::test]
async fn removed_policy_is_listed_no_more() {
    let server = server_with_policy().await;
    server
        .ok("DeleteResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert_no_policies(&list(&server).await);
}

/// Fact 3.24: ListResourcePolicies: SecretId*, MaxResults 1..100
#[tokio::test]
async fn page_of_any_size_holds_the_one_policy() {
    let server = server_with_policy().await;
    for size in [1, 2, 100] {
        let answer = server
            .ok(
                "ListResourcePolicies",
                json!({"SecretId": "settings", "MaxResults": size}),
            )
            .await;
        assert_eq!(
            answer,
            json!({"ResourcePolicies": [{"PolicyName": "default"}]})
        );
    }
}

/// Fact 3.24: ListResourcePolicies: MaxResults 1..100
#[tokio::test]
async fn page_size_outside_1_to_100_is_refused() {
    let server = server_with_policy().await;
    for (size, constraint) in [
        (0, "greater than or equal to 1"),
        (101, "less than or equal to 100"),
    ] {
        server
            .call(
                "ListResourcePolicies",
                json!({"SecretId": "settings", "MaxResults": size}),
            )
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: \
                     Member must have value {constraint}"
                ),
            );
    }
}

/// Fact 3.24: ListResourcePolicies: NextToken
#[tokio::test]
async fn token_that_was_never_given_is_refused() {
    let server = server_with_policy().await;
    for token in ["x", "AAAA", "default"] {
        server
            .call(
                "ListResourcePolicies",
                json!({"SecretId": "settings", "NextToken": token}),
            )
            .await
            .assert_code("InvalidNextTokenException");
    }
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    let server = server_with_policy().await;
    let by_name = list(&server).await;
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    let arn = described["ARN"].as_str().expect("ARN is a string");
    for id in [arn, &arn[..arn.len() - 7]] {
        let answer = server
            .ok("ListResourcePolicies", json!({"SecretId": id}))
            .await;
        assert_eq!(answer, by_name);
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call("ListResourcePolicies", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 1.6: name has a forbidden character: (also for `SecretId` in every operation when it is not an ARN)
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused() {
    let server = Server::start().await;
    server
        .call("ListResourcePolicies", json!({"SecretId": "a b"}))
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}
