//! Resetting all, or a part.

use serde_json::json;

use crate::support::{START, Server};
use crate::{create, done, names, send};

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
