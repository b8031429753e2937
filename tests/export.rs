//! Export and import: what goes out comes in as it was.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use support::{ACCOUNT, Answer, Client, REGION, Server, version_id};

/// Exports; each line as JSON.
async fn export(server: &Server, query: &str) -> Vec<Value> {
    let text = exported(server, query).await;
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

async fn exported(server: &Server, query: &str) -> String {
    let answer = server.fetch(&format!("/_secretstack/export{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    answer.text
}

async fn import(server: &Server, lines: impl Into<reqwest::Body>) -> Answer {
    server.send("POST", "/_secretstack/import", lines).await
}

/// Imports what must be taken; returns the counts of created, changed and unchanged secrets.
async fn imported(server: &Server, lines: &str) -> [u64; 3] {
    let answer = import(server, lines.to_owned()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    ["created", "changed", "unchanged"].map(|name| answer[name].as_u64().unwrap())
}

fn names(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_line_has_all_of_a_secret_and_values_only_when_asked_for() {
    let server = Server::start().await;
    let create = json!({
        "Name": "prod/db", "ClientRequestToken": version_id("v1"), "SecretString": "hunter\"1\u{7f}",
        "Description": "The database", "Tags": [{"Key": "b", "Value": ""}, {"Key": "a", "Value": "1"}],
    });
    let made = server.ok("CreateSecret", create).await;
    server.advance(TimeDelta::seconds(1));
    let put = json!({"SecretId": "prod/db", "ClientRequestToken": version_id("v2"), "SecretBinary": "AAE="});
    server.ok("PutSecretValue", put).await;
    let arn = made["ARN"].as_str().unwrap();
    let (v1, v2) = (version_id("v1"), version_id("v2"));
    let line = |first: &str, second: &str| {
        format!(
            "{{\"name\":\"prod/db\",\"account\":\"{ACCOUNT}\",\"region\":\"{REGION}\",\"arn\":\"{arn}\",\
             \"created\":\"2026-01-15T10:00:00.123Z\",\"description\":\"The database\",\
             \"tags\":{{\"b\":\"\",\"a\":\"1\"}},\"versions\":[\
             {{\"id\":\"{v1}\",\"labels\":[\"AWSPREVIOUS\"],\"created\":\"2026-01-15T10:00:00.123Z\"{first}}},\
             {{\"id\":\"{v2}\",\"labels\":[\"AWSCURRENT\"],\"created\":\"2026-01-15T10:00:01.123Z\"{second}}}]}}\n"
        )
    };
    for without in ["", "?", "?values=false"] {
        assert_eq!(exported(&server, without).await, line("", ""));
    }
    assert_eq!(
        exported(&server, "?values=true").await,
        line(",\"value\":\"hunter\\\"1\u{7f}\"", ",\"binary\":\"AAE=\"")
    );
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "prod/db"}))
        .await;
    assert!(
        described["LastAccessedDate"].is_null(),
        "an export is no access"
    );
}

#[tokio::test]
async fn all_accounts_and_regions_are_exported_in_order_or_a_part() {
    let server = Server::start().await;
    let scopes = [
        ("000000000000", "us-east-1"),
        ("000000000000", "us-west-2"),
        ("123456789012", "eu-west-1"),
    ];
    let mut all = Vec::new();
    for (account, region) in scopes {
        let client = server.client(account, region);
        for at in 0..70 {
            let name = format!("{}/{at:02}", if at < 35 { "a" } else { "b" });
            let token = version_id("v1");
            let create = json!({"Name": name, "ClientRequestToken": token});
            client.ok("CreateSecret", create).await;
            all.push(format!("{account} {region} {name}"));
        }
    }
    for (query, wanted) in [
        ("", ""),
        ("?account=000000000000", "000000000000 "),
        ("?account=123456789012", "123456789012 "),
        ("?region=us-west-2", " us-west-2 "),
        (
            "?account=000000000000&region=us-west-2",
            "000000000000 us-west-2 ",
        ),
        ("?prefix=b/", " b/"),
        (
            "?account=000000000000&region=us-east-1&prefix=b/5",
            "us-east-1 b/5",
        ),
        ("?account=999999999999", "999999999999"),
        ("?prefix=c", "nothing"),
    ] {
        let lines = export(&server, query).await;
        let lines = lines.iter().map(|line| {
            let member = |name: &str| line[name].as_str().unwrap().to_owned();
            [member("account"), member("region"), member("name")].join(" ")
        });
        let expected = all.iter().filter(|secret| secret.contains(wanted));
        let expected: Vec<_> = expected.cloned().collect();
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{query}");
    }
    for (query, error) in [
        ("?values=yes", "values: \"yes\" is neither true nor false"),
        ("?account=1", "account: \"1\" is not 12 digits"),
        (
            "?value=true",
            "\"value\" is no parameter here; there are: account, region, prefix, values",
        ),
    ] {
        let answer = server.fetch(&format!("/_secretstack/export{query}")).await;
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({"error": error}))
        );
    }
}

