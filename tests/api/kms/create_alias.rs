//! `CreateAlias`: which names and keys it takes.

use serde_json::{Value, json};

use super::fixtures::{
    EU, OTHER_ACCOUNT, UNKNOWN_ID, alias, alias_arn, delete, does_not_exist, home, id_of, key,
    key_arn, key_as, set, unlisted,
};
use crate::protocol::{assert_violations, at_least, at_most, missing, violation};
use crate::support::{ACCOUNT, Answer, REGION, Server};

/// AWS's sentence for an alias whose name does not begin as it must.
pub(super) const PREFIX: &str = "Alias must start with the prefix \"alias/\". Please see \
                                 https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
/// AWS's sentence for an alias of an alias.
pub(super) const NOT_ALIASES: &str = "Aliases must refer to keys. Not aliases";
/// The pattern of an alias's name, as a violation shows it.
pub(super) const PATTERN: &str = "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$";

/// Asks for an alias.
async fn create(server: &Server, name: &str, key: &str) -> Answer {
    let body = json!({"AliasName": name, "TargetKeyId": key});
    server.kms("CreateAlias", body).await
}

/// All aliases of the default account and region, with their keys' ids.
pub(super) async fn aliases(server: &Server) -> Vec<(String, String)> {
    let list = server.kms_ok("ListAliases", json!({})).await;
    let entries = list["Aliases"].as_array().expect("Aliases is a list");
    let text = |value: &Value| super::fixtures::text(value).to_owned();
    entries
        .iter()
        .map(|entry| (text(&entry["AliasName"]), text(&entry["TargetKeyId"])))
        .collect()
}

/// Fact 6.5: CreateAlias / UpdateAlias AliasName*
/// Fact 6.5: Protocol AWS JSON 1.1: Operations without output return 200 with empty body
#[tokio::test]
async fn alias_leads_to_its_key_and_the_answer_is_empty() {
    let server = Server::start().await;
    let key = key(&server).await;
    for (name, target) in [("alias/by-id", id_of(&key)), ("alias/by-arn", key.as_str())] {
        let answer = create(&server, name, target).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(answer.headers["content-length"], "0");
        let described = server.kms_ok("DescribeKey", json!({"KeyId": name})).await;
        assert_eq!(described["KeyMetadata"]["Arn"], key);
    }
    let id = id_of(&key).to_owned();
    assert_eq!(
        aliases(&server).await,
        [
            ("alias/by-arn".to_owned(), id.clone()),
            ("alias/by-id".to_owned(), id),
        ]
    );
}

/// Fact 6.5: CreateAlias / UpdateAlias AliasName* (`^[a-zA-Z0-9:/_-]+$`, 1..256)
#[tokio::test]
async fn name_of_256_characters_of_every_kind_is_taken() {
    let server = Server::start().await;
    let key = key(&server).await;
    let name = format!("alias/{:x<250}", "aZ09/_-//");
    assert_eq!(name.len(), 256);
    alias(&server, &name, &key).await;
    assert_eq!(aliases(&server).await, [(name, id_of(&key).to_owned())]);
}

/// Fact 6.5: AlreadyExistsException
#[tokio::test]
async fn taken_name_is_refused_and_keeps_its_key() {
    let server = Server::start().await;
    let (key, other) = (key(&server).await, key(&server).await);
    alias(&server, "alias/app", &key).await;

    for target in [&key, &other] {
        create(&server, "alias/app", target).await.assert_kms_error(
            "AlreadyExistsException",
            &format!(
                "An alias with the name {} already exists",
                alias_arn("alias/app")
            ),
        );
    }

    let id = id_of(&key).to_owned();
    assert_eq!(aliases(&server).await, [("alias/app".to_owned(), id)]);
}

/// Fact 6.5: alias lacking prefix
#[tokio::test]
async fn name_without_the_prefix_is_refused() {
    let server = Server::start().await;
    let key = key(&server).await;
    for name in ["app", "alias", "Alias/app", "/alias/app", "aliases/app"] {
        create(&server, name, &key)
            .await
            .assert_kms_error("ValidationException", PREFIX);
    }
    assert!(aliases(&server).await.is_empty());
}

/// Fact 6.5: CreateAlias / UpdateAlias AliasName* (`^[a-zA-Z0-9:/_-]+$`, 1..256)
/// Fact 1.5: too long
/// Fact 1.5: too short
/// Fact 1.5: pattern
/// Fact 1.5: required member missing
#[tokio::test]
async fn name_must_be_as_the_model_has_it() {
    let server = Server::start().await;
    let key = key(&server).await;
    let long = format!("alias/{}", "x".repeat(251));
    for (name, item) in [
        (Value::Null, missing("aliasName")),
        (json!(long), violation(&long, "aliasName", &at_most(256))),
        (
            json!("alias/a b"),
            violation("alias/a b", "aliasName", PATTERN),
        ),
        (
            json!("alias/a.b"),
            violation("alias/a.b", "aliasName", PATTERN),
        ),
    ] {
        let body = json!({"AliasName": name, "TargetKeyId": key});
        assert_violations(&server.kms("CreateAlias", body).await, &[item]);
    }
    create(&server, "", &key)
        .await
        .assert_code("ValidationException");
    assert!(aliases(&server).await.is_empty());
}

