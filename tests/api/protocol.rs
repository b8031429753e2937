//! Sections 1.1 to 1.6: the request, the answer, the two families of errors, and which check comes first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Answer, MARKED_FOR_DELETION, NOT_FOUND, REGION, Server, version_id};

/// AWS's sentence for a name with a forbidden character.
pub(crate) const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";
/// AWS's sentence for a write without a `ClientRequestToken`.
pub(crate) const NO_TOKEN: &str =
    "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
/// AWS's sentence for a number where a string belongs.
pub(crate) const NUMBER_FOR_STRING: &str = "NUMBER_VALUE can not be converted to a String";
/// AWS's sentence for a secret value that is both text and bytes.
pub(crate) const BOTH_VALUES: &str = "You can\u{2019}t specify both a binary secret value and a string secret value \
                           in the same secret.";
/// The form of a request id.
const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/// Every operation (but for rotation and replication) with the members it requires, as error texts name them.
pub(crate) const REQUIRED_MEMBERS: [(&str, &[&str]); 19] = [
    ("BatchGetSecretValue", &[]),
    ("CreateSecret", &["name"]),
    ("DeleteResourcePolicy", &["secretId"]),
    ("DeleteSecret", &["secretId"]),
    ("DescribeSecret", &["secretId"]),
    ("GetRandomPassword", &[]),
    ("GetResourcePolicy", &["secretId"]),
    ("GetSecretValue", &["secretId"]),
    ("ListResourcePolicies", &["secretId"]),
    ("ListSecretVersionIds", &["secretId"]),
    ("ListSecrets", &[]),
    ("PutResourcePolicy", &["secretId", "resourcePolicy"]),
    ("PutSecretValue", &["secretId"]),
    ("RestoreSecret", &["secretId"]),
    ("TagResource", &["secretId", "tags"]),
    ("UntagResource", &["secretId", "tagKeys"]),
    ("UpdateSecret", &["secretId"]),
    ("UpdateSecretVersionStage", &["secretId", "versionStage"]),
    ("ValidateResourcePolicy", &["resourcePolicy"]),
];

/// The value of a header.
#[track_caller]
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers
        .get(name)
        .unwrap_or_else(|| panic!("no {name} in {:?}", answer.headers))
        .to_str()
        .expect("the header is text")
}

/// What AWS says about one value that breaks a constraint.
pub(crate) fn violation(value: &str, path: &str, constraint: &str) -> String {
    format!("Value '{value}' at '{path}' failed to satisfy constraint: Member must {constraint}")
}

/// What AWS says about a sensitive value that breaks a constraint.
pub(crate) fn hidden_violation(path: &str, constraint: &str) -> String {
    format!("Value at '{path}' failed to satisfy constraint: Member must {constraint}")
}

/// What AWS says about a required member that is missing.
pub(crate) fn missing(path: &str) -> String {
    format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
}

/// A constraint on the greatest length.
pub(crate) fn at_most(length: usize) -> String {
    format!("have length less than or equal to {length}")
}

/// A constraint on the least length.
pub(crate) fn at_least(length: usize) -> String {
    format!("have length greater than or equal to {length}")
}

