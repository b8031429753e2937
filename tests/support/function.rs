//! A rotation function for tests: a small web server that speaks Lambda's Invoke API and rotates secrets as it is told.

mod work;

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use work::Work;

/// The function of the tests.
pub const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:rotate";

/// What the function does when it is invoked for a step.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// What AWS's template functions do.
    AsTemplate,
    /// Nothing, and returns.
    Nothing,
    /// As the template, and returns this text.
    Returns(&'static str),
    /// As the template, and takes AWSPENDING away.
    RemovesPending,
    /// Stores the pending value without reading the current one.
    PutsOnly,
    /// Waits until it is released, then as the template.
    WaitsFirst,
    /// As the template, then waits until it is released.
    WaitsLast,
    /// Raises an error with this message.
    Fails(&'static str),
    /// Lambda itself answers with this status.
    Answers(u16),
    /// The connection ends without an answer.
    Closes,
}

/// A request that the function was invoked with.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub path: String,
    pub content_type: String,
    pub event: Value,
}

/// The value that the function gives a version.
pub fn value_of(version: &str) -> String {
    format!("value of {version}")
}

/// A function that serves until the test ends.
#[derive(Clone)]
pub struct Function {
    endpoint: String,
    state: Arc<State>,
}

struct State {
    emulator: OnceLock<String>,
    script: Mutex<Script>,
    invocations: Mutex<Vec<Invocation>>,
    gate: Semaphore,
    waiting: AtomicUsize,
}

#[derive(Default)]
struct Script {
    always: HashMap<&'static str, Does>,
    once: Vec<(&'static str, Does)>,
}

impl Function {
    /// Starts a function that does as the template at every step.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port has an address");
        let state = Arc::new(State {
            emulator: OnceLock::new(),
            script: Mutex::default(),
            invocations: Mutex::default(),
            gate: Semaphore::new(0),
            waiting: AtomicUsize::new(0),
        });
        tokio::spawn(serve(listener, state.clone()));
        Self {
            endpoint: format!("http://{address}"),
            state,
        }
    }

    /// Where it listens, such as `http://127.0.0.1:41234`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Tells it which emulator to call back.
    pub fn calls_back(&self, endpoint: &str) {
        let known = self.state.emulator.set(endpoint.to_owned());
        known.expect("a function has one emulator");
    }

    /// What it does at a step from now on.
    pub fn on(&self, step: &'static str, does: Does) {
        self.state.script().always.insert(step, does);
    }

    /// What it does at a step the next time only.
    pub fn once(&self, step: &'static str, does: Does) {
        self.state.script().once.push((step, does));
    }

    /// Does a step wait until it is released?
    pub fn is_waiting(&self) -> bool {
        self.state.waiting.load(Ordering::SeqCst) > 0
    }

    /// Lets one step that waits go on.
    pub fn release(&self) {
        self.state.gate.add_permits(1);
    }

    /// All it was invoked with, oldest first.
    pub fn invocations(&self) -> Vec<Invocation> {
        self.state.invocations().clone()
    }

    /// The events that it got, oldest first.
    pub fn events(&self) -> Vec<Value> {
        let invocations = self.state.invocations();
        invocations.iter().map(|one| one.event.clone()).collect()
    }

    /// The steps that it was invoked for, oldest first.
    pub fn steps(&self) -> Vec<String> {
        let events = self.events();
        events.iter().map(|event| text(&event["Step"])).collect()
    }

    /// The tokens that it was invoked with, oldest first.
    pub fn tokens(&self) -> Vec<String> {
        let events = self.events();
        let tokens = events.iter().map(|event| &event["ClientRequestToken"]);
        tokens.map(text).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let state = state.clone();
        let service = service_fn(move |request| state.clone().answer(request));
        tokio::spawn(async move {
            // Where the script says so, a connection ends in an error.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl State {
    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().expect("nobody panicked with the script")
    }

    fn invocations(&self) -> std::sync::MutexGuard<'_, Vec<Invocation>> {
        let invocations = self.invocations.lock();
        invocations.expect("nobody panicked with the invocations")
    }

    /// What is to be done at a step this time.
    fn next(&self, step: &str) -> Does {
        let mut script = self.script();
        let once = script.once.iter().position(|(of, _)| *of == step);
        match once {
            Some(place) => script.once.remove(place).1,
            None => *script.always.get(step).unwrap_or(&Does::AsTemplate),
        }
    }

    /// Answers a request as Lambda's Invoke API does.
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, io::Error> {
        let path = request.uri().path().to_owned();
        let is_invocation =
            path.starts_with("/2015-03-31/functions/") && path.ends_with("/invocations");
        if request.method() != Method::POST || !is_invocation {
            return Ok(answered(StatusCode::NOT_FOUND, "no invocation"));
        }
        let content_type = request.headers().get("content-type");
        let content_type = content_type.map_or("", |value| value.to_str().unwrap_or_default());
        let content_type = content_type.to_owned();
        let body = request.into_body().collect().await;
        let body = body.map_err(io::Error::other)?.to_bytes();
        let event: Value = serde_json::from_slice(&body).map_err(io::Error::other)?;
        self.invocations().push(Invocation {
            path,
            content_type,
            event: event.clone(),
        });
        match self.next(&text(&event["Step"])) {
            Does::Closes => Err(io::Error::other("told to close the connection")),
            Does::Answers(status) => {
                let status = StatusCode::from_u16(status).expect("a status of HTTP");
                Ok(answered(status, r#"{"Message":"told to answer this"}"#))
            }
            does => Ok(match self.perform(does, &event).await {
                Ok(result) => answered(StatusCode::OK, result),
                Err(message) => raised(&message),
            }),
        }
    }

    async fn perform(&self, does: Does, event: &Value) -> Result<&'static str, String> {
        let step = text(&event["Step"]);
        let work = Work::new(self.emulator.get().expect("the emulator is known"), event);
        match does {
            Does::AsTemplate | Does::Answers(_) | Does::Closes => work.template(&step).await?,
            Does::Nothing => {}
            Does::Returns(result) => {
                work.template(&step).await?;
                return Ok(result);
            }
            Does::RemovesPending => {
                work.template(&step).await?;
                work.remove_pending().await?;
            }
            Does::PutsOnly => work.put().await?,
            Does::WaitsFirst => {
                self.wait().await;
                work.template(&step).await?;
            }
            Does::WaitsLast => {
                work.template(&step).await?;
                self.wait().await;
            }
            Does::Fails(message) => return Err(message.to_owned()),
        }
        Ok("null")
    }

    async fn wait(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let permit = self.gate.acquire().await;
        permit.expect("the gate is never closed").forget();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

fn answered(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    *response.status_mut() = status;
    response
}

/// What Lambda answers when the function raises an error.
fn raised(message: &str) -> Response<Full<Bytes>> {
    let error = json!({"errorMessage": message, "errorType": "ValueError"}).to_string();
    let mut response = answered(StatusCode::OK, &error);
    let unhandled = "Unhandled".parse().expect("a header's value");
    response
        .headers_mut()
        .insert("x-amz-function-error", unhandled);
    response
}
