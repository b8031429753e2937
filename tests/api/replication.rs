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
fn names(list: &Value) -> Vec<&str> {
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
fn labels(described: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
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
async fn replicated_with_everything(server: &Server) {
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
async fn assert_follows(server: &Server) {
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
async fn force(server: &Server) {
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
async fn occupy(server: &Server) -> Value {
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
fn collision() -> Value {
    json!({
        "Region": EU,
        "KmsKeyId": DEFAULT_KEY,
        "Status": "Failed",
        "StatusMessage": "Replication failed: Secret name settings already exists in region eu-west-1.",
    })
}

/// The one version of a listing that has an id.
#[track_caller]
fn version<'a>(listing: &'a Value, id: &str) -> &'a Value {
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

/// Fact 9.2: Value versions, labels, description, tags, resource policy
#[tokio::test]
async fn replica_starts_with_everything_the_primary_has() {
    let server = Server::start().await;
    replicated_with_everything(&server).await;

    let replica = describe(&eu(&server)).await;
    assert_eq!(replica["Name"], "settings");
    assert_eq!(replica["Description"], "text");
    assert_eq!(
        replica["Tags"],
        json!([{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}])
    );
    assert_eq!(
        labels(&replica),
        BTreeMap::from([
            (version_id("v1").as_str(), BTreeSet::from(["AWSPREVIOUS"])),
            (version_id("v2").as_str(), BTreeSet::from(["AWSCURRENT"])),
            (version_id("v3").as_str(), BTreeSet::from(["BLUE", "GREEN"])),
        ])
    );
    let policy = policy_of(&eu(&server))
        .await
        .expect("the policy is replicated");
    assert_eq!(
        policy["Statement"][0]["Action"],
        "secretsmanager:GetSecretValue"
    );
}

/// Fact 9.2: Value versions; later changes follow
#[tokio::test]
async fn new_values_follow() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;

    put(&home, "v2", "two").await;

    assert_follows(&server).await;
    let value = read(&eu).await;
    assert_eq!(value["VersionId"], version_id("v2"));
    assert_eq!(value["SecretString"], "two");
    assert_eq!(value["VersionStages"], json!(["AWSCURRENT"]));

    home.ok(
        "UpdateSecret",
        json!({"SecretId": "settings", "ClientRequestToken": version_id("v3"), "SecretBinary": "Zm9vdGVzdA=="}),
    )
    .await;

    assert_follows(&server).await;
    let value = read(&eu).await;
    assert_eq!(value["VersionId"], version_id("v3"));
    assert_eq!(value["SecretBinary"], "Zm9vdGVzdA==");
    assert!(value.get("SecretString").is_none(), "{value}");
}

/// Fact 9.2: Value versions (a version that has lost its labels too)
#[tokio::test]
async fn version_without_labels_is_kept_in_the_replica() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;
    for (token, value) in [("v2", "two"), ("v3", "three")] {
        put(&home, token, value).await;
        settled(&home, "settings").await;
    }

    let listing = eu
        .ok(
            "ListSecretVersionIds",
            json!({"SecretId": "settings", "IncludeDeprecated": true}),
        )
        .await;
    let old = version(&listing, &version_id("v1"));
    assert!(old.get("VersionStages").is_none(), "{listing}");
    let value = eu
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionId": version_id("v1")}),
        )
        .await;
    assert_eq!(value["SecretString"], "one");
}

/// Fact 9.2: later changes follow (as many as come at once, and those that come before the first has arrived)
#[tokio::test]
async fn last_of_many_quick_changes_arrives() {
    let server = Server::start().await;
    let home = home(&server);
    server.create("settings", "v1", "1").await;
    replicate(&server, &[EU]).await;
    for number in 2..=20 {
        put(&home, &format!("v{number}"), &number.to_string()).await;
    }
    done(
        &home,
        "TagResource",
        json!({"SecretId": "settings", "Tags": [{"Key": "last", "Value": "one"}]}),
    )
    .await;

    assert_follows(&server).await;
    assert_eq!(read(&eu(&server)).await["SecretString"], "20");
}

/// Fact 9.2: Value versions (the first of a secret that was created without one)
/// Fact 3.1: no value → secret with no versions
#[tokio::test]
async fn replica_of_an_empty_secret_is_empty_until_the_first_value() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    home.ok(
        "CreateSecret",
        json!({
            "Name": "settings", "ClientRequestToken": version_id("v1"), "AddReplicaRegions": regions(&[EU]),
        }),
    )
    .await;
    assert_follows(&server).await;
    let replica = describe(&eu).await;
    assert!(replica.get("VersionIdsToStages").is_none(), "{replica}");
    eu.call("GetSecretValue", json!({"SecretId": "settings"}))
        .await
        .assert_service_error(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        );

    put(&home, "v2", "two").await;

    assert_follows(&server).await;
    assert_eq!(read(&eu).await["SecretString"], "two");
}

/// Fact 9.2: labels; later changes follow
#[tokio::test]
async fn moved_labels_follow() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated_with_everything(&server).await;
    for body in [
        json!({
            "SecretId": "settings", "VersionStage": "AWSCURRENT", "MoveToVersionId": version_id("v1"),
            "RemoveFromVersionId": version_id("v2"),
        }),
        json!({
            "SecretId": "settings", "VersionStage": "GREEN", "MoveToVersionId": version_id("v2"),
            "RemoveFromVersionId": version_id("v3"),
        }),
        json!({"SecretId": "settings", "VersionStage": "BLUE", "RemoveFromVersionId": version_id("v3")}),
        json!({"SecretId": "settings", "VersionStage": "RED", "MoveToVersionId": version_id("v1")}),
    ] {
        home.ok("UpdateSecretVersionStage", body).await;
        assert_follows(&server).await;
    }
    let value = eu
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionStage": "RED"}),
        )
        .await;
    assert_eq!(value["SecretString"], "one");
    assert_eq!(read(&eu).await["SecretString"], "one");
}

