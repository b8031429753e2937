//! Section 6.5: how a `KeyId` finds its key.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::fixtures::{
    EU, ONE, OTHER_ACCOUNT, alias, alias_arn, alias_as, alias_not_found, ciphertext,
    does_not_exist, id_of, key, key_arn, key_as, policy, schedule_deletion, text,
};
use crate::support::{ACCOUNT, REGION, Server};

/// Every operation that finds its key by an alias, too, and the member of its answer that shows the key. `blob` is a
/// ciphertext of the key `sealed_by`, which `key_id` means where it means a key at all.
pub(super) fn lookups(
    key_id: &str,
    sealed_by: &str,
    blob: &str,
) -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("DescribeKey", "/KeyMetadata/Arn", json!({"KeyId": key_id})),
        (
            "Encrypt",
            "/KeyId",
            json!({"KeyId": key_id, "Plaintext": ONE}),
        ),
        (
            "Decrypt",
            "/KeyId",
            json!({"KeyId": key_id, "CiphertextBlob": blob}),
        ),
        (
            "ReEncrypt",
            "/SourceKeyId",
            json!({"SourceKeyId": key_id, "DestinationKeyId": sealed_by, "CiphertextBlob": blob}),
        ),
        (
            "ReEncrypt",
            "/KeyId",
            json!({"SourceKeyId": sealed_by, "DestinationKeyId": key_id, "CiphertextBlob": blob}),
        ),
        (
            "GenerateDataKey",
            "/KeyId",
            json!({"KeyId": key_id, "KeySpec": "AES_256"}),
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            "/KeyId",
            json!({"KeyId": key_id, "KeySpec": "AES_256"}),
        ),
    ]
}

/// Every operation that takes a key id or a key ARN alone.
pub(super) fn management(key_id: &str) -> Vec<(&'static str, Value)> {
    let mut calls = Vec::from(
        [
            "CancelKeyDeletion",
            "DisableKey",
            "DisableKeyRotation",
            "EnableKey",
            "EnableKeyRotation",
            "GetKeyPolicy",
            "GetKeyRotationStatus",
            "ListAliases",
            "ListKeyPolicies",
            "ListKeyRotations",
            "ListResourceTags",
            "RotateKeyOnDemand",
            "ScheduleKeyDeletion",
        ]
        .map(|operation| (operation, json!({"KeyId": key_id}))),
    );
    calls.extend([
        ("PutKeyPolicy", json!({"KeyId": key_id, "Policy": policy()})),
        (
            "TagResource",
            json!({"KeyId": key_id, "Tags": [{"TagKey": "team", "TagValue": "blue"}]}),
        ),
        (
            "UntagResource",
            json!({"KeyId": key_id, "TagKeys": ["team"]}),
        ),
        (
            "UpdateKeyDescription",
            json!({"KeyId": key_id, "Description": "new"}),
        ),
    ]);
    calls
}

/// Asserts that every operation that finds its key by an alias, too, says this of a key id.
pub(super) async fn assert_no_lookup_finds(server: &Server, key_id: &str, message: &str) {
    let other = key(server).await;
    let blob = ciphertext(server, &other, b"one").await;
    for (operation, _, body) in lookups(key_id, &other, &blob) {
        let answer = server.kms(operation, body).await;
        assert_eq!(
            answer.json(),
            json!({"__type": "NotFoundException", "message": message}),
            "{operation} of {key_id}"
        );
    }
}

// ---- Forms that find a key ----

/// Fact 6.5: Encrypt KeyId* Plaintext*
/// Fact 6.5: DescribeKey KeyId*
#[tokio::test]
async fn id_arn_alias_and_alias_arn_find_the_key() {
    let server = Server::start().await;
    let key = key(&server).await;
    alias(&server, "alias/app/main", &key).await;
    let blob = ciphertext(&server, &key, b"one").await;

    for form in [
        id_of(&key),
        &key,
        "alias/app/main",
        &alias_arn("alias/app/main"),
    ] {
        for (operation, shown, body) in lookups(form, &key, &blob) {
            let answer = server.kms_ok(operation, body).await;
            let found = answer.pointer(shown).map(text);
            assert_eq!(found, Some(key.as_str()), "{operation} of {form}");
        }
    }
}

