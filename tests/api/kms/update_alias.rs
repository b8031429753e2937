//! `UpdateAlias`: an alias moves from one key to another.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::create_alias::{NOT_ALIASES, PATTERN, PREFIX, aliases};
use super::fixtures::{
    EU, ONE, OTHER_ACCOUNT, UNKNOWN_ID, alias, alias_arn, alias_not_found, ciphertext,
    does_not_exist, id_of, key, key_arn, key_as, key_for, opened, set, unlisted,
};
use crate::protocol::{assert_violations, at_most, missing, violation};
use crate::support::{ACCOUNT, Answer, REGION, Server};

/// Moves an alias to a key.
async fn update(server: &Server, name: &str, key: &str) -> Answer {
    let body = json!({"AliasName": name, "TargetKeyId": key});
    server.kms("UpdateAlias", body).await
}

/// A server with the alias `alias/app` of one key, and another key.
async fn with_alias() -> (Server, String, String) {
    let server = Server::start().await;
    let (old, new) = (key(&server).await, key(&server).await);
    alias(&server, "alias/app", &old).await;
    (server, old, new)
}

/// Asserts that `alias/app` leads to a key, and that there is no other alias.
async fn assert_leads_to(server: &Server, key: &str) {
    let id = id_of(key).to_owned();
    assert_eq!(aliases(server).await, [("alias/app".to_owned(), id)]);
}

/// Fact 6.5: CreateAlias / UpdateAlias AliasName*
/// Fact 6.5: Protocol AWS JSON 1.1: Operations without output return 200 with empty body
#[tokio::test]
async fn alias_leads_to_its_new_key_and_the_answer_is_empty() {
    let (server, old, new) = with_alias().await;
    for (form, key) in [
        (id_of(&new), &new),
        (old.as_str(), &old),
        (new.as_str(), &new),
    ] {
        let answer = update(&server, "alias/app", form).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        let described = server
            .kms_ok("DescribeKey", json!({"KeyId": "alias/app"}))
            .await;
        assert_eq!(described["KeyMetadata"]["Arn"], key.as_str());
    }
    assert_leads_to(&server, &new).await;
}

/// Fact 6.5: ListAliases KeyId Limit 1..100
#[tokio::test]
async fn update_changes_the_date_of_the_last_update_alone() {
    let (server, _, new) = with_alias().await;
    let entry = async || server.kms_ok("ListAliases", json!({})).await["Aliases"][0].clone();
    let mut before = entry().await;
    server.advance(TimeDelta::seconds(60));

    update(&server, "alias/app", &new).await;

    let mut after = entry().await;
    let seconds = |date: Value| date.as_f64().expect("a date is a number");
    let moved =
        seconds(after["LastUpdatedDate"].take()) - seconds(before["LastUpdatedDate"].take());
    assert!((moved - 60.0).abs() < 0.001, "{moved}");
    before["TargetKeyId"] = json!(id_of(&new));
    assert_eq!(after, before);
}

#[tokio::test]
async fn old_ciphertexts_stay_with_the_old_key() {
    let (server, old, new) = with_alias().await;
    let before = ciphertext(&server, "alias/app", b"one").await;

    update(&server, "alias/app", &new).await;

    let after = ciphertext(&server, "alias/app", b"one").await;
    for (blob, key) in [(&before, &old), (&after, &new)] {
        let body = json!({"CiphertextBlob": blob, "KeyId": key});
        assert_eq!(server.kms_ok("Decrypt", body).await["Plaintext"], ONE);
    }
    set(&server, "DisableKey", &old).await;
    assert_eq!(opened(&server, &after).await, b"one");
}

/// Fact 6.5: NotFoundException alias
#[tokio::test]
async fn unknown_alias_is_not_found() {
    let (server, old, new) = with_alias().await;
    update(&server, "alias/nobody", &new)
        .await
        .assert_kms_error("NotFoundException", &alias_not_found("alias/nobody"));
    assert_leads_to(&server, &old).await;
}

/// Fact 6.5: NotFoundException key (well-formed id)
/// Fact 6.5: NotFoundException id not a UUID
/// Fact 6.5: NotFoundException ARN of another Region
#[tokio::test]
async fn new_target_must_be_a_key_of_the_account_and_region() {
    let (server, old, _) = with_alias().await;
    let foreign = key_as(&server.client(OTHER_ACCOUNT, REGION), json!({})).await;
    let elsewhere = key_as(&server.client(ACCOUNT, EU), json!({})).await;
    for (target, message) in [
        (UNKNOWN_ID, does_not_exist(&key_arn(UNKNOWN_ID))),
        (foreign.as_str(), does_not_exist(&foreign)),
        (elsewhere.as_str(), "Invalid arn eu-west-1".to_owned()),
        ("settings", "Invalid keyId 'settings'".to_owned()),
    ] {
        update(&server, "alias/app", target)
            .await
            .assert_kms_error("NotFoundException", &message);
    }
    assert_leads_to(&server, &old).await;
}

