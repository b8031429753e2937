//! Seeds, export and import over HTTP.

use std::sync::Arc;

use axum::body::{self, Body};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::Serialize;
use utoipa::ToSchema;

use super::Admin;
use super::answer::{Refusal, json, refusal};
use super::lines::Lines;
use super::parameters::Parameters;
use crate::seed::{self, Counts, Files, Mistakes, Query, Source};
use crate::state::Part;

/// The most that a seed, or a line of an import, may be long.
const LIMIT: usize = 64 * 1024 * 1024;

/// How many secrets were sent, by what became of them.
#[derive(Serialize, ToSchema)]
struct Applied {
    /// They did not exist.
    created: u64,
    /// They were not as declared.
    changed: u64,
    /// They were as declared.
    unchanged: u64,
}

/// Makes secrets be as a seed declares them, in YAML or JSON. What is so already does not change. If there is a mistake in its
/// text, nothing is applied.
#[utoipa::path(
    post,
    path = "/_secretstack/seed",
    operation_id = "seed",
    request_body(content = Option<String>, content_type = "text/plain", description = "The seed."),
    responses(
        (status = 200, description = "It is applied.", body = Applied),
        (status = 400, description = "All mistakes.", body = Refusal),
        (status = 413, description = "The seed is too long.", body = Refusal),
    )
)]
pub(super) async fn apply(State(admin): State<Arc<Admin>>, body: Body) -> Response {
    let Ok(body) = body::to_bytes(body, LIMIT).await else {
        let error = format!("a seed is no longer than {LIMIT} bytes");
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, error);
    };
    let Ok(text) = std::str::from_utf8(&body) else {
        return refuse("the body is no text in UTF-8");
    };
    let source = sent();
    let applied = match seed::parse(text, &source, &admin.home) {
        Ok(declared) => admin.seeder.apply(&declared).await,
        Err(mistakes) => Err(mistakes),
    };
    match applied {
        Ok(counts) => answer(counts),
        Err(mistakes) => refuse(&mistakes.in_words()),
    }
}

/// Makes secrets be as lines of JSON say, each line as it comes. If there is a mistake in a line, those before it are applied.
#[utoipa::path(
    post,
    path = "/_secretstack/import",
    operation_id = "import",
    request_body(content = Option<String>, content_type = "text/plain", description = "The lines of an export."),
    responses(
        (status = 200, description = "All are applied.", body = Applied),
        (status = 400, description = "The first mistake, and how many lines were applied.", body = Refusal),
    )
)]
pub(super) async fn import(State(admin): State<Arc<Admin>>, body: Body) -> Response {
    let mut body = body.into_data_stream();
    let mut lines = Lines::new();
    let mut progress = Progress::default();
    let mut outcome = Ok(());
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else {
            // Nobody is there to be told.
            outcome = Err("the body broke off".to_owned());
            break;
        };
        // After a mistake, the rest is read and thrown away: its sender listens only when it has sent all.
        if outcome.is_ok() {
            outcome = progress.take(&admin, &mut lines, &piece).await;
        }
    }
    if outcome.is_ok()
        && let Some(last) = lines.rest()
    {
        outcome = progress.apply(&admin, &last).await;
    }
    match outcome {
        Ok(()) => answer(progress.counts),
        Err(error) => refuse(&format!("{error}; {}", progress.so_far())),
    }
}

/// How far an import has come.
#[derive(Default)]
struct Progress {
    lines: usize,
    counts: Counts,
}

impl Progress {
    async fn take(&mut self, admin: &Admin, lines: &mut Lines, piece: &[u8]) -> Result<(), String> {
        lines.add(piece);
        while let Some(line) = lines.take() {
            self.apply(admin, &line).await?;
        }
        if lines.begun() > LIMIT {
            return Err(format!(
                "line {}: is longer than {LIMIT} bytes",
                self.lines + 1
            ));
        }
        Ok(())
    }

    async fn apply(&mut self, admin: &Admin, line: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(line)
            .map_err(|_| format!("line {}: is no text in UTF-8", self.lines + 1))?;
        let declared = seed::parse_line(text, self.lines, &sent(), &admin.home);
        let in_words = |mistakes: Mistakes| mistakes.in_words();
        let declared = declared.map_err(in_words)?;
        let counts = admin.seeder.apply(&declared).await.map_err(in_words)?;
        self.counts.add(counts);
        self.lines += 1;
        Ok(())
    }

    fn so_far(&self) -> String {
        match self.lines {
            0 => "nothing was applied".to_owned(),
            1 => "the line before it was applied".to_owned(),
            lines => format!("the {lines} lines before it were applied"),
        }
    }
}

fn sent() -> Source<'static> {
    Source {
        name: "the body",
        files: Files::Refused,
    }
}

/// Exports secrets as lines of JSON, which are seeds as well.
#[utoipa::path(
    get,
    path = "/_secretstack/export",
    operation_id = "export",
    params(
        ("values" = Option<bool>, Query, description = "With the values, in the clear."),
        ("account" = Option<String>, Query, pattern = "^[0-9]{12}$", description = "Only this account."),
        ("region" = Option<String>, Query, pattern = "^[a-z0-9-]{1,128}$", description = "Only this region."),
        ("prefix" = Option<String>, Query, description = "Only secrets whose names begin with it."),
    ),
    responses(
        (status = 200, description = "A line for each secret.", body = String, content_type = "application/x-ndjson"),
        (status = 400, description = "What is wrong with the request.", body = Refusal),
    )
)]
pub(super) async fn export(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response {
    let query = match read_query(query.as_deref()) {
        Ok(query) => query,
        Err(error) => return refuse(&error),
    };
    let lines = admin.exporter.clone().export(query, admin.clock.now());
    let body = Body::from_stream(lines);
    ([(CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

fn read_query(query: Option<&str>) -> Result<Query, String> {
    let parameters = Parameters::parse(query, &["account", "region", "prefix", "values"])?;
    let values = match parameters.get("values") {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => return Err(format!("values: {other:?} is neither true nor false")),
    };
    let Part {
        account,
        region,
        prefix,
    } = parameters.part()?;
    Ok(Query {
        account,
        region,
        prefix: prefix.unwrap_or_default(),
        values,
    })
}

fn answer(counts: Counts) -> Response {
    let Counts {
        created,
        changed,
        unchanged,
    } = counts;
    let applied = Applied {
        created,
        changed,
        unchanged,
    };
    json(StatusCode::OK, &applied)
}

fn refuse(error: &str) -> Response {
    refusal(StatusCode::BAD_REQUEST, error.to_owned())
}
