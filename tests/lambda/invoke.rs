//! The Invoke API: what is sent, and every way in which an endpoint may fail.

use secretstack::lambda::InvokeError;
use tokio::net::TcpListener;

use crate::support::{
    ARN, EVENT, Endpoint, functions, functions_with_endpoint, hasty_functions, home,
};

/// Invokes a function whose endpoint answers so.
async fn check(status: u16, headers: &str, body: &str) -> Result<(), String> {
    let endpoint = Endpoint::answering(status, headers, body).await;
    let functions = functions(&[&format!("rotate={}", endpoint.url)]);
    let result = functions.invoke(&home(), ARN, EVENT).await;
    result.map_err(|error| error.to_string())
}

/// Invokes a function whose endpoint writes these bytes and hangs up.
async fn check_bytes(answer: impl Into<Vec<u8>>, expected: InvokeError) {
    let endpoint = Endpoint::writing(answer).await;
    let functions = functions(&[&format!("rotate={}", endpoint.url)]);
    assert_eq!(functions.invoke(&home(), ARN, EVENT).await, Err(expected));
}

#[tokio::test]
async fn an_endpoint_gets_a_synchronous_invocation_with_the_event() {
    let endpoint = Endpoint::answering(200, "", "null").await;
    let functions = functions_with_endpoint(&[], &endpoint.url);
    functions.invoke(&home(), ARN, EVENT).await.unwrap();
    let request = endpoint.request().await;
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(
        lines.next().unwrap(),
        "post /2015-03-31/functions/rotate/invocations http/1.1"
    );
    let headers: Vec<_> = lines.collect();
    assert!(headers.contains(&"x-amz-invocation-type: requestresponse"));
    assert!(headers.contains(&"content-type: application/json"));
    assert_eq!(body.as_bytes(), EVENT);
}

#[tokio::test]
async fn a_url_of_its_own_is_called_as_it_is() {
    let endpoint = Endpoint::answering(200, "", "").await;
    let url = format!(
        "{}/2015-03-31/functions/function/invocations?x=1",
        endpoint.url
    );
    functions(&[&format!("rotate={url}")])
        .invoke(&home(), ARN, EVENT)
        .await
        .unwrap();
    let request = endpoint.request().await;
    let line = request.lines().next().unwrap();
    assert_eq!(
        line,
        "post /2015-03-31/functions/function/invocations?x=1 http/1.1"
    );
}

#[tokio::test]
async fn what_a_function_returns_does_not_matter() {
    for body in [
        "",
        "null",
        "done",
        r#"{"errorMessage":"a field of its own"}"#,
    ] {
        assert_eq!(check(200, "", body).await, Ok(()), "{body}");
    }
    assert_eq!(check(204, "", "").await, Ok(()));
}

#[tokio::test]
async fn a_function_error_is_told_in_the_functions_words() {
    let error = r#"{"errorMessage":"no such user","errorType":"ValueError","stackTrace":["a"]}"#;
    let unhandled = "x-amz-function-error: Unhandled\r\n";
    let result = check(200, unhandled, error).await;
    assert_eq!(result.unwrap_err(), "ValueError: no such user");
    let result = check(200, unhandled, "no JSON").await;
    assert_eq!(result.unwrap_err(), "Unhandled");
    let result = check(200, unhandled, r#"{"errorMessage":"no such user"}"#).await;
    assert_eq!(result.unwrap_err(), "no such user");
}

#[tokio::test]
async fn an_error_document_with_a_success_is_a_function_error() {
    let error = r#"{"errorMessage":"no such user","errorType":"ValueError"}"#;
    assert_eq!(
        check(200, "", error).await.unwrap_err(),
        "ValueError: no such user"
    );
    let error = "Task timed out after 3.00 seconds";
    assert_eq!(check(200, "", error).await.unwrap_err(), error);
}

#[tokio::test]
async fn every_status_but_success_is_a_failure_without_the_answers_body() {
    for status in [302, 400, 404, 429, 500, 503] {
        let result = check(status, "location: /elsewhere\r\n", "hunter2").await;
        assert_eq!(
            result.unwrap_err(),
            format!("the function's endpoint answered with HTTP status {status}")
        );
    }
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let functions = functions(&[&format!("rotate=http://{address}/")]);
    let error = functions.invoke(&home(), ARN, EVENT).await.unwrap_err();
    assert!(matches!(error, InvokeError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up_at_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let functions = hasty_functions(&[&format!("rotate=http://{address}/")]);
    let error = functions.invoke(&home(), ARN, EVENT).await.unwrap_err();
    assert_eq!(error.to_string(), "Task timed out after 0.50 seconds");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_failure() {
    for answer in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnull",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nnull\r\n",
    ] {
        check_bytes(answer, InvokeError::ClosedHalfWay).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_a_failure() {
    for answer in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"HTTP/1.1 hunter2\r\n\r\n",
    ] {
        check_bytes(answer, InvokeError::Garbage).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_larger_than_lambdas_largest_is_a_failure() {
    const LARGEST: usize = 6_291_556;
    let largest = format!(r#""{}""#, "x".repeat(LARGEST - 2));
    assert_eq!(check(200, "", &largest).await, Ok(()));
    let too_large = format!(r#""{}""#, "x".repeat(LARGEST - 1));
    assert_eq!(
        check(200, "", &too_large).await.unwrap_err(),
        "Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed payload size (6291556 bytes)."
    );
}
