//! `GetSecretValue`: which version it finds, what it shows of it, and what reading leaves behind.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Answer, MARKED_FOR_DELETION, NOT_FOUND, Server, version_id};

/// AWS's sentence for selectors that name two versions.
const DISAGREEMENT: &str =
    "You provided a VersionStage that is not associated to the provided VersionId.";

/// Starts a server with `settings`: `v1` ("one") labelled AWSPREVIOUS and `v2` ("two") labelled AWSCURRENT.
async fn server_with_two_versions() -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    put(&server, "v2", "two").await;
    server
}

/// Gives `settings` a new current version.
async fn put(server: &Server, token: &str, value: &str) {
    server
        .ok(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": value}),
        )
        .await;
}

/// Reads `settings` with these selectors.
async fn get(server: &Server, mut selectors: Value) -> Answer {
    selectors["SecretId"] = json!("settings");
    server.call("GetSecretValue", selectors).await
}

/// Reads the current value of `settings`.
async fn get_current(server: &Server) -> Value {
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await
}

/// The `LastAccessedDate` that `DescribeSecret` shows of `settings`.
async fn last_accessed(server: &Server) -> Option<Value> {
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    described.get("LastAccessedDate").cloned()
}

/// A time as it goes over the wire: seconds with three decimals.
fn seconds(time: DateTime<Utc>) -> Value {
    format!("{}.{:03}", time.timestamp(), time.timestamp_subsec_millis())
        .parse()
        .expect("the text is a number")
}

/// Fact 3.2: `ARN`, `Name`, `VersionId`, `CreatedDate`: always
/// Fact 3.2: `SecretString` xor `SecretBinary`: whichever was stored
/// Fact 3.2: Neither → AWSCURRENT
#[tokio::test]
async fn without_selectors_the_current_version_is_shown() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;

    assert_eq!(
        get_current(&server).await,
        json!({
            "ARN": created["ARN"],
            "Name": "settings",
            "VersionId": version_id("v1"),
            "SecretString": "one",
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 1_768_471_200.123,
        })
    );
}

/// Fact 4.1: V9
/// Fact 3.2: `ARN`, `Name`, `VersionId`, `CreatedDate`: always
#[tokio::test]
async fn ids_labels_and_values_of_any_characters_come_back_in_one_and_many() {
    let server = Server::start().await;
    let id = "\"quoted\" and \\ and \t and äöü ключ 🔑";
    let label = "\"st\\age\" \u{1f} ä";
    let value = r#"{"user":"ä","password":"\"\\/"}"#;
    let created = server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": id, "SecretString": value}),
        )
        .await;
    server
        .ok(
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": label, "MoveToVersionId": id}),
        )
        .await;

    let shown = json!({
        "ARN": created["ARN"],
        "Name": "settings",
        "VersionId": id,
        "SecretString": value,
        "VersionStages": [label, "AWSCURRENT"],
        "CreatedDate": 1_768_471_200.123,
    });
    assert_eq!(get_current(&server).await, shown);
    let batch = server
        .ok("BatchGetSecretValue", json!({"SecretIdList": ["settings"]}))
        .await;
    assert_eq!(batch, json!({"SecretValues": [shown], "Errors": []}));
    let listed = server.ok("ListSecrets", json!({})).await;
    assert_eq!(
        listed["SecretList"][0]["SecretVersionsToStages"],
        json!({id: [label, "AWSCURRENT"]})
    );
}

/// Fact 3.2: binary comes back base64 on the wire; SDKs decode
/// Fact 3.2: `SecretString` xor `SecretBinary`: whichever was stored
/// Fact 12: 24 raw HTTP Get of a binary secret
#[tokio::test]
async fn binary_value_is_shown_in_base64_without_a_string() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v1"), "SecretBinary": "Zm9vdGVzdA=="}),
        )
        .await;

    let answer = get(&server, json!({})).await;

    assert_eq!(answer.json()["SecretBinary"], "Zm9vdGVzdA==");
    assert!(!answer.text.contains("SecretString"), "{}", answer.text);
}

/// Fact 1.2: timestamps: JSON number, seconds since epoch with millisecond fraction
#[tokio::test]
async fn created_date_is_a_number_with_three_decimals() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    let answer = get(&server, json!({})).await;

    assert!(answer.text.contains("1768471200.123"), "{}", answer.text);
}