/// Fact 9.2: description; later changes follow
#[tokio::test]
async fn changed_and_cleared_description_follows() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated_with_everything(&server).await;
    for (token, description) in [("u1", "other text"), ("u2", ""), ("u3", "third text")] {
        home.ok(
            "UpdateSecret",
            json!({
                "SecretId": "settings", "ClientRequestToken": version_id(token), "Description": description,
            }),
        )
        .await;
        assert_follows(&server).await;
        let replica = describe(&eu).await;
        let shown = replica["Description"].as_str().unwrap_or_default();
        assert_eq!(shown, description);
    }
}

/// Fact 9.2: tags; later changes follow
#[tokio::test]
async fn added_changed_and_removed_tags_follow() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated_with_everything(&server).await;
    done(
        &home,
        "TagResource",
        json!({
            "SecretId": "settings",
            "Tags": [{"Key": "team", "Value": "red"}, {"Key": "owner", "Value": "me"}],
        }),
    )
    .await;
    assert_follows(&server).await;
    done(
        &home,
        "UntagResource",
        json!({"SecretId": "settings", "TagKeys": ["stage"]}),
    )
    .await;
    assert_follows(&server).await;
    assert_eq!(
        describe(&eu).await["Tags"],
        json!([{"Key": "team", "Value": "red"}, {"Key": "owner", "Value": "me"}])
    );

    let list = eu
        .ok(
            "ListSecrets",
            json!({"Filters": [{"Key": "tag-key", "Values": ["owner"]}]}),
        )
        .await;
    assert_eq!(names(&list), ["settings"]);
}

/// Fact 9.2: resource policy; later changes follow, **including policy changes**
#[tokio::test]
async fn changed_and_deleted_policy_follows() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated_with_everything(&server).await;
    home.ok(
        "PutResourcePolicy",
        json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:DescribeSecret")}),
    )
    .await;
    assert_follows(&server).await;
    let policy = policy_of(&eu).await.expect("the policy is replicated");
    assert_eq!(
        policy["Statement"][0]["Action"],
        "secretsmanager:DescribeSecret"
    );

    home.ok("DeleteResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert_follows(&server).await;
    assert_eq!(policy_of(&eu).await, None);
}

