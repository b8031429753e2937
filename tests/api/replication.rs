//! Section 9: a replica is a real secret in its region, which follows its primary and refuses writes.
//!
//! What the tests of all replication operations share is here too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{ACCOUNT, Client, NOT_FOUND, REGION, Server, version_id};

/// Where most tests have their replica.
pub(crate) const EU: &str = "eu-west-1";
/// AWS's sentence for a write to a replica.
pub(crate) const READ_ONLY: &str = "Operation not permitted on a replica secret. \
                                    Call must be made in primary secret's region.";
/// AWS's sentence for a replica beside its own primary.
pub(crate) const INVALID_REGION: &str = "Invalid replica region.";
/// The midnight before every server's start, as the wire shows it.
pub(crate) const TODAY: i64 = 1_768_435_200;
/// The alias of the key that every account has.
pub(crate) const DEFAULT_KEY: &str = "alias/aws/secretsmanager";
/// An account that is not the default one.
const OTHER_ACCOUNT: &str = "111111111111";

// ---- What the tests of all replication operations share ----

/// Describes a secret as soon as none of its replication is in progress.
pub(crate) async fn settled(client: &Client, id: &str) -> Value {
    for _ in 0..10_000 {
        let described = client.ok("DescribeSecret", json!({"SecretId": id})).await;
        if !is_in_progress(&described) {
            return described;
        }
        tokio::task::yield_now().await;
    }
    panic!("replication of {id} does not end")
}

/// Does any status say that replication is in progress?
fn is_in_progress(described: &Value) -> bool {
    let regions = described["ReplicationStatus"].as_array();
    let accounts = described["CrossAccountReplicas"].as_array();
    regions
        .into_iter()
        .flatten()
        .map(|entry| &entry["Status"])
        .chain(
            accounts
                .into_iter()
                .flatten()
                .chain([&described["CrossAccountPrimary"]])
                .map(|entry| &entry["ReplicationStatus"]),
        )
        .any(|status| status == "InProgress")
}

/// A client in the default account and region, where the primaries are.
pub(crate) fn home(server: &Server) -> Client {
    server.client(ACCOUNT, REGION)
}

/// A client in the default account and the replicas' region.
pub(crate) fn eu(server: &Server) -> Client {
    server.client(ACCOUNT, EU)
}

/// Every replica's region and status, sorted.
pub(crate) fn statuses(body: &Value) -> Vec<(&str, &str)> {
    let entries = body["ReplicationStatus"].as_array();
    let mut statuses: Vec<(&str, &str)> = entries
        .into_iter()
        .flatten()
        .map(|entry| {
            (
                entry["Region"].as_str().expect("Region is a string"),
                entry["Status"].as_str().expect("Status is a string"),
            )
        })
        .collect();
    statuses.sort_unstable();
    statuses
}

/// What a primary says about its replica in a region.
#[track_caller]
pub(crate) fn entry<'a>(body: &'a Value, region: &str) -> &'a Value {
    let entries = body["ReplicationStatus"].as_array();
    entries
        .into_iter()
        .flatten()
        .find(|entry| entry["Region"] == region)
        .unwrap_or_else(|| panic!("there is no replica in {region}: {body}"))
}

/// `AddReplicaRegions` for some regions, each with the default key.
pub(crate) fn regions(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"Region": name})).collect()
}

/// Asks for replicas of the secret `settings`.
pub(crate) async fn replicate(server: &Server, names: &[&str]) -> Value {
    server
        .ok(
            "ReplicateSecretToRegions",
            json!({"SecretId": "settings", "AddReplicaRegions": regions(names)}),
        )
        .await
}

/// Creates the secret `settings` with replicas that are in sync, and describes it.
pub(crate) async fn replicated(server: &Server, names: &[&str]) -> Value {
    server.create("settings", "v1", "one").await;
    replicate(server, names).await;
    let described = settled(&home(server), "settings").await;
    let mut expected: Vec<(&str, &str)> = names.iter().map(|name| (*name, "InSync")).collect();
    expected.sort_unstable();
    assert_eq!(statuses(&described), expected, "{described}");
    described
}

/// An ARN with another region.
pub(crate) fn arn_in(region: &str, arn: &Value) -> String {
    let arn = arn.as_str().expect("ARN is a string");
    arn.replace(&format!(":{REGION}:"), &format!(":{region}:"))
}

