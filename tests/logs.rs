//! What is logged about requests, and what must not be.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use support::{Server, version_id};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// One test, because a process has one place where its logs go.
#[tokio::test]
async fn each_request_leaves_one_line_and_no_value_password_or_token() {
    let captured = Captured::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .init();
    let server = Server::start().await;
    let token = version_id("token-hunter2");

    let requests = [
        (
            "CreateSecret",
            json!({"Name": "s", "ClientRequestToken": token, "SecretString": "hunter2"}),
        ),
        (
            "PutSecretValue",
            json!({"SecretId": "s", "ClientRequestToken": version_id("b-hunter2"), "SecretBinary": "aHVudGVyMg=="}),
        ),
        (
            "PutSecretValue",
            json!({"SecretId": "s", "ClientRequestToken": token, "SecretString": "hunter2-other"}),
        ),
        (
            "PutSecretValue",
            json!({"SecretId": "s", "ClientRequestToken": token, "SecretString": "hunter2", "RotationToken": "hunter2"}),
        ),
        (
            "PutSecretValue",
            json!({"SecretId": "s", "ClientRequestToken": token, "SecretString": ["hunter2"]}),
        ),
        (
            "PutSecretValue",
            json!({"SecretId": "s", "ClientRequestToken": token, "SecretBinary": "hunter2!"}),
        ),
        ("GetSecretValue", json!({"SecretId": "s"})),
        ("BatchGetSecretValue", json!({"SecretIdList": ["s"]})),
        ("GetSecretValue", json!({"SecretId": "no/hunter2"})),
        ("GetSecretValue", json!({"SecretId": "bad name hunter2"})),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": "s", "VersionStage": "hunter2"}),
        ),
        ("ListSecrets", json!({"NextToken": "hunter2"})),
    ];
    for (operation, body) in &requests {
        server.call(operation, body.clone()).await;
    }
    let password = server.ok("GetRandomPassword", json!({})).await;
    let client = server.client("123456789012", "eu-west-1");
    client
        .send(
            Some("secretsmanager.CreateSecret"),
            "{\"SecretString\": \"hunter2",
        )
        .await;
    client.send(Some("secretsmanager.Hunter2"), "hunter2").await;

    let logs = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = logs
        .lines()
        .filter(|line| line.contains("secretstack::requests"))
        .collect();
    assert_eq!(lines.len(), requests.len() + 3);
    for part in [
        r#"operation="CreateSecret""#,
        "account=000000000000",
        "region=us-east-1",
        "status=200",
        r#"error="-""#,
        "micros=",
        "request_id=",
    ] {
        assert!(lines[0].contains(part), "{part} is missing: {}", lines[0]);
    }
    let malformed = lines[requests.len() + 1];
    for part in [
        "account=123456789012",
        "region=eu-west-1",
        "status=400",
        r#"error="SerializationException""#,
    ] {
        assert!(malformed.contains(part), "{part} is missing: {malformed}");
    }
    let password = password["RandomPassword"].as_str().unwrap().to_owned();
    for secret in ["hunter2", "aHVudGVyMg", "Hunter2", &password] {
        assert!(!logs.contains(secret), "{secret} was logged:\n{logs}");
    }
}
