//! A running emulator and a plain HTTP client for it: what every API test stands on.
//!
//! Requests are raw JSON and answers are raw text, so that a test can see what a client library would hide:
//! a member that is absent, the letter case of `Message`, a body of zero bytes.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses the part it needs"
)]

pub mod function;
pub mod service_model;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secretstack::{Clock, Emulator};
use serde_json::{Value, json};
use service_model::Model;

/// The account a request belongs to when its credentials name none.
pub const ACCOUNT: &str = "000000000000";
/// The region a request belongs to when its credentials name none.
pub const REGION: &str = "us-east-1";
/// Where every server's clock stands when it starts: 2026-01-15T10:00:00.123Z.
pub const START: &str = "2026-01-15T10:00:00.123Z";

/// AWS's sentence for a secret that does not exist.
pub const NOT_FOUND: &str = "Secrets Manager can't find the specified secret.";
/// AWS's sentence for a secret that is scheduled for deletion.
pub const MARKED_FOR_DELETION: &str =
    "You can't perform this operation on the secret because it was marked for deletion.";

/// An emulator in this process, under a clock that only moves when told.
pub struct Server {
    emulator: Emulator,
    clock: Arc<Clock>,
    client: Client,
}

impl Server {
    /// Starts an emulator on a free port.
    pub async fn start() -> Self {
        Self::of(Emulator::builder()).await
    }

    /// Starts this emulator, with a clock that stands still.
    pub async fn of(emulator: secretstack::Builder) -> Self {
        let start: DateTime<Utc> = START.parse().expect("the start is a valid time");
        let clock = Arc::new(Clock::frozen_at(start));
        let emulator = emulator
            .clock(clock.clone())
            .start()
            .await
            .expect("the emulator starts on a free port");
        let client = Client::new(emulator.endpoint(), None);
        Self {
            emulator,
            clock,
            client,
        }
    }

    /// Where the emulator listens, such as `http://127.0.0.1:41234`.
    pub fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// The emulator itself.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The clock's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// A client whose credentials name an account and a region.
    pub fn client(&self, account: &str, region: &str) -> Client {
        Client::new(self.emulator.endpoint(), Some((account, region)))
    }

    /// Calls an operation in the default account and region.
    pub async fn call(&self, operation: &str, body: Value) -> Answer {
        self.client.call(operation, body).await
    }

    /// Calls an operation that must succeed with a JSON body, and returns that body.
    #[track_caller]
    pub fn ok(&self, operation: &str, body: Value) -> impl Future<Output = Value> {
        self.client.ok(operation, body)
    }

    /// Calls an operation of KMS in the default account and region.
    pub async fn kms(&self, operation: &str, body: Value) -> Answer {
        self.client.kms(operation, body).await
    }

    /// Calls an operation of KMS that must succeed, and returns its body; `null` if the body has zero bytes.
    #[track_caller]
    pub fn kms_ok(&self, operation: &str, body: Value) -> impl Future<Output = Value> {
        self.client.kms_ok(operation, body)
    }

    /// Creates a symmetric KMS key; returns its `KeyMetadata`.
    pub async fn create_key(&self) -> Value {
        self.kms_ok("CreateKey", json!({})).await["KeyMetadata"].clone()
    }

    /// Creates a secret with a string value and a token made from `token`; returns CreateSecret's answer.
    pub async fn create(&self, name: &str, token: &str, value: &str) -> Value {
        self.ok(
            "CreateSecret",
            json!({"Name": name, "ClientRequestToken": version_id(token), "SecretString": value}),
        )
        .await
    }
}

/// A version id of 36 characters that is easy to recognise: `v1` gives `v1------...`.
pub fn version_id(label: &str) -> String {
    format!("{label:-<36}")
}

/// Sends requests for one account and region.
#[derive(Clone)]
pub struct Client {
    endpoint: String,
    authorization: Option<String>,
    http: reqwest::Client,
}

impl Client {
    fn new(endpoint: String, scope: Option<(&str, &str)>) -> Self {
        let authorization = scope.map(|(account, region)| {
            format!(
                "AWS4-HMAC-SHA256 Credential={account}/20260115/{region}/secretsmanager/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={}",
                "0".repeat(64)
            )
        });
        Self {
            endpoint,
            authorization,
            http: reqwest::Client::new(),
        }
    }

    /// Calls an operation of Secrets Manager, and holds the answer against the service model.
    pub async fn call(&self, operation: &str, body: Value) -> Answer {
        self.call_service(&service_model::SECRETS_MANAGER, operation, body)
            .await
    }

    /// Calls an operation of KMS, and holds the answer against the service model.
    pub async fn kms(&self, operation: &str, body: Value) -> Answer {
        self.call_service(&service_model::KMS, operation, body)
            .await
    }

    /// Calls an operation of a service, and holds the answer against its model.
    pub async fn call_service(&self, model: &Model, operation: &str, body: Value) -> Answer {
        let target = format!("{}.{operation}", model.target_prefix());
        let answer = self.send(Some(&target), body.to_string()).await;
        if !model.has_operation(operation) {
            return answer;
        }
        if answer.status == 200 {
            model.assert_output_fits(operation, &answer.text);
        } else {
            let code = answer.json()["__type"].clone();
            model.assert_error_is_listed(operation, code.as_str().unwrap_or_default());
        }
        answer
    }

    /// Sends any bytes to any target.
    pub async fn send(&self, target: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
        let mut request = self
            .http
            .post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .body(body);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let response = request.send().await.expect("the emulator answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.expect("the body arrives whole"),
        }
    }

