//! `UpdateSecret`: what it changes, what it leaves alone, and when it makes a version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// AWS's sentence for a request without a token.
const TOKEN_MISSING: &str =
    "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
/// AWS's sentence for a request with both kinds of value; the apostrophe is U+2019.
const BOTH_VALUES: &str = "You can\u{2019}t specify both a binary secret value and a string secret value \
                           in the same secret.";

/// Starts a server with `settings`, whose only version is `v1` ("one") and whose description is "first".
async fn server_with_secret() -> Server {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings",
                "ClientRequestToken": version_id("v1"),
                "SecretString": "one",
                "Description": "first",
                "Tags": [{"Key": "team", "Value": "blue"}],
            }),
        )
        .await;
    server
}

/// A request to update `settings` with these members.
fn changes(token: &str, mut members: Value) -> Value {
    members["SecretId"] = json!("settings");
    members["ClientRequestToken"] = json!(version_id(token));
    members
}

/// Updates `settings` with these members.
async fn update(server: &Server, token: &str, members: Value) -> Value {
    server.ok("UpdateSecret", changes(token, members)).await
}

/// What `DescribeSecret` shows of `settings`.
async fn describe(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// The current value of `settings`.
async fn current(server: &Server) -> Value {
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await
}

/// The sorted labels of each version by the short form of its id, null for deprecated ones.
async fn versions(server: &Server) -> Value {
    let list = server
        .ok(
            "ListSecretVersionIds",
            json!({"SecretId": "settings", "IncludeDeprecated": true}),
        )
        .await;
    list["Versions"]
        .as_array()
        .expect("versions are a list")
        .iter()
        .map(|version| {
            let id = version["VersionId"].as_str().expect("the id is a string");
            let mut labels = version["VersionStages"].clone();
            if let Some(list) = labels.as_array_mut() {
                list.sort_by_key(ToString::to_string);
            }
            (id.trim_end_matches('-').to_owned(), labels)
        })
        .collect()
}

/// Stores a version of `settings` with exactly these labels.
async fn put_labelled(server: &Server, token: &str, labels: &[&str]) {
    server
        .ok(
            "PutSecretValue",
            json!({
                "SecretId": "settings",
                "ClientRequestToken": version_id(token),
                "SecretString": token,
                "VersionStages": labels,
            }),
        )
        .await;
}

/// Fact 3.5: Response: `ARN`, `Name` always; `VersionId` only when a new version was made
/// Fact 12: 11 Create; Update(Description); Update(value+Description); Update()
#[tokio::test]
async fn version_id_is_answered_only_for_a_new_version() {
    let server = server_with_secret().await;
    let arn = describe(&server).await["ARN"].clone();
    let without_version = json!({"ARN": arn, "Name": "settings"});

    assert_eq!(
        update(&server, "u1", json!({"Description": "second"})).await,
        without_version
    );
    assert_eq!(
        update(
            &server,
            "v2",
            json!({"SecretString": "two", "Description": "third"})
        )
        .await,
        json!({"ARN": arn, "Name": "settings", "VersionId": version_id("v2")})
    );
    assert_eq!(update(&server, "u2", json!({})).await, without_version);
}

/// Fact 3.5: value given → new version AWSCURRENT, old one AWSPREVIOUS
/// Fact 4.2: T3 `PutSecretValue` default / `UpdateSecret` with value: P loses AWSPREVIOUS
/// Fact 12: 2 Create; Update(value)
#[tokio::test]
async fn value_becomes_the_current_version() {
    let server = server_with_secret().await;

    update(&server, "v2", json!({"SecretString": "two"})).await;
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );

    update(&server, "v3", json!({"SecretString": "three"})).await;
    assert_eq!(
        versions(&server).await,
        json!({"v1": null, "v2": ["AWSPREVIOUS"], "v3": ["AWSCURRENT"]})
    );
    assert_eq!(current(&server).await["SecretString"], "three");
}

/// Fact 3.5: value given → new version AWSCURRENT, even if the value equals the current one (new token)
#[tokio::test]
async fn equal_value_with_a_new_token_is_a_new_version() {
    let server = server_with_secret().await;

    let answer = update(&server, "v2", json!({"SecretString": "one"})).await;

    assert_eq!(answer["VersionId"], version_id("v2"));
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );
}

