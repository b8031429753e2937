//! `DescribeKey`: what a key shows of itself, and by which names it is found.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::protocol::{assert_violations, at_least, at_most, missing, violation};
use crate::support::{ACCOUNT, Answer, REGION, Server};

/// An account and a region that are not the default ones.
pub(crate) const OTHER_ACCOUNT: &str = "123456789012";
pub(crate) const OTHER_REGION: &str = "eu-west-1";
/// The alias of the key that seals secrets when no other key is named.
pub(crate) const MANAGED: &str = "alias/aws/secretsmanager";
/// An id that no key has.
const UNKNOWN_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// A JSON string's text.
#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("the member is a string")
}

/// The ARN of a key or an alias in the default account and region.
pub(crate) fn arn_of(resource: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:{resource}")
}

/// What AWS says about a key that is not there.
pub(crate) fn does_not_exist(arn: &str) -> String {
    format!("Key '{arn}' does not exist")
}

/// Asserts that a timestamp on the wire names this moment.
#[track_caller]
pub(crate) fn assert_date(timestamp: &Value, expected: DateTime<Utc>) {
    let since_epoch = timestamp.as_f64().expect("a timestamp is a number");
    let moment = DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch);
    let apart = (moment - expected).abs();
    assert!(apart < TimeDelta::seconds(1), "{moment} is not {expected}");
}

/// Describes a key by any of its names; returns its `KeyMetadata`.
pub(crate) async fn describe(server: &Server, name: &Value) -> Value {
    server.kms_ok("DescribeKey", json!({"KeyId": name})).await["KeyMetadata"].clone()
}

/// Gives a key an alias.
pub(crate) async fn create_alias(server: &Server, alias: &str, key: &Value) {
    let request = json!({"AliasName": alias, "TargetKeyId": key["KeyId"]});
    server.kms_ok("CreateAlias", request).await;
}

/// Calls an operation for a key, with these other members.
pub(crate) async fn call(
    server: &Server,
    operation: &str,
    members: &Value,
    key_id: &str,
) -> Answer {
    let mut request = members.clone();
    request["KeyId"] = json!(key_id);
    server.kms(operation, request).await
}

/// Asserts that an operation that succeeds on a new key takes its id and its ARN, and no other name.
pub(crate) async fn assert_named_by_id_or_arn_alone(operation: &str, members: &Value) {
    let server = Server::start().await;
    for name in ["KeyId", "Arn"] {
        let key = server.create_key().await;
        let answer = call(&server, operation, members, text(&key[name])).await;
        assert_eq!(answer.status, 200, "by {name}: {}", answer.text);
    }
    assert_no_other_names(operation, members).await;
}

/// Asserts what an operation that takes ids and ARNs answers to all other names.
pub(crate) async fn assert_no_other_names(operation: &str, members: &Value) {
    let server = Server::start().await;
    assert_unknown_ids(&server, operation, members).await;
    call(&server, operation, members, "alias/x")
        .await
        .assert_kms_error("NotFoundException", "Invalid keyId 'alias/x'");
    assert_violations(
        &server.kms(operation, members.clone()).await,
        &[missing("keyId")],
    );
}

/// Asserts how an operation says that an id or an ARN is no key's.
async fn assert_unknown_ids(server: &Server, operation: &str, members: &Value) {
    let key = server.create_key().await;
    let unknown_arn = arn_of(&format!("key/{UNKNOWN_ID}"));
    let unknown_mrk = format!("mrk-{}", "0123456789abcdef".repeat(2));
    for (name, message) in [
        (UNKNOWN_ID, does_not_exist(&unknown_arn)),
        (&unknown_arn, does_not_exist(&unknown_arn)),
        (
            &unknown_mrk,
            does_not_exist(&arn_of(&format!("key/{unknown_mrk}"))),
        ),
        (
            &text(&key["Arn"]).replace(REGION, OTHER_REGION),
            format!("Invalid arn {OTHER_REGION}"),
        ),
        ("nonsense", "Invalid keyId 'nonsense'".to_owned()),
    ] {
        call(server, operation, members, name)
            .await
            .assert_kms_error("NotFoundException", &message);
    }
    call(
        server,
        operation,
        members,
        &text(&key["KeyId"]).to_uppercase(),
    )
    .await
    .assert_code("NotFoundException");
    let answer = call(server, operation, members, "arn:aws:s3:::bucket").await;
    let code = answer.json()["__type"].clone();
    assert!(
        code == "InvalidArnException" || code == "NotFoundException",
        "{code}"
    );
}

/// Asserts that an operation is denied on the AWS managed key.
pub(crate) async fn assert_denied_on_the_managed_key(operation: &str, members: &Value) {
    let server = Server::start().await;
    let key = describe(&server, &json!(MANAGED)).await;
    let arn = text(&key["Arn"]);
    call(&server, operation, members, arn)
        .await
        .assert_service_error(
            "AccessDeniedException",
            &format!(
                "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:{operation} on resource: {arn} \
                 because no resource-based policy allows the kms:{operation} action"
            ),
        );
}

