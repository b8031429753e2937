//! Functions under test, a server for their Runtime API, and endpoints with canned answers.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use secretstack::Entropy;
use secretstack::lambda::{Functions, FunctionsConfig, routes};
use secretstack::secret::id::{AccountId, Region, Scope};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The function that most tests call.
pub(crate) const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:rotate";

/// An event of the form that rotation sends.
pub(crate) const EVENT: &[u8] = br#"{"Step":"createSecret"}"#;

/// The account and region that processes are started for.
pub(crate) fn home() -> Scope {
    Scope {
        account: AccountId::parse("123456789012").unwrap(),
        region: Region::parse("eu-central-1").unwrap(),
    }
}

/// Functions with these `NAME=URL_OR_COMMAND`.
pub(crate) fn functions(given: &[&str]) -> Arc<Functions> {
    build(given, None, FunctionsConfig::default().time_limit)
}

/// Functions with an endpoint for those that have nobody else.
pub(crate) fn functions_with_endpoint(given: &[&str], endpoint: &str) -> Arc<Functions> {
    build(given, Some(endpoint), FunctionsConfig::default().time_limit)
}

/// Functions that are given up after a moment.
pub(crate) fn hasty_functions(given: &[&str]) -> Arc<Functions> {
    build(given, None, Duration::from_millis(500))
}

fn build(given: &[&str], endpoint: Option<&str>, time_limit: Duration) -> Arc<Functions> {
    let config = FunctionsConfig {
        endpoint: endpoint.map(|url| url.parse().unwrap()),
        functions: given.iter().map(|text| text.parse().unwrap()).collect(),
        time_limit,
    };
    Arc::new(Functions::new(config, &Entropy::seeded(1)))
}

/// Begins an invocation of [`ARN`].
pub(crate) fn invoke(functions: &Arc<Functions>) -> JoinHandle<Result<(), String>> {
    invoke_with(functions, EVENT.to_vec())
}

/// Begins an invocation of [`ARN`] with an event of one's own.
pub(crate) fn invoke_with(
    functions: &Arc<Functions>,
    event: Vec<u8>,
) -> JoinHandle<Result<(), String>> {
    let functions = functions.clone();
    tokio::spawn(async move {
        let result = functions.invoke(&home(), ARN, &event).await;
        result.map_err(|error| error.to_string())
    })
}

/// Returns once something has become true that another task brings about.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// A server on a free port, until it is dropped.
pub(crate) struct Served {
    pub(crate) address: std::net::SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// The Runtime API of these functions.
    pub(crate) async fn runtime_api(functions: &Arc<Functions>) -> Self {
        Self::start(routes(functions.clone())).await
    }

    /// Any routes.
    pub(crate) async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = TowerToHyperService::new(router);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
                connections.spawn(connection);
            }
        });
        Self { address, task }
    }

    /// The base of the Runtime API for the function `rotate`.
    pub(crate) fn runtime(&self) -> String {
        format!("http://{}/_lambda/rotate/2018-06-01/runtime", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An endpoint that takes one connection, reads one request, writes some bytes and hangs up.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    request: JoinHandle<String>,
}

impl Endpoint {
    /// One that writes exactly these bytes.
    pub(crate) async fn writing(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let request = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_request(&mut stream).await;
            // The client may have had enough before the end.
            let _ = stream.write_all(&answer).await;
            request
        });
        Self { url, request }
    }

    /// One that answers with a status, further header lines and a body.
    pub(crate) async fn answering(status: u16, headers: &str, body: &str) -> Self {
        Self::writing(format!(
            "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        ))
        .await
    }

    /// The request it got.
    pub(crate) async fn request(self) -> String {
        self.request.await.unwrap()
    }
}

/// A request with a body of known length.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        request.push(stream.read_u8().await.unwrap());
        if request.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let head = String::from_utf8(request).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.unwrap();
    head + std::str::from_utf8(&body).unwrap()
}