/// Asserts that the answer gathers exactly these violations, in any order.
#[track_caller]
pub(crate) fn assert_violations(answer: &Answer, expected: &[String]) {
    answer.assert_code("ValidationException");
    let body = answer.json();
    let message = body["message"].as_str().expect("message is a string");
    let noun = if expected.len() == 1 {
        "error"
    } else {
        "errors"
    };
    let head = format!("{} validation {noun} detected: ", expected.len());
    let list = message
        .strip_prefix(&head)
        .unwrap_or_else(|| panic!("{message:?} does not start with {head:?}"));
    let mut found: Vec<&str> = list.split("; ").collect();
    found.sort_unstable();
    let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// Asserts that the answer is an enum violation of this value at this path, whatever the order of the set.
#[track_caller]
pub(crate) fn assert_enum_violation(answer: &Answer, path: &str, set: &[&str]) {
    answer.assert_code("ValidationException");
    let body = answer.json();
    let message = body["message"].as_str().expect("message is a string");
    let head = format!(
        "1 validation error detected: {}",
        violation("x", path, "satisfy enum value set: [")
    );
    let list = message
        .strip_prefix(&head)
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or_else(|| panic!("{message:?} is not {head:?}...]"));
    let mut found: Vec<&str> = list.split(", ").collect();
    found.sort_unstable();
    assert_eq!(found, set);
}

/// Asserts a `SerializationException` of the front end, whatever its text.
#[track_caller]
fn assert_serialization_error(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    let body = answer.json();
    assert_eq!(body["__type"], "SerializationException", "{what}: {body}");
    assert!(body.get("Message").is_none(), "{what}: {body}");
}

/// Asserts the answer to an operation nobody knows: a code and no text.
#[track_caller]
pub(crate) fn assert_unknown_operation(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    assert_eq!(
        answer.json(),
        json!({"__type": "UnknownOperationException"}),
        "{what}"
    );
}

/// Sends any bytes to an operation.
pub(crate) async fn send(server: &Server, operation: &str, body: impl Into<Vec<u8>>) -> Answer {
    let target = format!("secretsmanager.{operation}");
    server
        .client(ACCOUNT, REGION)
        .send(Some(&target), body.into())
        .await
}

/// Creates the secret `settings` and schedules it for deletion.
pub(crate) async fn create_deleted(server: &Server) {
    server.create("settings", "v1", "one").await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
}

/// Asserts that there is no `null` and no empty string anywhere in a body.
#[track_caller]
fn assert_nothing_empty(value: &Value, body: &Value) {
    match value {
        Value::Null => panic!("null in {body}"),
        Value::String(text) => assert!(!text.is_empty(), "an empty string in {body}"),
        Value::Array(list) => {
            for value in list {
                assert_nothing_empty(value, body);
            }
        }
        Value::Object(members) => {
            for value in members.values() {
                assert_nothing_empty(value, body);
            }
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

// ---- 1.1 Request ----

/// Fact 1.1: protocol: AWS JSON 1.1; one URI `/`; method POST
/// Fact 1.1: operation selector: header `X-Amz-Target: secretsmanager.{Operation}`
#[tokio::test]
async fn every_operation_is_reached_by_its_target() {
    let server = Server::start().await;
    for (operation, _) in REQUIRED_MEMBERS {
        let answer = server.call(operation, json!({})).await;
        assert!(
            !answer.text.contains("UnknownOperationException"),
            "{operation}"
        );
    }
}

/// Fact 1.1: operation selector: (lower-case prefix, exact-case operation)
#[tokio::test]
async fn target_matches_by_case() {
    let server = Server::start().await;
    let client = server.client(ACCOUNT, REGION);
    for target in [
        "SecretsManager.ListSecrets",
        "SECRETSMANAGER.ListSecrets",
        "secretsmanager.listSecrets",
        "secretsmanager.LISTSECRETS",
        "secretsmanager.Listsecrets",
    ] {
        assert_unknown_operation(&client.send(Some(target), "{}").await, target);
    }
}

/// Fact 1.1: body: one JSON object; `{}` for no arguments
#[tokio::test]
async fn empty_object_is_a_request_without_arguments() {
    let server = Server::start().await;
    assert_eq!(
        server.ok("ListSecrets", json!({})).await,
        json!({"SecretList": []})
    );
}

/// Fact 1.1: content type: `application/x-amz-json-1.1` both ways
#[tokio::test]
async fn success_and_error_have_the_content_type_of_aws_json() {
    let server = Server::start().await;
    let client = server.client(ACCOUNT, REGION);
    for answer in [
        client.call("ListSecrets", json!({})).await,
        client
            .call("DescribeSecret", json!({"SecretId": "unknown"}))
            .await,
        client.call("DescribeSecret", json!({})).await,
        client.call("NoSuchOperation", json!({})).await,
        client.send(Some("secretsmanager.ListSecrets"), "{").await,
    ] {
        assert_eq!(
            header(&answer, "content-type"),
            "application/x-amz-json-1.1",
            "{}",
            answer.text
        );
    }
}

/// Fact 1.1: unknown members: silently ignored
#[tokio::test]
async fn unknown_members_are_ignored() {
    let server = Server::start().await;
    let created = server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings",
                "ClientRequestToken": version_id("v1"),
                "SecretString": "one",
                "Tags": [{"Key": "team", "Value": "blue", "Colour": 5}],
                "NoSuchMember": {"deep": [1, null, {"SecretId": false}]},
            }),
        )
        .await;

    let described = server
        .ok(
            "DescribeSecret",
            json!({
                "SecretId": "settings",
                "SecretString": 5,
                "Tags": "another operation's member",
                "RecoveryWindowInDays": 1,
            }),
        )
        .await;

    assert_eq!(described["ARN"], created["ARN"]);
    assert_eq!(described["Tags"], json!([{"Key": "team", "Value": "blue"}]));
}

/// Fact 1.1: JSON `null` member: same as absent
#[tokio::test]
async fn null_in_an_optional_member_is_the_same_as_absent() {
    let server = Server::start().await;
    let created = server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
                "SecretBinary": null, "Description": null, "KmsKeyId": null, "Tags": null,
                "AddReplicaRegions": null, "ForceOverwriteReplicaSecret": null, "Type": null,
            }),
        )
        .await;
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    for absent in ["Description", "KmsKeyId", "Tags", "Type"] {
        assert!(described.get(absent).is_none(), "{described}");
    }

    let value = server
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionId": null, "VersionStage": null}),
        )
        .await;
    assert_eq!(value["VersionId"], created["VersionId"]);
    let password = server
        .ok(
            "GetRandomPassword",
            json!({"PasswordLength": null, "ExcludeCharacters": null, "IncludeSpace": null}),
        )
        .await;
    assert_eq!(
        password["RandomPassword"]
            .as_str()
            .map(|text| text.chars().count()),
        Some(32)
    );
    let list = server
        .ok(
            "ListSecrets",
            json!({
                "Filters": null, "MaxResults": null, "NextToken": null,
                "SortBy": null, "SortOrder": null, "IncludePlannedDeletion": null,
            }),
        )
        .await;
    assert_eq!(list["SecretList"][0]["Name"], "settings");
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": null, "ForceDeleteWithoutRecovery": true}),
        )
        .await;
}

