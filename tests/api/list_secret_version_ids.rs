//! Section 3.10 and the quotas of section 7 on versions and labels: the versions of one secret, page by page.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Answer, NOT_FOUND, Server, version_id};

/// The moment a timestamp on the wire names.
#[track_caller]
fn moment(timestamp: &Value) -> DateTime<Utc> {
    let since_epoch = timestamp.as_f64().expect("a timestamp is a number");
    (DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch)).round_subsecs(3)
}

/// The versions in an answer by their ids.
fn versions(answer: &Value) -> BTreeMap<String, Value> {
    let list = answer["Versions"].as_array().expect("Versions is a list");
    let versions: BTreeMap<String, Value> = list
        .iter()
        .map(|version| {
            let id = version["VersionId"].as_str().expect("an id is a string");
            (id.trim_end_matches('-').to_owned(), version.clone())
        })
        .collect();
    assert_eq!(versions.len(), list.len(), "an id appears twice: {answer}");
    versions
}

/// The labels of a version, sorted.
fn labels(version: &Value) -> Vec<&str> {
    let mut labels: Vec<&str> = version["VersionStages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    labels.sort_unstable();
    labels
}

/// The labels of every version in an answer.
fn labels_by_version(answer: &Value) -> Vec<(String, Vec<String>)> {
    versions(answer)
        .into_iter()
        .map(|(id, version)| {
            (
                id,
                labels(&version).into_iter().map(str::to_owned).collect(),
            )
        })
        .collect()
}

/// Lists versions of the secret `settings` with these other members in the request.
async fn list(server: &Server, mut request: Value) -> Value {
    request["SecretId"] = json!("settings");
    server.ok("ListSecretVersionIds", request).await
}

/// Stores a value in the secret `settings` under the default labels.
async fn put(server: &Server, token: &str) {
    server
        .ok(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": token}),
        )
        .await;
}

/// Stores a value in the secret `settings` under these labels.
async fn put_labelled(server: &Server, token: &str, labels: &[&str]) {
    server
        .ok(
            "PutSecretValue",
            json!({
                "SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": token,
                "VersionStages": labels,
            }),
        )
        .await;
}

/// A server with the secret `settings`, which has the versions v1, v2, ... each a second younger than the one before.
async fn server_with_versions(count: usize) -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for number in 2..=count {
        server.advance(TimeDelta::seconds(1));
        put(&server, &format!("v{number}")).await;
    }
    server
}

/// The ids of every version, deprecated ones too, page by page.
async fn pages(server: &Server, size: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut request = json!({"MaxResults": size, "IncludeDeprecated": true});
    loop {
        let page = list(server, request.clone()).await;
        pages.push(versions(&page).into_keys().collect());
        let Some(token) = page.get("NextToken") else {
            return pages;
        };
        request["NextToken"] = token.clone();
        assert!(pages.len() < 100, "the pages never end");
    }
}

/// A token that leads to the second page of a list of this size.
async fn token(server: &Server, request: Value) -> String {
    let page = list(server, request).await;
    page["NextToken"]
        .as_str()
        .unwrap_or_else(|| panic!("no token in {page}"))
        .to_owned()
}

/// Fact 3.10: Response: `ARN`, `Name`, `Versions`, `NextToken`.
/// Fact 3.10: `KmsKeyIds` for the default key is the literal list `["DefaultEncryptionKey"]`
/// Fact 12: v1{AWSCURRENT}, KmsKeyIds ["DefaultEncryptionKey"], no LastAccessedDate
#[tokio::test]
async fn fresh_secret_has_one_version() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();

    let mut answer = list(&server, json!({})).await;

    assert_eq!(
        moment(&answer["Versions"][0]["CreatedDate"].take()),
        server.now()
    );
    assert_eq!(
        answer,
        json!({
            "ARN": arn,
            "Name": "settings",
            "Versions": [{
                "VersionId": version_id("v1"),
                "CreatedDate": null,
                "VersionStages": ["AWSCURRENT"],
                "KmsKeyIds": ["DefaultEncryptionKey"],
            }],
        })
    );
}

