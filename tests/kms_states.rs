//! The states of a KMS key: AWS's table of what works in which, and random histories against a small model.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "kms_states/histories.rs"]
mod histories;
#[path = "support/mod.rs"]
mod support;

use chrono::TimeDelta;
use serde_json::{Value, json};
use support::{ACCOUNT, Answer, REGION, Server};

/// What a call answers because of a key's state.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Done,
    Disabled,
    Pending,
    NotPending,
    Gone,
}

use Says::{Disabled, Done, Gone, NotPending, Pending};

/// AWS's table: what is called, and the answers for a key that is enabled, disabled, and pending deletion. Where a call
/// has to do with two keys, words after the operation say which of them is meant; the other one is enabled.
const TABLE: [(&str, [Says; 3]); 28] = [
    ("CancelKeyDeletion", [NotPending, NotPending, Done]),
    ("CreateAlias", [Done, Done, Pending]),
    ("Decrypt", [Done, Disabled, Pending]),
    ("DeleteAlias", [Done, Done, Done]),
    ("DescribeKey", [Done, Done, Done]),
    ("DisableKey", [Done, Done, Pending]),
    ("DisableKeyRotation", [Done, Disabled, Pending]),
    ("EnableKey", [Done, Done, Pending]),
    ("EnableKeyRotation", [Done, Disabled, Pending]),
    ("Encrypt", [Done, Disabled, Pending]),
    ("GenerateDataKey", [Done, Disabled, Pending]),
    ("GenerateDataKeyWithoutPlaintext", [Done, Disabled, Pending]),
    ("GetKeyPolicy", [Done, Done, Done]),
    ("GetKeyRotationStatus", [Done, Done, Done]),
    ("ListAliases", [Done, Done, Done]),
    ("ListKeyPolicies", [Done, Done, Done]),
    ("ListKeyRotations", [Done, Done, Done]),
    ("ListResourceTags", [Done, Done, Done]),
    ("PutKeyPolicy", [Done, Done, Done]),
    ("ReEncrypt from it", [Done, Disabled, Pending]),
    ("ReEncrypt to it", [Done, Disabled, Pending]),
    ("RotateKeyOnDemand", [Done, Disabled, Pending]),
    ("ScheduleKeyDeletion", [Done, Done, Pending]),
    ("TagResource", [Done, Done, Pending]),
    ("UntagResource", [Done, Done, Pending]),
    ("UpdateAlias from it", [Done, Done, Done]),
    ("UpdateAlias to it", [Done, Done, Pending]),
    ("UpdateKeyDescription", [Done, Done, Pending]),
];

/// The calls that bring a new key into a state, with the table's column for it and the state's name.
const WAYS: [(&[&str], usize, &str); 5] = [
    (&[], 0, "Enabled"),
    (&["DisableKey"], 1, "Disabled"),
    (&["ScheduleKeyDeletion"], 2, "PendingDeletion"),
    (&["DisableKey", "ScheduleKeyDeletion"], 2, "PendingDeletion"),
    (&["ScheduleKeyDeletion", "CancelKeyDeletion"], 1, "Disabled"),
];

/// A key with an alias and something it encrypted.
struct Key {
    id: String,
    arn: String,
    alias: String,
    ciphertext: Value,
}

impl Key {
    async fn create(server: &Server) -> Self {
        let id = text(&server.create_key().await["KeyId"]).to_owned();
        let alias = format!("alias/of/{id}");
        let request = json!({"AliasName": alias, "TargetKeyId": id});
        server.kms_ok("CreateAlias", request).await;
        let request = json!({"KeyId": id, "Plaintext": "b25l"});
        let encrypted = server.kms_ok("Encrypt", request).await;
        Self {
            arn: format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}"),
            alias,
            ciphertext: encrypted["CiphertextBlob"].clone(),
            id,
        }
    }

    /// Asserts that an answer is the one for this key.
    #[track_caller]
    fn assert_says(&self, answer: &Answer, says: Says) {
        let arn = &self.arn;
        match says {
            Done => assert_eq!(answer.status, 200, "{}", answer.text),
            Disabled => {
                answer.assert_kms_error("DisabledException", &format!("{arn} is disabled."));
            }
            Pending => answer.assert_kms_error(
                "KMSInvalidStateException",
                &format!("{arn} is pending deletion."),
            ),
            NotPending => answer.assert_kms_error(
                "KMSInvalidStateException",
                &format!("{arn} is not pending deletion."),
            ),
            Gone => {
                answer
                    .assert_kms_error("NotFoundException", &format!("Key '{arn}' does not exist"));
            }
        }
    }

    async fn describe(&self, server: &Server) -> Value {
        let request = json!({"KeyId": self.arn});
        server.kms_ok("DescribeKey", request).await["KeyMetadata"].clone()
    }
}

