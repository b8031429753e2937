//! Seeds: what they declare is there, and what is there already does not change.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};

use chrono::TimeDelta;
use secretstack::{Emulator, Entropy};
use serde_json::{Value, json};
use support::{Answer, Server, version_id};

const SEED: &str = r#"
secrets:
  - name: prod/db
    description: The database
    value: {username: app, password: hunter2, port: 5432, ratio: 1.50}
    tags: {team: payments, stage: prod}
    key: alias/payments
    policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {AWS: arn:aws:iam::123456789012:root}
          Action: secretsmanager:GetSecretValue
          Resource: "*"
  - name: prod/text
    value: 007
    tags:
      - {Key: team, Value: web}
  - name: prod/bytes
    binary: |
      aHVu
      dGVyMg==
  - name: prod/later
  - name: prod/db
    account: "123456789012"
    region: eu-west-1
    versions:
      - id: 11111111-1111-1111-1111-111111111111
        labels: [AWSPREVIOUS, old]
        value: hunter1
        created: 2025-12-01T00:00:00Z
      - id: 22222222-2222-2222-2222-222222222222
        labels: [AWSCURRENT]
        value: hunter2
      - id: 33333333-3333-3333-3333-333333333333
        value: hunter0
"#;

/// Sends a seed that must be applied; returns the counts of created, changed and unchanged secrets.
async fn seed(server: &Server, document: &str) -> [u64; 3] {
    let answer = server
        .send("POST", "/_secretstack/seed", document.to_owned())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    counts(&answer)
}

fn counts(answer: &Answer) -> [u64; 3] {
    let answer = answer.json();
    ["created", "changed", "unchanged"].map(|name| answer[name].as_u64().unwrap())
}

/// Sends a seed that must be refused; returns why.
async fn refused(server: &Server, document: impl Into<reqwest::Body>) -> String {
    let answer = server.send("POST", "/_secretstack/seed", document).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    answer.json()["error"].as_str().unwrap().to_owned()
}

async fn describe(server: &Server, name: &str) -> Value {
    server.ok("DescribeSecret", json!({"SecretId": name})).await
}

async fn value(server: &Server, name: &str) -> Value {
    server.ok("GetSecretValue", json!({"SecretId": name})).await
}

#[tokio::test]
async fn what_a_seed_declares_is_there_when_the_emulator_answers() {
    let server = Server::of(Emulator::builder().seed(SEED)).await;
    let db = value(&server, "prod/db").await;
    assert_eq!(
        db["SecretString"],
        r#"{"username":"app","password":"hunter2","port":5432,"ratio":1.50}"#
    );
    assert_eq!(db["VersionStages"], json!(["AWSCURRENT"]));
    let described = describe(&server, "prod/db").await;
    assert_eq!(described["Description"], "The database");
    assert_eq!(described["KmsKeyId"], "alias/payments");
    assert_eq!(
        described["Tags"],
        json!([{"Key": "team", "Value": "payments"}, {"Key": "stage", "Value": "prod"}])
    );
    let policy = json!({"SecretId": "prod/db"});
    let policy = server.ok("GetResourcePolicy", policy).await;
    let policy: Value = serde_json::from_str(policy["ResourcePolicy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Effect"], "Allow");
    let aliases = server.kms_ok("ListAliases", json!({})).await;
    let aliases = aliases["Aliases"].as_array().unwrap();
    assert!(
        aliases
            .iter()
            .any(|alias| alias["AliasName"] == "alias/payments")
    );

    assert_eq!(value(&server, "prod/text").await["SecretString"], "007");
    assert_eq!(
        value(&server, "prod/bytes").await["SecretBinary"],
        "aHVudGVyMg=="
    );
    assert!(describe(&server, "prod/later").await["VersionIdsToStages"].is_null());

    let elsewhere = server.client("123456789012", "eu-west-1");
    let versions = json!({"SecretId": "prod/db", "IncludeDeprecated": true});
    let versions = elsewhere.ok("ListSecretVersionIds", versions).await;
    let versions = versions["Versions"].as_array().unwrap();
    let labels = |id: char| {
        let version = versions
            .iter()
            .find(|version| version["VersionId"].as_str().unwrap().starts_with(id));
        version.unwrap()["VersionStages"].clone()
    };
    assert_eq!(labels('1'), json!(["AWSPREVIOUS", "old"]));
    assert_eq!(labels('2'), json!(["AWSCURRENT"]));
    assert_eq!(labels('3'), Value::Null);
    let old = json!({"SecretId": "prod/db", "VersionStage": "old"});
    let old = elsewhere.ok("GetSecretValue", old).await;
    assert_eq!(old["SecretString"], "hunter1");
    assert_eq!(old["CreatedDate"], 1_764_547_200);
}

