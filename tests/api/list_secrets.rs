//! Section 3.11: what a list shows, in which order, page by page, and which secrets a filter finds.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Server, version_id};

/// Every sort key a list may have.
pub(crate) const SORT_KEYS: [&str; 4] = [
    "name",
    "created-date",
    "last-changed-date",
    "last-accessed-date",
];
/// Both directions a list may have.
pub(crate) const SORT_ORDERS: [&str; 2] = ["asc", "desc"];
/// Every character that may separate words, but for the space.
pub(crate) const SEPARATORS: [&str; 7] = ["/", "-", "_", "+", "=", ".", "@"];

/// The moment a timestamp on the wire names.
#[track_caller]
fn moment(timestamp: &Value) -> DateTime<Utc> {
    let since_epoch = timestamp.as_f64().expect("a timestamp is a number");
    (DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch)).round_subsecs(3)
}

/// The names in an answer, in its order.
#[track_caller]
pub(crate) fn names(answer: &Value) -> Vec<String> {
    answer["SecretList"]
        .as_array()
        .expect("SecretList is a list")
        .iter()
        .map(|entry| entry["Name"].as_str().expect("Name is a string").to_owned())
        .collect()
}

/// Creates a secret with a value and these other members.
pub(crate) async fn create(server: &Server, name: &str, mut request: Value) -> Value {
    request["Name"] = json!(name);
    request["ClientRequestToken"] = json!(version_id("v1"));
    request["SecretString"] = json!("value");
    server.ok("CreateSecret", request).await
}

/// Creates secrets with these names, a second apart.
pub(crate) async fn create_all(server: &Server, names: &[&str]) {
    for name in names {
        create(server, name, json!({})).await;
        server.advance(TimeDelta::seconds(1));
    }
}

/// A server with secrets of these names and descriptions.
pub(crate) async fn server_with_descriptions(secrets: &[(&str, &str)]) -> Server {
    let server = Server::start().await;
    for (name, description) in secrets {
        create(&server, name, json!({"Description": description})).await;
    }
    server
}

/// A server with secrets of these names and tags.
pub(crate) async fn server_with_tags(secrets: &[(&str, &[(&str, &str)])]) -> Server {
    let server = Server::start().await;
    for (name, pairs) in secrets {
        let tags: Value = pairs
            .iter()
            .map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect();
        create(&server, name, json!({"Tags": tags})).await;
    }
    server
}

/// One page of a list.
pub(crate) async fn list(server: &Server, request: Value) -> Value {
    server.ok("ListSecrets", request).await
}

/// All pages of a list, the names of each in its order.
pub(crate) async fn pages(server: &Server, query: &Value, size: usize) -> Vec<Vec<String>> {
    let mut request = query.clone();
    request["MaxResults"] = json!(size);
    let mut pages = Vec::new();
    loop {
        let page = list(server, request.clone()).await;
        pages.push(names(&page));
        let Some(token) = page.get("NextToken") else {
            return pages;
        };
        request["NextToken"] = token.clone();
        assert!(pages.len() < 300, "the pages never end");
    }
}

/// The names of the secrets that these filters find, sorted.
pub(crate) async fn found(server: &Server, filters: Value) -> Vec<String> {
    let mut names = pages(server, &json!({"Filters": filters}), 100)
        .await
        .concat();
    names.sort_unstable();
    names
}

/// Asserts which secrets one filter with these values finds.
pub(crate) async fn assert_finds(server: &Server, key: &str, values: &[&str], expected: &[&str]) {
    assert_eq!(
        found(server, json!([{"Key": key, "Values": values}])).await,
        expected,
        "{key} {values:?}"
    );
}

/// Asserts that a text is found by each of the hits and by none of the misses, whether it is searched as a description
/// or among all attributes.
pub(crate) async fn assert_words(text: &str, hits: &[&str], misses: &[&str]) {
    let server = server_with_descriptions(&[("zzz", text)]).await;
    for key in ["description", "all"] {
        for (words, expected) in [(hits, &["zzz"][..]), (misses, &[])] {
            for word in words {
                let found = found(&server, json!([{"Key": key, "Values": [word]}])).await;
                assert_eq!(found, expected, "{key} {word:?} in {text:?}");
            }
        }
    }
}

