//! `DisableKeyRotation`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{
    assert_date, assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone,
};
use super::enable_key_rotation::{assert_for_symmetric_keys_alone, enable, material};
use super::get_key_rotation_status::{assert_off, status};
use super::list_key_rotations::rotations;
use crate::support::{Answer, Server};

/// Stops a key's automatic rotation.
async fn disable(server: &Server, key: &Value) -> Answer {
    let request = json!({"KeyId": key["KeyId"]});
    server.kms("DisableKeyRotation", request).await
}

/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn rotation_is_off_whether_it_was_on_or_not() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for turns_on in [false, true] {
        if turns_on {
            enable(&server, &key, 90).await;
        }
        let answer = disable(&server, &key).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_off(&status(&server, &key).await);
    }
}

#[tokio::test]
async fn key_keeps_its_material_from_then_on() {
    let server = Server::start().await;
    let key = server.create_key().await;
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(100));
    let rotated = rotations(&server, &key).await;
    let current = material(&server, &key).await;
    assert_eq!(rotated.len(), 1, "{rotated:?}");

    disable(&server, &key).await;
    server.advance(TimeDelta::days(1000));

    assert_eq!(rotations(&server, &key).await, rotated);
    assert_eq!(material(&server, &key).await, current);
}

#[tokio::test]
async fn rotation_begins_anew_when_it_is_enabled_again() {
    let server = Server::start().await;
    let key = server.create_key().await;
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(80));
    disable(&server, &key).await;
    enable(&server, &key, 90).await;
    let next = status(&server, &key).await["NextRotationDate"].clone();
    assert_date(&next, server.now() + TimeDelta::days(90));
}

#[tokio::test]
async fn disabled_key_keeps_rotating_once_it_is_enabled() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"]});
    enable(&server, &key, 90).await;
    server.kms_ok("DisableKey", request.clone()).await;

    let answer = disable(&server, &key).await;
    answer.assert_code("DisabledException");

    server.kms_ok("EnableKey", request).await;
    assert_eq!(status(&server, &key).await["KeyRotationEnabled"], true);
}

#[tokio::test]
async fn only_symmetric_keys_rotate() {
    assert_for_symmetric_keys_alone("DisableKeyRotation").await;
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("DisableKeyRotation", &json!({})).await;
}

#[tokio::test]
async fn managed_key_keeps_rotating() {
    assert_denied_on_the_managed_key("DisableKeyRotation", &json!({})).await;
}
