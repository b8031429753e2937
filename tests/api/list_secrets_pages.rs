//! `ListSecrets`: pages and their tokens.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::list_secrets::{SORT_KEYS, SORT_ORDERS, create, create_all, list, names, pages};
use crate::support::{ACCOUNT, Server, version_id};

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
