//! Section 6.3: the default key, which AWS manages: when it comes into being, what it shows, and that nothing changes it.

use serde_json::{Value, json};

use super::fixtures::{
    EU, ONE, OTHER_ACCOUNT, alias, alias_arn, ciphertext, id_of, key, key_arn, text, unlisted,
};
use super::key_ids::management;
use crate::support::{ACCOUNT, Client, REGION, Server, version_id};

/// The default key's alias.
const ALIAS: &str = "alias/aws/secretsmanager";

/// Creates a secret; `more` has its key and its value.
async fn create_secret(client: &Client, more: Value) {
    let mut request = more;
    request["Name"] = json!("settings");
    request["ClientRequestToken"] = json!(version_id("v1"));
    client.ok("CreateSecret", request).await;
}

/// The metadata of the default key, which comes into being by this if it was not there.
async fn describe(client: &Client) -> Value {
    let described = client.kms_ok("DescribeKey", json!({"KeyId": ALIAS})).await;
    described["KeyMetadata"].clone()
}

/// The ids of all keys, and the names of all aliases with their keys' ids.
async fn listed(client: &Client) -> (Vec<Value>, Vec<(Value, Value)>) {
    let keys = client.kms_ok("ListKeys", json!({})).await;
    let aliases = client.kms_ok("ListAliases", json!({})).await;
    let entries = |list: &Value| list.as_array().expect("a list").clone();
    (
        entries(&keys["Keys"])
            .iter()
            .map(|entry| entry["KeyId"].clone())
            .collect(),
        entries(&aliases["Aliases"])
            .iter()
            .map(|entry| (entry["AliasName"].clone(), entry["TargetKeyId"].clone()))
            .collect(),
    )
}

/// Asserts that there is no key and no alias.
async fn assert_absent(client: &Client) {
    assert_eq!(listed(client).await, (vec![], vec![]));
}

/// Asserts that the default key is there, and nothing else.
async fn assert_present(client: &Client) {
    let (keys, aliases) = listed(client).await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert_eq!(aliases, [(json!(ALIAS), keys[0].clone())]);
    assert_eq!(describe(client).await["KeyId"], keys[0]);
}

/// What AWS says about a call that the default key does not allow.
fn denied(key: &str, operation: &str) -> Value {
    let message = format!(
        "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:{operation} on resource: {key} \
         because no resource-based policy allows the kms:{operation} action"
    );
    json!({"__type": "AccessDeniedException", "Message": message})
}

/// The calls that only read, of those that name a key.
const READS: [&str; 6] = [
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListAliases",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
];

/// Every call that changes a key, and every cryptographic one that needs no ciphertext of it.
fn forbidden(key_id: &str) -> Vec<(&'static str, Value)> {
    let mut calls = management(key_id);
    calls.retain(|(operation, _)| !READS.contains(operation));
    calls.extend(cryptographic(key_id));
    calls
}

