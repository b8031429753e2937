//! `PutKeyPolicy`.

use serde_json::{Value, json};

use super::describe_key::{assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone};
use super::get_key_policy::policy_of;
use crate::protocol::{assert_violations, at_most, missing, violation};
use crate::support::{ACCOUNT, Answer, Server};

/// What AWS says about a policy that nobody could ever change.
pub(crate) const LOCKED_OUT: &str =
    "The new key policy will not allow you to update the key policy in the future.";
/// Texts that are no policy documents.
pub(crate) const MALFORMED: [&str; 4] = ["no json", "{", "[]", r#""policy""#];

/// A policy with one statement about the account's root.
fn policy(effect: &str, action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Id": "mine",
        "Statement": [{
            "Sid": "root",
            "Effect": effect,
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": action,
            "Resource": "*",
        }],
    })
    .to_string()
}

/// A policy that allows the account's root this action.
pub(crate) fn policy_allowing(action: &str) -> String {
    policy("Allow", action)
}

/// Gives a key a policy, with these other members.
async fn put(server: &Server, key: &Value, policy: &str, members: &Value) -> Answer {
    let mut request = members.clone();
    request["KeyId"] = key["KeyId"].clone();
    request["Policy"] = json!(policy);
    server.kms("PutKeyPolicy", request).await
}

/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn policy_is_replaced() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for (action, members) in [
        ("kms:*", json!({})),
        ("kms:PutKeyPolicy", json!({"PolicyName": "default"})),
        ("*", json!({"BypassPolicyLockoutSafetyCheck": false})),
    ] {
        let policy = policy_allowing(action);
        let answer = put(&server, &key, &policy, &members).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(policy_of(&server, &key).await, policy);
    }
}

#[tokio::test]
async fn other_keys_keep_their_policy() {
    let server = Server::start().await;
    let other = server.create_key().await;
    let key = server.create_key().await;
    let before = policy_of(&server, &other).await;
    put(&server, &key, &policy_allowing("*"), &json!({})).await;
    assert_eq!(policy_of(&server, &other).await, before);
}

#[tokio::test]
async fn text_that_is_no_policy_is_refused() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let before = policy_of(&server, &key).await;
    for policy in MALFORMED {
        for bypass in [false, true] {
            let members = json!({"BypassPolicyLockoutSafetyCheck": bypass});
            let answer = put(&server, &key, policy, &members).await;
            answer.assert_code("MalformedPolicyDocumentException");
        }
    }
    assert_eq!(policy_of(&server, &key).await, before);
}

#[tokio::test]
async fn policy_that_locks_out_needs_the_callers_word() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let before = policy_of(&server, &key).await;
    let policies = [
        policy_allowing("kms:Decrypt"),
        policy_allowing("kms:GetKeyPolicy"),
        policy("Deny", "kms:*"),
    ];
    for policy in &policies {
        for members in [json!({}), json!({"BypassPolicyLockoutSafetyCheck": false})] {
            put(&server, &key, policy, &members)
                .await
                .assert_kms_error("MalformedPolicyDocumentException", LOCKED_OUT);
        }
    }
    assert_eq!(policy_of(&server, &key).await, before);

    let members = json!({"BypassPolicyLockoutSafetyCheck": true});
    let answer = put(&server, &key, &policies[0], &members).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(policy_of(&server, &key).await, policies[0]);
}

#[tokio::test]
async fn there_is_no_policy_but_the_default_one() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let before = policy_of(&server, &key).await;
    let members = json!({"PolicyName": "other"});
    let answer = put(&server, &key, &policy_allowing("*"), &members).await;
    answer.assert_code("UnsupportedOperationException");
    assert_eq!(policy_of(&server, &key).await, before);
}

#[tokio::test]
async fn policy_can_be_put_in_every_state() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for (operation, action) in [("DisableKey", "*"), ("ScheduleKeyDeletion", "kms:*")] {
        server
            .kms_ok(operation, json!({"KeyId": key["KeyId"]}))
            .await;
        let policy = policy_allowing(action);
        put(&server, &key, &policy, &json!({})).await;
        assert_eq!(policy_of(&server, &key).await, policy, "after {operation}");
    }
}

/// Fact 1.5: required member missing
/// Fact 6.5: CreateKey: Policy 1..131072, Description
#[tokio::test]
async fn policy_must_be_there_and_not_too_long() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let answer = server
        .kms("PutKeyPolicy", json!({"KeyId": key["KeyId"]}))
        .await;
    assert_violations(&answer, &[missing("policy")]);

    let policy = policy_allowing("*");
    let longest = format!("{policy}{}", " ".repeat(131_072 - policy.len()));
    let answer = put(&server, &key, &longest, &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let too_long = format!("{longest} ");
    let answer = put(&server, &key, &too_long, &json!({})).await;
    assert_violations(
        &answer,
        &[violation(&too_long, "policy", &at_most(131_072))],
    );
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    let members = json!({"Policy": policy_allowing("kms:*")});
    assert_named_by_id_or_arn_alone("PutKeyPolicy", &members).await;
}

#[tokio::test]
async fn managed_key_keeps_its_policy() {
    let members = json!({"Policy": policy_allowing("kms:*")});
    assert_denied_on_the_managed_key("PutKeyPolicy", &members).await;
}