/// A server with four secrets whose orders all differ: created c a d b, changed d b c a, accessed a c b d.
async fn server_with_four_orders() -> Server {
    let server = Server::start().await;
    create_all(&server, &["c", "a", "d", "b"]).await;
    for name in ["d", "b", "c", "a"] {
        let answer = server
            .call(
                "TagResource",
                json!({"SecretId": name, "Tags": [{"Key": "team", "Value": "blue"}]}),
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        server.advance(TimeDelta::seconds(1));
    }
    for name in ["a", "c", "b", "d"] {
        server.ok("GetSecretValue", json!({"SecretId": name})).await;
        server.advance(TimeDelta::days(1));
    }
    server
}

// ---- What a list shows ----

/// Fact 3.11: Response: `SecretList` (`[]` if none) and `NextToken` only if more.
#[tokio::test]
async fn list_of_nothing_is_an_empty_list() {
    let server = Server::start().await;
    for request in [
        json!({}),
        json!({"MaxResults": 1}),
        json!({"IncludePlannedDeletion": true, "SortBy": "name", "SortOrder": "desc"}),
        json!({"Filters": [{"Key": "name", "Values": ["a"]}]}),
    ] {
        assert_eq!(
            list(&server, request.clone()).await,
            json!({"SecretList": []}),
            "{request}"
        );
    }
}

/// Clients may not care for the order of members, nor for how a number is written; whoever compares answers as texts does.
#[tokio::test]
async fn entry_is_written_in_one_order_with_nothing_that_is_not_needed() {
    let server = Server::start().await;
    let request = json!({
        "Description": "a \"quoted\" description\n\u{1}\\/ äöü that is longer than a few words",
        "KmsKeyId": "alias/aws/secretsmanager",
        "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "\t", "Value": ""}],
    });
    let arn = create(&server, "settings", request).await["ARN"].clone();
    server.advance(TimeDelta::milliseconds(377));
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    let put = json!({
        "SecretId": "settings",
        "ClientRequestToken": version_id("\"2\""),
        "SecretString": "value",
        "VersionStages": ["\\", "AWSPENDING"],
    });
    server.ok("PutSecretValue", put).await;
    let delete = json!({"SecretId": "settings", "RecoveryWindowInDays": 7});
    server.advance(TimeDelta::milliseconds(40));
    server.ok("DeleteSecret", delete).await;

    let request = json!({"IncludePlannedDeletion": true});
    let answer = server.call("ListSecrets", request).await;

    let members = [
        &format!(r#""ARN":{arn}"#),
        r#""Name":"settings""#,
        r#""CreatedDate":1768471200.123"#,
        r#""LastChangedDate":1768471200.54"#,
        r#""LastAccessedDate":1768435200"#,
        r#""DeletedDate":1768471200.54"#,
        r#""Description":"a \"quoted\" description\n\u0001\\/ äöü that is longer than a few words""#,
        r#""KmsKeyId":"alias/aws/secretsmanager""#,
        r#""Tags":[{"Key":"team","Value":"blue"},{"Key":"\t","Value":""}]"#,
        r#""SecretVersionsToStages":{"\"2\"---------------------------------":["AWSPENDING","\\"],"v1----------------------------------":["AWSCURRENT"]}"#,
    ];
    let expected = format!(r#"{{"SecretList":[{{{}}}]}}"#, members.join(","));
    assert_eq!(answer.text, expected);
}

/// Fact 3.11: Minimal recorded entry: ARN, CreatedDate, Description, LastChangedDate, Name, SecretVersionsToStages.
#[tokio::test]
async fn entry_of_a_fresh_secret_has_six_members() {
    let server = Server::start().await;
    let arn = create(&server, "settings", json!({"Description": "text"})).await["ARN"].clone();

    let mut answer = list(&server, json!({})).await;

    for member in ["CreatedDate", "LastChangedDate"] {
        assert_eq!(
            moment(&answer["SecretList"][0][member].take()),
            server.now()
        );
    }
    assert_eq!(
        answer,
        json!({
            "SecretList": [{
                "ARN": arn,
                "CreatedDate": null,
                "Description": "text",
                "LastChangedDate": null,
                "Name": "settings",
                "SecretVersionsToStages": {version_id("v1"): ["AWSCURRENT"]},
            }],
        })
    );
}

/// Fact 3.11: Entry = DescribeSecret members with these differences: `SecretVersionsToStages` instead of
/// `VersionIdsToStages`
#[tokio::test]
async fn entry_has_the_members_of_a_description() {
    let server = Server::start().await;
    create(
        &server,
        "settings",
        json!({"Description": "text", "Tags": [{"Key": "team", "Value": "blue"}]}),
    )
    .await;
    for token in ["v2", "v3"] {
        server.advance(TimeDelta::seconds(1));
        server
            .ok(
                "PutSecretValue",
                json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": token}),
            )
            .await;
    }
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    server.advance(TimeDelta::days(2));
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    let mut expected = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    expected["SecretVersionsToStages"] = expected
        .as_object_mut()
        .and_then(|members| members.remove("VersionIdsToStages"))
        .expect("a description shows versions");
    for member in ["Tags", "DeletedDate", "LastAccessedDate"] {
        assert!(expected.get(member).is_some(), "{expected}");
    }

    let answer = list(&server, json!({"IncludePlannedDeletion": true})).await;

    assert_eq!(answer, json!({"SecretList": [expected]}));
}

/// Fact 3.6: `VersionIdsToStages`: absent when there is none
/// Fact 3.11: Entry = DescribeSecret members
#[tokio::test]
async fn entry_of_a_secret_without_a_value_shows_no_versions() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v1")}),
        )
        .await;
    let answer = list(&server, json!({})).await;
    let members: Vec<&String> = answer["SecretList"][0]
        .as_object()
        .expect("an entry is an object")
        .keys()
        .collect();
    assert_eq!(members.len(), 4, "{answer}");
    for member in ["ARN", "CreatedDate", "LastChangedDate", "Name"] {
        assert!(answer["SecretList"][0].get(member).is_some(), "{answer}");
    }
}

/// Fact 1.2: `LastAccessedDate`: truncated to 00:00:00 UTC of the day
#[tokio::test]
async fn entry_of_a_secret_that_was_read_has_the_day() {
    let server = Server::start().await;
    create_all(&server, &["read", "unread"]).await;
    server
        .ok("GetSecretValue", json!({"SecretId": "read"}))
        .await;

    let answer = list(&server, json!({"SortBy": "name", "SortOrder": "asc"})).await;

    let day: DateTime<Utc> = "2026-01-15T00:00:00Z".parse().expect("the day is valid");
    assert_eq!(moment(&answer["SecretList"][0]["LastAccessedDate"]), day);
    assert!(
        answer["SecretList"][1].get("LastAccessedDate").is_none(),
        "{answer}"
    );
}

/// Fact 3.11: deleted secrets are left out unless `IncludePlannedDeletion`
#[tokio::test]
async fn deleted_secret_is_listed_only_when_asked_for() {
    let server = Server::start().await;
    create_all(&server, &["a", "b", "c"]).await;
    server.ok("DeleteSecret", json!({"SecretId": "b"})).await;

    for without in [json!({}), json!({"IncludePlannedDeletion": false})] {
        assert_eq!(names(&list(&server, without).await), ["a", "c"]);
    }
    let with = list(&server, json!({"IncludePlannedDeletion": true})).await;
    assert_eq!(names(&with), ["a", "b", "c"]);
    for (place, deleted) in [false, true, false].into_iter().enumerate() {
        let entry = &with["SecretList"][place];
        assert_eq!(entry.get("DeletedDate").is_some(), deleted, "{entry}");
    }

    server.ok("RestoreSecret", json!({"SecretId": "b"})).await;
    assert_eq!(names(&list(&server, json!({})).await), ["a", "b", "c"]);
}

/// Fact 3.11: deleted secrets are left out unless `IncludePlannedDeletion` (and gone when their window has ended)
#[tokio::test]
async fn removed_secret_is_listed_no_more() {
    let server = Server::start().await;
    create_all(&server, &["a", "b", "c"]).await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "a", "RecoveryWindowInDays": 7}),
        )
        .await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "c", "ForceDeleteWithoutRecovery": true}),
        )
        .await;
    let all = json!({"IncludePlannedDeletion": true});
    server.advance(TimeDelta::days(7) - TimeDelta::milliseconds(1));
    assert_eq!(names(&list(&server, all.clone()).await), ["a", "b"]);
    server.advance(TimeDelta::milliseconds(1));
    assert_eq!(names(&list(&server, all).await), ["b"]);
}