/// Fact 9.2: Not replicated: KMS key (regional)
#[tokio::test]
async fn primarys_key_is_not_the_replicas() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    home.ok(
        "CreateSecret",
        json!({
            "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
            "KmsKeyId": DEFAULT_KEY, "AddReplicaRegions": regions(&[EU]),
        }),
    )
    .await;
    let primary = settled(&home, "settings").await;
    assert_eq!(primary["KmsKeyId"], DEFAULT_KEY);
    let replica = describe(&eu).await;
    assert!(replica.get("KmsKeyId").is_none(), "{replica}");
    let listing = eu
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(
        version(&listing, &version_id("v1"))["KmsKeyIds"],
        json!(["DefaultEncryptionKey"])
    );
}

/// Fact 9.2: Not replicated: KMS key (regional) (nor a later change of it)
#[tokio::test]
async fn change_of_the_primarys_key_leaves_the_replicas_alone() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;
    for (token, key) in [("u1", DEFAULT_KEY), ("u2", "")] {
        home.ok(
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "KmsKeyId": key}),
        )
        .await;
        assert_follows(&server).await;
        let replica = describe(&eu).await;
        assert!(replica.get("KmsKeyId").is_none(), "{replica}");
    }
}

// ---- 9.3 Replica behaviour ----

/// Fact 9.3: Describe in the replica Region: `PrimaryRegion` = primary's Region, ARN with own Region
/// Fact 2.1: replica ARN = primary ARN with only the Region changed (**same suffix**)
/// Fact 3.6: `PrimaryRegion`: only for secrets that are replicated (primary or replica)
/// Fact 3.6: `ReplicationStatus`: primary with replicas
#[tokio::test]
async fn primary_and_replica_both_show_the_primarys_region() {
    let server = Server::start().await;
    let primary = replicated(&server, &[EU]).await;
    let replica = describe(&eu(&server)).await;

    assert_eq!(primary["PrimaryRegion"], REGION);
    assert_eq!(replica["PrimaryRegion"], REGION);
    assert_eq!(replica["ARN"], arn_in(EU, &primary["ARN"]));
    assert_eq!(replica["Name"], "settings");
    assert!(replica.get("ReplicationStatus").is_none(), "{replica}");
}

/// Everything that a replica refuses, but for rotation.
fn refused() -> Vec<(&'static str, Value)> {
    let mut refused = writes();
    refused.extend([
        ("DeleteSecret", json!({"SecretId": "settings"})),
        (
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
        ),
        (
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        ),
        ("RestoreSecret", json!({"SecretId": "settings"})),
        (
            "ReplicateSecretToRegions",
            json!({"SecretId": "settings", "AddReplicaRegions": regions(&["us-west-2"])}),
        ),
        (
            "RemoveRegionsFromReplication",
            json!({"SecretId": "settings", "RemoveReplicaRegions": [EU]}),
        ),
    ]);
    refused
}

/// Fact 3.7: replica → 9.3
/// Fact 9.3: `InvalidParameterException` (400): `Operation not permitted on a replica secret.
/// Fact 9.3: Any mutation sent to the replica Region fails: `InvalidParameterException` (400): `Operation not permitted
/// on a replica secret. Call must be made in primary secret's region.`
/// Fact 1.6: operation on a replica: `InvalidParameterException` (not InvalidRequest)
#[tokio::test]
async fn replica_refuses_every_change_and_stays_as_it_is() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated_with_everything(&server).await;
    let arn = describe(&eu).await["ARN"].clone();
    let before = (describe(&home).await, describe(&eu).await);

    for (operation, body) in refused() {
        for id in [json!("settings"), arn.clone()] {
            let mut body = body.clone();
            body["SecretId"] = id;
            let answer = eu.call(operation, body.clone()).await;
            assert_eq!(
                (answer.status, answer.json()),
                (
                    400,
                    json!({"__type": "InvalidParameterException", "Message": READ_ONLY})
                ),
                "{operation} {body}"
            );
        }
    }

    assert_eq!((describe(&home).await, describe(&eu).await), before);
    assert_follows(&server).await;
    assert_absent(&server.client(ACCOUNT, "us-west-2")).await;
}