/// Fact 3.10: Each version: `CreatedDate`
#[tokio::test]
async fn every_version_has_its_own_date() {
    let server = Server::start().await;
    let start = server.now();
    server.create("settings", "v1", "one").await;
    server.advance(TimeDelta::milliseconds(1234));
    put(&server, "v2").await;
    server.advance(TimeDelta::days(40));

    let versions = versions(&list(&server, json!({})).await);

    assert_eq!(moment(&versions["v1"]["CreatedDate"]), start);
    assert_eq!(
        moment(&versions["v2"]["CreatedDate"]),
        start + TimeDelta::milliseconds(1234)
    );
}

/// Fact 3.10: `LastAccessedDate` (if that version was read)
/// Fact 1.2: `LastAccessedDate`: truncated to 00:00:00 UTC of the day
#[tokio::test]
async fn version_that_was_read_has_the_day_it_was_read_on() {
    let server = server_with_versions(2).await;
    server.advance(TimeDelta::days(1));
    server
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionStage": "AWSPREVIOUS"}),
        )
        .await;

    let versions = versions(&list(&server, json!({})).await);

    let day: DateTime<Utc> = "2026-01-16T00:00:00Z".parse().expect("the day is valid");
    assert_eq!(moment(&versions["v1"]["LastAccessedDate"]), day);
    assert!(versions["v2"].get("LastAccessedDate").is_none());
}

/// Fact 3.10: deprecated versions appear only with `IncludeDeprecated: true`
/// Fact 3.10: `VersionStages` (omitted, not `[]`, when deprecated)
/// Fact 12: Create; Put ×3; List / List(IncludeDeprecated): v3{PREVIOUS} v4{CURRENT} / plus v1, v2 without
/// VersionStages member
#[tokio::test]
async fn deprecated_versions_appear_only_when_asked_for() {
    let server = server_with_versions(4).await;
    let labelled = [
        ("v3".to_owned(), vec!["AWSPREVIOUS".to_owned()]),
        ("v4".to_owned(), vec!["AWSCURRENT".to_owned()]),
    ];
    for without in [json!({}), json!({"IncludeDeprecated": false})] {
        assert_eq!(labels_by_version(&list(&server, without).await), labelled);
    }

    let all = versions(&list(&server, json!({"IncludeDeprecated": true})).await);

    assert_eq!(
        all.keys().map(String::as_str).collect::<Vec<_>>(),
        ["v1", "v2", "v3", "v4"]
    );
    for deprecated in ["v1", "v2"] {
        let version = &all[deprecated];
        assert!(version.get("VersionStages").is_none(), "{version}");
        assert_eq!(version["KmsKeyIds"], json!(["DefaultEncryptionKey"]));
        assert!(version["CreatedDate"].is_number(), "{version}");
    }
    assert_eq!(labels(&all["v3"]), ["AWSPREVIOUS"]);
    assert_eq!(labels(&all["v4"]), ["AWSCURRENT"]);
}

/// Fact 3.10: `VersionStages` (all labels of a version)
#[tokio::test]
async fn version_shows_all_its_labels() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    put_labelled(&server, "v2", &["ONE", "TWO", "AWSPENDING"]).await;
    let versions = versions(&list(&server, json!({})).await);
    assert_eq!(labels(&versions["v1"]), ["AWSCURRENT"]);
    assert_eq!(labels(&versions["v2"]), ["AWSPENDING", "ONE", "TWO"]);
}

/// Fact 3.10: empty secret → `Versions: []`
#[tokio::test]
async fn secret_without_a_value_has_no_versions() {
    let server = Server::start().await;
    let created = server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v1")}),
        )
        .await;
    for include in [false, true] {
        assert_eq!(
            list(&server, json!({"IncludeDeprecated": include})).await,
            json!({"ARN": created["ARN"], "Name": "settings", "Versions": []})
        );
    }
}

