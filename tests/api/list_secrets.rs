//! Section 3.11: what a list shows, in which order, page by page, and which secrets a filter finds.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Server, version_id};

/// Every sort key a list may have.
const SORT_KEYS: [&str; 4] = [
    "name",
    "created-date",
    "last-changed-date",
    "last-accessed-date",
];
/// Both directions a list may have.
const SORT_ORDERS: [&str; 2] = ["asc", "desc"];
/// Every character that may separate words, but for the space.
const SEPARATORS: [&str; 7] = ["/", "-", "_", "+", "=", ".", "@"];

/// The moment a timestamp on the wire names.
#[track_caller]
fn moment(timestamp: &Value) -> DateTime<Utc> {
    let since_epoch = timestamp.as_f64().expect("a timestamp is a number");
    (DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch)).round_subsecs(3)
}

/// The names in an answer, in its order.
#[track_caller]
fn names(answer: &Value) -> Vec<String> {
    answer["SecretList"]
        .as_array()
        .expect("SecretList is a list")
        .iter()
        .map(|entry| entry["Name"].as_str().expect("Name is a string").to_owned())
        .collect()
}

/// Creates a secret with a value and these other members.
async fn create(server: &Server, name: &str, mut request: Value) -> Value {
    request["Name"] = json!(name);
    request["ClientRequestToken"] = json!(version_id("v1"));
    request["SecretString"] = json!("value");
    server.ok("CreateSecret", request).await
}

/// Creates secrets with these names, a second apart.
async fn create_all(server: &Server, names: &[&str]) {
    for name in names {
        create(server, name, json!({})).await;
        server.advance(TimeDelta::seconds(1));
    }
}

/// A server with secrets of these names and descriptions.
async fn server_with_descriptions(secrets: &[(&str, &str)]) -> Server {
    let server = Server::start().await;
    for (name, description) in secrets {
        create(&server, name, json!({"Description": description})).await;
    }
    server
}

