//! `TagResource` of KMS.

use serde_json::{Value, json};

use super::describe_key::{assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone};
use crate::protocol::{assert_violations, at_least, at_most, missing, violation};
use crate::support::{Answer, Server};

/// What AWS says about tags of its own.
pub(crate) const RESERVED: &str = "Tags beginning with aws: are reserved";

/// A list of tags as it is on the wire.
pub(crate) fn tags(pairs: &[(&str, &str)]) -> Value {
    pairs
        .iter()
        .map(|(key, value)| json!({"TagKey": key, "TagValue": value}))
        .collect()
}

/// So many tags with different keys, counted from `first`.
fn many_tags(first: usize, count: usize) -> Value {
    (first..first + count)
        .map(|number| json!({"TagKey": format!("key-{number}"), "TagValue": "value"}))
        .collect()
}

/// Tags that a key cannot have, with what AWS says about them.
pub(crate) fn refused_tags() -> [(Value, &'static str); 5] {
    [
        (
            tags(&[("team", "blue"), ("team", "red")]),
            "Duplicate tag keys",
        ),
        (many_tags(0, 51), "Too many tags"),
        (tags(&[("team", "blue"), ("aws:team", "blue")]), RESERVED),
        (tags(&[("AWS:team", "blue")]), RESERVED),
        (tags(&[("aWs:", "blue")]), RESERVED),
    ]
}

/// Tags of a wrong length, with what AWS says about them.
pub(crate) fn too_long_tags() -> [(Value, String); 3] {
    let (key, value) = ("k".repeat(129), "v".repeat(257));
    let (key_path, value_path) = ("tags.1.member.tagKey", "tags.1.member.tagValue");
    [
        (
            tags(&[(&key, "blue")]),
            violation(&key, key_path, &at_most(128)),
        ),
        (
            tags(&[("team", &value)]),
            violation(&value, value_path, &at_most(256)),
        ),
        (tags(&[("", "blue")]), violation("", key_path, &at_least(1))),
    ]
}

/// The tags of a key.
pub(crate) async fn tags_of(server: &Server, key: &Value) -> Value {
    let request = json!({"KeyId": key["KeyId"]});
    server.kms_ok("ListResourceTags", request).await["Tags"].clone()
}

/// Sends tags for a key.
async fn send(server: &Server, key: &Value, tags: &Value) -> Answer {
    let request = json!({"KeyId": key["KeyId"], "Tags": tags});
    server.kms("TagResource", request).await
}

/// Tags a key.
pub(crate) async fn tag(server: &Server, key: &Value, tags: &Value) {
    let answer = send(server, key, tags).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

/// Fact 6.5: TagResource / UntagResource / ListResourceTags
/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn tags_stand_in_the_order_of_giving() {
    let server = Server::start().await;
    let key = server.create_key().await;
    tag(&server, &key, &tags(&[("b", "1"), ("a", "")])).await;
    tag(&server, &key, &tags(&[("c", "3")])).await;
    assert_eq!(
        tags_of(&server, &key).await,
        tags(&[("b", "1"), ("a", ""), ("c", "3")])
    );
}

#[tokio::test]
async fn key_given_again_changes_its_value_in_place() {
    let server = Server::start().await;
    let key = server.create_key().await;
    tag(&server, &key, &tags(&[("b", "1"), ("a", "2")])).await;
    tag(&server, &key, &tags(&[("c", "3"), ("b", "4")])).await;
    assert_eq!(
        tags_of(&server, &key).await,
        tags(&[("b", "4"), ("a", "2"), ("c", "3")])
    );
}

#[tokio::test]
async fn other_keys_keep_their_tags() {
    let server = Server::start().await;
    let other = server.create_key().await;
    let key = server.create_key().await;
    tag(&server, &key, &tags(&[("team", "blue")])).await;
    assert_eq!(tags_of(&server, &other).await, json!([]));
}

/// Fact 6.5: `TagException` Duplicate tag keys
/// Fact 6.5: tag length → `ValidationException`
#[tokio::test]
async fn tags_are_refused_together() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for (tags, message) in refused_tags() {
        let answer = send(&server, &key, &tags).await;
        answer.assert_kms_error("TagException", message);
    }
    for (tags, expected) in too_long_tags() {
        assert_violations(&send(&server, &key, &tags).await, &[expected]);
    }
    assert_eq!(tags_of(&server, &key).await, json!([]));
}

/// Fact 6.5: tag length → `ValidationException`: path `tags.1.member.tagKey` ≤128
#[tokio::test]
async fn longest_tags_and_those_that_only_look_reserved_are_accepted() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let (name, value) = ("k".repeat(128), "v".repeat(256));
    let given = tags(&[(&name, &value), ("aws", "aws:x"), ("my-aws:team", "blue")]);
    tag(&server, &key, &given).await;
    assert_eq!(tags_of(&server, &key).await, given);
}

/// Fact 6.5: `TagException` Duplicate tag keys · Too many tags
#[tokio::test]
async fn key_may_have_50_tags() {
    let server = Server::start().await;
    let key = server.create_key().await;
    tag(&server, &key, &many_tags(0, 30)).await;
    tag(&server, &key, &many_tags(30, 20)).await;

    let answer = send(&server, &key, &many_tags(50, 1)).await;
    answer.assert_kms_error("TagException", "Too many tags");

    tag(&server, &key, &tags(&[("key-7", "new")])).await;
    let mut expected = many_tags(0, 50);
    expected[7]["TagValue"] = json!("new");
    assert_eq!(tags_of(&server, &key).await, expected);
}

/// Fact 1.5: required member missing
#[tokio::test]
async fn tags_their_keys_and_their_values_must_be_there() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let answer = server
        .kms("TagResource", json!({"KeyId": key["KeyId"]}))
        .await;
    assert_violations(&answer, &[missing("tags")]);
    for (tag, path) in [
        (json!({"TagKey": "team"}), "tags.1.member.tagValue"),
        (json!({"TagValue": "blue"}), "tags.1.member.tagKey"),
    ] {
        let answer = send(&server, &key, &json!([tag])).await;
        assert_violations(&answer, &[missing(path)]);
    }
    assert_eq!(tags_of(&server, &key).await, json!([]));
}

/// Fact 6.5: pending deletion, crypto or state calls
/// Fact 6.5: Key-state effects: Disabled blocks ... PendingDeletion blocks TagResource
#[tokio::test]
async fn tags_stay_while_the_deletion_is_pending() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let before = tags(&[("team", "blue")]);
    tag(&server, &key, &before).await;
    server
        .kms_ok("ScheduleKeyDeletion", json!({"KeyId": key["KeyId"]}))
        .await;
    let answer = send(&server, &key, &tags(&[("team", "red")])).await;
    answer.assert_code("KMSInvalidStateException");
    assert_eq!(tags_of(&server, &key).await, before);
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    let members = json!({"Tags": tags(&[("team", "blue")])});
    assert_named_by_id_or_arn_alone("TagResource", &members).await;
}

#[tokio::test]
async fn managed_key_cannot_be_tagged() {
    let members = json!({"Tags": tags(&[("team", "blue")])});
    assert_denied_on_the_managed_key("TagResource", &members).await;
}
