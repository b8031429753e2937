//! No web page can read or reset a developer's emulator.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use reqwest::Method;
use reqwest::header::{HOST, ORIGIN};
use serde_json::json;
use support::Server;

/// The status of a request with an `Origin` or a `Host` of its own.
async fn status(server: &Server, method: Method, path: &str, header: (&str, &str)) -> u16 {
    let url = format!("{}{path}", server.endpoint());
    let (name, value) = header;
    let request = reqwest::Client::new()
        .request(method, url)
        .header(name, value)
        .header("x-amz-target", "secretsmanager.GetSecretValue")
        .body(json!({"SecretId": "s"}).to_string());
    request.send().await.unwrap().status().as_u16()
}

const EVIL: &str = "http://evil.example";

#[tokio::test]
async fn a_page_of_another_origin_is_refused_and_nothing_is_done() {
    let server = Server::start().await;
    server.create("s", "v1", "x").await;
    for path in [
        "/_secretstack/reset",
        "/moto-api/reset",
        "/_localstack/state/reset",
        "/_secretstack/snapshots",
        "/",
        "/nowhere",
    ] {
        for origin in [EVIL, "null", "http://localhost:3000"] {
            let header = (ORIGIN.as_str(), origin);
            let answered = status(&server, Method::POST, path, header).await;
            assert_eq!(answered, 403, "{path} {origin}");
        }
    }
    let header = (ORIGIN.as_str(), EVIL);
    for path in ["/_secretstack/events", "/_secretstack/rotations"] {
        assert_eq!(status(&server, Method::GET, path, header).await, 403);
    }
    let clock = status(&server, Method::PUT, "/_secretstack/clock", header);
    assert_eq!(clock.await, 403);
    server.ok("GetSecretValue", json!({"SecretId": "s"})).await;
    assert_eq!(
        server.fetch("/_secretstack/snapshots").await.json(),
        json!([])
    );
}

#[tokio::test]
async fn a_page_of_the_emulator_itself_is_answered() {
    let server = Server::start().await;
    server.create("s", "v1", "x").await;
    let own = server.endpoint();
    let header = (ORIGIN.as_str(), own.as_str());
    for (method, path) in [
        (Method::POST, "/"),
        (Method::GET, "/_secretstack/events"),
        (Method::POST, "/_secretstack/reset"),
    ] {
        assert_eq!(status(&server, method, path, header).await, 200, "{path}");
    }
}

/// A page's own name can be made to lead to this machine; then its requests are of one origin.
#[tokio::test]
async fn a_host_that_could_be_a_pages_is_refused() {
    let server = Server::start().await;
    let header = (HOST.as_str(), "evil.example:4566");
    for path in ["/_secretstack/events", "/_secretstack/clock"] {
        assert_eq!(status(&server, Method::GET, path, header).await, 403);
    }
    let reset = status(&server, Method::POST, "/_secretstack/reset", header);
    assert_eq!(reset.await, 403);
    for host in ["secretstack:4566", "localhost:4566", "127.0.0.1"] {
        let header = (HOST.as_str(), host);
        let answered = status(&server, Method::GET, "/_secretstack/clock", header);
        assert_eq!(answered.await, 200, "{host}");
    }
    // Whoever waits for a container may know it by any name.
    let health = status(&server, Method::GET, "/_secretstack/health", header);
    assert_eq!(health.await, 200);
}
