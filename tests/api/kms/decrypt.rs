//! `Decrypt`: what opens a ciphertext, and what does not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fixtures::{
    BREAKS, EU, INCORRECT_KEY, ONE, WOULD_HAVE_SUCCEEDED, assert_refuses_state, bytes, ciphertext,
    ciphertext_with, current_material, delete, key, key_as, key_for, opened, set, text,
};
use crate::protocol::{assert_violations, at_least, at_most, hidden_violation};
use crate::support::{ACCOUNT, Answer, Server};

/// Decrypts a ciphertext, with more members.
async fn decrypt(server: &Server, blob: &str, more: Value) -> Answer {
    let mut request = more;
    request["CiphertextBlob"] = json!(blob);
    server.kms("Decrypt", request).await
}

/// Fact 6.5: Decrypt CiphertextBlob* 1..6144
#[tokio::test]
async fn answer_has_plaintext_key_arn_algorithm_and_material() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    let material = current_material(&server, &key).await;
    let hex = regex::Regex::new("^[0-9a-f]{64}$").expect("the pattern is valid");
    assert!(hex.is_match(text(&material)), "{material}");

    let answer = decrypt(&server, &blob, json!({})).await;

    assert_eq!(
        answer.json(),
        json!({
            "Plaintext": ONE, "KeyId": key, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "KeyMaterialId": material,
        })
    );
}

/// Fact 6.5: Key-state effects: Old ciphertexts still decrypt after key rotation
/// Fact 6.5: Decrypt CiphertextBlob* 1..6144
#[tokio::test]
async fn ciphertext_opens_after_rotation_with_the_material_that_made_it() {
    let server = Server::start().await;
    let key = key(&server).await;
    let mut made = Vec::new();
    for round in 0..3_u8 {
        let blob = ciphertext(&server, &key, &[round]).await;
        made.push((blob, round, current_material(&server, &key).await));
        set(&server, "RotateKeyOnDemand", &key).await;
    }

    for (blob, round, material) in &made {
        let answer = decrypt(&server, blob, json!({})).await.json();
        assert_eq!(bytes(&answer["Plaintext"]), [*round]);
        assert_eq!(&answer["KeyMaterialId"], material);
    }
    assert_ne!(made[0].2, made[1].2);
    assert_ne!(made[1].2, made[2].2);
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[tokio::test]
async fn wrong_context_does_not_open_it() {
    let server = Server::start().await;
    let key = key(&server).await;
    let context = json!({"team": "blue", "stage": "test"});
    let blob = ciphertext_with(&server, &key, b"one", &context).await;
    for wrong in [
        Value::Null,
        json!({}),
        json!({"team": "blue"}),
        json!({"team": "blue", "stage": "Test"}),
        json!({"team": "blue", "Stage": "test"}),
        json!({"team": "test", "stage": "blue"}),
        json!({"team": "blue", "stage": "test", "more": ""}),
    ] {
        decrypt(&server, &blob, json!({"EncryptionContext": wrong}))
            .await
            .assert_silent_error("InvalidCiphertextException");
    }
    let answer = decrypt(&server, &blob, json!({"EncryptionContext": context})).await;
    assert_eq!(answer.json()["Plaintext"], ONE);
}

#[tokio::test]
async fn no_context_is_the_same_as_an_empty_one() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext_with(&server, &key, b"one", &Value::Null).await;
    for context in [Value::Null, json!({})] {
        let answer = decrypt(&server, &blob, json!({"EncryptionContext": context})).await;
        assert_eq!(answer.json()["Plaintext"], ONE);
    }
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[tokio::test]
async fn foreign_and_altered_bytes_do_not_open() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = bytes(&json!(ciphertext(&server, &key, b"one").await));
    let mut altered = blob.clone();
    altered[blob.len() / 2] ^= 1;
    for foreign in [
        b"x".to_vec(),
        vec![0; 6144],
        altered,
        blob[..blob.len() - 1].to_vec(),
        blob[1..].to_vec(),
        [blob.as_slice(), b"x"].concat(),
    ] {
        decrypt(&server, &STANDARD.encode(foreign), json!({}))
            .await
            .assert_silent_error("InvalidCiphertextException");
    }
}

/// Fact 6.5: IncorrectKeyException
#[tokio::test]
async fn another_key_than_the_one_named_is_incorrect() {
    let server = Server::start().await;
    let blob = ciphertext(&server, &key(&server).await, b"one").await;
    let other = key(&server).await;
    decrypt(&server, &blob, json!({"KeyId": other}))
        .await
        .assert_kms_error("IncorrectKeyException", INCORRECT_KEY);
}