/// Describes the secret `settings`.
pub(crate) async fn describe(client: &Client) -> Value {
    client
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// Reads the secret `settings`.
pub(crate) async fn read(client: &Client) -> Value {
    client
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await
}

/// Gives the secret `settings` a new value.
pub(crate) async fn put(client: &Client, token: &str, value: &str) {
    client
        .ok(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": value}),
        )
        .await;
}

/// Calls an operation that must succeed, with or without a body.
pub(crate) async fn done(client: &Client, operation: &str, body: Value) {
    let answer = client.call(operation, body).await;
    assert_eq!(answer.status, 200, "{operation} answered {}", answer.text);
}

/// Asserts that there is no secret `settings`, scheduled for deletion or not.
pub(crate) async fn assert_absent(client: &Client) {
    for operation in ["DescribeSecret", "GetSecretValue"] {
        client
            .call(operation, json!({"SecretId": "settings"}))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
    let list = client
        .ok("ListSecrets", json!({"IncludePlannedDeletion": true}))
        .await;
    assert!(!names(&list).contains(&"settings"), "{list}");
}

/// Asserts that a secret shows nothing of replication.
#[track_caller]
pub(crate) fn assert_unreplicated(described: &Value) {
    for member in ["ReplicationStatus", "PrimaryRegion"] {
        assert!(described.get(member).is_none(), "{described}");
    }
}

/// Asserts that the secret `settings` takes writes of every kind.
pub(crate) async fn assert_writable(client: &Client) {
    for (operation, body) in writes() {
        done(client, operation, body).await;
    }
}

/// A write of every kind, but for deletion and replication; each would succeed where it may.
pub(crate) fn writes() -> Vec<(&'static str, Value)> {
    vec![
        (
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("w1"), "SecretString": "new"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("w2"), "SecretString": "new"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("w3"), "Description": "new"}),
        ),
        (
            "UpdateSecret",
            json!({
                "SecretId": "settings", "ClientRequestToken": version_id("w4"), "Description": "newer",
                "KmsKeyId": DEFAULT_KEY,
            }),
        ),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": "RED", "MoveToVersionId": version_id("v1")}),
        ),
        (
            "TagResource",
            json!({"SecretId": "settings", "Tags": [{"Key": "new", "Value": "new"}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": "settings", "TagKeys": ["team"]}),
        ),
        (
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:DescribeSecret")}),
        ),
        ("DeleteResourcePolicy", json!({"SecretId": "settings"})),
    ]
}

/// A policy that allows the secret's own account an action.
pub(crate) fn policy(action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": action,
            "Resource": "*",
        }],
    })
    .to_string()
}

/// The policy of the secret `settings`.
pub(crate) async fn policy_of(client: &Client) -> Option<Value> {
    let answer = client
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    let text = answer.get("ResourcePolicy")?;
    let text = text.as_str().expect("the policy is a string");
    Some(serde_json::from_str(text).expect("the policy is JSON"))
}

// ---- What these tests need besides ----

/// The names in a list of secrets, sorted.
pub(crate) fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = list["SecretList"]
        .as_array()
        .expect("SecretList is a list")
        .iter()
        .map(|entry| entry["Name"].as_str().expect("Name is a string"))
        .collect();
    names.sort_unstable();
    names
}

/// The labels of every version that DescribeSecret shows.
pub(crate) fn labels(described: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let versions = described["VersionIdsToStages"].as_object();
    versions
        .into_iter()
        .flatten()
        .map(|(version, labels)| {
            let labels = labels.as_array().expect("labels are a list");
            let labels = labels.iter().filter_map(Value::as_str).collect();
            (version.as_str(), labels)
        })
        .collect()
}

/// Creates the secret `settings` with everything that is replicated, and a replica that is in sync.
pub(crate) async fn replicated_with_everything(server: &Server) {
    let home = home(server);
    home.ok(
        "CreateSecret",
        json!({
            "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
            "Description": "text", "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}],
        }),
    )
    .await;
    put(&home, "v2", "two").await;
    home.ok(
        "PutSecretValue",
        json!({
            "SecretId": "settings", "ClientRequestToken": version_id("v3"), "SecretString": "three",
            "VersionStages": ["BLUE", "GREEN"],
        }),
    )
    .await;
    home.ok(
        "PutResourcePolicy",
        json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:GetSecretValue")}),
    )
    .await;
    replicate(server, &[EU]).await;
    assert_follows(server).await;
}

