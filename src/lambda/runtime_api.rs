//! Lambda's Runtime API, served under `/_lambda/NAME/`: a function's worker, which runs in its language's official runtime
//! client, asks here for invocations and answers them (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom
//! runtimes").
//!
//! `AWS_LAMBDA_RUNTIME_API=127.0.0.1:4566/_lambda/NAME` leads a worker here. Several may serve one name. One that goes away while
//! it asks loses nothing; an invocation whose worker dies over it fails at its time limit, or at once if the emulator started that worker.
//!
//! Some runtime clients take a host and a port, and no path. A process that the emulator starts therefore gets the API at the
//! root of a port of its own.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, FromRequestParts, Path, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::{BodyExt, Full};
use tracing::warn;
use uuid::Uuid;

use super::error::FunctionError;
use super::name::FunctionName;
use super::queue::Delivery;
use super::{Functions, LARGEST_PAYLOAD};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const FUNCTION_ARN: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");
const TRACE_ID: HeaderName = HeaderName::from_static("lambda-runtime-trace-id");
const ERROR_TYPE: &str = "Lambda-Runtime-Function-Error-Type";

/// How much of a body that is too large is still taken off the wire, so that its sender gets an answer and not a reset.
const DRAIN: usize = 32 * 1024 * 1024;

/// The Runtime API's routes for functions of every name.
pub fn routes(functions: Arc<Functions>) -> Router {
    routes_under("/_lambda/{name}", functions)
}

/// The Runtime API's routes for the workers of one name.
pub(super) fn routes_of(name: FunctionName, functions: Arc<Functions>) -> Router {
    routes_under("", functions).layer(Extension(name))
}

fn routes_under(prefix: &str, functions: Arc<Functions>) -> Router {
    let path = |rest| format!("{prefix}/2018-06-01/runtime/{rest}");
    Router::new()
        .route(&path("invocation/next"), get(next))
        .route(&path("invocation/{id}/response"), post(response))
        .route(&path("invocation/{id}/error"), post(error))
        .route(&path("init/error"), post(init_error))
        .with_state(functions)
}

/// Why the API does not do what a worker asks for.
enum Refusal {
    /// No function can have this name.
    Name,
    /// No invocation of this id is being worked on.
    RequestId,
    /// The body did not arrive whole.
    Body,
    TooLarge,
    /// The emulator ends; the worker should do so too.
    Closing,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error_type, message) = match self {
            Self::Name => (
                StatusCode::NOT_FOUND,
                "InvalidFunctionName",
                "Invalid function name",
            ),
            Self::RequestId => (
                StatusCode::BAD_REQUEST,
                "InvalidRequestID",
                "Invalid request ID",
            ),
            Self::Body => (StatusCode::BAD_REQUEST, "InvalidRequest", "Incomplete body"),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLarge",
                "Exceeded maximum allowed payload size",
            ),
            Self::Closing => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "ContainerError",
                "The emulator is shutting down",
            ),
        };
        let body = format!(r#"{{"errorMessage":"{message}","errorType":"{error_type}"}}"#);
        (status, [(CONTENT_TYPE, JSON)], body).into_response()
    }
}

/// Whose worker asks: it is in the path, unless the routes are those of one name.
struct Asker(FunctionName);

impl FromRequestParts<Arc<Functions>> for Asker {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        functions: &Arc<Functions>,
    ) -> Result<Self, Refusal> {
        if let Some(name) = parts.extensions.get::<FunctionName>() {
            return Ok(Self(name.clone()));
        }
        let name = parameter("name", parts, functions).await;
        name.and_then(|name| FunctionName::of_worker(&name))
            .map(Self)
            .ok_or(Refusal::Name)
    }
}

/// The invocation that a request's path names.
struct InvocationId(Uuid);

impl FromRequestParts<Arc<Functions>> for InvocationId {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        functions: &Arc<Functions>,
    ) -> Result<Self, Refusal> {
        let id = parameter("id", parts, functions).await;
        id.and_then(|id| id.parse().ok())
            .map(Self)
            .ok_or(Refusal::RequestId)
    }
}

