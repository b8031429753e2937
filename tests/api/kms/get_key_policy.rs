//! `GetKeyPolicy`.

use serde_json::{Value, json};

use super::create_key::create;
use super::describe_key::{MANAGED, assert_named_by_id_or_arn_alone, describe, text};
use super::put_key_policy::policy_allowing;
use crate::support::{ACCOUNT, Server};

/// A key's policy, as it was put.
pub(crate) async fn policy_of(server: &Server, key: &Value) -> String {
    let request = json!({"KeyId": key["KeyId"]});
    let answer = server.kms_ok("GetKeyPolicy", request).await;
    let policy = text(&answer["Policy"]).to_owned();
    assert_eq!(answer, json!({"Policy": policy, "PolicyName": "default"}));
    policy
}

/// A key's policy as a document.
async fn document_of(server: &Server, key: &Value) -> Value {
    let policy = policy_of(server, key).await;
    serde_json::from_str(&policy).expect("the policy is JSON")
}

#[tokio::test]
async fn new_key_is_its_accounts() {
    let server = Server::start().await;
    let key = server.create_key().await;

    let policy = document_of(&server, &key).await;

    assert_eq!(policy["Id"], "key-default-1");
    assert_eq!(
        policy["Statement"],
        json!([{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": "kms:*",
            "Resource": "*",
        }])
    );
}

#[tokio::test]
async fn policy_is_shown_as_it_was_given() {
    let server = Server::start().await;
    let policy = format!("\n  {}\t ", policy_allowing("kms:*").replace(',', " ,\r\n"));
    let key = create(&server, json!({"Policy": policy})).await;
    assert_eq!(policy_of(&server, &key).await, policy);
}

#[tokio::test]
async fn the_only_policy_is_named_default() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let mut request = json!({"KeyId": key["KeyId"], "PolicyName": "default"});
    let answer = server.kms_ok("GetKeyPolicy", request.clone()).await;
    assert_eq!(answer["Policy"], policy_of(&server, &key).await);

    request["PolicyName"] = json!("other");
    server
        .kms("GetKeyPolicy", request)
        .await
        .assert_kms_error("NotFoundException", "No such policy exists");
}

/// Fact 6.3: key policy id `auto-secretsmanager-1`: all principals of the account via the service; nobody else
#[tokio::test]
async fn managed_key_works_through_secrets_manager_alone() {
    let server = Server::start().await;
    let key = describe(&server, &json!(MANAGED)).await;

    let policy = document_of(&server, &key).await;

    assert_eq!(policy["Id"], "auto-secretsmanager-1");
    let policy = policy.to_string();
    for part in [
        ACCOUNT,
        r#""kms:ViaService":"secretsmanager.us-east-1.amazonaws.com""#,
    ] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("GetKeyPolicy", &json!({})).await;
}
