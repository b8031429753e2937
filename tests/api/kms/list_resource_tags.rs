//! `ListResourceTags`: a key's tags, page by page.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{
    MANAGED, assert_named_by_id_or_arn_alone, describe, does_not_exist, text,
};
use super::list_keys::{assert_limit_is_judged, assert_marker_is_judged, assert_pages_add_up};
use super::tag_resource::{tag, tags};
use crate::support::Server;

/// A key with five tags, which stand in no alphabetical order.
async fn tagged_key(server: &Server) -> Value {
    let key = server.create_key().await;
    tag(server, &key, &five()).await;
    key
}

/// The tags of `tagged_key`.
fn five() -> Value {
    tags(&[("d", "1"), ("b", "2"), ("e", "3"), ("a", "4"), ("c", "5")])
}

/// Fact 6.5: TagResource / UntagResource / ListResourceTags: KeyId, Tags / TagKeys / Limit, Marker → Tags, Truncated
#[tokio::test]
async fn answer_has_the_tags_and_whether_there_are_more() {
    let server = Server::start().await;
    let bare = server.create_key().await;
    let key = tagged_key(&server).await;
    for (key, tags) in [(&bare, json!([])), (&key, five())] {
        let request = json!({"KeyId": key["KeyId"]});
        assert_eq!(
            server.kms_ok("ListResourceTags", request).await,
            json!({"Tags": tags, "Truncated": false})
        );
    }
}

/// Fact 6.5: TagResource / UntagResource / ListResourceTags: KeyId, Tags / TagKeys / Limit, Marker
#[tokio::test]
async fn pages_of_every_size_show_every_tag_once() {
    let server = Server::start().await;
    let request = json!({"KeyId": tagged_key(&server).await["KeyId"]});
    assert_pages_add_up(&server, "ListResourceTags", &request, "Tags").await;
}

/// Fact 1.5: number too big
/// Fact 1.5: number too small
#[tokio::test]
async fn limit_and_marker_are_judged() {
    let server = Server::start().await;
    let request = json!({"KeyId": tagged_key(&server).await["KeyId"]});
    assert_limit_is_judged(&server, "ListResourceTags", &request).await;
    assert_marker_is_judged(&server, "ListResourceTags", &request).await;
}

#[tokio::test]
async fn tags_are_listed_until_the_key_is_gone() {
    let server = Server::start().await;
    let key = tagged_key(&server).await;
    let request = json!({"KeyId": key["KeyId"]});
    for operation in ["DisableKey", "ScheduleKeyDeletion"] {
        server.kms_ok(operation, request.clone()).await;
        let listed = server.kms_ok("ListResourceTags", request.clone()).await;
        assert_eq!(listed["Tags"], five(), "after {operation}");
    }
    server.advance(TimeDelta::days(31));
    server
        .kms("ListResourceTags", request)
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(text(&key["Arn"])));
}

#[tokio::test]
async fn managed_key_has_no_tags() {
    let server = Server::start().await;
    let key = describe(&server, &json!(MANAGED)).await;
    let request = json!({"KeyId": key["KeyId"]});
    let listed = server.kms_ok("ListResourceTags", request).await;
    assert_eq!(listed["Tags"], json!([]));
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("ListResourceTags", &json!({})).await;
}
