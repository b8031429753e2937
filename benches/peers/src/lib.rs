//! What the peers share: how they are started, how they announce themselves, and how they serve.

use std::env;
use std::fmt::Display;
use std::io;
use std::net::Ipv4Addr;
use std::str::FromStr;

use axum::Router;
use axum::http::HeaderValue;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// The content type of every answer.
pub const AMZ_JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");

/// The command line's `n`th argument, a number.
pub fn argument<T: FromStr<Err: Display>>(n: usize, what: &str) -> io::Result<T> {
    let text = env::args().nth(n).unwrap_or_default();
    text.parse()
        .map_err(|error| io::Error::other(format!("argument {n}, {what}: {error}")))
}

/// Serves on a port of the loopback address, 0 for a free one. Says where it listens as the emulator does, and serves as it
/// does; `axum::serve` is no faster.
pub async fn serve(port: u16, router: Router) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    announce(&format!("listens on http://{}", listener.local_addr()?));
    let http = http1::Builder::new();
    let service = TowerToHyperService::new(router);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        tokio::spawn(connection);
    }
}

#[expect(
    clippy::print_stdout,
    reason = "whoever starts a peer waits for these lines"
)]
fn announce(where_it_is: &str) {
    println!("{where_it_is}\n\nReady.");
}