/// Fact 3.10: unknown secret → ResourceNotFound text of 2.5 row 1
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: works on a deleted secret: ListSecretVersionIds
#[tokio::test]
async fn deleted_secret_lists_its_versions() {
    let server = server_with_versions(3).await;
    let before = list(&server, json!({"IncludeDeprecated": true})).await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    let after = list(&server, json!({"IncludeDeprecated": true})).await;
    assert_eq!(after, before);
}

/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn arn_and_partial_arn_name_the_secret() {
    let server = server_with_versions(2).await;
    let by_name = list(&server, json!({})).await;
    let arn = by_name["ARN"].as_str().expect("ARN is a string");
    for id in [arn, &arn[..arn.len() - 7]] {
        let answer = server
            .ok("ListSecretVersionIds", json!({"SecretId": id}))
            .await;
        assert_eq!(answer, by_name);
    }
}

/// Fact 3.10: Request: `MaxResults` range 1..100, `NextToken`
#[tokio::test]
async fn pages_of_every_size_show_every_version_once() {
    let server = server_with_versions(7).await;
    let all = ["v1", "v2", "v3", "v4", "v5", "v6", "v7"];
    for size in [1, 2, 3, 4, 5, 6, 7, 8, 100] {
        let pages = pages(&server, size).await;
        assert_eq!(pages.len(), all.len().div_ceil(size), "pages of {size}");
        assert!(pages.iter().all(|page| page.len() <= size), "{pages:?}");
        let mut ids = pages.concat();
        ids.sort_unstable();
        assert_eq!(ids, all, "pages of {size}");
    }
}

/// Fact 3.10: Request: `MaxResults`, `NextToken` (deprecated versions take no room on a page)
#[tokio::test]
async fn pages_without_deprecated_versions_show_labelled_ones_once() {
    let server = server_with_versions(5).await;
    let mut ids = Vec::new();
    let mut request = json!({"MaxResults": 1});
    loop {
        let page = list(&server, request.clone()).await;
        ids.extend(versions(&page).into_keys());
        let Some(token) = page.get("NextToken") else {
            break;
        };
        request["NextToken"] = token.clone();
        assert!(ids.len() < 10, "the pages never end");
    }
    ids.sort_unstable();
    assert_eq!(ids, ["v4", "v5"]);
}

/// Fact 3.10: Request: `NextToken` (a version that is stored between two pages hides no other)
#[tokio::test]
async fn version_stored_between_pages_hides_no_other() {
    for size in 1..=4 {
        let server = server_with_versions(5).await;
        let first = list(
            &server,
            json!({"MaxResults": size, "IncludeDeprecated": true}),
        )
        .await;
        let mut ids: Vec<String> = versions(&first).into_keys().collect();
        let mut token = first["NextToken"].clone();
        server.advance(TimeDelta::seconds(1));
        put(&server, "v6").await;
        while token.is_string() {
            let page = list(
                &server,
                json!({"MaxResults": size, "IncludeDeprecated": true, "NextToken": token}),
            )
            .await;
            ids.extend(versions(&page).into_keys());
            token = page["NextToken"].clone();
            assert!(ids.len() < 20, "the pages never end");
        }
        ids.sort_unstable();
        ids.retain(|id| id != "v6");
        assert_eq!(ids, ["v1", "v2", "v3", "v4", "v5"], "pages of {size}");
    }
}

