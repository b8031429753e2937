//! Section 3.19: a secret gets replicas in other regions. What a replica then does is in `replication.rs`.

use serde_json::{Value, json};

use crate::replication::{
    DEFAULT_KEY, EU, INVALID_REGION, arn_in, assert_absent, assert_unreplicated, describe, entry,
    eu, home, put, read, regions, replicate, replicated, settled, statuses,
};
use crate::support::{ACCOUNT, MARKED_FOR_DELETION, NOT_FOUND, REGION, Server, version_id};

/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";
/// A key that no account has.
const UNKNOWN_KEY: &str = "00000000-0000-0000-0000-000000000000";

/// The members of a JSON object, sorted.
fn members(body: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = body
        .as_object()
        .expect("the body is an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

/// Fact 3.19: Response `ARN`, `ReplicationStatus`.
/// Fact 9.1: asynchronous: first answer normally `InProgress`, later `InSync`
#[tokio::test]
async fn answer_is_the_primarys_arn_and_a_status_in_progress() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();

    let answer = replicate(&server, &[EU]).await;

    assert_eq!(members(&answer), ["ARN", "ReplicationStatus"]);
    assert_eq!(answer["ARN"], arn);
    assert_eq!(statuses(&answer), [(EU, "InProgress")]);
    let described = settled(&home(&server), "settings").await;
    assert_eq!(statuses(&described), [(EU, "InSync")]);
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    for cut in [0, 7] {
        let server = Server::start().await;
        let arn = server.create("settings", "v1", "one").await["ARN"].clone();
        let id = arn.as_str().expect("ARN is a string");
        let answer = server
            .ok(
                "ReplicateSecretToRegions",
                json!({"SecretId": &id[..id.len() - cut], "AddReplicaRegions": regions(&[EU])}),
            )
            .await;
        assert_eq!(answer["ARN"], arn);
        settled(&home(&server), "settings").await;
        assert_eq!(read(&eu(&server)).await["SecretString"], "one");
    }
}

/// Fact 2.1: replica ARN = primary ARN with only the Region changed (**same suffix**)
/// Fact 2.1: the name keeps its slashes verbatim
#[tokio::test]
async fn replicas_arn_differs_in_its_region_only() {
    let server = Server::start().await;
    for name in ["settings", "prod/db/us-east-1", "/us-east-1-AbCdEf"] {
        let created = server.create(name, "v1", "one").await;
        server
            .ok(
                "ReplicateSecretToRegions",
                json!({"SecretId": name, "AddReplicaRegions": regions(&[EU])}),
            )
            .await;
        settled(&home(&server), name).await;
        let replica = eu(&server)
            .ok("DescribeSecret", json!({"SecretId": name}))
            .await;
        assert_eq!(replica["ARN"], arn_in(EU, &created["ARN"]));
        assert_eq!(replica["Name"], name);
    }
}

/// Fact 9.3: Describe in the replica Region: `PrimaryRegion` = primary's Region (whichever it is)
#[tokio::test]
async fn primary_may_be_in_any_region() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    eu.ok(
        "CreateSecret",
        json!({"Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one"}),
    )
    .await;
    eu.ok(
        "ReplicateSecretToRegions",
        json!({"SecretId": "settings", "AddReplicaRegions": regions(&[REGION])}),
    )
    .await;

    let primary = settled(&eu, "settings").await;

    assert_eq!(statuses(&primary), [(REGION, "InSync")]);
    assert_eq!(primary["PrimaryRegion"], EU);
    assert_eq!(describe(&home).await["PrimaryRegion"], EU);
    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 9.3: Describe in the replica Region (the other regions and accounts have nothing)
#[tokio::test]
async fn no_other_region_or_account_gets_a_replica() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    for (account, region) in [
        (ACCOUNT, "eu-west-2"),
        (ACCOUNT, "us-west-2"),
        ("111111111111", EU),
        ("111111111111", REGION),
    ] {
        assert_absent(&server.client(account, region)).await;
    }
}

/// Fact 3.19: Request `SecretId`, `AddReplicaRegions` (a second call adds to the first)
#[tokio::test]
async fn second_call_adds_a_region() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;

    let answer = replicate(&server, &["us-west-2"]).await;

    assert_eq!(entry(&answer, "us-west-2")["Status"], "InProgress");
    let described = settled(&home(&server), "settings").await;
    assert_eq!(
        statuses(&described),
        [(EU, "InSync"), ("us-west-2", "InSync")]
    );
    put(&home(&server), "v2", "two").await;
    settled(&home(&server), "settings").await;
    for region in [EU, "us-west-2"] {
        let value = read(&server.client(ACCOUNT, region)).await;
        assert_eq!(value["SecretString"], "two", "{region}");
    }
}

