//! `GenerateDataKey`: a new key in the clear and sealed, of a spec or a size.
//!
//! What it shares with `GenerateDataKeyWithoutPlaintext` takes the operation's name.

use serde_json::{Value, json};

use super::fixtures::{
    BREAKS, ONE, WOULD_HAVE_SUCCEEDED, assert_refuses_state, bytes, current_material, delete,
    does_not_exist, key, key_for, set,
};
use crate::protocol::{assert_enum_violation, assert_violations, violation};
use crate::support::{Answer, Server};

/// AWS's sentence for a request with both or neither of spec and size.
const SPEC_OR_SIZE: &str = "Please specify either number of bytes or key spec.";
/// What AWS says of a key that cannot seal data keys.
const ASYMMETRIC: &str = "Cannot generate a data key with an asymmetric KMS key";

// ---- What both operations share ----

/// Asks for a data key of 32 bytes, with more members.
pub(super) async fn generate(server: &Server, operation: &str, key: &str, more: Value) -> Answer {
    let mut request = more;
    request["KeyId"] = json!(key);
    request["KeySpec"] = json!("AES_256");
    server.kms(operation, request).await
}

/// Every way to ask for a data key, and its length.
pub(super) fn sizes() -> Vec<(Value, usize)> {
    let mut sizes = vec![
        (json!({"KeySpec": "AES_256"}), 32),
        (json!({"KeySpec": "AES_128"}), 16),
    ];
    for size in [1, 16, 33, 1024] {
        sizes.push((json!({"NumberOfBytes": size}), size));
    }
    sizes
}

/// The bytes that a sealed data key opens to.
pub(super) async fn unsealed(server: &Server, answer: &Value, context: &Value) -> Vec<u8> {
    let request = json!({"CiphertextBlob": answer["CiphertextBlob"], "EncryptionContext": context});
    let decrypted = server.kms_ok("Decrypt", request).await;
    assert_eq!(decrypted["KeyId"], answer["KeyId"]);
    assert_eq!(decrypted["KeyMaterialId"], answer["KeyMaterialId"]);
    bytes(&decrypted["Plaintext"])
}

/// Asserts that exactly one of spec and size must be given.
pub(super) async fn assert_needs_spec_or_size(operation: &str) {
    let server = Server::start().await;
    let key = key(&server).await;
    for body in [
        json!({"KeyId": key}),
        json!({"KeyId": key, "KeySpec": "AES_256", "NumberOfBytes": 32}),
    ] {
        server
            .kms(operation, body)
            .await
            .assert_kms_error("ValidationException", SPEC_OR_SIZE);
    }
}

/// Asserts that spec and size must be as the model has them.
pub(super) async fn assert_validates_spec_and_size(operation: &str) {
    let server = Server::start().await;
    let key = key(&server).await;
    for (size, constraint) in [
        (0, "have value greater than or equal to 1"),
        (1025, "have value less than or equal to 1024"),
    ] {
        let body = json!({"KeyId": key, "NumberOfBytes": size});
        let item = violation(&size.to_string(), "numberOfBytes", constraint);
        assert_violations(&server.kms(operation, body).await, &[item]);
    }
    let body = json!({"KeyId": key, "KeySpec": "x"});
    let answer = server.kms(operation, body).await;
    assert_enum_violation(&answer, "keySpec", &["AES_128", "AES_256"]);
}

/// Asserts that a key that is disabled, pending deletion or gone seals no data key.
pub(super) async fn assert_needs_an_enabled_key(operation: &str) {
    let server = Server::start().await;
    for state in BREAKS {
        for key in [
            key(&server).await,
            key_for(&server, "RSA_2048", "SIGN_VERIFY").await,
        ] {
            set(&server, state, &key).await;
            let answer = generate(&server, operation, &key, json!({})).await;
            assert_refuses_state(&answer, state, &key);
        }
    }
    let key = key(&server).await;
    delete(&server, &key).await;
    generate(&server, operation, &key, json!({}))
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(&key));
}