/// Fact 3.10: Request: `MaxResults` range 1..100
#[tokio::test]
async fn page_size_outside_1_to_100_is_refused() {
    let server = server_with_versions(1).await;
    for (size, constraint) in [
        (0, "greater than or equal to 1"),
        (101, "less than or equal to 100"),
    ] {
        server
            .call(
                "ListSecretVersionIds",
                json!({"SecretId": "settings", "MaxResults": size}),
            )
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

/// Fact 3.10: bad token → `InvalidNextTokenException`
#[tokio::test]
async fn token_that_was_never_given_is_refused() {
    let server = server_with_versions(3).await;
    for token in ["x", "AAAA", "v1", "0", "e30=", "\u{e9}"] {
        server
            .call(
                "ListSecretVersionIds",
                json!({"SecretId": "settings", "NextToken": token}),
            )
            .await
            .assert_code("InvalidNextTokenException");
    }
}

/// Fact 3.10: bad token → `InvalidNextTokenException` (a token belongs to the request that got it)
#[tokio::test]
async fn token_of_another_request_is_refused() {
    let server = server_with_versions(3).await;
    server.create("other", "v1", "one").await;
    let token = token(&server, json!({"MaxResults": 1, "IncludeDeprecated": true})).await;
    let secrets = server.ok("ListSecrets", json!({"MaxResults": 1})).await;

    for body in [
        json!({"SecretId": "settings", "MaxResults": 1, "NextToken": token}),
        json!({
            "SecretId": "settings", "MaxResults": 1, "IncludeDeprecated": false, "NextToken": token,
        }),
        json!({"SecretId": "other", "MaxResults": 1, "IncludeDeprecated": true, "NextToken": token}),
        json!({
            "SecretId": "settings", "MaxResults": 1, "IncludeDeprecated": true,
            "NextToken": secrets["NextToken"],
        }),
    ] {
        let answer = server.call("ListSecretVersionIds", body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(
            answer.json()["__type"],
            "InvalidNextTokenException",
            "{body}"
        );
    }
    list(
        &server,
        json!({"MaxResults": 1, "IncludeDeprecated": true, "NextToken": token}),
    )
    .await;
}

/// Fact 3.10: bad token → `InvalidNextTokenException` (also one that was altered)
#[tokio::test]
async fn altered_token_is_refused() {
    let server = server_with_versions(3).await;
    let token = token(&server, json!({"MaxResults": 1})).await;
    for place in 0..token.len() {
        let other = if &token[place..=place] == "A" {
            "B"
        } else {
            "A"
        };
        let altered = format!("{}{other}{}", &token[..place], &token[place + 1..]);
        let answer = server
            .call(
                "ListSecretVersionIds",
                json!({"SecretId": "settings", "MaxResults": 1, "NextToken": altered}),
            )
            .await;
        assert_eq!(answer.status, 400, "character {place} of {token}");
        answer.assert_code("InvalidNextTokenException");
    }
}

/// Fact 7: versions per secret: 100 (soft clean-up, see 4.4)
/// Fact 3.4: versions quota exhausted (100 with none removable) → `LimitExceededException`
/// Fact 4.4: never those younger than 24 h
#[tokio::test]
async fn secret_may_have_100_versions_of_one_day() {
    let server = server_with_versions(100).await;
    let all = list(
        &server,
        json!({"IncludeDeprecated": true, "MaxResults": 100}),
    )
    .await;
    assert_eq!(versions(&all).len(), 100);

    for (operation, token) in [("PutSecretValue", "v101"), ("UpdateSecret", "v102")] {
        server
            .call(
                operation,
                json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": "new"}),
            )
            .await
            .assert_code("LimitExceededException");
    }

    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "v100");
}

/// Fact 4.4: deprecated versions are removed when the secret has more than 100 versions
/// Fact 4.4: labelled versions are never removed
#[tokio::test]
async fn old_deprecated_versions_make_room_and_labelled_ones_stay() {
    let server = server_with_versions(1).await;
    put_labelled(&server, "kept", &["KEPT"]).await;
    for number in 3..=100 {
        put(&server, &format!("v{number}")).await;
    }
    server.advance(TimeDelta::hours(25));

    put(&server, "v101").await;

    for (label, value) in [
        ("AWSCURRENT", "v101"),
        ("AWSPREVIOUS", "v100"),
        ("KEPT", "kept"),
    ] {
        let answer = server
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionStage": label}),
            )
            .await;
        assert_eq!(answer["SecretString"], value, "{label}");
    }
}

/// Fact 7: labels over all versions of a secret: 20
/// Fact 4.1: quota: 20 labels over **all versions of a secret** → `LimitExceededException`
#[tokio::test]
async fn versions_of_a_secret_share_a_quota_of_labels() {
    let server = server_with_versions(1).await;
    let names: Vec<String> = (0..21).map(|number| format!("LABEL{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    put_labelled(&server, "v2", &names[..10]).await;
    put_labelled(&server, "v3", &names[10..19]).await;
    let before = labels_by_version(&list(&server, json!({})).await);

    server
        .call(
            "PutSecretValue",
            json!({
                "SecretId": "settings", "ClientRequestToken": version_id("v4"), "SecretString": "v4",
                "VersionStages": &names[19..],
            }),
        )
        .await
        .assert_code("LimitExceededException");

    assert_eq!(labels_by_version(&list(&server, json!({})).await), before);
}

/// Fact 7: labels over all versions of a secret: 20 (a label that moves is not a new one)
#[tokio::test]
async fn label_that_moves_needs_no_room() {
    let server = server_with_versions(1).await;
    let names: Vec<String> = (0..19).map(|number| format!("LABEL{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    put_labelled(&server, "v2", &names).await;

    put_labelled(&server, "v3", &names).await;

    let versions = versions(&list(&server, json!({"IncludeDeprecated": true})).await);
    assert_eq!(labels(&versions["v3"]).len(), 19);
    assert!(versions["v2"].get("VersionStages").is_none());
}

/// Attaches a label to the version v1 of the secret `settings`.
async fn attach(server: &Server, label: &str) -> Answer {
    server
        .call(
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": label, "MoveToVersionId": version_id("v1")}),
        )
        .await
}

/// Fact 7: labels over all versions of a secret: 20 (also those that UpdateSecretVersionStage attaches)
#[tokio::test]
async fn label_beyond_the_quota_is_not_attached() {
    let server = server_with_versions(1).await;
    let names: Vec<String> = (0..19).map(|number| format!("LABEL{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    put_labelled(&server, "v2", &names[..10]).await;
    put_labelled(&server, "v3", &names[10..]).await;

    attach(&server, "LABEL19").await;
    attach(&server, "LABEL20")
        .await
        .assert_code("LimitExceededException");

    let versions = versions(&list(&server, json!({})).await);
    assert!(!labels(&versions["v1"]).contains(&"LABEL20"));
}

/// Fact 3.2: success sets `LastAccessedDate` (day precision) on the secret **and** the version
#[tokio::test]
async fn each_version_that_was_read_on_a_day_has_the_day() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        )
        .await;
    for label in ["AWSCURRENT", "AWSPREVIOUS"] {
        server
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionStage": label}),
            )
            .await;
    }
    let listed = server
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    let days: Vec<_> = listed["Versions"]
        .as_array()
        .expect("versions")
        .iter()
        .map(|version| version["LastAccessedDate"].as_i64())
        .collect();
    assert_eq!(days, [Some(1_768_435_200), Some(1_768_435_200)]);
}

/// Fact 3.10: order: not established (here: oldest first, whatever the ids are)
#[tokio::test]
async fn versions_are_listed_oldest_first() {
    let server = Server::start().await;
    server.create("settings", "z", "one").await;
    server.advance(TimeDelta::seconds(1));
    server
        .ok(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("a"), "SecretString": "two"}),
        )
        .await;
    let listed = server
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    let ids: Vec<_> = listed["Versions"]
        .as_array()
        .expect("versions")
        .iter()
        .map(|version| version["VersionId"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, [version_id("z"), version_id("a")]);
}
