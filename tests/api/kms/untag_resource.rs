//! `UntagResource` of KMS.

use serde_json::{Value, json};

use super::describe_key::{assert_denied_on_the_managed_key, assert_named_by_id_or_arn_alone};
use super::tag_resource::{RESERVED, tag, tags, tags_of};
use crate::protocol::{assert_violations, missing};
use crate::support::{Answer, Server};

/// A key with the tags `a`, `b` and `c`.
async fn tagged_key(server: &Server) -> Value {
    let key = server.create_key().await;
    tag(server, &key, &abc()).await;
    key
}

/// The tags of `tagged_key`.
fn abc() -> Value {
    tags(&[("a", "1"), ("b", "2"), ("c", "3")])
}

/// Takes tags away from a key.
async fn untag(server: &Server, key: &Value, tag_keys: &[&str]) -> Answer {
    let request = json!({"KeyId": key["KeyId"], "TagKeys": tag_keys});
    server.kms("UntagResource", request).await
}

/// Fact 6.5: TagResource / UntagResource / ListResourceTags
/// Fact 6.5: Protocol AWS JSON 1.1, target prefix (operations without output return 200 with empty body)
#[tokio::test]
async fn named_tags_go_and_the_others_keep_their_order() {
    let server = Server::start().await;
    let key = tagged_key(&server).await;
    for (keys, left) in [
        (&["b"][..], tags(&[("a", "1"), ("c", "3")])),
        (&["c", "a"], json!([])),
    ] {
        let answer = untag(&server, &key, keys).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(tags_of(&server, &key).await, left);
    }
}

#[tokio::test]
async fn tags_that_are_not_there_are_passed_over() {
    let server = Server::start().await;
    let key = tagged_key(&server).await;
    let answer = untag(&server, &key, &["team"]).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(tags_of(&server, &key).await, abc());
}

#[tokio::test]
async fn other_keys_keep_their_tags() {
    let server = Server::start().await;
    let other = tagged_key(&server).await;
    let key = tagged_key(&server).await;
    untag(&server, &key, &["a"]).await;
    assert_eq!(tags_of(&server, &other).await, abc());
}

/// Fact 6.5: `TagException` Duplicate tag keys · Too many tags · Tags beginning with aws: are reserved
#[tokio::test]
async fn reserved_tags_are_refused_and_nothing_goes() {
    let server = Server::start().await;
    let key = tagged_key(&server).await;
    for reserved in ["aws:team", "AWS:team"] {
        let answer = untag(&server, &key, &["a", reserved]).await;
        answer.assert_kms_error("TagException", RESERVED);
    }
    assert_eq!(tags_of(&server, &key).await, abc());
}

/// Fact 1.5: required member missing
#[tokio::test]
async fn tag_keys_must_be_there() {
    let server = Server::start().await;
    let key = tagged_key(&server).await;
    let answer = server
        .kms("UntagResource", json!({"KeyId": key["KeyId"]}))
        .await;
    assert_violations(&answer, &[missing("tagKeys")]);
}

/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn tags_stay_while_the_deletion_is_pending() {
    let server = Server::start().await;
    let key = tagged_key(&server).await;
    server
        .kms_ok("ScheduleKeyDeletion", json!({"KeyId": key["KeyId"]}))
        .await;
    let answer = untag(&server, &key, &["a"]).await;
    answer.assert_code("KMSInvalidStateException");
    assert_eq!(tags_of(&server, &key).await, abc());
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    let members = json!({"TagKeys": ["team"]});
    assert_named_by_id_or_arn_alone("UntagResource", &members).await;
}

#[tokio::test]
async fn managed_key_cannot_be_untagged() {
    let members = json!({"TagKeys": ["team"]});
    assert_denied_on_the_managed_key("UntagResource", &members).await;
}