/// Asserts that the replica of the secret `settings` has all that the primary has, and is in sync.
pub(crate) async fn assert_follows(server: &Server) {
    let (home, eu) = (home(server), eu(server));
    let primary = settled(&home, "settings").await;
    assert_eq!(statuses(&primary), [(EU, "InSync")], "{primary}");
    let replica = describe(&eu).await;
    for member in ["Name", "Description", "Tags"] {
        assert_eq!(replica.get(member), primary.get(member), "{member}");
    }
    assert_eq!(labels(&replica), labels(&primary));
    assert_eq!(policy_of(&eu).await, policy_of(&home).await);
    for version in labels(&primary).into_keys() {
        let body = json!({"SecretId": "settings", "VersionId": version});
        let there = eu.ok("GetSecretValue", body.clone()).await;
        let here = home.ok("GetSecretValue", body).await;
        for member in ["Name", "VersionId", "SecretString", "SecretBinary"] {
            assert_eq!(there.get(member), here.get(member), "{version} {member}");
        }
    }
}

/// Asks for a replica of the secret `settings`, whatever has its name there.
pub(crate) async fn force(server: &Server) {
    server
        .ok(
            "ReplicateSecretToRegions",
            json!({
                "SecretId": "settings", "AddReplicaRegions": regions(&[EU]), "ForceOverwriteReplicaSecret": true,
            }),
        )
        .await;
}

/// Creates the secret `settings` in the replicas' region, with all that a secret can have; returns its ARN.
pub(crate) async fn occupy(server: &Server) -> Value {
    let eu = eu(server);
    let created = eu
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("e1"), "SecretString": "theirs",
                "Description": "their text", "Tags": [{"Key": "their", "Value": "tag"}],
            }),
        )
        .await;
    eu.ok(
        "PutResourcePolicy",
        json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:GetSecretValue")}),
    )
    .await;
    created["ARN"].clone()
}

/// What a primary says about a region where its name is taken.
pub(crate) fn collision() -> Value {
    json!({
        "Region": EU,
        "KmsKeyId": DEFAULT_KEY,
        "Status": "Failed",
        "StatusMessage": "Replication failed: Secret name settings already exists in region eu-west-1.",
    })
}

/// The one version of a listing that has an id.
#[track_caller]
pub(crate) fn version<'a>(listing: &'a Value, id: &str) -> &'a Value {
    let versions = listing["Versions"].as_array().expect("Versions is a list");
    versions
        .iter()
        .find(|version| version["VersionId"] == id)
        .unwrap_or_else(|| panic!("there is no version {id}: {listing}"))
}

// ---- 9.1 Status object ----

/// Fact 9.1: `KmsKeyId` for the default key is `alias/aws/secretsmanager`
/// Fact 9.1: success message `Replication succeeded`
#[tokio::test]
async fn replica_in_sync_is_shown_with_its_key_and_a_message() {
    let server = Server::start().await;
    let described = replicated(&server, &[EU]).await;
    assert_eq!(
        described["ReplicationStatus"],
        json!([{
            "Region": EU,
            "KmsKeyId": DEFAULT_KEY,
            "Status": "InSync",
            "StatusMessage": "Replication succeeded",
        }])
    );
}

/// Fact 9.1: asynchronous: first answer normally `InProgress`, later `InSync` (for three regions at once)
#[tokio::test]
async fn three_regions_at_once_become_three_replicas() {
    let server = Server::start().await;
    let all = ["ap-southeast-2", EU, "us-west-2"];
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();

    let answer = replicate(&server, &all).await;

    assert_eq!(
        statuses(&answer),
        all.map(|region| (region, "InProgress")),
        "{answer}"
    );
    let described = settled(&home(&server), "settings").await;
    assert_eq!(
        statuses(&described),
        all.map(|region| (region, "InSync")),
        "{described}"
    );
    for region in all {
        let replica = server.client(ACCOUNT, region);
        let value = read(&replica).await;
        assert_eq!(value["ARN"], arn_in(region, &arn));
        assert_eq!(value["SecretString"], "one");
        assert_eq!(describe(&replica).await["PrimaryRegion"], REGION);
    }
    put(&home(&server), "v2", "two").await;
    settled(&home(&server), "settings").await;
    for region in all {
        let value = read(&server.client(ACCOUNT, region)).await;
        assert_eq!(value["SecretString"], "two", "{region}");
    }
}