/// A server with secrets of these names and tags.
async fn server_with_tags(secrets: &[(&str, &[(&str, &str)])]) -> Server {
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
async fn list(server: &Server, request: Value) -> Value {
    server.ok("ListSecrets", request).await
}

/// All pages of a list, the names of each in its order.
async fn pages(server: &Server, query: &Value, size: usize) -> Vec<Vec<String>> {
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
async fn found(server: &Server, filters: Value) -> Vec<String> {
    let mut names = pages(server, &json!({"Filters": filters}), 100)
        .await
        .concat();
    names.sort_unstable();
    names
}

/// Asserts which secrets one filter with these values finds.
async fn assert_finds(server: &Server, key: &str, values: &[&str], expected: &[&str]) {
    assert_eq!(
        found(server, json!([{"Key": key, "Values": values}])).await,
        expected,
        "{key} {values:?}"
    );
}

/// Asserts that a text is found by each of the hits and by none of the misses, whether it is searched as a description
/// or among all attributes.
async fn assert_words(text: &str, hits: &[&str], misses: &[&str]) {
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

/// Fact 3.11: `MaxResults` range 1..100; `NextToken` only if more.
#[tokio::test]
async fn pages_of_every_size_show_every_secret_once_in_order() {
    let server = Server::start().await;
    create_all(&server, &["c", "g", "a", "e", "b", "f", "d"]).await;
    for name in ["f", "a", "d", "g", "b", "c", "e"] {
        server.ok("GetSecretValue", json!({"SecretId": name})).await;
        server.advance(TimeDelta::days(1));
    }
    for key in SORT_KEYS {
        for order in SORT_ORDERS {
            let query = json!({"SortBy": key, "SortOrder": order});
            let whole = names(&list(&server, query.clone()).await);
            assert_eq!(whole.len(), 7, "{query}");
            for size in [1, 2, 3, 4, 5, 6, 7, 8, 100] {
                let pages = pages(&server, &query, size).await;
                assert_eq!(pages.concat(), whole, "{query} by pages of {size}");
                assert_eq!(
                    pages.len(),
                    7_usize.div_ceil(size),
                    "{query} by pages of {size}"
                );
                assert!(pages.iter().all(|page| page.len() <= size), "{pages:?}");
            }
        }
    }
}

/// Fact 3.11: `MaxResults` range 1..100 (default 100)
#[tokio::test]
async fn page_holds_100_secrets_unless_told_otherwise() {
    let server = Server::start().await;
    for number in 0..100 {
        create(&server, &format!("secret-{number:03}"), json!({})).await;
    }
    for request in [json!({}), json!({"MaxResults": 100})] {
        let page = list(&server, request).await;
        assert_eq!(names(&page).len(), 100);
        assert!(page.get("NextToken").is_none());
    }

    create(&server, "secret-100", json!({})).await;

    let query = json!({"SortBy": "name", "SortOrder": "asc"});
    let first = list(&server, query.clone()).await;
    assert_eq!(names(&first).len(), 100);
    let mut query = query;
    query["NextToken"] = first["NextToken"].clone();
    let second = list(&server, query).await;
    assert_eq!(names(&second), ["secret-100"]);
    assert!(second.get("NextToken").is_none());
}

/// Fact 3.11: `MaxResults` range 1..100
/// Fact 1.5: number too big; number too small
#[tokio::test]
async fn page_size_outside_1_to_100_is_refused() {
    let server = Server::start().await;
    for (size, constraint) in [
        (0, "greater than or equal to 1"),
        (-1, "greater than or equal to 1"),
        (101, "less than or equal to 100"),
        (1_000_000, "less than or equal to 100"),
    ] {
        server
            .call("ListSecrets", json!({"MaxResults": size}))
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: \
                     Member must have value {constraint}"
                ),
            );
    }
}

/// Fact 3.11: Response: `NextToken` (filtered pages show every match once)
#[tokio::test]
async fn filtered_pages_of_every_size_show_every_match_once() {
    let server = Server::start().await;
    for number in 0..20 {
        let description = if number % 3 == 0 { "wanted" } else { "other" };
        let name = format!("secret-{number:02}");
        create(&server, &name, json!({"Description": description})).await;
        server.advance(TimeDelta::seconds(1));
    }
    let wanted: Vec<String> = (0..20)
        .step_by(3)
        .map(|number| format!("secret-{number:02}"))
        .collect();
    for (key, value) in [("description", "wanted"), ("all", "wanted")] {
        for sort in ["name", "created-date"] {
            let query = json!({
                "Filters": [{"Key": key, "Values": [value]}], "SortBy": sort, "SortOrder": "asc",
            });
            for size in 1..=8 {
                let pages = pages(&server, &query, size).await;
                assert_eq!(pages.concat(), wanted, "{query} by pages of {size}");
                assert!(pages.iter().all(|page| page.len() <= size), "{pages:?}");
            }
        }
    }
}

/// How a secret leaves the list in the middle of it.
fn deletions() -> [Value; 2] {
    [
        json!({"ForceDeleteWithoutRecovery": true}),
        json!({"RecoveryWindowInDays": 7}),
    ]
}

/// Deletes a secret between two pages.
async fn delete(server: &Server, name: &str, mut request: Value) {
    request["SecretId"] = json!(name);
    server.ok("DeleteSecret", request).await;
}

/// The names on the remaining pages of a list that stopped at this token.
async fn rest(server: &Server, query: &Value, first: &Value) -> Vec<String> {
    let mut request = query.clone();
    let mut token = first["NextToken"].clone();
    let mut found = Vec::new();
    while token.is_string() {
        request["NextToken"] = token;
        let page = list(server, request.clone()).await;
        found.extend(names(&page));
        token = page["NextToken"].clone();
        assert!(found.len() < 100, "the pages never end");
    }
    found
}

/// Fact 3.11: Response: `NextToken` (secrets that go between two pages hide no other and bring none twice)
#[tokio::test]
async fn deletions_between_pages_hide_and_repeat_nothing() {
    for key in SORT_KEYS {
        for order in SORT_ORDERS {
            for deletion in deletions() {
                let server = Server::start().await;
                create_all(&server, &["c", "g", "a", "e", "b", "h", "f", "d"]).await;
                for name in ["f", "a", "d", "h", "g", "b", "c", "e"] {
                    server.ok("GetSecretValue", json!({"SecretId": name})).await;
                    server.advance(TimeDelta::days(1));
                }
                let query = json!({"SortBy": key, "SortOrder": order, "MaxResults": 3});
                let whole = names(&list(&server, json!({"SortBy": key, "SortOrder": order})).await);
                let first = list(&server, query.clone()).await;
                assert_eq!(names(&first), whole[..3], "{query}");

                // One in the middle of the first page, the one where it stopped, and the one that comes next.
                for name in &whole[1..4] {
                    delete(&server, name, deletion.clone()).await;
                }

                assert_eq!(
                    rest(&server, &query, &first).await,
                    whole[4..],
                    "{query} {deletion}"
                );
            }
        }
    }
}

/// Fact 3.11: Response: `NextToken` (the secret where a page stopped may be gone, and all after it)
#[tokio::test]
async fn everything_left_may_go_between_pages() {
    for deletion in deletions() {
        let server = Server::start().await;
        create_all(&server, &["a", "b", "c", "d"]).await;
        let query = json!({"SortBy": "name", "SortOrder": "asc", "MaxResults": 2});
        let first = list(&server, query.clone()).await;
        for name in ["a", "b", "c", "d"] {
            delete(&server, name, deletion.clone()).await;
        }
        assert!(rest(&server, &query, &first).await.is_empty());
    }
}

/// Fact 3.11: Response: `NextToken` (secrets that come between two pages hide no other and bring none twice)
#[tokio::test]
async fn creations_between_pages_hide_and_repeat_nothing() {
    for key in SORT_KEYS {
        for order in SORT_ORDERS {
            for size in 1..=5 {
                let server = Server::start().await;
                create_all(&server, &["n", "f", "p", "h", "d"]).await;
                let query = json!({"SortBy": key, "SortOrder": order, "MaxResults": size});
                let whole = names(&list(&server, json!({"SortBy": key, "SortOrder": order})).await);
                let first = list(&server, query.clone()).await;
                create_all(&server, &["a", "e", "g", "o", "z"]).await;

                let mut seen = names(&first);
                seen.extend(rest(&server, &query, &first).await);

                let mut distinct = seen.clone();
                distinct.sort_unstable();
                distinct.dedup();
                assert_eq!(distinct.len(), seen.len(), "{query} repeats in {seen:?}");
                seen.retain(|name| whole.contains(name));
                assert_eq!(seen, whole, "{query}");
            }
        }
    }
}

/// Fact 3.11: Response: `NextToken` (a secret that is replaced by another of its name between two pages is no obstacle)
#[tokio::test]
async fn secret_replaced_between_pages_hides_no_other() {
    let server = Server::start().await;
    create_all(&server, &["a", "b", "c", "d"]).await;
    let query = json!({"SortBy": "name", "SortOrder": "asc", "MaxResults": 2});
    let first = list(&server, query.clone()).await;
    delete(&server, "b", json!({"ForceDeleteWithoutRecovery": true})).await;
    create(&server, "b", json!({})).await;
    assert_eq!(rest(&server, &query, &first).await, ["c", "d"]);
}

// ---- Tokens ----

/// A list of four secrets that stops after the first: its query and its token.
async fn started_list(server: &Server) -> (Value, String) {
    create_all(server, &["a1", "a2", "a3", "a4", "b1"]).await;
    let query = json!({
        "Filters": [{"Key": "name", "Values": ["a"]}],
        "SortBy": "name",
        "SortOrder": "asc",
        "IncludePlannedDeletion": false,
        "MaxResults": 1,
    });
    let page = list(server, query.clone()).await;
    let token = page["NextToken"].as_str().expect("there is more");
    (query, token.to_owned())
}

/// Asserts that a request is refused for its token.
async fn assert_token_refused(server: &Server, request: Value) {
    let answer = server.call("ListSecrets", request.clone()).await;
    assert_eq!(answer.status, 400, "{request}: {}", answer.text);
    assert_eq!(
        answer.json()["__type"],
        "InvalidNextTokenException",
        "{request}"
    );
}

/// Fact 3.11: invalid token → `InvalidNextTokenException`
#[tokio::test]
async fn token_that_was_never_given_is_refused() {
    let server = Server::start().await;
    create_all(&server, &["a", "b", "c"]).await;
    let longest = "A".repeat(4096);
    for token in [
        "x", "0", "1", "a", "b", " ", "AAAA", "e30=", "null", "{}", "\u{e9}", &longest,
    ] {
        assert_token_refused(&server, json!({"NextToken": token})).await;
    }
}

/// Fact 3.11: invalid token → `InvalidNextTokenException` (service exception)
#[tokio::test]
async fn refusal_of_a_token_is_a_service_exception() {
    let server = Server::start().await;
    let answer = server.call("ListSecrets", json!({"NextToken": "x"})).await;
    answer.assert_code("InvalidNextTokenException");
    assert!(answer.json().get("message").is_none(), "{}", answer.text);
}

/// Fact 3.11: invalid token → `InvalidNextTokenException` (a token belongs to the query that got it)
#[tokio::test]
async fn token_of_another_query_is_refused() {
    let server = Server::start().await;
    let (query, token) = started_list(&server).await;
    for (member, value) in [
        ("Filters", Value::Null),
        ("Filters", json!([{"Key": "name", "Values": ["a1"]}])),
        ("Filters", json!([{"Key": "name", "Values": ["!a"]}])),
        ("Filters", json!([{"Key": "name", "Values": ["a", "b"]}])),
        ("Filters", json!([{"Key": "all", "Values": ["a"]}])),
        (
            "Filters",
            json!([{"Key": "name", "Values": ["a"]}, {"Key": "tag-key", "Values": ["team"]}]),
        ),
        ("SortBy", json!("created-date")),
        ("SortBy", json!("last-changed-date")),
        ("SortBy", json!("last-accessed-date")),
        ("SortOrder", json!("desc")),
        ("IncludePlannedDeletion", json!(true)),
    ] {
        let mut request = query.clone();
        request["NextToken"] = json!(token);
        request[member] = value;
        assert_token_refused(&server, request).await;
    }
    let mut request = query;
    request["NextToken"] = json!(token);
    assert_eq!(names(&list(&server, request).await), ["a2"]);
}

/// Fact 3.11: invalid token → `InvalidNextTokenException` (one that belongs to another operation, account or region)
#[tokio::test]
async fn token_of_another_place_is_refused() {
    let server = Server::start().await;
    create_all(&server, &["a", "b", "c"]).await;
    for token in ["v2", "v3"] {
        server
            .ok(
                "PutSecretValue",
                json!({"SecretId": "a", "ClientRequestToken": version_id(token), "SecretString": token}),
            )
            .await;
    }
    let versions = server
        .ok(
            "ListSecretVersionIds",
            json!({"SecretId": "a", "MaxResults": 1}),
        )
        .await;
    assert!(versions["NextToken"].is_string(), "{versions}");
    assert_token_refused(
        &server,
        json!({"MaxResults": 1, "NextToken": versions["NextToken"]}),
    )
    .await;

    let page = list(&server, json!({"MaxResults": 1})).await;
    for (account, region) in [("111111111111", "us-east-1"), (ACCOUNT, "eu-west-1")] {
        server
            .client(account, region)
            .call(
                "ListSecrets",
                json!({"MaxResults": 1, "NextToken": page["NextToken"]}),
            )
            .await
            .assert_code("InvalidNextTokenException");
    }
}

/// Fact 3.11: invalid token → `InvalidNextTokenException` (also one that was altered in a single character)
#[tokio::test]
async fn altered_token_is_refused() {
    let server = Server::start().await;
    let (query, token) = started_list(&server).await;
    let mut altered: Vec<String> = (0..token.len())
        .map(|place| {
            let other = if &token[place..=place] == "A" {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &token[..place], &token[place + 1..])
        })
        .collect();
    altered.push(token[1..].to_owned());
    altered.push(token[..token.len() - 1].to_owned());
    altered.push(format!("{token}A"));
    altered.push(format!("{token}="));
    altered.push(format!("A{token}"));
    altered.push(format!(" {token}"));
    for token in altered {
        let mut request = query.clone();
        request["NextToken"] = json!(token);
        assert_token_refused(&server, request).await;
    }
}

/// Fact 3.11: `NextToken` len 1..4096 (also the token of the longest query about the longest names)
#[tokio::test]
async fn token_of_the_longest_query_is_no_longer_than_a_token_may_be() {
    let server = Server::start().await;
    let start = "n".repeat(511);
    let all = ["a", "b", "c"].map(|end| format!("{start}{end}"));
    for name in &all {
        create(&server, name, json!({})).await;
    }
    let filter = json!({"Key": "name", "Values": vec![start; 10]});
    let mut query = json!({
        "Filters": vec![filter; 10], "SortBy": "name", "SortOrder": "asc", "MaxResults": 1,
    });
    for name in &all {
        let page = list(&server, query.clone()).await;
        assert_eq!(names(&page), [name.as_str()]);
        if let Some(token) = page.get("NextToken") {
            let length = token.as_str().expect("a token is a string").len();
            assert!((1..=4096).contains(&length), "{length}");
            query["NextToken"] = token.clone();
        }
    }
}

/// Fact 3.11: `NextToken` len 1..4096
/// Fact 1.5: too long; too short
#[tokio::test]
async fn token_of_a_wrong_length_is_refused() {
    let server = Server::start().await;
    let long = "A".repeat(4097);
    for (token, constraint) in [
        ("", "greater than or equal to 1"),
        (long.as_str(), "less than or equal to 4096"),
    ] {
        server
            .call("ListSecrets", json!({"NextToken": token}))
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{token}' at 'nextToken' failed to satisfy constraint: \
                     Member must have length {constraint}"
                ),
            );
    }
}