#[tokio::test]
async fn applying_a_seed_again_changes_nothing() {
    let server = Server::start().await;
    assert_eq!(seed(&server, SEED).await, [5, 0, 0]);
    let names = ["prod/db", "prod/text", "prod/bytes", "prod/later"];
    let mut before = Vec::new();
    for name in names {
        before.push(describe(&server, name).await);
    }
    let keys = server.kms_ok("ListKeys", json!({})).await;
    server.advance(TimeDelta::hours(1));
    assert_eq!(seed(&server, SEED).await, [0, 0, 5]);
    for (name, before) in names.iter().zip(before) {
        assert_eq!(describe(&server, name).await, before);
    }
    assert_eq!(server.kms_ok("ListKeys", json!({})).await, keys);
}

#[tokio::test]
async fn what_is_not_as_declared_becomes_so_and_the_rest_stays() {
    let server = Server::start().await;
    seed(&server, SEED).await;
    let before = describe(&server, "prod/db").await;
    let first = value(&server, "prod/db").await;
    server.advance(TimeDelta::hours(1));
    let changes = "
- name: prod/db
  value: new
- name: prod/text
  tags: {team: other, new: ''}
  description: A text
- name: prod/bytes
  key: alias/others
- name: prod/later
";
    assert_eq!(seed(&server, changes).await, [0, 3, 1]);
    let db = value(&server, "prod/db").await;
    assert_eq!(db["SecretString"], "new");
    let previous = json!({"SecretId": "prod/db", "VersionStage": "AWSPREVIOUS"});
    let previous = server.ok("GetSecretValue", previous).await;
    assert_eq!(previous["VersionId"], first["VersionId"]);
    let after = describe(&server, "prod/db").await;
    for same in ["ARN", "Description", "KmsKeyId", "Tags", "CreatedDate"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_ne!(after["LastChangedDate"], before["LastChangedDate"]);
    let text = describe(&server, "prod/text").await;
    assert_eq!(
        text["Tags"],
        json!([{"Key": "team", "Value": "other"}, {"Key": "new", "Value": ""}])
    );
    assert_eq!(text["Description"], "A text");
    let bytes = describe(&server, "prod/bytes").await;
    assert_eq!(bytes["KmsKeyId"], "alias/others");
    assert_eq!(bytes["VersionIdsToStages"].as_object().unwrap().len(), 1);
    // The value has moved to the other key: it opens although the default key's owner may not be asked.
    assert_eq!(
        value(&server, "prod/bytes").await["SecretBinary"],
        "aHVudGVyMg=="
    );
    let gone = "{name: prod/text, tags: {}, description: ''}";
    assert_eq!(seed(&server, gone).await, [0, 1, 0]);
    assert_eq!(describe(&server, "prod/text").await["Tags"], json!([]));
}

#[tokio::test]
async fn a_secret_that_is_scheduled_for_deletion_is_restored() {
    let server = Server::start().await;
    seed(&server, SEED).await;
    let delete = json!({"SecretId": "prod/text"});
    server.ok("DeleteSecret", delete).await;
    assert_eq!(seed(&server, SEED).await, [0, 1, 4]);
    assert_eq!(value(&server, "prod/text").await["SecretString"], "007");
}

#[tokio::test]
async fn the_same_randomness_gives_the_same_secrets() {
    let start = || Server::of(Emulator::builder().entropy(Entropy::seeded(7)).seed(SEED));
    let (one, two) = (start().await, start().await);
    for name in ["prod/db", "prod/later"] {
        assert_eq!(describe(&one, name).await, describe(&two, name).await);
    }
}

#[tokio::test]
async fn a_reset_goes_back_to_the_seed() {
    let server = Server::of(Emulator::builder().seed(SEED)).await;
    let before = describe(&server, "prod/text").await;
    let delete = json!({"SecretId": "prod/text", "ForceDeleteWithoutRecovery": true});
    server.ok("DeleteSecret", delete).await;
    server.create("other", "v1", "x").await;
    let reset = server.send("POST", "/_secretstack/reset", "").await;
    assert_eq!(reset.status, 200, "{}", reset.text);
    assert_eq!(describe(&server, "prod/text").await, before);
    let other = json!({"SecretId": "other"});
    assert_eq!(server.call("DescribeSecret", other).await.status, 400);
}

#[tokio::test]
async fn what_contradicts_what_is_there_is_refused_whole() {
    let server = Server::start().await;
    let made = server.create("s", "v1", "hunter2").await;
    let (v1, arn) = (version_id("v1"), made["ARN"].as_str().unwrap());
    for (declared, why) in [
        (
            "arn: arn:aws:secretsmanager:us-east-1:000000000000:secret:s-ZZZZZZ".to_owned(),
            format!("line 2, column 3: [1]: the secret has another ARN here: {arn}"),
        ),
        (
            format!("versions: [{{id: {v1}, value: hunter3}}]"),
            format!("line 2, column 3: [1]: version {v1} of {arn} holds another value"),
        ),
    ] {
        let document = format!("- name: new\n- name: s\n  {declared}\n");
        assert_eq!(refused(&server, document).await, why);
    }
    let same = format!("{{name: s, versions: [{{id: {v1}, value: hunter2}}]}}");
    assert_eq!(seed(&server, &same).await, [0, 0, 1]);

    let replicate = json!({"SecretId": "s", "AddReplicaRegions": [{"Region": "eu-west-1"}]});
    server.ok("ReplicateSecretToRegions", replicate).await;
    let replica = server.client(support::ACCOUNT, "eu-west-1");
    let mut looks = 0;
    while replica
        .call("DescribeSecret", json!({"SecretId": "s"}))
        .await
        .status
        != 200
    {
        looks += 1;
        assert!(looks < 1000, "the replica is made");
    }
    assert_eq!(
        refused(&server, "{name: s, region: eu-west-1, value: x}").await,
        "line 1, column 1: the secret is a replica"
    );

    let key = server.create_key().await;
    let id = key["KeyId"].as_str().unwrap();
    server.kms_ok("DisableKey", json!({"KeyId": id})).await;
    let arn = key["Arn"].as_str().unwrap();
    assert_eq!(
        refused(&server, format!("{{name: new, key: {id}}}")).await,
        format!("line 1, column 1: KMS key {arn} is disabled")
    );
    let new = json!({"SecretId": "new"});
    assert_eq!(server.call("DescribeSecret", new).await.status, 400);
}

#[tokio::test]
async fn mistakes_in_what_is_sent_are_told_all_at_once_and_without_values() {
    let server = Server::start().await;
    let document = "- {name: a, value: hunter2, tag: {}}\n- {name: b, file: /etc/hostname}\n";
    assert_eq!(
        refused(&server, document).await,
        "line 1, column 29: [0]: there is no field tag; \
         line 2, column 19: [1].file: files are not read for a document that was sent; give the value"
    );
    assert_eq!(
        refused(&server, vec![b'a', 0xff]).await,
        "the body is no text in UTF-8"
    );
    let list = server.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"], json!([]));
}

#[tokio::test]
async fn what_batch_get_secret_value_answers_is_a_seed() {
    let (from, to) = (Server::start().await, Server::start().await);
    from.create("a", "v1", "hunter2").await;
    let put = json!({"SecretId": "a", "ClientRequestToken": version_id("v2"), "SecretString": "new",
                     "VersionStages": ["AWSCURRENT", "mine"]});
    from.ok("PutSecretValue", put).await;
    let binary =
        json!({"Name": "b", "ClientRequestToken": version_id("b"), "SecretBinary": "AAE="});
    from.ok("CreateSecret", binary).await;
    let all = json!({"SecretIdList": ["a", "b"]});
    let all = from.call("BatchGetSecretValue", all.clone()).await.text;
    to.advance(TimeDelta::days(1));
    assert_eq!(seed(&to, &all).await, [2, 0, 0]);
    assert_eq!(seed(&to, &all).await, [0, 0, 2]);
    for name in ["a", "b"] {
        assert_eq!(value(&to, name).await, value(&from, name).await);
    }
}

#[tokio::test]
async fn a_key_is_created_under_the_id_that_is_given() {
    let server = Server::start().await;
    let id = "11111111-2222-3333-4444-555555555555";
    let other = format!("arn:aws:kms:us-east-1:123456789012:key/{id}");
    let document =
        format!("- {{name: a, value: x, key: {id}}}\n- {{name: b, value: y, key: alias/b}}\n");
    seed(&server, &document).await;
    let described = server.kms_ok("DescribeKey", json!({"KeyId": id})).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Enabled");
    assert_eq!(value(&server, "a").await["SecretString"], "x");
    // There is one key of an id.
    let error = refused(&server, format!("{{name: c, key: '{other}'}}")).await;
    assert_eq!(
        error,
        format!("line 1, column 1: KMS key {other} does not exist")
    );
}

/// A folder of its own for a test's files.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("seed-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.join("values")).unwrap();
    folder
}

