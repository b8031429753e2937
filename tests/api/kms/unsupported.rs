//! The target header of KMS: operations that are not emulated, and names that are no operation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::json;

use super::fixtures::{ONE, home, key};
use crate::protocol::assert_unknown_operation;
use crate::support::Server;
use crate::support::service_model::KMS;

/// The operations that are emulated.
const EMULATED: [&str; 29] = [
    "CancelKeyDeletion",
    "CreateAlias",
    "CreateKey",
    "Decrypt",
    "DeleteAlias",
    "DescribeKey",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateRandom",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListAliases",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListKeys",
    "ListResourceTags",
    "PutKeyPolicy",
    "ReEncrypt",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
];

#[tokio::test]
async fn every_other_operation_of_the_model_is_unsupported() {
    let server = Server::start().await;
    let key = key(&server).await;
    for operation in KMS.operation_names() {
        if EMULATED.contains(&operation) {
            continue;
        }
        let answer = server.kms(operation, json!({"KeyId": key})).await;
        assert_eq!(
            (answer.status, &answer.json()["__type"]),
            (400, &json!("UnsupportedOperationException")),
            "{operation}"
        );
    }
}

/// Fact 6.5: Protocol AWS JSON 1.1, target prefix `TrentService.`
#[tokio::test]
async fn every_emulated_operation_is_reached_by_its_target() {
    let server = Server::start().await;
    for operation in EMULATED {
        let answer = server.kms(operation, json!({})).await;
        for code in ["UnknownOperationException", "UnsupportedOperationException"] {
            assert!(!answer.text.contains(code), "{operation}: {}", answer.text);
        }
    }
}

/// Fact 6.5: Protocol AWS JSON 1.1, target prefix `TrentService.`
#[tokio::test]
async fn name_that_is_no_operation_is_unknown() {
    let server = Server::start().await;
    for target in [
        "TrentService.NoSuchOperation",
        "TrentService.encrypt",
        "TrentService.ENCRYPT",
        "TrentService.GetSecretValue",
        "TrentService.",
        "TrentService",
        "trentservice.Encrypt",
        "secretsmanager.Encrypt",
    ] {
        let answer = home(&server).send(Some(target), "{}").await;
        assert_unknown_operation(&answer, target);
    }
}

/// Fact 6.5: Protocol AWS JSON 1.1
/// Fact 1.1: content type: `application/x-amz-json-1.1` both ways
/// Fact 1.2: headers: `x-amzn-RequestId: {uuid}`
#[tokio::test]
async fn answer_has_the_content_type_of_aws_json_and_a_request_id() {
    let server = Server::start().await;
    let uuid = Regex::new("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$").expect("a pattern");
    for (operation, body) in [
        ("ListKeys", json!({})),
        ("DescribeKey", json!({"KeyId": "settings"})),
        ("Sign", json!({})),
        ("NoSuchOperation", json!({})),
    ] {
        let answer = server.kms(operation, body).await;
        assert_eq!(
            answer.headers["content-type"], "application/x-amz-json-1.1",
            "{operation}"
        );
        let id = &answer.headers["x-amzn-requestid"];
        assert!(uuid.is_match(id.to_str().unwrap()), "{operation}: {id:?}");
    }
}

/// Fact 1.1: unknown members: silently ignored
/// Fact 1.1: JSON `null` member: same as absent
#[tokio::test]
async fn unknown_members_and_null_are_as_absent() {
    let server = Server::start().await;
    let key = key(&server).await;
    let request = json!({
        "KeyId": key, "Plaintext": ONE, "EncryptionContext": null, "EncryptionAlgorithm": null,
        "GrantTokens": null, "DryRun": null, "NoSuchMember": {"KeyId": [5]},
    });
    let encrypted = server.kms_ok("Encrypt", request).await;
    let request =
        json!({"CiphertextBlob": encrypted["CiphertextBlob"], "KeyId": null, "Recipient": null});
    assert_eq!(server.kms_ok("Decrypt", request).await["Plaintext"], ONE);
}

/// Fact 1.4: body is not JSON
/// Fact 1.4: member has wrong JSON type, number given for string
#[tokio::test]
async fn body_that_is_no_request_is_a_serialization_error() {
    let server = Server::start().await;
    for body in ["{", "[]", r#"{"KeyId": 5}"#, r#"{"KeyId": {}}"#] {
        home(&server)
            .send(Some("TrentService.DescribeKey"), body)
            .await
            .assert_code("SerializationException");
    }
}

/// Fact 1.2: blobs base64 standard alphabet, padded
#[tokio::test]
async fn blobs_are_padded_standard_base64_both_ways() {
    let server = Server::start().await;
    let key = key(&server).await;
    for bytes in [b"\xfb\xff\xfe\0".as_slice(), b"a", b"ab"] {
        let plaintext = STANDARD.encode(bytes);
        let request = json!({"KeyId": key, "Plaintext": plaintext});
        let encrypted = server.kms_ok("Encrypt", request).await;
        let request = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
        let decrypted = server.kms_ok("Decrypt", request).await;
        assert_eq!(decrypted["Plaintext"], plaintext);
    }
}