// ---- Filters: what may be asked ----

/// Fact 3.11: `Filters` max 10 of {`Key` enum, `Values` list 1..10 of len ≤512}
#[tokio::test]
async fn ten_filters_of_ten_values_are_accepted() {
    let server = Server::start().await;
    let name = "n".repeat(512);
    create(&server, &name, json!({})).await;
    let filter = json!({"Key": "name", "Values": vec![&name; 10]});
    assert_eq!(found(&server, json!(vec![filter; 10])).await, [name]);
}

/// Fact 3.11: `Filters` max 10 (none is none)
#[tokio::test]
async fn empty_list_of_filters_finds_everything() {
    let server = Server::start().await;
    create_all(&server, &["a", "b"]).await;
    assert_eq!(found(&server, json!([])).await, ["a", "b"]);
}

/// Fact 3.11: `Filters` max 10 of {`Values` list 1..10 of len ≤512 pattern ...}
/// Fact 1.5: list index is 1-based with `.member`: `filters.1.member.values`
#[tokio::test]
async fn filters_outside_the_model_are_refused() {
    let server = Server::start().await;
    let filter = json!({"Key": "name", "Values": ["a"]});
    let values = |values: Value| json!([{"Key": "name", "Values": values}]);
    for (filters, path) in [
        (json!(vec![&filter; 11]), "filters"),
        (values(json!([])), "filters.1.member.values"),
        (values(json!(vec!["a"; 11])), "filters.1.member.values"),
        (values(json!(["a".repeat(513)])), "filters.1.member.values"),
        (values(json!(["a#b"])), "filters.1.member.values"),
        (values(json!(["a,b"])), "filters.1.member.values"),
        (values(json!(["a*"])), "filters.1.member.values"),
        (values(json!(["na\u{ef}ve"])), "filters.1.member.values"),
        (values(json!(["a\tb"])), "filters.1.member.values"),
    ] {
        let answer = server
            .call("ListSecrets", json!({"Filters": filters.clone()}))
            .await;
        assert_eq!(answer.status, 400, "{filters}: {}", answer.text);
        let body = answer.json();
        assert_eq!(body["__type"], "ValidationException", "{filters}");
        let message = body["message"].as_str().expect("message is a string");
        assert!(message.contains(&format!("at '{path}")), "{message}");
    }
}

