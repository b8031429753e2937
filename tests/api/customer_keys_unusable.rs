//! Secrets whose customer key is unknown, disabled, pending deletion, gone, or not symmetric.

use serde_json::json;

use crate::customer_keys::{
    BREAKS, CANNOT_DECRYPT, CANNOT_ENCRYPT, UNKNOWN_KEY, assert_closed, assert_refuses_asymmetric,
    asymmetric_keys, create, creation, creation_without_value, id_of, key, set, shown, try_put,
    wait_for_deletion,
};
use crate::replication::{EU, done, home, policy, read};
use crate::support::{ACCOUNT, Client, Server, version_id};

/// Asserts that there is no secret.
async fn assert_no_secret(client: &Client) {
    let request = json!({"IncludePlannedDeletion": true});
    let list = client.ok("ListSecrets", request).await;
    assert_eq!(list["SecretList"], json!([]));
}

/// Fact 6.4: key not found
#[tokio::test]
async fn secret_is_not_created_under_an_unknown_key() {
    let server = Server::start().await;
    let home = home(&server);
    let elsewhere = key(&server.client(ACCOUNT, EU)).await;
    for key_id in [
        "00000000-0000-4000-8000-000000000000",
        "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000",
        "alias/nobody",
        "arn:aws:kms:us-east-1:000000000000:alias/nobody",
        "nonsense",
        id_of(&elsewhere),
        &elsewhere,
    ] {
        for request in [creation(key_id), creation_without_value(key_id)] {
            home.call("CreateSecret", request)
                .await
                .assert_service_error("InvalidParameterException", UNKNOWN_KEY);
        }
    }
    assert_no_secret(&home).await;
}

/// Fact 6.4: key disabled, on write
/// Fact 6.1: Create/UpdateSecret with a customer key
/// Fact 6.1: CreateSecret with value: GenerateDataKey
#[tokio::test]
async fn secret_is_not_created_under_a_disabled_key_with_or_without_a_value() {
    let server = Server::start().await;
    let home = home(&server);
    for operation in BREAKS {
        let key = key(&home).await;
        set(&home, operation, &key).await;
        for request in [creation(&key), creation_without_value(&key)] {
            home.call("CreateSecret", request)
                .await
                .assert_service_error("EncryptionFailure", CANNOT_ENCRYPT);
        }
    }
    assert_no_secret(&home).await;
}

/// Fact 3.1: asymmetric KMS key → error text contains
/// Fact 6.4: asymmetric key: message contains
/// Fact 6.1: A new data key is generated for every value. Only symmetric keys.
#[tokio::test]
async fn secret_is_not_created_under_an_asymmetric_key() {
    let server = Server::start().await;
    let home = home(&server);
    for key in asymmetric_keys(&home).await {
        let answer = home.call("CreateSecret", creation(&key)).await;
        assert_refuses_asymmetric(&answer);
    }
    assert_no_secret(&home).await;
}

/// Fact 6.4: key disabled, on write
#[tokio::test]
async fn disabled_key_takes_no_new_value() {
    for operation in BREAKS {
        let server = Server::start().await;
        let home = home(&server);
        let key = key(&home).await;
        create(&home, &key).await;
        set(&home, operation, &key).await;
        let before = shown(&home).await;

        try_put(&home)
            .await
            .assert_service_error("EncryptionFailure", CANNOT_ENCRYPT);

        assert_eq!(shown(&home).await, before);
    }
}

/// Fact 6.1: PutSecretValue/UpdateSecret reusing a token: Decrypt
#[tokio::test]
async fn disabled_key_cannot_compare_a_value_sent_again() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;
    set(&home, "DisableKey", &key).await;
    let request = json!({
        "SecretId": "settings", "ClientRequestToken": version_id("v1"), "SecretString": "one",
    });
    let answer = home.call("PutSecretValue", request).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    let code = answer.json()["__type"].clone();
    assert!(
        code == "DecryptionFailure" || code == "EncryptionFailure",
        "{code}"
    );
}