/// Fact 9.1: name taken in the target Region, no force → call succeeds (200), entry `Failed`
#[tokio::test]
async fn taken_name_fails_with_a_message_and_keeps_what_was_there() {
    let server = Server::start().await;
    let eu = eu(&server);
    let theirs = occupy(&server).await;
    let before = describe(&eu).await;
    server.create("settings", "v1", "one").await;

    let answer = replicate(&server, &[EU]).await;

    assert_eq!(statuses(&answer).len(), 1, "{answer}");
    let described = settled(&home(&server), "settings").await;
    assert_eq!(described["ReplicationStatus"], json!([collision()]));
    assert_eq!(describe(&eu).await, before);
    assert_unreplicated(&before);
    let value = read(&eu).await;
    assert_eq!(value["ARN"], theirs);
    assert_eq!(value["SecretString"], "theirs");
    assert_eq!(read(&home(&server)).await["SecretString"], "one");
}

/// Fact 9.1: name taken in the target Region, no force → entry `Failed` (later changes leave the other secret alone)
#[tokio::test]
async fn changes_of_a_primary_never_reach_a_secret_that_only_has_its_name() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    occupy(&server).await;
    server.create("settings", "v1", "one").await;
    replicate(&server, &[EU]).await;
    settled(&home, "settings").await;
    let before = describe(&eu).await;

    assert_writable(&home).await;

    let described = settled(&home, "settings").await;
    assert_eq!(statuses(&described), [(EU, "Failed")]);
    assert_eq!(describe(&eu).await, before);
    assert_eq!(read(&eu).await["SecretString"], "theirs");
    put(&eu, "e2", "still theirs").await;
}

/// Fact 9.1: name taken in the target Region, no force → entry `Failed` (that entry only)
#[tokio::test]
async fn taken_name_fails_its_own_region_only() {
    let server = Server::start().await;
    occupy(&server).await;
    server.create("settings", "v1", "one").await;

    replicate(&server, &["ap-southeast-2", EU, "us-west-2"]).await;

    let described = settled(&home(&server), "settings").await;
    assert_eq!(
        statuses(&described),
        [
            ("ap-southeast-2", "InSync"),
            (EU, "Failed"),
            ("us-west-2", "InSync")
        ]
    );
    assert_eq!(entry(&described, EU), &collision());
    for region in ["ap-southeast-2", "us-west-2"] {
        let value = read(&server.client(ACCOUNT, region)).await;
        assert_eq!(value["SecretString"], "one", "{region}");
    }
}

/// Fact 9.1: name taken in the target Region, no force → entry `Failed`
/// Fact 2.3: a name scheduled for deletion is still taken
#[tokio::test]
async fn name_of_a_deleted_secret_is_taken_in_the_target_region_too() {
    let server = Server::start().await;
    let eu = eu(&server);
    occupy(&server).await;
    eu.ok("DeleteSecret", json!({"SecretId": "settings"})).await;
    let before = describe(&eu).await;
    server.create("settings", "v1", "one").await;

    replicate(&server, &[EU]).await;

    let described = settled(&home(&server), "settings").await;
    assert_eq!(statuses(&described), [(EU, "Failed")]);
    assert!(
        entry(&described, EU)["StatusMessage"].is_string(),
        "{described}"
    );
    assert_eq!(describe(&eu).await, before);
    eu.ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(read(&eu).await["SecretString"], "theirs");
}

/// Fact 9.1: name taken in the target Region, no force → entry `Failed` (also where another primary's replica has it)
#[tokio::test]
async fn replica_of_another_primary_has_the_name() {
    let server = Server::start().await;
    let west = server.client(ACCOUNT, "us-west-2");
    let (home, eu) = (home(&server), eu(&server));
    west.ok(
        "CreateSecret",
        json!({
            "Name": "settings", "ClientRequestToken": version_id("w1"), "SecretString": "west",
            "AddReplicaRegions": regions(&[EU]),
        }),
    )
    .await;
    settled(&west, "settings").await;
    server.create("settings", "v1", "one").await;

    replicate(&server, &[EU]).await;

    let described = settled(&home, "settings").await;
    assert_eq!(described["ReplicationStatus"], json!([collision()]));
    assert_eq!(describe(&eu).await["PrimaryRegion"], "us-west-2");
    assert_eq!(read(&eu).await["SecretString"], "west");
    put(&west, "w2", "wilder").await;
    put(&home, "v2", "two").await;
    settled(&home, "settings").await;
    assert_eq!(
        statuses(&settled(&west, "settings").await),
        [(EU, "InSync")]
    );
    assert_eq!(read(&eu).await["SecretString"], "wilder");
}

