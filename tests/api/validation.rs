//! The sentences of the front end about members that break a constraint (section 1.5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::protocol::{
    REQUIRED_MEMBERS, assert_enum_violation, assert_violations, at_least, at_most,
    hidden_violation, missing, violation,
};
use crate::support::{Server, version_id};

/// Fact 1.5: required member missing: `Value null at 'secretId' failed to satisfy constraint: Member must not be null`
/// Fact 1.5: all constraint failures of one request are gathered into one message
#[tokio::test]
async fn every_missing_member_is_named() {
    let server = Server::start().await;
    for (operation, required) in REQUIRED_MEMBERS {
        if required.is_empty() {
            continue;
        }
        let expected: Vec<String> = required.iter().map(|path| missing(path)).collect();
        assert_violations(&server.call(operation, json!({})).await, &expected);
    }
}

/// Fact 1.5: too long: `Value '{v}' at 'secretId' failed to satisfy constraint: Member must have length less than ...`
/// Fact 1.5: member path is lowerCamel of the model name
#[tokio::test]
async fn too_long_member_is_named_with_its_value() {
    let server = Server::start().await;
    for (operation, member, path, limit) in [
        ("DescribeSecret", "SecretId", "secretId", 2048),
        ("CreateSecret", "Name", "name", 512),
        ("CreateSecret", "Description", "description", 2048),
        ("CreateSecret", "KmsKeyId", "kmsKeyId", 2048),
        ("CreateSecret", "Type", "type", 256),
        ("UpdateSecret", "Description", "description", 2048),
        ("UpdateSecret", "KmsKeyId", "kmsKeyId", 2048),
        ("UpdateSecret", "Type", "type", 256),
        (
            "PutSecretValue",
            "ClientRequestToken",
            "clientRequestToken",
            64,
        ),
        ("GetSecretValue", "VersionId", "versionId", 64),
        ("GetSecretValue", "VersionStage", "versionStage", 256),
        (
            "UpdateSecretVersionStage",
            "VersionStage",
            "versionStage",
            256,
        ),
        (
            "UpdateSecretVersionStage",
            "MoveToVersionId",
            "moveToVersionId",
            64,
        ),
        (
            "UpdateSecretVersionStage",
            "RemoveFromVersionId",
            "removeFromVersionId",
            64,
        ),
        ("ListSecrets", "NextToken", "nextToken", 4096),
        ("ListSecretVersionIds", "NextToken", "nextToken", 4096),
        (
            "GetRandomPassword",
            "ExcludeCharacters",
            "excludeCharacters",
            4096,
        ),
        (
            "PutResourcePolicy",
            "ResourcePolicy",
            "resourcePolicy",
            20480,
        ),
        (
            "ValidateResourcePolicy",
            "ResourcePolicy",
            "resourcePolicy",
            20480,
        ),
        ("GetResourcePolicy", "PolicyName", "policyName", 64),
    ] {
        let value = "a".repeat(limit + 1);
        let mut body = valid(operation);
        body[member] = json!(value);
        assert_violations(
            &server.call(operation, body).await,
            &[violation(&value, path, &at_most(limit))],
        );
    }
}

/// A request to an operation that breaks no constraint of the model.
fn valid(operation: &str) -> Value {
    let mut body = json!({});
    for path in REQUIRED_MEMBERS
        .into_iter()
        .find(|(name, _)| *name == operation)
        .expect("the operation is known")
        .1
    {
        match *path {
            "name" => body["Name"] = json!("settings"),
            "secretId" => body["SecretId"] = json!("settings"),
            "versionStage" => body["VersionStage"] = json!("BLUE"),
            "resourcePolicy" => body["ResourcePolicy"] = json!("{}"),
            "tags" => body["Tags"] = json!([{"Key": "team", "Value": "blue"}]),
            "tagKeys" => body["TagKeys"] = json!(["team"]),
            other => panic!("no value for {other}"),
        }
    }
    if ["CreateSecret", "PutSecretValue", "UpdateSecret"].contains(&operation) {
        body["ClientRequestToken"] = json!(version_id("v1"));
    }
    body
}