/// Fact 3.1: same name, different token → `ResourceExistsException` (a replica has its name)
#[tokio::test]
async fn name_of_a_replica_is_taken() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    eu(&server)
        .call(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("e1"), "SecretString": "theirs"}),
        )
        .await
        .assert_service_error(
            "ResourceExistsException",
            "The operation failed because the secret settings already exists.",
        );
    assert_follows(&server).await;
}

/// Fact 9.3: GetSecretValue, BatchGetSecretValue, DescribeSecret, ListSecretVersionIds, ListSecrets, GetResourcePolicy
/// Fact 9.3: allowed on a replica: GetSecretValue, DescribeSecret, ListSecretVersionIds, GetResourcePolicy
/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn replica_is_read_by_name_arn_and_partial_arn() {
    let server = Server::start().await;
    replicated_with_everything(&server).await;
    let eu = eu(&server);
    let arn = describe(&eu).await["ARN"].clone();
    let full = arn.as_str().expect("ARN is a string");
    for id in ["settings", full, &full[..full.len() - 7]] {
        for operation in [
            "GetSecretValue",
            "DescribeSecret",
            "ListSecretVersionIds",
            "GetResourcePolicy",
        ] {
            let answer = eu.ok(operation, json!({"SecretId": id})).await;
            assert_eq!(answer["ARN"], arn, "{operation} {id}");
            assert_eq!(answer["Name"], "settings", "{operation} {id}");
        }
    }
}

/// Fact 9.3: allowed on a replica: GetSecretValue
#[tokio::test]
async fn replica_gives_every_version_by_id_and_by_label() {
    let server = Server::start().await;
    replicated_with_everything(&server).await;
    for (selector, value) in [
        (json!({}), "two"),
        (json!({"VersionStage": "AWSCURRENT"}), "two"),
        (json!({"VersionStage": "AWSPREVIOUS"}), "one"),
        (json!({"VersionStage": "GREEN"}), "three"),
        (json!({"VersionId": version_id("v1")}), "one"),
        (json!({"VersionId": version_id("v3")}), "three"),
    ] {
        let mut body = selector;
        body["SecretId"] = json!("settings");
        let answer = eu(&server).ok("GetSecretValue", body.clone()).await;
        assert_eq!(answer["SecretString"], value, "{body}");
    }
}

/// Fact 9.3: allowed on a replica: ListSecretVersionIds
#[tokio::test]
async fn replicas_versions_are_listed() {
    let server = Server::start().await;
    replicated_with_everything(&server).await;
    let listing = eu(&server)
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    let versions = listing["Versions"].as_array().expect("Versions is a list");
    assert_eq!(versions.len(), 3, "{listing}");
    for (id, labels) in [
        ("v1", ["AWSPREVIOUS"].as_slice()),
        ("v2", &["AWSCURRENT"]),
        ("v3", &["BLUE", "GREEN"]),
    ] {
        let shown = version(&listing, &version_id(id))["VersionStages"].clone();
        let shown: BTreeSet<&str> = shown
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(shown, labels.iter().copied().collect(), "{id}");
    }
}

