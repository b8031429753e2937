//! Section 3.22 and the tag quota of section 7: tags are added and replaced by key.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Answer, MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// The moment a timestamp on the wire names.
#[track_caller]
fn moment(timestamp: &Value) -> DateTime<Utc> {
    let since_epoch = timestamp.as_f64().expect("a timestamp is a number");
    (DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch)).round_subsecs(3)
}

/// A list of tags as it is on the wire.
fn tags(pairs: &[(&str, &str)]) -> Value {
    pairs
        .iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect()
}

/// So many tags with different keys, counted from `first`.
fn many_tags(first: usize, count: usize) -> Value {
    (first..first + count)
        .map(|number| json!({"Key": format!("key-{number}"), "Value": "value"}))
        .collect()
}

/// What AWS says about a tag of its own.
fn system_tag(key: &str) -> String {
    format!("You can't modify system tags. Tag key: '{key}'.")
}

/// A server with the secret `settings`, without tags.
async fn server_with_secret() -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
}

/// Sends tags for the secret `settings`.
async fn send_tags(server: &Server, tags: &Value) -> Answer {
    server
        .call("TagResource", json!({"SecretId": "settings", "Tags": tags}))
        .await
}

/// Tags the secret `settings`.
async fn tag(server: &Server, pairs: &[(&str, &str)]) {
    let answer = send_tags(server, &tags(pairs)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Describes the secret `settings`.
async fn describe(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// Fact 3.22: Empty 200 body.
/// Fact 1.2: operations without output shape (`TagResource`, `UntagResource`): status 200 with a **zero-byte body**
#[tokio::test]
async fn answer_has_no_body_at_all() {
    let server = server_with_secret().await;

    let answer = send_tags(&server, &tags(&[("team", "blue")])).await;

    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.headers["content-length"], "0");
    assert!(answer.headers.contains_key("x-amzn-requestid"));
}

/// Fact 3.6: `Tags`: absent if never tagged
/// Fact 3.22: upsert by key
#[tokio::test]
async fn tags_appear_in_descriptions_and_lists() {
    let server = server_with_secret().await;
    let described = describe(&server).await;
    assert!(described.get("Tags").is_none(), "{described}");

    tag(&server, &[("team", "blue"), ("stage", "test")]).await;

    let expected = tags(&[("team", "blue"), ("stage", "test")]);
    assert_eq!(describe(&server).await["Tags"], expected);
    let list = server.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"][0]["Tags"], expected);
}

/// Fact 3.22: upsert by key (case-sensitive); other tags stay; existing key keeps its place, new keys append
#[tokio::test]
async fn existing_key_keeps_its_place_and_new_keys_append() {
    let server = server_with_secret().await;
    tag(&server, &[("b", "1"), ("a", "2"), ("c", "3")]).await;

    tag(&server, &[("d", "4"), ("a", "5")]).await;
    assert_eq!(
        describe(&server).await["Tags"],
        tags(&[("b", "1"), ("a", "5"), ("c", "3"), ("d", "4")])
    );

    tag(&server, &[("0", "6"), ("b", "7")]).await;
    assert_eq!(
        describe(&server).await["Tags"],
        tags(&[("b", "7"), ("a", "5"), ("c", "3"), ("d", "4"), ("0", "6")])
    );
}

/// Fact 3.22: upsert by key (case-sensitive)
#[tokio::test]
async fn keys_that_differ_in_case_are_two_tags() {
    let server = server_with_secret().await;
    tag(&server, &[("team", "blue")]).await;
    tag(&server, &[("Team", "red")]).await;
    tag(&server, &[("TEAM", "green")]).await;
    assert_eq!(
        describe(&server).await["Tags"],
        tags(&[("team", "blue"), ("Team", "red"), ("TEAM", "green")])
    );
}

/// Fact 3.22: upsert by key; other tags stay (also those the secret was created with)
#[tokio::test]
async fn tags_of_the_creation_stay() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
            }),
        )
        .await;
    tag(&server, &[("c", "3"), ("a", "4")]).await;
    assert_eq!(
        describe(&server).await["Tags"],
        tags(&[("a", "4"), ("b", "2"), ("c", "3")])
    );
}