#[tokio::test]
async fn a_folders_files_are_taken_in_their_order() {
    let folder = folder("folder");
    fs::write(folder.join("values/key.bin"), [0, 159, 146]).unwrap();
    fs::write(folder.join("values/key.pem"), "-----BEGIN-----\n").unwrap();
    fs::write(folder.join("values/x.yaml"), "name: not-looked-at").unwrap();
    fs::write(folder.join("README.md"), "no seed").unwrap();
    fs::write(folder.join("10-a.yaml"), "name: a\nvalue: first\n").unwrap();
    fs::write(folder.join("20-a.yml"), "name: a\nvalue: second\n").unwrap();
    fs::write(
        folder.join("30.json"),
        r#"[{"name": "bin", "file": "values/key.bin"}, {"name": "pem", "text_file": "values/key.pem"}]"#,
    )
    .unwrap();
    fs::write(
        folder.join("40.jsonl"),
        "{\"name\":\"x\"}\n{\"name\":\"y\"}\n",
    )
    .unwrap();
    let server = Server::of(Emulator::builder().seed_file(&folder)).await;
    let a = value(&server, "a").await;
    assert_eq!(a["SecretString"], "second");
    assert_eq!(value(&server, "bin").await["SecretBinary"], "AJ+S");
    assert_eq!(
        value(&server, "pem").await["SecretString"],
        "-----BEGIN-----\n"
    );
    let list = server.ok("ListSecrets", json!({})).await;
    assert_eq!(list["SecretList"].as_array().unwrap().len(), 5);
}