/// Fact 3.11: `Values` pattern `^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$`
#[tokio::test]
async fn filter_value_may_have_every_allowed_character() {
    let server = Server::start().await;
    create_all(&server, &["azAZ09_@/+=.-", "other"]).await;
    assert_finds(&server, "name", &["azAZ09_@/+=.-"], &["azAZ09_@/+=.-"]).await;
    assert_finds(&server, "name", &["azAZ09: !"], &[]).await;
}

/// Fact 3.11: bad filter key → ValidationException row 6
#[tokio::test]
async fn unknown_filter_key_is_refused() {
    let server = Server::start().await;
    for key in ["x", "Name", "NAME", "tag", "tag-keys", ""] {
        let answer = server
            .call(
                "ListSecrets",
                json!({"Filters": [{"Key": key, "Values": ["a"]}]}),
            )
            .await;
        answer.assert_code("ValidationException");
        let body = answer.json();
        let message = body["message"].as_str().expect("message is a string");
        let head = format!(
            "1 validation error detected: Value '{key}' at 'filters.1.member.key' failed to satisfy constraint: \
             Member must satisfy enum value set: ["
        );
        assert!(message.starts_with(&head), "{message}");
    }
}

/// Fact 3.11: filter without `Key` → `InvalidParameterException` `Invalid filter key`
#[tokio::test]
async fn filter_without_a_key_is_refused() {
    let server = Server::start().await;
    let good = json!({"Key": "name", "Values": ["a"]});
    for filters in [
        json!([{"Values": ["a"]}]),
        json!([{"Key": null, "Values": ["a"]}]),
        json!([good, {"Values": ["a"]}]),
    ] {
        server
            .call("ListSecrets", json!({"Filters": filters}))
            .await
            .assert_service_error("InvalidParameterException", "Invalid filter key");
    }
}

