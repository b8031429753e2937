//! Who takes an invocation when several could, and which functions are known.

use crate::support::{
    ARN, EVENT, Endpoint, Served, functions, functions_with_endpoint, home, until,
};

#[tokio::test]
async fn nobody_runs_a_function_that_was_neither_configured_nor_served() {
    let functions = functions(&["other=http://127.0.0.1:9/", "started=true"]);
    for unknown in [
        ARN,
        "rotate",
        "",
        "no function/",
        "arn:aws:sqs:eu-west-1:123456789012:other",
    ] {
        assert!(!functions.is_known(unknown), "{unknown}");
        let error = functions.invoke(&home(), unknown, EVENT).await.unwrap_err();
        assert_eq!(error.to_string(), "nobody runs this function");
    }
}

#[tokio::test]
async fn a_configured_function_is_known_by_its_name_whatever_its_account_and_region() {
    let functions = functions(&["rotate=http://127.0.0.1:9/", "started=true"]);
    for known in [
        "rotate",
        "rotate:prod",
        "123456789012:function:rotate",
        "arn:aws:lambda:us-east-1:123456789012:function:rotate",
        "arn:aws:lambda:eu-west-1:999999999999:function:rotate:3",
        "arn:aws:lambda:us-east-1:123456789012:function:started",
    ] {
        assert!(functions.is_known(known), "{known}");
    }
}

#[tokio::test]
async fn an_endpoint_for_all_knows_every_function() {
    let functions = functions_with_endpoint(&[], "http://127.0.0.1:9/");
    assert!(functions.is_known(ARN));
    assert!(!functions.is_known("arn:aws:sqs:us-east-1:123456789012:rotate"));
}

#[tokio::test]
async fn a_worker_comes_before_the_endpoint_and_a_runner_of_its_own_before_the_worker() {
    let everybody_elses = Endpoint::answering(500, "", "").await;
    let its_own = Endpoint::answering(418, "", "").await;
    let functions =
        functions_with_endpoint(&[&format!("own={}", its_own.url)], &everybody_elses.url);
    let server = Served::runtime_api(&functions).await;
    for name in ["own", "rotate"] {
        // Both have a worker once.
        let url = format!(
            "http://{}/_lambda/{name}/2018-06-01/runtime/init/error",
            server.address
        );
        let error = r#"{"errorMessage":"the worker","errorType":"E"}"#;
        let answer = reqwest::Client::new().post(url).body(error).send().await;
        assert_eq!(answer.unwrap().status(), 202);
    }
    let error = async |name| {
        functions
            .invoke(&home(), name, EVENT)
            .await
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error("rotate").await, "E: the worker");
    assert!(error("own").await.ends_with("HTTP status 418"));
    assert!(error("third").await.ends_with("HTTP status 500"));
}

#[tokio::test]
async fn a_function_stays_known_when_its_worker_has_gone() {
    let functions = functions(&[]);
    let server = Served::runtime_api(&functions).await;
    let worker = tokio::spawn(reqwest::get(format!(
        "{}/invocation/next",
        server.runtime()
    )));
    until(|| functions.is_known(ARN)).await;
    worker.abort();
    drop(server);
    assert!(functions.is_known(ARN));
}
