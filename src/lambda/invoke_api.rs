//! Calling a function over Lambda's Invoke API (AWS Lambda API reference, "Invoke").

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, redirect};

use super::LARGEST_PAYLOAD;
use super::config::HttpUrl;
use super::error::{FunctionError, InvokeError};

/// How long an endpoint may take to accept a connection. The time for the function itself is the caller's affair.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// Present in the answer when the function failed; its value is `Handled` or `Unhandled`.
const FUNCTION_ERROR: &str = "X-Amz-Function-Error";

/// A client of the Invoke API. Each invocation has a connection of its own, since an endpoint may close one that idles, and
/// goes straight to the endpoint, whatever proxies the environment names. It is made when it is first needed: most
/// emulators never invoke a function.
#[derive(Debug, Default)]
pub(super) struct InvokeApi(OnceLock<Client>);

impl InvokeApi {
    fn client(&self) -> reqwest::Result<&Client> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIME)
            .build()?;
        Ok(self.0.get_or_init(|| client))
    }

    /// Invokes the function behind `url` and waits until it has ended. What it returns is not looked at, unless it is an error.
    pub(super) async fn invoke(&self, url: &HttpUrl, event: Bytes) -> Result<(), InvokeError> {
        let client = self.client().map_err(|error| failure(&error))?;
        let request = client
            .post(url.url().clone())
            .header("X-Amz-Invocation-Type", "RequestResponse")
            .header(CONTENT_TYPE, "application/json")
            .body(event);
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(InvokeError::Status(status.as_u16()));
        }
        let reported = response
            .headers()
            .get(FUNCTION_ERROR)
            .map(|kind| kind.to_str().unwrap_or_default().to_owned());
        let body = read(response).await?;
        let error = match reported {
            Some(kind) => {
                Some(FunctionError::read(&body).unwrap_or_else(|| FunctionError::new(&kind, "")))
            }
            None => FunctionError::in_successful_answer(&body),
        };
        error.map_or(Ok(()), |error| Err(error.into()))
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, InvokeError> {
    let mut body = Vec::new();
    let cut_off = |_| InvokeError::ClosedHalfWay;
    while let Some(piece) = response.chunk().await.map_err(cut_off)? {
        body.extend_from_slice(&piece);
        if body.len() > LARGEST_PAYLOAD {
            return Err(FunctionError::too_large().into());
        }
    }
    Ok(body)
}

/// What a request without an answer failed of.
fn failure(error: &reqwest::Error) -> InvokeError {
    let mut cause = error.source();
    let mut root = None;
    let mut is_garbage = false;
    while let Some(error) = cause {
        is_garbage |= error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse);
        root = Some(error);
        cause = error.source();
    }
    if error.is_connect() {
        InvokeError::Unreachable(root.map_or_else(String::new, ToString::to_string))
    } else if is_garbage {
        InvokeError::Garbage
    } else {
        InvokeError::ClosedHalfWay
    }
}
