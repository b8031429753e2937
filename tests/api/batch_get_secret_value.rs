//! `BatchGetSecretValue`: several current values at once, by list or by filter, and failures told one by one.

use serde_json::{Value, json};

use crate::support::{MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// The ARN of a secret that no test creates.
const UNKNOWN_ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:unknown-AbCdEf";

/// Starts a server with secrets of these names, each with its name as its value.
async fn server_with(names: &[&str]) -> Server {
    let server = Server::start().await;
    for name in names {
        server.create(name, "v1", name).await;
    }
    server
}

/// Asks for many values at once.
async fn batch(server: &Server, body: Value) -> Value {
    server.ok("BatchGetSecretValue", body).await
}

/// The names in `SecretValues`, sorted, since AWS promises no order.
fn names(answer: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = answer["SecretValues"]
        .as_array()
        .expect("values are a list")
        .iter()
        .map(|value| value["Name"].as_str().expect("the name is a string"))
        .collect();
    names.sort_unstable();
    names
}

/// Fact 3.3: Response: `SecretValues` (each: ARN, Name, `VersionId`, `SecretString` or `SecretBinary`, `VersionStages`,
/// `CreatedDate`)
/// Fact 3.3: `NextToken` if more, `Errors` (`[]` when none)
#[tokio::test]
async fn value_of_one_secret_is_shown_as_get_shows_it() {
    let server = server_with(&["a"]).await;

    let answer = batch(&server, json!({"SecretIdList": ["a"]})).await;

    let alone = server.ok("GetSecretValue", json!({"SecretId": "a"})).await;
    assert_eq!(
        answer,
        json!({
            "SecretValues": [{
                "ARN": alone["ARN"],
                "Name": "a",
                "VersionId": version_id("v1"),
                "SecretString": "a",
                "VersionStages": ["AWSCURRENT"],
                "CreatedDate": 1_768_471_200.123,
            }],
            "Errors": [],
        })
    );
}

/// Fact 3.3: Response: `SecretValues` (each: `SecretString` or `SecretBinary`)
#[tokio::test]
async fn binary_value_is_shown_in_base64_without_a_string() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "a", "ClientRequestToken": version_id("v1"), "SecretBinary": "Zm9vdGVzdA=="}),
        )
        .await;

    let answer = batch(&server, json!({"SecretIdList": ["a"]})).await;

    let value = &answer["SecretValues"][0];
    assert_eq!(value["SecretBinary"], "Zm9vdGVzdA==");
    assert!(value.get("SecretString").is_none(), "{value}");
}

/// Fact 3.3: Request: `SecretIdList` (1..20 items)
/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn list_of_names_arns_and_partial_arns_finds_each() {
    let server = server_with(&["a", "b", "c"]).await;
    let arn = server.ok("DescribeSecret", json!({"SecretId": "b"})).await["ARN"].clone();
    let partial = "arn:aws:secretsmanager:us-east-1:000000000000:secret:c";

    let answer = batch(&server, json!({"SecretIdList": ["a", arn, partial]})).await;

    assert_eq!(names(&answer), ["a", "b", "c"]);
    assert_eq!(answer["Errors"], json!([]));
}

/// Fact 3.3: Request: `SecretIdList` (1..20 items)
#[tokio::test]
async fn list_of_twenty_is_answered_whole() {
    let all: Vec<String> = (10..30).map(|number| format!("secret{number}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let server = server_with(&all).await;

    let answer = batch(&server, json!({"SecretIdList": all})).await;

    assert_eq!(names(&answer), all);
    assert!(answer.get("NextToken").is_none());
}

/// Fact 3.3: Request: `SecretIdList` (1..20 items) **xor** `Filters` (max 10); `MaxResults` range 1..20
/// Fact 1.5: number too big; number too small
#[tokio::test]
async fn members_outside_their_ranges_are_refused() {
    let server = server_with(&["a"]).await;
    let filter = json!({"Key": "name", "Values": ["a"]});
    for body in [
        json!({"SecretIdList": []}),
        json!({"SecretIdList": vec!["a"; 21]}),
        json!({"SecretIdList": [""]}),
        json!({"Filters": vec![filter.clone(); 11]}),
        json!({"Filters": [{"Key": "colour", "Values": ["a"]}]}),
        json!({"Filters": [{"Key": "name", "Values": vec!["a"; 11]}]}),
        json!({"Filters": [filter], "NextToken": ""}),
    ] {
        server
            .call("BatchGetSecretValue", body)
            .await
            .assert_code("ValidationException");
    }
    for (max_results, rule) in [
        (0, "greater than or equal to 1"),
        (21, "less than or equal to 20"),
    ] {
        server
            .call(
                "BatchGetSecretValue",
                json!({"Filters": [filter], "MaxResults": max_results}),
            )
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{max_results}' at 'maxResults' \
                     failed to satisfy constraint: Member must have value {rule}"
                ),
            );
    }
}