/// Fact 6.4: key disabled, on read
/// Fact 3.2: decrypt denied → `AccessDeniedException`; other KMS trouble → `DecryptionFailure`
/// Fact 6.1: GetSecretValue, BatchGetSecretValue: Decrypt
#[tokio::test]
async fn disabled_key_opens_no_value_until_it_is_enabled_again() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;
    let before = shown(&home).await;

    set(&home, "DisableKey", &key).await;
    assert_closed(&home).await;
    assert_eq!(shown(&home).await, before);

    set(&home, "EnableKey", &key).await;
    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 6.4: key disabled, on read
/// Fact 6.5: CancelKeyDeletion KeyId (ARN); key becomes **Disabled**
#[tokio::test]
async fn key_pending_deletion_opens_no_value_until_it_is_saved_and_enabled() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;

    set(&home, "ScheduleKeyDeletion", &key).await;
    assert_closed(&home).await;
    set(&home, "CancelKeyDeletion", &key).await;
    assert_closed(&home).await;

    set(&home, "EnableKey", &key).await;
    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 6.4: key not found
#[tokio::test]
async fn deleted_key_takes_its_values_with_it() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;
    let before = shown(&home).await;
    set(&home, "ScheduleKeyDeletion", &key).await;

    wait_for_deletion(&server);

    assert_closed(&home).await;
    try_put(&home)
        .await
        .assert_service_error("InvalidParameterException", UNKNOWN_KEY);
    assert_eq!(shown(&home).await, before);
}

/// Fact 3.3: per-secret failure goes to `Errors`, HTTP stays 200
/// Fact 6.1: GetSecretValue, BatchGetSecretValue: Decrypt
#[tokio::test]
async fn batch_shows_a_closed_secret_among_its_errors() {
    let server = Server::start().await;
    let home = home(&server);
    let (open, key) = (key(&home).await, key(&home).await);
    create(&home, &key).await;
    let mut request = creation(&open);
    request["Name"] = json!("other");
    home.ok("CreateSecret", request).await;

    for operation in BREAKS {
        set(&home, operation, &key).await;
        let request = json!({"SecretIdList": ["settings", "other"]});
        let batch = home.ok("BatchGetSecretValue", request).await;
        assert_eq!(
            batch["Errors"],
            json!([{
                "SecretId": "settings", "ErrorCode": "DecryptionFailure", "Message": CANNOT_DECRYPT,
            }])
        );
        let values = batch["SecretValues"].as_array().unwrap();
        assert_eq!(values.len(), 1, "{batch}");
        assert_eq!(values[0]["Name"], "other");
    }
}

/// Fact 6.1: RotateSecret, DescribeSecret, lists, tags, stages, policies: none
#[tokio::test]
async fn what_needs_no_value_needs_no_key() {
    let server = Server::start().await;
    let home = home(&server);
    let key = key(&home).await;
    create(&home, &key).await;
    set(&home, "DisableKey", &key).await;
    let secret = json!({"SecretId": "settings"});
    for (operation, body) in [
        ("DescribeSecret", secret.clone()),
        ("ListSecretVersionIds", secret.clone()),
        ("ListSecrets", json!({})),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": "BLUE", "MoveToVersionId": version_id("v1")}),
        ),
        (
            "TagResource",
            json!({"SecretId": "settings", "Tags": [{"Key": "team", "Value": "blue"}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": "settings", "TagKeys": ["team"]}),
        ),
        (
            "PutResourcePolicy",
            json!({"SecretId": "settings", "ResourcePolicy": policy("secretsmanager:GetSecretValue")}),
        ),
        ("GetResourcePolicy", secret.clone()),
        ("DeleteResourcePolicy", secret.clone()),
        ("DeleteSecret", secret.clone()),
        ("RestoreSecret", secret),
    ] {
        done(&home, operation, body).await;
    }
}