#[tokio::test]
async fn alias_of_an_alias_is_refused() {
    let (server, old, _) = with_alias().await;
    for target in ["alias/app", &alias_arn("alias/app")] {
        update(&server, "alias/app", target)
            .await
            .assert_kms_error("ValidationException", NOT_ALIASES);
    }
    assert_leads_to(&server, &old).await;
}

#[tokio::test]
async fn key_of_another_type_or_usage_is_refused() {
    let server = Server::start().await;
    let symmetric = key(&server).await;
    let signing = key_for(&server, "RSA_2048", "SIGN_VERIFY").await;
    let encrypting = key_for(&server, "RSA_2048", "ENCRYPT_DECRYPT").await;
    let hmac = key_for(&server, "HMAC_256", "GENERATE_VERIFY_MAC").await;
    alias(&server, "alias/symmetric", &symmetric).await;
    alias(&server, "alias/signing", &signing).await;
    let before = aliases(&server).await;
    for (name, target) in [
        ("alias/symmetric", &signing),
        ("alias/symmetric", &encrypting),
        ("alias/symmetric", &hmac),
        ("alias/signing", &symmetric),
        ("alias/signing", &encrypting),
    ] {
        update(&server, name, target)
            .await
            .assert_code("ValidationException");
    }
    assert_eq!(aliases(&server).await, before);
}

#[tokio::test]
async fn key_of_the_same_type_and_usage_is_taken() {
    let server = Server::start().await;
    let old = key_for(&server, "RSA_2048", "SIGN_VERIFY").await;
    let new = key_for(&server, "RSA_2048", "SIGN_VERIFY").await;
    alias(&server, "alias/app", &old).await;
    update(&server, "alias/app", &new).await;
    assert_leads_to(&server, &new).await;
}

/// Fact 6.5: pending deletion, crypto or state calls
#[tokio::test]
async fn new_target_may_be_disabled_but_not_pending_deletion() {
    let (server, _, disabled) = with_alias().await;
    set(&server, "DisableKey", &disabled).await;
    update(&server, "alias/app", &disabled).await;
    assert_leads_to(&server, &disabled).await;

    let pending = key(&server).await;
    set(&server, "ScheduleKeyDeletion", &pending).await;
    update(&server, "alias/app", &pending)
        .await
        .assert_code("KMSInvalidStateException");
    assert_leads_to(&server, &disabled).await;
}

#[tokio::test]
async fn alias_leaves_a_key_that_is_pending_deletion() {
    let (server, old, new) = with_alias().await;
    set(&server, "ScheduleKeyDeletion", &old).await;
    update(&server, "alias/app", &new).await;
    assert_leads_to(&server, &new).await;
}

#[tokio::test]
async fn names_of_aws_are_reserved() {
    let (server, old, new) = with_alias().await;
    server
        .kms_ok("DescribeKey", json!({"KeyId": "alias/aws/secretsmanager"}))
        .await;
    let before = aliases(&server).await;
    for name in ["alias/aws/secretsmanager", "alias/aws/app"] {
        let body = json!({"AliasName": name, "TargetKeyId": new});
        unlisted(&server, "UpdateAlias", &body)
            .await
            .assert_silent_error("NotAuthorizedException");
    }
    assert_eq!(aliases(&server).await, before);
    assert!(before.contains(&("alias/app".to_owned(), id_of(&old).to_owned())));
}

/// Fact 6.5: alias lacking prefix
#[tokio::test]
async fn name_without_the_prefix_is_refused() {
    let (server, _, new) = with_alias().await;
    update(&server, "app", &new)
        .await
        .assert_kms_error("ValidationException", PREFIX);
}

/// Fact 6.5: CreateAlias / UpdateAlias AliasName* (`^[a-zA-Z0-9:/_-]+$`, 1..256)
/// Fact 1.5: too long
/// Fact 1.5: too short
/// Fact 1.5: pattern
/// Fact 1.5: required member missing
#[tokio::test]
async fn name_must_be_as_the_model_has_it() {
    let (server, _, new) = with_alias().await;
    let long = format!("alias/{}", "x".repeat(251));
    for (name, item) in [
        (Value::Null, missing("aliasName")),
        (json!(long), violation(&long, "aliasName", &at_most(256))),
        (
            json!("alias/a b"),
            violation("alias/a b", "aliasName", PATTERN),
        ),
    ] {
        let body = json!({"AliasName": name, "TargetKeyId": new});
        assert_violations(&server.kms("UpdateAlias", body).await, &[item]);
    }
    let answer = server
        .kms("UpdateAlias", json!({"AliasName": "alias/app"}))
        .await;
    assert_violations(&answer, &[missing("targetKeyId")]);
}
