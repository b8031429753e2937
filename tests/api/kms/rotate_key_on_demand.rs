//! `RotateKeyOnDemand`: a key gets new material at once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{
    assert_date, assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone, text,
};
use super::enable_key_rotation::{assert_for_symmetric_keys_alone, enable, material};
use super::get_key_rotation_status::{assert_off, status};
use super::list_key_rotations::rotations;
use crate::support::{Answer, Server};

/// Rotates a key.
async fn rotate(server: &Server, key: &Value) -> Answer {
    let request = json!({"KeyId": key["KeyId"]});
    server.kms("RotateKeyOnDemand", request).await
}

/// Encrypts something; returns the ciphertext.
async fn encrypt(server: &Server, key: &Value) -> Value {
    let request = json!({"KeyId": key["KeyId"], "Plaintext": "b25l"});
    server.kms_ok("Encrypt", request).await["CiphertextBlob"].clone()
}

/// Decrypts what `encrypt` encrypted; returns the id of the material that did it.
async fn decrypt(server: &Server, ciphertext: &Value) -> Value {
    let request = json!({"CiphertextBlob": ciphertext});
    let decrypted = server.kms_ok("Decrypt", request).await;
    assert_eq!(decrypted["Plaintext"], "b25l");
    decrypted["KeyMaterialId"].clone()
}

/// Fact 6.5: RotateKeyOnDemand: KeyId (ARN)
#[tokio::test]
async fn key_gets_new_material() {
    let server = Server::start().await;
    let key = server.create_key().await;

    let answer = rotate(&server, &key).await;

    assert_eq!(answer.json(), json!({"KeyId": key["Arn"]}));
    let current = material(&server, &key).await;
    assert_ne!(current, key["CurrentKeyMaterialId"]);
    let rotations = rotations(&server, &key).await;
    assert_eq!(rotations.len(), 1, "{rotations:?}");
    assert_eq!(rotations[0]["KeyMaterialId"], current);
    assert_eq!(rotations[0]["RotationType"], "ON_DEMAND");
    assert_date(&rotations[0]["RotationDate"], server.now());
}

/// Fact 6.5: Key-state effects: Disabled blocks ... Old ciphertexts still decrypt after key rotation.
#[tokio::test]
async fn ciphertexts_name_the_material_that_made_them() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let old = encrypt(&server, &key).await;
    rotate(&server, &key).await;
    let new = encrypt(&server, &key).await;

    assert_eq!(decrypt(&server, &old).await, key["CurrentKeyMaterialId"]);
    assert_eq!(decrypt(&server, &new).await, material(&server, &key).await);
}

#[tokio::test]
async fn automatic_rotation_is_not_moved() {
    let server = Server::start().await;
    let key = server.create_key().await;
    enable(&server, &key, 90).await;
    let before = status(&server, &key).await["NextRotationDate"].clone();
    server.advance(TimeDelta::days(10));

    rotate(&server, &key).await;

    let after = status(&server, &key).await["NextRotationDate"].clone();
    assert_eq!(after, before);
    server.advance(TimeDelta::days(81));
    let types: Vec<Value> = rotations(&server, &key)
        .await
        .iter()
        .map(|rotation| rotation["RotationType"].clone())
        .collect();
    assert_eq!(types, ["ON_DEMAND", "AUTOMATIC"]);
}

#[tokio::test]
async fn automatic_rotation_is_not_turned_on() {
    let server = Server::start().await;
    let key = server.create_key().await;
    rotate(&server, &key).await;
    server.advance(TimeDelta::days(1));
    assert_off(&status(&server, &key).await);
}

/// Fact 6.5: `LimitExceededException` on-demand rotation
#[tokio::test]
async fn key_may_be_rotated_25_times() {
    let server = Server::start().await;
    let key = server.create_key().await;
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(100));
    for _ in 0..25 {
        let answer = rotate(&server, &key).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let current = material(&server, &key).await;

    rotate(&server, &key).await.assert_kms_error(
        "LimitExceededException",
        &format!(
            "The on-demand rotations limit has been reached for the given keyId. \
             No more on-demand rotations can be performed for this key: {}",
            text(&key["Arn"])
        ),
    );

    assert_eq!(material(&server, &key).await, current);
    assert_eq!(rotations(&server, &key).await.len(), 26);
    let other = server.create_key().await;
    assert_eq!(rotate(&server, &other).await.status, 200);
}

#[tokio::test]
async fn disabled_key_keeps_its_material() {
    let server = Server::start().await;
    let key = server.create_key().await;
    server
        .kms_ok("DisableKey", json!({"KeyId": key["KeyId"]}))
        .await;
    let answer = rotate(&server, &key).await;
    answer.assert_code("DisabledException");
    assert_eq!(material(&server, &key).await, key["CurrentKeyMaterialId"]);
}

/// Fact 6.5: `UnsupportedOperationException` RotateKeyOnDemand on asymmetric: no message
#[tokio::test]
async fn only_symmetric_keys_rotate() {
    assert_for_symmetric_keys_alone("RotateKeyOnDemand").await;
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("RotateKeyOnDemand", &json!({})).await;
}

#[tokio::test]
async fn rotation_of_the_managed_key_is_not_the_callers() {
    assert_denied_on_the_managed_key("RotateKeyOnDemand", &json!({})).await;
}