async fn parameter(name: &str, parts: &mut Parts, functions: &Arc<Functions>) -> Option<String> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, functions).await;
    path.ok()?.0.remove(name)
}

fn accepted() -> Response {
    let body = r#"{"status":"OK"}"#;
    (StatusCode::ACCEPTED, [(CONTENT_TYPE, JSON)], body).into_response()
}

/// Gives a worker its next invocation, as soon as there is one.
async fn next(
    State(functions): State<Arc<Functions>>,
    Asker(name): Asker,
) -> Result<Response, Refusal> {
    let delivery = functions.workers.next(&name).await;
    Ok(deliver(
        delivery.ok_or(Refusal::Closing)?,
        &functions.trace_id(),
    ))
}

fn deliver(mut delivery: Delivery, trace_id: &str) -> Response {
    let invocation = delivery.invocation();
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    let headers = [
        (CONTENT_TYPE, JSON),
        (CONTENT_LENGTH, invocation.event.len().into()),
        (REQUEST_ID, text(&invocation.id.to_string())),
        (DEADLINE, text(&invocation.deadline_ms.to_string())),
        (FUNCTION_ARN, text(&invocation.function_arn)),
        (TRACE_ID, text(trace_id)),
    ];
    // A body that is dropped before the connection took it gives the invocation back.
    let body = Full::new(invocation.event.clone()).map_frame(move |frame| {
        delivery.sent();
        frame
    });
    (headers, Body::new(body)).into_response()
}

/// Takes a function's answer. What the function returned is not looked at: rotation does not use it.
async fn response(
    State(functions): State<Arc<Functions>>,
    Asker(name): Asker,
    InvocationId(id): InvocationId,
    body: Body,
) -> Result<Response, Refusal> {
    let received = read(body).await;
    let result = match &received {
        Ok(_) => Ok(()),
        Err(Refusal::TooLarge) => Err(FunctionError::too_large()),
        Err(_) => return Err(Refusal::Body),
    };
    finish(&functions, &name, id, result)?;
    received.map(|_| accepted())
}

/// Takes a function's error.
async fn error(
    State(functions): State<Arc<Functions>>,
    Asker(name): Asker,
    InvocationId(id): InvocationId,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let error = read_error(&headers, body).await?;
    finish(&functions, &name, id, Err(error))?;
    Ok(accepted())
}

/// Takes the error of a worker that cannot begin.
async fn init_error(
    State(functions): State<Arc<Functions>>,
    Asker(name): Asker,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let error = read_error(&headers, body).await?;
    warn!(function = %name, %error, "a worker could not start");
    functions.workers.enter(&name).failed_to_start(error);
    Ok(accepted())
}

fn finish(
    functions: &Functions,
    name: &FunctionName,
    id: Uuid,
    result: Result<(), FunctionError>,
) -> Result<(), Refusal> {
    let queue = functions.workers.find(name);
    let is_known = queue.is_some_and(|queue| queue.finish(id, result));
    is_known.then_some(()).ok_or(Refusal::RequestId)
}

/// The error in a request. If the body does not tell it the header at least has its type.
async fn read_error(headers: &HeaderMap, body: Body) -> Result<FunctionError, Refusal> {
    let body = match read(body).await {
        Ok(body) => body,
        Err(Refusal::TooLarge) => Bytes::new(),
        Err(refusal) => return Err(refusal),
    };
    let header = headers.get(ERROR_TYPE).and_then(|kind| kind.to_str().ok());
    Ok(FunctionError::read(&body)
        .unwrap_or_else(|| FunctionError::new(header.unwrap_or_default(), "")))
}

/// The whole body, up to what Lambda takes.
async fn read(mut body: Body) -> Result<Bytes, Refusal> {
    let mut read = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refusal::Body)?.into_data() else {
            continue;
        };
        length += data.len();
        if length <= LARGEST_PAYLOAD {
            read.extend_from_slice(&data);
        } else if length > DRAIN {
            break;
        }
    }
    if length > LARGEST_PAYLOAD {
        return Err(Refusal::TooLarge);
    }
    Ok(read.into())
}
