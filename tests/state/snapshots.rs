//! Snapshots: what is put back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::function::{Does, Function};
use crate::support::{Client, START, Server, version_id};
use crate::{create, done, names, put, rotate, send, write};

async fn take(server: &Server) -> String {
    let taken = done(server, "POST", "/_secretstack/snapshots").await;
    taken["id"].as_str().unwrap().to_owned()
}

async fn restore(server: &Server, id: &str) {
    done(
        server,
        "POST",
        &format!("/_secretstack/snapshots/{id}/restore"),
    )
    .await;
}

async fn value(client: &Client, id: &str) -> Value {
    let got = client.ok("GetSecretValue", json!({"SecretId": id})).await;
    got["SecretString"].clone()
}

#[tokio::test]
async fn secrets_are_put_back_as_they_were() {
    let server = Server::start().await;
    let client = server.client("111122223333", "eu-west-1");
    let made = server.create("changed", "v1", "before").await;
    server.create("removed", "v1", "kept").await;
    create(&client, "elsewhere", "e").await;
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "changed"}))
        .await;
    let id = take(&server).await;

    let default = server.client("000000000000", "us-east-1");
    put(&default, "changed", "after").await;
    let delete = json!({"SecretId": "removed", "ForceDeleteWithoutRecovery": true});
    server.ok("DeleteSecret", delete).await;
    let delete = json!({"SecretId": "elsewhere", "RecoveryWindowInDays": 7});
    client.ok("DeleteSecret", delete).await;
    server.create("added", "v1", "new").await;

    for _ in 0..2 {
        restore(&server, &id).await;
        assert_eq!(names(&default, "name").await, ["changed", "removed"]);
        assert_eq!(value(&default, "changed").await, "before");
        assert_eq!(
            value(&default, made["ARN"].as_str().unwrap()).await,
            "before"
        );
        assert_eq!(value(&default, "removed").await, "kept");
        assert_eq!(value(&client, "elsewhere").await, "e");
        // What restored secrets are asked to do, they do.
        put(&default, "changed", "again").await;
        server.create("added", "v1", "new").await;
    }
    restore(&server, &id).await;
    let again = server
        .ok("DescribeSecret", json!({"SecretId": "changed"}))
        .await;
    assert_eq!(again, described);
}

#[tokio::test]
async fn every_order_is_put_back() {
    let server = Server::start().await;
    let client = server.client("000000000000", "us-east-1");
    for name in ["c", "a", "b"] {
        server.create(name, "v1", "x").await;
        server.advance(TimeDelta::seconds(1));
    }
    // One order is made before the snapshot, the other after it.
    assert_eq!(names(&client, "created-date").await, ["c", "a", "b"]);
    let id = take(&server).await;
    server.create("d", "v1", "x").await;
    let delete = json!({"SecretId": "a", "ForceDeleteWithoutRecovery": true});
    server.ok("DeleteSecret", delete).await;
    assert_eq!(names(&client, "created-date").await, ["c", "b", "d"]);
    assert_eq!(names(&client, "last-changed-date").await, ["c", "b", "d"]);
    restore(&server, &id).await;
    for sort in ["created-date", "last-changed-date"] {
        assert_eq!(names(&client, sort).await, ["c", "a", "b"], "{sort}");
    }
    server.create("e", "v1", "x").await;
    for sort in ["created-date", "last-changed-date"] {
        assert_eq!(names(&client, sort).await, ["c", "a", "b", "e"], "{sort}");
    }
}