/// Fact 3.3: per-secret failure goes to `Errors`, HTTP stays 200
/// Fact 3.3: `Errors[].SecretId` echoes the requested id
#[tokio::test]
async fn unknown_secrets_are_told_beside_the_values() {
    let server = server_with(&["a"]).await;

    let mut answer = batch(
        &server,
        json!({"SecretIdList": ["unknown", "a", UNKNOWN_ARN]}),
    )
    .await;

    assert_eq!(names(&answer), ["a"]);
    let errors = answer["Errors"].as_array_mut().expect("errors are a list");
    errors.sort_by_key(|error| error["SecretId"].to_string());
    assert_eq!(
        errors,
        &[UNKNOWN_ARN, "unknown"].map(|secret_id| json!({
            "SecretId": secret_id,
            "ErrorCode": "ResourceNotFoundException",
            "Message": NOT_FOUND,
        }))
    );
}

/// Fact 3.3: deleted secret → `Errors` entry `InvalidRequestException` with MFD text
#[tokio::test]
async fn secret_scheduled_for_deletion_is_told_among_the_errors() {
    let server = server_with(&["a", "b"]).await;
    server.ok("DeleteSecret", json!({"SecretId": "b"})).await;

    let answer = batch(&server, json!({"SecretIdList": ["a", "b"]})).await;

    assert_eq!(names(&answer), ["a"]);
    assert_eq!(
        answer["Errors"],
        json!([{
            "SecretId": "b",
            "ErrorCode": "InvalidRequestException",
            "Message": MARKED_FOR_DELETION,
        }])
    );
}

/// Fact 3.3: per-secret failure goes to `Errors`, HTTP stays 200 (a secret without a value, 2.5)
#[tokio::test]
async fn empty_secret_is_told_among_the_errors() {
    let server = server_with(&["a"]).await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "empty", "ClientRequestToken": version_id("v1")}),
        )
        .await;

    let answer = batch(&server, json!({"SecretIdList": ["empty", "a"]})).await;

    assert_eq!(names(&answer), ["a"]);
    assert_eq!(answer["Errors"][0]["SecretId"], "empty");
    assert_eq!(
        answer["Errors"][0]["ErrorCode"],
        "ResourceNotFoundException"
    );
}

/// Fact 3.3: per-secret failure goes to `Errors`, HTTP stays 200
#[tokio::test]
async fn failures_alone_still_answer_with_an_empty_list_of_values() {
    let server = Server::start().await;

    let answer = batch(&server, json!({"SecretIdList": ["unknown"]})).await;

    assert_eq!(answer["SecretValues"], json!([]));
    assert_eq!(answer["Errors"][0]["SecretId"], "unknown");
}

/// Fact 3.3: always AWSCURRENT
#[tokio::test]
async fn only_the_current_version_is_shown() {
    let server = server_with(&["a"]).await;
    for (token, value, labels) in [
        ("v2", "two", json!(["AWSCURRENT"])),
        ("v3", "three", json!(["AWSPENDING"])),
    ] {
        server
            .ok(
                "PutSecretValue",
                json!({
                    "SecretId": "a",
                    "ClientRequestToken": version_id(token),
                    "SecretString": value,
                    "VersionStages": labels,
                }),
            )
            .await;
    }

    let answer = batch(&server, json!({"SecretIdList": ["a"]})).await;

    assert_eq!(names(&answer), ["a"]);
    assert_eq!(answer["SecretValues"][0]["VersionId"], version_id("v2"));
    assert_eq!(answer["SecretValues"][0]["SecretString"], "two");
}

/// Fact 3.3: both list and filters → `InvalidParameterException`
#[tokio::test]
async fn list_and_filters_together_are_refused() {
    let server = server_with(&["a"]).await;
    server
        .call(
            "BatchGetSecretValue",
            json!({"SecretIdList": ["a"], "Filters": [{"Key": "name", "Values": ["a"]}]}),
        )
        .await
        .assert_service_error(
            "InvalidParameterException",
            "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
        );
}

