//! `DisableKey`.

use serde_json::{Value, json};

use super::describe_key::{
    assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone, describe, text,
};
use crate::support::{Answer, Server};

/// Disables a key.
async fn disable(server: &Server, key: &Value) -> Answer {
    let request = json!({"KeyId": key["KeyId"]});
    server.kms("DisableKey", request).await
}

/// Fact 6.5: EnableKey, DisableKey: KeyId (id or
/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn key_becomes_disabled_and_stays_so() {
    let server = Server::start().await;
    let mut key = server.create_key().await;
    key["Enabled"] = json!(false);
    key["KeyState"] = json!("Disabled");
    for _ in 0..2 {
        let answer = disable(&server, &key).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(describe(&server, &key["KeyId"]).await, key);
    }
}

/// Fact 6.5: `DisabledException`: {key ARN} is disabled.
#[tokio::test]
async fn disabled_key_encrypts_nothing_and_others_do() {
    let server = Server::start().await;
    let other = server.create_key().await;
    let key = server.create_key().await;
    disable(&server, &key).await;

    let mut request = json!({"KeyId": key["KeyId"], "Plaintext": "b25l"});
    server
        .kms("Encrypt", request.clone())
        .await
        .assert_kms_error(
            "DisabledException",
            &format!("{} is disabled.", text(&key["Arn"])),
        );
    request["KeyId"] = other["KeyId"].clone();
    server.kms_ok("Encrypt", request).await;
}

/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn key_that_is_pending_deletion_stays_so() {
    let server = Server::start().await;
    let key = server.create_key().await;
    server
        .kms_ok("ScheduleKeyDeletion", json!({"KeyId": key["KeyId"]}))
        .await;
    let before = describe(&server, &key["KeyId"]).await;

    disable(&server, &key).await.assert_kms_error(
        "KMSInvalidStateException",
        &format!("{} is pending deletion.", text(&key["Arn"])),
    );

    assert_eq!(describe(&server, &key["KeyId"]).await, before);
}

/// Fact 6.5: EnableKey, DisableKey: KeyId (id or ARN, not alias)
#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("DisableKey", &json!({})).await;
}

#[tokio::test]
async fn managed_key_cannot_be_disabled() {
    assert_denied_on_the_managed_key("DisableKey", &json!({})).await;
}
