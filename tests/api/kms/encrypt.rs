//! `Encrypt`: what it answers, and which keys and requests it refuses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fixtures::{
    BREAKS, ONE, UNKNOWN_ID, WOULD_HAVE_SUCCEEDED, assert_refuses_state, bytes, ciphertext, delete,
    does_not_exist, key, key_arn, key_for, opened, set, text,
};
use crate::protocol::{
    assert_enum_violation, assert_violations, at_least, hidden_violation, missing,
};
use crate::support::{Answer, Server};

/// Encrypts three bytes under a key, with more members.
async fn encrypt(server: &Server, key: &str, more: Value) -> Answer {
    let mut request = more;
    request["KeyId"] = json!(key);
    request["Plaintext"] = json!(ONE);
    server.kms("Encrypt", request).await
}

/// Fact 6.5: Encrypt KeyId* Plaintext* 1..4096 bytes
#[tokio::test]
async fn answer_has_ciphertext_key_arn_and_algorithm() {
    let server = Server::start().await;
    let key = key(&server).await;

    let mut answer = encrypt(&server, &key, json!({})).await.json();

    let blob = answer["CiphertextBlob"].take();
    assert_eq!(opened(&server, text(&blob)).await, b"one");
    assert_eq!(
        answer,
        json!({"CiphertextBlob": null, "KeyId": key, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
    );
}

/// Fact 6.5: Encrypt KeyId* Plaintext* 1..4096 bytes
#[tokio::test]
async fn plaintext_of_1_to_4096_bytes_comes_back() {
    let server = Server::start().await;
    let key = key(&server).await;
    for length in [1, 2, 15, 16, 17, 4095, 4096] {
        let plaintext: Vec<u8> = (0..=255).cycle().take(length).collect();
        let blob = ciphertext(&server, &key, &plaintext).await;
        assert!(bytes(&json!(blob)).len() <= 6144);
        assert_eq!(opened(&server, &blob).await, plaintext);
    }
}

/// Fact 6.5: plaintext too long
/// Fact 1.5: **sensitive or blob member**: value is left out
#[tokio::test]
async fn plaintext_of_4097_bytes_is_refused() {
    let server = Server::start().await;
    let plaintext = STANDARD.encode(vec![b'p'; 4097]);
    server
        .kms(
            "Encrypt",
            json!({"KeyId": key(&server).await, "Plaintext": plaintext}),
        )
        .await
        .assert_kms_error(
            "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: \
             Member must have length less than or equal to 4096",
        );
}

/// Fact 1.5: **sensitive or blob member**: value is left out
#[tokio::test]
async fn empty_plaintext_is_refused() {
    let server = Server::start().await;
    let key = key(&server).await;
    let answer = server
        .kms("Encrypt", json!({"KeyId": key, "Plaintext": ""}))
        .await;
    assert_violations(&answer, &[hidden_violation("plaintext", &at_least(1))]);
}

/// Fact 1.5: required member missing
#[tokio::test]
async fn key_and_plaintext_are_required() {
    let server = Server::start().await;
    let answer = server.kms("Encrypt", json!({"Plaintext": ONE})).await;
    assert_violations(&answer, &[missing("keyId")]);

    let key = key(&server).await;
    server
        .kms("Encrypt", json!({"KeyId": key}))
        .await
        .assert_code("ValidationException");
}

/// Fact 1.4: bad base64 in blob
/// Fact 1.4: member has wrong JSON type, number given for string
#[tokio::test]
async fn plaintext_and_context_must_be_of_the_models_types() {
    let server = Server::start().await;
    let key = key(&server).await;
    for body in [
        json!({"KeyId": key, "Plaintext": "%%%"}),
        json!({"KeyId": key, "Plaintext": 5}),
        json!({"KeyId": key, "Plaintext": ONE, "EncryptionContext": "text"}),
        json!({"KeyId": key, "Plaintext": ONE, "EncryptionContext": {"key": 5}}),
    ] {
        server
            .kms("Encrypt", body)
            .await
            .assert_code("SerializationException");
    }
}

#[tokio::test]
async fn equal_plaintexts_have_different_ciphertexts() {
    let server = Server::start().await;
    let key = key(&server).await;
    let mut blobs = Vec::new();
    for _ in 0..20 {
        blobs.push(ciphertext(&server, &key, b"one").await);
    }
    blobs.sort_unstable();
    blobs.dedup();
    assert_eq!(blobs.len(), 20);
}

#[tokio::test]
async fn ciphertext_does_not_hold_the_plaintext() {
    let server = Server::start().await;
    let key = key(&server).await;
    let plaintext = b"correct horse battery staple";
    let blob = bytes(&json!(ciphertext(&server, &key, plaintext).await));
    assert!(!blob.windows(8).any(|part| part == &plaintext[..8]));
}

/// Fact 6.5: NotFoundException key (well-formed id)
#[tokio::test]
async fn deleted_key_does_not_encrypt() {
    let server = Server::start().await;
    let key = key(&server).await;
    delete(&server, &key).await;
    encrypt(&server, &key, json!({}))
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(&key));
}

/// Fact 6.5: DisabledException {key ARN}
/// Fact 6.5: pending deletion, crypto or state calls
/// Fact 6.5: Key-state effects: Disabled blocks Encrypt
#[tokio::test]
async fn disabled_key_and_key_pending_deletion_do_not_encrypt() {
    let server = Server::start().await;
    for operation in BREAKS {
        let key = key(&server).await;
        set(&server, operation, &key).await;
        let answer = encrypt(&server, &key, json!({})).await;
        assert_refuses_state(&answer, operation, &key);
    }
}

/// Fact 6.5: Key-state effects: Disabled blocks Encrypt
#[tokio::test]
async fn key_encrypts_again_when_it_is_enabled_again() {
    let server = Server::start().await;
    let key = key(&server).await;
    set(&server, "DisableKey", &key).await;
    set(&server, "EnableKey", &key).await;
    let blob = ciphertext(&server, &key, b"one").await;
    assert_eq!(opened(&server, &blob).await, b"one");
}

/// Fact 6.5: InvalidKeyUsageException
#[tokio::test]
async fn key_of_another_usage_does_not_encrypt() {
    let server = Server::start().await;
    for (spec, usage) in [
        ("RSA_2048", "SIGN_VERIFY"),
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("ECC_NIST_P256", "KEY_AGREEMENT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ] {
        let key = key_for(&server, spec, usage).await;
        encrypt(&server, &key, json!({})).await.assert_kms_error(
            "InvalidKeyUsageException",
            &format!("{key} key usage is {usage} which is not valid for Encrypt."),
        );
    }
}

#[tokio::test]
async fn state_is_judged_before_usage() {
    let server = Server::start().await;
    for operation in BREAKS {
        let key = key_for(&server, "RSA_2048", "SIGN_VERIFY").await;
        set(&server, operation, &key).await;
        let answer = encrypt(&server, &key, json!({})).await;
        assert_refuses_state(&answer, operation, &key);
    }
}

#[tokio::test]
async fn algorithm_must_fit_the_key_spec() {
    let server = Server::start().await;
    let symmetric = key(&server).await;
    let rsa = key_for(&server, "RSA_2048", "ENCRYPT_DECRYPT").await;
    for (key, algorithm, spec) in [
        (&symmetric, "RSAES_OAEP_SHA_1", "SYMMETRIC_DEFAULT"),
        (&symmetric, "RSAES_OAEP_SHA_256", "SYMMETRIC_DEFAULT"),
        (&rsa, "SYMMETRIC_DEFAULT", "RSA_2048"),
    ] {
        encrypt(&server, key, json!({"EncryptionAlgorithm": algorithm}))
            .await
            .assert_kms_error(
                "InvalidKeyUsageException",
                &format!("Algorithm {algorithm} is incompatible with key spec {spec}."),
            );
    }
    encrypt(&server, &rsa, json!({})).await.assert_kms_error(
        "InvalidKeyUsageException",
        "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.",
    );
}

#[tokio::test]
async fn asymmetric_encryption_is_unsupported() {
    let server = Server::start().await;
    let key = key_for(&server, "RSA_2048", "ENCRYPT_DECRYPT").await;
    for algorithm in ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] {
        encrypt(&server, &key, json!({"EncryptionAlgorithm": algorithm}))
            .await
            .assert_code("UnsupportedOperationException");
    }
}

/// Fact 1.5: enum
#[tokio::test]
async fn algorithm_must_be_one_of_the_model() {
    let server = Server::start().await;
    let key = key(&server).await;
    let answer = encrypt(&server, &key, json!({"EncryptionAlgorithm": "x"})).await;
    assert_enum_violation(
        &answer,
        "encryptionAlgorithm",
        &[
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256",
            "SM2PKE",
            "SYMMETRIC_DEFAULT",
        ],
    );
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_says_that_it_would_have_succeeded() {
    let server = Server::start().await;
    let key = key(&server).await;
    encrypt(&server, &key, json!({"DryRun": true}))
        .await
        .assert_kms_error("DryRunOperationException", WOULD_HAVE_SUCCEEDED);
    let answer = encrypt(&server, &key, json!({"DryRun": false})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_fails_as_the_request_would() {
    let server = Server::start().await;
    let disabled = key(&server).await;
    set(&server, "DisableKey", &disabled).await;
    let answer = encrypt(&server, &disabled, json!({"DryRun": true})).await;
    assert_refuses_state(&answer, "DisableKey", &disabled);

    let unknown = key_arn(UNKNOWN_ID);
    encrypt(&server, &unknown, json!({"DryRun": true}))
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(&unknown));
}

#[tokio::test]
async fn grant_tokens_are_accepted() {
    let server = Server::start().await;
    let key = key(&server).await;
    let answer = encrypt(&server, &key, json!({"GrantTokens": ["token"]})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}