/// Fact 9.3: allowed on a replica: BatchGetSecretValue
#[tokio::test]
async fn replica_is_read_in_a_batch() {
    let server = Server::start().await;
    let primary = replicated(&server, &[EU]).await;
    for query in [
        json!({"SecretIdList": ["settings"]}),
        json!({"SecretIdList": [arn_in(EU, &primary["ARN"])]}),
        json!({"Filters": [{"Key": "primary-region", "Values": [REGION]}]}),
    ] {
        let batch = eu(&server).ok("BatchGetSecretValue", query).await;
        assert_eq!(batch["Errors"], json!([]), "{batch}");
        let values = batch["SecretValues"].as_array().expect("a list of values");
        assert_eq!(values.len(), 1, "{batch}");
        assert_eq!(values[0]["ARN"], arn_in(EU, &primary["ARN"]));
        assert_eq!(values[0]["SecretString"], "one");
    }
    assert_eq!(describe(&eu(&server)).await["LastAccessedDate"], TODAY);
    let primary = describe(&home(&server)).await;
    assert_eq!(entry(&primary, EU)["LastAccessedDate"], TODAY);
}

/// Fact 9.3: allowed on a replica: ListSecrets
/// Fact 3.11: no `ReplicationStatus`, no cross-account members; has `PrimaryRegion`
#[tokio::test]
async fn lists_show_the_primarys_region_of_replicated_secrets_only() {
    let server = Server::start().await;
    let primary = replicated(&server, &[EU]).await;
    for (client, arn) in [
        (home(&server), primary["ARN"].clone()),
        (eu(&server), json!(arn_in(EU, &primary["ARN"]))),
    ] {
        client
            .ok(
                "CreateSecret",
                json!({"Name": "other", "ClientRequestToken": version_id("o1"), "SecretString": "other"}),
            )
            .await;
        let list = client
            .ok("ListSecrets", json!({"SortBy": "name", "SortOrder": "asc"}))
            .await;
        assert_eq!(names(&list), ["other", "settings"]);
        assert_unreplicated(&list["SecretList"][0]);
        let entry = &list["SecretList"][1];
        assert_eq!(entry["ARN"], arn);
        assert_eq!(entry["PrimaryRegion"], REGION);
        assert!(entry.get("ReplicationStatus").is_none(), "{list}");
        assert_eq!(
            entry["SecretVersionsToStages"],
            json!({version_id("v1"): ["AWSCURRENT"]})
        );
    }
}

/// Fact 3.11: `primary-region`: prefix; hits only replicated secrets; sensitive
#[tokio::test]
async fn filter_by_primary_region_finds_replicated_secrets_by_a_prefix() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    for client in [home(&server), eu(&server)] {
        client
            .ok(
                "CreateSecret",
                json!({"Name": "other", "ClientRequestToken": version_id("o1"), "SecretString": "other"}),
            )
            .await;
        for (values, found) in [
            (json!([REGION]), ["settings"].as_slice()),
            (json!(["us-"]), &["settings"]),
            (json!(["u"]), &["settings"]),
            (json!(["ap-south-1", "us-east-1"]), &["settings"]),
            (json!([EU]), &[]),
            (json!(["us-east-12"]), &[]),
            (json!(["east"]), &[]),
            (json!(["US-EAST-1"]), &[]),
        ] {
            let list = client
                .ok(
                    "ListSecrets",
                    json!({"Filters": [{"Key": "primary-region", "Values": values}]}),
                )
                .await;
            assert_eq!(names(&list), found, "{values}");
        }
    }
}

/// Fact 9.3: changing its encryption key (UpdateSecret with only KmsKeyId)
/// Fact 3.5: Response: `ARN`, `Name` always; `VersionId` only when a new version was made
#[tokio::test]
async fn replicas_key_can_be_changed_there() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    let primary = replicated(&server, &[EU]).await;

    let answer = eu
        .ok(
            "UpdateSecret",
            json!({
                "SecretId": "settings", "ClientRequestToken": version_id("u1"), "KmsKeyId": DEFAULT_KEY,
            }),
        )
        .await;

    assert_eq!(
        answer,
        json!({"ARN": arn_in(EU, &primary["ARN"]), "Name": "settings"})
    );
    assert_eq!(describe(&eu).await["KmsKeyId"], DEFAULT_KEY);
    let described = describe(&home).await;
    assert!(described.get("KmsKeyId").is_none(), "{described}");

    put(&home, "v2", "two").await;
    assert_follows(&server).await;
    assert_eq!(describe(&eu).await["KmsKeyId"], DEFAULT_KEY);
    assert_eq!(read(&eu).await["SecretString"], "two");
}

