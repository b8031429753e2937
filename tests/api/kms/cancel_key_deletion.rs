//! `CancelKeyDeletion`: a key that waits for its end comes back, disabled.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{
    assert_denied_on_the_managed_key, assert_no_other_names, describe, does_not_exist, text,
};
use crate::support::{Answer, Server};

/// Calls an operation whose only member is the key.
async fn set(server: &Server, operation: &str, key: &Value) -> Answer {
    server.kms(operation, json!({"KeyId": key["KeyId"]})).await
}

/// Asserts that a key is not pending deletion, and stays as it is.
async fn assert_not_pending(server: &Server, key: &Value) {
    let before = describe(server, &key["KeyId"]).await;
    set(server, "CancelKeyDeletion", key)
        .await
        .assert_kms_error(
            "KMSInvalidStateException",
            &format!("{} is not pending deletion.", text(&key["Arn"])),
        );
    assert_eq!(describe(server, &key["KeyId"]).await, before);
}

/// Fact 6.5: CancelKeyDeletion: KeyId (ARN); key becomes **Disabled**
#[tokio::test]
async fn key_becomes_disabled_whatever_it_was() {
    let server = Server::start().await;
    for (way, name) in [("EnableKey", "KeyId"), ("DisableKey", "Arn")] {
        let mut key = server.create_key().await;
        set(&server, way, &key).await;
        set(&server, "ScheduleKeyDeletion", &key).await;

        let request = json!({"KeyId": key[name]});
        let answer = server.kms_ok("CancelKeyDeletion", request).await;

        assert_eq!(answer, json!({"KeyId": key["Arn"]}));
        key["Enabled"] = json!(false);
        key["KeyState"] = json!("Disabled");
        assert_eq!(describe(&server, &key["KeyId"]).await, key, "{way}");
    }
}

/// Fact 6.5: cancel when not pending
#[tokio::test]
async fn there_must_be_a_deletion_to_cancel() {
    let server = Server::start().await;
    let key = server.create_key().await;
    assert_not_pending(&server, &key).await;
    set(&server, "DisableKey", &key).await;
    assert_not_pending(&server, &key).await;
    set(&server, "ScheduleKeyDeletion", &key).await;
    set(&server, "CancelKeyDeletion", &key).await;
    assert_not_pending(&server, &key).await;
}

#[tokio::test]
async fn key_outlives_the_date_and_works_when_it_is_enabled() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"], "Plaintext": "b25l"});
    let encrypted = server.kms_ok("Encrypt", request).await;
    set(&server, "ScheduleKeyDeletion", &key).await;
    server.advance(TimeDelta::days(29));
    set(&server, "CancelKeyDeletion", &key).await;
    server.advance(TimeDelta::days(30));

    let request = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
    let answer = server.kms("Decrypt", request.clone()).await;
    answer.assert_code("DisabledException");
    set(&server, "EnableKey", &key).await;
    let decrypted = server.kms_ok("Decrypt", request).await;
    assert_eq!(decrypted["Plaintext"], "b25l");
    assert_eq!(describe(&server, &key["KeyId"]).await, key);
}

/// Fact 6.5: `NotFoundException` key (well-formed id)
#[tokio::test]
async fn gone_key_does_not_come_back() {
    let server = Server::start().await;
    let key = server.create_key().await;
    set(&server, "ScheduleKeyDeletion", &key).await;
    server.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
    set(&server, "CancelKeyDeletion", &key)
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(text(&key["Arn"])));
}

#[tokio::test]
async fn window_of_a_second_deletion_is_counted_anew() {
    let server = Server::start().await;
    let key = server.create_key().await;
    set(&server, "ScheduleKeyDeletion", &key).await;
    server.advance(TimeDelta::days(20));
    set(&server, "CancelKeyDeletion", &key).await;
    set(&server, "ScheduleKeyDeletion", &key).await;
    server.advance(TimeDelta::days(20));
    let described = describe(&server, &key["KeyId"]).await;
    assert_eq!(described["KeyState"], "PendingDeletion");
}

#[tokio::test]
async fn no_other_names_find_the_key() {
    assert_no_other_names("CancelKeyDeletion", &json!({})).await;
}

#[tokio::test]
async fn managed_key_has_no_deletion_to_cancel() {
    assert_denied_on_the_managed_key("CancelKeyDeletion", &json!({})).await;
}
