//! `DescribeSecret`: which members are there, which are not, and what they say.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, NOT_FOUND, Server, version_id};

/// Describes `settings`, and returns the answer as it came over the wire.
async fn describe_raw(server: &Server) -> Answer {
    server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// Describes `settings`.
async fn describe(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// Stores a version of `settings` with exactly these labels.
async fn put(server: &Server, token: &str, labels: &[&str]) {
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

/// Sends `TagResource` or `UntagResource` for `settings`, which answer without a body.
async fn change_tags(server: &Server, operation: &str, mut members: Value) {
    members["SecretId"] = json!("settings");
    let answer = server.call(operation, members).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text);
}

/// Fact 3.6: `ARN`, `Name`, `CreatedDate`, `LastChangedDate`: always
/// Fact 12: 10 Create(no value); Describe: ARN, Name, `CreatedDate`, `LastChangedDate` only
#[tokio::test]
async fn empty_secret_shows_four_members_alone() {
    let server = Server::start().await;
    let created = server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v1")}),
        )
        .await;

    assert_eq!(
        describe(&server).await,
        json!({
            "ARN": created["ARN"],
            "Name": "settings",
            "CreatedDate": 1_768_471_200.123,
            "LastChangedDate": 1_768_471_200.123,
        })
    );
}

/// Fact 3.6: `VersionIdsToStages`: map version → labels
/// Fact 3.6: `KmsKeyId`: omitted for default key
/// Fact 3.6: `RotationEnabled`: **absent if rotation was never configured**
/// Fact 3.6: `PrimaryRegion`: only for secrets that are replicated (primary or replica)
#[tokio::test]
async fn secret_with_a_value_shows_its_version_besides() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;

    assert_eq!(
        describe(&server).await,
        json!({
            "ARN": created["ARN"],
            "Name": "settings",
            "CreatedDate": 1_768_471_200.123,
            "LastChangedDate": 1_768_471_200.123,
            "VersionIdsToStages": {version_id("v1"): ["AWSCURRENT"]},
        })
    );
}

/// Fact 1.2: absent values: member is omitted, never `null`, never `""`
#[tokio::test]
async fn absent_members_are_not_null_and_not_empty() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings",
                "ClientRequestToken": version_id("v1"),
                "SecretString": "one",
                "Description": "",
            }),
        )
        .await;

    let text = describe_raw(&server).await.text;

    assert!(!text.contains("null"), "{text}");
    assert!(!text.contains(r#""""#), "{text}");
}

/// Fact 1.2: timestamps: JSON number, seconds since epoch with millisecond fraction
/// Fact 1.2: headers: `x-amzn-RequestId`, `Content-Type: application/x-amz-json-1.1`
#[tokio::test]
async fn answer_is_amazon_json_with_dates_of_three_decimals() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    let answer = describe_raw(&server).await;

    assert_eq!(answer.headers["content-type"], "application/x-amz-json-1.1");
    assert_eq!(answer.headers["x-amzn-requestid"].len(), 36);
    assert_eq!(
        answer.text.matches("1768471200.123").count(),
        2,
        "{}",
        answer.text
    );
}

/// Fact 3.6: `Description`: non-empty
/// Fact 3.6: `Tags`: absent if never tagged
#[tokio::test]
async fn description_key_and_tags_are_shown_as_given() {
    let server = Server::start().await;
    let tags = json!([{"Key": "team", "Value": "blue"}, {"Key": "empty", "Value": ""}]);
    server
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings",
                "ClientRequestToken": version_id("v1"),
                "SecretString": "one",
                "Description": "the settings, for naïve tests",
                "KmsKeyId": "alias/aws/secretsmanager",
                "Tags": tags,
            }),
        )
        .await;

    let described = describe(&server).await;

    assert_eq!(described["Description"], "the settings, for naïve tests");
    assert_eq!(described["KmsKeyId"], "alias/aws/secretsmanager");
    assert_eq!(described["Tags"], tags);
}

/// Fact 3.6: `Tags`: absent if never tagged; **`[]` after the last tag was removed**
/// Fact 12: 20 Tag, Tag, Untag, Untag
#[tokio::test]
async fn tags_are_absent_at_first_and_empty_at_last() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    let first = json!({"Key": "t1", "Value": "one"});
    let second = json!({"Key": "t2", "Value": "two"});
    assert!(describe(&server).await.get("Tags").is_none());

    for (operation, members, tags) in [
        ("TagResource", json!({"Tags": [first]}), json!([first])),
        (
            "TagResource",
            json!({"Tags": [second]}),
            json!([first, second]),
        ),
        ("UntagResource", json!({"TagKeys": ["t1"]}), json!([second])),
        ("UntagResource", json!({"TagKeys": ["t2"]}), json!([])),
    ] {
        change_tags(&server, operation, members).await;
        assert_eq!(describe(&server).await.get("Tags"), Some(&tags));
    }
}