/// Fact 1.1: JSON `null` member: same as absent
#[tokio::test]
async fn null_in_a_required_member_is_the_same_as_absent() {
    let server = Server::start().await;
    assert_violations(
        &server
            .call("DescribeSecret", json!({"SecretId": null}))
            .await,
        &[missing("secretId")],
    );
    server
        .call(
            "CreateSecret",
            json!({"Name": "settings", "SecretString": "one", "ClientRequestToken": null}),
        )
        .await
        .assert_service_error("InvalidRequestException", NO_TOKEN);
}

// ---- 1.2 Response ----

/// Fact 1.2: headers: `x-amzn-RequestId: {uuid}`, `Content-Type`, `Content-Length`, `Date`
/// Fact 1.2: status: always 200
#[tokio::test]
async fn answer_has_request_id_length_and_date() {
    let server = Server::start().await;
    let uuid = Regex::new(UUID).expect("the pattern is valid");
    for (body, status) in [(json!({}), 200), (json!({"MaxResults": 0}), 400)] {
        let answer = server.call("ListSecrets", body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let request_id = header(&answer, "x-amzn-requestid");
        assert!(uuid.is_match(request_id), "{request_id}");
        assert_eq!(
            header(&answer, "content-length"),
            answer.text.len().to_string()
        );
        let date = header(&answer, "date");
        assert!(DateTime::parse_from_rfc2822(date).is_ok(), "{date}");
        assert!(date.ends_with(" GMT"), "{date}");
    }
}

/// Fact 1.2: headers: `x-amzn-RequestId: {uuid}` (each request has its own)
#[tokio::test]
async fn every_answer_has_its_own_request_id() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        let answer = server.call("ListSecrets", json!({})).await;
        ids.push(header(&answer, "x-amzn-requestid").to_owned());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

/// Fact 1.2: timestamps: JSON number, seconds since epoch with millisecond fraction
#[tokio::test]
async fn timestamp_is_a_number_of_seconds_with_milliseconds() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    let answer = server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await;

    for member in ["CreatedDate", "LastChangedDate"] {
        let pattern = format!(r#""{member}":\s*1768471200\.123\s*[,}}]"#);
        let pattern = Regex::new(&pattern).expect("the pattern is valid");
        assert!(pattern.is_match(&answer.text), "{}", answer.text);
    }
}

/// Fact 1.2: `LastAccessedDate`: truncated to 00:00:00 UTC of the day (no fraction)
#[tokio::test]
async fn last_accessed_date_is_a_whole_day() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;

    let answer = server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await;

    let pattern =
        Regex::new(r#""LastAccessedDate":\s*1768435200\s*[,}]"#).expect("the pattern is valid");
    assert!(pattern.is_match(&answer.text), "{}", answer.text);
}

/// Fact 1.2: blobs (`SecretBinary`): base64 (standard alphabet, padded) inside JSON string, both directions
#[tokio::test]
async fn binary_value_is_padded_standard_base64_both_ways() {
    let server = Server::start().await;
    let every_byte: Vec<u8> = (0..=255).collect();
    let values: [&[u8]; 5] = [
        b"footest",
        b"a",
        b"ab",
        &[0xfb, 0xff, 0xfe, 0x00],
        &every_byte,
    ];
    for (number, bytes) in values.into_iter().enumerate() {
        let name = format!("secret-{number}");
        let encoded = STANDARD.encode(bytes);
        server
            .ok(
                "CreateSecret",
                json!({"Name": name, "ClientRequestToken": version_id("v1"), "SecretBinary": encoded}),
            )
            .await;
        let value = server.ok("GetSecretValue", json!({"SecretId": name})).await;
        assert_eq!(value["SecretBinary"], encoded);
        assert!(value.get("SecretString").is_none(), "{value}");
    }
}

/// Fact 1.2: absent values: member is omitted, never `null`, never `""`
#[tokio::test]
async fn absent_values_are_omitted() {
    let server = Server::start().await;
    for (name, token) in [("empty", "v1"), ("full", "v1")] {
        let mut body =
            json!({"Name": name, "ClientRequestToken": version_id(token), "Description": ""});
        if name == "full" {
            body["SecretString"] = json!("one");
        }
        let created = server.ok("CreateSecret", body).await;
        assert_nothing_empty(&created, &created);
    }
    for name in ["empty", "full"] {
        for operation in [
            "DescribeSecret",
            "ListSecretVersionIds",
            "GetResourcePolicy",
            "ListResourcePolicies",
            "UpdateSecret",
            "DeleteSecret",
            "RestoreSecret",
        ] {
            let body = json!({"SecretId": name, "ClientRequestToken": version_id("v2")});
            let answer = server.ok(operation, body).await;
            assert_nothing_empty(&answer, &answer);
        }
    }
    for (operation, body) in [
        ("GetSecretValue", json!({"SecretId": "full"})),
        ("ListSecrets", json!({})),
        (
            "BatchGetSecretValue",
            json!({"SecretIdList": ["full", "unknown"]}),
        ),
    ] {
        let answer = server.ok(operation, body).await;
        assert_nothing_empty(&answer, &answer);
    }
}

/// Fact 1.2: member casing: `PascalCase` with `ARN` in capitals
#[tokio::test]
async fn members_are_pascal_case_with_arn_in_capitals() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    let pascal = Regex::new("^[A-Z][A-Za-z]*$").expect("the pattern is valid");
    for body in [created, described] {
        assert!(body["ARN"].is_string(), "{body}");
        for member in body.as_object().expect("the body is an object").keys() {
            assert!(pascal.is_match(member), "{member}");
        }
    }
}

