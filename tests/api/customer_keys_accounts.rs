//! Secrets under customer keys, used by another account.

use serde_json::{Value, json};

use crate::customer_keys::{CANNOT_DECRYPT, create, key, keys_of, set};
use crate::customer_keys_update::move_to;
use crate::replication::{DEFAULT_KEY, home, read};
use crate::support::{Answer, Client, REGION, Server, version_id};

/// AWS's sentence for another account's secret under the default key.
const FOREIGN_DEFAULT_KEY: &str = "You can't access a secret from a different AWS account if you encrypt \
                                   the secret with the default KMS service key.";

/// The secret `settings` under a key, with a policy that lets every account in; its owner, another account, and its ARN.
async fn shared(server: &Server, key_id: &str) -> (Client, Client, String) {
    let home = home(server);
    let arn = create(&home, key_id).await;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
        ],
    });
    let request = json!({"SecretId": arn, "ResourcePolicy": policy.to_string()});
    home.ok("PutResourcePolicy", request).await;
    (home, server.client("111111111111", REGION), arn)
}

/// Reads a secret by its ARN.
async fn get(client: &Client, arn: &str) -> Answer {
    client
        .call("GetSecretValue", json!({"SecretId": arn}))
        .await
}

/// A request to give a secret another value.
fn another_value(arn: &str) -> Value {
    json!({"SecretId": arn, "ClientRequestToken": version_id("v2"), "SecretString": "two"})
}

/// Fact 2.4: `GetSecretValue`, `PutSecretValue`: works if key policy allows
/// Fact 2.2: ARN of another account, allowed by resource policy
#[tokio::test]
async fn another_account_reads_and_writes_a_value_under_a_customer_key() {
    let server = Server::start().await;
    let key = key(&home(&server)).await;
    let (home, other, arn) = shared(&server, &key).await;

    let value = get(&other, &arn).await.json();
    assert_eq!(value["SecretString"], "one");
    assert_eq!(value["ARN"], arn);

    other.ok("PutSecretValue", another_value(&arn)).await;
    assert_eq!(read(&home).await["SecretString"], "two");
    assert_eq!(keys_of(&home, "v2").await, json!([key]));
}

/// Fact 2.4: `GetSecretValue`, `PutSecretValue`: `InvalidRequestException`
/// Fact 6.3: not usable across accounts
#[tokio::test]
async fn default_key_keeps_other_accounts_out_even_if_it_was_named() {
    let server = Server::start().await;
    let (home, other, arn) = shared(&server, DEFAULT_KEY).await;

    get(&other, &arn)
        .await
        .assert_service_error("InvalidRequestException", FOREIGN_DEFAULT_KEY);
    other
        .call("PutSecretValue", another_value(&arn))
        .await
        .assert_service_error("InvalidRequestException", FOREIGN_DEFAULT_KEY);

    assert_eq!(read(&home).await["SecretString"], "one");
}

/// Fact 2.4: `GetSecretValue`, `PutSecretValue`: `InvalidRequestException`
/// Fact 3.5: `KmsKeyId: ""` returns to the default key
#[tokio::test]
async fn moving_the_secret_lets_another_account_in_and_keeps_it_out_again() {
    let server = Server::start().await;
    let key = key(&home(&server)).await;
    let (home, other, arn) = shared(&server, DEFAULT_KEY).await;

    move_to(&home, &key).await;
    assert_eq!(get(&other, &arn).await.json()["SecretString"], "one");

    move_to(&home, "").await;
    get(&other, &arn)
        .await
        .assert_service_error("InvalidRequestException", FOREIGN_DEFAULT_KEY);
}

/// Fact 6.4: key disabled, on read
#[tokio::test]
async fn another_account_cannot_read_under_a_disabled_key() {
    let server = Server::start().await;
    let key = key(&home(&server)).await;
    let (home, other, arn) = shared(&server, &key).await;
    set(&home, "DisableKey", &key).await;
    get(&other, &arn)
        .await
        .assert_service_error("DecryptionFailure", CANNOT_DECRYPT);
}
