//! Section 3.8: a secret comes back from its recovery window.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{ACCOUNT, NOT_FOUND, Server, version_id};

/// A policy that lets the secret's own account in.
fn policy() -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
        }],
    })
    .to_string()
}

/// The moment a timestamp on the wire names.
#[track_caller]
fn moment(timestamp: &Value) -> DateTime<Utc> {
    let since_epoch = timestamp.as_f64().expect("a timestamp is a number");
    (DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch)).round_subsecs(3)
}

/// Schedules the secret `settings` for deletion after so many days.
async fn delete_after(server: &Server, days: i64) -> Value {
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": days}),
        )
        .await
}

/// Restores the secret `settings`.
async fn restore(server: &Server) -> Value {
    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await
}

/// Describes the secret `settings`.
async fn describe(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// Fact 3.8: Request `SecretId`; response `ARN`, `Name`.
#[tokio::test]
async fn answer_is_arn_and_name() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    delete_after(&server, 7).await;

    assert_eq!(
        restore(&server).await,
        json!({"ARN": arn, "Name": "settings"})
    );
}

/// Fact 3.8: Clears `DeletedDate`.
#[tokio::test]
async fn restored_secret_has_no_deleted_date() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    delete_after(&server, 7).await;
    restore(&server).await;

    let described = describe(&server).await;
    assert!(described.get("DeletedDate").is_none(), "{described}");
    let list = server.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"][0]["Name"], "settings");
    assert!(list["SecretList"][0].get("DeletedDate").is_none(), "{list}");
}

/// Fact 3.7: versions and labels are kept until purge and come back with RestoreSecret
#[tokio::test]
async fn versions_labels_tags_and_policy_come_back() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "Description": "text", "Tags": [{"Key": "team", "Value": "blue"}],
            }),
        )
        .await;
    server
        .ok(
            "PutSecretValue",
            json!({
                "SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two",
                "VersionStages": ["BLUE"],
            }),
        )
        .await;
    server
        .ok(
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        )
        .await;
    let before = describe(&server).await;
    delete_after(&server, 7).await;
    server.advance(TimeDelta::days(3));
    restore(&server).await;

    let after = describe(&server).await;
    for member in [
        "ARN",
        "Name",
        "CreatedDate",
        "Description",
        "Tags",
        "VersionIdsToStages",
    ] {
        assert_eq!(after[member], before[member], "{member}");
    }
    for (label, value) in [("AWSCURRENT", "one"), ("BLUE", "two")] {
        let answer = server
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionStage": label}),
            )
            .await;
        assert_eq!(answer["SecretString"], value, "{label}");
    }
    let policy = server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert!(policy["ResourcePolicy"].is_string(), "{policy}");
}

/// Fact 3.8: Clears `DeletedDate`. (every operation works again)
#[tokio::test]
async fn restored_secret_can_be_changed() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    delete_after(&server, 7).await;
    restore(&server).await;

    server
        .ok(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        )
        .await;
    let tagged = server
        .call(
            "TagResource",
            json!({"SecretId": "settings", "Tags": [{"Key": "team", "Value": "blue"}]}),
        )
        .await;
    assert_eq!(tagged.status, 200, "{}", tagged.text);
    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "two");
}

/// Fact 3.8: On a secret that is not deleted: succeeds with the same response.
#[tokio::test]
async fn secret_that_is_not_deleted_is_answered_alike() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    let before = describe(&server).await;

    for _ in 0..2 {
        assert_eq!(
            restore(&server).await,
            json!({"ARN": arn, "Name": "settings"})
        );
    }

    let after = describe(&server).await;
    assert!(after.get("DeletedDate").is_none(), "{after}");
    assert_eq!(after["VersionIdsToStages"], before["VersionIdsToStages"]);
}

/// Fact 3.8: On a secret that is not deleted: succeeds with the same response. (a second time after a deletion)
#[tokio::test]
async fn secret_can_be_restored_twice() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    delete_after(&server, 7).await;
    let first = restore(&server).await;
    assert_eq!(restore(&server).await, first);
}

/// Fact 3.8: Unknown → ResourceNotFound.
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call("RestoreSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.8: Unknown → ResourceNotFound. (after a forced deletion)
#[tokio::test]
async fn secret_deleted_by_force_cannot_be_restored() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;
    server
        .call("RestoreSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.8: Clears `DeletedDate`. (until the last millisecond of the window)
#[tokio::test]
async fn secret_can_be_restored_until_its_window_ends() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    delete_after(&server, 7).await;

    server.advance(TimeDelta::days(7) - TimeDelta::milliseconds(1));
    restore(&server).await;
    server.advance(TimeDelta::days(365));

    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "one");
}

/// Fact 3.8: Unknown → ResourceNotFound. (when the window has ended)
#[tokio::test]
async fn secret_cannot_be_restored_when_its_window_has_ended() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    delete_after(&server, 7).await;
    server.advance(TimeDelta::days(7));
    server
        .call("RestoreSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.7: `DeletionDate` (= now + window) (also after a restoration: the earlier window is forgotten)
#[tokio::test]
async fn window_starts_anew_after_a_restoration() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    delete_after(&server, 7).await;
    server.advance(TimeDelta::days(5));
    restore(&server).await;

    let deleted = delete_after(&server, 10).await;

    assert_eq!(
        moment(&deleted["DeletionDate"]),
        server.now() + TimeDelta::days(10)
    );
    server.advance(TimeDelta::days(10) - TimeDelta::milliseconds(1));
    assert!(describe(&server).await["DeletedDate"].is_number());
    server.advance(TimeDelta::milliseconds(1));
    server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn arn_and_partial_arn_restore_the_secret() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    let full = arn.as_str().expect("ARN is a string");
    for cut in [0, 7] {
        delete_after(&server, 7).await;
        let restored = server
            .ok(
                "RestoreSecret",
                json!({"SecretId": &full[..full.len() - cut]}),
            )
            .await;
        assert_eq!(restored, json!({"ARN": arn, "Name": "settings"}));
        assert!(describe(&server).await.get("DeletedDate").is_none());
    }
}