/// Fact 1.5: too short: `Value '' at 'secretId' failed to satisfy constraint: Member must have length greater than ...`
#[tokio::test]
async fn too_short_member_is_named_with_its_value() {
    let server = Server::start().await;
    for (operation, member, path, value, limit) in [
        ("DescribeSecret", "SecretId", "secretId", "", 1),
        ("CreateSecret", "Name", "name", "", 1),
        ("GetSecretValue", "VersionStage", "versionStage", "", 1),
        ("ListSecrets", "NextToken", "nextToken", "", 1),
        (
            "PutResourcePolicy",
            "ResourcePolicy",
            "resourcePolicy",
            "",
            1,
        ),
        (
            "CreateSecret",
            "ClientRequestToken",
            "clientRequestToken",
            "",
            32,
        ),
        (
            "CreateSecret",
            "ClientRequestToken",
            "clientRequestToken",
            "short",
            32,
        ),
        ("GetSecretValue", "VersionId", "versionId", "short", 32),
        (
            "UpdateSecretVersionStage",
            "MoveToVersionId",
            "moveToVersionId",
            "short",
            32,
        ),
        (
            "UpdateSecretVersionStage",
            "RemoveFromVersionId",
            "removeFromVersionId",
            "short",
            32,
        ),
    ] {
        let mut body = valid(operation);
        body[member] = json!(value);
        assert_violations(
            &server.call(operation, body).await,
            &[violation(value, path, &at_least(limit))],
        );
    }
}

/// Fact 1.5: number too big: `Value '4097' at 'passwordLength' failed to satisfy constraint: Member must have ...`
/// Fact 1.5: number too small: `Value '0' at 'maxResults' failed to satisfy constraint: Member must have ...`
#[tokio::test]
async fn number_out_of_range_is_named_with_its_value() {
    let server = Server::start().await;
    for (operation, member, path, limit) in [
        (
            "GetRandomPassword",
            "PasswordLength",
            "passwordLength",
            4096,
        ),
        ("ListSecrets", "MaxResults", "maxResults", 100),
        ("ListSecretVersionIds", "MaxResults", "maxResults", 100),
        ("ListResourcePolicies", "MaxResults", "maxResults", 100),
        ("BatchGetSecretValue", "MaxResults", "maxResults", 20),
    ] {
        for (value, constraint) in [
            (
                limit + 1,
                format!("have value less than or equal to {limit}"),
            ),
            (0, "have value greater than or equal to 1".to_owned()),
            (-1, "have value greater than or equal to 1".to_owned()),
        ] {
            let mut body = valid(operation);
            body[member] = json!(value);
            assert_violations(
                &server.call(operation, body).await,
                &[violation(&value.to_string(), path, &constraint)],
            );
        }
    }
}

/// Fact 1.5: enum: `Value 'x' at 'filters.1.member.key' failed to satisfy constraint: Member must satisfy enum ...`
#[tokio::test]
async fn value_outside_an_enum_is_named_with_the_set() {
    let server = Server::start().await;
    let keys = [
        "all",
        "description",
        "name",
        "owning-service",
        "primary-region",
        "tag-key",
        "tag-value",
    ];
    assert_enum_violation(
        &server
            .call(
                "ListSecrets",
                json!({"Filters": [{"Key": "x", "Values": ["a"]}]}),
            )
            .await,
        "filters.1.member.key",
        &keys,
    );
    assert_enum_violation(
        &server.call("ListSecrets", json!({"SortOrder": "x"})).await,
        "sortOrder",
        &["asc", "desc"],
    );
    assert_enum_violation(
        &server.call("ListSecrets", json!({"SortBy": "x"})).await,
        "sortBy",
        &[
            "created-date",
            "last-accessed-date",
            "last-changed-date",
            "name",
        ],
    );
}