/// Fact 6.5: DescribeKey: KeyId, GrantTokens → KeyMetadata
#[tokio::test]
async fn key_is_found_by_each_of_its_names() {
    let server = Server::start().await;
    let key = server.create_key().await;
    server.create_key().await;
    create_alias(&server, "alias/x", &key).await;
    for name in [
        text(&key["KeyId"]),
        text(&key["Arn"]),
        "alias/x",
        &arn_of("alias/x"),
    ] {
        assert_eq!(describe(&server, &json!(name)).await, key, "by {name}");
    }
    let request = json!({"KeyId": "alias/x", "GrantTokens": ["token"]});
    let answer = server.kms_ok("DescribeKey", request).await;
    assert_eq!(answer, json!({"KeyMetadata": key}));
}

/// Fact 6.5: `NotFoundException` key (well-formed id)
/// Fact 6.5: `NotFoundException` id not a UUID
/// Fact 6.5: `NotFoundException` ARN of another Region
#[tokio::test]
async fn unknown_ids_and_arns_are_not_found() {
    let server = Server::start().await;
    assert_unknown_ids(&server, "DescribeKey", &json!({})).await;
}

/// Fact 6.5: `NotFoundException` alias: Alias arn
#[tokio::test]
async fn unknown_alias_is_not_found() {
    let server = Server::start().await;
    let arn = arn_of("alias/x");
    for name in ["alias/x", &arn] {
        call(&server, "DescribeKey", &json!({}), name)
            .await
            .assert_kms_error("NotFoundException", &format!("Alias {arn} is not found."));
    }
}

#[tokio::test]
async fn foreign_key_is_described_by_its_arn_alone() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let other = server.client(OTHER_ACCOUNT, REGION);

    let found = other
        .kms_ok("DescribeKey", json!({"KeyId": key["Arn"]}))
        .await;
    assert_eq!(found, json!({"KeyMetadata": key}));

    let own_arn = text(&key["Arn"]).replace(ACCOUNT, OTHER_ACCOUNT);
    other
        .kms("DescribeKey", json!({"KeyId": key["KeyId"]}))
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(&own_arn));
}

#[tokio::test]
async fn keys_of_another_region_are_not_found() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let arn = text(&key["Arn"]).replace(REGION, OTHER_REGION);
    server
        .client(ACCOUNT, OTHER_REGION)
        .kms("DescribeKey", json!({"KeyId": key["KeyId"]}))
        .await
        .assert_kms_error("NotFoundException", &does_not_exist(&arn));
}

/// Fact 6.5: `KeyMetadata` of a fresh symmetric key: DeletionDate only while pending
#[tokio::test]
async fn deletion_date_is_shown_only_while_the_deletion_is_pending() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let id = &key["KeyId"];
    let request = json!({"KeyId": id, "PendingWindowInDays": 7});
    server.kms_ok("ScheduleKeyDeletion", request).await;

    let mut pending = describe(&server, id).await;
    assert_date(&pending["DeletionDate"], server.now() + TimeDelta::days(7));
    pending["DeletionDate"] = Value::Null;
    let mut expected = key.clone();
    expected["DeletionDate"] = Value::Null;
    expected["Enabled"] = json!(false);
    expected["KeyState"] = json!("PendingDeletion");
    assert_eq!(pending, expected);

    server
        .kms_ok("CancelKeyDeletion", json!({"KeyId": id}))
        .await;
    let cancelled = describe(&server, id).await;
    assert!(cancelled.get("DeletionDate").is_none(), "{cancelled}");
}

/// Fact 6.3: alias `alias/aws/secretsmanager`, AWS managed, created on first use
#[tokio::test]
async fn managed_key_comes_into_being_when_it_is_described() {
    let server = Server::start().await;
    let keys = server.kms_ok("ListKeys", json!({})).await;
    assert_eq!(keys["Keys"], json!([]));

    let key = describe(&server, &json!(MANAGED)).await;

    assert_eq!(key["KeyManager"], "AWS");
    assert_eq!(
        key["Description"],
        "Default key that protects my Secrets Manager data when no other key is defined"
    );
    assert_eq!(describe(&server, &key["Arn"]).await, key);
    assert_eq!(describe(&server, &json!(arn_of(MANAGED))).await, key);
    let keys = server.kms_ok("ListKeys", json!({})).await;
    assert_eq!(keys["Keys"][0]["KeyId"], key["KeyId"]);
}

/// Fact 1.5: too long: `Value '{v}' at
#[tokio::test]
async fn key_id_must_be_there_and_of_a_fit_length() {
    let server = Server::start().await;
    let answer = server.kms("DescribeKey", json!({})).await;
    assert_violations(&answer, &[missing("keyId")]);
    for (name, constraint) in [
        (String::new(), at_least(1)),
        ("k".repeat(2049), at_most(2048)),
    ] {
        let answer = call(&server, "DescribeKey", &json!({}), &name).await;
        assert_violations(&answer, &[violation(&name, "keyId", &constraint)]);
    }
}
