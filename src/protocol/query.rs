//! AWS's query protocol, which STS is called by: a form in, XML out (AWS STS API Reference, "GetCallerIdentity" and "Common
//! errors").

use std::fmt::Write as _;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use quick_xml::escape::escape;
use serde_json::{Map, Value};

use super::request_id::RequestId;
use super::{Response, response};
use crate::api::error::Error;
use crate::api::{self, Entry, Service};

const XML: HeaderValue = HeaderValue::from_static("text/xml");
const FORM: &str = "application/x-www-form-urlencoded";
/// The one service that is called so.
const SERVICE: Service = Service::Sts;
/// The longest name of an action that an answer repeats.
const LONGEST_ACTION: usize = 128;

/// Is a request one of this protocol? The target is its header of that name, looked up once.
pub(super) fn is_query(head: &Parts, target: Option<&HeaderValue>) -> bool {
    if head.method == Method::GET {
        return action_in(head.uri.query().unwrap_or_default().as_bytes()).is_some();
    }
    if target.is_some() {
        return false;
    }
    let content_type = head.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    content_type.is_some_and(|given| {
        let essence = given.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(FORM)
    })
}

/// The operation that a query string or a form names. None of them takes parameters.
pub(super) fn find(query: Option<&str>, form: &[u8]) -> Result<&'static Entry, Error> {
    let in_query = || action_in(query?.as_bytes());
    let action = action_in(form).or_else(in_query);
    let action = action.ok_or(Error::MissingAction)?;
    api::find(SERVICE, &action).map_err(|_| {
        // XML has no control characters, and nobody needs more of a name.
        let shown = action.chars().map(|c| if c.is_control() { '?' } else { c });
        Error::InvalidAction(shown.take(LONGEST_ACTION).collect())
    })
}

fn action_in(form: &[u8]) -> Option<String> {
    let mut pairs = form_urlencoded::parse(form);
    let (_, action) = pairs.find(|(name, _)| name == "Action")?;
    Some(action.into_owned())
}

/// An answer, from the operation's JSON.
pub(super) fn render(entry: &Entry, body: &[u8], request_id: RequestId) -> Response {
    let name = entry.name;
    let namespace = SERVICE.xml_namespace().unwrap_or_default();
    let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let mut result = String::new();
    for (member, value) in &members {
        let value = escape(value.as_str().unwrap_or_default());
        // Writing to a string cannot fail.
        let _ = writeln!(result, "    <{member}>{value}</{member}>");
    }
    let xml = format!(
        "<{name}Response xmlns=\"{namespace}\">\n  <{name}Result>\n{result}  </{name}Result>\n  \
         <ResponseMetadata>\n    <RequestId>{request_id}</RequestId>\n  </ResponseMetadata>\n\
         </{name}Response>\n"
    );
    response(StatusCode::OK, XML, xml)
}

/// An exception.
pub(super) fn render_error(error: &Error, request_id: RequestId) -> Response {
    let code = error.code();
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fault = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let (code, text) = (code.name(), error.to_string());
    let text = escape(&text);
    let namespace = SERVICE.xml_namespace().unwrap_or_default();
    let xml = format!(
        "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>{fault}</Type>\n    \
         <Code>{code}</Code>\n    <Message>{text}</Message>\n  </Error>\n  \
         <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n"
    );
    response(status, XML, xml)
}
