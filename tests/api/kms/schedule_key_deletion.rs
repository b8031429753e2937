//! `ScheduleKeyDeletion`: a key waits, and then it is gone.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{
    arn_of, assert_date, assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone, call,
    create_alias, describe, does_not_exist, text,
};
use crate::protocol::{assert_violations, violation};
use crate::support::{Answer, Server};

/// Schedules a key for deletion in so many days.
async fn schedule(server: &Server, key: &Value, days: i64) -> Answer {
    let request = json!({"KeyId": key["KeyId"], "PendingWindowInDays": days});
    server.kms("ScheduleKeyDeletion", request).await
}

/// Fact 6.5: ScheduleKeyDeletion: KeyId, PendingWindowInDays 7..30 (model 1..365), default 30
#[tokio::test]
async fn key_is_deleted_after_30_days_unless_told_otherwise() {
    let server = Server::start().await;
    for (members, name, days) in [
        (json!({}), "KeyId", 30),
        (json!({"PendingWindowInDays": 7}), "Arn", 7),
        (json!({"PendingWindowInDays": 30}), "KeyId", 30),
    ] {
        let key = server.create_key().await;
        let answer = call(&server, "ScheduleKeyDeletion", &members, text(&key[name])).await;
        let answer = answer.json();
        assert_date(
            &answer["DeletionDate"],
            server.now() + TimeDelta::days(days),
        );
        assert_eq!(
            answer,
            json!({
                "KeyId": key["Arn"],
                "DeletionDate": answer["DeletionDate"],
                "KeyState": "PendingDeletion",
                "PendingWindowInDays": days,
            })
        );
        let described = describe(&server, &key["KeyId"]).await;
        assert_eq!(described["DeletionDate"], answer["DeletionDate"]);
        assert_eq!(described["KeyState"], "PendingDeletion");
        assert_eq!(described["Enabled"], false);
    }
}

/// Fact 6.5: ScheduleKeyDeletion: KeyId, PendingWindowInDays 7..30 (model 1..365)
#[tokio::test]
async fn window_must_be_of_7_to_30_days() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for days in [1, 6, 31, 365] {
        schedule(&server, &key, days).await.assert_kms_error(
            "ValidationException",
            "PendingWindowInDays must be between 7 and 30",
        );
    }
    for (days, constraint) in [
        (0, "have value greater than or equal to 1"),
        (366, "have value less than or equal to 365"),
    ] {
        assert_violations(
            &schedule(&server, &key, days).await,
            &[violation(
                &days.to_string(),
                "pendingWindowInDays",
                constraint,
            )],
        );
    }
    assert_eq!(describe(&server, &key["KeyId"]).await, key);
}

/// Fact 6.5: Key-state effects: Disabled blocks Encrypt ... allows ScheduleKeyDeletion
#[tokio::test]
async fn disabled_key_can_be_scheduled() {
    let server = Server::start().await;
    let key = server.create_key().await;
    server
        .kms_ok("DisableKey", json!({"KeyId": key["KeyId"]}))
        .await;
    let answer = schedule(&server, &key, 7).await;
    assert_eq!(answer.json()["KeyState"], "PendingDeletion");
}

/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn second_schedule_does_not_move_the_date() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let first = schedule(&server, &key, 7).await.json();
    server.advance(TimeDelta::days(1));

    schedule(&server, &key, 30).await.assert_kms_error(
        "KMSInvalidStateException",
        &format!("{} is pending deletion.", text(&key["Arn"])),
    );

    let described = describe(&server, &key["KeyId"]).await;
    assert_eq!(described["DeletionDate"], first["DeletionDate"]);
}

/// Fact 6.5: `NotFoundException` key (well-formed id)
/// Fact 6.5: `NotFoundException` alias: Alias arn
#[tokio::test]
async fn key_is_there_until_its_date_and_gone_after_it() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let bystander = server.create_key().await;
    create_alias(&server, "alias/x", &key).await;
    schedule(&server, &key, 7).await;

    server.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let described = describe(&server, &json!("alias/x")).await;
    assert_eq!(described["KeyState"], "PendingDeletion");

    server.advance(TimeDelta::seconds(2));
    let alias_missing = format!("Alias {} is not found.", arn_of("alias/x"));
    for (name, message) in [
        (text(&key["KeyId"]), does_not_exist(text(&key["Arn"]))),
        (text(&key["Arn"]), does_not_exist(text(&key["Arn"]))),
        ("alias/x", alias_missing),
    ] {
        call(&server, "DescribeKey", &json!({}), name)
            .await
            .assert_kms_error("NotFoundException", &message);
    }
    assert_eq!(describe(&server, &bystander["KeyId"]).await, bystander);
}

#[tokio::test]
async fn alias_of_a_gone_key_is_free() {
    let server = Server::start().await;
    let key = server.create_key().await;
    create_alias(&server, "alias/x", &key).await;
    schedule(&server, &key, 7).await;
    server.advance(TimeDelta::days(8));

    let next = server.create_key().await;
    create_alias(&server, "alias/x", &next).await;

    let found = describe(&server, &json!("alias/x")).await;
    assert_eq!(found["KeyId"], next["KeyId"]);
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("ScheduleKeyDeletion", &json!({})).await;
}

#[tokio::test]
async fn managed_key_cannot_be_scheduled() {
    assert_denied_on_the_managed_key("ScheduleKeyDeletion", &json!({})).await;
}
