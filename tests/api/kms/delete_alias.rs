//! `DeleteAlias`: the name goes, the key stays.

use serde_json::json;

use super::create_alias::{PATTERN, PREFIX, aliases};
use super::fixtures::{
    BREAKS, EU, OTHER_ACCOUNT, alias, alias_as, alias_not_found, id_of, key, key_as, set, unlisted,
};
use crate::protocol::{assert_violations, missing, violation};
use crate::support::{ACCOUNT, Answer, REGION, Server};

/// Deletes an alias.
async fn delete_alias(server: &Server, name: &str) -> Answer {
    server.kms("DeleteAlias", json!({"AliasName": name})).await
}

/// Fact 6.5: DeleteAlias AliasName*
/// Fact 6.5: Protocol AWS JSON 1.1: Operations without output return 200 with empty body
#[tokio::test]
async fn deleted_alias_leads_nowhere_and_the_answer_is_empty() {
    let server = Server::start().await;
    let key = key(&server).await;
    for name in ["alias/app", "alias/other"] {
        alias(&server, name, &key).await;
    }

    let answer = delete_alias(&server, "alias/app").await;

    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    server
        .kms("DescribeKey", json!({"KeyId": "alias/app"}))
        .await
        .assert_kms_error("NotFoundException", &alias_not_found("alias/app"));
    let id = id_of(&key).to_owned();
    assert_eq!(aliases(&server).await, [("alias/other".to_owned(), id)]);
}

/// Fact 6.5: DeleteAlias AliasName*
#[tokio::test]
async fn key_stays_and_the_name_is_free() {
    let server = Server::start().await;
    let (old, new) = (key(&server).await, key(&server).await);
    alias(&server, "alias/app", &old).await;

    delete_alias(&server, "alias/app").await;

    let described = server.kms_ok("DescribeKey", json!({"KeyId": old})).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Enabled");
    alias(&server, "alias/app", &new).await;
    let id = id_of(&new).to_owned();
    assert_eq!(aliases(&server).await, [("alias/app".to_owned(), id)]);
}

/// Fact 6.5: NotFoundException alias
#[tokio::test]
async fn unknown_alias_is_not_found() {
    let server = Server::start().await;
    let key = key(&server).await;
    alias(&server, "alias/app", &key).await;
    delete_alias(&server, "alias/app").await;
    for name in ["alias/app", "alias/nobody"] {
        delete_alias(&server, name)
            .await
            .assert_kms_error("NotFoundException", &alias_not_found(name));
    }
}

/// Fact 6.5: DeleteAlias AliasName*
#[tokio::test]
async fn same_alias_of_another_region_or_account_stays() {
    let server = Server::start().await;
    let others = [
        server.client(ACCOUNT, EU),
        server.client(OTHER_ACCOUNT, REGION),
    ];
    for other in &others {
        let key = key_as(other, json!({})).await;
        alias_as(other, "alias/app", &key).await;
    }

    delete_alias(&server, "alias/app")
        .await
        .assert_kms_error("NotFoundException", &alias_not_found("alias/app"));

    for other in &others {
        other
            .kms_ok("DescribeKey", json!({"KeyId": "alias/app"}))
            .await;
    }
}

/// Fact 6.5: Key-state effects: allows DescribeKey, DeleteAlias
#[tokio::test]
async fn alias_of_a_disabled_key_or_one_pending_deletion_can_be_deleted() {
    let server = Server::start().await;
    for operation in BREAKS {
        let key = key(&server).await;
        alias(&server, "alias/app", &key).await;
        set(&server, operation, &key).await;
        let answer = delete_alias(&server, "alias/app").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(aliases(&server).await.is_empty());
    }
}

#[tokio::test]
async fn names_of_aws_are_reserved() {
    let server = Server::start().await;
    server
        .kms_ok("DescribeKey", json!({"KeyId": "alias/aws/secretsmanager"}))
        .await;
    let before = aliases(&server).await;
    for name in ["alias/aws/secretsmanager", "alias/aws/app"] {
        unlisted(&server, "DeleteAlias", &json!({"AliasName": name}))
            .await
            .assert_silent_error("NotAuthorizedException");
    }
    assert_eq!(before.len(), 1);
    assert_eq!(aliases(&server).await, before);
}

/// Fact 6.5: alias lacking prefix
#[tokio::test]
async fn name_without_the_prefix_is_refused() {
    let server = Server::start().await;
    delete_alias(&server, "app")
        .await
        .assert_kms_error("ValidationException", PREFIX);
}

/// Fact 1.5: pattern
/// Fact 1.5: required member missing
#[tokio::test]
async fn name_must_be_as_the_model_has_it() {
    let server = Server::start().await;
    let answer = server.kms("DeleteAlias", json!({})).await;
    assert_violations(&answer, &[missing("aliasName")]);
    let answer = delete_alias(&server, "alias/a b").await;
    let item = violation("alias/a b", "aliasName", PATTERN);
    assert_violations(&answer, &[item]);
}
