//! Replicas under customer keys of their own region.

use serde_json::{Value, json};

use crate::customer_keys::{
    BREAKS, alias, assert_closed, create, creation, id_of, key, keys_of, set,
};
use crate::customer_keys_update::move_to;
use crate::replication::{
    DEFAULT_KEY, EU, describe, entry, eu, home, put, read, replicate, settled, statuses,
};
use crate::support::{Client, NOT_FOUND, Server};

/// Asks for a replica of the secret `settings` under a key of its region; describes the primary when it is done.
async fn replicate_under(server: &Server, key_id: &str) -> Value {
    let home = home(server);
    let request = json!({
        "SecretId": "settings", "AddReplicaRegions": [{"Region": EU, "KmsKeyId": key_id}],
    });
    home.ok("ReplicateSecretToRegions", request).await;
    settled(&home, "settings").await
}

/// A secret under a customer key with a replica under one of its own; the clients and keys of both regions.
struct Pair {
    _server: Server,
    home: Client,
    home_key: String,
    eu: Client,
    eu_key: String,
}

impl Pair {
    async fn create() -> Self {
        let server = Server::start().await;
        let (home, eu) = (home(&server), eu(&server));
        let (home_key, eu_key) = (key(&home).await, key(&eu).await);
        create(&home, &home_key).await;
        let primary = replicate_under(&server, &eu_key).await;
        assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
        Self {
            _server: server,
            home,
            home_key,
            eu,
            eu_key,
        }
    }
}

