//! `GET /_secretstack/events`: the service events, as lines of JSON or, with `?follow`, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::Admin;

/// Lists the service events, as CloudTrail has them: lines of JSON, or a stream of server-sent events that does not end.
#[utoipa::path(
    get,
    path = "/_secretstack/events",
    operation_id = "listEvents",
    params(("follow" = Option<String>, Query, description = "Given at all, with whatever value, asks for the stream.")),
    responses((status = 200, description = "The events.", content(
        (String = "application/x-ndjson"),
        (String = "text/event-stream"),
    )))
)]
pub(super) async fn list(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    if names.any(|name| name == "follow") {
        return follow(admin);
    }
    let (events, _) = admin.trail.since(0);
    let lines: String = events
        .into_iter()
        .flat_map(|event| [event, "\n".into()])
        .collect();
    ([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response()
}

/// A stream of the events that there are and of those that come, until the client hangs up or the emulator ends.
fn follow(admin: Arc<Admin>) -> Response {
    let events = stream::unfold((admin, 0), |(admin, seen)| async move {
        if !admin.trail.more_than(seen).await {
            return None;
        }
        let (events, count) = admin.trail.since(seen);
        let text: String = events
            .into_iter()
            .flat_map(|event| ["data: ".into(), event, "\n\n".into()])
            .collect();
        Some((Ok::<_, Infallible>(text), (admin, count)))
    });
    let body = Body::from_stream(events);
    ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
}
