//! Section 3.20: replicas are removed by their primary.

use serde_json::{Value, json};

use crate::replication::{
    EU, assert_absent, assert_unreplicated, assert_writable, describe, eu, home, policy, policy_of,
    put, read, replicate, replicated, settled, statuses,
};
use crate::support::{ACCOUNT, MARKED_FOR_DELETION, NOT_FOUND, REGION, Server, version_id};

/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";

/// Removes replicas of the secret `settings`.
async fn remove(server: &Server, names: &[&str]) -> Value {
    server
        .ok(
            "RemoveRegionsFromReplication",
            json!({"SecretId": "settings", "RemoveReplicaRegions": names}),
        )
        .await
}

/// Fact 3.20: Response `ARN`, `ReplicationStatus` (remaining replicas).
#[tokio::test]
async fn answer_is_the_primarys_arn_and_the_replicas_that_remain() {
    let server = Server::start().await;
    let described = replicated(&server, &["ap-southeast-2", EU, "us-west-2"]).await;

    let answer = remove(&server, &[EU]).await;

    assert_eq!(answer["ARN"], described["ARN"]);
    let remaining = [("ap-southeast-2", "InSync"), ("us-west-2", "InSync")];
    assert_eq!(statuses(&answer), remaining);
    assert_eq!(statuses(&describe(&home(&server)).await), remaining);
    for region in ["ap-southeast-2", "us-west-2"] {
        let value = read(&server.client(ACCOUNT, region)).await;
        assert_eq!(value["SecretString"], "one", "{region}");
    }
}

/// Fact 3.20: The replica secrets are deleted at once.
/// Fact 9.3: RemoveRegionsFromReplication: replica deleted at once, no recovery window
#[tokio::test]
async fn removed_replica_is_gone_at_once() {
    let server = Server::start().await;
    let eu = eu(&server);
    replicated(&server, &[EU]).await;
    let arn = describe(&eu).await["ARN"].clone();

    remove(&server, &[EU]).await;

    assert_absent(&eu).await;
    for id in [json!("settings"), arn] {
        eu.call("RestoreSecret", json!({"SecretId": id}))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
    eu.ok(
        "CreateSecret",
        json!({"Name": "settings", "ClientRequestToken": version_id("e1"), "SecretString": "new"}),
    )
    .await;
    assert_unreplicated(&describe(&eu).await);
    assert_eq!(read(&eu).await["SecretString"], "new");
}

/// Fact 9.1: unreplicated secrets show no `ReplicationStatus` and no `PrimaryRegion`
#[tokio::test]
async fn primary_without_its_last_replica_is_an_unreplicated_secret() {
    let server = Server::start().await;
    let home = home(&server);
    let before = replicated(&server, &[EU, "us-west-2"]).await;

    let answer = remove(&server, &["us-west-2", EU]).await;

    assert_eq!(answer["ARN"], before["ARN"]);
    assert!(statuses(&answer).is_empty(), "{answer}");
    let described = describe(&home).await;
    assert_unreplicated(&described);
    for member in ["ARN", "Name", "CreatedDate", "VersionIdsToStages"] {
        assert_eq!(described[member], before[member], "{member}");
    }
    let list = server.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"][0]["Name"], "settings");
    assert_unreplicated(&list["SecretList"][0]);
    let list = server
        .ok(
            "ListSecrets",
            json!({"Filters": [{"Key": "primary-region", "Values": ["us"]}]}),
        )
        .await;
    assert_eq!(list["SecretList"], json!([]));
    assert_eq!(read(&home).await["SecretString"], "one");
    assert_writable(&home).await;
}

/// Fact 9.3: RemoveRegionsFromReplication: replica deleted (and no later change brings it back)
#[tokio::test]
async fn changes_of_the_primary_bring_no_removed_replica_back() {
    let server = Server::start().await;
    let home = home(&server);
    replicated(&server, &[EU, "us-west-2"]).await;
    remove(&server, &[EU]).await;

    put(&home, "v2", "two").await;

    let described = settled(&home, "settings").await;
    assert_eq!(statuses(&described), [("us-west-2", "InSync")]);
    assert_absent(&eu(&server)).await;
    let value = read(&server.client(ACCOUNT, "us-west-2")).await;
    assert_eq!(value["SecretString"], "two");
}

/// Fact 9.3: RemoveRegionsFromReplication: replica deleted at once (also one that is still on its way)
#[tokio::test]
async fn replica_that_is_removed_while_in_progress_never_arrives() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    replicate(&server, &[EU]).await;
    remove(&server, &[EU]).await;
    for _ in 0..50 {
        assert_absent(&eu(&server)).await;
        tokio::task::yield_now().await;
    }
    assert_unreplicated(&describe(&home(&server)).await);
}

