//! AWS JSON 1.1 over HTTP, and the query protocol for what is still called by it: bytes and headers in, bytes and headers
//! out. Knows operations by the table and no secret.

mod body;
mod error;
mod query;
mod request_id;
mod target;

use std::sync::Arc;
use std::time::Instant;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use tracing::{Level, enabled, error, info};

use self::request_id::RequestId;
use crate::api::Entry;
use crate::api::context::{Context, Services};
use crate::api::error::{Code, Error};
use crate::auth::credentials::Defaults;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::secret::id::Scope;
use crate::telemetry;

/// The content type of every request and answer (fact sheet 1.1).
const AMZ_JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");

/// A whole response.
pub(crate) type Response = http::Response<Full<Bytes>>;

fn response(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// What the front end needs to answer requests.
#[derive(Debug)]
pub(crate) struct FrontEnd {
    /// What operations stand on.
    pub(crate) services: Services,
    /// The time.
    pub(crate) clock: Arc<Clock>,
    /// For request ids.
    pub(crate) request_ids: Entropy,
    /// The scope of requests that name none.
    pub(crate) defaults: Defaults,
}

/// Answers what is asked at the path `/`. AWS's requests are a `POST` with a target header, or with a form of the query
/// protocol, or a `GET` with the same in the query string.
pub(crate) async fn answer(front_end: Arc<FrontEnd>, request: Request<Incoming>) -> Response {
    let (head, body) = request.into_parts();
    let target = head.headers.get(target::HEADER);
    let is_query = query::is_query(&head, target);
    if head.method != Method::POST && !is_query {
        let mut nothing = Response::default();
        *nothing.status_mut() = StatusCode::NOT_FOUND;
        return nothing;
    }
    let is_logged = enabled!(target: telemetry::REQUESTS, Level::INFO);
    let started = is_logged.then(Instant::now);
    let request_id = RequestId::new(&front_end.request_ids);
    let authorization = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let defaults = &front_end.defaults;
    let scope = defaults.scope_of(authorization, head.uri.query());
    // The body is read even for an unknown target, so that a client is never cut off in the midst of sending.
    let body = body::read(body).await;
    let called = body.and_then(|body| {
        if is_query {
            query::find(head.uri.query(), &body).map(|entry| (entry, Bytes::new()))
        } else {
            let target = target.ok_or(Error::UnknownOperation)?;
            target::find(target.as_bytes()).map(|entry| (entry, body))
        }
    });
    let entry = called.as_ref().ok().map(|(entry, _)| *entry);
    let result = match called {
        Ok((entry, body)) => run(&front_end, &scope, entry, &body).await,
        Err(error) => Err(error),
    };
    if let Some(cause) = result.as_ref().err().and_then(Error::internal_cause) {
        error!(%request_id, %cause, "internal error");
    }
    if let Some(started) = started {
        log(entry, &scope, &result, request_id, started);
    }
    let mut response = match (result, entry) {
        (Ok(body), Some(entry)) if is_query => query::render(entry, &body, request_id),
        (Ok(body), _) => response(StatusCode::OK, AMZ_JSON, body),
        (Err(error), _) if is_query => query::render_error(&error, request_id),
        (Err(error), _) => error::render(&error),
    };
    response
        .headers_mut()
        .insert(request_id::HEADER, request_id.header_value());
    response
}

/// Refuses what is asked at the path `/` while there is nobody to answer it.
pub(crate) async fn refuse_for_now(
    front_end: Arc<FrontEnd>,
    request: Request<Incoming>,
) -> Response {
    let (head, body) = request.into_parts();
    // It is refused whatever is in it, but a client is not cut off in the midst of sending.
    let _ = body::read(body).await;
    let request_id = RequestId::new(&front_end.request_ids);
    let target = head.headers.get(target::HEADER);
    let mut response = if query::is_query(&head, target) {
        query::render_error(&Error::Unavailable, request_id)
    } else {
        error::render(&Error::Unavailable)
    };
    response
        .headers_mut()
        .insert(request_id::HEADER, request_id.header_value());
    response
}

async fn run(
    front_end: &FrontEnd,
    scope: &Scope,
    entry: &Entry,
    body: &[u8],
) -> Result<Vec<u8>, Error> {
    let _work = front_end.services.secrets.work().await;
    let ctx = Context {
        services: &front_end.services,
        caller: scope,
        now: front_end.clock.now(),
    };
    (entry.run)(&ctx, body).await
}

/// One line for a request. Texts of errors are left out, since they can quote what a caller sent.
fn log(
    entry: Option<&Entry>,
    scope: &Scope,
    result: &Result<Vec<u8>, Error>,
    request_id: RequestId,
    started: Instant,
) {
    let code = result.as_ref().err().map(Error::code);
    info!(
        target: telemetry::REQUESTS,
        service = entry.map_or("-", |entry| entry.service.name()),
        operation = entry.map_or("-", |entry| entry.name),
        account = %scope.account,
        region = %scope.region,
        status = code.map_or(200, Code::status),
        error = code.map_or("-", Code::name),
        micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        %request_id,
    );
}
