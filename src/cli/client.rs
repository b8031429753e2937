//! A client of the emulator's own API, for the commands that ask a server that runs.

use std::env;
use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use reqwest::{Body, Client, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::serve;
use crate::environment;

/// The server to ask.
#[derive(Debug, Args)]
pub(super) struct Server {
    /// Where the server listens.
    #[arg(
        long,
        value_name = "URL",
        env = "SECRETSTACK_ENDPOINT",
        default_value_t = default_endpoint(),
        global = true
    )]
    endpoint: String,
}

/// Where a server listens that was started with the same environment, as it is in a container.
fn default_endpoint() -> String {
    let listen = env::var(serve::LISTEN_VARIABLE).ok();
    endpoint_of(listen.as_deref().unwrap_or(serve::DEFAULT_LISTEN))
}

/// The URL of a server that was told to listen there. With port 0, and with what is no address, it cannot be known.
fn endpoint_of(listen: &str) -> String {
    let address = listen.parse::<SocketAddr>().ok();
    let known = address.filter(|address| address.port() != 0);
    let url = known.map(|address| format!("http://{}", environment::reachable(address)));
    url.unwrap_or_else(|| format!("http://{}", serve::DEFAULT_LISTEN))
}

/// Why there is no answer to use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// Nobody listens there, or the connection broke.
    #[error(
        "cannot reach {endpoint}: {cause}; start the server, or say where it listens with --endpoint"
    )]
    Unreachable { endpoint: String, cause: String },
    /// The server's own words.
    #[error("{0}")]
    Refused(String),
    /// The server is none of ours, or of another version.
    #[error("{endpoint} does not answer as secretstack does: {what}")]
    Strange { endpoint: String, what: String },
}

/// How the server says what is wrong with a request.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Server {
    /// Reads what is at a path.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let client = self.client()?;
        self.send(client.get(self.url(path))).await
    }

    /// Reads what is at a path, and does not wait longer than this.
    pub(super) async fn get_within<T: DeserializeOwned>(
        &self,
        time: Duration,
        path: &str,
    ) -> Result<T, Error> {
        let client = self.client()?;
        self.send(client.get(self.url(path)).timeout(time)).await
    }

    /// Changes what is at a path.
    pub(super) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Error> {
        let client = self.client()?;
        self.send(client.put(self.url(path)).body(body.to_string()))
            .await
    }

    /// Sends a body that is read as it is sent.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: impl Into<Body>,
    ) -> Result<T, Error> {
        let client = self.client()?;
        self.send(client.post(self.url(path)).body(body)).await
    }

    /// Asks for what is at a path, to be read in pieces.
    pub(super) async fn open(&self, path: &str) -> Result<Pieces<'_>, Error> {
        let request = self.client()?.get(self.url(path));
        let answer = self.begin(request).await?;
        if answer.status().is_success() {
            return Ok(Pieces {
                server: self,
                answer,
            });
        }
        Err(self.refused(answer).await)
    }

    /// Where it listens.
    pub(super) fn endpoint(&self) -> &str {
        self.endpoint.trim_end_matches('/')
    }

    /// A client that goes straight to the server: a proxy for the outside world does not know this machine's ports. It waits
    /// as long as the server works.
    fn client(&self) -> Result<Client, Error> {
        let client = Client::builder().no_proxy().build();
        client.map_err(|error| self.unreachable(&error))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.endpoint())
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let answer = self.begin(request).await?;
        if !answer.status().is_success() {
            return Err(self.refused(answer).await);
        }
        let body = answer
            .bytes()
            .await
            .map_err(|error| self.unreachable(&error))?;
        serde_json::from_slice(&body).map_err(|error| self.strange(&error))
    }

    async fn begin(&self, request: RequestBuilder) -> Result<Response, Error> {
        let answer = request.send().await;
        answer.map_err(|error| self.unreachable(&error))
    }

    /// Why the server did not do it, in its words.
    async fn refused(&self, answer: Response) -> Error {
        let status = answer.status();
        let body = match answer.bytes().await {
            Ok(body) => body,
            Err(error) => return self.unreachable(&error),
        };
        match serde_json::from_slice(&body) {
            Ok(Refusal { error }) => Error::Refused(error),
            Err(_) => self.strange(&status),
        }
    }

    /// The innermost cause says what happened; those around it repeat the URL.
    fn unreachable(&self, error: &reqwest::Error) -> Error {
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        Error::Unreachable {
            endpoint: self.endpoint.clone(),
            cause: cause.to_string(),
        }
    }

    fn strange(&self, what: &impl ToString) -> Error {
        Error::Strange {
            endpoint: self.endpoint.clone(),
            what: what.to_string(),
        }
    }
}

/// An answer that is read in pieces.
pub(super) struct Pieces<'a> {
    server: &'a Server,
    answer: Response,
}

impl Pieces<'_> {
    /// The next piece; `None` after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Error> {
        let piece = self.answer.chunk().await;
        piece.map_err(|error| self.server.unreachable(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_of_the_same_environment_is_asked() {
        for (listen, endpoint) in [
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:8080", "http://[::1]:8080"),
            ("10.0.0.7:4566", "http://10.0.0.7:4566"),
            ("127.0.0.1:0", "http://127.0.0.1:4566"),
            ("everywhere", "http://127.0.0.1:4566"),
        ] {
            assert_eq!(endpoint_of(listen), endpoint);
        }
    }
}
