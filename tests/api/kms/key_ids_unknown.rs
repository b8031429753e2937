//! Section 6.5: a `KeyId` that finds no key, and what the answer says of it.

use serde_json::{Value, json};

use super::fixtures::{
    EU, ONE, UNKNOWN_ID, alias, alias_arn, alias_as, alias_not_found, ciphertext, does_not_exist,
    id_of, key, key_arn, key_as, unlisted,
};
use super::key_ids::{assert_no_lookup_finds, lookups, management};
use crate::protocol::{assert_violations, at_least, at_most, missing, violation};
use crate::support::{ACCOUNT, Server};

/// Fact 6.5: NotFoundException key (well-formed id): (ARN even if id was given)
#[tokio::test]
async fn unknown_id_is_told_as_an_arn() {
    let server = Server::start().await;
    for id in [UNKNOWN_ID, "mrk-0123456789abcdef0123456789abcdef"] {
        let message = does_not_exist(&key_arn(id));
        for form in [id, &key_arn(id)] {
            assert_no_lookup_finds(&server, form, &message).await;
            for (operation, body) in management(form) {
                server
                    .kms(operation, body)
                    .await
                    .assert_kms_error("NotFoundException", &message);
            }
        }
    }
}

/// Fact 6.5: NotFoundException alias
#[tokio::test]
async fn unknown_alias_is_told_as_an_arn() {
    let server = Server::start().await;
    for form in ["alias/nobody", &alias_arn("alias/nobody")] {
        let message = alias_not_found("alias/nobody");
        assert_no_lookup_finds(&server, form, &message).await;
    }
}

/// Fact 6.5: NotFoundException id not a UUID
#[tokio::test]
async fn text_that_is_no_key_id_is_told_as_it_is() {
    let server = Server::start().await;
    for form in [
        "settings",
        "alias",
        "1234abcd",
        "00000000000040008000000000000000",
        "00000000-0000-4000-8000-00000000000g",
        "00000000-0000-4000-8000-000000000000-1",
        "mrk-0123456789abcdef",
    ] {
        let message = format!("Invalid keyId '{form}'");
        assert_no_lookup_finds(&server, form, &message).await;
        for (operation, body) in management(form) {
            server
                .kms(operation, body)
                .await
                .assert_kms_error("NotFoundException", &message);
        }
    }
}

/// Fact 6.5: NotFoundException ARN of another Region
#[tokio::test]
async fn arn_of_another_region_is_told_by_its_region() {
    let server = Server::start().await;
    let eu = server.client(ACCOUNT, EU);
    let key = key_as(&eu, json!({})).await;
    alias_as(&eu, "alias/app", &key).await;
    let alias = format!("arn:aws:kms:{EU}:{ACCOUNT}:alias/app");
    for form in [&key, &alias] {
        assert_no_lookup_finds(&server, form, "Invalid arn eu-west-1").await;
    }
}

#[tokio::test]
async fn id_in_capitals_finds_nothing() {
    let server = Server::start().await;
    let key = key(&server).await;
    let id = id_of(&key).to_uppercase();
    for form in [&id, &key_arn(&id)] {
        server
            .kms("DescribeKey", json!({"KeyId": form}))
            .await
            .assert_code("NotFoundException");
    }
}

#[tokio::test]
async fn arn_that_is_no_key_and_no_alias_is_refused() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    for form in [
        "arn:",
        "arn:aws:kms",
        "arn:aws:s3:::bucket",
        "arn:aws:kms:us-east-1:000000000000:grant/1",
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:settings-AbCdEf",
    ] {
        for (operation, _, body) in lookups(form, &key, &blob) {
            let answer = unlisted(&server, operation, &body).await;
            assert_eq!(answer.status, 400, "{operation} of {form}: {}", answer.text);
            let code = answer.json()["__type"].clone();
            assert!(
                code == "InvalidArnException" || code == "NotFoundException",
                "{operation} of {form}: {code}"
            );
        }
    }
}

/// Fact 6.5: EnableKey, DisableKey: KeyId* (id or ARN, not alias)
#[tokio::test]
async fn management_of_a_key_takes_no_alias() {
    let server = Server::start().await;
    let key = key(&server).await;
    alias(&server, "alias/app", &key).await;
    let describe = json!({"KeyId": key});
    let before = server.kms_ok("DescribeKey", describe.clone()).await;

    for (operation, body) in management("alias/app") {
        server
            .kms(operation, body)
            .await
            .assert_kms_error("NotFoundException", "Invalid keyId 'alias/app'");
    }
    for (operation, body) in management(&alias_arn("alias/app")) {
        server
            .kms(operation, body)
            .await
            .assert_code("InvalidArnException");
    }

    assert_eq!(server.kms_ok("DescribeKey", describe).await, before);
}

/// Fact 1.5: required member missing
/// Fact 1.5: too long
/// Fact 1.5: too short
#[tokio::test]
async fn key_id_must_have_1_to_2048_characters() {
    let server = Server::start().await;
    let long = "k".repeat(2049);
    for (key_id, item) in [
        (Value::Null, missing("keyId")),
        (json!(""), violation("", "keyId", &at_least(1))),
        (json!(long), violation(&long, "keyId", &at_most(2048))),
    ] {
        let body = json!({"KeyId": key_id, "Plaintext": ONE, "KeySpec": "AES_256"});
        for operation in ["DescribeKey", "Encrypt", "GenerateDataKey", "DisableKey"] {
            let answer = server.kms(operation, body.clone()).await;
            assert_violations(&answer, std::slice::from_ref(&item));
        }
    }
}
