//! The README's examples are those that are tried.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use secretstack::Emulator;
use serde_json::json;
use support::Server;

const README: &str = include_str!("../README.md");

/// The code blocks of a language under a heading.
fn blocks<'a>(document: &'a str, heading: &str, language: &str) -> Vec<&'a str> {
    let (_, section) = document.split_once(&format!("\n{heading}\n")).unwrap();
    let level = heading.split(' ').next().unwrap();
    let end = section
        .find(&format!("\n{level} "))
        .unwrap_or(section.len());
    let fence = format!("```{language}\n");
    let blocks = section[..end].split(&*fence).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

/// The client suite `rust` runs it.
#[test]
fn the_rust_test_is_the_one_that_is_run() {
    let example = include_str!("clients/rust/tests/example.rs");
    assert_eq!(blocks(README, "### Rust", "rust")[0], example);
}

/// The suite of the Python package runs the code in the package's own README.
#[test]
fn the_pytest_file_is_the_one_that_is_run() {
    let tried = include_str!("../python/README.md");
    let tried = blocks(tried, "## pytest", "python")[0];
    assert_eq!(blocks(README, "### Python and pytest", "python")[0], tried);
}

#[tokio::test]
async fn the_seed_is_one() {
    let folder = std::env::temp_dir().join(format!("secretstack-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("tls.p12"), [0, 1, 2]).unwrap();
    let seed = folder.join("seed.yaml");
    std::fs::write(&seed, blocks(README, "### Seeds", "yaml")[0]).unwrap();
    let server = Server::of(Emulator::builder().seed_file(&seed)).await;
    std::fs::remove_dir_all(&folder).unwrap();

    let get = json!({"SecretId": "prod/db"});
    let database = server.ok("GetSecretValue", get).await;
    let value = r#"{"username":"app","password":"hunter2"}"#;
    assert_eq!(database["SecretString"], value);
    let described = server.ok("DescribeSecret", json!({"SecretId": "prod/db"}));
    assert_eq!(described.await["KmsKeyId"], "alias/payments");
    let get = json!({"SecretId": "prod/tls"});
    assert_eq!(
        server.ok("GetSecretValue", get).await["SecretBinary"],
        "AAEC"
    );
    let elsewhere = server.client("123456789012", "eu-west-1");
    let get = json!({"SecretId": "prod/api-key", "VersionStage": "AWSPREVIOUS"});
    assert_eq!(
        elsewhere.ok("GetSecretValue", get).await["SecretString"],
        "old"
    );
}