// ---- 1.3 Error body ----

/// Fact 1.3: service exception (modelled): `{"__type":"ResourceNotFoundException","Message":"..."}`
/// Fact 1.3: `__type` is the bare name: no `com.amazonaws...#` prefix
#[tokio::test]
async fn service_exception_has_its_text_under_a_capital_message() {
    let server = Server::start().await;
    create_deleted(&server).await;
    server
        .call("GetSecretValue", json!({"SecretId": "unknown"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    server
        .call("GetSecretValue", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 1.3: framework exception: `{"__type":"ValidationException","message":"..."}`
#[tokio::test]
async fn framework_exception_has_its_text_under_a_small_message() {
    let server = Server::start().await;
    server
        .call("DescribeSecret", json!({}))
        .await
        .assert_framework_error(
            "ValidationException",
            "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: \
             Member must not be null",
        );
}

/// Fact 1.3: the bare form is 152 bytes long
#[tokio::test]
async fn missing_secret_id_is_answered_in_152_bytes() {
    let server = Server::start().await;
    let answer = server.call("DescribeSecret", json!({})).await;
    assert_eq!(answer.text.len(), 152, "{}", answer.text);
}

/// Fact 1.3: **Every client error is HTTP 400**, including `ResourceNotFoundException`
#[tokio::test]
async fn every_client_error_is_http_400() {
    let server = Server::start().await;
    create_deleted(&server).await;
    for (operation, body) in [
        ("NoSuchOperation", json!({})),
        ("DescribeSecret", json!([])),
        ("DescribeSecret", json!({"SecretId": 5})),
        ("DescribeSecret", json!({})),
        ("DescribeSecret", json!({"SecretId": "a b"})),
        ("DescribeSecret", json!({"SecretId": "unknown"})),
        ("GetSecretValue", json!({"SecretId": "settings"})),
        (
            "CreateSecret",
            json!({"Name": "settings", "SecretString": "one"}),
        ),
        ("ListSecrets", json!({"NextToken": "no token"})),
    ] {
        let answer = server.call(operation, body).await;
        assert_eq!(answer.status, 400, "{operation}: {}", answer.text);
    }
}

// ---- 1.4 Front-end errors ----

/// Fact 1.4: unknown operation in target: `UnknownOperationException`, no text
#[tokio::test]
async fn unknown_operation_is_answered_without_a_text() {
    let server = Server::start().await;
    let client = server.client(ACCOUNT, REGION);
    for target in [
        "secretsmanager.NoSuchOperation",
        "secretsmanager.",
        "secretsmanager",
        "ListSecrets",
        "NoSuchService.ListSecrets",
        "secretsmanager.ListSecrets ListSecrets",
    ] {
        assert_unknown_operation(&client.send(Some(target), "{}").await, target);
    }
}

/// Fact 1.4: missing `X-Amz-Target`: `UnknownOperationException`
#[tokio::test]
async fn missing_target_is_an_unknown_operation() {
    let server = Server::start().await;
    server
        .client(ACCOUNT, REGION)
        .send(None, "{}")
        .await
        .assert_code("UnknownOperationException");
}

/// Fact 1.4: body is not JSON: `SerializationException`
#[tokio::test]
async fn body_that_is_no_json_is_a_serialization_error() {
    let server = Server::start().await;
    for body in [
        "nonsense",
        "{",
        "{\"SecretId\"",
        "{\"SecretId\": \"settings\"",
        "{\"SecretId\": settings}",
        "{\"SecretId\": \"settings\",}",
        "{'SecretId': 'settings'}",
        "{\"SecretId\": \"\\q\"}",
        "Action=ListSecrets&Version=2017-10-17",
    ] {
        assert_serialization_error(&send(&server, "DescribeSecret", body).await, body);
    }
}

/// Fact 1.4: body is not JSON: `SerializationException`
#[tokio::test]
async fn body_that_is_no_utf8_is_a_serialization_error() {
    let server = Server::start().await;
    let body = b"{\"SecretId\": \"\xff\xfe\"}";
    assert_serialization_error(&send(&server, "DescribeSecret", body).await, "\\xff\\xfe");
}

/// Fact 1.1: body: one JSON object
/// Fact 1.4: body is not JSON: `SerializationException`
#[tokio::test]
async fn body_that_is_no_object_is_a_serialization_error() {
    let server = Server::start().await;
    for body in ["[]", "[{\"SecretId\": \"settings\"}]", "\"settings\"", "5"] {
        assert_serialization_error(&send(&server, "DescribeSecret", body).await, body);
    }
}

/// Fact 1.4: member has wrong JSON type, number given for string: `NUMBER_VALUE can not be converted to a String`
#[tokio::test]
async fn number_for_a_string_is_a_serialization_error() {
    let server = Server::start().await;
    for (operation, body) in [
        ("DescribeSecret", json!({"SecretId": 5})),
        ("CreateSecret", json!({"Name": 5})),
        (
            "CreateSecret",
            json!({"Name": "settings", "Description": 5}),
        ),
        (
            "CreateSecret",
            json!({"Name": "settings", "Tags": [{"Key": 5}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": "settings", "TagKeys": ["team", 5]}),
        ),
        ("ListSecrets", json!({"SortOrder": 1})),
        (
            "ListSecrets",
            json!({"Filters": [{"Key": "name", "Values": [5]}]}),
        ),
    ] {
        let answer = server.call(operation, body.clone()).await;
        assert_serialization_error(&answer, &format!("{operation} {body}"));
        assert_eq!(
            answer.json()["message"],
            NUMBER_FOR_STRING,
            "{operation} {body}"
        );
    }
}

/// Fact 1.4: string given for boolean/structure/list: `SerializationException`
#[tokio::test]
async fn wrong_json_type_is_a_serialization_error() {
    let server = Server::start().await;
    for (operation, body) in [
        ("DescribeSecret", json!({"SecretId": {}})),
        ("DescribeSecret", json!({"SecretId": []})),
        ("DescribeSecret", json!({"SecretId": ["settings"]})),
        ("ListSecrets", json!({"IncludePlannedDeletion": "text"})),
        ("ListSecrets", json!({"IncludePlannedDeletion": {}})),
        ("ListSecrets", json!({"MaxResults": "text"})),
        ("ListSecrets", json!({"MaxResults": []})),
        ("ListSecrets", json!({"Filters": "text"})),
        ("ListSecrets", json!({"Filters": {"Key": "name"}})),
        ("ListSecrets", json!({"Filters": ["text"]})),
        ("ListSecrets", json!({"Filters": [[]]})),
        (
            "ListSecrets",
            json!({"Filters": [{"Key": "name", "Values": "text"}]}),
        ),
        (
            "TagResource",
            json!({"SecretId": "settings", "Tags": {"team": "blue"}}),
        ),
        (
            "UntagResource",
            json!({"SecretId": "settings", "TagKeys": "team"}),
        ),
    ] {
        let answer = server.call(operation, body.clone()).await;
        assert_serialization_error(&answer, &format!("{operation} {body}"));
    }
}

/// Fact 1.4: bad base64 in blob: `SerializationException`
#[tokio::test]
async fn bad_base64_is_a_serialization_error() {
    let server = Server::start().await;
    for text in ["****", "Zm9v!", "not base64", "\u{e9}\u{e9}\u{e9}\u{e9}"] {
        let answer = server
            .call(
                "CreateSecret",
                json!({"Name": "settings", "ClientRequestToken": version_id("v1"), "SecretBinary": text}),
            )
            .await;
        assert_serialization_error(&answer, text);
    }
}

/// Fact 1.3: **Every client error is HTTP 400** (a body of 3 MiB is the client's error)
#[tokio::test]
async fn body_of_3_mib_is_the_clients_error() {
    let server = Server::start().await;
    let body = json!({
        "Name": "settings",
        "ClientRequestToken": version_id("v1"),
        "SecretString": "a".repeat(3 * 1024 * 1024),
    });

    let answer = send(&server, "CreateSecret", body.to_string()).await;

    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_eq!(
        server.ok("ListSecrets", json!({})).await,
        json!({"SecretList": []})
    );
}

/// Fact 3.1: `SecretString`: len 1..65536 (in characters of the value, not of its JSON)
#[tokio::test]
async fn longest_value_may_be_written_in_escapes() {
    let server = Server::start().await;
    let token = version_id("v1");
    let escapes = "\\u0061".repeat(65536);
    let body = format!(
        r#"{{"Name": "settings", "ClientRequestToken": "{token}", "SecretString": "{escapes}"}}"#
    );

    let answer = send(&server, "CreateSecret", body).await;

    assert_eq!(answer.status, 200, "{}", answer.text);
    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "a".repeat(65536));
}

// ---- 1.5 ValidationException grammar ----