/// Fact 3.22: upsert by key (of this secret alone)
#[tokio::test]
async fn other_secrets_keep_their_tags() {
    let server = server_with_secret().await;
    server.create("other", "v1", "one").await;
    tag(&server, &[("team", "blue")]).await;
    let other = server
        .ok("DescribeSecret", json!({"SecretId": "other"}))
        .await;
    assert!(other.get("Tags").is_none(), "{other}");
}

/// Fact 3.22: `LastChangedDate` is updated
#[tokio::test]
async fn tagging_changes_the_last_changed_date() {
    let server = server_with_secret().await;
    let before = describe(&server).await;
    server.advance(TimeDelta::milliseconds(1500));

    tag(&server, &[("team", "blue")]).await;

    let after = describe(&server).await;
    assert_eq!(moment(&after["LastChangedDate"]), server.now());
    assert_eq!(after["CreatedDate"], before["CreatedDate"]);
    assert_eq!(after["VersionIdsToStages"], before["VersionIdsToStages"]);
}

/// Fact 3.22: key with prefix `aws:` → `InvalidParameterException`
#[tokio::test]
async fn system_tag_is_refused_and_nothing_is_tagged() {
    let server = server_with_secret().await;
    for key in ["aws:team", "aws:", "aws:cloudformation:stack-name"] {
        send_tags(&server, &tags(&[(key, "blue")]))
            .await
            .assert_service_error("InvalidParameterException", &system_tag(key));
        send_tags(
            &server,
            &tags(&[("team", "blue"), (key, "blue"), ("z", "")]),
        )
        .await
        .assert_service_error("InvalidParameterException", &system_tag(key));
    }
    let described = describe(&server).await;
    assert!(described.get("Tags").is_none(), "{described}");
}

/// Fact 3.22: key with prefix `aws:` → `InvalidParameterException`
/// Fact 3.1: system tag key (`aws:`) → see 3.22
#[tokio::test]
async fn system_tag_is_refused_on_creation() {
    let server = Server::start().await;
    server
        .call(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "Tags": tags(&[("aws:team", "blue")]),
            }),
        )
        .await
        .assert_service_error("InvalidParameterException", &system_tag("aws:team"));
    server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.22: key with prefix `aws:` (only keys, and only with the colon at their start)
#[tokio::test]
async fn aws_elsewhere_in_a_tag_is_no_system_tag() {
    let server = server_with_secret().await;
    let pairs = [("awsome", "1"), ("aws", "aws:2"), ("my-aws:team", "3")];
    tag(&server, &pairs).await;
    assert_eq!(describe(&server).await["Tags"], tags(&pairs));
}

/// Fact 3.22: deleted → MFD
#[tokio::test]
async fn deleted_secret_cannot_be_tagged() {
    let server = server_with_secret().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    send_tags(&server, &tags(&[("team", "blue")]))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    send_tags(&server, &tags(&[("team", "blue")]))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();
    let arn = arn.as_str().expect("ARN is a string");
    for (id, value) in [(arn, "full"), (&arn[..arn.len() - 7], "partial")] {
        let answer = server
            .call(
                "TagResource",
                json!({"SecretId": id, "Tags": tags(&[("form", value)])}),
            )
            .await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(describe(&server).await["Tags"], tags(&[("form", value)]));
    }
}

