//! Replication: force, trying again, and replicas that are asked for at creation.

use serde_json::json;

use crate::replication::{
    EU, INVALID_REGION, READ_ONLY, arn_in, assert_absent, assert_follows, assert_unreplicated,
    collision, describe, entry, eu, force, home, names, occupy, policy_of, read, regions,
    replicate, settled, statuses,
};
use crate::support::{NOT_FOUND, REGION, Server, version_id};

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