/// A JSON string's text.
#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().expect("the member is a string")
}

/// The members of a row's call.
fn request(row: &str, key: &Key, other: &Key) -> Value {
    let id = &key.id;
    match row {
        "CreateAlias" => json!({"AliasName": format!("alias/new/{id}"), "TargetKeyId": id}),
        "Decrypt" => json!({"CiphertextBlob": key.ciphertext}),
        "DeleteAlias" => json!({"AliasName": key.alias}),
        "Encrypt" => json!({"KeyId": id, "Plaintext": "b25l"}),
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => {
            json!({"KeyId": id, "KeySpec": "AES_256"})
        }
        "PutKeyPolicy" => json!({"KeyId": id, "Policy": policy()}),
        "ReEncrypt from it" => {
            json!({"CiphertextBlob": key.ciphertext, "DestinationKeyId": other.id})
        }
        "ReEncrypt to it" => {
            json!({"CiphertextBlob": other.ciphertext, "DestinationKeyId": id})
        }
        "TagResource" => json!({"KeyId": id, "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        "UntagResource" => json!({"KeyId": id, "TagKeys": ["a"]}),
        "UpdateAlias from it" => json!({"AliasName": key.alias, "TargetKeyId": other.id}),
        "UpdateAlias to it" => json!({"AliasName": other.alias, "TargetKeyId": id}),
        "UpdateKeyDescription" => json!({"KeyId": id, "Description": "new"}),
        _ => json!({"KeyId": id}),
    }
}

/// A policy that allows the account's root everything.
fn policy() -> String {
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "kms:*",
        "Resource": "*",
    });
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// Makes a row's call.
async fn call(server: &Server, row: &str, key: &Key, other: &Key) -> Answer {
    let operation = row.split(' ').next().expect("a row names its operation");
    server.kms(operation, request(row, key, other)).await
}

/// The state a key is in after a row's call.
fn state_after(row: &str, says: Says, before: &'static str) -> &'static str {
    if says != Done {
        return before;
    }
    match row {
        "EnableKey" => "Enabled",
        "DisableKey" | "CancelKeyDeletion" => "Disabled",
        "ScheduleKeyDeletion" => "PendingDeletion",
        _ => before,
    }
}

/// Asserts the state a key shows.
#[track_caller]
fn assert_state(shown: &Value, state: &str) {
    assert_eq!(shown["KeyState"], state, "{shown}");
    assert_eq!(shown["Enabled"], state == "Enabled", "{shown}");
    let has_date = shown.get("DeletionDate").is_some();
    assert_eq!(has_date, state == "PendingDeletion", "{shown}");
}

/// Fact 6.5: Key-state effects: Disabled blocks
/// Fact 6.5: `DisabledException`: {key ARN} is disabled.
/// Fact 6.5: pending deletion, crypto or state calls
/// Fact 6.5: cancel when not pending
#[tokio::test]
async fn each_state_allows_what_the_table_says() {
    let server = Server::start().await;
    for (row, cells) in TABLE {
        for (way, column, before) in WAYS {
            println!("{row} of a key that is {before} by {way:?}");
            let other = Key::create(&server).await;
            let key = Key::create(&server).await;
            for operation in way {
                let request = json!({"KeyId": key.id});
                server.kms_ok(operation, request).await;
            }

            let answer = call(&server, row, &key, &other).await;

            key.assert_says(&answer, cells[column]);
            let after = state_after(row, cells[column], before);
            assert_state(&key.describe(&server).await, after);
            assert_state(&other.describe(&server).await, "Enabled");
        }
    }
}

/// Fact 6.5: `NotFoundException` key (well-formed id)
/// Fact 6.5: `NotFoundException` alias: Alias arn
#[tokio::test]
async fn nothing_is_left_of_a_key_whose_time_is_over() {
    let server = Server::start().await;
    let key = Key::create(&server).await;
    let other = Key::create(&server).await;
    let request = json!({"KeyId": key.id});
    server.kms_ok("ScheduleKeyDeletion", request).await;
    server.advance(TimeDelta::days(30) + TimeDelta::seconds(1));

    for (row, _) in TABLE {
        println!("{row} of a key that is gone");
        let answer = call(&server, row, &key, &other).await;
        match row {
            "Decrypt" | "ReEncrypt from it" => answer.assert_code("InvalidCiphertextException"),
            "DeleteAlias" | "UpdateAlias from it" => answer.assert_kms_error(
                "NotFoundException",
                &format!(
                    "Alias arn:aws:kms:{REGION}:{ACCOUNT}:{} is not found.",
                    key.alias
                ),
            ),
            _ => key.assert_says(&answer, Gone),
        }
    }
    assert_state(&other.describe(&server).await, "Enabled");
}
