//! The Runtime API as a worker sees it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::HeaderMap;
use reqwest::{Client, Response};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{
    ARN, EVENT, Served, functions, hasty_functions, home, invoke, invoke_with, until,
};

/// A function's worker.
#[derive(Clone)]
struct Worker {
    runtime: String,
    http: Client,
}

impl Worker {
    fn of(server: &Served) -> Self {
        Self {
            runtime: server.runtime(),
            http: Client::new(),
        }
    }

    async fn next(&self) -> Response {
        let url = format!("{}/invocation/next", self.runtime);
        let response = self.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response
    }

    /// The next invocation's request id and event.
    async fn take(&self) -> (String, Vec<u8>) {
        let response = self.next().await;
        let id = header(response.headers(), "lambda-runtime-aws-request-id");
        (id, response.bytes().await.unwrap().to_vec())
    }

    async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
        let url = format!("{}/{path}", self.runtime);
        answer(self.http.post(url).body(body)).await
    }

    async fn respond(&self, id: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
        self.post(&format!("invocation/{id}/response"), body).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    assert_eq!(
        header(response.headers(), "content-type"),
        "application/json"
    );
    (response.status().as_u16(), response.text().await.unwrap())
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).unwrap_or_else(|| panic!("no {name}"));
    value.to_str().unwrap().to_owned()
}

fn accepted() -> (u16, String) {
    (202, r#"{"status":"OK"}"#.into())
}

fn refused(status: u16, error_type: &str, message: &str) -> (u16, String) {
    let body = format!(r#"{{"errorMessage":"{message}","errorType":"{error_type}"}}"#);
    (status, body)
}

#[tokio::test]
async fn an_invocation_comes_with_the_documented_headers() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let polling = tokio::spawn({
        let worker = worker.clone();
        async move { worker.next().await }
    });
    until(|| functions.is_known(ARN)).await;
    let invocation = invoke(&functions);
    let response = polling.await.unwrap();

    let value = |name| header(response.headers(), name);
    assert_eq!(value("content-type"), "application/json");
    assert_eq!(value("content-length"), EVENT.len().to_string());
    assert_eq!(value("lambda-runtime-invoked-function-arn"), ARN);
    let form = regex::Regex::new("^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$");
    assert!(form.unwrap().is_match(&value("lambda-runtime-trace-id")));
    let form = regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$");
    let id = value("lambda-runtime-aws-request-id");
    assert!(form.unwrap().is_match(&id));
    let deadline = Duration::from_millis(value("lambda-runtime-deadline-ms").parse().unwrap());
    let left = deadline.checked_sub(now()).unwrap();
    let minutes = Duration::from_mins;
    assert!(left <= minutes(15) && left > minutes(14), "{left:?}");

    assert_eq!(response.bytes().await.unwrap(), EVENT);
    assert_eq!(worker.respond(&id, "null").await, accepted());
    assert_eq!(invocation.await.unwrap(), Ok(()));
}

#[expect(
    clippy::disallowed_methods,
    reason = "deadlines are real time, whatever the emulator's clock says"
)]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

#[tokio::test]
async fn a_worker_in_a_loop_gets_one_invocation_after_the_other() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let in_loop = tokio::spawn(async move {
        let mut events = Vec::new();
        while events.len() < 20 {
            let (id, event) = worker.take().await;
            assert_eq!(worker.respond(&id, "{}").await, accepted());
            events.push(String::from_utf8(event).unwrap());
        }
        events
    });
    until(|| functions.is_known(ARN)).await;
    let expected: Vec<_> = (0..20)
        .map(|step| format!(r#"{{"step":{step}}}"#))
        .collect();
    for event in &expected {
        functions
            .invoke(&home(), ARN, event.as_bytes())
            .await
            .unwrap();
    }
    assert_eq!(in_loop.await.unwrap(), expected);
}

#[tokio::test]
async fn workers_of_one_name_share_its_invocations() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let invocations: Vec<_> = (0..2)
        .map(|number| invoke_with(&functions, format!("{number}").into_bytes()))
        .collect();
    let (first, second) = (Worker::of(&server), Worker::of(&server));
    let (one, other) = (first.take().await, second.take().await);
    let mut events = [one.1, other.1];
    events.sort();
    assert_eq!(events, [b"0", b"1"]);
    // Either may answer: the request id is what counts.
    assert_eq!(first.respond(&other.0, "").await, accepted());
    assert_eq!(second.respond(&one.0, "").await, accepted());
    for invocation in invocations {
        assert_eq!(invocation.await.unwrap(), Ok(()));
    }
}

