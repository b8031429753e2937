//! Resetting all, or a part.

use serde_json::json;

use crate::support::function::{Does, Function};
use crate::support::{START, Server, version_id};
use crate::{create, done, names, rotate, send, write};

#[tokio::test]
async fn everything_is_as_at_the_start_by_each_of_its_names() {
    let server = Server::start().await;
    let client = server.client("000000000000", "us-east-1");
    for path in [
        "/_secretstack/reset",
        "/_secretstack/reset?to=seed",
        "/_secretstack/reset?to=empty",
        "/moto-api/reset",
        "/_localstack/state/reset",
    ] {
        server.create("s", "v1", "x").await;
        server.create_key().await;
        server.advance_by("1d").await;
        let body = done(&server, "POST", path).await;
        assert_eq!(body, json!({"status": "ok"}));
        assert_eq!(names(&client, "name").await, [""; 0], "{path}");
        let keys = server.kms_ok("ListKeys", json!({})).await;
        assert_eq!(keys["Keys"], json!([]), "{path}");
        assert_eq!(
            done(&server, "GET", "/_secretstack/clock").await["now"],
            START
        );
        assert!(server.events().await.is_empty());
    }
}

#[tokio::test]
async fn a_part_is_chosen_by_account_region_and_prefix() {
    let server = Server::start().await;
    let scopes = [
        ("111111111111", "eu-west-1"),
        ("111111111111", "us-east-1"),
        ("222222222222", "us-east-1"),
    ];
    let clients = scopes.map(|(account, region)| server.client(account, region));
    for (query, left) in [
        ("account=111111111111", [0, 0, 3]),
        ("region=us-east-1", [3, 0, 0]),
        ("prefix=a/", [1, 1, 1]),
        ("prefix=a/&region=us-east-1", [3, 1, 1]),
        (
            "account=222222222222&region=us-east-1&prefix=a%2F1",
            [3, 3, 2],
        ),
        ("account=333333333333", [3, 3, 3]),
    ] {
        for client in &clients {
            for name in ["a/1", "a/2", "b"] {
                create(client, name, "x").await;
            }
        }
        done(&server, "POST", &format!("/_secretstack/reset?{query}")).await;
        for (client, left) in clients.iter().zip(left) {
            for sort in ["name", "created-date"] {
                assert_eq!(names(client, sort).await.len(), left, "{query}");
            }
        }
        done(&server, "POST", "/_secretstack/reset").await;
    }
}

/// Keys go with their account and region, but not if a name decides.
#[tokio::test]
async fn keys_of_a_part_go_unless_a_prefix_is_given() {
    let server = Server::start().await;
    let mine = server.client("111111111111", "us-east-1");
    let other = server.client("222222222222", "us-east-1");
    for client in [&mine, &other] {
        let key = client.kms_ok("CreateKey", json!({})).await;
        let key = &key["KeyMetadata"]["KeyId"];
        let alias = json!({"AliasName": "alias/a", "TargetKeyId": key});
        client.kms_ok("CreateAlias", alias).await;
        create(client, "s", "x").await;
    }
    server.advance_by("1d").await;
    let part = "/_secretstack/reset?account=111111111111";
    done(&server, "POST", &format!("{part}&prefix=s")).await;
    assert_eq!(names(&mine, "name").await, [""; 0]);
    let described = mine.kms("DescribeKey", json!({"KeyId": "alias/a"})).await;
    assert_eq!(described.status, 200);

    done(&server, "POST", part).await;
    let described = mine.kms("DescribeKey", json!({"KeyId": "alias/a"})).await;
    described.assert_code("NotFoundException");
    let keys = mine.kms_ok("ListKeys", json!({})).await;
    assert_eq!(keys["Keys"], json!([]));
    let described = other.kms("DescribeKey", json!({"KeyId": "alias/a"})).await;
    assert_eq!(described.status, 200);
    assert_eq!(names(&other, "name").await, ["s"]);
    other.ok("GetSecretValue", json!({"SecretId": "s"})).await;
    // Only a reset of everything puts the clock back.
    assert_ne!(
        done(&server, "GET", "/_secretstack/clock").await["now"],
        START
    );
    create(&mine, "s", "x").await;
}

/// Whoever writes meanwhile finds its secret gone or whole: never under a KMS key that is gone, and never a replica alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_reset_while_others_write_leaves_nothing_half_done() {
    let server = std::sync::Arc::new(Server::start().await);
    let writers = write(&server, 150, |name| {
        json!({
            "Name": name,
            "ClientRequestToken": version_id("v1"),
            "SecretString": "x",
            "AddReplicaRegions": [{"Region": "eu-west-1"}]
        })
    });
    let home = server.client("000000000000", "us-east-1");
    let replicas = server.client("000000000000", "eu-west-1");
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        server.emulator().reset().await.unwrap();
        for name in names(&home, "name").await {
            let get = json!({"SecretId": name});
            let got = home.call("GetSecretValue", get).await;
            assert_eq!(got.status, 200, "{}", got.text);
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    // All that is left in the other region is a replica of something here.
    for name in names(&replicas, "name").await {
        let describe = json!({"SecretId": name});
        let primary = home.call("DescribeSecret", describe).await;
        assert_eq!(primary.status, 200, "{name}");
    }
}

/// A function that runs across a reset is left to itself.
#[tokio::test]
async fn a_rotation_that_runs_is_nobodys_after_a_reset() {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    server.create("s", "v1", "x").await;
    function.on("createSecret", Does::WaitsFirst);
    rotate(&server, "r1").await;
    server.until(|| function.is_waiting()).await;
    server.emulator().reset().await.unwrap();
    // It would wait for the function otherwise.
    server.advance_by("1d").await;
    function.release();
    server.create("s", "v1", "x").await;
    function.on("createSecret", Does::AsTemplate);
    rotate(&server, "r2").await;
    let attempt = server.wait_for_rotation(|_| true).await;
    assert_eq!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(server.rotations().await.len(), 1);
    let events = server.events().await;
    let names: Vec<_> = events.iter().map(|event| &event["eventName"]).collect();
    assert_eq!(names, ["RotationStarted", "RotationSucceeded"]);
}

#[tokio::test]
async fn what_is_no_parameter_is_refused_and_nothing_is_reset() {
    let server = Server::start().await;
    let client = server.client("000000000000", "us-east-1");
    server.create("s", "v1", "x").await;
    for (query, told) in [
        ("name=s", "name"),
        ("to=nothing", "nothing"),
        ("account=1", "account"),
        ("region=No%20Region", "region"),
        ("prefix=a&prefix=b", "twice"),
    ] {
        let answer = send(&server, "POST", &format!("/_secretstack/reset?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        let error = answer.json()["error"].clone();
        assert!(error.as_str().unwrap().contains(told), "{error}");
    }
    assert_eq!(
        send(&server, "GET", "/_secretstack/reset").await.status,
        405
    );
    assert_eq!(names(&client, "name").await, ["s"]);
}