/// Fact 3.11: without `Values` → `Invalid filter values for key: {key}`
#[tokio::test]
async fn filter_without_values_is_refused() {
    let server = Server::start().await;
    for key in [
        "all",
        "description",
        "name",
        "owning-service",
        "primary-region",
        "tag-key",
        "tag-value",
    ] {
        for filter in [json!({"Key": key}), json!({"Key": key, "Values": null})] {
            server
                .call("ListSecrets", json!({"Filters": [filter]}))
                .await
                .assert_service_error(
                    "InvalidParameterException",
                    &format!("Invalid filter values for key: {key}"),
                );
        }
    }
}

// ---- Filters: what they find ----

/// Fact 3.11: `name`: prefix of the whole name (`/` matches names that begin with a slash; `testing1 one` matches
/// nothing)
#[tokio::test]
async fn name_filter_matches_the_start_of_the_whole_name() {
    let server = Server::start().await;
    create_all(
        &server,
        &[
            "/app/db", "app", "app/db", "app/dbx", "prod/app", "testing1",
        ],
    )
    .await;
    for (value, expected) in [
        ("app", &["app", "app/db", "app/dbx"][..]),
        ("app/db", &["app/db", "app/dbx"]),
        ("app/dbx", &["app/dbx"]),
        ("app/dbxy", &[]),
        ("/", &["/app/db"]),
        ("/app", &["/app/db"]),
        ("db", &[]),
        ("pp", &[]),
        ("p", &["prod/app"]),
        ("testing1", &["testing1"]),
        ("testing1 one", &[]),
        ("testing1 ", &[]),
        ("app db", &[]),
    ] {
        assert_finds(&server, "name", &[value], expected).await;
    }
}

/// Fact 3.11: `name`: sensitive
#[tokio::test]
async fn name_filter_matches_by_case() {
    let server = Server::start().await;
    create_all(&server, &["App", "app"]).await;
    assert_finds(&server, "name", &["app"], &["app"]).await;
    assert_finds(&server, "name", &["A"], &["App"]).await;
    assert_finds(&server, "name", &["APP"], &[]).await;
}

/// Fact 3.11: `description`: **word-wise**: every word of the value must be the prefix of some word of the description
#[tokio::test]
async fn description_filter_matches_the_start_of_each_word() {
    let server = server_with_descriptions(&[
        ("an", "an secret"),
        ("one", "a secret"),
        ("joined", "asecret"),
        ("other", "something else"),
    ])
    .await;
    for (value, expected) in [
        ("a", &["an", "joined", "one"][..]),
        ("a secret", &["an", "one"]),
        ("secret a", &["an", "one"]),
        ("an secret", &["an"]),
        ("asecret", &["joined"]),
        ("secret", &["an", "one"]),
        ("sec", &["an", "one"]),
        ("s", &["an", "one", "other"]),
        ("el", &["other"]),
        ("secrets", &[]),
        ("cret", &[]),
    ] {
        assert_finds(&server, "description", &[value], expected).await;
    }
}

/// Fact 3.11: `description`: insensitive
#[tokio::test]
async fn description_filter_ignores_case() {
    let server = server_with_descriptions(&[("one", "Some secret"), ("two", "other SECRET")]).await;
    for value in ["secret", "Secret", "SECRET", "sEC"] {
        assert_finds(&server, "description", &[value], &["one", "two"]).await;
    }
    assert_finds(&server, "description", &["some"], &["one"]).await;
    assert_finds(&server, "description", &["OTHER"], &["two"]).await;
}

/// Fact 3.11: `description` (of the description alone)
#[tokio::test]
async fn description_filter_looks_at_nothing_else() {
    let server = Server::start().await;
    create(
        &server,
        "wanted",
        json!({"Description": "text", "Tags": [{"Key": "wanted", "Value": "wanted"}]}),
    )
    .await;
    create(&server, "bare", json!({})).await;
    assert_finds(&server, "description", &["wanted"], &[]).await;
    assert_finds(&server, "description", &["text"], &["wanted"]).await;
}

/// Fact 3.11: `tag-key`: prefix, sensitive
#[tokio::test]
async fn tag_key_filter_matches_the_start_of_any_key_by_case() {
    let server = server_with_tags(&[
        ("both", &[("team", "x"), ("Stage", "y")]),
        ("one", &[("team:blue", "x")]),
        ("upper", &[("Team", "x")]),
        ("value", &[("x", "team")]),
        ("none", &[]),
    ])
    .await;
    for (value, expected) in [
        ("team", &["both", "one"][..]),
        ("te", &["both", "one"]),
        ("team:", &["one"]),
        ("Te", &["upper"]),
        ("Stage", &["both"]),
        ("stage", &[]),
        ("eam", &[]),
        ("teams", &[]),
        ("blue", &[]),
    ] {
        assert_finds(&server, "tag-key", &[value], expected).await;
    }
}