/// Fact 3.19: Request `SecretId`, `AddReplicaRegions` (whatever AWS says to a region that has a replica, it stays one)
#[tokio::test]
async fn region_that_has_a_replica_never_has_two() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    let before = describe(&eu(&server)).await;
    server
        .call(
            "ReplicateSecretToRegions",
            json!({"SecretId": "settings", "AddReplicaRegions": regions(&[EU])}),
        )
        .await;
    let described = settled(&home(&server), "settings").await;
    assert_eq!(statuses(&described), [(EU, "InSync")]);
    assert_eq!(describe(&eu(&server)).await["ARN"], before["ARN"]);
    assert_eq!(read(&eu(&server)).await["SecretString"], "one");
}

/// Fact 9.1: `ReplicationStatus` entries: `Region`, `KmsKeyId`
/// Fact 9.2: Not replicated: KMS key (regional)
/// Fact 3.5: `KmsKeyId: "alias/aws/secretsmanager"` is accepted and **is then shown** by DescribeSecret
#[tokio::test]
async fn replica_has_the_key_that_was_asked_for_it() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "ReplicateSecretToRegions",
            json!({
                "SecretId": "settings",
                "AddReplicaRegions": [
                    {"Region": EU, "KmsKeyId": DEFAULT_KEY},
                    {"Region": "us-west-2"},
                ],
            }),
        )
        .await;

    let primary = settled(&home(&server), "settings").await;

    assert!(primary.get("KmsKeyId").is_none(), "{primary}");
    for region in [EU, "us-west-2"] {
        let entry = entry(&primary, region);
        assert_eq!(entry["Status"], "InSync", "{primary}");
        assert_eq!(entry["KmsKeyId"], DEFAULT_KEY, "{primary}");
    }
    assert_eq!(describe(&eu(&server)).await["KmsKeyId"], DEFAULT_KEY);
    let other = describe(&server.client(ACCOUNT, "us-west-2")).await;
    assert!(other.get("KmsKeyId").is_none(), "{other}");
}

/// Fact 6.4: invalid key in a *replica* Region: call succeeds; replica `Status: Failed` with a message
#[tokio::test]
async fn invalid_key_fails_its_own_region_only() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    let answer = server
        .ok(
            "ReplicateSecretToRegions",
            json!({
                "SecretId": "settings",
                "AddReplicaRegions": [
                    {"Region": EU, "KmsKeyId": UNKNOWN_KEY},
                    {"Region": "us-west-2"},
                ],
            }),
        )
        .await;

    assert_eq!(statuses(&answer).len(), 2, "{answer}");
    let described = settled(&home(&server), "settings").await;
    assert_eq!(
        statuses(&described),
        [(EU, "Failed"), ("us-west-2", "InSync")]
    );
    let message = entry(&described, EU)["StatusMessage"].as_str();
    assert!(
        message.is_some_and(|message| !message.is_empty()),
        "{described}"
    );
    eu(&server)
        .call("GetSecretValue", json!({"SecretId": "settings"}))
        .await
        .assert_code("ResourceNotFoundException");
}

/// Fact 9.3: re-replicating a Failed Region (with a key that is there)
#[tokio::test]
async fn region_with_an_invalid_key_can_be_tried_again() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "ReplicateSecretToRegions",
            json!({"SecretId": "settings", "AddReplicaRegions": [{"Region": EU, "KmsKeyId": UNKNOWN_KEY}]}),
        )
        .await;
    settled(&home(&server), "settings").await;

    replicate(&server, &[EU]).await;

    let described = settled(&home(&server), "settings").await;
    assert_eq!(statuses(&described), [(EU, "InSync")]);
    assert_eq!(entry(&described, EU)["KmsKeyId"], DEFAULT_KEY);
    assert_eq!(read(&eu(&server)).await["SecretString"], "one");
}

/// Fact 6.4: invalid key in a *replica* Region: call succeeds (CreateSecret's too)
#[tokio::test]
async fn secret_is_created_though_a_replicas_key_is_invalid() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "AddReplicaRegions": [{"Region": EU, "KmsKeyId": UNKNOWN_KEY}],
            }),
        )
        .await;
    let described = settled(&home(&server), "settings").await;
    assert_eq!(statuses(&described), [(EU, "Failed")]);
    assert_eq!(read(&home(&server)).await["SecretString"], "one");
}

