//! Section 3.23: tags are removed by key.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// A list of tags as it is on the wire, each with its key as its value.
fn tags(keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| json!({"Key": key, "Value": key}))
        .collect()
}

/// A server with the secret `settings`, tagged with these keys.
async fn server_with_tags(keys: &[&str]) -> Server {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "Tags": tags(keys),
            }),
        )
        .await;
    server
}

/// Sends keys to remove from the secret `settings`.
async fn send_keys(server: &Server, keys: &[&str]) -> Answer {
    server
        .call(
            "UntagResource",
            json!({"SecretId": "settings", "TagKeys": keys}),
        )
        .await
}

/// Removes tags from the secret `settings`.
async fn untag(server: &Server, keys: &[&str]) {
    let answer = send_keys(server, keys).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

/// The tags of the secret `settings`.
async fn tags_now(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await["Tags"]
        .clone()
}

/// Fact 3.23: Request `SecretId`, `TagKeys`. Empty 200 body.
/// Fact 1.2: operations without output shape (`TagResource`, `UntagResource`): status 200 with a **zero-byte body**
#[tokio::test]
async fn answer_has_no_body_at_all() {
    let server = server_with_tags(&["a", "b"]).await;

    let answer = send_keys(&server, &["a"]).await;

    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.headers["content-length"], "0");
    assert!(answer.headers.contains_key("x-amzn-requestid"));
}

/// Fact 3.23: Request `SecretId`, `TagKeys`. (the other tags keep their order)
#[tokio::test]
async fn named_tags_go_and_the_others_stay_in_order() {
    let server = server_with_tags(&["d", "a", "c", "b", "e"]).await;
    untag(&server, &["a"]).await;
    assert_eq!(tags_now(&server).await, tags(&["d", "c", "b", "e"]));
    untag(&server, &["b", "d"]).await;
    assert_eq!(tags_now(&server).await, tags(&["c", "e"]));
}

/// Fact 3.23: Unknown keys are ignored.
#[tokio::test]
async fn unknown_keys_are_ignored() {
    let server = server_with_tags(&["a", "b"]).await;
    untag(&server, &["unknown"]).await;
    assert_eq!(tags_now(&server).await, tags(&["a", "b"]));
    untag(&server, &["unknown", "a", "nobody"]).await;
    assert_eq!(tags_now(&server).await, tags(&["b"]));
}

/// Fact 3.23: Unknown keys are ignored. (also of a secret that was never tagged)
#[tokio::test]
async fn secret_without_tags_can_be_untagged() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    untag(&server, &["unknown"]).await;
}

/// Fact 7: tags per secret: case-sensitive
#[tokio::test]
async fn keys_match_by_case() {
    let server = server_with_tags(&["team", "Team"]).await;
    untag(&server, &["TEAM"]).await;
    assert_eq!(tags_now(&server).await, tags(&["team", "Team"]));
    untag(&server, &["Team"]).await;
    assert_eq!(tags_now(&server).await, tags(&["team"]));
}

/// Fact 3.23: After the last tag is gone DescribeSecret shows `Tags: []`.
#[tokio::test]
async fn last_tag_leaves_an_empty_list() {
    let server = server_with_tags(&["a", "b"]).await;
    untag(&server, &["a", "b"]).await;
    assert_eq!(tags_now(&server).await, json!([]));
    let list = server.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"][0]["Tags"], json!([]));

    let answer = server
        .call(
            "TagResource",
            json!({"SecretId": "settings", "Tags": tags(&["c"])}),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(tags_now(&server).await, tags(&["c"]));
}

/// Fact 3.23: After the last tag is gone DescribeSecret shows `Tags: []`. (a tag that comes back comes last)
#[tokio::test]
async fn removed_tag_comes_back_at_the_end() {
    let server = server_with_tags(&["a", "b", "c"]).await;
    untag(&server, &["a"]).await;
    let answer = server
        .call(
            "TagResource",
            json!({"SecretId": "settings", "Tags": tags(&["a"])}),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(tags_now(&server).await, tags(&["b", "c", "a"]));
}

/// Fact 3.23: Removing an `aws:` tag → same error as above.
#[tokio::test]
async fn system_tag_is_refused_and_nothing_is_removed() {
    let server = server_with_tags(&["a"]).await;
    for keys in [&["aws:team"][..], &["a", "aws:team"]] {
        send_keys(&server, keys).await.assert_service_error(
            "InvalidParameterException",
            "You can't modify system tags. Tag key: 'aws:team'.",
        );
    }
    assert_eq!(tags_now(&server).await, tags(&["a"]));
}

/// Fact 3: fails with MFD: UntagResource
#[tokio::test]
async fn deleted_secret_cannot_be_untagged() {
    let server = server_with_tags(&["a"]).await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    for key in ["a", "unknown"] {
        send_keys(&server, &[key])
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }
    assert_eq!(tags_now(&server).await, tags(&["a"]));
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    send_keys(&server, &["a"])
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    let server = server_with_tags(&["a", "b", "c"]).await;
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    let arn = described["ARN"].as_str().expect("ARN is a string");
    for (id, key) in [(arn, "a"), (&arn[..arn.len() - 7], "b")] {
        let answer = server
            .call("UntagResource", json!({"SecretId": id, "TagKeys": [key]}))
            .await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
    assert_eq!(tags_now(&server).await, tags(&["c"]));
}

/// Fact 7: tags per secret: 50 user tags (a removed one makes room)
#[tokio::test]
async fn removed_tag_makes_room_for_another() {
    let keys: Vec<String> = (0..50).map(|number| format!("key-{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let server = server_with_tags(&keys).await;
    untag(&server, &["key-0"]).await;
    server.advance(TimeDelta::seconds(1));
    let answer = server
        .call(
            "TagResource",
            json!({"SecretId": "settings", "Tags": tags(&["new"])}),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(tags_now(&server).await.as_array().map(Vec::len), Some(50));
}
