//! Replication: what a replica shows, allows and refuses (section 9.3).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::replication::{
    DEFAULT_KEY, EU, READ_ONLY, TODAY, arn_in, assert_absent, assert_follows, assert_unreplicated,
    describe, entry, eu, home, names, put, read, regions, replicate, replicated,
    replicated_with_everything, version, writes,
};
use crate::support::{ACCOUNT, REGION, Server, version_id};

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