/// Fact 9.1: same Region as primary → `InvalidParameterException`: `Invalid replica region.`
#[tokio::test]
async fn replica_beside_its_primary_is_refused() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for all in [[REGION].as_slice(), &[EU, REGION], &[REGION, EU]] {
        server
            .call(
                "ReplicateSecretToRegions",
                json!({"SecretId": "settings", "AddReplicaRegions": regions(all)}),
            )
            .await
            .assert_service_error("InvalidParameterException", INVALID_REGION);
    }
    assert_unreplicated(&describe(&home(&server)).await);
    assert_absent(&eu(&server)).await;
}

/// Fact 9.2: Only within a partition.
#[tokio::test]
async fn other_partition_gets_no_replica() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for region in ["cn-north-1", "us-gov-west-1"] {
        let answer = server
            .call(
                "ReplicateSecretToRegions",
                json!({"SecretId": "settings", "AddReplicaRegions": regions(&[region])}),
            )
            .await;
        if answer.status == 200 {
            let described = settled(&home(&server), "settings").await;
            assert_eq!(entry(&described, region)["Status"], "Failed");
        } else {
            answer.assert_code("InvalidParameterException");
        }
        assert_absent(&server.client(ACCOUNT, region)).await;
    }
}

/// Fact 9.2: Only within a partition. (but within any)
/// Fact 2.1: partitions: `aws`, `aws-cn`, `aws-us-gov`
#[tokio::test]
async fn regions_of_one_partition_replicate_to_each_other() {
    let server = Server::start().await;
    for (partition, from, to) in [
        ("aws-cn", "cn-north-1", "cn-northwest-1"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-east-1"),
    ] {
        let primary = server.client(ACCOUNT, from);
        primary
            .ok(
                "CreateSecret",
                json!({
                    "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                    "AddReplicaRegions": regions(&[to]),
                }),
            )
            .await;
        let described = settled(&primary, "settings").await;
        assert_eq!(statuses(&described), [(to, "InSync")]);
        let value = read(&server.client(ACCOUNT, to)).await;
        let start = format!("arn:{partition}:secretsmanager:{to}:{ACCOUNT}:secret:settings-");
        let arn = value["ARN"].as_str().expect("ARN is a string");
        assert!(arn.starts_with(&start), "{arn}");
        assert_eq!(value["SecretString"], "one");
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    let body = json!({"SecretId": "settings", "AddReplicaRegions": regions(&["us-west-2"])});
    for client in [home(&server), eu(&server)] {
        client
            .call("ReplicateSecretToRegions", body.clone())
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 3: fails with MFD: ReplicateSecretToRegions
#[tokio::test]
async fn deleted_secret_is_not_replicated() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    server
        .call(
            "ReplicateSecretToRegions",
            json!({"SecretId": "settings", "AddReplicaRegions": regions(&[EU])}),
        )
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    assert_unreplicated(&describe(&home(&server)).await);
    assert_absent(&eu(&server)).await;
}

/// Fact 3.19: Request `SecretId`, `AddReplicaRegions` (min 1)
/// Fact 3.1: {Region len 1..128 pattern `^([a-z]+-)+\d+$`, KmsKeyId}
#[tokio::test]
async fn bad_regions_are_refused() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for bad in [
        json!([]),
        regions(&[""]),
        regions(&["EU-WEST-1"]),
        regions(&["europe"]),
        regions(&["eu-west-1a"]),
        regions(&[EU, "eu west 2"]),
        regions(&[&format!("{}-1", "a".repeat(127))]),
        json!([{"Region": EU, "KmsKeyId": "k".repeat(2049)}]),
    ] {
        server
            .call(
                "ReplicateSecretToRegions",
                json!({"SecretId": "settings", "AddReplicaRegions": bad}),
            )
            .await
            .assert_code("ValidationException");
    }
    assert_unreplicated(&describe(&home(&server)).await);
}

/// Fact 1.5: required member missing: `Value null at 'secretId' failed to satisfy constraint: Member must not be null`
/// Fact 1.5: these framework checks run before any existence or state check
#[tokio::test]
async fn both_members_are_required() {
    let server = Server::start().await;
    for (body, member) in [
        (json!({"AddReplicaRegions": regions(&[EU])}), "secretId"),
        (json!({"SecretId": "settings"}), "addReplicaRegions"),
    ] {
        server
            .call("ReplicateSecretToRegions", body)
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value null at '{member}' failed to satisfy constraint: \
                     Member must not be null"
                ),
            );
    }
}

/// Fact 1.6: name has a forbidden character: (also for `SecretId` in every operation when it is not an ARN)
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused() {
    let server = Server::start().await;
    server
        .call(
            "ReplicateSecretToRegions",
            json!({"SecretId": "a b", "AddReplicaRegions": regions(&[EU])}),
        )
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}