#[tokio::test]
async fn what_is_deleted_or_a_replica_is_left_out() {
    let server = Server::start().await;
    for name in ["kept", "deleted"] {
        server.create(name, "v1", "hunter2").await;
    }
    server
        .ok("DeleteSecret", json!({"SecretId": "deleted"}))
        .await;
    let replicate = json!({"SecretId": "kept", "AddReplicaRegions": [{"Region": "eu-west-1"}]});
    server.ok("ReplicateSecretToRegions", replicate).await;
    let replica = server.client(ACCOUNT, "eu-west-1");
    let mut looks = 0;
    while replica
        .call("DescribeSecret", json!({"SecretId": "kept"}))
        .await
        .status
        != 200
    {
        looks += 1;
        assert!(looks < 1000, "the replica is made");
    }
    let lines = export(&server, "").await;
    assert_eq!(names(&lines), ["kept"]);
    assert_eq!(lines[0]["region"], REGION);
}

#[tokio::test]
async fn a_value_that_cannot_be_opened_is_said_to_be_unreadable() {
    let (from, to) = (Server::start().await, Server::start().await);
    let key = from.create_key().await;
    let create = json!({"Name": "s", "ClientRequestToken": version_id("v1"), "SecretString": "hunter2",
                        "KmsKeyId": key["KeyId"]});
    from.ok("CreateSecret", create).await;
    let whole = exported(&from, "?values=true").await;
    from.kms_ok("DisableKey", json!({"KeyId": key["KeyId"]}))
        .await;
    let lines = exported(&from, "?values=true").await;
    let line: Value = serde_json::from_str(&lines).unwrap();
    let arn = key["Arn"].as_str().unwrap();
    assert_eq!(
        line["versions"][0]["unreadable"],
        format!("a value could not be decrypted: KMS key {arn} is disabled")
    );
    assert!(!lines.contains("hunter2"));
    // It can be imported: the secret is there, and has no value.
    assert_eq!(imported(&to, &lines).await, [1, 0, 0]);
    let described = to.ok("DescribeSecret", json!({"SecretId": "s"})).await;
    assert!(described["VersionIdsToStages"].is_null());
    // With its value it is complete, and its KMS key has the id that it had.
    assert_eq!(imported(&to, &whole).await, [0, 1, 0]);
    let get = json!({"SecretId": "s"});
    assert_eq!(
        to.ok("GetSecretValue", get).await["SecretString"],
        "hunter2"
    );
    let described = to
        .kms_ok("DescribeKey", json!({"KeyId": key["KeyId"]}))
        .await;
    assert_eq!(described["KeyMetadata"]["Arn"], key["Arn"]);
}

#[tokio::test]
async fn an_import_stops_at_a_line_that_is_wrong_and_says_what_was_applied() {
    for (lines, error, applied) in [
        (
            "{\"name\":\"a\"}\n\n{\"name\":\"b\",\"value\":\"hunter2\",\"tags\":1}\n{\"name\":\"c\"}\n",
            "line 3, column 38: tags: is neither a map nor a list of Key and Value; \
             the 2 lines before it were applied",
            1,
        ),
        (
            "{\"name\":\"a\"}\n{\"name\":\"b\",\"value\":\"hunter2",
            "line 2, column 21: neither YAML nor JSON: unclosed quote; the line before it was applied",
            1,
        ),
        (
            "{\"name\":\"a b\"}\n",
            "line 1, column 9: name: Invalid name. Must be a valid name containing alphanumeric characters, \
             or any of the following: -/_+=.@!; nothing was applied",
            0,
        ),
    ] {
        let server = Server::start().await;
        let answer = import(&server, lines).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.json(), json!({"error": error}));
        assert_eq!(export(&server, "").await.len(), applied);
    }
}

