//! `ListKeyPolicies`.

use serde_json::json;

use super::describe_key::{MANAGED, assert_named_by_id_or_arn_alone, describe};
use super::list_keys::assert_limit_is_judged;
use super::put_key_policy::policy_allowing;
use crate::support::Server;

#[tokio::test]
async fn every_key_has_one_policy_named_default() {
    let server = Server::start().await;
    let expected = json!({"PolicyNames": ["default"], "Truncated": false});
    let key = server.create_key().await;
    let managed = describe(&server, &json!(MANAGED)).await;
    for key in [&key, &managed] {
        let request = json!({"KeyId": key["KeyId"]});
        let answer = server.kms_ok("ListKeyPolicies", request).await;
        assert_eq!(answer, expected, "{key}");
    }

    let request = json!({"KeyId": key["KeyId"], "Policy": policy_allowing("kms:*")});
    server.kms_ok("PutKeyPolicy", request).await;

    let request = json!({"KeyId": key["KeyId"], "Limit": 1});
    let answer = server.kms_ok("ListKeyPolicies", request).await;
    assert_eq!(answer, expected);
}

/// Fact 1.5: number too big
/// Fact 1.5: number too small
#[tokio::test]
async fn limit_is_judged() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"]});
    assert_limit_is_judged(&server, "ListKeyPolicies", &request).await;
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("ListKeyPolicies", &json!({})).await;
}
