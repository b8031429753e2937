//! A seeded randomness: the same on each run, each kind of draw independent of the others.

use secretstack::{Emulator, Entropy};
use serde_json::{Value, json};

use crate::support::{Client, Server};
use crate::{create, put};

async fn seeded() -> Server {
    let emulator = Emulator::builder().entropy(Entropy::seeded(7));
    Server::of(emulator).await
}

/// What is drawn where a client sees it: an ARN, a key id twice, and a password.
async fn draw(client: &Client, name: &str) -> [Value; 4] {
    let made = create(client, name, "x").await;
    let key = client.kms_ok("CreateKey", json!({})).await;
    let password = client.ok("GetRandomPassword", json!({})).await;
    [
        made["ARN"].clone(),
        key["KeyMetadata"]["KeyId"].clone(),
        key["KeyMetadata"]["Arn"].clone(),
        password["RandomPassword"].clone(),
    ]
}

#[tokio::test]
async fn a_seed_repeats_and_one_kind_of_draw_changes_no_other() {
    let (first, second) = (seeded().await, seeded().await);
    let client = first.client("000000000000", "us-east-1");
    let first = [draw(&client, "a").await, draw(&client, "b").await];
    let client = second.client("000000000000", "us-east-1");
    let a = draw(&client, "a").await;
    assert_eq!(a, first[0]);
    // None of these is an ARN of a new secret, a key or a password.
    put(&client, "a", "y").await;
    client.ok("GetSecretValue", json!({"SecretId": "a"})).await;
    let random = json!({"NumberOfBytes": 7});
    client.kms_ok("GenerateRandom", random).await;
    let data_key = json!({"KeyId": a[1], "KeySpec": "AES_256"});
    client.kms_ok("GenerateDataKey", data_key).await;
    let absent = json!({"SecretId": "absent", "ForceDeleteWithoutRecovery": true});
    client.ok("DeleteSecret", absent).await;
    assert_eq!(draw(&client, "b").await, first[1]);
}

#[tokio::test]
async fn one_more_password_changes_no_arn_and_one_more_secret_no_password() {
    let (first, second) = (seeded().await, seeded().await);
    let client = first.client("000000000000", "us-east-1");
    let expected = draw(&client, "a").await;
    let client = second.client("000000000000", "us-east-1");
    client.ok("GetRandomPassword", json!({})).await;
    client.kms_ok("CreateKey", json!({})).await;
    assert_eq!(draw(&client, "a").await[0], expected[0]);
}

#[tokio::test]
async fn a_snapshot_has_the_draws_that_follow() {
    let server = seeded().await;
    let client = server.client("000000000000", "us-east-1");
    draw(&client, "a").await;
    let snapshot = server.emulator().snapshot().await.unwrap();
    let drawn = draw(&client, "b").await;
    draw(&client, "c").await;
    snapshot.restore().await.unwrap();
    assert_eq!(draw(&client, "b").await, drawn);
}

#[tokio::test]
async fn another_seed_draws_otherwise() {
    let other = Emulator::builder().entropy(Entropy::seeded(8));
    let (first, second) = (seeded().await, Server::of(other).await);
    let client = first.client("000000000000", "us-east-1");
    let drawn = draw(&client, "a").await;
    let client = second.client("000000000000", "us-east-1");
    for (one, other) in drawn.iter().zip(draw(&client, "a").await) {
        assert_ne!(*one, other);
    }
}