/// Fact 6.5: CreateAlias / UpdateAlias AliasName*
#[tokio::test]
async fn the_same_alias_means_another_key_in_each_region_and_account() {
    let server = Server::start().await;
    let mut keys = Vec::new();
    for (account, region) in [(ACCOUNT, REGION), (ACCOUNT, EU), (OTHER_ACCOUNT, REGION)] {
        let client = server.client(account, region);
        let key = key_as(&client, json!({})).await;
        alias_as(&client, "alias/app", &key).await;
        keys.push((client, key));
    }
    for (client, key) in keys {
        let described = client
            .kms_ok("DescribeKey", json!({"KeyId": "alias/app"}))
            .await;
        assert_eq!(described["KeyMetadata"]["Arn"], key);
    }
}

/// Fact 6.5: NotFoundException key (well-formed id)
#[tokio::test]
async fn id_finds_no_key_of_another_region_or_account() {
    let server = Server::start().await;
    for (account, region) in [(ACCOUNT, EU), (OTHER_ACCOUNT, REGION)] {
        let key = key_as(&server.client(account, region), json!({})).await;
        let id = id_of(&key);
        server
            .kms("DescribeKey", json!({"KeyId": id}))
            .await
            .assert_kms_error("NotFoundException", &does_not_exist(&key_arn(id)));
    }
}

// ---- Other accounts ----

#[tokio::test]
async fn arn_of_another_accounts_key_works_for_cryptography() {
    let server = Server::start().await;
    let key = key(&server).await;
    let blob = ciphertext(&server, &key, b"one").await;
    let other = server.client(OTHER_ACCOUNT, REGION);

    for (operation, shown, body) in lookups(&key, &key, &blob) {
        let answer = other.kms_ok(operation, body).await;
        let found = answer.pointer(shown).map(text);
        assert_eq!(found, Some(key.as_str()), "{operation}");
    }
}

/// Fact 6.5: NotFoundException key (well-formed id)
#[tokio::test]
async fn arn_of_another_accounts_key_is_unknown_to_its_management() {
    let server = Server::start().await;
    let key = key(&server).await;
    let other = server.client(OTHER_ACCOUNT, REGION);
    let before = server.kms_ok("DescribeKey", json!({"KeyId": key})).await;

    for (operation, body) in management(&key) {
        other
            .kms(operation, body)
            .await
            .assert_kms_error("NotFoundException", &does_not_exist(&key));
    }

    let after = server.kms_ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(after, before);
}

// ---- Deleted keys ----

/// Fact 6.5: NotFoundException key (well-formed id)
/// Fact 6.5: NotFoundException alias
#[tokio::test]
async fn key_and_its_aliases_are_gone_after_the_deletion_date() {
    let server = Server::start().await;
    let key = key(&server).await;
    alias(&server, "alias/app", &key).await;
    schedule_deletion(&server, &key).await;

    server.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    for form in [id_of(&key), "alias/app"] {
        let answer = server.kms_ok("DescribeKey", json!({"KeyId": form})).await;
        assert_eq!(answer["KeyMetadata"]["KeyState"], "PendingDeletion");
    }

    server.advance(TimeDelta::seconds(2));
    for (form, message) in [
        (id_of(&key), does_not_exist(&key)),
        (key.as_str(), does_not_exist(&key)),
        ("alias/app", alias_not_found("alias/app")),
    ] {
        assert_no_lookup_finds(&server, form, &message).await;
    }
    let list = server.kms_ok("ListAliases", json!({})).await;
    assert_eq!(list["Aliases"], json!([]));
}
