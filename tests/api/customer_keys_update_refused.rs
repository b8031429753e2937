//! `UpdateSecret` with another key: what stops it, and that nothing has changed then.

use serde_json::json;

use crate::customer_keys::{
    BREAKS, CANNOT_DECRYPT, CANNOT_ENCRYPT, UNKNOWN_KEY, assert_closed, assert_refuses_asymmetric,
    asymmetric_keys, get, key, keys_of, set, shown, versions, wait_for_deletion,
};
use crate::customer_keys_update::{move_to, under_the_first_key, update};
use crate::replication::{put, read};
use crate::support::{Answer, Client};

/// Asserts that updates to a key are refused as `check` says, with a value and without, and that nothing changes.
async fn assert_refuses(home: &Client, key_id: &str, check: impl Fn(&Answer)) {
    let before = shown(home).await;
    for more in [
        json!({"KmsKeyId": key_id}),
        json!({"KmsKeyId": key_id, "Description": "new"}),
        json!({"KmsKeyId": key_id, "SecretString": "two"}),
    ] {
        check(&update(home, more).await);
        assert_eq!(shown(home).await, before, "{key_id}");
    }
    assert_eq!(get(home).await.json()["SecretString"], "one");
}

/// Fact 6.4: key not found
#[tokio::test]
async fn unknown_key_changes_nothing() {
    for key_id in [
        "00000000-0000-4000-8000-000000000000",
        "alias/nobody",
        "nonsense",
    ] {
        let (_server, home, ..) = under_the_first_key().await;
        assert_refuses(&home, key_id, |answer| {
            answer.assert_service_error("InvalidParameterException", UNKNOWN_KEY);
        })
        .await;
    }
}

/// Fact 6.4: key disabled, on write
/// Fact 6.1: Create/UpdateSecret with a customer key
#[tokio::test]
async fn disabled_key_changes_nothing() {
    for operation in BREAKS {
        let (_server, home, _, new) = under_the_first_key().await;
        set(&home, operation, &new).await;
        assert_refuses(&home, &new, |answer| {
            answer.assert_service_error("EncryptionFailure", CANNOT_ENCRYPT);
        })
        .await;
    }
}

/// Fact 6.4: asymmetric key: message contains
#[tokio::test]
async fn asymmetric_key_changes_nothing() {
    let (_server, home, ..) = under_the_first_key().await;
    for key in asymmetric_keys(&home).await {
        assert_refuses(&home, &key, assert_refuses_asymmetric).await;
    }
}

/// Fact 6.4: key disabled, on write
#[tokio::test]
async fn disabled_key_of_the_secret_takes_no_new_value() {
    for operation in BREAKS {
        let (_server, home, old, _) = under_the_first_key().await;
        set(&home, operation, &old).await;
        let before = shown(&home).await;
        update(&home, json!({"SecretString": "two"}))
            .await
            .assert_service_error("EncryptionFailure", CANNOT_ENCRYPT);
        assert_eq!(shown(&home).await, before);
    }
}

/// Fact 6.4: key disabled, on read
/// Fact 6.1: UpdateSecret changing key: Decrypt with old
#[tokio::test]
async fn secret_does_not_move_from_a_key_that_cannot_open_it() {
    for operation in BREAKS {
        let (_server, home, old, new) = under_the_first_key().await;
        set(&home, operation, &old).await;
        let before = shown(&home).await;

        for key_id in [new.as_str(), ""] {
            update(&home, json!({"KmsKeyId": key_id}))
                .await
                .assert_service_error("DecryptionFailure", CANNOT_DECRYPT);
        }

        assert_eq!(shown(&home).await, before);
        assert_closed(&home).await;
    }
}

/// Fact 6.1: UpdateSecret changing key: Decrypt with old
#[tokio::test]
async fn secret_moves_when_its_old_key_is_enabled_again() {
    let (_server, home, old, new) = under_the_first_key().await;
    set(&home, "DisableKey", &old).await;
    update(&home, json!({"KmsKeyId": new}))
        .await
        .assert_code("DecryptionFailure");
    set(&home, "EnableKey", &old).await;

    move_to(&home, &new).await;

    set(&home, "DisableKey", &old).await;
    assert_eq!(read(&home).await["SecretString"], "one");
}

#[tokio::test]
async fn secret_of_a_deleted_key_does_not_move() {
    let (server, home, old, new) = under_the_first_key().await;
    set(&home, "ScheduleKeyDeletion", &old).await;
    wait_for_deletion(&server);
    let before = shown(&home).await;
    update(&home, json!({"KmsKeyId": new}))
        .await
        .assert_service_error("DecryptionFailure", CANNOT_DECRYPT);
    assert_eq!(shown(&home).await, before);
}

/// Fact 3.5: changing `KmsKeyId` re-encrypts the versions labelled AWSCURRENT
#[tokio::test]
async fn version_without_labels_under_a_disabled_key_does_not_stop_the_others() {
    let (_server, home, old, middle) = under_the_first_key().await;
    let new = key(&home).await;
    put(&home, "v2", "two").await;
    put(&home, "v3", "three").await;
    move_to(&home, &middle).await;
    set(&home, "DisableKey", &old).await;

    move_to(&home, &new).await;

    for (token, key) in [("v1", &old), ("v2", &new), ("v3", &new)] {
        assert_eq!(keys_of(&home, token).await, json!([key]), "{token}");
    }
    assert_eq!(
        versions(&home).await["Versions"].as_array().unwrap().len(),
        3
    );
    assert_eq!(read(&home).await["SecretString"], "three");
}
