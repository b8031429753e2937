//! `GenerateDataKeyWithoutPlaintext`: a new key, sealed alone.

use serde_json::json;

use super::fixtures::{current_material, key, text};
use super::generate_data_key::{
    assert_needs_a_symmetric_key, assert_needs_an_enabled_key, assert_needs_spec_or_size,
    assert_runs_dry, assert_seals_with_the_current_material, assert_validates_spec_and_size,
    generate, sizes, unsealed,
};
use crate::support::Server;

/// The operation.
const OPERATION: &str = "GenerateDataKeyWithoutPlaintext";

/// Fact 6.5: GenerateDataKeyWithoutPlaintext same
#[tokio::test]
async fn data_key_has_the_size_asked_for() {
    let server = Server::start().await;
    let key = key(&server).await;
    for (mut request, length) in sizes() {
        request["KeyId"] = json!(key);
        let answer = server.kms_ok(OPERATION, request).await;
        assert_eq!(unsealed(&server, &answer, &json!({})).await.len(), length);
    }
}

/// Fact 6.5: GenerateDataKeyWithoutPlaintext same
#[tokio::test]
async fn answer_has_no_plaintext() {
    let server = Server::start().await;
    let key = key(&server).await;

    let mut answer = generate(&server, OPERATION, &key, json!({})).await.json();

    assert!(answer["CiphertextBlob"].take().is_string());
    let material = current_material(&server, &key).await;
    assert_eq!(
        answer,
        json!({"CiphertextBlob": null, "KeyId": key, "KeyMaterialId": material})
    );
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[tokio::test]
async fn data_key_opens_with_its_context_alone() {
    let server = Server::start().await;
    let key = key(&server).await;
    let context = json!({"team": "blue"});
    let more = json!({"EncryptionContext": context});

    let answer = generate(&server, OPERATION, &key, more).await.json();

    assert_eq!(unsealed(&server, &answer, &context).await.len(), 32);
    server
        .kms(
            "Decrypt",
            json!({"CiphertextBlob": text(&answer["CiphertextBlob"])}),
        )
        .await
        .assert_silent_error("InvalidCiphertextException");
}

/// Fact 6.5: both/neither KeySpec and NumberOfBytes
#[tokio::test]
async fn either_spec_or_size_must_be_given() {
    assert_needs_spec_or_size(OPERATION).await;
}

/// Fact 1.5: number too big
/// Fact 1.5: number too small
/// Fact 1.5: enum
#[tokio::test]
async fn spec_and_size_must_be_as_the_model_has_them() {
    assert_validates_spec_and_size(OPERATION).await;
}

/// Fact 6.5: DisabledException {key ARN}
/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn key_must_be_enabled() {
    assert_needs_an_enabled_key(OPERATION).await;
}

/// Fact 6.5: InvalidKeyUsageException
#[tokio::test]
async fn key_must_be_symmetric() {
    assert_needs_a_symmetric_key(OPERATION).await;
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_makes_the_checks_alone() {
    assert_runs_dry(OPERATION).await;
}

/// Fact 6.5: Key-state effects: Old ciphertexts still decrypt after key rotation
#[tokio::test]
async fn current_material_seals() {
    assert_seals_with_the_current_material(OPERATION).await;
}