/// Fact 3.11: `tag-value`: prefix, sensitive
#[tokio::test]
async fn tag_value_filter_matches_the_start_of_any_value_by_case() {
    let server = server_with_tags(&[
        ("both", &[("a", "blue"), ("b", "Red team")]),
        ("one", &[("a", "blueish")]),
        ("upper", &[("a", "Blue")]),
        ("key", &[("blue", "x")]),
        ("none", &[]),
    ])
    .await;
    for (value, expected) in [
        ("blue", &["both", "one"][..]),
        ("bl", &["both", "one"]),
        ("blueish", &["one"]),
        ("B", &["upper"]),
        ("Red", &["both"]),
        ("Red t", &["both"]),
        ("team", &[]),
        ("red", &[]),
        ("lue", &[]),
    ] {
        assert_finds(&server, "tag-value", &[value], expected).await;
    }
}

/// Fact 3.11: `primary-region`: hits only replicated secrets
/// Fact 3.11: `owning-service`: prefix (secrets of no service have none)
#[tokio::test]
async fn plain_secrets_have_neither_primary_region_nor_owning_service() {
    let server = Server::start().await;
    create_all(&server, &["us-east-1", "rds"]).await;
    for value in ["us-east-1", "us", "u"] {
        assert_finds(&server, "primary-region", &[value], &[]).await;
    }
    for value in ["rds", "secretsmanager", "r"] {
        assert_finds(&server, "owning-service", &[value], &[]).await;
    }
}

/// Fact 3.11: `all`: word-wise over name, description, tag keys, tag values; any attribute may match
#[tokio::test]
async fn all_filter_looks_at_every_attribute() {
    let server = Server::start().await;
    create(&server, "wanted", json!({})).await;
    create(
        &server,
        "description",
        json!({"Description": "this is wanted"}),
    )
    .await;
    create(
        &server,
        "key",
        json!({"Tags": [{"Key": "first", "Value": "x"}, {"Key": "wanted", "Value": "x"}]}),
    )
    .await;
    create(
        &server,
        "value",
        json!({"Tags": [{"Key": "x", "Value": "wanted"}]}),
    )
    .await;
    create(
        &server,
        "none",
        json!({"Description": "unwanted", "Tags": [{"Key": "x", "Value": "y"}]}),
    )
    .await;
    for value in ["wanted", "want", "WANTED", "Want"] {
        assert_finds(
            &server,
            "all",
            &[value],
            &["description", "key", "value", "wanted"],
        )
        .await;
    }
    assert_finds(&server, "all", &["anted"], &[]).await;
}

/// Fact 3.11: `all`: word-wise over name, insensitive
#[tokio::test]
async fn all_filter_finds_words_in_a_name() {
    let server = Server::start().await;
    create_all(&server, &["prod/AppBeta/x", "test/AppGamma/x", "plain"]).await;
    for (value, expected) in [
        ("Beta", &["prod/AppBeta/x"][..]),
        ("beta", &["prod/AppBeta/x"]),
        ("app", &["prod/AppBeta/x", "test/AppGamma/x"]),
        ("app gam", &["test/AppGamma/x"]),
        ("x", &["prod/AppBeta/x", "test/AppGamma/x"]),
        ("p", &["plain", "prod/AppBeta/x"]),
        ("eta", &[]),
    ] {
        assert_finds(&server, "all", &[value], expected).await;
    }
}

/// Fact 3.11: `all`: word-wise over name, description, tag keys, tag values (but never over the value)
#[tokio::test]
async fn no_filter_looks_at_the_secret_value() {
    let server = Server::start().await;
    create(&server, "settings", json!({"Description": "text"})).await;
    assert_finds(&server, "all", &["value"], &[]).await;
}

// ---- Filters: combinations ----

/// Fact 3.11: several `Values` in one entry: OR
#[tokio::test]
async fn values_of_one_filter_are_alternatives() {
    let server = server_with_descriptions(&[
        ("a", "red"),
        ("ab", "green"),
        ("b", "blue"),
        ("c", "red blue"),
    ])
    .await;
    for (key, values, expected) in [
        ("name", &["a", "b"][..], &["a", "ab", "b"][..]),
        ("name", &["b", "x"], &["b"]),
        ("name", &["x", "y"], &[]),
        ("name", &["a", "ab"], &["a", "ab"]),
        ("description", &["red", "green"], &["a", "ab", "c"]),
        ("all", &["blue", "ab"], &["ab", "b", "c"]),
    ] {
        assert_finds(&server, key, values, expected).await;
    }
}