/// Fact 9.3: RemoveRegionsFromReplication: replica deleted (a new one can take its place)
/// Fact 2.1: replica ARN = primary ARN with only the Region changed (**same suffix**)
#[tokio::test]
async fn removed_region_can_be_added_again() {
    let server = Server::start().await;
    let eu = eu(&server);
    replicated(&server, &[EU]).await;
    read(&eu).await;
    let first = describe(&eu).await["ARN"].clone();
    remove(&server, &[EU]).await;
    put(&home(&server), "v2", "two").await;

    replicate(&server, &[EU]).await;

    let described = settled(&home(&server), "settings").await;
    assert_eq!(statuses(&described), [(EU, "InSync")]);
    let replica = describe(&eu).await;
    assert_eq!(replica["ARN"], first);
    assert!(replica.get("LastAccessedDate").is_none(), "{replica}");
    assert_eq!(read(&eu).await["SecretString"], "two");
}

/// Fact 9.1: name taken in the target Region, no force → entry `Failed`
/// Fact 9.3: RemoveRegionsFromReplication: replica deleted (a secret that only has its name is no replica)
#[tokio::test]
async fn removing_a_failed_region_keeps_the_secret_that_has_the_name() {
    let server = Server::start().await;
    let (home, eu) = (home(&server), eu(&server));
    eu.ok(
        "CreateSecret",
        json!({"Name": "settings", "ClientRequestToken": version_id("e1"), "SecretString": "theirs"}),
    )
    .await;
    eu.ok(
        "PutResourcePolicy",
        json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:GetSecretValue")}),
    )
    .await;
    server.create("settings", "v1", "one").await;
    replicate(&server, &[EU, "us-west-2"]).await;
    settled(&home, "settings").await;
    let before = describe(&eu).await;

    let answer = remove(&server, &[EU]).await;

    assert_eq!(statuses(&answer), [("us-west-2", "InSync")]);
    assert_eq!(describe(&eu).await, before);
    assert!(policy_of(&eu).await.is_some());
    assert_eq!(read(&eu).await["SecretString"], "theirs");
}

/// Fact 9.3: unknown Region in Remove... → ignored or `InvalidParameterException`
#[tokio::test]
async fn region_without_a_replica_costs_no_other_replica() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    for region in ["us-west-2", REGION] {
        let answer = server
            .call(
                "RemoveRegionsFromReplication",
                json!({"SecretId": "settings", "RemoveReplicaRegions": [region]}),
            )
            .await;
        if answer.status != 200 {
            answer.assert_code("InvalidParameterException");
        }
        assert_eq!(
            statuses(&describe(&home(&server)).await),
            [(EU, "InSync")],
            "{region}"
        );
        assert_eq!(read(&home(&server)).await["SecretString"], "one");
        assert_eq!(read(&eu(&server)).await["SecretString"], "one");
    }
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    for cut in [0, 7] {
        let server = Server::start().await;
        let arn = replicated(&server, &[EU]).await["ARN"].clone();
        let id = arn.as_str().expect("ARN is a string");
        let answer = server
            .ok(
                "RemoveRegionsFromReplication",
                json!({"SecretId": &id[..id.len() - cut], "RemoveReplicaRegions": [EU]}),
            )
            .await;
        assert_eq!(answer["ARN"], arn);
        assert_absent(&eu(&server)).await;
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call(
            "RemoveRegionsFromReplication",
            json!({"SecretId": "settings", "RemoveReplicaRegions": [EU]}),
        )
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: fails with MFD: RemoveRegionsFromReplication
#[tokio::test]
async fn deleted_secret_refuses() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    server
        .call(
            "RemoveRegionsFromReplication",
            json!({"SecretId": "settings", "RemoveReplicaRegions": [EU]}),
        )
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 3.20: Request `SecretId`, `RemoveReplicaRegions` (min 1, Region pattern).
#[tokio::test]
async fn bad_regions_are_refused() {
    let server = Server::start().await;
    replicated(&server, &[EU]).await;
    for bad in [
        json!([]),
        json!([""]),
        json!(["EU-WEST-1"]),
        json!(["europe"]),
        json!(["eu-west-1a"]),
        json!([EU, "eu west 2"]),
        json!([format!("{}-1", "a".repeat(127))]),
    ] {
        server
            .call(
                "RemoveRegionsFromReplication",
                json!({"SecretId": "settings", "RemoveReplicaRegions": bad}),
            )
            .await
            .assert_code("ValidationException");
    }
    assert_eq!(statuses(&describe(&home(&server)).await), [(EU, "InSync")]);
    assert_eq!(read(&eu(&server)).await["SecretString"], "one");
}

/// Fact 1.5: required member missing: `Value null at 'secretId' failed to satisfy constraint: Member must not be null`
#[tokio::test]
async fn both_members_are_required() {
    let server = Server::start().await;
    for (body, member) in [
        (json!({"RemoveReplicaRegions": [EU]}), "secretId"),
        (json!({"SecretId": "settings"}), "removeReplicaRegions"),
    ] {
        server
            .call("RemoveRegionsFromReplication", body)
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
            "RemoveRegionsFromReplication",
            json!({"SecretId": "a b", "RemoveReplicaRegions": [EU]}),
        )
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}