/// Runs the binary until it ends by itself, as it does when a seed is mistaken.
fn run(seed: &[&str], text: &str) -> Output {
    // Nothing is bound: the address is taken, and nobody complains of that.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    Command::new(env!("CARGO_BIN_EXE_secretstack"))
        .args(["--listen", &address])
        .args(seed)
        .env("SECRETSTACK_SEED", text)
        .output()
        .unwrap()
}

#[test]
fn mistakes_are_lines_and_exit_code_2_and_nothing_is_served() {
    let folder = folder("mistakes");
    let file = folder.join("seed.yaml");
    fs::write(
        &file,
        "secrets:\n- name: a\n  value: hunter2\n  tags: [x]\n- name: b\n  file: values/none\n",
    )
    .unwrap();
    let (file, missing) = (file.display(), folder.join("missing.yaml"));
    let missing = missing.display();
    let output = run(
        &[
            "--seed-file",
            &file.to_string(),
            "--seed-file",
            &missing.to_string(),
        ],
        "name: a b\nvalue: hunter2",
    );
    let errors = String::from_utf8(output.stderr).unwrap();
    let values = folder.join("values/none");
    let values = values.display();
    let lines: Vec<_> = errors.lines().collect();
    let expected = [
        format!("secretstack: {file}:4:10: secrets[0].tags[0]: is no map of fields"),
        format!(
            "secretstack: {file}:6:9: secrets[1].file: cannot read {values}: No such file or directory (os error 2)"
        ),
        format!("secretstack: {missing}: No such file or directory (os error 2)"),
        "secretstack: SECRETSTACK_SEED:1:7: name: Invalid name. Must be a valid name containing \
         alphanumeric characters, or any of the following: -/_+=.@!"
            .to_owned(),
    ];
    assert_eq!(lines, expected);
    assert_eq!(output.stdout, b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_seed_that_is_right_does_not_hide_that_the_address_is_taken() {
    let output = run(&[], "name: a\nvalue: hunter2\n");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.starts_with("secretstack: cannot listen on "),
        "{errors}"
    );
    assert!(!errors.contains("hunter2"));
    assert_eq!(output.status.code(), Some(1));
}