/// Fact 1.5: pattern: `Value 'x' at '...' failed to satisfy constraint: Member must satisfy regular expression pattern`
#[tokio::test]
async fn value_outside_a_pattern_is_named_with_the_pattern() {
    let server = Server::start().await;
    for operation in [
        "PutResourcePolicy",
        "GetResourcePolicy",
        "DeleteResourcePolicy",
    ] {
        for value in ["a b", "default!", "a/b", "a.b", " "] {
            let mut body = valid(operation);
            body["PolicyName"] = json!(value);
            assert_violations(
                &server.call(operation, body).await,
                &[violation(
                    value,
                    "policyName",
                    r"satisfy regular expression pattern: [0-9A-Za-z\-\_]+",
                )],
            );
        }
    }
}

/// Fact 1.5: **sensitive or blob member**: value is left out
/// Fact 1.5: sensitive members here: `SecretString`, `SecretBinary`, `RotationToken` (row 8 form)
#[tokio::test]
async fn sensitive_value_is_left_out() {
    let server = Server::start().await;
    let long_text = "x".repeat(65537);
    let long_bytes = STANDARD.encode(vec![b'x'; 65537]);
    let long_token = "x".repeat(257);
    for (member, path, value, constraint) in [
        (
            "SecretString",
            "secretString",
            long_text.as_str(),
            at_most(65536),
        ),
        ("SecretString", "secretString", "", at_least(1)),
        (
            "SecretBinary",
            "secretBinary",
            long_bytes.as_str(),
            at_most(65536),
        ),
        ("SecretBinary", "secretBinary", "", at_least(1)),
        (
            "RotationToken",
            "rotationToken",
            long_token.as_str(),
            at_most(256),
        ),
        ("RotationToken", "rotationToken", "short", at_least(36)),
        (
            "RotationToken",
            "rotationToken",
            "________________________________________",
            r"satisfy regular expression pattern: ^[a-zA-Z0-9\-]+$".to_owned(),
        ),
    ] {
        let mut body = valid("PutSecretValue");
        body[member] = json!(value);
        assert_violations(
            &server.call("PutSecretValue", body).await,
            &[hidden_violation(path, &constraint)],
        );
    }
}

/// Fact 1.5: **sensitive or blob member**: value is left out (in every operation that takes a value)
#[tokio::test]
async fn sensitive_value_is_left_out_by_every_write() {
    let server = Server::start().await;
    let long_bytes = STANDARD.encode(vec![b'x'; 65537]);
    for operation in ["CreateSecret", "PutSecretValue", "UpdateSecret"] {
        for (member, path, value, constraint) in [
            ("SecretString", "secretString", "", at_least(1)),
            (
                "SecretBinary",
                "secretBinary",
                long_bytes.as_str(),
                at_most(65536),
            ),
        ] {
            let mut body = valid(operation);
            body[member] = json!(value);
            assert_violations(
                &server.call(operation, body).await,
                &[hidden_violation(path, &constraint)],
            );
        }
    }
}

/// Fact 1.5: list index is 1-based with `.member`: `tags.1.member.key`
#[tokio::test]
async fn member_of_a_list_is_named_by_its_place() {
    let server = Server::start().await;
    let long_key = "k".repeat(129);
    let long_value = "v".repeat(257);
    for (tags, expected) in [
        (
            json!([{"Key": long_key, "Value": "blue"}]),
            violation(&long_key, "tags.1.member.key", &at_most(128)),
        ),
        (
            json!([{"Key": "", "Value": "blue"}]),
            violation("", "tags.1.member.key", &at_least(1)),
        ),
        (
            json!([{"Key": "a", "Value": "b"}, {"Key": "team", "Value": long_value}]),
            violation(&long_value, "tags.2.member.value", &at_most(256)),
        ),
    ] {
        for operation in ["TagResource", "CreateSecret"] {
            let mut body = valid(operation);
            body["Tags"] = tags.clone();
            assert_violations(
                &server.call(operation, body).await,
                std::slice::from_ref(&expected),
            );
        }
    }
}

