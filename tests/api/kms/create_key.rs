//! `CreateKey`: which keys there can be, and what a new one shows.

use serde_json::{Value, json};
use uuid::Uuid;

use super::describe_key::{OTHER_ACCOUNT, OTHER_REGION, arn_of, assert_date, describe, text};
use super::put_key_policy::{LOCKED_OUT, MALFORMED, policy_allowing};
use super::tag_resource::{refused_tags, tags, tags_of, too_long_tags};
use crate::protocol::{assert_enum_violation, assert_violations, at_most, violation};
use crate::support::{ACCOUNT, REGION, Server};

/// Creates a key; returns its `KeyMetadata`.
pub(crate) async fn create(server: &Server, request: Value) -> Value {
    server.kms_ok("CreateKey", request).await["KeyMetadata"].clone()
}

/// Asserts that there are so many keys.
pub(crate) async fn assert_key_count(server: &Server, count: usize) {
    let keys = server.kms_ok("ListKeys", json!({})).await;
    assert_eq!(keys["Keys"].as_array().map(Vec::len), Some(count));
}

/// Fact 6.5: `KeyMetadata` of a fresh symmetric key (recorded)
#[tokio::test]
async fn new_key_shows_what_aws_shows_of_one() {
    let server = Server::start().await;
    let key = create(&server, json!({})).await;

    let id = text(&key["KeyId"]);
    assert_eq!(Uuid::parse_str(id).expect("a UUID").to_string(), id);
    let material = text(&key["CurrentKeyMaterialId"]);
    assert_eq!(material.len(), 64, "{material}");
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    assert!(material.chars().all(is_hex), "{material}");
    assert_date(&key["CreationDate"], server.now());
    assert_eq!(
        key,
        json!({
            "AWSAccountId": ACCOUNT,
            "Arn": arn_of(&format!("key/{id}")),
            "CreationDate": key["CreationDate"],
            "CurrentKeyMaterialId": material,
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "Description": "",
            "Enabled": true,
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "KeyId": id,
            "KeyManager": "CUSTOMER",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyState": "Enabled",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": false,
            "Origin": "AWS_KMS",
        })
    );
    assert_eq!(describe(&server, &key["KeyId"]).await, key);
}

#[tokio::test]
async fn no_two_keys_share_an_id_or_material() {
    let server = Server::start().await;
    let (one, two) = (server.create_key().await, server.create_key().await);
    for member in ["KeyId", "Arn", "CurrentKeyMaterialId"] {
        assert_ne!(one[member], two[member]);
    }
    assert_key_count(&server, 2).await;
}

#[tokio::test]
async fn key_belongs_to_the_callers_account_and_region() {
    let server = Server::start().await;
    let client = server.client(OTHER_ACCOUNT, OTHER_REGION);
    let key = client.kms_ok("CreateKey", json!({})).await["KeyMetadata"].clone();
    let id = text(&key["KeyId"]);
    assert_eq!(key["AWSAccountId"], OTHER_ACCOUNT);
    assert_eq!(
        key["Arn"],
        format!("arn:aws:kms:{OTHER_REGION}:{OTHER_ACCOUNT}:key/{id}")
    );
}

/// Fact 6.5: CreateKey: Policy 1..131072, Description, ..., Tags
#[tokio::test]
async fn description_policy_and_tags_are_kept() {
    let server = Server::start().await;
    let policy = policy_allowing("kms:*");
    let tags = tags(&[("team", "blue"), ("stage", "")]);
    let request = json!({"Description": "the keys, naïve", "Policy": policy, "Tags": tags});
    let key = create(&server, request).await;

    assert_eq!(key["Description"], "the keys, naïve");
    assert_eq!(tags_of(&server, &key).await, tags);
    let kept = server
        .kms_ok("GetKeyPolicy", json!({"KeyId": key["KeyId"]}))
        .await;
    assert_eq!(kept["Policy"], policy);
}

