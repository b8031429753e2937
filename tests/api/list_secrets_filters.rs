//! `ListSecrets`: filters, each key and how they combine.

use serde_json::{Value, json};

use crate::list_secrets::{
    assert_finds, create, create_all, found, server_with_descriptions, server_with_tags,
};
use crate::support::Server;

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