// ---- 9.3 Life-cycle ----

/// Fact 3.7: primary with replicas → `InvalidParameterException`: `You can't delete secret {ARN} that still
/// has replica regions [{r1}, {r2}].`
/// Fact 9.3: primary cannot be deleted while replicas exist (3.7)
#[tokio::test]
async fn primary_with_replicas_cannot_be_deleted() {
    for all in [[EU].as_slice(), &[EU, "us-west-2"]] {
        let server = Server::start().await;
        let home = home(&server);
        let arn = replicated(&server, all).await["ARN"].clone();
        let arn = arn.as_str().expect("ARN is a string");
        let message = format!(
            "You can't delete secret {arn} that still has replica regions [{}].",
            all.join(", ")
        );
        for body in [
            json!({"SecretId": "settings"}),
            json!({"SecretId": arn}),
            json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        ] {
            home.call("DeleteSecret", body)
                .await
                .assert_service_error("InvalidParameterException", &message);
        }
        let described = describe(&home).await;
        assert!(described.get("DeletedDate").is_none(), "{described}");
        assert_eq!(read(&home).await["SecretString"], "one");
        for region in all {
            let value = read(&server.client(ACCOUNT, region)).await;
            assert_eq!(value["SecretString"], "one", "{region}");
        }
    }
}

/// Fact 9.3: primary cannot be deleted while replicas exist (one that is on its way counts)
#[tokio::test]
async fn primary_cannot_be_deleted_right_after_replicas_were_asked_for() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    replicate(&server, &[EU]).await;
    server
        .call(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await
        .assert_code("InvalidParameterException");
    assert_follows(&server).await;
}

/// Fact 9.3: primary cannot be deleted while replicas exist (and can be when none is left)
#[tokio::test]
async fn primary_can_be_deleted_when_its_last_replica_is_gone() {
    let server = Server::start().await;
    let home = home(&server);
    let arn = replicated(&server, &[EU, "us-west-2"]).await["ARN"].clone();
    server
        .client(ACCOUNT, "us-west-2")
        .ok("StopReplicationToReplica", json!({"SecretId": "settings"}))
        .await;
    home.call("DeleteSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error(
            "InvalidParameterException",
            &format!(
                "You can't delete secret {} that still has replica regions [{EU}].",
                arn.as_str().expect("ARN is a string")
            ),
        );
    home.ok(
        "RemoveRegionsFromReplication",
        json!({"SecretId": "settings", "RemoveReplicaRegions": [EU]}),
    )
    .await;

    home.ok(
        "DeleteSecret",
        json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
    )
    .await;

    assert_absent(&home).await;
    assert_absent(&eu(&server)).await;
    let promoted = server.client(ACCOUNT, "us-west-2");
    assert_eq!(read(&promoted).await["SecretString"], "one");
}