/// Fact 6.5: CreateKey: Policy ..., KeyUsage, CustomerMasterKeySpec (old), KeySpec (default SYMMETRIC_DEFAULT)
#[tokio::test]
async fn defaults_may_be_spelled_out() {
    let server = Server::start().await;
    let usual = create(&server, json!({})).await;
    for request in [
        json!({"KeySpec": "SYMMETRIC_DEFAULT"}),
        json!({"KeyUsage": "ENCRYPT_DECRYPT"}),
        json!({"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"}),
        json!({"Origin": "AWS_KMS", "MultiRegion": false, "Description": ""}),
        json!({"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}),
    ] {
        let mut key = create(&server, request.clone()).await;
        for own in ["Arn", "KeyId", "CurrentKeyMaterialId"] {
            key[own] = usual[own].clone();
        }
        assert_eq!(key, usual, "{request}");
    }
}

/// Fact 6.5: `KeyMetadata` of a fresh symmetric key: Key ids are UUIDs (multi-Region: `mrk-` + 32 hex)
#[tokio::test]
async fn multi_region_key_says_so() {
    let server = Server::start().await;
    let key = create(&server, json!({"MultiRegion": true})).await;

    let id = text(&key["KeyId"]);
    let digits = id.strip_prefix("mrk-").expect("a multi-Region key's id");
    assert_eq!(digits.len(), 32, "{id}");
    assert!(
        digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')),
        "{id}"
    );
    assert_eq!(key["Arn"], arn_of(&format!("key/{id}")));
    assert_eq!(key["MultiRegion"], true);
    assert_eq!(
        key["MultiRegionConfiguration"],
        json!({
            "MultiRegionKeyType": "PRIMARY",
            "PrimaryKey": {"Arn": key["Arn"], "Region": REGION},
            "ReplicaKeys": [],
        })
    );
    assert_eq!(describe(&server, &key["KeyId"]).await, key);
}

#[tokio::test]
async fn other_origins_and_key_stores_are_unsupported() {
    let server = Server::start().await;
    for request in [
        json!({"Origin": "EXTERNAL"}),
        json!({"Origin": "AWS_CLOUDHSM"}),
        json!({"Origin": "EXTERNAL_KEY_STORE"}),
        json!({"CustomKeyStoreId": "cks-1234567890abcdef0"}),
        json!({"XksKeyId": "outside"}),
    ] {
        let answer = server.kms("CreateKey", request).await;
        answer.assert_code("UnsupportedOperationException");
    }
    assert_key_count(&server, 0).await;
}

#[tokio::test]
async fn policy_is_judged_before_there_is_a_key() {
    let server = Server::start().await;
    for policy in MALFORMED {
        let answer = server.kms("CreateKey", json!({"Policy": policy})).await;
        answer.assert_code("MalformedPolicyDocumentException");
    }
    let mut request = json!({"Policy": policy_allowing("kms:Decrypt")});
    let answer = server.kms("CreateKey", request.clone()).await;
    answer.assert_kms_error("MalformedPolicyDocumentException", LOCKED_OUT);
    assert_key_count(&server, 0).await;

    request["BypassPolicyLockoutSafetyCheck"] = json!(true);
    create(&server, request).await;
    assert_key_count(&server, 1).await;
}

/// Fact 6.5: `TagException` Duplicate tag keys
/// Fact 6.5: tag length → `ValidationException`
#[tokio::test]
async fn tags_are_judged_before_there_is_a_key() {
    let server = Server::start().await;
    for (tags, message) in refused_tags() {
        let answer = server.kms("CreateKey", json!({"Tags": tags})).await;
        answer.assert_kms_error("TagException", message);
    }
    for (tags, expected) in too_long_tags() {
        let answer = server.kms("CreateKey", json!({"Tags": tags})).await;
        assert_violations(&answer, &[expected]);
    }
    assert_key_count(&server, 0).await;
}

/// Fact 1.5: too long: `Value '{v}' at
/// Fact 1.5: enum: `Value 'x' at
#[tokio::test]
async fn members_must_keep_the_models_constraints() {
    let server = Server::start().await;
    let long = "d".repeat(8193);
    let answer = server.kms("CreateKey", json!({"Description": long})).await;
    assert_violations(&answer, &[violation(&long, "description", &at_most(8192))]);

    let answer = server.kms("CreateKey", json!({"Origin": "x"})).await;
    let origins = ["AWS_CLOUDHSM", "AWS_KMS", "EXTERNAL", "EXTERNAL_KEY_STORE"];
    assert_enum_violation(&answer, "origin", &origins);
    assert_key_count(&server, 0).await;
}
