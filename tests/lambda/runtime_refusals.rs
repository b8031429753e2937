//! What the Runtime API refuses, and how it sends workers away.

use reqwest::{Client, Method};
use secretstack::secret::id::{AccountId, Region, Scope};

use crate::support::{ARN, Served, functions, until};

async fn check(server: &Served, method: Method, path: &str, status: u16, body: &str) {
    let url = format!("http://{}/_lambda/{path}", server.address);
    let response = Client::new().request(method, url).send().await.unwrap();
    assert_eq!(response.status(), status, "{path}");
    assert_eq!(response.text().await.unwrap(), body, "{path}");
}

#[tokio::test]
async fn an_answer_to_an_unknown_request_is_refused() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let unknown = r#"{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#;
    for name in ["rotate", "never-seen"] {
        for id in ["8476a536-e9f4-11e8-9739-2dfe598c3fcd", "no-id"] {
            for end in ["response", "error"] {
                let path = format!("{name}/2018-06-01/runtime/invocation/{id}/{end}");
                check(&server, Method::POST, &path, 400, unknown).await;
            }
        }
    }
    assert!(!functions.is_known("never-seen"));
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    for path in [
        "rotate",
        "rotate/2018-06-01/runtime/invocation",
        "rotate/2015-03-31/runtime/invocation/next",
        "rotate/2018-06-01/runtime/invocation/next/",
        "2018-06-01/runtime/invocation/next",
    ] {
        check(&server, Method::GET, path, 404, "").await;
    }
    for (method, end) in [
        (Method::POST, "invocation/next"),
        (Method::GET, "invocation/x/response"),
        (Method::PUT, "invocation/x/error"),
        (Method::GET, "init/error"),
    ] {
        let path = format!("rotate/2018-06-01/runtime/{end}");
        check(&server, method, &path, 405, "").await;
    }
}

#[tokio::test]
async fn a_name_that_no_function_can_have_is_refused() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let invalid = r#"{"errorMessage":"Invalid function name","errorType":"InvalidFunctionName"}"#;
    for (method, end) in [
        (Method::GET, "invocation/next"),
        (Method::POST, "invocation/x/response"),
        (Method::POST, "init/error"),
    ] {
        let path = format!("a%20b/2018-06-01/runtime/{end}");
        check(&server, method, &path, 404, invalid).await;
    }
}

#[tokio::test]
async fn workers_are_sent_away_when_the_emulator_ends() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let scope = Scope {
        account: AccountId::DEFAULT,
        region: Region::default(),
    };
    let processes = functions.start(server.address, &scope);
    let polling = tokio::spawn(reqwest::get(format!(
        "{}/invocation/next",
        server.runtime()
    )));
    until(|| functions.is_known(ARN)).await;
    drop(processes);
    assert_eq!(polling.await.unwrap().unwrap().status(), 500);
    let closing =
        r#"{"errorMessage":"The emulator is shutting down","errorType":"ContainerError"}"#;
    let path = "rotate/2018-06-01/runtime/invocation/next";
    check(&server, Method::GET, path, 500, closing).await;
}