/// Fact 3.11: deleted secrets are left out unless `IncludePlannedDeletion` (with filters, sorting and pages as well)
#[tokio::test]
async fn deleted_secrets_are_filtered_and_sorted_like_others() {
    let server = Server::start().await;
    create_all(&server, &["a1", "a2", "a3", "b1"]).await;
    for name in ["a2", "b1"] {
        server.ok("DeleteSecret", json!({"SecretId": name})).await;
    }
    let query = |include: bool| {
        json!({
            "IncludePlannedDeletion": include,
            "Filters": [{"Key": "name", "Values": ["a"]}],
            "SortBy": "name",
            "SortOrder": "desc",
        })
    };
    for size in 1..=4 {
        assert_eq!(
            pages(&server, &query(true), size).await.concat(),
            ["a3", "a2", "a1"]
        );
        assert_eq!(
            pages(&server, &query(false), size).await.concat(),
            ["a3", "a1"]
        );
    }
}

/// Fact 3.11: never lists other accounts' secrets
#[tokio::test]
async fn other_accounts_and_regions_have_their_own_lists() {
    let server = Server::start().await;
    let places = [
        ("000000000000", "us-east-1"),
        ("000000000000", "eu-west-1"),
        ("111111111111", "us-east-1"),
    ];
    for (account, region) in places {
        let client = server.client(account, region);
        for name in ["settings", &format!("{account}-{region}")] {
            client
                .ok(
                    "CreateSecret",
                    json!({"Name": name, "ClientRequestToken": version_id("v1"), "SecretString": "one"}),
                )
                .await;
        }
    }
    for (account, region) in places {
        let answer = server
            .client(account, region)
            .ok("ListSecrets", json!({"SortBy": "name", "SortOrder": "asc"}))
            .await;
        assert_eq!(
            names(&answer),
            [format!("{account}-{region}"), "settings".to_owned()]
        );
    }
}

