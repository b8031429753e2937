//! `UpdateKeyDescription`.

use serde_json::json;

use super::describe_key::{
    assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone, describe, text,
};
use crate::protocol::{assert_violations, at_most, missing, violation};
use crate::support::{Answer, Server};

/// Describes a key anew.
async fn update(server: &Server, key_id: &str, description: &str) -> Answer {
    let request = json!({"KeyId": key_id, "Description": description});
    server.kms("UpdateKeyDescription", request).await
}

/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
/// Fact 6.5: `KeyMetadata` of a fresh symmetric key: `Description` is returned even when empty
#[tokio::test]
async fn description_changes_and_nothing_else_does() {
    let server = Server::start().await;
    let mut key = server.create_key().await;
    let longest = "d".repeat(8192);
    for description in ["the keys, naïve", &longest, ""] {
        let answer = update(&server, text(&key["KeyId"]), description).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        key["Description"] = json!(description);
        assert_eq!(describe(&server, &key["KeyId"]).await, key);
    }
}

#[tokio::test]
async fn other_keys_keep_their_description() {
    let server = Server::start().await;
    let other = server.create_key().await;
    let key = server.create_key().await;
    update(&server, text(&key["KeyId"]), "new").await;
    assert_eq!(describe(&server, &other["KeyId"]).await, other);
}

/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn description_stays_while_the_deletion_is_pending() {
    let server = Server::start().await;
    let key = server.create_key().await;
    update(&server, text(&key["KeyId"]), "old").await;
    server
        .kms_ok("ScheduleKeyDeletion", json!({"KeyId": key["KeyId"]}))
        .await;

    update(&server, text(&key["KeyId"]), "new")
        .await
        .assert_code("KMSInvalidStateException");

    assert_eq!(describe(&server, &key["KeyId"]).await["Description"], "old");
}

/// Fact 1.5: required member missing
/// Fact 1.5: too long: `Value '{v}' at
#[tokio::test]
async fn description_must_be_there_and_not_too_long() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let id = text(&key["KeyId"]);
    let answer = server
        .kms("UpdateKeyDescription", json!({"KeyId": id}))
        .await;
    assert_violations(&answer, &[missing("description")]);

    let long = "d".repeat(8193);
    let answer = update(&server, id, &long).await;
    assert_violations(&answer, &[violation(&long, "description", &at_most(8192))]);
    assert_eq!(describe(&server, &key["KeyId"]).await, key);
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("UpdateKeyDescription", &json!({"Description": "new"})).await;
}

#[tokio::test]
async fn managed_key_keeps_its_description() {
    assert_denied_on_the_managed_key("UpdateKeyDescription", &json!({"Description": "new"})).await;
}
