//! Section 3.7 and the deleted-state matrix at the start of section 3: recovery windows, forced deletion, and what a
//! secret that is scheduled for deletion still answers.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Answer, MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// AWS's sentence for a recovery window it does not offer.
const WINDOW_RANGE: &str =
    "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
/// AWS's sentence for a recovery window together with none.
const WINDOW_AND_FORCE: &str =
    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
/// AWS's sentence for creating a secret under the name of a deleted one.
const NAME_SCHEDULED: &str = "You can't create this secret because a secret with this name is already \
                              scheduled for deletion.";
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

/// Creates the secret `settings` and returns its ARN.
async fn create(server: &Server) -> Value {
    server.create("settings", "v1", "one").await["ARN"].clone()
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

/// Describes the secret `settings`.
async fn describe(server: &Server) -> Answer {
    server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// Asserts that the secret `settings` is still there, scheduled for deletion.
async fn assert_scheduled(server: &Server) {
    let answer = describe(server).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json()["DeletedDate"].is_number(), "{}", answer.text);
}

/// Asserts that nothing is left of the secret `settings` and that its name is free.
async fn assert_gone(server: &Server) {
    for operation in ["DescribeSecret", "GetSecretValue", "RestoreSecret"] {
        server
            .call(operation, json!({"SecretId": "settings"}))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
    let list = server
        .ok("ListSecrets", json!({"IncludePlannedDeletion": true}))
        .await;
    assert_eq!(list, json!({"SecretList": []}));
    server.create("settings", "new", "new").await;
}

/// Fact 3.7: Response: `ARN`, `Name`, `DeletionDate` (= now + window)
/// Fact 3.7: window outside 7..30 is refused (every window inside is accepted)
#[tokio::test]
async fn every_window_from_7_to_30_days_ends_that_many_days_from_now() {
    let server = Server::start().await;
    for days in 7..=30 {
        let name = format!("secret-{days}");
        let arn = server.create(&name, "v1", "one").await["ARN"].clone();
        let deleted = server
            .ok(
                "DeleteSecret",
                json!({"SecretId": name, "RecoveryWindowInDays": days}),
            )
            .await;
        assert_eq!(members(&deleted), ["ARN", "DeletionDate", "Name"]);
        assert_eq!(deleted["ARN"], arn);
        assert_eq!(deleted["Name"], name);
        assert_eq!(
            moment(&deleted["DeletionDate"]),
            server.now() + TimeDelta::days(days)
        );
        server.advance(TimeDelta::milliseconds(1));
    }
}

/// Fact 3.7: default window 30 days
#[tokio::test]
async fn window_is_30_days_unless_told_otherwise() {
    let server = Server::start().await;
    for (name, force) in [("settings", Value::Null), ("other", json!(false))] {
        server.create(name, "v1", "one").await;
        let deleted = server
            .ok(
                "DeleteSecret",
                json!({"SecretId": name, "ForceDeleteWithoutRecovery": force}),
            )
            .await;
        assert_eq!(
            moment(&deleted["DeletionDate"]),
            server.now() + TimeDelta::days(30)
        );
    }
}

/// Fact 3.7: `ForceDeleteWithoutRecovery: false` with a window is fine
#[tokio::test]
async fn window_may_stand_beside_no_force() {
    let server = Server::start().await;
    create(&server).await;

    let deleted = server
        .ok(
            "DeleteSecret",
            json!({
                "SecretId": "settings", "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": false,
            }),
        )
        .await;

    assert_eq!(
        moment(&deleted["DeletionDate"]),
        server.now() + TimeDelta::days(7)
    );
    assert_scheduled(&server).await;
}

/// Fact 3.7: window outside 7..30 → `InvalidParameterException`
#[tokio::test]
async fn window_outside_7_to_30_days_is_refused() {
    let server = Server::start().await;
    create(&server).await;
    for days in [6, 31, 1, 0, -1, -7, 365, 4_294_967_303, i64::MAX, i64::MIN] {
        for force in [Value::Null, json!(false)] {
            server
                .call(
                    "DeleteSecret",
                    json!({
                        "SecretId": "settings",
                        "RecoveryWindowInDays": days,
                        "ForceDeleteWithoutRecovery": force,
                    }),
                )
                .await
                .assert_service_error("InvalidParameterException", WINDOW_RANGE);
        }
    }
    let described = describe(&server).await.json();
    assert!(described.get("DeletedDate").is_none(), "{described}");
}

/// Fact 3.7: window and force together → `InvalidParameterException`
#[tokio::test]
async fn window_and_force_together_are_refused() {
    let server = Server::start().await;
    create(&server).await;
    for days in [7, 30] {
        server
            .call(
                "DeleteSecret",
                json!({
                    "SecretId": "settings",
                    "RecoveryWindowInDays": days,
                    "ForceDeleteWithoutRecovery": true,
                }),
            )
            .await
            .assert_service_error("InvalidParameterException", WINDOW_AND_FORCE);
    }
    let described = describe(&server).await.json();
    assert!(described.get("DeletedDate").is_none(), "{described}");
}

/// Fact 3.7: unknown secret without force → ResourceNotFound
#[tokio::test]
async fn unknown_secret_without_force_is_not_found() {
    let server = Server::start().await;
    for body in [
        json!({"SecretId": "settings"}),
        json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
        json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": false}),
    ] {
        server
            .call("DeleteSecret", body)
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 3.7: **unknown secret with force → 200** with `Name` = given id, an `ARN`, and `DeletionDate`
#[tokio::test]
async fn unknown_secret_with_force_succeeds_and_leaves_nothing() {
    let server = Server::start().await;

    let deleted = server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    assert_eq!(members(&deleted), ["ARN", "DeletionDate", "Name"]);
    assert_eq!(deleted["Name"], "settings");
    let arn = deleted["ARN"].as_str().expect("ARN is a string");
    assert!(
        arn.starts_with("arn:aws:secretsmanager:us-east-1:000000000000:secret:settings"),
        "{arn}"
    );
    assert!(deleted["DeletionDate"].is_number(), "{deleted}");
    assert_gone(&server).await;
}

/// Fact 3.7: Response: `DeletionDate` (for force ≈ now)
/// Fact 3.7: force is asynchronous: then ResourceNotFound and the name is free
#[tokio::test]
async fn force_removes_the_secret_at_once() {
    let server = Server::start().await;
    let arn = create(&server).await;

    let deleted = server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    assert_eq!(members(&deleted), ["ARN", "DeletionDate", "Name"]);
    assert_eq!(deleted["ARN"], arn);
    assert_eq!(deleted["Name"], "settings");
    let distance = (moment(&deleted["DeletionDate"]) - server.now()).abs();
    assert!(distance <= TimeDelta::seconds(1), "{deleted}");
    assert_gone(&server).await;
}

/// Fact 3.7: deleted secret without force → `InvalidRequestException` (MFD text)
#[tokio::test]
async fn second_deletion_without_force_is_refused_and_changes_no_date() {
    let server = Server::start().await;
    create(&server).await;
    delete_after(&server, 7).await;
    server.advance(TimeDelta::days(1));

    for body in [
        json!({"SecretId": "settings"}),
        json!({"SecretId": "settings", "RecoveryWindowInDays": 30}),
        json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": false}),
    ] {
        server
            .call("DeleteSecret", body)
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }

    server.advance(TimeDelta::days(6));
    assert_gone(&server).await;
}

/// Fact 3.7: deleted secret with force → success
#[tokio::test]
async fn force_ends_a_running_window() {
    let server = Server::start().await;
    let arn = create(&server).await;
    delete_after(&server, 30).await;

    let deleted = server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    assert_eq!(deleted["ARN"], arn);
    assert_eq!(deleted["Name"], "settings");
    assert_gone(&server).await;
}

/// Fact 3.7: Response: `DeletionDate` (= now + window) (the secret is there until then and gone from then on)
#[tokio::test]
async fn secret_is_gone_when_its_window_ends_and_not_a_millisecond_earlier() {
    for days in [7, 8, 29, 30] {
        let server = Server::start().await;
        create(&server).await;
        delete_after(&server, days).await;

        server.advance(TimeDelta::days(days) - TimeDelta::milliseconds(1));
        assert_scheduled(&server).await;
        server
            .call(
                "CreateSecret",
                json!({"Name": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
            )
            .await
            .assert_service_error("InvalidRequestException", NAME_SCHEDULED);

        server.advance(TimeDelta::milliseconds(1));
        assert_gone(&server).await;
    }
}

/// Fact 3.7: default window 30 days
#[tokio::test]
async fn default_window_ends_after_30_days() {
    let server = Server::start().await;
    create(&server).await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;

    server.advance(TimeDelta::days(30) - TimeDelta::milliseconds(1));
    assert_scheduled(&server).await;
    server.advance(TimeDelta::milliseconds(1));
    assert_gone(&server).await;
}

/// Fact 3.7: Response: `DeletionDate` (= now + window) (a clock that jumps far past it changes nothing)
#[tokio::test]
async fn secret_is_gone_long_after_its_window() {
    let server = Server::start().await;
    create(&server).await;
    delete_after(&server, 7).await;
    server.advance(TimeDelta::days(3650));
    assert_gone(&server).await;
}

/// Fact 3.7: Response: `DeletionDate` (= now + window) (each secret has its own window)
#[tokio::test]
async fn windows_of_several_secrets_end_one_by_one() {
    let server = Server::start().await;
    server.create("kept", "v1", "one").await;
    for days in [9, 7, 8] {
        let name = format!("after-{days}");
        server.create(&name, "v1", "one").await;
        server
            .ok(
                "DeleteSecret",
                json!({"SecretId": name, "RecoveryWindowInDays": days}),
            )
            .await;
    }
    server.advance(TimeDelta::days(6));
    for left in [
        vec!["after-7", "after-8", "after-9", "kept"],
        vec!["after-8", "after-9", "kept"],
        vec!["after-9", "kept"],
        vec!["kept"],
    ] {
        let list = server
            .ok(
                "ListSecrets",
                json!({"IncludePlannedDeletion": true, "SortBy": "name", "SortOrder": "asc"}),
            )
            .await;
        let names: Vec<&str> = list["SecretList"]
            .as_array()
            .expect("SecretList is a list")
            .iter()
            .filter_map(|entry| entry["Name"].as_str())
            .collect();
        assert_eq!(names, left);
        server.advance(TimeDelta::days(1));
    }
}

/// Fact 3.7: Response: `ARN`, `Name` (whatever form of `SecretId` was given)
#[tokio::test]
async fn arn_and_partial_arn_delete_the_secret() {
    let server = Server::start().await;
    for cut in [0, 7] {
        let arn = create(&server).await;
        let arn = arn.as_str().expect("ARN is a string");
        let deleted = server
            .ok(
                "DeleteSecret",
                json!({"SecretId": &arn[..arn.len() - cut], "ForceDeleteWithoutRecovery": true}),
            )
            .await;
        assert_eq!(deleted["ARN"], arn);
        assert_eq!(deleted["Name"], "settings");
    }
    assert_gone(&server).await;
}

/// Fact 3.7: versions and labels are kept until purge
/// Fact 3: DescribeSecret (with `DeletedDate`); RestoreSecret; DeleteSecret with force
#[tokio::test]
async fn deleted_secret_is_described_with_its_versions() {
    let server = Server::start().await;
    create(&server).await;
    let before = describe(&server).await.json();
    assert!(before.get("DeletedDate").is_none(), "{before}");

    delete_after(&server, 7).await;

    let after = describe(&server).await.json();
    assert!(after["DeletedDate"].is_number(), "{after}");
    for member in ["ARN", "Name", "CreatedDate", "VersionIdsToStages"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

/// Fact 3: works on a deleted secret: ListSecretVersionIds; ListSecrets with `IncludePlannedDeletion`;
/// GetRandomPassword
#[tokio::test]
async fn deleted_secret_is_listed_with_its_versions() {
    let server = Server::start().await;
    create(&server).await;
    let before = server
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    delete_after(&server, 7).await;

    let after = server
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;

    assert_eq!(after, before);
    let list = server
        .ok("ListSecrets", json!({"IncludePlannedDeletion": true}))
        .await;
    assert_eq!(list["SecretList"][0]["Name"], "settings");
    assert!(list["SecretList"][0]["DeletedDate"].is_number(), "{list}");
    server.ok("GetRandomPassword", json!({})).await;
}

/// Fact 3: works on a deleted secret: RestoreSecret; DeleteSecret with force
#[tokio::test]
async fn deleted_secret_can_be_restored_or_removed() {
    let server = Server::start().await;
    create(&server).await;
    delete_after(&server, 7).await;
    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    delete_after(&server, 7).await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;
    assert_gone(&server).await;
}

/// Everything that is refused on a deleted secret (but for rotation and replication).
fn refused() -> Vec<(&'static str, Value)> {
    vec![
        ("GetSecretValue", json!({"SecretId": "settings"})),
        (
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionId": version_id("v1")}),
        ),
        (
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), "Description": "new"}),
        ),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": "BLUE", "MoveToVersionId": version_id("v1")}),
        ),
        (
            "TagResource",
            json!({"SecretId": "settings", "Tags": [{"Key": "team", "Value": "red"}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": "settings", "TagKeys": ["team"]}),
        ),
        (
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        ),
        ("GetResourcePolicy", json!({"SecretId": "settings"})),
        ("DeleteResourcePolicy", json!({"SecretId": "settings"})),
        (
            "ValidateResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        ),
        ("DeleteSecret", json!({"SecretId": "settings"})),
        (
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
        ),
    ]
}

/// Fact 1.6: secret state forbids it: `InvalidRequestException`
/// Fact 3: `InvalidRequestException`: `You can't perform this operation on the secret because it was marked for deletion.`
/// Fact 3: fails with MFD: GetSecretValue, PutSecretValue, UpdateSecret, UpdateSecretVersionStage, ...
#[tokio::test]
async fn deleted_secret_refuses_reads_and_changes() {
    let server = Server::start().await;
    create(&server).await;
    delete_after(&server, 7).await;
    for (operation, body) in refused() {
        let answer = server.call(operation, body).await;
        assert_eq!(
            (answer.status, answer.json()),
            (
                400,
                json!({"__type": "InvalidRequestException", "Message": MARKED_FOR_DELETION})
            ),
            "{operation}"
        );
    }
}

/// Fact 3: fails with MFD (and changes nothing)
#[tokio::test]
async fn refused_change_leaves_the_deleted_secret_as_it_was() {
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
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        )
        .await;
    delete_after(&server, 7).await;
    let before = describe(&server).await.json();
    server.advance(TimeDelta::hours(1));

    for (operation, body) in refused() {
        server
            .call(operation, body)
            .await
            .assert_code("InvalidRequestException");
    }

    assert_eq!(describe(&server).await.json(), before);
    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    let policy = server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert!(policy["ResourcePolicy"].is_string(), "{policy}");
}

/// Fact 3.1: name scheduled for deletion → `InvalidRequestException`
/// Fact 2.3: a name scheduled for deletion is still taken
#[tokio::test]
async fn name_of_a_deleted_secret_is_taken() {
    let server = Server::start().await;
    create(&server).await;
    delete_after(&server, 7).await;
    server
        .call(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        )
        .await
        .assert_service_error("InvalidRequestException", NAME_SCHEDULED);
}

/// Fact 3.7: force is asynchronous: then the name is free (and the new secret has nothing of the old one)
#[tokio::test]
async fn secret_created_after_a_deletion_is_a_new_one() {
    let server = Server::start().await;
    let old = server
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
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy()}),
        )
        .await;
    delete_after(&server, 7).await;
    server.advance(TimeDelta::days(7));

    let new = server.create("settings", "v1", "two").await;

    assert_ne!(new["ARN"], old["ARN"]);
    let described = describe(&server).await.json();
    assert_eq!(
        members(&described),
        [
            "ARN",
            "CreatedDate",
            "LastChangedDate",
            "Name",
            "VersionIdsToStages"
        ]
    );
    assert_eq!(moment(&described["CreatedDate"]), server.now());
    let policy = server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert!(policy.get("ResourcePolicy").is_none(), "{policy}");
    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "two");
}