/// Fact 9.3: re-replicating a Failed Region with ForceOverwrite replaces the colliding secret
#[tokio::test]
async fn force_replaces_the_secret_that_has_the_name() {
    let server = Server::start().await;
    let eu = eu(&server);
    let theirs = occupy(&server).await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    replicate(&server, &[EU]).await;
    settled(&home(&server), "settings").await;

    force(&server).await;

    assert_follows(&server).await;
    let replica = describe(&eu).await;
    assert_eq!(replica["ARN"], arn_in(EU, &arn));
    assert_eq!(replica["PrimaryRegion"], REGION);
    for member in ["Description", "Tags"] {
        assert!(replica.get(member).is_none(), "{replica}");
    }
    assert_eq!(policy_of(&eu).await, None);
    let value = read(&eu).await;
    assert_eq!(value["SecretString"], "one");
    eu.call("DescribeSecret", json!({"SecretId": theirs}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    eu.call(
        "GetSecretValue",
        json!({"SecretId": "settings", "VersionId": version_id("e1")}),
    )
    .await
    .assert_code("ResourceNotFoundException");
    let list = eu.ok("ListSecrets", json!({})).await;
    assert_eq!(names(&list), ["settings"]);
    eu.call("DeleteResourcePolicy", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("InvalidParameterException", READ_ONLY);
}

/// Fact 3.19: Request `ForceOverwriteReplicaSecret` (at the first try too, and where nothing has the name)
#[tokio::test]
async fn force_may_be_given_at_once() {
    for taken in [true, false] {
        let server = Server::start().await;
        if taken {
            occupy(&server).await;
        }
        server.create("settings", "v1", "one").await;
        force(&server).await;
        assert_follows(&server).await;
        let value = read(&eu(&server)).await;
        assert_eq!(value["SecretString"], "one", "{taken}");
    }
}

/// Fact 9.1: name taken in the target Region, no force (`ForceOverwriteReplicaSecret: false` is no force)
#[tokio::test]
async fn force_that_is_false_replaces_nothing() {
    let server = Server::start().await;
    occupy(&server).await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "ReplicateSecretToRegions",
            json!({
                "SecretId": "settings", "AddReplicaRegions": regions(&[EU]), "ForceOverwriteReplicaSecret": false,
            }),
        )
        .await;
    let described = settled(&home(&server), "settings").await;
    assert_eq!(described["ReplicationStatus"], json!([collision()]));
    assert_eq!(read(&eu(&server)).await["SecretString"], "theirs");
}

/// Fact 9.3: re-replicating a Failed Region (whose name is free by now needs no force)
#[tokio::test]
async fn failed_region_can_be_tried_again_when_the_name_is_free() {
    let server = Server::start().await;
    occupy(&server).await;
    server.create("settings", "v1", "one").await;
    replicate(&server, &[EU]).await;
    settled(&home(&server), "settings").await;
    eu(&server)
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    replicate(&server, &[EU]).await;

    assert_follows(&server).await;
}

// ---- 3.1 CreateSecret with AddReplicaRegions ----

/// Fact 3.1: `ReplicationStatus`: only if `AddReplicaRegions` was given
/// Fact 9.1: asynchronous: first answer normally `InProgress`, later `InSync`
#[tokio::test]
async fn creation_with_replica_regions_answers_their_status() {
    let server = Server::start().await;
    let created = server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "Description": "text", "Tags": [{"Key": "team", "Value": "blue"}],
                "AddReplicaRegions": regions(&[EU]),
            }),
        )
        .await;

    let mut members: Vec<&str> = created
        .as_object()
        .expect("the answer is an object")
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    assert_eq!(members, ["ARN", "Name", "ReplicationStatus", "VersionId"]);
    assert_eq!(statuses(&created), [(EU, "InProgress")]);
    assert_follows(&server).await;
    let replica = describe(&eu(&server)).await;
    assert_eq!(replica["ARN"], arn_in(EU, &created["ARN"]));
    assert_eq!(replica["Description"], "text");
    assert_eq!(read(&eu(&server)).await["SecretString"], "one");
}

/// Fact 3.1: `ReplicationStatus`: only if `AddReplicaRegions` was given
#[tokio::test]
async fn creation_without_replica_regions_answers_no_status() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;
    assert!(created.get("ReplicationStatus").is_none(), "{created}");
    assert_unreplicated(&describe(&home(&server)).await);
}

/// Fact 3.1: same name, same token, same value → success (and no second replica)
#[tokio::test]
async fn creation_with_replica_regions_can_be_sent_again() {
    let server = Server::start().await;
    let body = json!({
        "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
        "AddReplicaRegions": regions(&[EU]),
    });
    let first = server.ok("CreateSecret", body.clone()).await;
    let before = settled(&home(&server), "settings").await;

    let second = server.ok("CreateSecret", body).await;

    for member in ["ARN", "Name", "VersionId"] {
        assert_eq!(second[member], first[member], "{member}");
    }
    let after = settled(&home(&server), "settings").await;
    assert_eq!(after["ReplicationStatus"], before["ReplicationStatus"]);
    assert_follows(&server).await;
}

