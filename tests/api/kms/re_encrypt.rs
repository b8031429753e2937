//! `ReEncrypt`: from one key and context to another, without a sight of the plaintext.

use serde_json::{Value, json};

use super::fixtures::{
    BREAKS, EU, INCORRECT_KEY, ONE, UNKNOWN_ID, WOULD_HAVE_SUCCEEDED, assert_refuses_state,
    ciphertext, ciphertext_with, current_material, delete, does_not_exist, key, key_arn, key_as,
    key_for, opened, set, text,
};
use crate::protocol::{assert_violations, missing};
use crate::support::{ACCOUNT, Answer, Server};

/// A source key, its ciphertext of three bytes, and a destination key.
struct Keys {
    source: String,
    blob: String,
    destination: String,
}

impl Keys {
    async fn create(server: &Server) -> Self {
        let source = key(server).await;
        Self {
            blob: ciphertext(server, &source, b"one").await,
            destination: key(server).await,
            source,
        }
    }

    /// Re-encrypts the ciphertext under the destination key, with more members.
    async fn re_encrypt(&self, server: &Server, more: Value) -> Answer {
        let mut request = more;
        request["CiphertextBlob"] = json!(self.blob);
        request["DestinationKeyId"] = json!(self.destination);
        server.kms("ReEncrypt", request).await
    }
}

/// Fact 6.5: ReEncrypt CiphertextBlob* DestinationKeyId*
#[tokio::test]
async fn answer_has_the_new_ciphertext_and_both_keys() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;

    let mut answer = keys.re_encrypt(&server, json!({})).await.json();

    let blob = answer["CiphertextBlob"].take();
    assert_eq!(opened(&server, text(&blob)).await, b"one");
    assert_eq!(
        answer,
        json!({
            "CiphertextBlob": null,
            "SourceKeyId": keys.source,
            "KeyId": keys.destination,
            "SourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "DestinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "SourceKeyMaterialId": current_material(&server, &keys.source).await,
            "DestinationKeyMaterialId": current_material(&server, &keys.destination).await,
        })
    );
}

/// Fact 6.5: ReEncrypt CiphertextBlob* DestinationKeyId*
#[tokio::test]
async fn new_ciphertext_needs_the_destination_key_alone() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    let answer = keys.re_encrypt(&server, json!({})).await.json();
    set(&server, "DisableKey", &keys.source).await;

    let decrypted = server
        .kms_ok(
            "Decrypt",
            json!({"CiphertextBlob": answer["CiphertextBlob"], "KeyId": keys.destination}),
        )
        .await;

    assert_eq!(decrypted["Plaintext"], ONE);
}

/// Fact 6.5: ReEncrypt CiphertextBlob* DestinationKeyId*
#[tokio::test]
async fn context_can_be_changed_under_one_key() {
    let server = Server::start().await;
    let key = key(&server).await;
    let (old, new) = (json!({"stage": "test"}), json!({"stage": "live"}));
    let blob = ciphertext_with(&server, &key, b"one", &old).await;

    let answer = server
        .kms_ok(
            "ReEncrypt",
            json!({
                "CiphertextBlob": blob, "SourceEncryptionContext": old,
                "DestinationKeyId": key, "DestinationEncryptionContext": new,
            }),
        )
        .await;

    let blob = &answer["CiphertextBlob"];
    server
        .kms(
            "Decrypt",
            json!({"CiphertextBlob": blob, "EncryptionContext": old}),
        )
        .await
        .assert_silent_error("InvalidCiphertextException");
    let decrypted = server
        .kms_ok(
            "Decrypt",
            json!({"CiphertextBlob": blob, "EncryptionContext": new}),
        )
        .await;
    assert_eq!(decrypted["Plaintext"], ONE);
}

/// Fact 6.5: Key-state effects: Old ciphertexts still decrypt after key rotation
#[tokio::test]
async fn rotated_key_re_encrypts_from_the_old_material_to_the_new() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    let old = current_material(&server, &key).await;
    set(&server, "RotateKeyOnDemand", &key).await;

    let request = json!({"CiphertextBlob": blob, "DestinationKeyId": key});
    let answer = server.kms_ok("ReEncrypt", request).await;

    let new = current_material(&server, &key).await;
    assert_ne!(new, old);
    assert_eq!(answer["SourceKeyMaterialId"], old);
    assert_eq!(answer["DestinationKeyMaterialId"], new);
    assert_eq!(
        opened(&server, text(&answer["CiphertextBlob"])).await,
        b"one"
    );
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[tokio::test]
async fn wrong_source_context_does_not_open_it() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    let wrong = json!({"SourceEncryptionContext": {"team": "blue"}});
    keys.re_encrypt(&server, wrong)
        .await
        .assert_silent_error("InvalidCiphertextException");
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[tokio::test]
async fn foreign_bytes_and_ciphertexts_of_a_deleted_key_do_not_open() {
    let server = Server::start().await;
    let mut keys = Keys::create(&server).await;
    delete(&server, &keys.source).await;
    for blob in [keys.blob.clone(), ONE.to_owned()] {
        keys.blob = blob;
        keys.re_encrypt(&server, json!({}))
            .await
            .assert_silent_error("InvalidCiphertextException");
    }
}