/// Fact 3.6: `CreatedDate`, `LastChangedDate`: always
/// Fact 3.22: `LastChangedDate` is updated
#[tokio::test]
async fn created_date_stays_while_last_changed_date_moves() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server.advance(TimeDelta::milliseconds(3_600_456));

    change_tags(
        &server,
        "TagResource",
        json!({"Tags": [{"Key": "team", "Value": "blue"}]}),
    )
    .await;

    let described = describe(&server).await;
    assert_eq!(described["CreatedDate"], json!(1_768_471_200.123));
    assert_eq!(described["LastChangedDate"], json!(1_768_474_800.579));
}

/// Fact 3.6: `VersionIdsToStages`: only versions with ≥1 label
/// Fact 4.1: V5 a version with no label is *deprecated*: hidden from `DescribeSecret`
#[tokio::test]
async fn deprecated_version_is_not_shown() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for token in ["v2", "v3"] {
        put(&server, token, &["AWSCURRENT"]).await;
    }
    put(&server, "v4", &["AWSPENDING"]).await;

    assert_eq!(
        describe(&server).await["VersionIdsToStages"],
        json!({
            version_id("v2"): ["AWSPREVIOUS"],
            version_id("v3"): ["AWSCURRENT"],
            version_id("v4"): ["AWSPENDING"],
        })
    );
}

/// Fact 3.6: Label order inside a list is not guaranteed
#[tokio::test]
async fn every_label_of_a_version_is_shown() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    put(&server, "v2", &["BLUE", "AWSCURRENT", "AWSPENDING"]).await;

    let mut described = describe(&server).await;

    let labels = described["VersionIdsToStages"][version_id("v2")]
        .as_array_mut()
        .expect("labels are a list");
    labels.sort_by_key(ToString::to_string);
    assert_eq!(
        labels,
        &["AWSCURRENT", "AWSPENDING", "BLUE"].map(Value::from)
    );
}

/// Fact 3.6: `LastAccessedDate`: value was retrieved at least once; day precision
/// Fact 3.2: success sets `LastAccessedDate`; `DescribeSecret` does not
#[tokio::test]
async fn last_accessed_date_is_the_day_of_the_last_reading() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    assert!(describe(&server).await.get("LastAccessedDate").is_none());
    assert!(describe(&server).await.get("LastAccessedDate").is_none());

    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    server.advance(TimeDelta::days(3));

    let described = describe(&server).await;
    assert_eq!(described["LastAccessedDate"], json!(1_768_435_200));
}

/// Fact 3.6: `DeletedDate`: scheduled for deletion
/// Fact 3: Deleted-state matrix: works on a deleted secret: `DescribeSecret` (with `DeletedDate`)
/// Fact 12: 14 Create; Delete; Describe: Describe has `DeletedDate` and `VersionIdsToStages`
#[tokio::test]
async fn secret_scheduled_for_deletion_shows_deleted_date_until_restored() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    assert!(describe(&server).await.get("DeletedDate").is_none());

    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
        )
        .await;
    let described = describe(&server).await;
    assert!(described["DeletedDate"].is_number(), "{described}");
    assert_eq!(
        described["VersionIdsToStages"],
        json!({version_id("v1"): ["AWSCURRENT"]})
    );

    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    let described = describe(&server).await;
    assert!(described.get("DeletedDate").is_none());
    assert_eq!(
        described["VersionIdsToStages"],
        json!({version_id("v1"): ["AWSCURRENT"]})
    );
}

/// Fact 3.7: force is asynchronous: the secret stays describable for up to ~10 s; then `ResourceNotFound`
#[tokio::test]
async fn secret_deleted_by_force_is_unknown_after_a_while() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    server.advance(TimeDelta::minutes(1));

    describe_raw(&server)
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    describe_raw(&server)
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 1.5: required member missing
/// Fact 1.1: JSON `null` member: same as absent
#[tokio::test]
async fn missing_secret_id_is_refused() {
    let server = Server::start().await;
    for body in [json!({}), json!({"SecretId": null})] {
        server
            .call("DescribeSecret", body)
            .await
            .assert_framework_error(
                "ValidationException",
                "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: \
                 Member must not be null",
            );
    }
}

/// Fact 1.1: unknown members: silently ignored
#[tokio::test]
async fn unknown_member_is_ignored() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    let described = server
        .ok(
            "DescribeSecret",
            json!({"SecretId": "settings", "SecretString": 5, "Nonsense": {"a": []}}),
        )
        .await;

    assert_eq!(described, describe(&server).await);
}