/// Asserts that the replica failed with a message, and that there is no secret in its region.
async fn assert_failed(server: &Server, primary: &Value) {
    assert_eq!(statuses(primary), [(EU, "Failed")], "{primary}");
    let message = entry(primary, EU)["StatusMessage"].as_str();
    assert!(
        message.is_some_and(|message| !message.is_empty()),
        "{primary}"
    );
    eu(server)
        .call("DescribeSecret", json!({"SecretId": primary["Name"]}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

// ---- Keys that can be used ----

/// Fact 9.1: `ReplicationStatus` entries: `Region`, `KmsKeyId`
/// Fact 9.2: Not replicated: KMS key (regional)
/// Fact 6.1: ReplicateSecretToRegions: Decrypt at source
#[tokio::test]
async fn replica_is_under_the_key_that_was_named_for_it() {
    let pair = Pair::create().await;

    let primary = describe(&pair.home).await;
    assert_eq!(entry(&primary, EU)["KmsKeyId"], pair.eu_key);
    assert_eq!(primary["KmsKeyId"], pair.home_key);
    assert_eq!(describe(&pair.eu).await["KmsKeyId"], pair.eu_key);
    assert_eq!(keys_of(&pair.home, "v1").await, json!([pair.home_key]));
    assert_eq!(keys_of(&pair.eu, "v1").await, json!([pair.eu_key]));
    assert_eq!(read(&pair.eu).await["SecretString"], "one");
}

/// Fact 9.1: `ReplicationStatus` entries: `Region`, `KmsKeyId`
#[tokio::test]
async fn replicas_key_may_be_an_id_or_an_alias() {
    for form in ["id", "alias/app"] {
        let server = Server::start().await;
        let eu = eu(&server);
        let key = key(&eu).await;
        alias(&eu, "alias/app", &key).await;
        let form = if form == "id" { id_of(&key) } else { form };
        server.create("settings", "v1", "one").await;

        let primary = replicate_under(&server, form).await;

        assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
        assert_eq!(entry(&primary, EU)["KmsKeyId"], form);
        assert_eq!(describe(&eu).await["KmsKeyId"], form);
        assert_eq!(keys_of(&eu, "v1").await, json!([key]));
    }
}

/// Fact 3.1: `AddReplicaRegions`: list, min 1, of {Region len 1..128 pattern `^([a-z]+-)+\d+$`, KmsKeyId}
#[tokio::test]
async fn secret_is_created_with_a_replica_under_a_key_of_its_region() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    let (home_key, eu_key) = (key(&home).await, key(&eu).await);
    let mut request = creation(&home_key);
    request["AddReplicaRegions"] = json!([{"Region": EU, "KmsKeyId": eu_key}]);
    home.ok("CreateSecret", request).await;

    let primary = settled(&home, "settings").await;

    assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
    assert_eq!(keys_of(&eu, "v1").await, json!([eu_key]));
}

/// Fact 9.2: Not replicated: KMS key (regional)
/// Fact 9.1: `KmsKeyId` for the default key is `alias/aws/secretsmanager`
#[tokio::test]
async fn replica_of_a_secret_under_a_customer_key_has_the_default_key() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    create(&home, &key(&home).await).await;
    replicate(&server, &[EU]).await;

    let primary = settled(&home, "settings").await;

    assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
    assert_eq!(entry(&primary, EU)["KmsKeyId"], DEFAULT_KEY);
    let replica = describe(&eu).await;
    assert!(replica.get("KmsKeyId").is_none(), "{replica}");
    assert_eq!(keys_of(&eu, "v1").await, json!(["DefaultEncryptionKey"]));
}

/// Fact 9.2: Value versions, labels
#[tokio::test]
async fn later_values_are_under_the_key_of_each_region() {
    let pair = Pair::create().await;
    put(&pair.home, "v2", "two").await;

    let primary = settled(&pair.home, "settings").await;

    assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
    assert_eq!(keys_of(&pair.home, "v2").await, json!([pair.home_key]));
    assert_eq!(keys_of(&pair.eu, "v2").await, json!([pair.eu_key]));
    assert_eq!(read(&pair.eu).await["SecretString"], "two");
}

/// Fact 6.4: key disabled, on read
#[tokio::test]
async fn disabled_key_closes_the_secret_in_its_own_region_alone() {
    let pair = Pair::create().await;
    set(&pair.eu, "DisableKey", &pair.eu_key).await;
    assert_closed(&pair.eu).await;
    assert_eq!(read(&pair.home).await["SecretString"], "one");

    set(&pair.eu, "EnableKey", &pair.eu_key).await;
    set(&pair.home, "DisableKey", &pair.home_key).await;
    assert_closed(&pair.home).await;
    assert_eq!(read(&pair.eu).await["SecretString"], "one");
}

/// Fact 9.3: changing its encryption key (UpdateSecret with only KmsKeyId)
/// Fact 3.5: changing `KmsKeyId` re-encrypts the versions labelled AWSCURRENT
#[tokio::test]
async fn replica_moves_to_another_key_of_its_region() {
    let pair = Pair::create().await;
    let new = key(&pair.eu).await;

    move_to(&pair.eu, &new).await;

    assert_eq!(describe(&pair.eu).await["KmsKeyId"], new);
    assert_eq!(keys_of(&pair.eu, "v1").await, json!([new]));
    set(&pair.eu, "DisableKey", &pair.eu_key).await;
    assert_eq!(read(&pair.eu).await["SecretString"], "one");
    assert_eq!(describe(&pair.home).await["KmsKeyId"], pair.home_key);
    assert_eq!(keys_of(&pair.home, "v1").await, json!([pair.home_key]));
}

/// Fact 9.3: StopReplicationToReplica: replica becomes standalone
#[tokio::test]
async fn replica_that_becomes_standalone_keeps_its_key() {
    let pair = Pair::create().await;
    let request = json!({"SecretId": "settings"});
    pair.eu.ok("StopReplicationToReplica", request).await;
    put(&pair.eu, "e1", "theirs").await;
    for token in ["v1", "e1"] {
        assert_eq!(keys_of(&pair.eu, token).await, json!([pair.eu_key]));
    }
}

// ---- Keys that cannot be used ----

/// Fact 6.4: invalid key in a *replica* Region: call succeeds; replica `Status: Failed` with a message
#[tokio::test]
async fn key_of_the_primarys_region_is_unknown_in_the_replicas() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    alias(&home, "alias/app", &key).await;
    create(&home, &key).await;
    for key_id in [id_of(&key), &key, "alias/app"] {
        let primary = replicate_under(&server, key_id).await;
        assert_failed(&server, &primary).await;
    }
    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 6.4: invalid key in a *replica* Region: call succeeds; replica `Status: Failed` with a message
/// Fact 9.3: re-replicating a Failed Region
#[tokio::test]
async fn replica_under_a_disabled_key_fails_until_the_key_is_enabled_again() {
    let server = Server::start().await;
    let eu = eu(&server);
    let key = key(&eu).await;
    server.create("settings", "v1", "one").await;
    set(&eu, "DisableKey", &key).await;
    let primary = replicate_under(&server, &key).await;
    assert_failed(&server, &primary).await;

    set(&eu, "EnableKey", &key).await;
    let primary = replicate_under(&server, &key).await;

    assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
    assert_eq!(keys_of(&eu, "v1").await, json!([key]));
}

/// Fact 6.4: invalid key in a *replica* Region: call succeeds; replica `Status: Failed` with a message
#[tokio::test]
async fn secret_is_created_though_its_replicas_key_is_disabled() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    let home_key = key(&home).await;
    for operation in BREAKS {
        let eu_key = key(&eu).await;
        set(&eu, operation, &eu_key).await;
        let mut request = creation(&home_key);
        request["Name"] = json!(operation);
        request["AddReplicaRegions"] = json!([{"Region": EU, "KmsKeyId": eu_key}]);
        home.ok("CreateSecret", request).await;

        let primary = settled(&home, operation).await;

        assert_failed(&server, &primary).await;
    }
}
