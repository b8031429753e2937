//! `ListKeys`: which keys there are, page by page.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::describe_key::{OTHER_ACCOUNT, OTHER_REGION, text};
use crate::protocol::{assert_violations, violation};
use crate::support::{ACCOUNT, REGION, Server};

/// All pages of a list, from one request and the markers that follow.
pub(crate) async fn pages(
    server: &Server,
    operation: &str,
    request: &Value,
    list: &str,
) -> Vec<Vec<Value>> {
    let mut request = request.clone();
    let mut pages = Vec::new();
    loop {
        let page = server.kms_ok(operation, request.clone()).await;
        let marker = page.get("NextMarker");
        assert_eq!(page["Truncated"], marker.is_some(), "{page}");
        pages.push(page[list].as_array().expect("the list is a list").clone());
        let Some(marker) = marker else {
            return pages;
        };
        request["Marker"] = marker.clone();
        assert!(pages.len() < 200, "the pages never end");
    }
}

/// Asserts that pages of every size show the whole list once, in the same order.
pub(crate) async fn assert_pages_add_up(
    server: &Server,
    operation: &str,
    request: &Value,
    list: &str,
) {
    let whole = pages(server, operation, request, list).await.concat();
    assert!(whole.len() > 2, "{whole:?}");
    for size in 1..=whole.len() + 1 {
        let mut request = request.clone();
        request["Limit"] = json!(size);
        let pages = pages(server, operation, &request, list).await;
        assert_eq!(pages.concat(), whole, "by pages of {size}");
        assert_eq!(
            pages.len(),
            whole.len().div_ceil(size),
            "by pages of {size}"
        );
    }
}

/// Asserts that a page may have 1 to 1000 entries.
pub(crate) async fn assert_limit_is_judged(server: &Server, operation: &str, request: &Value) {
    let mut request = request.clone();
    for (limit, constraint) in [
        ("0", "have value greater than or equal to 1"),
        ("1001", "have value less than or equal to 1000"),
    ] {
        request["Limit"] = limit.parse().expect("a number");
        let answer = server.kms(operation, request.clone()).await;
        assert_violations(&answer, &[violation(limit, "limit", constraint)]);
    }
    for limit in [1, 1000] {
        request["Limit"] = json!(limit);
        server.kms_ok(operation, request.clone()).await;
    }
}

/// Asserts that a marker that no page gave is refused.
pub(crate) async fn assert_marker_is_judged(server: &Server, operation: &str, request: &Value) {
    let mut request = request.clone();
    request["Marker"] = json!("nonsense");
    let answer = server.kms(operation, request).await;
    answer.assert_code("InvalidMarkerException");
}

/// The ids of the keys that are listed.
async fn ids(server: &Server) -> BTreeSet<String> {
    pages(server, "ListKeys", &json!({}), "Keys")
        .await
        .concat()
        .iter()
        .map(|entry| text(&entry["KeyId"]).to_owned())
        .collect()
}

/// Fact 6.5: ListKeys: Limit 1..1000 (default 100), Marker → Keys [{KeyId, KeyArn}], NextMarker, Truncated
#[tokio::test]
async fn key_is_listed_by_id_and_arn() {
    let server = Server::start().await;
    let empty = server.kms_ok("ListKeys", json!({})).await;
    assert_eq!(empty, json!({"Keys": [], "Truncated": false}));

    let key = server.create_key().await;

    assert_eq!(
        server.kms_ok("ListKeys", json!({})).await,
        json!({
            "Keys": [{"KeyId": key["KeyId"], "KeyArn": key["Arn"]}],
            "Truncated": false,
        })
    );
}

/// Fact 6.5: ListKeys: Limit 1..1000 (default 100), Marker
#[tokio::test]
async fn page_has_100_keys_unless_told_otherwise() {
    let server = Server::start().await;
    let mut created = BTreeSet::new();
    for _ in 0..101 {
        created.insert(text(&server.create_key().await["KeyId"]).to_owned());
    }
    let pages = pages(&server, "ListKeys", &json!({}), "Keys").await;
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 1]);
    assert_eq!(ids(&server).await, created);
}

/// Fact 6.5: ListKeys: Limit 1..1000 (default 100), Marker
#[tokio::test]
async fn pages_of_every_size_show_every_key_once() {
    let server = Server::start().await;
    for _ in 0..5 {
        server.create_key().await;
    }
    assert_pages_add_up(&server, "ListKeys", &json!({}), "Keys").await;
}

/// Fact 6.5: ListKeys: Limit 1..1000 (default 100), Marker
/// Fact 1.5: number too big
/// Fact 1.5: number too small
#[tokio::test]
async fn limit_and_marker_are_judged() {
    let server = Server::start().await;
    server.create_key().await;
    assert_limit_is_judged(&server, "ListKeys", &json!({})).await;
    assert_marker_is_judged(&server, "ListKeys", &json!({})).await;
}

#[tokio::test]
async fn own_keys_are_the_callers() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let request = json!({"ResourceOwners": ["SELF"]});
    let keys = server.kms_ok("ListKeys", request).await;
    assert_eq!(keys["Keys"][0]["KeyId"], key["KeyId"]);
}

#[tokio::test]
async fn keys_of_other_accounts_and_regions_are_not_listed() {
    let server = Server::start().await;
    server.create_key().await;
    for (account, region) in [(OTHER_ACCOUNT, REGION), (ACCOUNT, OTHER_REGION)] {
        let keys = server
            .client(account, region)
            .kms_ok("ListKeys", json!({}))
            .await;
        assert_eq!(keys["Keys"], json!([]), "{account} {region}");
    }
}

#[tokio::test]
async fn key_is_listed_in_every_state_until_it_is_gone() {
    let server = Server::start().await;
    let kept = server.create_key().await;
    let key = server.create_key().await;
    let request = json!({"KeyId": key["KeyId"]});
    let both = BTreeSet::from([&kept, &key].map(|key| text(&key["KeyId"]).to_owned()));

    for operation in ["DisableKey", "ScheduleKeyDeletion"] {
        server.kms_ok(operation, request.clone()).await;
        assert_eq!(ids(&server).await, both, "after {operation}");
    }

    server.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
    let left = BTreeSet::from([text(&kept["KeyId"]).to_owned()]);
    assert_eq!(ids(&server).await, left);
}
