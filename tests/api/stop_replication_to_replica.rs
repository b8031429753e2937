//! Section 3.21: a replica is promoted to a secret of its own.

use serde_json::{Value, json};

use crate::replication::{
    DEFAULT_KEY, EU, TODAY, arn_in, assert_absent, assert_unreplicated, assert_writable, describe,
    done, entry, eu, home, policy, policy_of, put, read, regions, replicate, replicated, settled,
    statuses,
};
use crate::support::{ACCOUNT, Client, MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";

/// Promotes the replica `settings`.
async fn stop(client: &Client) -> Value {
    client
        .ok("StopReplicationToReplica", json!({"SecretId": "settings"}))
        .await
}

/// Fact 3.21: response `ARN` only (replica Region ARN).
#[tokio::test]
async fn answer_is_the_replicas_arn() {
    let server = Server::start().await;
    let arn = replicated(&server, &[EU]).await["ARN"].clone();
    assert_eq!(stop(&eu(&server)).await, json!({"ARN": arn_in(EU, &arn)}));
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_replica() {
    for cut in [0, 7] {
        let server = Server::start().await;
        let arn = arn_in(EU, &replicated(&server, &[EU]).await["ARN"]);
        let answer = eu(&server)
            .ok(
                "StopReplicationToReplica",
                json!({"SecretId": &arn[..arn.len() - cut]}),
            )
            .await;
        assert_eq!(answer, json!({"ARN": arn}));
        assert_unreplicated(&describe(&eu(&server)).await);
    }
}

/// Fact 9.3: StopReplicationToReplica: replica becomes standalone, same ARN; `PrimaryRegion` gone; vanishes from the
/// primary's status
#[tokio::test]
async fn promoted_replica_is_no_replica_any_more() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    let primary = replicated(&server, &[EU, "us-west-2"]).await;

    stop(&eu).await;

    let promoted = describe(&eu).await;
    assert_eq!(promoted["ARN"], arn_in(EU, &primary["ARN"]));
    assert_unreplicated(&promoted);
    let list = eu.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"][0]["ARN"], promoted["ARN"]);
    assert!(
        list["SecretList"][0].get("PrimaryRegion").is_none(),
        "{list}"
    );
    let list = eu
        .ok(
            "ListSecrets",
            json!({"Filters": [{"Key": "primary-region", "Values": ["us-east-1"]}]}),
        )
        .await;
    assert_eq!(list["SecretList"], json!([]));
    let described = describe(&home).await;
    assert_eq!(statuses(&described), [("us-west-2", "InSync")]);
    assert_eq!(described["PrimaryRegion"], "us-east-1");
    let other = describe(&server.client(ACCOUNT, "us-west-2")).await;
    assert_eq!(other["PrimaryRegion"], "us-east-1");
}

/// Fact 9.1: unreplicated secrets show no `ReplicationStatus` and no `PrimaryRegion`
/// Fact 9.3: primary cannot be deleted while replicas exist (3.7)
#[tokio::test]
async fn primary_whose_last_replica_was_promoted_is_an_unreplicated_secret() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;

    stop(&eu).await;

    assert_unreplicated(&describe(&home).await);
    home.ok(
        "DeleteSecret",
        json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
    )
    .await;
    assert_absent(&home).await;
    assert_eq!(read(&eu).await["SecretString"], "one");
}

/// Fact 9.3: StopReplicationToReplica
/// Fact 9.3: StopReplicationToReplica: replica becomes standalone (with all it had)
#[tokio::test]
async fn promoted_replica_keeps_all_it_had() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    home.ok(
        "CreateSecret",
        json!({
            "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
            "Description": "text", "Tags": [{"Key": "team", "Value": "blue"}],
            "AddReplicaRegions": [{"Region": EU, "KmsKeyId": DEFAULT_KEY}],
        }),
    )
    .await;
    put(&home, "v2", "two").await;
    home.ok(
        "PutResourcePolicy",
        json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:GetSecretValue")}),
    )
    .await;
    settled(&home, "settings").await;
    read(&eu).await;
    let before = describe(&eu).await;
    assert_eq!(before["KmsKeyId"], DEFAULT_KEY);
    let policy = policy_of(&eu).await;
    assert!(policy.is_some());

    stop(&eu).await;

    let after = describe(&eu).await;
    assert_eq!(after["LastAccessedDate"], TODAY);
    for member in [
        "ARN",
        "Name",
        "CreatedDate",
        "Description",
        "KmsKeyId",
        "Tags",
        "VersionIdsToStages",
    ] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert_eq!(policy_of(&eu).await, policy);
    for (id, value) in [("v1", "one"), ("v2", "two")] {
        let answer = eu
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionId": version_id(id)}),
            )
            .await;
        assert_eq!(answer["SecretString"], value);
    }
}

