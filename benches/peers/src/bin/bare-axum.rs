//! `bare-axum PORT SIZE`: reads each request's body and answers a fixed body of SIZE bytes. What the HTTP stack costs.

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use peers::{AMZ_JSON, argument, serve};

#[tokio::main]
async fn main() -> io::Result<()> {
    let answer = Bytes::from(vec![b'x'; argument(2, "the answer's size")?]);
    let answer =
        move |_body: Bytes| async move { ([(CONTENT_TYPE, AMZ_JSON)], answer).into_response() };
    serve(argument(1, "the port")?, Router::new().fallback(answer)).await
}