/// Fact 3.2: `CreatedDate` is the **version's** creation time
#[tokio::test]
async fn created_date_is_the_versions_own() {
    let server = Server::start().await;
    let first = server.now();
    server.create("settings", "v1", "one").await;
    server.advance(TimeDelta::milliseconds(3_600_456));
    let second = server.now();
    put(&server, "v2", "two").await;
    server.advance(TimeDelta::hours(1));

    let current = get_current(&server).await;
    let previous = get(&server, json!({"VersionStage": "AWSPREVIOUS"})).await;

    assert_eq!(current["CreatedDate"], seconds(second));
    assert_eq!(previous.json()["CreatedDate"], seconds(first));
}

/// Fact 3.2: both selectors must name the same version, else 2.5
/// Fact 3.2: Request: `SecretId`, `VersionId`, `VersionStage`
#[tokio::test]
async fn version_is_found_by_id_by_label_and_by_both() {
    let server = server_with_two_versions().await;
    for (selectors, value) in [
        (json!({"VersionId": version_id("v1")}), "one"),
        (json!({"VersionId": version_id("v2")}), "two"),
        (json!({"VersionStage": "AWSPREVIOUS"}), "one"),
        (json!({"VersionStage": "AWSCURRENT"}), "two"),
        (
            json!({"VersionId": version_id("v1"), "VersionStage": "AWSPREVIOUS"}),
            "one",
        ),
    ] {
        let answer = get(&server, selectors.clone()).await;
        assert_eq!(answer.status, 200, "{selectors}: {}", answer.text);
        assert_eq!(answer.json()["SecretString"], value, "{selectors}");
    }
}

/// Fact 2.5: `VersionId` and `VersionStage` both given but do not agree: **`InvalidRequestException`**
#[tokio::test]
async fn selectors_that_name_two_versions_are_refused() {
    let server = server_with_two_versions().await;
    for (version, label) in [("v1", "AWSCURRENT"), ("v2", "AWSPREVIOUS")] {
        get(
            &server,
            json!({"VersionId": version_id(version), "VersionStage": label}),
        )
        .await
        .assert_service_error("InvalidRequestException", DISAGREEMENT);
    }
}

/// Fact 2.5: `GetSecretValue`, secret exists, no version holds the label (default AWSCURRENT)
/// Fact 2.2: match is case-sensitive
#[tokio::test]
async fn label_on_no_version_is_not_found() {
    let server = server_with_two_versions().await;
    for label in ["AWSPENDING", "awscurrent"] {
        get(&server, json!({"VersionStage": label}))
            .await
            .assert_service_error(
                "ResourceNotFoundException",
                &format!(
                    "Secrets Manager can't find the specified secret value for staging label: {label}"
                ),
            );
    }
}

/// Fact 2.5: `GetSecretValue`, `VersionId` unknown
#[tokio::test]
async fn unknown_version_id_is_not_found() {
    let server = server_with_two_versions().await;
    let unknown = version_id("v3");
    get(&server, json!({"VersionId": unknown}))
        .await
        .assert_service_error(
            "ResourceNotFoundException",
            &format!(
                "Secrets Manager can't find the specified secret value for VersionId: {unknown}"
            ),
        );
}