// ---- Order ----

/// Fact 3.11: default sort is CreatedDate; Recorded filter results came back oldest first
#[tokio::test]
async fn list_is_oldest_first_unless_told_otherwise() {
    let server = server_with_four_orders().await;
    assert_eq!(names(&list(&server, json!({})).await), ["c", "a", "d", "b"]);
    let filtered = json!({"Filters": [{"Key": "name", "Values": ["a", "b", "c"]}]});
    assert_eq!(names(&list(&server, filtered).await), ["c", "a", "b"]);
}

/// Fact 3.11: `SortOrder` `asc`/`desc`, default sort is CreatedDate
#[tokio::test]
async fn sort_order_alone_orders_by_creation() {
    let server = server_with_four_orders().await;
    assert_eq!(
        names(&list(&server, json!({"SortOrder": "asc"})).await),
        ["c", "a", "d", "b"]
    );
    assert_eq!(
        names(&list(&server, json!({"SortOrder": "desc"})).await),
        ["b", "d", "a", "c"]
    );
}

/// Fact 3.11: `SortBy` `created-date`/`last-accessed-date`/`last-changed-date`/`name`, `SortOrder` `asc`/`desc`
#[tokio::test]
async fn list_is_sorted_by_each_key_in_both_directions() {
    let server = server_with_four_orders().await;
    for (key, ascending) in [
        ("name", ["a", "b", "c", "d"]),
        ("created-date", ["c", "a", "d", "b"]),
        ("last-changed-date", ["d", "b", "c", "a"]),
        ("last-accessed-date", ["a", "c", "b", "d"]),
    ] {
        let up = list(&server, json!({"SortBy": key, "SortOrder": "asc"})).await;
        assert_eq!(names(&up), ascending, "{key}");
        let down = list(&server, json!({"SortBy": key, "SortOrder": "desc"})).await;
        let descending: Vec<&str> = ascending.into_iter().rev().collect();
        assert_eq!(names(&down), descending, "{key}");
    }
}