    /// Calls an operation that must succeed with a JSON body, and returns that body.
    #[track_caller]
    pub fn ok(&self, operation: &str, body: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        let operation = operation.to_owned();
        async move {
            let answer = self.call(&operation, body).await;
            assert_eq!(
                answer.status, 200,
                "{operation} at {place} answered {}",
                answer.text
            );
            answer.json()
        }
    }

    /// Calls an operation of KMS that must succeed, and returns its body; `null` if the body has zero bytes.
    #[track_caller]
    pub fn kms_ok(&self, operation: &str, body: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        let operation = operation.to_owned();
        async move {
            let answer = self.kms(&operation, body).await;
            assert_eq!(
                answer.status, 200,
                "{operation} at {place} answered {}",
                answer.text
            );
            if answer.text.is_empty() {
                Value::Null
            } else {
                answer.json()
            }
        }
    }
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("the body is no JSON: {:?}", self.text))
    }

    /// Asserts a service exception: HTTP 400, this code, and exactly this text under `Message`.
    #[track_caller]
    pub fn assert_service_error(&self, code: &str, message: &str) {
        self.assert_error_body(&json!({"__type": code, "Message": message}));
    }

    /// Asserts a front-end exception: HTTP 400, this code, and exactly this text under `message`.
    #[track_caller]
    pub fn assert_framework_error(&self, code: &str, message: &str) {
        self.assert_error_body(&json!({"__type": code, "message": message}));
    }

    /// Asserts an exception of KMS: HTTP 400, this code, and exactly this text under `message`.
    #[track_caller]
    pub fn assert_kms_error(&self, code: &str, message: &str) {
        self.assert_error_body(&json!({"__type": code, "message": message}));
    }

    /// Asserts an exception without a text: HTTP 400 and this code.
    #[track_caller]
    pub fn assert_silent_error(&self, code: &str) {
        self.assert_error_body(&json!({"__type": code}));
    }

    /// Asserts the code alone, where AWS's text is not known.
    #[track_caller]
    pub fn assert_code(&self, code: &str) {
        assert_eq!(self.status, 400, "{}", self.text);
        assert_eq!(self.json()["__type"], code, "{}", self.text);
    }

    #[track_caller]
    fn assert_error_body(&self, expected: &Value) {
        assert_eq!(self.status, 400, "{}", self.text);
        assert_eq!(&self.json(), expected);
    }
}

/// Is a step of this attempt running, or has none run yet?
fn is_under_way(attempt: &Value) -> bool {
    let steps = attempt["steps"].as_array();
    let has_begun = steps.is_some_and(|steps| !steps.is_empty());
    attempt["state"] == "running" || (attempt["state"] == "waiting" && !has_begun)
}

/// How often something is asked for before a test gives up.
const POLLS: usize = 10_000;

/// Rotation, and a clock that is moved over HTTP.
impl Server {
    /// Starts an emulator for which every rotation function is this one.
    pub async fn start_with_function(function: &function::Function) -> Self {
        let emulator = Emulator::builder().lambda_endpoint(function.endpoint());
        let server = Self::of(emulator).await;
        function.calls_back(&server.endpoint());
        server
    }

    /// Sends a request to one of the emulator's own paths.
    pub async fn send(&self, method: &str, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let method = method.parse().expect("a method's name");
        let url = format!("{}{path}", self.endpoint());
        let request = self.client.http.request(method, url).body(body);
        Answer::read(request.send().await.expect("the emulator answers")).await
    }

    /// Gets one of the emulator's own paths, such as `/_secretstack/clock`.
    pub async fn fetch(&self, path: &str) -> Answer {
        let url = format!("{}{path}", self.endpoint());
        let response = self.client.http.get(url).send().await;
        Answer::read(response.expect("the emulator answers")).await
    }

    /// All attempts at a rotation, newest last.
    pub async fn rotations(&self) -> Vec<Value> {
        let answer = self.fetch("/_secretstack/rotations").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let rotations = answer.json();
        rotations.as_array().expect("a list of attempts").clone()
    }

    /// The newest of certain attempts, as soon as there is one and none of them is under way.
    pub async fn wait_for_rotation(&self, of: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..POLLS {
            let mut attempts = self.rotations().await;
            attempts.retain(&of);
            if !attempts.iter().any(is_under_way)
                && let Some(newest) = attempts.pop()
            {
                return newest;
            }
            tokio::task::yield_now().await;
        }
        panic!(
            "the rotation does not come to an end: {:?}",
            self.rotations().await
        )
    }

    /// Gives the emulator time until something is so.
    pub async fn until(&self, is_so: impl Fn() -> bool) {
        for _ in 0..POLLS {
            if is_so() {
                return;
            }
            self.rotations().await;
            tokio::task::yield_now().await;
        }
        panic!("it does not happen: {:?}", self.rotations().await)
    }

    /// Moves the clock forward, such as by `31d`; returns the answer, which comes when all that fell due was done.
    pub async fn advance_by(&self, by: &str) -> Value {
        let request = self
            .client
            .http
            .put(format!("{}/_secretstack/clock", self.endpoint()))
            .header("content-type", "application/json")
            .body(json!({"advance": by}).to_string());
        let response = request.send().await.expect("the emulator answers");
        let answer = Answer::read(response).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// All recorded service events, oldest first.
    pub async fn events(&self) -> Vec<Value> {
        let answer = self.fetch("/_secretstack/events").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let events = answer.text.lines();
        events
            .map(|line| serde_json::from_str(line).expect("a line is an event"))
            .collect()
    }
}

impl Answer {
    async fn read(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.expect("the body arrives whole"),
        }
    }
}
