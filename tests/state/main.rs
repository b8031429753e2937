//! An emulator's state as one thing: snapshots, resetting, and the same draws on each run.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod draws;
mod reset;
mod snapshots;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use support::function::FUNCTION_ARN;
use support::{Answer, Server, version_id};
use tokio::task::JoinHandle;

/// Sends a request without a body to one of the emulator's own paths.
async fn send(server: &Server, method: &str, path: &str) -> Answer {
    server.send(method, path, "").await
}

/// Sends one that must succeed; returns its body, `null` if there is none.
async fn done(server: &Server, method: &str, path: &str) -> Value {
    let answer = send(server, method, path).await;
    assert!(
        (200..300).contains(&answer.status),
        "{path}: {}",
        answer.text
    );
    if answer.text.is_empty() {
        return Value::Null;
    }
    answer.json()
}

/// The names that there are, in an order.
async fn names(client: &support::Client, sort: &str) -> Vec<String> {
    let list = client.ok("ListSecrets", json!({"SortBy": sort, "SortOrder": "asc"}));
    let list = list.await;
    let secrets = list["SecretList"].as_array().unwrap().iter();
    secrets
        .map(|secret| secret["Name"].as_str().unwrap().to_owned())
        .collect()
}

/// Creates a secret; returns the answer.
async fn create(client: &support::Client, name: &str, value: &str) -> Value {
    let token = support::version_id("v1");
    let create = json!({"Name": name, "ClientRequestToken": token, "SecretString": value});
    client.ok("CreateSecret", create).await
}

/// Gives a secret another value.
async fn put(client: &support::Client, name: &str, value: &str) {
    let token = support::version_id(value);
    let put = json!({"SecretId": name, "ClientRequestToken": token, "SecretString": value});
    client.ok("PutSecretValue", put).await;
}

/// Creates secrets in three tasks, so many in each, by the requests that `create` makes of names.
fn write(
    server: &Arc<Server>,
    each: usize,
    create: impl Fn(String) -> Value + Copy + Send + 'static,
) -> Vec<JoinHandle<()>> {
    let writer = |writer: usize| {
        let server = server.clone();
        tokio::spawn(async move {
            for n in 0..each {
                let request = create(format!("{writer}/{n}"));
                server.ok("CreateSecret", request).await;
            }
        })
    };
    (0..3).map(writer).collect()
}

/// Asks for the secret "s" to be rotated by the test's function, to a version of this label.
async fn rotate(server: &Server, version: &str) {
    let rotate = json!({
        "SecretId": "s",
        "ClientRequestToken": version_id(version),
        "RotationLambdaARN": FUNCTION_ARN,
        "RotationRules": {"AutomaticallyAfterDays": 30}
    });
    server.ok("RotateSecret", rotate).await;
}
