//! `EnableKey`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{
    assert_date, assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone, describe, text,
};
use super::list_key_rotations::rotations;
use crate::support::{Answer, Server};

/// Calls an operation whose only member is the key.
async fn set(server: &Server, operation: &str, key: &Value) -> Answer {
    server.kms(operation, json!({"KeyId": key["KeyId"]})).await
}

/// A key that rotates every 90 days.
async fn rotating_key(server: &Server) -> Value {
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"], "RotationPeriodInDays": 90});
    server.kms_ok("EnableKeyRotation", request).await;
    key
}

/// Fact 6.5: EnableKey, DisableKey: KeyId (id or
/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn disabled_key_becomes_enabled_and_stays_so() {
    let server = Server::start().await;
    let key = server.create_key().await;
    set(&server, "DisableKey", &key).await;
    for _ in 0..2 {
        let answer = set(&server, "EnableKey", &key).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(describe(&server, &key["KeyId"]).await, key);
    }
}

#[tokio::test]
async fn enabled_key_decrypts_what_it_encrypted_before_it_was_disabled() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"], "Plaintext": "b25l"});
    let encrypted = server.kms_ok("Encrypt", request).await;
    set(&server, "DisableKey", &key).await;

    set(&server, "EnableKey", &key).await;

    let request = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
    let decrypted = server.kms_ok("Decrypt", request).await;
    assert_eq!(decrypted["Plaintext"], "b25l");
}

#[tokio::test]
async fn overdue_rotation_is_made_when_the_key_is_enabled() {
    let server = Server::start().await;
    let key = rotating_key(&server).await;
    server.advance(TimeDelta::days(50));
    set(&server, "DisableKey", &key).await;
    server.advance(TimeDelta::days(50));
    assert_eq!(rotations(&server, &key).await, Vec::<Value>::new());
    let disabled = describe(&server, &key["KeyId"]).await;
    assert_eq!(
        disabled["CurrentKeyMaterialId"],
        key["CurrentKeyMaterialId"]
    );

    set(&server, "EnableKey", &key).await;

    let rotations = rotations(&server, &key).await;
    assert_eq!(rotations.len(), 1, "{rotations:?}");
    assert_eq!(rotations[0]["RotationType"], "AUTOMATIC");
    assert_date(&rotations[0]["RotationDate"], server.now());
    let enabled = describe(&server, &key["KeyId"]).await;
    assert_eq!(
        enabled["CurrentKeyMaterialId"],
        rotations[0]["KeyMaterialId"]
    );
    assert_ne!(enabled["CurrentKeyMaterialId"], key["CurrentKeyMaterialId"]);
}

#[tokio::test]
async fn rotation_that_is_not_due_waits_for_its_time() {
    let server = Server::start().await;
    let key = rotating_key(&server).await;
    let due = server.now() + TimeDelta::days(90);
    set(&server, "DisableKey", &key).await;
    server.advance(TimeDelta::days(80));

    set(&server, "EnableKey", &key).await;

    assert_eq!(rotations(&server, &key).await, Vec::<Value>::new());
    server.advance(TimeDelta::days(20));
    let rotations = rotations(&server, &key).await;
    assert_eq!(rotations.len(), 1, "{rotations:?}");
    assert_date(&rotations[0]["RotationDate"], due);
}

/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn key_that_is_pending_deletion_stays_so() {
    let server = Server::start().await;
    let key = server.create_key().await;
    set(&server, "ScheduleKeyDeletion", &key).await;
    let before = describe(&server, &key["KeyId"]).await;

    set(&server, "EnableKey", &key).await.assert_kms_error(
        "KMSInvalidStateException",
        &format!("{} is pending deletion.", text(&key["Arn"])),
    );

    assert_eq!(describe(&server, &key["KeyId"]).await, before);
}

/// Fact 6.5: EnableKey, DisableKey: KeyId (id or ARN, not alias)
#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("EnableKey", &json!({})).await;
}

#[tokio::test]
async fn managed_key_cannot_be_enabled() {
    assert_denied_on_the_managed_key("EnableKey", &json!({})).await;
}