/// Fact 3.3: neither → `InvalidParameterException` (text probably the same)
#[tokio::test]
async fn neither_list_nor_filters_is_refused() {
    let server = Server::start().await;
    server
        .call("BatchGetSecretValue", json!({}))
        .await
        .assert_code("InvalidParameterException");
}

/// Fact 3.3: `MaxResults` without `Filters` → `InvalidParameterException`
#[tokio::test]
async fn page_size_without_filters_is_refused() {
    let server = server_with(&["a"]).await;
    server
        .call(
            "BatchGetSecretValue",
            json!({"SecretIdList": ["a"], "MaxResults": 1}),
        )
        .await
        .assert_service_error(
            "InvalidParameterException",
            "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
        );
}

/// Fact 3.3: filters match like `ListSecrets` (3.11)
/// Fact 3.11: several `Filters` entries: AND; several `Values` in one entry: OR; leading `!` negates the value
#[tokio::test]
async fn filters_choose_the_secrets() {
    let server = server_with(&["app/blue", "app/green", "other"]).await;
    server
        .call(
            "TagResource",
            json!({"SecretId": "app/green", "Tags": [{"Key": "team", "Value": "green"}]}),
        )
        .await;

    for (filters, expected) in [
        (
            json!([{"Key": "name", "Values": ["app/"]}]),
            vec!["app/blue", "app/green"],
        ),
        (
            json!([{"Key": "name", "Values": ["app/b", "oth"]}]),
            vec!["app/blue", "other"],
        ),
        (json!([{"Key": "name", "Values": ["!app/"]}]), vec!["other"]),
        (
            json!([{"Key": "tag-key", "Values": ["team"]}]),
            vec!["app/green"],
        ),
        (
            json!([{"Key": "name", "Values": ["app/"]}, {"Key": "name", "Values": ["!app/b"]}]),
            vec!["app/green"],
        ),
        (json!([{"Key": "name", "Values": ["APP/"]}]), vec![]),
    ] {
        let answer = batch(&server, json!({"Filters": filters})).await;
        assert_eq!(names(&answer), expected, "{filters}");
        assert_eq!(answer["Errors"], json!([]), "{filters}");
        assert!(answer.get("NextToken").is_none(), "{filters}");
    }
}

/// Fact 3.3: filters match like `ListSecrets` (3.11)
/// Fact 3.11: deleted secrets are left out unless `IncludePlannedDeletion`
#[tokio::test]
async fn filters_leave_out_secrets_scheduled_for_deletion() {
    let server = server_with(&["a1", "a2"]).await;
    server.ok("DeleteSecret", json!({"SecretId": "a2"})).await;

    let answer = batch(
        &server,
        json!({"Filters": [{"Key": "name", "Values": ["a"]}]}),
    )
    .await;

    assert_eq!(names(&answer), ["a1"]);
}

/// Fact 3.3: `MaxResults` range 1..20 (only with `Filters`); `NextToken` len 1..4096
/// Fact 3.3: Response: `NextToken` if more
#[tokio::test]
async fn pages_together_show_every_secret_once() {
    let server = server_with(&["app/1", "app/2", "app/3", "app/4", "app/5", "other"]).await;
    let mut seen: Vec<String> = Vec::new();
    let mut request = json!({"Filters": [{"Key": "name", "Values": ["app/"]}], "MaxResults": 2});

    loop {
        let page = batch(&server, request.clone()).await;
        assert!(names(&page).len() <= 2, "{page}");
        seen.extend(names(&page).into_iter().map(str::to_owned));
        assert!(seen.len() <= 5, "{seen:?}");
        let Some(token) = page.get("NextToken") else {
            break;
        };
        request["NextToken"] = token.clone();
    }

    seen.sort_unstable();
    assert_eq!(seen, ["app/1", "app/2", "app/3", "app/4", "app/5"]);
}

/// Fact 3.11: invalid token → `InvalidNextTokenException`
#[tokio::test]
async fn invented_page_token_is_refused() {
    let server = server_with(&["a"]).await;
    server
        .call(
            "BatchGetSecretValue",
            json!({"Filters": [{"Key": "name", "Values": ["a"]}], "NextToken": "invented"}),
        )
        .await
        .assert_code("InvalidNextTokenException");
}