/// An import has no limit but for its lines.
#[tokio::test]
async fn an_import_may_be_long() {
    let server = Server::start().await;
    let value = "x".repeat(60_000);
    let line = |at| format!("{{\"name\":\"s{at:03}\",\"value\":\"{value}\"}}\n");
    let lines: String = (0..100).map(line).collect();
    assert_eq!(imported(&server, &lines).await, [100, 0, 0]);
    assert_eq!(imported(&server, lines.trim_end()).await, [0, 0, 100]);
    let mut wrong = format!("name\n{lines}");
    wrong.push_str(&lines);
    let answer = import(&server, wrong).await;
    assert_eq!(
        answer.status, 400,
        "its sender is listened to until the end"
    );
}

/// A secret as somebody makes it.
#[derive(Debug, Clone)]
struct Made {
    name: String,
    scope: (&'static str, &'static str),
    description: Option<String>,
    key: Option<&'static str>,
    tags: Vec<(String, String)>,
    values: Vec<Put>,
}

/// A value as somebody puts it: a text or else bytes, and labels.
type Put = (Result<String, Vec<u8>>, Vec<&'static str>);

fn made() -> impl Strategy<Value = Made> {
    let scopes = [
        (ACCOUNT, REGION),
        (ACCOUNT, "eu-west-1"),
        ("123456789012", REGION),
    ];
    let text = any::<String>().prop_filter("there is something", |text| !text.is_empty());
    let value = prop_oneof![
        text.prop_map(Ok),
        vec(any::<u8>(), 1..40).prop_map(Err),
        Just(Ok(
            "{\"a\": \"\\u0000 \u{7f}\u{80}\u{2028}\u{fffe}\"}\r\n".to_owned()
        )),
    ];
    let labels = prop_oneof![
        Just(vec![]),
        Just(vec!["AWSCURRENT", "mine"]),
        Just(vec!["AWSPENDING"]),
        Just(vec!["x y", "ü"]),
    ];
    (
        "[a-zA-Z0-9/_+=.@!-]{1,20}",
        select(scopes.to_vec()),
        proptest::option::of("\\PC{1,30}"),
        proptest::option::of(select(vec!["alias/one", "alias/two"])),
        proptest::collection::btree_map("\\PC{1,9}", "\\PC{0,9}", 0..4),
        vec((value, labels), 0..5),
    )
        .prop_map(|(name, scope, description, key, tags, values)| Made {
            name,
            scope,
            description,
            key,
            tags: tags
                .into_iter()
                .filter(|(key, _)| !key.starts_with("aws:"))
                .collect(),
            values,
        })
}

impl Made {
    async fn make(&self, server: &Server) {
        let (account, region) = self.scope;
        let client = server.client(account, region);
        if let Some(alias) = self.key {
            add_alias(&client, alias).await;
        }
        let tags = self.tags.iter();
        let tags = tags.map(|(key, value)| json!({"Key": key, "Value": value}));
        let mut create = json!({"Name": self.name, "ClientRequestToken": version_id("made")});
        create["Tags"] = tags.collect();
        if let Some(description) = &self.description {
            create["Description"] = json!(description);
        }
        if let Some(key) = self.key {
            create["KmsKeyId"] = json!(key);
        }
        if client.call("CreateSecret", create).await.status != 200 {
            // The name is taken.
            return;
        }
        for (at, (value, labels)) in self.values.iter().enumerate() {
            server.advance(TimeDelta::milliseconds(1500));
            let token = version_id(&format!("v{at}"));
            let mut put = json!({"SecretId": self.name, "ClientRequestToken": token});
            match value {
                Ok(text) => put["SecretString"] = json!(text),
                Err(bytes) => put["SecretBinary"] = json!(STANDARD.encode(bytes)),
            }
            if !labels.is_empty() {
                put["VersionStages"] = json!(labels);
            }
            client.ok("PutSecretValue", put).await;
        }
    }
}

async fn add_alias(client: &Client, alias: &str) {
    let key = client.kms_ok("CreateKey", json!({})).await;
    let target = &key["KeyMetadata"]["KeyId"];
    let create = json!({"AliasName": alias, "TargetKeyId": target});
    client.kms("CreateAlias", create).await;
}

#[test]
fn an_export_that_is_imported_is_exported_as_it_was() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&vec(made(), 1..6), |secrets| {
        runtime.block_on(async {
            let (from, to) = (Server::start().await, Server::start().await);
            for secret in &secrets {
                secret.make(&from).await;
            }
            to.advance(TimeDelta::days(7));
            let lines = exported(&from, "?values=true").await;
            let count = lines.lines().count() as u64;
            prop_assert_eq!(imported(&to, &lines).await, [count, 0, 0]);
            prop_assert_eq!(&exported(&to, "?values=true").await, &lines);
            prop_assert_eq!(imported(&to, &lines).await, [0, 0, count]);
            prop_assert_eq!(imported(&from, &lines).await, [0, 0, count]);
            // It is a seed as well.
            let seeded = server_of_seed(&lines).await;
            prop_assert_eq!(exported(&seeded, "?values=true").await, lines);
            Ok(())
        })
    });
    outcome.unwrap();
}

