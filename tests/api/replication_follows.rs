//! Replication: what follows the primary, and what does not (section 9.2).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::replication::{
    DEFAULT_KEY, EU, assert_follows, describe, done, eu, home, labels, names, policy, policy_of,
    put, read, regions, replicate, replicated, replicated_with_everything, settled, version,
};
use crate::support::{Server, version_id};

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