/// Fact 3.11: several `Filters` entries: AND, also with the same key
#[tokio::test]
async fn filters_must_all_match() {
    let server = Server::start().await;
    for (name, description, key, value) in [
        ("app/one", "one two", "team", "blue"),
        ("app/two", "one", "team", "red"),
        ("app/three", "two", "stage", "blue"),
        ("web/one", "one two", "stage", "red"),
    ] {
        create(
            &server,
            name,
            json!({"Description": description, "Tags": [{"Key": key, "Value": value}]}),
        )
        .await;
    }
    for (filters, expected) in [
        (
            [("description", "one"), ("description", "two")],
            &["app/one", "web/one"][..],
        ),
        (
            [("name", "app"), ("description", "one")],
            &["app/one", "app/two"],
        ),
        ([("tag-key", "team"), ("tag-value", "blue")], &["app/one"]),
        ([("name", "app/o"), ("name", "app")], &["app/one"]),
        ([("name", "app"), ("name", "web")], &[]),
        (
            [("all", "two"), ("tag-value", "blue")],
            &["app/one", "app/three"],
        ),
        ([("name", "app"), ("tag-key", "x")], &[]),
    ] {
        let filters: Value = filters
            .iter()
            .map(|(key, value)| json!({"Key": key, "Values": [value]}))
            .collect();
        assert_eq!(found(&server, filters.clone()).await, expected, "{filters}");
    }
}

/// Fact 3.11: several `Filters` entries: AND; several `Values` in one entry: OR
#[tokio::test]
async fn alternatives_of_several_filters_are_combined() {
    let server = server_with_descriptions(&[
        ("a1", "red"),
        ("a2", "green"),
        ("a3", "blue"),
        ("b1", "red"),
        ("c1", "green"),
    ])
    .await;
    let filters = json!([
        {"Key": "name", "Values": ["a", "b"]},
        {"Key": "description", "Values": ["red", "green"]},
    ]);
    assert_eq!(found(&server, filters).await, ["a1", "a2", "b1"]);
}

/// Fact 3.11: several `Filters` entries: AND (each is judged on its own, so two tags may satisfy two of them)
#[tokio::test]
async fn tag_key_and_tag_value_may_match_different_tags() {
    let server = server_with_tags(&[
        ("same", &[("team", "blue")]),
        ("different", &[("team", "red"), ("stage", "blue")]),
        ("neither", &[("stage", "red")]),
    ])
    .await;
    let filters = json!([
        {"Key": "tag-key", "Values": ["team"]},
        {"Key": "tag-value", "Values": ["blue"]},
    ]);
    assert_eq!(found(&server, filters).await, ["different", "same"]);
}

/// Fact 3.11: words inside one value: AND (`one two`, `o t` both need two matching words)
#[tokio::test]
async fn words_of_one_value_must_all_match() {
    let server = server_with_descriptions(&[
        ("and", "one and two"),
        ("both", "one two"),
        ("first", "one"),
        ("none", "unrelated"),
        ("reversed", "two one"),
        ("second", "two"),
    ])
    .await;
    for key in ["description", "all"] {
        for value in ["one two", "o t", "two one", "ON TW"] {
            assert_finds(&server, key, &[value], &["and", "both", "reversed"]).await;
        }
        assert_finds(&server, key, &["one two and"], &["and"]).await;
        assert_finds(&server, key, &["one two three"], &[]).await;
    }
}

/// Fact 3.11: leading `!` negates the value; `name: !/` gives names not starting with `/`
/// Fact 3.11: negation of a term nothing has (`!c`) → all
#[tokio::test]
async fn exclamation_mark_negates_a_name() {
    let server = Server::start().await;
    create_all(&server, &["/a", "/b", "a", "b"]).await;
    for (value, expected) in [
        ("!/", &["a", "b"][..]),
        ("!/a", &["/b", "a", "b"]),
        ("!a", &["/a", "/b", "b"]),
        ("!A", &["/a", "/b", "a", "b"]),
        ("!c", &["/a", "/b", "a", "b"]),
    ] {
        assert_finds(&server, "name", &[value], expected).await;
    }
}

/// Fact 3.11: `description: !a` gives those without a word starting with a
#[tokio::test]
async fn exclamation_mark_negates_a_word_of_a_description() {
    let server = server_with_descriptions(&[
        ("first", "a secret"),
        ("inner", "some apple"),
        ("joined", "Asecret"),
        ("other", "beta"),
        ("within", "data bar"),
    ])
    .await;
    for (value, expected) in [
        ("!a", &["other", "within"][..]),
        ("!A", &["other", "within"]),
        ("!secret", &["inner", "joined", "other", "within"]),
        ("!b", &["first", "inner", "joined"]),
        ("!c", &["first", "inner", "joined", "other", "within"]),
    ] {
        assert_finds(&server, "description", &[value], expected).await;
    }
}

/// Fact 3.11: leading `!` negates the value (of a tag)
#[tokio::test]
async fn exclamation_mark_negates_a_tag() {
    let server = server_with_tags(&[
        ("blue", &[("team", "blue")]),
        ("red", &[("team", "red")]),
        ("stage", &[("stage", "blue")]),
    ])
    .await;
    for (key, value, expected) in [
        ("tag-key", "!team", &["stage"][..]),
        ("tag-key", "!Team", &["blue", "red", "stage"]),
        ("tag-value", "!b", &["red"]),
        ("tag-value", "!blue", &["red"]),
        ("tag-value", "!c", &["blue", "red", "stage"]),
    ] {
        assert_finds(&server, key, &[value], expected).await;
    }
}