/// Every cryptographic call that needs no ciphertext of a key.
fn cryptographic(key_id: &str) -> [(&'static str, Value); 3] {
    [
        ("Encrypt", json!({"KeyId": key_id, "Plaintext": ONE})),
        (
            "GenerateDataKey",
            json!({"KeyId": key_id, "KeySpec": "AES_256"}),
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            json!({"KeyId": key_id, "KeySpec": "AES_256"}),
        ),
    ]
}

// ---- When it comes into being ----

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn first_value_makes_the_default_key() {
    let server = Server::start().await;
    let home = server.client(ACCOUNT, REGION);
    assert_absent(&home).await;
    create_secret(&home, json!({})).await;
    assert_absent(&home).await;

    let value = json!({
        "SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "one",
    });
    home.ok("PutSecretValue", value).await;

    assert_present(&home).await;
}

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn description_by_its_alias_makes_the_default_key() {
    let server = Server::start().await;
    for form in [ALIAS, &alias_arn(ALIAS)] {
        server.kms_ok("DescribeKey", json!({"KeyId": form})).await;
        assert_present(&server.client(ACCOUNT, REGION)).await;
    }
}

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn value_under_a_customer_key_makes_no_default_key() {
    let server = Server::start().await;
    let key = key(&server).await;
    let home = server.client(ACCOUNT, REGION);
    create_secret(&home, json!({"SecretString": "one", "KmsKeyId": key})).await;
    assert_eq!(listed(&home).await, (vec![json!(id_of(&key))], vec![]));
}

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn every_account_and_region_has_a_default_key_of_its_own() {
    let server = Server::start().await;
    let mut keys = Vec::new();
    for (account, region) in [(ACCOUNT, REGION), (ACCOUNT, EU), (OTHER_ACCOUNT, REGION)] {
        let client = server.client(account, region);
        assert_absent(&client).await;
        create_secret(&client, json!({"SecretString": "one"})).await;
        assert_present(&client).await;
        keys.push(text(&describe(&client).await["KeyId"]).to_owned());
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn later_values_use_the_same_default_key() {
    let server = Server::start().await;
    let home = server.client(ACCOUNT, REGION);
    server.create("first", "v1", "one").await;
    let before = describe(&home).await;
    server.advance(chrono::TimeDelta::days(1));
    server.create("second", "v1", "two").await;
    assert_eq!(describe(&home).await, before);
    assert_present(&home).await;
}

// ---- What it shows ----

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn default_key_is_described_as_a_key_of_aws() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    let described = describe(&server.client(ACCOUNT, REGION)).await;
    for (member, expected) in [
        ("KeyManager", json!("AWS")),
        (
            "Description",
            json!("Default key that protects my Secrets Manager data when no other key is defined"),
        ),
        ("AWSAccountId", json!(ACCOUNT)),
        ("Enabled", json!(true)),
        ("KeyState", json!("Enabled")),
        ("KeyUsage", json!("ENCRYPT_DECRYPT")),
        ("KeySpec", json!("SYMMETRIC_DEFAULT")),
        ("MultiRegion", json!(false)),
        ("Origin", json!("AWS_KMS")),
    ] {
        assert_eq!(described[member], expected, "{member}");
    }
    assert_eq!(described["Arn"], key_arn(text(&described["KeyId"])));
}

/// Fact 6.3: key policy id `auto-secretsmanager-1`
#[tokio::test]
async fn policy_of_the_default_key_has_its_own_id() {
    let server = Server::start().await;
    let key = describe(&server.client(ACCOUNT, REGION)).await["Arn"].clone();
    let answer = server.kms_ok("GetKeyPolicy", json!({"KeyId": key})).await;
    let policy: Value = serde_json::from_str(text(&answer["Policy"])).expect("a policy is JSON");
    assert_eq!(policy["Id"], "auto-secretsmanager-1");
    assert_eq!(answer["PolicyName"], "default");
    let names = server
        .kms_ok("ListKeyPolicies", json!({"KeyId": key}))
        .await;
    assert_eq!(names["PolicyNames"], json!(["default"]));
}

#[tokio::test]
async fn default_key_is_rotated_every_year() {
    let server = Server::start().await;
    let key = describe(&server.client(ACCOUNT, REGION)).await["Arn"].clone();
    let status = server
        .kms_ok("GetKeyRotationStatus", json!({"KeyId": key}))
        .await;
    assert_eq!(status["KeyRotationEnabled"], true);
    assert_eq!(status["RotationPeriodInDays"], 365);
}

#[tokio::test]
async fn everything_of_the_default_key_can_be_read() {
    let server = Server::start().await;
    let key = describe(&server.client(ACCOUNT, REGION)).await["Arn"].clone();
    for operation in READS {
        server.kms_ok(operation, json!({"KeyId": key})).await;
    }
}

// ---- That nothing changes it ----

#[tokio::test]
async fn no_call_changes_or_uses_the_default_key() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    let home = server.client(ACCOUNT, REGION);
    let before = describe(&home).await;
    let key = text(&before["Arn"]);

    for form in [key, id_of(key)] {
        for (operation, body) in forbidden(form) {
            let answer = server.kms(operation, body).await;
            assert_eq!(answer.status, 400, "{operation}: {}", answer.text);
            assert_eq!(answer.json(), denied(key, operation), "{operation}");
        }
    }

    assert_eq!(describe(&home).await, before);
    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "one");
}

#[tokio::test]
async fn no_cryptographic_call_uses_the_default_key_by_its_alias() {
    let server = Server::start().await;
    let described = describe(&server.client(ACCOUNT, REGION)).await;
    let key = text(&described["Arn"]);
    for form in [ALIAS, &alias_arn(ALIAS)] {
        for (operation, body) in cryptographic(form) {
            let answer = server.kms(operation, body).await;
            assert_eq!(
                (answer.status, answer.json()),
                (400, denied(key, operation)),
                "{operation}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_re_encrypted_under_the_default_key() {
    let server = Server::start().await;
    let managed = describe(&server.client(ACCOUNT, REGION)).await["Arn"].clone();
    let blob = ciphertext(&server, &key(&server).await, b"one").await;
    let body = json!({"CiphertextBlob": blob, "DestinationKeyId": managed});
    server
        .kms("ReEncrypt", body)
        .await
        .assert_code("AccessDeniedException");
}

#[tokio::test]
async fn default_key_takes_no_other_alias() {
    let server = Server::start().await;
    let own = key(&server).await;
    alias(&server, "alias/app", &own).await;
    let managed = describe(&server.client(ACCOUNT, REGION)).await["KeyId"].clone();
    let before = server.kms_ok("ListAliases", json!({})).await;

    for (operation, name) in [("CreateAlias", "alias/other"), ("UpdateAlias", "alias/app")] {
        let body = json!({"AliasName": name, "TargetKeyId": managed});
        server
            .kms(operation, body)
            .await
            .assert_code("AccessDeniedException");
    }

    assert_eq!(server.kms_ok("ListAliases", json!({})).await, before);
}

#[tokio::test]
async fn default_keys_alias_cannot_be_taken_moved_or_deleted() {
    let server = Server::start().await;
    let key = key(&server).await;
    describe(&server.client(ACCOUNT, REGION)).await;
    let before = server.kms_ok("ListAliases", json!({})).await;
    for (operation, body) in [
        (
            "CreateAlias",
            json!({"AliasName": ALIAS, "TargetKeyId": key}),
        ),
        (
            "UpdateAlias",
            json!({"AliasName": ALIAS, "TargetKeyId": key}),
        ),
        ("DeleteAlias", json!({"AliasName": ALIAS})),
    ] {
        unlisted(&server, operation, &body)
            .await
            .assert_silent_error("NotAuthorizedException");
    }
    assert_eq!(server.kms_ok("ListAliases", json!({})).await, before);
}
