//! Refuses requests that a web page of another origin makes, and those to a host that could be a page's.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::answer::refusal;
use super::health;
use crate::server::origin::{is_elsewhere, is_foreign};

/// Lets a request pass, or refuses it. Health tells nothing, so it may be asked for by any name.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if is_foreign(headers) {
        return forbidden("requests from web pages of another origin are refused");
    }
    if is_elsewhere(headers) && !health::PATHS.contains(&request.uri().path()) {
        return forbidden(
            "this host's name could be a web page's; use an IP address, localhost or a name without dots",
        );
    }
    next.run(request).await
}

fn forbidden(why: &str) -> Response {
    refusal(StatusCode::FORBIDDEN, why.to_owned())
}