/// Fact 9.1: name taken in the target Region (another account's names are its own)
#[tokio::test]
async fn name_in_another_account_is_no_collision() {
    let server = Server::start().await;
    let other = server.client(OTHER_ACCOUNT, EU);
    other
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("o1"), "SecretString": "other"}),
        )
        .await;

    replicated(&server, &[EU]).await;

    assert_eq!(read(&eu(&server)).await["SecretString"], "one");
    assert_eq!(read(&other).await["SecretString"], "other");
    assert_unreplicated(&describe(&other).await);
    assert_absent(&server.client(OTHER_ACCOUNT, REGION)).await;
}

/// Fact 9.1: unreplicated secrets show no `ReplicationStatus` and no `PrimaryRegion`
#[tokio::test]
async fn unreplicated_secret_shows_nothing_of_replication() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    for client in [home(&server), eu(&server)] {
        client
            .ok(
                "CreateSecret",
                json!({"Name": "other", "ClientRequestToken": version_id("o1"), "SecretString": "other"}),
            )
            .await;
        let described = client
            .ok("DescribeSecret", json!({"SecretId": "other"}))
            .await;
        assert_unreplicated(&described);
    }
}

/// Fact 9.1: `ReplicationStatus` entries: `LastAccessedDate` (if the replica was read)
/// Fact 9.2: Not replicated: `LastAccessedDate` (per Region)
/// Fact 1.2: `LastAccessedDate`: truncated to 00:00:00 UTC of the day
#[tokio::test]
async fn reading_a_replica_is_shown_there_and_in_the_primarys_status() {
    let server = Server::start().await;
    let described = replicated(&server, &[EU, "us-west-2"]).await;
    for region in [EU, "us-west-2"] {
        assert!(
            entry(&described, region).get("LastAccessedDate").is_none(),
            "{described}"
        );
    }

    read(&eu(&server)).await;

    assert_eq!(describe(&eu(&server)).await["LastAccessedDate"], TODAY);
    let described = describe(&home(&server)).await;
    assert!(described.get("LastAccessedDate").is_none(), "{described}");
    assert_eq!(entry(&described, EU)["LastAccessedDate"], TODAY);
    assert!(
        entry(&described, "us-west-2")
            .get("LastAccessedDate")
            .is_none(),
        "{described}"
    );
}

/// Fact 9.2: Not replicated: `LastAccessedDate` (per Region)
#[tokio::test]
async fn reading_a_primary_does_not_show_in_its_replicas() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    server.create("settings", "v1", "one").await;
    read(&home).await;
    replicate(&server, &[EU]).await;
    settled(&home, "settings").await;
    read(&home).await;
    put(&home, "v2", "two").await;
    read(&home).await;

    let primary = settled(&home, "settings").await;

    assert_eq!(primary["LastAccessedDate"], TODAY);
    assert!(
        entry(&primary, EU).get("LastAccessedDate").is_none(),
        "{primary}"
    );
    let replica = describe(&eu).await;
    assert!(replica.get("LastAccessedDate").is_none(), "{replica}");
    let listing = eu
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    for id in ["v1", "v2"] {
        let version = version(&listing, &version_id(id));
        assert!(version.get("LastAccessedDate").is_none(), "{listing}");
    }
}

/// Fact 9.2: Not replicated: `LastAccessedDate` (per Region) (a change of the primary does not undo it)
#[tokio::test]
async fn replicas_last_access_outlives_changes_of_the_primary() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;
    read(&eu).await;
    server.advance(chrono::TimeDelta::days(2));

    assert_writable(&home).await;

    let primary = settled(&home, "settings").await;
    assert!(primary.get("LastAccessedDate").is_none(), "{primary}");
    assert_eq!(entry(&primary, EU)["LastAccessedDate"], TODAY);
    assert_eq!(describe(&eu).await["LastAccessedDate"], TODAY);

    read(&eu).await;
    let later = TODAY + 2 * 86_400;
    assert_eq!(describe(&eu).await["LastAccessedDate"], later);
    let primary = describe(&home).await;
    assert_eq!(entry(&primary, EU)["LastAccessedDate"], later);
}

// ---- 9.2 What is replicated ----
