//! Secrets under customer keys: how a key is named and shown.
//!
//! What the other tests of customer keys share is here too.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::replication::{DEFAULT_KEY, describe, home, put, read, version};
use crate::support::{ACCOUNT, Answer, Client, REGION, Server, version_id};

/// AWS's sentence for a key that is not there.
pub(crate) const UNKNOWN_KEY: &str = "Secrets Manager can't find the specified KMS key.";
/// AWS's sentence for a key that cannot seal.
pub(crate) const CANNOT_ENCRYPT: &str = "Secrets Manager can't encrypt the protected secret text using the provided \
                                         KMS key. Check that the KMS key is available, enabled, and not in an \
                                         invalid state.";
/// AWS's sentence for a key that cannot open.
pub(crate) const CANNOT_DECRYPT: &str =
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
/// What AWS says of a key that is not symmetric.
pub(crate) const ASYMMETRIC: &str = "Cannot generate a data key with an asymmetric KMS key";
/// What makes a key unusable, and can be undone.
pub(crate) const BREAKS: [&str; 2] = ["DisableKey", "ScheduleKeyDeletion"];

// ---- What the other tests of customer keys share ----

/// Creates a symmetric key; returns its ARN.
pub(crate) async fn key(client: &Client) -> String {
    key_for(client, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await
}

/// Creates a key of a spec and a usage; returns its ARN.
pub(crate) async fn key_for(client: &Client, spec: &str, usage: &str) -> String {
    let request = json!({"KeySpec": spec, "KeyUsage": usage});
    let created = client.kms_ok("CreateKey", request).await;
    created["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

/// One key of every kind that seals no data keys.
pub(crate) async fn asymmetric_keys(client: &Client) -> Vec<String> {
    let mut keys = Vec::new();
    for (spec, usage) in [
        ("RSA_2048", "ENCRYPT_DECRYPT"),
        ("RSA_2048", "SIGN_VERIFY"),
        ("ECC_NIST_P256", "KEY_AGREEMENT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ] {
        keys.push(key_for(client, spec, usage).await);
    }
    keys
}

/// The key id in a key's ARN.
pub(crate) fn id_of(arn: &str) -> &str {
    arn.rsplit_once('/').unwrap().1
}

/// Calls an operation of KMS whose only member is the key.
pub(crate) async fn set(client: &Client, operation: &str, key: &str) {
    client.kms_ok(operation, json!({"KeyId": key})).await;
}

/// Gives a key an alias.
pub(crate) async fn alias(client: &Client, name: &str, key: &str) {
    let request = json!({"AliasName": name, "TargetKeyId": key});
    client.kms_ok("CreateAlias", request).await;
}

/// Waits until a key that is scheduled for deletion is gone.
pub(crate) fn wait_for_deletion(server: &Server) {
    server.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
}

/// A request to create the secret `settings` with the value `one` under a key.
pub(crate) fn creation(key_id: &str) -> Value {
    json!({
        "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one", "KmsKeyId": key_id,
    })
}

/// A request to create the secret `settings` without a value under a key.
pub(crate) fn creation_without_value(key_id: &str) -> Value {
    json!({"Name": "settings", "ClientRequestToken": version_id("v1"), "KmsKeyId": key_id})
}

/// Creates the secret `settings` with the value `one` under a key; returns its ARN.
pub(crate) async fn create(client: &Client, key_id: &str) -> String {
    let created = client.ok("CreateSecret", creation(key_id)).await;
    created["ARN"].as_str().unwrap().to_owned()
}

/// Every version of the secret `settings`.
pub(crate) async fn versions(client: &Client) -> Value {
    let request = json!({"SecretId": "settings", "IncludeDeprecated": true});
    client.ok("ListSecretVersionIds", request).await
}

/// The keys of a version of the secret `settings`.
pub(crate) async fn keys_of(client: &Client, token: &str) -> Value {
    version(&versions(client).await, &version_id(token))["KmsKeyIds"].clone()
}

/// All that is shown of the secret `settings` and its versions.
pub(crate) async fn shown(client: &Client) -> (Value, Value) {
    (describe(client).await, versions(client).await)
}

/// Asks for the secret `settings`.
pub(crate) async fn get(client: &Client) -> Answer {
    client
        .call("GetSecretValue", json!({"SecretId": "settings"}))
        .await
}

/// Asserts that the secret `settings` cannot be read, as its key cannot open it.
pub(crate) async fn assert_closed(client: &Client) {
    get(client)
        .await
        .assert_service_error("DecryptionFailure", CANNOT_DECRYPT);
}

/// Asserts that an answer refuses a key that is not symmetric.
#[track_caller]
pub(crate) fn assert_refuses_asymmetric(answer: &Answer) {
    answer.assert_code("InvalidParameterException");
    assert!(answer.text.contains(ASYMMETRIC), "{}", answer.text);
}

/// Calls PutSecretValue with another value for the secret `settings`.
pub(crate) async fn try_put(client: &Client) -> Answer {
    let request = json!({
        "SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two",
    });
    client.call("PutSecretValue", request).await
}

// ---- How a key is named and shown ----

/// Fact 3.1: `KmsKeyId`: len 0..2048; key id, key ARN, alias name, alias ARN
/// Fact 3.6: `KmsKeyId` a key was set explicitly
/// Fact 3.10: for a customer key: list with the key id/ARN
#[tokio::test]
async fn key_is_shown_as_it_was_given_and_each_version_shows_its_arn() {
    let alias_arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:alias/app");
    for form in ["id", "ARN", "alias/app", &alias_arn] {
        let server = Server::start().await;
        let home = home(&server);
        let key = key(&home).await;
        alias(&home, "alias/app", &key).await;
        let form = match form {
            "id" => id_of(&key),
            "ARN" => key.as_str(),
            alias => alias,
        };

        create(&home, form).await;

        assert_eq!(describe(&home).await["KmsKeyId"], form);
        let list = home.ok("ListSecrets", json!({})).await;
        assert_eq!(list["SecretList"][0]["KmsKeyId"], form);
        assert_eq!(keys_of(&home, "v1").await, json!([key]));
        assert_eq!(read(&home).await["SecretString"], "one");
    }
}

/// Fact 3.1: `KmsKeyId`: len 0..2048; key id, key ARN, alias name, alias ARN
/// Fact 6.1: PutSecretValue, UpdateSecret with value: GenerateDataKey
#[tokio::test]
async fn secret_without_a_value_has_its_key_for_the_first_one() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    home.ok("CreateSecret", creation_without_value(&key)).await;
    assert_eq!(describe(&home).await["KmsKeyId"], key);
    assert_eq!(versions(&home).await["Versions"], json!([]));

    put(&home, "v2", "two").await;

    assert_eq!(keys_of(&home, "v2").await, json!([key]));
    set(&home, "DisableKey", &key).await;
    assert_closed(&home).await;
}

/// Fact 6.1: PutSecretValue, UpdateSecret with value: GenerateDataKey
#[tokio::test]
async fn later_values_are_under_the_secrets_key_too() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;

    put(&home, "v2", "two").await;
    let request = json!({
        "SecretId": "settings", "ClientRequestToken": version_id("v3"), "SecretString": "three",
    });
    home.ok("UpdateSecret", request).await;

    for token in ["v1", "v2", "v3"] {
        assert_eq!(keys_of(&home, token).await, json!([key]), "{token}");
    }
    assert_eq!(describe(&home).await["KmsKeyId"], key);
}

/// Fact 6.3: `KmsKeyId` omitted in Describe/List
/// Fact 3.10: `KmsKeyIds` for the default key is the literal list
#[tokio::test]
async fn default_key_has_its_own_name_whatever_it_is_called() {
    let alias_arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:{DEFAULT_KEY}");
    for form in [DEFAULT_KEY, &alias_arn] {
        let server = Server::start().await;
        let home = home(&server);
        create(&home, form).await;
        assert_eq!(describe(&home).await["KmsKeyId"], form);
        assert_eq!(keys_of(&home, "v1").await, json!(["DefaultEncryptionKey"]));
    }
}

/// Fact 6.5: Key-state effects: Old ciphertexts still decrypt after key rotation
#[tokio::test]
async fn secret_opens_after_its_key_was_rotated() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;
    set(&home, "RotateKeyOnDemand", &key).await;
    assert_eq!(read(&home).await["SecretString"], "one");
    put(&home, "v2", "two").await;
    assert_eq!(read(&home).await["SecretString"], "two");
}

#[tokio::test]
async fn alias_is_resolved_at_each_write() {
    let server = Server::start().await;
    let home = home(&server);
    let (old, new) = (key(&home).await, key(&home).await);
    alias(&home, "alias/app", &old).await;
    create(&home, "alias/app").await;
    let request = json!({"AliasName": "alias/app", "TargetKeyId": new});
    home.kms_ok("UpdateAlias", request).await;

    put(&home, "v2", "two").await;

    assert_eq!(keys_of(&home, "v1").await, json!([old]));
    assert_eq!(keys_of(&home, "v2").await, json!([new]));
    set(&home, "DisableKey", &old).await;
    assert_eq!(read(&home).await["SecretString"], "two");
    let request = json!({"SecretId": "settings", "VersionId": version_id("v1")});
    home.call("GetSecretValue", request)
        .await
        .assert_service_error("DecryptionFailure", CANNOT_DECRYPT);
}

/// Fact 6.4: key not found
#[tokio::test]
async fn deleted_alias_is_missed_by_writes_alone() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    alias(&home, "alias/app", &key).await;
    create(&home, "alias/app").await;
    let request = json!({"AliasName": "alias/app"});
    home.kms_ok("DeleteAlias", request).await;
    let before = shown(&home).await;

    try_put(&home)
        .await
        .assert_service_error("InvalidParameterException", UNKNOWN_KEY);

    assert_eq!(shown(&home).await, before);
    assert_eq!(read(&home).await["SecretString"], "one");
}