/// Fact 7: tags per secret: 50 user tags
#[tokio::test]
async fn secret_may_have_50_tags() {
    let server = server_with_secret().await;
    for (first, count) in [(0, 20), (20, 30)] {
        let answer = send_tags(&server, &many_tags(first, count)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(describe(&server).await["Tags"], many_tags(0, 50));

    tag(&server, &[("key-7", "new")]).await;

    let described = describe(&server).await;
    assert_eq!(described["Tags"].as_array().map(Vec::len), Some(50));
    assert_eq!(
        described["Tags"][7],
        json!({"Key": "key-7", "Value": "new"})
    );
}

/// Fact 7: tags per secret: 50 user tags
/// Fact 3.22: more than 50 user tags → `InvalidParameterException`/`LimitExceededException`, text unknown
#[tokio::test]
async fn secret_may_not_have_51_tags() {
    let server = server_with_secret().await;
    let answer = send_tags(&server, &many_tags(0, 51)).await;
    assert_quota(&answer);
    assert!(describe(&server).await.get("Tags").is_none());

    let answer = send_tags(&server, &many_tags(0, 50)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = send_tags(&server, &many_tags(50, 1)).await;
    assert_quota(&answer);
    assert_eq!(describe(&server).await["Tags"], many_tags(0, 50));
}

/// Fact 7: tags per secret: 50 user tags (a creation counts as well)
#[tokio::test]
async fn secret_may_not_be_created_with_51_tags() {
    let server = Server::start().await;
    let creation = |tags: Value| {
        json!({
            "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one", "Tags": tags,
        })
    };
    let answer = server
        .call("CreateSecret", creation(many_tags(0, 51)))
        .await;
    assert_quota(&answer);
    server.ok("CreateSecret", creation(many_tags(0, 50))).await;
    assert_eq!(describe(&server).await["Tags"], many_tags(0, 50));
}

/// Asserts that the answer refuses too many tags, by one of the two codes AWS may use.
#[track_caller]
fn assert_quota(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let code = answer.json()["__type"].clone();
    assert!(
        code == "InvalidParameterException" || code == "LimitExceededException",
        "{code}"
    );
}

/// Fact 3.22: duplicate keys in one request → `InvalidParameterException`, text unknown
#[tokio::test]
async fn key_given_twice_is_refused() {
    let server = server_with_secret().await;
    send_tags(&server, &tags(&[("team", "blue"), ("team", "red")]))
        .await
        .assert_code("InvalidParameterException");
    assert!(describe(&server).await.get("Tags").is_none());
}

/// Fact 3.22: `Value` missing: `Tag` has no required members in the model
#[tokio::test]
async fn tag_without_a_value_is_accepted() {
    let server = server_with_secret().await;
    let answer = send_tags(&server, &json!([{"Key": "team"}])).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(describe(&server).await["Tags"][0]["Key"], "team");
}

/// Fact 7: tags per secret: key ≤128, value ≤256
#[tokio::test]
async fn longest_and_shortest_tags_are_accepted() {
    let server = server_with_secret().await;
    let key = "k".repeat(128);
    let value = "v".repeat(256);
    tag(&server, &[(&key, &value), ("k", "")]).await;
    let described = describe(&server).await;
    assert_eq!(described["Tags"][0], json!({"Key": key, "Value": value}));
    assert_eq!(described["Tags"][1]["Key"], "k");
}

/// Fact 7: tags per secret: key ≤128, value ≤256
#[tokio::test]
async fn longer_tags_are_refused() {
    let server = server_with_secret().await;
    let key = "k".repeat(129);
    let value = "v".repeat(257);
    for (pair, path, text, limit) in [
        ((key.as_str(), "v"), "key", &key, 128),
        (("k", value.as_str()), "value", &value, 256),
    ] {
        send_tags(&server, &tags(&[pair])).await.assert_framework_error(
            "ValidationException",
            &format!(
                "1 validation error detected: Value '{text}' at 'tags.1.member.{path}' failed to satisfy \
                 constraint: Member must have length less than or equal to {limit}"
            ),
        );
    }
}

/// Fact 12: Tag, Tag, Untag, Untag: Tags [{t1}], [{t1},{t2}], [{t2}], []
#[tokio::test]
async fn recorded_trace_of_tags() {
    let server = server_with_secret().await;
    tag(&server, &[("t1", "1")]).await;
    assert_eq!(describe(&server).await["Tags"], tags(&[("t1", "1")]));
    tag(&server, &[("t2", "2")]).await;
    assert_eq!(
        describe(&server).await["Tags"],
        tags(&[("t1", "1"), ("t2", "2")])
    );
    for (key, left) in [("t1", tags(&[("t2", "2")])), ("t2", json!([]))] {
        let answer = server
            .call(
                "UntagResource",
                json!({"SecretId": "settings", "TagKeys": [key]}),
            )
            .await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(describe(&server).await["Tags"], left);
    }
}