/// Fact 1.5: all constraint failures of one request are gathered
#[tokio::test]
async fn name_and_target_are_required_together() {
    let server = Server::start().await;
    let answer = server.kms("CreateAlias", json!({})).await;
    assert_violations(&answer, &[missing("aliasName"), missing("targetKeyId")]);

    let body = json!({"AliasName": "alias/app", "TargetKeyId": ""});
    let answer = server.kms("CreateAlias", body).await;
    assert_violations(&answer, &[violation("", "targetKeyId", &at_least(1))]);
}

#[tokio::test]
async fn bare_prefix_and_colon_are_no_alias_name() {
    let server = Server::start().await;
    let key = key(&server).await;
    for name in ["alias/", "alias/a:b"] {
        create(&server, name, &key)
            .await
            .assert_code("InvalidAliasNameException");
    }
    assert!(aliases(&server).await.is_empty());
}

#[tokio::test]
async fn names_of_aws_are_reserved() {
    let server = Server::start().await;
    let key = key(&server).await;
    for name in ["alias/aws/secretsmanager", "alias/aws/app"] {
        let body = json!({"AliasName": name, "TargetKeyId": key});
        unlisted(&server, "CreateAlias", &body)
            .await
            .assert_silent_error("NotAuthorizedException");
    }
    assert!(aliases(&server).await.is_empty());
}

/// Fact 6.5: NotFoundException key (well-formed id)
/// Fact 6.5: NotFoundException id not a UUID
/// Fact 6.5: NotFoundException ARN of another Region
#[tokio::test]
async fn target_must_be_a_key_of_the_account_and_region() {
    let server = Server::start().await;
    let gone = key(&server).await;
    delete(&server, &gone).await;
    let foreign = key_as(&server.client(OTHER_ACCOUNT, REGION), json!({})).await;
    let elsewhere = key_as(&server.client(ACCOUNT, EU), json!({})).await;
    for (target, message) in [
        (UNKNOWN_ID, does_not_exist(&key_arn(UNKNOWN_ID))),
        (gone.as_str(), does_not_exist(&gone)),
        (foreign.as_str(), does_not_exist(&foreign)),
        (elsewhere.as_str(), "Invalid arn eu-west-1".to_owned()),
        ("settings", "Invalid keyId 'settings'".to_owned()),
    ] {
        create(&server, "alias/app", target)
            .await
            .assert_kms_error("NotFoundException", &message);
    }
    assert!(aliases(&server).await.is_empty());
}

#[tokio::test]
async fn alias_of_an_alias_is_refused() {
    let server = Server::start().await;
    let key = key(&server).await;
    alias(&server, "alias/app", &key).await;
    for target in ["alias/app", &alias_arn("alias/app"), "alias/nobody"] {
        create(&server, "alias/other", target)
            .await
            .assert_kms_error("ValidationException", NOT_ALIASES);
    }
    assert_eq!(aliases(&server).await.len(), 1);
}

/// Fact 6.5: Key-state effects: allows DescribeKey, alias
/// Fact 6.5: Key-state effects: PendingDeletion blocks
#[tokio::test]
async fn disabled_key_takes_an_alias_and_one_pending_deletion_does_not() {
    let server = Server::start().await;
    let (disabled, pending) = (key(&server).await, key(&server).await);
    set(&server, "DisableKey", &disabled).await;
    set(&server, "ScheduleKeyDeletion", &pending).await;

    alias(&server, "alias/disabled", &disabled).await;
    create(&server, "alias/pending", &pending)
        .await
        .assert_kms_error(
            "KMSInvalidStateException",
            &format!("{pending} is pending deletion."),
        );

    let id = id_of(&disabled).to_owned();
    assert_eq!(aliases(&server).await, [("alias/disabled".to_owned(), id)]);
}

#[tokio::test]
async fn name_is_free_again_when_its_key_is_gone() {
    let server = Server::start().await;
    let old = key(&server).await;
    alias(&server, "alias/app", &old).await;
    delete(&server, &old).await;

    let new = key(&server).await;
    alias(&server, "alias/app", &new).await;

    let described = home(&server)
        .kms_ok("DescribeKey", json!({"KeyId": "alias/app"}))
        .await;
    assert_eq!(described["KeyMetadata"]["Arn"], new);
}