/// Fact 3.5: can create the first version of an empty secret
#[tokio::test]
async fn value_becomes_the_first_version_of_an_empty_secret() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v0")}),
        )
        .await;

    let answer = update(&server, "v1", json!({"SecretString": "one"})).await;

    assert_eq!(answer["VersionId"], version_id("v1"));
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 3.5: `SecretBinary` or `SecretString`
#[tokio::test]
async fn binary_version_may_follow_a_string() {
    let server = server_with_secret().await;

    update(&server, "v2", json!({"SecretBinary": "Zm9vdGVzdA=="})).await;

    let read = current(&server).await;
    assert_eq!(read["SecretBinary"], "Zm9vdGVzdA==");
    assert!(read.get("SecretString").is_none());
}

/// Fact 4.2: T4 T3 when C also holds **AWSPENDING**: C ends as {AWSPREVIOUS} only
#[tokio::test]
async fn new_current_version_drops_awspending_from_the_old_one() {
    let server = server_with_secret().await;
    put_labelled(&server, "v2", &["AWSCURRENT", "AWSPENDING"]).await;

    update(&server, "v3", json!({"SecretString": "three"})).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": null, "v2": ["AWSPREVIOUS"], "v3": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T5 T3 when another version holds AWSPENDING (rotation running): AWSPENDING is removed there
#[tokio::test]
async fn new_current_version_drops_awspending_from_any_version() {
    let server = server_with_secret().await;
    put_labelled(&server, "v2", &["AWSPENDING"]).await;

    update(&server, "v3", json!({"SecretString": "three"})).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": null, "v3": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T9 custom labels on C when AWSCURRENT leaves by T3/T10: stay on C
#[tokio::test]
async fn custom_labels_stay_on_the_version_that_was_current() {
    let server = server_with_secret().await;
    put_labelled(&server, "v2", &["AWSCURRENT", "BLUE"]).await;
    put_labelled(&server, "v3", &["GREEN"]).await;

    update(&server, "v4", json!({"SecretString": "four"})).await;

    assert_eq!(
        versions(&server).await,
        json!({
            "v1": null,
            "v2": ["AWSPREVIOUS", "BLUE"],
            "v3": ["GREEN"],
            "v4": ["AWSCURRENT"],
        })
    );
}

/// Fact 3.5: absent member = leave unchanged (merge)
#[tokio::test]
async fn absent_members_leave_what_they_name_unchanged() {
    let server = server_with_secret().await;

    update(
        &server,
        "u1",
        json!({"KmsKeyId": "alias/aws/secretsmanager"}),
    )
    .await;
    assert_eq!(describe(&server).await["Description"], "first");
    assert_eq!(current(&server).await["SecretString"], "one");

    update(&server, "v2", json!({"SecretString": "two"})).await;
    assert_eq!(describe(&server).await["Description"], "first");
    assert_eq!(
        describe(&server).await["KmsKeyId"],
        "alias/aws/secretsmanager"
    );

    update(&server, "u2", json!({"Description": "second"})).await;
    assert_eq!(describe(&server).await["Description"], "second");
    assert_eq!(
        describe(&server).await["KmsKeyId"],
        "alias/aws/secretsmanager"
    );
    assert_eq!(current(&server).await["SecretString"], "two");
}

/// Fact 3.5: nothing but `SecretId` → success, no change of versions
#[tokio::test]
async fn empty_update_succeeds_and_makes_no_version() {
    let server = server_with_secret().await;

    update(&server, "u1", json!({})).await;

    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
    assert_eq!(describe(&server).await["Description"], "first");
}

/// Fact 3.5: `Description: ""` clears it; `DescribeSecret` then omits it
#[tokio::test]
async fn empty_description_clears_it() {
    let server = server_with_secret().await;

    update(&server, "u1", json!({"Description": ""})).await;

    assert!(describe(&server).await.get("Description").is_none());
}

/// Fact 3.5: `KmsKeyId: "alias/aws/secretsmanager"` is accepted and **is then shown** by `DescribeSecret`
/// Fact 3.5: `KmsKeyId: ""` returns to the default key; `DescribeSecret` then omits `KmsKeyId`
/// Fact 3.5: changing `KmsKeyId` re-encrypts the versions; makes no new version
#[tokio::test]
async fn alias_of_the_default_key_is_shown_until_it_is_cleared() {
    let server = server_with_secret().await;

    let answer = update(
        &server,
        "u1",
        json!({"KmsKeyId": "alias/aws/secretsmanager"}),
    )
    .await;
    assert!(answer.get("VersionId").is_none());
    assert_eq!(
        describe(&server).await["KmsKeyId"],
        "alias/aws/secretsmanager"
    );

    let answer = update(&server, "u2", json!({"KmsKeyId": ""})).await;
    assert!(answer.get("VersionId").is_none());
    assert!(describe(&server).await.get("KmsKeyId").is_none());

    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
    assert_eq!(current(&server).await["SecretString"], "one");
}

/// Fact 6.4: key not found
#[tokio::test]
async fn unknown_kms_key_is_refused() {
    let server = server_with_secret().await;
    let before = describe(&server).await;
    server.advance(TimeDelta::hours(1));

    for key in ["00000000-0000-0000-0000-000000000000", "alias/nobody"] {
        let body = changes("v2", json!({"SecretString": "two", "KmsKeyId": key}));
        let answer = server.call("UpdateSecret", body).await;
        assert_eq!(answer.status, 400, "{key}: {}", answer.text);
    }

    assert_eq!(describe(&server).await, before);
    assert_eq!(current(&server).await["SecretString"], "one");
}

/// Fact 3.5: rotation and tags are not changed here
#[tokio::test]
async fn tags_are_not_changed() {
    let server = server_with_secret().await;
    let tags = json!([{"Key": "team", "Value": "blue"}]);

    update(
        &server,
        "v2",
        json!({"SecretString": "two", "Tags": [{"Key": "team", "Value": "red"}]}),
    )
    .await;

    assert_eq!(describe(&server).await["Tags"], tags);
}

/// Fact 3.5: token matches a version, same value → **success with that `VersionId`**
#[tokio::test]
async fn replay_answers_the_version_and_makes_no_other() {
    let server = server_with_secret().await;
    update(&server, "v2", json!({"SecretString": "two"})).await;

    for (token, value) in [("v2", "two"), ("v1", "one")] {
        let answer = update(&server, token, json!({"SecretString": value})).await;
        assert_eq!(answer["VersionId"], version_id(token));
    }

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );
}

/// Fact 3.5: token matches, different value → `ResourceExistsException`, text of 3.1
#[tokio::test]
async fn same_token_with_another_value_is_refused() {
    let server = server_with_secret().await;
    let before = describe(&server).await;
    let arn = before["ARN"].as_str().expect("ARN is a string");
    let token = version_id("v1");

    server
        .call(
            "UpdateSecret",
            changes("v1", json!({"SecretString": "two"})),
        )
        .await
        .assert_service_error(
            "ResourceExistsException",
            &format!(
                "You can't use ClientRequestToken {token} because that value is already in use \
                 for a version of secret {arn}."
            ),
        );

    assert_eq!(describe(&server).await, before);
    assert_eq!(current(&server).await["SecretString"], "one");
}

/// Fact 3.5: `LastChangedDate` grows on every effective call, also with equal value
#[tokio::test]
async fn last_changed_date_is_the_time_of_the_last_update() {
    let server = server_with_secret().await;
    assert_eq!(
        describe(&server).await["LastChangedDate"],
        json!(1_768_471_200.123)
    );

    for (token, members, changed) in [
        ("v2", json!({"SecretString": "one"}), 1_768_474_800.123),
        ("v3", json!({"SecretString": "one"}), 1_768_478_400.123),
        ("u1", json!({"Description": "second"}), 1_768_482_000.123),
        (
            "u2",
            json!({"KmsKeyId": "alias/aws/secretsmanager"}),
            1_768_485_600.123,
        ),
    ] {
        server.advance(TimeDelta::hours(1));
        update(&server, token, members).await;
        let described = describe(&server).await;
        assert_eq!(described["LastChangedDate"], json!(changed), "{token}");
        assert_eq!(described["CreatedDate"], json!(1_768_471_200.123));
    }
}

/// Fact 1.6: semantic combination of parameters wrong: `InvalidParameterException` (both values, as 3.1)
#[tokio::test]
async fn string_and_binary_together_are_refused() {
    let server = server_with_secret().await;

    server
        .call(
            "UpdateSecret",
            changes(
                "v2",
                json!({"SecretString": "two", "SecretBinary": "Zm9vdGVzdA=="}),
            ),
        )
        .await
        .assert_service_error("InvalidParameterException", BOTH_VALUES);

    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 1.6: `ClientRequestToken` missing on raw HTTP: `InvalidRequestException`; checked before existence
#[tokio::test]
async fn missing_token_is_refused_whether_or_not_the_secret_exists() {
    let server = server_with_secret().await;
    for secret_id in ["settings", "unknown"] {
        server
            .call(
                "UpdateSecret",
                json!({"SecretId": secret_id, "SecretString": "two"}),
            )
            .await
            .assert_service_error("InvalidRequestException", TOKEN_MISSING);
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    for members in [json!({}), json!({"SecretString": "one"})] {
        server
            .call("UpdateSecret", changes("v1", members))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 3: Deleted-state matrix: fails with MFD: `UpdateSecret`
#[tokio::test]
async fn secret_scheduled_for_deletion_is_not_updated() {
    let server = server_with_secret().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    let before = describe(&server).await;

    for members in [
        json!({}),
        json!({"Description": "second"}),
        json!({"SecretString": "two"}),
    ] {
        server
            .call("UpdateSecret", changes("v2", members))
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }

    assert_eq!(describe(&server).await, before);
}

/// Fact 3.5: `SecretBinary` or `SecretString`
/// Fact 7: value size: 65,536 bytes; count **bytes** of the UTF-8 string
#[tokio::test]
async fn value_of_up_to_65536_bytes_comes_back_exactly() {
    let server = server_with_secret().await;
    for (token, member, value) in [
        ("s1", "SecretString", "x".to_owned()),
        ("s65535", "SecretString", "€".repeat(21_845)),
        ("s65536", "SecretString", "é".repeat(32_768)),
        ("b1", "SecretBinary", STANDARD.encode([0xff_u8])),
        (
            "b65535",
            "SecretBinary",
            STANDARD.encode(vec![0xfb_u8; 65_535]),
        ),
        (
            "b65536",
            "SecretBinary",
            STANDARD.encode(vec![0xfb_u8; 65_536]),
        ),
    ] {
        update(&server, token, json!({member: value})).await;
        assert!(current(&server).await[member] == value.as_str(), "{token}");
    }
}

/// Fact 3.5: Request: `ClientRequestToken`, `Description` 0..2048, `KmsKeyId` 0..2048, `SecretBinary` or `SecretString`
/// Fact 1.5: too long; too short; **sensitive or blob member**: value is left out
#[tokio::test]
async fn members_outside_their_lengths_are_refused() {
    let server = server_with_secret().await;
    let long = "d".repeat(2049);
    for (members, violation) in [
        (
            json!({"Description": long}),
            format!(
                "Value '{long}' at 'description' failed to satisfy constraint: \
                 Member must have length less than or equal to 2048"
            ),
        ),
        (
            json!({"KmsKeyId": long}),
            format!(
                "Value '{long}' at 'kmsKeyId' failed to satisfy constraint: \
                 Member must have length less than or equal to 2048"
            ),
        ),
        (
            json!({"SecretString": ""}),
            "Value at 'secretString' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        (
            json!({"SecretString": format!("{}x", "é".repeat(32_768))}),
            "Value at 'secretString' failed to satisfy constraint: \
             Member must have length less than or equal to 65536"
                .to_owned(),
        ),
        (
            json!({"SecretBinary": STANDARD.encode(vec![0xfb_u8; 65_537])}),
            "Value at 'secretBinary' failed to satisfy constraint: \
             Member must have length less than or equal to 65536"
                .to_owned(),
        ),
    ] {
        server
            .call("UpdateSecret", changes("v2", members))
            .await
            .assert_framework_error(
                "ValidationException",
                &format!("1 validation error detected: {violation}"),
            );
    }
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}