#[tokio::test]
async fn keys_aliases_and_the_clock_are_put_back() {
    let server = Server::start().await;
    let key = server.create_key().await["KeyId"].clone();
    let alias = json!({"AliasName": "alias/mine", "TargetKeyId": key});
    server.kms_ok("CreateAlias", alias).await;
    let create = json!({
        "Name": "s",
        "KmsKeyId": "alias/mine",
        "ClientRequestToken": version_id("v1"),
        "SecretString": "x"
    });
    server.ok("CreateSecret", create).await;
    let id = take(&server).await;

    server
        .kms_ok("DeleteAlias", json!({"AliasName": "alias/mine"}))
        .await;
    let delete = json!({"KeyId": key, "PendingWindowInDays": 7});
    server.kms_ok("ScheduleKeyDeletion", delete).await;
    let other = server.create_key().await["KeyId"].clone();
    server.advance_by("8d").await;
    let gone = server.kms("DescribeKey", json!({"KeyId": key})).await;
    gone.assert_code("NotFoundException");

    restore(&server, &id).await;
    let found = server.kms_ok("DescribeKey", json!({"KeyId": "alias/mine"}));
    assert_eq!(found.await["KeyMetadata"]["KeyState"], "Enabled");
    let gone = server.kms("DescribeKey", json!({"KeyId": other})).await;
    gone.assert_code("NotFoundException");
    let clock = done(&server, "GET", "/_secretstack/clock").await;
    assert_eq!(
        (&clock["now"], &clock["mode"]),
        (&json!(START), &json!("frozen"))
    );
    let client = server.client("000000000000", "us-east-1");
    assert_eq!(value(&client, "s").await, "x");
}

#[tokio::test]
async fn a_recovery_window_ends_when_it_would_have() {
    let server = Server::start().await;
    let client = server.client("000000000000", "us-east-1");
    server.create("s", "v1", "x").await;
    let delete = json!({"SecretId": "s", "RecoveryWindowInDays": 7});
    server.ok("DeleteSecret", delete).await;
    let id = take(&server).await;
    server.ok("RestoreSecret", json!({"SecretId": "s"})).await;
    server.advance_by("8d").await;
    assert_eq!(names(&client, "name").await, ["s"]);
    restore(&server, &id).await;
    let moved = server.advance_by("8d").await;
    assert_eq!(moved["done"][0]["event"], "SecretDeleted");
}

/// A failed attempt that waits for another try is tried again after the snapshot is put back, although it was cancelled.
#[tokio::test]
async fn a_pending_rotation_is_put_back() {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    server.create("s", "v1", "x").await;
    function.on("setSecret", Does::Fails("not now"));
    rotate(&server, "r1").await;
    let attempt = server.wait_for_rotation(|_| true).await;
    assert_eq!(attempt["state"], "waiting");
    let id = take(&server).await;

    server
        .ok("CancelRotateSecret", json!({"SecretId": "s"}))
        .await;
    server.advance_by("1d").await;
    assert_eq!(server.rotations().await[0]["state"], "abandoned");
    assert!(!server.events().await.is_empty());

    restore(&server, &id).await;
    assert_eq!(server.rotations().await, [attempt]);
    assert!(server.events().await.is_empty());
    function.on("setSecret", Does::AsTemplate);
    server.advance_by("1d").await;
    let rotations = server.rotations().await;
    assert_eq!(rotations[0]["state"], "succeeded", "{rotations:?}");
    let client = server.client("000000000000", "us-east-1");
    assert_ne!(value(&client, "s").await, "x");
}

#[tokio::test]
async fn snapshots_are_listed_and_deleted() {
    let server = Server::start().await;
    let path = "/_secretstack/snapshots";
    assert_eq!(done(&server, "GET", path).await, json!([]));
    let first = send(&server, "POST", path).await;
    assert_eq!(first.status, 201);
    server.create("s", "v1", "x").await;
    server.advance(TimeDelta::seconds(1));
    let second = done(&server, "POST", path).await;
    let expected = json!({"id": "2", "taken": "2026-01-15T10:00:01.123Z", "secrets": 1});
    assert_eq!(second, expected);
    let both = json!([{"id": "1", "taken": START, "secrets": 0}, second]);
    assert_eq!(done(&server, "GET", path).await, both);

    let deleted = send(&server, "DELETE", "/_secretstack/snapshots/1").await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(done(&server, "GET", path).await, json!([second]));
    for (method, rest) in [
        ("DELETE", "1"),
        ("POST", "1/restore"),
        ("POST", "x/restore"),
        ("DELETE", "-1"),
    ] {
        let answer = send(&server, method, &format!("{path}/{rest}")).await;
        assert_eq!(answer.status, 404, "{method} {rest}");
        let error = answer.json()["error"].clone();
        assert!(error.as_str().unwrap().contains("no snapshot"), "{error}");
    }
    let third = done(&server, "POST", path).await;
    assert_eq!(third["id"], "3");
}