/// Fact 2.5: secret created without a value, `GetSecretValue`: the staging-label text with `AWSCURRENT`
#[tokio::test]
async fn empty_secret_has_no_value_for_awscurrent() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v1")}),
        )
        .await;

    get(&server, json!({})).await.assert_service_error(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    get(&server, json!({"VersionId": version_id("v1")}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.2: `VersionStages`: labels on that version
#[tokio::test]
async fn every_label_of_the_version_is_shown() {
    let server = server_with_two_versions().await;
    server
        .ok(
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": "BLUE", "MoveToVersionId": version_id("v2")}),
        )
        .await;

    let mut answer = get_current(&server).await;

    let labels = answer["VersionStages"]
        .as_array_mut()
        .expect("labels are a list");
    labels.sort_by_key(ToString::to_string);
    assert_eq!(labels, &[json!("AWSCURRENT"), json!("BLUE")]);
}

/// Fact 3.2: a deprecated (unlabelled) version is retrievable by `VersionId` until removed
/// Fact 3.2: `VersionStages`: absent for a deprecated version fetched by id
#[tokio::test]
async fn deprecated_version_is_found_by_id_and_shows_no_labels() {
    let server = server_with_two_versions().await;
    put(&server, "v3", "three").await;

    let answer = get(&server, json!({"VersionId": version_id("v1")})).await;

    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["SecretString"], "one");
    assert_eq!(answer.json()["VersionId"], version_id("v1"));
    assert!(answer.json().get("VersionStages").is_none());
}

/// Fact 3.2: success sets `LastAccessedDate` (day precision) on the secret **and** the version; `DescribeSecret` does
/// not
/// Fact 1.2: `LastAccessedDate`: truncated to 00:00:00 UTC of the day
/// Fact 12: 12 Create; Get; Describe: `LastAccessedDate` appears, day precision, stable within the day
#[tokio::test]
async fn reading_marks_the_secret_with_the_day() {
    let server = server_with_two_versions().await;
    assert_eq!(last_accessed(&server).await, None);
    assert_eq!(last_accessed(&server).await, None);

    get_current(&server).await;
    assert_eq!(last_accessed(&server).await, Some(json!(1_768_435_200)));

    server.advance(TimeDelta::hours(13));
    get_current(&server).await;
    assert_eq!(last_accessed(&server).await, Some(json!(1_768_435_200)));

    server.advance(TimeDelta::hours(1));
    assert_eq!(last_accessed(&server).await, Some(json!(1_768_435_200)));
    get_current(&server).await;
    assert_eq!(last_accessed(&server).await, Some(json!(1_768_521_600)));
}

/// Fact 3.2: success sets `LastAccessedDate` (day precision) on the secret **and** the version
#[tokio::test]
async fn reading_marks_only_the_version_that_was_read() {
    let server = server_with_two_versions().await;

    get(&server, json!({"VersionStage": "AWSPREVIOUS"})).await;

    let list = server
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    let versions = list["Versions"].as_array().expect("versions are a list");
    assert_eq!(versions.len(), 2);
    for version in versions {
        let expected = (version["VersionId"] == version_id("v1")).then(|| json!(1_768_435_200));
        assert_eq!(version.get("LastAccessedDate"), expected.as_ref());
    }
}

/// Fact 3.2: success sets `LastAccessedDate` (a refusal does not)
#[tokio::test]
async fn failed_reading_leaves_no_mark() {
    let server = server_with_two_versions().await;

    get(&server, json!({"VersionStage": "AWSPENDING"})).await;
    get(&server, json!({"VersionId": version_id("v3")})).await;

    assert_eq!(last_accessed(&server).await, None);
}

/// Fact 3.2: deleted secret → MFD
#[tokio::test]
async fn secret_scheduled_for_deletion_shows_no_value() {
    let server = server_with_two_versions().await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
        )
        .await;

    for selectors in [json!({}), json!({"VersionId": version_id("v1")})] {
        get(&server, selectors)
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }

    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(get_current(&server).await["SecretString"], "two");
}

/// Fact 3.7: force is asynchronous: the secret stays describable for up to ~10 s; then `ResourceNotFound`
///
/// Here the wait has no length: a test that deletes a secret by force can go on at once.
#[tokio::test]
async fn secret_deleted_by_force_is_unknown() {
    let server = server_with_two_versions().await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    get(&server, json!({}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.2: Request: `SecretId` (required, len 1..2048), `VersionId` (len 32..64), `VersionStage` (len 1..256)
/// Fact 1.5: required member missing
#[tokio::test]
async fn members_outside_their_lengths_are_refused() {
    let server = server_with_two_versions().await;
    let long_label = "L".repeat(257);
    let long_id = "i".repeat(65);
    for (selectors, violation) in [
        (
            json!({"VersionId": "short"}),
            "Value 'short' at 'versionId' failed to satisfy constraint: \
             Member must have length greater than or equal to 32"
                .to_owned(),
        ),
        (
            json!({"VersionId": long_id}),
            format!(
                "Value '{long_id}' at 'versionId' failed to satisfy constraint: \
                 Member must have length less than or equal to 64"
            ),
        ),
        (
            json!({"VersionStage": ""}),
            "Value '' at 'versionStage' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        (
            json!({"VersionStage": long_label}),
            format!(
                "Value '{long_label}' at 'versionStage' failed to satisfy constraint: \
                 Member must have length less than or equal to 256"
            ),
        ),
    ] {
        get(&server, selectors).await.assert_framework_error(
            "ValidationException",
            &format!("1 validation error detected: {violation}"),
        );
    }
}

/// Fact 1.5: required member missing (the body has the 152 bytes that were seen)
#[tokio::test]
async fn missing_secret_id_is_refused() {
    let server = Server::start().await;

    let answer = server.call("GetSecretValue", json!({})).await;

    answer.assert_framework_error(
        "ValidationException",
        "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: \
         Member must not be null",
    );
    assert_eq!(answer.text.len(), 152);
}
