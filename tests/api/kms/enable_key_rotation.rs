//! `EnableKeyRotation`: a key gets new material once a period.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::create_key::create;
use super::describe_key::{
    assert_date, assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone, describe, text,
};
use super::get_key_rotation_status::status;
use super::list_key_rotations::rotations;
use crate::protocol::{assert_violations, violation};
use crate::support::{Answer, Server};

/// Asserts that an operation on rotation is unsupported for keys that are not symmetric.
pub(crate) async fn assert_for_symmetric_keys_alone(operation: &str) {
    let server = Server::start().await;
    for (spec, usage) in [
        ("RSA_2048", "ENCRYPT_DECRYPT"),
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ] {
        let key = create(&server, json!({"KeySpec": spec, "KeyUsage": usage})).await;
        server
            .kms(operation, json!({"KeyId": key["KeyId"]}))
            .await
            .assert_silent_error("UnsupportedOperationException");
    }
}

/// Makes a key rotate once in so many days.
pub(crate) async fn enable(server: &Server, key: &Value, days: i64) -> Answer {
    let request = json!({"KeyId": key["KeyId"], "RotationPeriodInDays": days});
    server.kms("EnableKeyRotation", request).await
}

/// The id of a key's current material.
pub(crate) async fn material(server: &Server, key: &Value) -> Value {
    describe(server, &key["KeyId"]).await["CurrentKeyMaterialId"].clone()
}

/// Fact 6.5: EnableKeyRotation: KeyId, RotationPeriodInDays 90..2560 (default 365)
/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn period_is_365_days_unless_told_otherwise() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"]});
    let answer = server.kms("EnableKeyRotation", request).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));

    let status = status(&server, &key).await;
    assert_eq!(status["RotationPeriodInDays"], 365);
    let due = server.now() + TimeDelta::days(365);
    assert_date(&status["NextRotationDate"], due);
    assert_eq!(describe(&server, &key["KeyId"]).await, key);
}

/// Fact 6.5: EnableKeyRotation: KeyId, RotationPeriodInDays 90..2560
#[tokio::test]
async fn period_must_be_of_90_to_2560_days() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for (days, constraint) in [
        (89, "have value greater than or equal to 90"),
        (2561, "have value less than or equal to 2560"),
    ] {
        let answer = enable(&server, &key, days).await;
        let expected = violation(&days.to_string(), "rotationPeriodInDays", constraint);
        assert_violations(&answer, &[expected]);
    }
    assert_eq!(status(&server, &key).await["KeyRotationEnabled"], false);
    for days in [90, 2560] {
        let answer = enable(&server, &key, days).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(status(&server, &key).await["RotationPeriodInDays"], days);
    }
}

#[tokio::test]
async fn key_gets_new_material_when_the_period_is_over() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let due = server.now() + TimeDelta::days(365);
    enable(&server, &key, 365).await;

    server.advance(TimeDelta::days(365) - TimeDelta::seconds(1));
    assert_eq!(rotations(&server, &key).await, Vec::<Value>::new());
    assert_eq!(material(&server, &key).await, key["CurrentKeyMaterialId"]);

    server.advance(TimeDelta::days(1));
    let current = material(&server, &key).await;
    assert_ne!(current, key["CurrentKeyMaterialId"]);
    let rotations = rotations(&server, &key).await;
    assert_eq!(rotations.len(), 1, "{rotations:?}");
    assert_eq!(rotations[0]["KeyMaterialId"], current);
    assert_eq!(rotations[0]["RotationType"], "AUTOMATIC");
    assert_date(&rotations[0]["RotationDate"], due);
}

#[tokio::test]
async fn key_rotates_in_every_period() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let start = server.now();
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(300));

    let rotations = rotations(&server, &key).await;
    assert_eq!(rotations.len(), 3, "{rotations:?}");
    for (rotation, days) in rotations.iter().zip([90, 180, 270]) {
        assert_date(&rotation["RotationDate"], start + TimeDelta::days(days));
    }
    let next = status(&server, &key).await["NextRotationDate"].clone();
    assert_date(&next, start + TimeDelta::days(360));
}

/// Fact 6.5: Key-state effects: Disabled blocks ... Old ciphertexts still decrypt after key rotation.
#[tokio::test]
async fn old_ciphertexts_still_decrypt() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"], "Plaintext": "b25l"});
    let encrypted = server.kms_ok("Encrypt", request).await;
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(200));

    let request = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
    let decrypted = server.kms_ok("Decrypt", request).await;

    assert_eq!(decrypted["Plaintext"], "b25l");
    assert_eq!(decrypted["KeyMaterialId"], key["CurrentKeyMaterialId"]);
}

#[tokio::test]
async fn another_period_counts_from_the_call_that_sets_it() {
    let server = Server::start().await;
    let key = server.create_key().await;
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(60));
    let due = server.now() + TimeDelta::days(100);
    enable(&server, &key, 100).await;

    let status = status(&server, &key).await;
    assert_eq!(status["RotationPeriodInDays"], 100);
    assert_date(&status["NextRotationDate"], due);
    server.advance(TimeDelta::days(99));
    assert_eq!(rotations(&server, &key).await, Vec::<Value>::new());
    server.advance(TimeDelta::days(2));
    assert_eq!(rotations(&server, &key).await.len(), 1);
}

#[tokio::test]
async fn other_keys_do_not_rotate() {
    let server = Server::start().await;
    let other = server.create_key().await;
    let key = server.create_key().await;
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(100));
    assert_eq!(describe(&server, &other["KeyId"]).await, other);
    assert_eq!(status(&server, &other).await["KeyRotationEnabled"], false);
}

/// Fact 6.5: `DisabledException`: {key ARN} is disabled.
#[tokio::test]
async fn disabled_key_does_not_begin_to_rotate() {
    let server = Server::start().await;
    let key = server.create_key().await;
    server
        .kms_ok("DisableKey", json!({"KeyId": key["KeyId"]}))
        .await;

    enable(&server, &key, 90).await.assert_kms_error(
        "DisabledException",
        &format!("{} is disabled.", text(&key["Arn"])),
    );

    assert_eq!(status(&server, &key).await["KeyRotationEnabled"], false);
}

#[tokio::test]
async fn only_symmetric_keys_rotate() {
    assert_for_symmetric_keys_alone("EnableKeyRotation").await;
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("EnableKeyRotation", &json!({})).await;
}

#[tokio::test]
async fn rotation_of_the_managed_key_is_not_the_callers() {
    assert_denied_on_the_managed_key("EnableKeyRotation", &json!({})).await;
}