/// Secrets are created while snapshots are taken and put back. What is listed by name and what is listed by date is always the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_snapshot_is_of_one_moment() {
    let server = std::sync::Arc::new(Server::start().await);
    let writers = write(
        &server,
        100,
        |name| json!({"Name": name, "ClientRequestToken": version_id("v1"), "SecretString": "x"}),
    );
    let client = server.client("000000000000", "us-east-1");
    let mut last = String::new();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        // Makes the order, so that it is put back and not made anew.
        names(&client, "created-date").await;
        last = take(&server).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let snapshots = done(&server, "GET", "/_secretstack/snapshots").await;
    assert!(snapshots.as_array().unwrap().len() > 1);
    for snapshot in snapshots.as_array().unwrap() {
        let id = snapshot["id"].as_str().unwrap();
        restore(&server, id).await;
        let in_part = json!({"SortBy": "name", "MaxResults": 100, "SortOrder": "asc"});
        let by_name = server.ok("ListSecrets", in_part).await;
        let by_date = json!({"SortBy": "created-date", "MaxResults": 100, "SortOrder": "asc"});
        let by_date = server.ok("ListSecrets", by_date).await;
        let names = |list: &Value| {
            let list = list["SecretList"].as_array().unwrap().iter();
            list.map(|secret| secret["Name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        // The clock stands still, so that names alone decide.
        assert_eq!(names(&by_name), names(&by_date), "{id} of {last}");
    }
}

/// The timetable looks at the clock in a thread of its own: it must not judge what is put back by the time before that.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_fell_due_later_is_put_back_however_fast_it_happens() {
    let server = Server::start().await;
    let key = server.create_key().await["KeyId"].clone();
    let delete = json!({"KeyId": key, "PendingWindowInDays": 7});
    server.kms_ok("ScheduleKeyDeletion", delete).await;
    server.create("s", "v1", "x").await;
    let delete = json!({"SecretId": "s", "RecoveryWindowInDays": 7});
    server.ok("DeleteSecret", delete).await;
    let snapshot = server.emulator().snapshot().await.unwrap();
    for round in 0..300 {
        server.advance(TimeDelta::days(8));
        snapshot.restore().await.unwrap();
        let described = server.call("DescribeSecret", json!({"SecretId": "s"}));
        assert_eq!(described.await.status, 200, "{round}");
        let described = server.kms("DescribeKey", json!({"KeyId": key}));
        assert_eq!(described.await.status, 200, "{round}");
    }
}

#[tokio::test]
async fn the_fixture_takes_snapshots_too() {
    let server = Server::start().await;
    let client = server.client("000000000000", "us-east-1");
    server.create("kept", "v1", "x").await;
    let snapshot = server.emulator().snapshot().await.unwrap();
    server.create("added", "v1", "x").await;
    snapshot.restore().await.unwrap();
    assert_eq!(names(&client, "name").await, ["kept"]);
    server.emulator().reset().await.unwrap();
    assert_eq!(names(&client, "name").await, [""; 0]);
    snapshot.clone().restore().await.unwrap();
    assert_eq!(names(&client, "name").await, ["kept"]);
    server.emulator().clear().await.unwrap();
    assert_eq!(names(&client, "name").await, [""; 0]);
}
