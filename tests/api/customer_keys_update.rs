//! `UpdateSecret` with another key: which versions move to it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::customer_keys::{
    CANNOT_DECRYPT, alias, create, creation_without_value, id_of, key, keys_of, set, shown,
};
use crate::replication::{describe, home, put, read};
use crate::support::{ACCOUNT, Answer, Client, REGION, Server, version_id};

/// Updates the secret `settings`.
pub(crate) async fn update(client: &Client, more: Value) -> Answer {
    let mut request = more;
    request["SecretId"] = json!("settings");
    request["ClientRequestToken"] = json!(version_id("u1"));
    client.call("UpdateSecret", request).await
}

/// Moves the secret `settings` to another key.
pub(crate) async fn move_to(client: &Client, key_id: &str) {
    let answer = update(client, json!({"KmsKeyId": key_id})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Gives the secret `settings` a version with a label.
async fn put_labelled(client: &Client, token: &str, label: &str) {
    let request = json!({
        "SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": token,
        "VersionStages": [label],
    });
    client.ok("PutSecretValue", request).await;
}

/// Reads a version of the secret `settings`.
async fn get_version(client: &Client, token: &str) -> Answer {
    let request = json!({"SecretId": "settings", "VersionId": version_id(token)});
    client.call("GetSecretValue", request).await
}

/// Creates the secret `settings` under a key, with a version of every kind: `v1` without labels, `v2` with AWSPREVIOUS, `v3`
/// with AWSCURRENT, `v4` with AWSPENDING, `v5` with a label of its own.
async fn create_all_kinds(client: &Client, key: &str) {
    create(client, key).await;
    put(client, "v2", "v2").await;
    put(client, "v3", "v3").await;
    put_labelled(client, "v4", "AWSPENDING").await;
    put_labelled(client, "v5", "BLUE").await;
}

/// A listing without the versions' keys.
fn without_keys(mut listing: Value) -> Value {
    for version in listing["Versions"].as_array_mut().unwrap() {
        version["KmsKeyIds"].take();
    }
    listing
}

/// A server whose secret `settings` is under the first of two keys.
pub(crate) async fn under_the_first_key() -> (Server, Client, String, String) {
    let server = Server::start().await;
    let home = home(&server);
    let (old, new) = (key(&home).await, key(&home).await);
    create(&home, &old).await;
    (server, home, old, new)
}

/// Fact 3.5: changing `KmsKeyId` re-encrypts the versions labelled AWSCURRENT
/// Fact 6.1: UpdateSecret changing key: Decrypt with old
#[tokio::test]
async fn labelled_versions_move_to_the_new_key_and_the_others_stay() {
    let server = Server::start().await;
    let home = home(&server);
    let (old, new) = (key(&home).await, key(&home).await);
    create_all_kinds(&home, &old).await;

    move_to(&home, &new).await;

    for (token, key) in [
        ("v1", &old),
        ("v2", &new),
        ("v3", &new),
        ("v4", &new),
        ("v5", &old),
    ] {
        assert_eq!(keys_of(&home, token).await, json!([key]), "{token}");
    }
    set(&home, "DisableKey", &old).await;
    for token in ["v2", "v3", "v4"] {
        let answer = get_version(&home, token).await;
        assert_eq!(answer.json()["SecretString"], token, "{}", answer.text);
    }
    for token in ["v1", "v5"] {
        get_version(&home, token)
            .await
            .assert_service_error("DecryptionFailure", CANNOT_DECRYPT);
    }
}

/// Fact 3.5: changing `KmsKeyId` re-encrypts the versions; makes no new version
/// Fact 3.5: Response: `ARN`, `Name` always; `VersionId` only when a new version was made
#[tokio::test]
async fn ids_dates_values_and_labels_stay() {
    let server = Server::start().await;
    let home = home(&server);
    let (old, new) = (key(&home).await, key(&home).await);
    create_all_kinds(&home, &old).await;
    let (mut before, versions_before) = shown(&home).await;
    server.advance(TimeDelta::hours(1));

    let answer = update(&home, json!({"KmsKeyId": new})).await.json();

    assert_eq!(answer, json!({"ARN": before["ARN"], "Name": "settings"}));
    let (mut after, versions_after) = shown(&home).await;
    assert_eq!(without_keys(versions_after), without_keys(versions_before));
    before["KmsKeyId"] = json!(new);
    for described in [&mut before, &mut after] {
        assert!(described["LastChangedDate"].take().is_number());
    }
    assert_eq!(after, before);
    for token in ["v2", "v3", "v4", "v5"] {
        let answer = get_version(&home, token).await;
        assert_eq!(answer.json()["SecretString"], token, "{}", answer.text);
    }
}

/// Fact 3.5: `LastChangedDate` grows on every effective call
#[tokio::test]
async fn moving_to_another_key_is_a_change() {
    let (server, home, _, new) = under_the_first_key().await;
    let before = describe(&home).await;
    server.advance(TimeDelta::hours(1));
    move_to(&home, &new).await;
    let after = describe(&home).await;
    let [before, after] = [before, after].map(|shown| shown["LastChangedDate"].as_f64().unwrap());
    assert!(after > before, "{before} {after}");
}

/// Fact 3.5: changing `KmsKeyId` re-encrypts the versions labelled AWSCURRENT
/// Fact 6.1: PutSecretValue, UpdateSecret with value: GenerateDataKey
#[tokio::test]
async fn new_value_and_the_one_before_are_both_under_a_key_given_with_it() {
    let (_server, home, old, new) = under_the_first_key().await;

    let answer = update(&home, json!({"KmsKeyId": new, "SecretString": "two"})).await;

    assert_eq!(answer.json()["VersionId"], version_id("u1"));
    for token in ["v1", "u1"] {
        assert_eq!(keys_of(&home, token).await, json!([new]), "{token}");
    }
    set(&home, "DisableKey", &old).await;
    assert_eq!(read(&home).await["SecretString"], "two");
    let previous = get_version(&home, "v1").await.json();
    assert_eq!(previous["SecretString"], "one");
    assert_eq!(previous["VersionStages"], json!(["AWSPREVIOUS"]));
}

/// Fact 3.5: `KmsKeyId: ""` returns to the default key
/// Fact 6.3: `KmsKeyId` omitted in Describe/List
#[tokio::test]
async fn secret_moves_from_the_default_key_and_back() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    server.create("settings", "v1", "one").await;
    assert_eq!(keys_of(&home, "v1").await, json!(["DefaultEncryptionKey"]));

    move_to(&home, &key).await;
    assert_eq!(describe(&home).await["KmsKeyId"], key);
    assert_eq!(keys_of(&home, "v1").await, json!([key]));

    move_to(&home, "").await;
    let described = describe(&home).await;
    assert!(described.get("KmsKeyId").is_none(), "{described}");
    assert_eq!(keys_of(&home, "v1").await, json!(["DefaultEncryptionKey"]));
    set(&home, "DisableKey", &key).await;
    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 3.5: Request: `KmsKeyId` 0..2048
/// Fact 3.6: `KmsKeyId` a key was set explicitly
#[tokio::test]
async fn new_key_is_shown_as_it_was_given() {
    let (_server, home, _, new) = under_the_first_key().await;
    alias(&home, "alias/app", &new).await;
    let alias_arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:alias/app");
    for form in [id_of(&new), "alias/app", &alias_arn, &new] {
        move_to(&home, form).await;
        assert_eq!(describe(&home).await["KmsKeyId"], form);
        assert_eq!(keys_of(&home, "v1").await, json!([new]));
    }
}

/// Fact 3.5: absent member = leave unchanged (merge)
#[tokio::test]
async fn update_without_a_key_leaves_it() {
    let (_server, home, old, _) = under_the_first_key().await;
    update(&home, json!({"Description": "new"})).await;
    let described = describe(&home).await;
    assert_eq!(described["Description"], "new");
    assert_eq!(described["KmsKeyId"], old);
    assert_eq!(keys_of(&home, "v1").await, json!([old]));
}

/// Fact 3.5: can create the first version of an empty secret
#[tokio::test]
async fn secret_without_a_value_moves_for_its_first_one() {
    let server = Server::start().await;
    let home = home(&server);
    let (old, new) = (key(&home).await, key(&home).await);
    home.ok("CreateSecret", creation_without_value(&old)).await;

    move_to(&home, &new).await;
    put(&home, "v2", "two").await;

    assert_eq!(keys_of(&home, "v2").await, json!([new]));
}