/// Fact 3.21: Promotes to standalone.
#[tokio::test]
async fn promoted_replica_takes_writes_and_can_be_deleted() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;
    let before = describe(&home).await;
    stop(&eu).await;

    assert_writable(&eu).await;
    eu.ok(
        "DeleteSecret",
        json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
    )
    .await;
    eu.ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(read(&eu).await["SecretString"], "new");
    eu.ok(
        "DeleteSecret",
        json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
    )
    .await;

    assert_absent(&eu).await;
    let after = describe(&home).await;
    for member in ["ARN", "Description", "Tags", "VersionIdsToStages"] {
        assert_eq!(after.get(member), before.get(member), "{member}");
    }
    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 3.21: Promotes to standalone. (the former primary's changes do not reach it)
#[tokio::test]
async fn changes_of_the_former_primary_do_not_reach_a_promoted_replica() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU, "us-west-2"]).await;
    stop(&eu).await;
    let before = describe(&eu).await;

    assert_writable(&home).await;

    let described = settled(&home, "settings").await;
    assert_eq!(statuses(&described), [("us-west-2", "InSync")]);
    assert_eq!(describe(&eu).await, before);
    assert_eq!(read(&eu).await["SecretString"], "one");
    let value = read(&server.client(ACCOUNT, "us-west-2")).await;
    assert_eq!(value["SecretString"], "new");
}

/// Fact 3.21: Promotes to standalone. (which can be a primary itself)
#[tokio::test]
async fn promoted_replica_can_have_replicas() {
    let server = Server::start().await;
    let eu = eu(&server);
    let arn = replicated(&server, &[EU]).await["ARN"].clone();
    stop(&eu).await;
    eu.ok(
        "ReplicateSecretToRegions",
        json!({"SecretId": "settings", "AddReplicaRegions": regions(&["us-west-2"])}),
    )
    .await;

    let described = settled(&eu, "settings").await;

    assert_eq!(statuses(&described), [("us-west-2", "InSync")]);
    assert_eq!(described["PrimaryRegion"], EU);
    let replica = describe(&server.client(ACCOUNT, "us-west-2")).await;
    assert_eq!(replica["ARN"], arn_in("us-west-2", &arn));
    assert_eq!(replica["PrimaryRegion"], EU);
    assert_unreplicated(&describe(&home(&server)).await);
}

/// Fact 9.1: name taken in the target Region, no force → entry `Failed`
/// Fact 9.3: re-replicating a Failed Region with ForceOverwrite replaces the colliding secret
#[tokio::test]
async fn promoted_replica_has_its_name_until_it_is_overwritten() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    replicated(&server, &[EU]).await;
    stop(&eu).await;
    put(&eu, "e1", "theirs").await;

    replicate(&server, &[EU]).await;
    let described = settled(&home, "settings").await;
    assert_eq!(entry(&described, EU)["Status"], "Failed");
    assert_eq!(
        entry(&described, EU)["StatusMessage"],
        "Replication failed: Secret name settings already exists in region eu-west-1."
    );
    assert_unreplicated(&describe(&eu).await);
    assert_eq!(read(&eu).await["SecretString"], "theirs");

    home.ok(
        "ReplicateSecretToRegions",
        json!({
            "SecretId": "settings", "AddReplicaRegions": regions(&[EU]), "ForceOverwriteReplicaSecret": true,
        }),
    )
    .await;
    let described = settled(&home, "settings").await;
    assert_eq!(statuses(&described), [(EU, "InSync")]);
    let replica = describe(&eu).await;
    assert_eq!(replica["PrimaryRegion"], "us-east-1");
    assert_eq!(
        replica["VersionIdsToStages"],
        json!({version_id("v1"): ["AWSCURRENT"]})
    );
    assert_eq!(read(&eu).await["SecretString"], "one");
}

/// Fact 9.3: StopReplicationToReplica on a non-replica → `InvalidRequestException`/`InvalidParameterException`
#[tokio::test]
async fn secret_that_is_no_replica_refuses() {
    let server = Server::start().await;
    let home = home(&server);
    server.create("other", "v1", "one").await;
    let before = replicated(&server, &[EU]).await;
    for name in ["other", "settings"] {
        let answer = home
            .call("StopReplicationToReplica", json!({"SecretId": name}))
            .await;
        let code = answer.json()["__type"].clone();
        assert!(
            ["InvalidRequestException", "InvalidParameterException"].contains(
                &code
                    .as_str()
                    .expect("a refusal has its name under `__type`")
            ),
            "{name}: {}",
            answer.text
        );
        assert_eq!(answer.status, 400, "{name}");
    }
    assert_eq!(describe(&home).await, before);
    assert_eq!(describe(&eu(&server)).await["PrimaryRegion"], "us-east-1");
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    for (account, region, name) in [
        (ACCOUNT, "us-west-2", "settings"),
        ("111111111111", EU, "settings"),
        (ACCOUNT, EU, "other"),
    ] {
        server
            .client(account, region)
            .call("StopReplicationToReplica", json!({"SecretId": name}))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 3: fails with MFD: StopReplicationToReplica
#[tokio::test]
async fn deleted_secret_refuses() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    done(
        &home(&server),
        "DeleteSecret",
        json!({"SecretId": "settings"}),
    )
    .await;
    server
        .call("StopReplicationToReplica", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 1.5: required member missing: `Value null at 'secretId' failed to satisfy constraint: Member must not be null`
#[tokio::test]
async fn secret_id_is_required() {
    let server = Server::start().await;
    server
        .call("StopReplicationToReplica", json!({}))
        .await
        .assert_framework_error(
            "ValidationException",
            "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: \
             Member must not be null",
        );
}

/// Fact 1.6: name has a forbidden character: (also for `SecretId` in every operation when it is not an ARN)
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused() {
    let server = Server::start().await;
    server
        .call("StopReplicationToReplica", json!({"SecretId": "a b"}))
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}