/// Fact 6.5: InvalidKeyUsageException
#[tokio::test]
async fn key_of_another_usage_does_not_decrypt() {
    let server = Server::start().await;
    let blob = ciphertext(&server, &key(&server).await, b"one").await;
    let signing = key_for(&server, "RSA_2048", "SIGN_VERIFY").await;
    decrypt(&server, &blob, json!({"KeyId": signing}))
        .await
        .assert_kms_error(
            "InvalidKeyUsageException",
            &format!("{signing} key usage is SIGN_VERIFY which is not valid for Decrypt."),
        );
}

/// Fact 6.5: DisabledException {key ARN}
/// Fact 6.5: pending deletion, crypto or state calls
/// Fact 6.5: Key-state effects: Disabled blocks Encrypt/Decrypt
#[tokio::test]
async fn disabled_key_and_key_pending_deletion_do_not_decrypt() {
    let server = Server::start().await;
    for operation in BREAKS {
        let key = key(&server).await;
        let blob = ciphertext(&server, &key, b"one").await;
        set(&server, operation, &key).await;
        for more in [json!({}), json!({"KeyId": key})] {
            let answer = decrypt(&server, &blob, more).await;
            assert_refuses_state(&answer, operation, &key);
        }
    }
}

/// Fact 6.5: CancelKeyDeletion KeyId (ARN); key becomes **Disabled**
/// Fact 6.5: Key-state effects: PendingDeletion blocks crypto
#[tokio::test]
async fn key_saved_from_deletion_decrypts_once_it_is_enabled() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    set(&server, "ScheduleKeyDeletion", &key).await;

    set(&server, "CancelKeyDeletion", &key).await;
    let answer = decrypt(&server, &blob, json!({})).await;
    assert_refuses_state(&answer, "DisableKey", &key);

    set(&server, "EnableKey", &key).await;
    assert_eq!(opened(&server, &blob).await, b"one");
}

#[tokio::test]
async fn nothing_opens_the_ciphertext_of_a_deleted_key() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    delete(&server, &key).await;
    decrypt(&server, &blob, json!({}))
        .await
        .assert_silent_error("InvalidCiphertextException");
}

#[tokio::test]
async fn ciphertext_of_another_region_does_not_open() {
    let server = Server::start().await;
    let eu = server.client(ACCOUNT, EU);
    let key = key_as(&eu, json!({})).await;
    let answer = eu
        .kms_ok("Encrypt", json!({"KeyId": key, "Plaintext": ONE}))
        .await;

    decrypt(&server, text(&answer["CiphertextBlob"]), json!({}))
        .await
        .assert_silent_error("InvalidCiphertextException");
}

#[tokio::test]
async fn missing_ciphertext_is_a_violation() {
    let server = Server::start().await;
    let key = key(&server).await;
    for body in [json!({}), json!({"KeyId": key})] {
        server.kms("Decrypt", body).await.assert_kms_error(
            "ValidationException",
            "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: \
             Member must not be null",
        );
    }
}

/// Fact 6.5: Decrypt CiphertextBlob* 1..6144
/// Fact 1.5: **sensitive or blob member**: value is left out
#[tokio::test]
async fn ciphertext_must_have_1_to_6144_bytes() {
    let server = Server::start().await;
    for (length, constraint) in [(0, at_least(1)), (6145, at_most(6144))] {
        let blob = STANDARD.encode(vec![0_u8; length]);
        let answer = decrypt(&server, &blob, json!({})).await;
        let violation = hidden_violation("ciphertextBlob", &constraint);
        assert_violations(&answer, &[violation]);
    }
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_says_that_it_would_have_succeeded() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    decrypt(&server, &blob, json!({"DryRun": true}))
        .await
        .assert_kms_error("DryRunOperationException", WOULD_HAVE_SUCCEEDED);
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_fails_as_the_request_would() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    let wrong = json!({"DryRun": true, "EncryptionContext": {"team": "blue"}});
    decrypt(&server, &blob, wrong)
        .await
        .assert_silent_error("InvalidCiphertextException");

    set(&server, "DisableKey", &key).await;
    let answer = decrypt(&server, &blob, json!({"DryRun": true})).await;
    assert_refuses_state(&answer, "DisableKey", &key);
}

#[tokio::test]
async fn recipient_is_unsupported() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    let recipient =
        json!({"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": ONE});
    decrypt(&server, &blob, json!({"Recipient": recipient}))
        .await
        .assert_code("UnsupportedOperationException");
}

#[tokio::test]
async fn grant_tokens_are_accepted() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    let answer = decrypt(&server, &blob, json!({"GrantTokens": ["token"]})).await;
    assert_eq!(answer.json()["Plaintext"], ONE);
}
