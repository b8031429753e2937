//! `GenerateRandom`: as many random bytes as were asked for.

use serde_json::json;

use super::fixtures::{ONE, bytes};
use crate::protocol::{assert_violations, violation};
use crate::support::Server;

/// Fact 6.5: GenerateRandom NumberOfBytes 1..1024
#[tokio::test]
async fn so_many_bytes_are_answered_and_no_more() {
    let server = Server::start().await;
    for size in [1, 2, 3, 31, 1023, 1024] {
        let mut answer = server
            .kms_ok("GenerateRandom", json!({"NumberOfBytes": size}))
            .await;
        let plaintext = answer["Plaintext"].take();
        assert_eq!(bytes(&plaintext).len(), size);
        assert_eq!(answer, json!({"Plaintext": null}));
    }
}

#[tokio::test]
async fn every_answer_is_another() {
    let server = Server::start().await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        let answer = server
            .kms_ok("GenerateRandom", json!({"NumberOfBytes": 16}))
            .await;
        answers.push(bytes(&answer["Plaintext"]));
    }
    answers.sort_unstable();
    answers.dedup();
    assert_eq!(answers.len(), 20);
}

/// Fact 6.5: GenerateRandom without size
#[tokio::test]
async fn size_is_required() {
    let server = Server::start().await;
    for body in [json!({}), json!({"NumberOfBytes": null})] {
        server
            .kms("GenerateRandom", body)
            .await
            .assert_kms_error("ValidationException", "NumberOfBytes is required.");
    }
}

/// Fact 6.5: GenerateRandom NumberOfBytes 1..1024
/// Fact 1.5: number too big
/// Fact 1.5: number too small
#[tokio::test]
async fn size_outside_1_to_1024_is_refused() {
    let server = Server::start().await;
    for (size, constraint) in [
        (0, "have value greater than or equal to 1"),
        (-1, "have value greater than or equal to 1"),
        (1025, "have value less than or equal to 1024"),
    ] {
        let answer = server
            .kms("GenerateRandom", json!({"NumberOfBytes": size}))
            .await;
        let item = violation(&size.to_string(), "numberOfBytes", constraint);
        assert_violations(&answer, &[item]);
    }
}

#[tokio::test]
async fn custom_key_store_and_recipient_are_unsupported() {
    let server = Server::start().await;
    let recipient =
        json!({"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": ONE});
    for body in [
        json!({"NumberOfBytes": 16, "CustomKeyStoreId": "cks-1234567890abcdef0"}),
        json!({"NumberOfBytes": 16, "Recipient": recipient}),
    ] {
        server
            .kms("GenerateRandom", body)
            .await
            .assert_code("UnsupportedOperationException");
    }
}