/// Asserts that only a symmetric key seals data keys.
pub(super) async fn assert_needs_a_symmetric_key(operation: &str) {
    let server = Server::start().await;
    for (spec, usage) in [
        ("RSA_2048", "SIGN_VERIFY"),
        ("ECC_NIST_P256", "KEY_AGREEMENT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ] {
        let key = key_for(&server, spec, usage).await;
        generate(&server, operation, &key, json!({}))
            .await
            .assert_code("InvalidKeyUsageException");
    }
    let key = key_for(&server, "RSA_2048", "ENCRYPT_DECRYPT").await;
    let answer = generate(&server, operation, &key, json!({})).await;
    answer.assert_code("InvalidKeyUsageException");
    assert!(answer.text.contains(ASYMMETRIC), "{}", answer.text);
}

/// Asserts that a dry run makes the checks of the request and then says so.
pub(super) async fn assert_runs_dry(operation: &str) {
    let server = Server::start().await;
    let key = key(&server).await;
    generate(&server, operation, &key, json!({"DryRun": true}))
        .await
        .assert_kms_error("DryRunOperationException", WOULD_HAVE_SUCCEEDED);
    set(&server, "DisableKey", &key).await;
    let answer = generate(&server, operation, &key, json!({"DryRun": true})).await;
    assert_refuses_state(&answer, "DisableKey", &key);
}

/// Asserts that the current material seals data keys, and that they open after later rotations.
pub(super) async fn assert_seals_with_the_current_material(operation: &str) {
    let server = Server::start().await;
    let key = key(&server).await;
    let first = generate(&server, operation, &key, json!({})).await.json();
    set(&server, "RotateKeyOnDemand", &key).await;

    let second = generate(&server, operation, &key, json!({})).await.json();

    assert_eq!(
        second["KeyMaterialId"],
        current_material(&server, &key).await
    );
    assert_ne!(second["KeyMaterialId"], first["KeyMaterialId"]);
    for answer in [first, second] {
        assert_eq!(unsealed(&server, &answer, &json!({})).await.len(), 32);
    }
}

// ---- GenerateDataKey ----

/// Fact 6.5: GenerateDataKey KeyId* KeySpec AES_256
#[tokio::test]
async fn data_key_has_the_size_asked_for_and_opens_from_its_ciphertext() {
    let server = Server::start().await;
    let key = key(&server).await;
    for (mut request, length) in sizes() {
        request["KeyId"] = json!(key);
        let answer = server.kms_ok("GenerateDataKey", request).await;
        let plaintext = bytes(&answer["Plaintext"]);
        assert_eq!(plaintext.len(), length);
        assert_eq!(unsealed(&server, &answer, &json!({})).await, plaintext);
    }
}

/// Fact 6.5: GenerateDataKey KeyId* KeySpec AES_256
#[tokio::test]
async fn answer_has_key_arn_and_material_and_no_more() {
    let server = Server::start().await;
    let key = key(&server).await;

    let mut answer = generate(&server, "GenerateDataKey", &key, json!({}))
        .await
        .json();

    for member in ["CiphertextBlob", "Plaintext"] {
        assert!(answer[member].take().is_string(), "{member}");
    }
    let material = current_material(&server, &key).await;
    assert_eq!(
        answer,
        json!({"CiphertextBlob": null, "Plaintext": null, "KeyId": key, "KeyMaterialId": material})
    );
}

#[tokio::test]
async fn every_data_key_is_another() {
    let server = Server::start().await;
    let key = key(&server).await;
    let mut keys = Vec::new();
    for _ in 0..20 {
        let answer = generate(&server, "GenerateDataKey", &key, json!({})).await;
        keys.push(bytes(&answer.json()["Plaintext"]));
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 20);
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[tokio::test]
async fn data_key_opens_with_its_context_alone() {
    let server = Server::start().await;
    let key = key(&server).await;
    let context = json!({"team": "blue"});
    let more = json!({"EncryptionContext": context});

    let answer = generate(&server, "GenerateDataKey", &key, more)
        .await
        .json();

    let plaintext = bytes(&answer["Plaintext"]);
    assert_eq!(unsealed(&server, &answer, &context).await, plaintext);
    server
        .kms(
            "Decrypt",
            json!({"CiphertextBlob": answer["CiphertextBlob"]}),
        )
        .await
        .assert_silent_error("InvalidCiphertextException");
}

/// Fact 6.5: both/neither KeySpec and NumberOfBytes
#[tokio::test]
async fn either_spec_or_size_must_be_given() {
    assert_needs_spec_or_size("GenerateDataKey").await;
}

/// Fact 1.5: number too big
/// Fact 1.5: number too small
/// Fact 1.5: enum
#[tokio::test]
async fn spec_and_size_must_be_as_the_model_has_them() {
    assert_validates_spec_and_size("GenerateDataKey").await;
}

/// Fact 6.5: DisabledException {key ARN}
/// Fact 6.5: pending deletion, crypto or state calls
/// Fact 6.5: Key-state effects: Disabled blocks Encrypt/Decrypt/ReEncrypt/GenerateDataKey*
#[tokio::test]
async fn key_must_be_enabled() {
    assert_needs_an_enabled_key("GenerateDataKey").await;
}

/// Fact 6.5: InvalidKeyUsageException
#[tokio::test]
async fn key_must_be_symmetric() {
    assert_needs_a_symmetric_key("GenerateDataKey").await;
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_makes_the_checks_alone() {
    assert_runs_dry("GenerateDataKey").await;
}

/// Fact 6.5: Key-state effects: Old ciphertexts still decrypt after key rotation
#[tokio::test]
async fn current_material_seals() {
    assert_seals_with_the_current_material("GenerateDataKey").await;
}

#[tokio::test]
async fn recipient_is_unsupported() {
    let server = Server::start().await;
    let key = key(&server).await;
    let recipient =
        json!({"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": ONE});
    generate(
        &server,
        "GenerateDataKey",
        &key,
        json!({"Recipient": recipient}),
    )
    .await
    .assert_code("UnsupportedOperationException");
}

#[tokio::test]
async fn grant_tokens_are_accepted() {
    let server = Server::start().await;
    let key = key(&server).await;
    let more = json!({"GrantTokens": ["token"]});
    let answer = generate(&server, "GenerateDataKey", &key, more).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}
