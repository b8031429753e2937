//! Section 3.24: a replica in another account is let go. AWS has published the shapes only; the rest is
//! what this project chose.

use serde_json::{Value, json};

use crate::associate_cross_account_replica::{
    OTHER_ACCOUNT, THIRD_ACCOUNT, associate, associated, in_account, replica_entry, writes,
};
use crate::replication::{describe, done, home, put, read, settled};
use crate::support::{NOT_FOUND, Server, version_id};

/// The ARN of a secret that no test creates.
const FOREIGN_ARN: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:settings-AbCdEf";
/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";

/// Lets a replica of the secret `settings` go.
async fn disassociate(server: &Server, replica: &Value) -> Value {
    server
        .ok(
            "DisassociateCrossAccountReplica",
            json!({"SecretId": "settings", "CrossAccountReplicaARN": replica}),
        )
        .await
}

/// Fact 3.24: DisassociateCrossAccountReplica: ARN, CrossAccountReplicaARN
#[tokio::test]
async fn answer_is_both_arns() {
    let server = Server::start().await;
    let (primary, replica) = associated(&server, OTHER_ACCOUNT).await;
    assert_eq!(
        disassociate(&server, &replica).await,
        json!({"ARN": primary, "CrossAccountReplicaARN": replica})
    );
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_primary() {
    for cut in [0, 7] {
        let server = Server::start().await;
        let (primary, replica) = associated(&server, OTHER_ACCOUNT).await;
        let id = primary.as_str().expect("ARN is a string");
        let answer = server
            .ok(
                "DisassociateCrossAccountReplica",
                json!({"SecretId": &id[..id.len() - cut], "CrossAccountReplicaARN": replica}),
            )
            .await;
        assert_eq!(answer["ARN"], primary);
    }
}

/// Fact 3.24: DisassociateCrossAccountReplica (the primary lists it no more)
#[tokio::test]
async fn primary_no_longer_lists_the_replica() {
    let server = Server::start().await;
    let (_, first) = associated(&server, OTHER_ACCOUNT).await;
    let (_, second) = associated(&server, THIRD_ACCOUNT).await;

    disassociate(&server, &first).await;

    let described = describe(&home(&server)).await;
    let entries = described["CrossAccountReplicas"]
        .as_array()
        .expect("one replica is left");
    assert_eq!(entries.len(), 1, "{described}");
    assert_eq!(
        replica_entry(&described, &second)["ReplicationStatus"],
        "InSync"
    );

    disassociate(&server, &second).await;

    let described = describe(&home(&server)).await;
    assert!(
        described.get("CrossAccountReplicas").is_none(),
        "{described}"
    );
}

/// Fact 9.1: `Status` (newest model adds `Pending`, `Detached`)
#[tokio::test]
async fn replica_is_detached_keeps_its_value_and_takes_writes() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let (_, replica) = associated(&server, OTHER_ACCOUNT).await;

    disassociate(&server, &replica).await;

    let described = describe(&other).await;
    assert_eq!(described["ARN"], replica);
    assert_eq!(
        described["CrossAccountPrimary"]["ReplicationStatus"], "Detached",
        "{described}"
    );
    assert_eq!(read(&other).await["SecretString"], "one");
    for (operation, body) in writes(&other).await {
        done(&other, operation, body).await;
    }
    assert_eq!(read(&other).await["SecretString"], "newer");
    assert_eq!(read(&home(&server)).await["SecretString"], "one");
}

/// Fact 3.24: DisassociateCrossAccountReplica (the former primary's changes do not reach it)
#[tokio::test]
async fn changes_of_the_former_primary_do_not_reach_the_replica() {
    let server = Server::start().await;
    let home = home(&server);
    let (_, first) = associated(&server, OTHER_ACCOUNT).await;
    associated(&server, THIRD_ACCOUNT).await;
    disassociate(&server, &first).await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let before = describe(&other).await;

    put(&home, "v2", "two").await;

    settled(&home, "settings").await;
    let third = in_account(&server, THIRD_ACCOUNT);
    settled(&third, "settings").await;
    assert_eq!(read(&third).await["SecretString"], "two");
    assert_eq!(describe(&other).await, before);
    assert_eq!(read(&other).await["SecretString"], "one");
}

/// Fact 3.24: DisassociateCrossAccountReplica (of one that has failed)
#[tokio::test]
async fn failed_replica_can_be_let_go() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    server.create("settings", "v1", "one").await;
    let theirs = other
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("o1"), "SecretString": "theirs"}),
        )
        .await["ARN"]
        .clone();
    let before = describe(&other).await;
    associate(&server, &theirs).await;
    settled(&home(&server), "settings").await;

    disassociate(&server, &theirs).await;

    let described = describe(&home(&server)).await;
    assert!(
        described.get("CrossAccountReplicas").is_none(),
        "{described}"
    );
    assert_eq!(describe(&other).await, before);
    assert_eq!(read(&other).await["SecretString"], "theirs");
}

/// Fact 3.24: DisassociateCrossAccountReplica: CrossAccountReplicaARN*
#[tokio::test]
async fn arn_of_the_own_account_and_no_arn_are_refused() {
    let server = Server::start().await;
    let (primary, replica) = associated(&server, OTHER_ACCOUNT).await;
    for bad in [primary, json!("there-is-no-arn-in-this")] {
        server
            .call(
                "DisassociateCrossAccountReplica",
                json!({"SecretId": "settings", "CrossAccountReplicaARN": bad}),
            )
            .await
            .assert_code("InvalidParameterException");
    }
    let described = describe(&home(&server)).await;
    assert_eq!(
        replica_entry(&described, &replica)["ReplicationStatus"],
        "InSync"
    );
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call(
            "DisassociateCrossAccountReplica",
            json!({"SecretId": "settings", "CrossAccountReplicaARN": FOREIGN_ARN}),
        )
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 1.5: required member missing: `Value null at 'secretId' failed to satisfy constraint: Member must not be null`
#[tokio::test]
async fn both_members_are_required() {
    let server = Server::start().await;
    for (body, member) in [
        (json!({"CrossAccountReplicaARN": FOREIGN_ARN}), "secretId"),
        (json!({"SecretId": "settings"}), "crossAccountReplicaARN"),
    ] {
        server
            .call("DisassociateCrossAccountReplica", body)
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

/// Fact 3.24: DisassociateCrossAccountReplica: SecretId*, CrossAccountReplicaARN*
#[tokio::test]
async fn arn_outside_its_length_is_refused() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for length in [19, 2049] {
        server
            .call(
                "DisassociateCrossAccountReplica",
                json!({"SecretId": "settings", "CrossAccountReplicaARN": "a".repeat(length)}),
            )
            .await
            .assert_code("ValidationException");
    }
}

/// Fact 1.6: name has a forbidden character: (also for `SecretId` in every operation when it is not an ARN)
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused() {
    let server = Server::start().await;
    server
        .call(
            "DisassociateCrossAccountReplica",
            json!({"SecretId": "a b", "CrossAccountReplicaARN": FOREIGN_ARN}),
        )
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}