/// Fact 3.11: `SortBy` `last-changed-date` (a change moves a secret to the end at once)
#[tokio::test]
async fn changed_secret_moves_to_the_end() {
    let server = server_with_four_orders().await;
    for (operation, body) in [
        (
            "PutSecretValue",
            json!({"SecretId": "d", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "b", "ClientRequestToken": version_id("v2"), "Description": "new"}),
        ),
    ] {
        server.ok(operation, body).await;
        server.advance(TimeDelta::seconds(1));
    }
    let query = json!({"SortBy": "last-changed-date", "SortOrder": "asc"});
    assert_eq!(names(&list(&server, query).await), ["c", "a", "d", "b"]);
}

/// Fact 3.11: `SortBy` `last-accessed-date` (a read on a later day moves a secret, one on the same day may tie)
#[tokio::test]
async fn secret_read_again_moves_to_its_new_day() {
    let server = server_with_four_orders().await;
    server.ok("GetSecretValue", json!({"SecretId": "a"})).await;
    let query = json!({"SortBy": "last-accessed-date", "SortOrder": "asc"});
    assert_eq!(names(&list(&server, query).await), ["c", "b", "d", "a"]);
}

/// Fact 3.11: `SortBy` `created-date` (a secret that is created again is a new one)
#[tokio::test]
async fn secret_created_again_comes_last() {
    let server = server_with_four_orders().await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "c", "ForceDeleteWithoutRecovery": true}),
        )
        .await;
    create(&server, "c", json!({})).await;
    assert_eq!(names(&list(&server, json!({})).await), ["a", "d", "b", "c"]);
}

/// Fact 3.11: `SortBy`, `SortOrder` (secrets that tie have one order, whatever the size of the pages)
#[tokio::test]
async fn secrets_that_tie_keep_one_order_on_pages_of_every_size() {
    let server = Server::start().await;
    let all = ["a", "b", "c", "d", "e", "f", "g"];
    for name in ["e", "b", "g", "a", "d", "f", "c"] {
        create(&server, name, json!({})).await;
    }
    for name in ["b", "e", "c"] {
        server.ok("GetSecretValue", json!({"SecretId": name})).await;
    }
    for key in SORT_KEYS {
        for order in SORT_ORDERS {
            let query = json!({"SortBy": key, "SortOrder": order});
            let whole = names(&list(&server, query.clone()).await);
            let mut sorted = whole.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, all, "{query}");
            for size in 1..=8 {
                let paged = pages(&server, &query, size).await.concat();
                assert_eq!(paged, whole, "{query} by pages of {size}");
            }
        }
    }
}

/// Fact 3.11: `SortBy` `last-accessed-date` (secrets that were never read are listed too)
#[tokio::test]
async fn secrets_never_read_are_listed_beside_those_read() {
    let server = Server::start().await;
    create_all(&server, &["a", "b", "c", "d"]).await;
    for name in ["d", "b"] {
        server.ok("GetSecretValue", json!({"SecretId": name})).await;
        server.advance(TimeDelta::days(1));
    }
    for (order, read) in [("asc", ["d", "b"]), ("desc", ["b", "d"])] {
        let query = json!({"SortBy": "last-accessed-date", "SortOrder": order});
        let mut listed = names(&list(&server, query).await);
        assert_eq!(listed.len(), 4, "{listed:?}");
        listed.retain(|name| name == "d" || name == "b");
        assert_eq!(listed, read);
    }
}

// ---- Pages ----