/// Fact 1.5: list index is 1-based with `.member`: `filters.1.member.values`
#[tokio::test]
async fn member_of_the_third_filter_is_named_by_its_place() {
    let server = Server::start().await;
    let filter = json!({"Key": "name", "Values": ["a"]});
    let bad = json!({"Key": "x", "Values": ["a"]});

    let answer = server
        .call("ListSecrets", json!({"Filters": [filter, filter, bad]}))
        .await;

    answer.assert_code("ValidationException");
    assert!(
        answer.text.contains("at 'filters.3.member.key' "),
        "{}",
        answer.text
    );
}

/// Fact 3.4: `VersionStages` (list 1..20 of len 1..256)
/// Fact 1.6: model constraint (length, range, enum, pattern, required): `ValidationException`
#[tokio::test]
async fn list_of_a_wrong_length_is_refused() {
    let server = Server::start().await;
    let labels: Vec<String> = (0..21).map(|number| format!("LABEL{number}")).collect();
    let many_ids = vec!["settings"; 21];
    for (operation, member, value) in [
        ("PutSecretValue", "VersionStages", json!([])),
        ("PutSecretValue", "VersionStages", json!(labels)),
        ("PutSecretValue", "VersionStages", json!([""])),
        ("PutSecretValue", "VersionStages", json!(["L".repeat(257)])),
        ("UntagResource", "TagKeys", json!([""])),
        ("UntagResource", "TagKeys", json!(["k".repeat(129)])),
        ("BatchGetSecretValue", "SecretIdList", json!([])),
        ("BatchGetSecretValue", "SecretIdList", json!(many_ids)),
    ] {
        let mut body = valid(operation);
        body[member] = value;
        server
            .call(operation, body)
            .await
            .assert_code("ValidationException");
    }
}

/// Fact 1.5: all constraint failures of one request are gathered into one message
/// Fact 1.5: `{n} validation error(s) detected: {item}; {item}...`
#[tokio::test]
async fn violations_of_one_request_are_gathered() {
    let server = Server::start().await;
    let description = "d".repeat(2049);
    let answer = server
        .call(
            "CreateSecret",
            json!({
                "Name": "",
                "ClientRequestToken": "short",
                "Description": description,
                "SecretString": "",
                "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "", "Value": "red"}],
            }),
        )
        .await;

    assert_violations(
        &answer,
        &[
            violation("", "name", &at_least(1)),
            violation("short", "clientRequestToken", &at_least(32)),
            violation(&description, "description", &at_most(2048)),
            hidden_violation("secretString", &at_least(1)),
            violation("", "tags.2.member.key", &at_least(1)),
        ],
    );
}

/// Fact 1.5: all constraint failures of one request are gathered into one message (also of one missing member and one
/// out of range)
#[tokio::test]
async fn missing_and_wrong_members_are_gathered() {
    let server = Server::start().await;
    assert_violations(
        &server
            .call(
                "ListSecretVersionIds",
                json!({"MaxResults": 101, "NextToken": ""}),
            )
            .await,
        &[
            missing("secretId"),
            violation("101", "maxResults", "have value less than or equal to 100"),
            violation("", "nextToken", &at_least(1)),
        ],
    );
}

/// Fact 1.5: too long (a member of exactly the greatest or least length breaks no constraint)
#[tokio::test]
async fn member_at_its_limit_is_accepted() {
    let server = Server::start().await;
    for (number, token_length) in [32, 64].into_iter().enumerate() {
        server
            .ok(
                "CreateSecret",
                json!({
                    "Name": format!("text-{number}"),
                    "ClientRequestToken": "t".repeat(token_length),
                    "SecretString": "x".repeat(65536),
                    "Description": "d".repeat(2048),
                    "Tags": [{"Key": "k".repeat(128), "Value": "v".repeat(256)}],
                }),
            )
            .await;
    }
    let bytes = STANDARD.encode(vec![b'x'; 65536]);
    server
        .ok(
            "CreateSecret",
            json!({"Name": "bytes", "ClientRequestToken": version_id("v1"), "SecretBinary": bytes}),
        )
        .await;
    let value = server
        .ok("GetSecretValue", json!({"SecretId": "bytes"}))
        .await;
    assert_eq!(value["SecretBinary"], bytes);
}

// ---- 1.6 Which code for which kind of failure ----
