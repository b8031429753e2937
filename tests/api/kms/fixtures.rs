//! What the tests of the cryptographic operations and of the aliases share.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Answer, Client, REGION, Server};

/// An account that is not the default one.
pub(super) const OTHER_ACCOUNT: &str = "111111111111";
/// A region that is not the default one.
pub(super) const EU: &str = "eu-west-1";
/// A key id that no key has.
pub(super) const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";
/// A plaintext of three bytes, in base64.
pub(super) const ONE: &str = "b25l";

/// A client in the default account and region.
pub(super) fn home(server: &Server) -> Client {
    server.client(ACCOUNT, REGION)
}

/// The text of a member.
#[track_caller]
pub(super) fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no string"))
}

/// Creates a key; returns its ARN.
pub(super) async fn key_as(client: &Client, request: Value) -> String {
    let created = client.kms_ok("CreateKey", request).await;
    text(&created["KeyMetadata"]["Arn"]).to_owned()
}

/// Creates a symmetric key in the default account and region; returns its ARN.
pub(super) async fn key(server: &Server) -> String {
    key_as(&home(server), json!({})).await
}

/// Creates a key of a spec and a usage; returns its ARN.
pub(super) async fn key_for(server: &Server, spec: &str, usage: &str) -> String {
    let request = json!({"KeySpec": spec, "KeyUsage": usage});
    key_as(&home(server), request).await
}

/// The key id in a key's ARN.
pub(super) fn id_of(arn: &str) -> &str {
    arn.rsplit_once('/').expect("the ARN of a key").1
}

/// The ARN of a key in the default account and region.
pub(super) fn key_arn(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

/// The ARN of an alias in the default account and region.
pub(super) fn alias_arn(name: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:{name}")
}

/// AWS's sentence for a key that is not there.
pub(super) fn does_not_exist(arn: &str) -> String {
    format!("Key '{arn}' does not exist")
}

/// AWS's sentence for an alias of the default account and region that is not there.
pub(super) fn alias_not_found(name: &str) -> String {
    format!("Alias {} is not found.", alias_arn(name))
}

/// Gives a key an alias.
pub(super) async fn alias_as(client: &Client, name: &str, key: &str) {
    let request = json!({"AliasName": name, "TargetKeyId": key});
    client.kms_ok("CreateAlias", request).await;
}

/// Gives a key of the default account and region an alias.
pub(super) async fn alias(server: &Server, name: &str, key: &str) {
    alias_as(&home(server), name, key).await;
}

/// Calls an operation whose only member is the key.
pub(super) async fn set(server: &Server, operation: &str, key: &str) {
    server.kms_ok(operation, json!({"KeyId": key})).await;
}

/// Schedules a key for deletion in seven days.
pub(super) async fn schedule_deletion(server: &Server, key: &str) {
    let request = json!({"KeyId": key, "PendingWindowInDays": 7});
    server.kms_ok("ScheduleKeyDeletion", request).await;
}

/// Deletes a key, and waits until it is gone.
pub(super) async fn delete(server: &Server, key: &str) {
    schedule_deletion(server, key).await;
    server.advance(TimeDelta::days(7) + TimeDelta::seconds(1));
}

/// Asserts that an answer refuses a key because of one of `BREAKS`.
#[track_caller]
pub(super) fn assert_refuses_state(answer: &Answer, operation: &str, key: &str) {
    if operation == "DisableKey" {
        answer.assert_kms_error("DisabledException", &format!("{key} is disabled."));
    } else {
        let message = format!("{key} is pending deletion.");
        answer.assert_kms_error("KMSInvalidStateException", &message);
    }
}

/// What makes a key unusable.
pub(super) const BREAKS: [&str; 2] = ["DisableKey", "ScheduleKeyDeletion"];

/// Sends a request whose answer is not held against the model, which does not list what AWS answers.
pub(super) async fn unlisted(server: &Server, operation: &str, body: &Value) -> Answer {
    let target = format!("TrentService.{operation}");
    home(server).send(Some(&target), body.to_string()).await
}

/// A policy that lets the default account do everything with a key.
pub(super) fn policy() -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
    .to_string()
}

/// AWS's sentence for a key that did not encrypt the ciphertext.
pub(super) const INCORRECT_KEY: &str =
    "The key ID in the request does not identify a CMK that can perform this operation.";

/// AWS's sentence for a dry run of a request that would have succeeded.
pub(super) const WOULD_HAVE_SUCCEEDED: &str =
    "The request would have succeeded, but the DryRun option is set.";

/// Encrypts under a key without a context; returns the ciphertext in base64.
pub(super) async fn ciphertext(server: &Server, key: &str, plaintext: &[u8]) -> String {
    ciphertext_with(server, key, plaintext, &json!({})).await
}

/// Encrypts under a key with a context; returns the ciphertext in base64.
pub(super) async fn ciphertext_with(
    server: &Server,
    key: &str,
    plaintext: &[u8],
    context: &Value,
) -> String {
    let request = json!({
        "KeyId": key, "Plaintext": STANDARD.encode(plaintext), "EncryptionContext": context,
    });
    let answer = server.kms_ok("Encrypt", request).await;
    text(&answer["CiphertextBlob"]).to_owned()
}

/// Decrypts a ciphertext that has no context.
pub(super) async fn opened(server: &Server, blob: &str) -> Vec<u8> {
    let answer = server
        .kms_ok("Decrypt", json!({"CiphertextBlob": blob}))
        .await;
    bytes(&answer["Plaintext"])
}

/// The bytes of a member in base64.
#[track_caller]
pub(super) fn bytes(member: &Value) -> Vec<u8> {
    STANDARD
        .decode(text(member))
        .expect("padded standard base64")
}

/// The id of the key material that a key encrypts with now.
pub(super) async fn current_material(server: &Server, key: &str) -> Value {
    let described = server.kms_ok("DescribeKey", json!({"KeyId": key})).await;
    described["KeyMetadata"]["CurrentKeyMaterialId"].clone()
}
