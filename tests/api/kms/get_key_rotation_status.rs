//! `GetKeyRotationStatus`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{MANAGED, assert_date, assert_named_by_id_or_arn_alone, describe};
use super::enable_key_rotation::{assert_for_symmetric_keys_alone, enable};
use crate::support::Server;

/// A key's `GetKeyRotationStatus`, without its `KeyId`.
pub(crate) async fn status(server: &Server, key: &Value) -> Value {
    let request = json!({"KeyId": key["KeyId"]});
    let mut status = server.kms_ok("GetKeyRotationStatus", request).await;
    let members = status.as_object_mut().expect("the answer is an object");
    let key_id = members.remove("KeyId").expect("KeyId is there");
    assert!(key_id == key["KeyId"] || key_id == key["Arn"], "{key_id}");
    status
}

/// Asserts that a status says that the key does not rotate, and nothing else.
#[track_caller]
pub(crate) fn assert_off(status: &Value) {
    assert_eq!(status, &json!({"KeyRotationEnabled": false}));
}

/// Fact 6.5: GetKeyRotationStatus: KeyId, KeyRotationEnabled; RotationPeriodInDays and NextRotationDate only when enabled
#[tokio::test]
async fn period_and_next_date_are_shown_only_while_rotation_is_on() {
    let server = Server::start().await;
    let key = server.create_key().await;
    assert_off(&status(&server, &key).await);

    enable(&server, &key, 90).await;
    let on = status(&server, &key).await;
    assert_eq!(
        on,
        json!({
            "KeyRotationEnabled": true,
            "RotationPeriodInDays": 90,
            "NextRotationDate": on["NextRotationDate"],
        })
    );

    let request = json!({"KeyId": key["KeyId"]});
    server.kms_ok("DisableKeyRotation", request).await;
    assert_off(&status(&server, &key).await);
}

/// Fact 6.5: GetKeyRotationStatus: KeyId, KeyRotationEnabled; RotationPeriodInDays and NextRotationDate
#[tokio::test]
async fn next_date_moves_with_each_rotation() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let start = server.now();
    enable(&server, &key, 90).await;
    for (passed, next) in [(0, 90), (89, 90), (91, 180), (181, 270)] {
        let now = start + TimeDelta::days(passed);
        server.advance(now - server.now());
        let date = status(&server, &key).await["NextRotationDate"].clone();
        assert_date(&date, start + TimeDelta::days(next));
    }
}

#[tokio::test]
async fn rotation_is_off_while_the_deletion_is_pending_and_comes_back() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"]});
    enable(&server, &key, 120).await;

    server.kms_ok("ScheduleKeyDeletion", request.clone()).await;
    assert_eq!(status(&server, &key).await["KeyRotationEnabled"], false);

    server.kms_ok("CancelKeyDeletion", request).await;
    let status = status(&server, &key).await;
    assert_eq!(status["KeyRotationEnabled"], true);
    assert_eq!(status["RotationPeriodInDays"], 120);
}

#[tokio::test]
async fn deletion_does_not_turn_rotation_on() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"]});
    for operation in ["ScheduleKeyDeletion", "CancelKeyDeletion"] {
        server.kms_ok(operation, request.clone()).await;
        assert_off(&status(&server, &key).await);
    }
}

#[tokio::test]
async fn managed_key_rotates_once_a_year() {
    let server = Server::start().await;
    let key = describe(&server, &json!(MANAGED)).await;
    let status = status(&server, &key).await;
    assert_eq!(status["KeyRotationEnabled"], true);
    assert_eq!(status["RotationPeriodInDays"], 365);
}

#[tokio::test]
async fn only_symmetric_keys_rotate() {
    assert_for_symmetric_keys_alone("GetKeyRotationStatus").await;
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("GetKeyRotationStatus", &json!({})).await;
}