/// Fact 3.11: leading `!` negates the value (of every attribute)
#[tokio::test]
async fn exclamation_mark_negates_a_word_of_all_attributes() {
    let server = Server::start().await;
    for (name, description, key, value) in [
        ("xa", "xb xc", "xd", "xe"),
        ("alpha", "beta gamma", "delta", "epsilon"),
    ] {
        create(
            &server,
            name,
            json!({"Description": description, "Tags": [{"Key": key, "Value": value}]}),
        )
        .await;
    }
    assert_finds(&server, "all", &["!x"], &["alpha"]).await;
    assert_finds(&server, "all", &["!y"], &["alpha", "xa"]).await;
}

/// Fact 3.11: several `Filters` entries: AND; several `Values` in one entry: OR; leading `!` negates the value
#[tokio::test]
async fn negated_values_are_combined_like_others() {
    let server = Server::start().await;
    create_all(&server, &["a1", "a2", "b1", "c1"]).await;
    for (filters, expected) in [
        (
            json!([{"Key": "name", "Values": ["!a"]}, {"Key": "name", "Values": ["!b"]}]),
            &["c1"][..],
        ),
        (
            json!([{"Key": "name", "Values": ["a"]}, {"Key": "name", "Values": ["!a1"]}]),
            &["a2"],
        ),
        (
            json!([{"Key": "name", "Values": ["!a", "a1"]}]),
            &["a1", "b1", "c1"],
        ),
        (
            json!([{"Key": "name", "Values": ["!a", "!b"]}]),
            &["a1", "a2", "b1", "c1"],
        ),
    ] {
        assert_eq!(found(&server, filters.clone()).await, expected, "{filters}");
    }
}

// ---- Filters: the word splitter ----

/// Fact 3.11: split at one kind of separator among `/ - _ + = . @` and space
/// Fact 3.11: then split at lower→upper boundaries
#[tokio::test]
async fn words_are_split_at_one_kind_of_separator() {
    for separator in SEPARATORS.into_iter().chain([" "]) {
        let text = ["prod", "AppBeta", "x"].join(separator);
        assert_words(
            &text,
            &[
                "prod", "Prod", "pr", "App", "app", "Beta", "beta", "AppBeta", "x", "prod x",
            ],
            &["rod", "ppBeta", "eta", "y", "prod y"],
        )
        .await;
    }
}

/// Fact 3.11: split at one kind of separator among `/ - _ + = . @` (in names as well)
#[tokio::test]
async fn words_of_a_name_are_split_at_one_kind_of_separator() {
    let server = Server::start().await;
    let texts = SEPARATORS.map(|separator| ["prod", "AppBeta", "x"].join(separator));
    for name in &texts {
        create(&server, name, json!({})).await;
    }
    let mut sorted: Vec<&str> = texts.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    for value in ["prod", "App", "beta", "x"] {
        assert_finds(&server, "all", &[value], &sorted).await;
    }
    assert_finds(&server, "all", &["eta"], &[]).await;
}

/// Fact 3.11: then split at lower→upper boundaries (query `Beta` hits)
#[tokio::test]
async fn words_are_split_where_a_capital_follows_a_small_letter() {
    assert_words(
        "AppBeta",
        &["App", "Beta", "beta", "app", "AppBeta", "B"],
        &["eta", "pp", "ppBeta"],
    )
    .await;
    assert_words(
        "myAppBetaService",
        &["my", "app", "beta", "service"],
        &["y", "vice"],
    )
    .await;
}

/// Fact 3.11: a run of capitals followed by lower case splits before the last capital
#[tokio::test]
async fn run_of_capitals_is_split_before_its_last() {
    assert_words(
        "COMPANYthings",
        &["Ythings", "COMPAN"],
        &["things", "N", "company"],
    )
    .await;
}

/// Fact 3.11: an all-caps word stays whole
#[tokio::test]
async fn word_of_capitals_stays_whole() {
    assert_words(
        "COMPANY",
        &["company", "COMPANY", "comp", "C"],
        &["pany", "OMPANY", "Y"],
    )
    .await;
}

/// Fact 3.11: mixing two different separators is reported to defeat splitting for that text
#[tokio::test]
async fn two_kinds_of_separators_defeat_splitting() {
    assert_words("prod-AppBeta/x", &["prod"], &["AppBeta", "beta"]).await;
}

/// Fact 3.11: a query consisting of only a separator (`+`) matches nothing
#[tokio::test]
async fn query_of_only_a_separator_matches_nothing() {
    for separator in SEPARATORS {
        let text = ["a", "b"].join(separator);
        assert_words(&text, &["a", "b"], &[separator]).await;
    }
}

/// Fact 3.11: query words match word *prefixes* only (`ret` does not hit `Secret`)
#[tokio::test]
async fn query_matches_the_start_of_words_only() {
    assert_words(
        "Secret",
        &["S", "sec", "Secret", "secret"],
        &["ret", "ecret", "t", "Secrets"],
    )
    .await;
}

/// Fact 3.11: documentation adds: boundary also between letters and digits
#[tokio::test]
async fn words_are_split_between_letters_and_digits() {
    assert_words(
        "release2024 notes",
        &["release", "2024", "20", "notes"],
        &["024", "elease"],
    )
    .await;
}

/// Fact 3.11: documentation adds: punctuation ignored
#[tokio::test]
async fn punctuation_is_no_part_of_a_word() {
    assert_words(
        "(quoted) 'text'",
        &["quoted", "text", "quoted text"],
        &["uoted"],
    )
    .await;
}