/// Fact 9.1: name taken in the target Region, no force → call succeeds (200), entry `Failed`
#[tokio::test]
async fn creation_succeeds_where_the_name_is_taken_in_a_replica_region() {
    let server = Server::start().await;
    occupy(&server).await;
    let created = server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "AddReplicaRegions": regions(&[EU, "us-west-2"]),
            }),
        )
        .await;

    assert_eq!(statuses(&created).len(), 2, "{created}");
    let described = settled(&home(&server), "settings").await;
    assert_eq!(
        statuses(&described),
        [(EU, "Failed"), ("us-west-2", "InSync")]
    );
    assert_eq!(entry(&described, EU), &collision());
    assert_eq!(read(&home(&server)).await["SecretString"], "one");
    assert_eq!(read(&eu(&server)).await["SecretString"], "theirs");
}

/// Fact 3.1: `ForceOverwriteReplicaSecret`: boolean
#[tokio::test]
async fn creation_with_force_replaces_the_secret_that_has_the_name() {
    let server = Server::start().await;
    let theirs = occupy(&server).await;
    let created = server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "AddReplicaRegions": regions(&[EU]), "ForceOverwriteReplicaSecret": true,
            }),
        )
        .await;

    assert_follows(&server).await;
    let replica = describe(&eu(&server)).await;
    assert_eq!(replica["ARN"], arn_in(EU, &created["ARN"]));
    assert_ne!(replica["ARN"], theirs);
    assert!(replica.get("Description").is_none(), "{replica}");
}

/// Fact 9.1: same Region as primary → `InvalidParameterException`: `Invalid replica region.` (and nothing is created)
#[tokio::test]
async fn creation_with_a_replica_beside_the_primary_creates_nothing() {
    let server = Server::start().await;
    for all in [[REGION].as_slice(), &[EU, REGION]] {
        server
            .call(
                "CreateSecret",
                json!({
                    "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                    "AddReplicaRegions": regions(all),
                }),
            )
            .await
            .assert_service_error("InvalidParameterException", INVALID_REGION);
    }
    assert_absent(&home(&server)).await;
    assert_absent(&eu(&server)).await;
}

/// Fact 3.1: `AddReplicaRegions`: list, min 1, of {Region len 1..128 pattern `^([a-z]+-)+\d+$`, KmsKeyId}
#[tokio::test]
async fn creation_with_bad_replica_regions_creates_nothing() {
    let server = Server::start().await;
    for bad in [
        json!([]),
        regions(&[""]),
        regions(&["EU-WEST-1"]),
        regions(&["europe"]),
        regions(&["eu-west-1a"]),
        regions(&[&format!("{}-1", "a".repeat(127))]),
        json!([{"Region": EU, "KmsKeyId": "k".repeat(2049)}]),
    ] {
        server
            .call(
                "CreateSecret",
                json!({
                    "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                    "AddReplicaRegions": bad,
                }),
            )
            .await
            .assert_code("ValidationException");
    }
    assert_absent(&home(&server)).await;
}

/// Found in review: the worker could make a replica that a removal had just deleted, and nobody owned it then.
///
/// Fact 9.3: RemoveRegionsFromReplication: replica deleted at once
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn removal_that_races_with_replication_leaves_no_replica_behind() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for _ in 0..100 {
        server
            .ok(
                "ReplicateSecretToRegions",
                json!({"SecretId": "settings", "AddReplicaRegions": [{"Region": EU}]}),
            )
            .await;
        server
            .ok(
                "RemoveRegionsFromReplication",
                json!({"SecretId": "settings", "RemoveReplicaRegions": [EU]}),
            )
            .await;
        let described = eu(&server)
            .call("DescribeSecret", json!({"SecretId": "settings"}))
            .await;
        described.assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}