#[tokio::test]
async fn workers_of_different_names_do_not_get_each_others_invocations() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let other = format!(
        "http://{}/_lambda/other/2018-06-01/runtime/invocation/next",
        server.address
    );
    let other = tokio::spawn(reqwest::get(other));
    until(|| functions.is_known("other")).await;
    let invocation = invoke(&functions);
    let worker = Worker::of(&server);
    let (id, _) = worker.take().await;
    assert!(!other.is_finished());
    worker.respond(&id, "").await;
    assert_eq!(invocation.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_functions_error_fails_the_invocation() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let document = r#"{"errorMessage":"no such user","errorType":"ValueError","stackTrace":[]}"#;
    for (body, header, expected) in [
        (document, "Unhandled", "ValueError: no such user"),
        ("not JSON", "Function.Unknown", "Function.Unknown"),
        ("", "Function.Unknown", "Function.Unknown"),
        ("{}", "", "the function failed without saying why"),
    ] {
        let invocation = invoke(&functions);
        let (id, _) = worker.take().await;
        let url = format!("{}/invocation/{id}/error", worker.runtime);
        let request = worker.http.post(url).body(body);
        let request = request.header("Lambda-Runtime-Function-Error-Type", header);
        assert_eq!(answer(request).await, accepted());
        assert_eq!(invocation.await.unwrap().unwrap_err(), expected);
    }
}

#[tokio::test]
async fn an_initialization_error_is_told_to_the_first_invocation() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let error =
        r#"{"errorMessage":"No module named 'app'","errorType":"Runtime.ImportModuleError"}"#;
    assert_eq!(worker.post("init/error", error).await, accepted());
    let failed = invoke(&functions).await.unwrap();
    assert_eq!(
        failed.unwrap_err(),
        "Runtime.ImportModuleError: No module named 'app'"
    );
    // The next one waits for a worker that can start.
    let invocation = invoke(&functions);
    let (id, _) = worker.take().await;
    worker.respond(&id, "").await;
    assert_eq!(invocation.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_worker_that_hangs_up_while_it_asks_loses_nothing() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let request =
        "GET /_lambda/rotate/2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: x\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    until(|| functions.is_known(ARN)).await;
    drop(connection);
    let invocation = invoke(&functions);
    let worker = Worker::of(&server);
    let (id, event) = worker.take().await;
    assert_eq!(event, EVENT);
    worker.respond(&id, "").await;
    assert_eq!(invocation.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn an_invocation_whose_event_was_not_sent_is_not_lost() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let invocation = invoke(&functions);
    let url = format!("{}/invocation/next", worker.runtime);
    let without_body = worker.http.head(url).send().await.unwrap();
    let (id, event) = worker.take().await;
    assert_eq!(
        header(without_body.headers(), "lambda-runtime-aws-request-id"),
        id
    );
    assert_eq!(event, EVENT);
    worker.respond(&id, "").await;
    assert_eq!(invocation.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_worker_that_dies_over_an_invocation_fails_it_at_the_time_limit() {
    let functions = hasty_functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let invocation = invoke(&functions);
    let (id, _) = worker.take().await;
    let error = invocation.await.unwrap().unwrap_err();
    assert_eq!(error, "Task timed out after 0.50 seconds");
    assert_eq!(
        worker.respond(&id, "null").await,
        refused(400, "InvalidRequestID", "Invalid request ID"),
        "nobody waits for the answer any more"
    );
}

#[tokio::test]
async fn an_invocation_that_no_worker_takes_fails_at_the_time_limit() {
    let functions = hasty_functions(&["rotate=true"]);
    let error = invoke(&functions).await.unwrap().unwrap_err();
    assert_eq!(error, "Task timed out after 0.50 seconds");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_taken_for_one() {
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);
    let invocation = invoke(&functions);
    let (id, _) = worker.take().await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "POST /_lambda/rotate/2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\n\
         host: x\r\ncontent-length: 9\r\n\r\nnull"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    drop(connection);
    // The worker tries again.
    assert_eq!(worker.respond(&id, "null").await, accepted());
    assert_eq!(invocation.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused_and_fails_the_invocation() {
    const LARGEST: usize = 6_291_556;
    let functions = functions(&["rotate=true"]);
    let server = Served::runtime_api(&functions).await;
    let worker = Worker::of(&server);

    let invocation = invoke(&functions);
    let (id, _) = worker.take().await;
    assert_eq!(worker.respond(&id, vec![b'x'; LARGEST]).await, accepted());
    assert_eq!(invocation.await.unwrap(), Ok(()));

    let invocation = invoke(&functions);
    let (id, _) = worker.take().await;
    assert_eq!(
        worker.respond(&id, vec![b'x'; LARGEST + 1]).await,
        refused(
            413,
            "RequestEntityTooLarge",
            "Exceeded maximum allowed payload size"
        )
    );
    let error = invocation.await.unwrap().unwrap_err();
    assert!(
        error.starts_with("Function.ResponseSizeTooLarge: "),
        "{error}"
    );
}