/// Fact 6.5: IncorrectKeyException
#[tokio::test]
async fn another_source_key_than_the_one_named_is_incorrect() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    for wrong in [key(&server).await, keys.destination.clone()] {
        keys.re_encrypt(&server, json!({"SourceKeyId": wrong}))
            .await
            .assert_kms_error("IncorrectKeyException", INCORRECT_KEY);
    }
    let right = json!({"SourceKeyId": keys.source});
    let answer = keys.re_encrypt(&server, right).await;
    assert_eq!(answer.json()["SourceKeyId"], keys.source);
}

/// Fact 6.5: NotFoundException key (well-formed id)
/// Fact 6.5: NotFoundException ARN of another Region
#[tokio::test]
async fn destination_must_be_a_key_of_the_region() {
    let server = Server::start().await;
    let mut keys = Keys::create(&server).await;
    let unknown = key_arn(UNKNOWN_ID);
    let elsewhere = key_as(&server.client(ACCOUNT, EU), json!({})).await;
    for (destination, message) in [
        (unknown.clone(), does_not_exist(&unknown)),
        (elsewhere, "Invalid arn eu-west-1".to_owned()),
    ] {
        keys.destination = destination;
        keys.re_encrypt(&server, json!({}))
            .await
            .assert_kms_error("NotFoundException", &message);
    }
}

/// Fact 6.5: DisabledException {key ARN}
/// Fact 6.5: pending deletion, crypto or state calls
/// Fact 6.5: Key-state effects: Disabled blocks Encrypt/Decrypt/ReEncrypt
#[tokio::test]
async fn neither_key_may_be_disabled_or_pending_deletion() {
    let server = Server::start().await;
    for operation in BREAKS {
        let keys = Keys::create(&server).await;
        set(&server, operation, &keys.source).await;
        let answer = keys.re_encrypt(&server, json!({})).await;
        assert_refuses_state(&answer, operation, &keys.source);

        let keys = Keys::create(&server).await;
        set(&server, operation, &keys.destination).await;
        let answer = keys.re_encrypt(&server, json!({})).await;
        assert_refuses_state(&answer, operation, &keys.destination);
    }
}

/// Fact 6.5: InvalidKeyUsageException
#[tokio::test]
async fn destination_of_another_usage_is_refused() {
    let server = Server::start().await;
    let mut keys = Keys::create(&server).await;
    for (spec, usage) in [
        ("RSA_2048", "SIGN_VERIFY"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ] {
        keys.destination = key_for(&server, spec, usage).await;
        keys.re_encrypt(&server, json!({}))
            .await
            .assert_code("InvalidKeyUsageException");
    }
}

/// Fact 1.5: required member missing
#[tokio::test]
async fn ciphertext_and_destination_are_required() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    for (body, member) in [
        (
            json!({"DestinationKeyId": keys.destination}),
            "ciphertextBlob",
        ),
        (json!({"CiphertextBlob": keys.blob}), "destinationKeyId"),
    ] {
        let answer = server.kms("ReEncrypt", body).await;
        assert_violations(&answer, &[missing(member)]);
    }
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_says_that_it_would_have_succeeded() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    keys.re_encrypt(&server, json!({"DryRun": true}))
        .await
        .assert_kms_error("DryRunOperationException", WOULD_HAVE_SUCCEEDED);
}

/// Fact 6.5: DryRunOperationException
#[tokio::test]
async fn dry_run_fails_as_the_request_would() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    let wrong = json!({"DryRun": true, "SourceEncryptionContext": {"team": "blue"}});
    keys.re_encrypt(&server, wrong)
        .await
        .assert_silent_error("InvalidCiphertextException");

    set(&server, "DisableKey", &keys.destination).await;
    let answer = keys.re_encrypt(&server, json!({"DryRun": true})).await;
    assert_refuses_state(&answer, "DisableKey", &keys.destination);
}

#[tokio::test]
async fn grant_tokens_are_accepted() {
    let server = Server::start().await;
    let keys = Keys::create(&server).await;
    let answer = keys
        .re_encrypt(&server, json!({"GrantTokens": ["token"]}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}