async fn server_of_seed(lines: &str) -> Server {
    Server::of(secretstack::Emulator::builder().seed(lines)).await
}

fn secretstack(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secretstack"));
    command.args(arguments).env_remove("SECRETSTACK_ENDPOINT");
    command
}

#[track_caller]
fn assert_prints(output: &Output, text: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), text);
    assert_eq!(output.status.code(), Some(0));
}

#[track_caller]
fn assert_fails(output: &Output, complaint: &str) {
    let expected = format!("secretstack: {complaint}\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
    assert_eq!(output.stdout, b"");
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_exports_to_a_file_and_imports_it() {
    let (from, to) = (Server::start().await, Server::start().await);
    for name in ["a/1", "a/2", "b"] {
        from.create(name, "v1", "hunter2").await;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("export.jsonl");
    fs::write(&file, "an older export that was longer".repeat(100)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let path = file.to_str().unwrap();
    let (source, target) = (from.endpoint(), to.endpoint());
    let arguments = [
        "export",
        "--endpoint",
        &source,
        "--values",
        "--account",
        ACCOUNT,
        "--region",
        REGION,
        "--prefix",
        "a/",
        "-o",
        path,
    ];
    assert_prints(&secretstack(&arguments).output().unwrap(), "");
    let expected = exported(&from, "?values=true&prefix=a/").await;
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let arguments = ["import", "--endpoint", &target, path];
    let output = secretstack(&arguments).output().unwrap();
    assert_prints(&output, "2 created, 0 changed, 0 unchanged\n");
    assert_eq!(exported(&to, "?values=true").await, expected);

    let output = secretstack(&["export", "--endpoint", &source]).output();
    assert_prints(&output.unwrap(), &exported(&from, "").await);
    for stdin in [
        &["import", "--endpoint", &target][..],
        &["import", "-", "--endpoint", &target],
    ] {
        let mut importing = secretstack(stdin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = importing.stdin.take().unwrap();
        input.write_all(expected.as_bytes()).unwrap();
        drop(input);
        let output = importing.wait_with_output().unwrap();
        assert_prints(&output, "0 created, 0 changed, 2 unchanged\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_in_one_line_what_is_wrong() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    let run = |arguments: &[&str]| {
        let mut command = secretstack(arguments);
        command
            .env("SECRETSTACK_ENDPOINT", &endpoint)
            .output()
            .unwrap()
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (folder, missing) = (folder.display(), folder.join("missing/export.jsonl"));
    let missing = missing.to_str().unwrap();
    assert_fails(
        &run(&["export", "--account", "1"]),
        "account: \"1\" is not 12 digits",
    );
    assert_fails(
        &run(&["export", "-o", missing]),
        &format!("cannot write {missing}: No such file or directory (os error 2)"),
    );
    assert_fails(
        &run(&["import", missing]),
        &format!("cannot read {missing}: No such file or directory (os error 2)"),
    );
    assert_fails(
        &run(&["import", &folder.to_string()]),
        &format!("cannot read {folder}: Is a directory (os error 21)"),
    );
    let file = format!("{folder}/wrong.jsonl");
    fs::write(
        &file,
        "{\"name\":\"a\"}\n{\"name\":\"b\",\"values\":\"hunter2\"}\n",
    )
    .unwrap();
    assert_fails(
        &run(&["import", &file]),
        "line 2, column 13: there is no field values; the line before it was applied",
    );
}
