//! Pages of ListSecrets.

use super::super::fill::Filled;
use super::super::measure::{Side, side_by_side};
use super::super::report::{Line, Required};
use super::super::request::{About, Requests};
use super::super::server::Server;
use super::super::{Bench, first_answer};
use super::{CONNECTIONS, MANY, REQUESTS_OF_BARE, described};
use crate::step::Failed;

const FEW: usize = 10_000;
const PAGE: usize = 100;

/// Pages of 100 with 10,000 and with 500,000 secrets, beside a bare axum handler that answers as many bytes.
pub(super) fn pages(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let few = bench.filled(described(FEW))?;
    let many = bench.filled(MANY)?;
    let mut lines = measure(bench, (&few, &many), "first page", |_| Ok("{}".into()))?;
    lines.extend(measure(bench, (&few, &many), "page in the middle", middle)?);
    for (order, sort) in [("", ""), (" by name", r#""SortBy": "name", "#)] {
        let work = format!("name prefix{order}");
        lines.extend(measure(bench, (&few, &many), &work, |filled| {
            let prefix = prefix(filled);
            Ok(format!(
                r#"{{{sort}"Filters": [{{"Key": "name", "Values": ["{prefix}"]}}]}}"#
            ))
        })?);
    }
    for sort in [
        "created-date",
        "last-accessed-date",
        "last-changed-date",
        "name",
    ] {
        for order in ["asc", "desc"] {
            let work = format!("by {sort}, {order}");
            lines.extend(measure(bench, (&few, &many), &work, |_| {
                Ok(format!(r#"{{"SortBy": "{sort}", "SortOrder": "{order}"}}"#))
            })?);
        }
    }
    Ok(lines)
}

/// Measures one kind of page, whose request may be another one for few secrets than for many.
fn measure(
    bench: &Bench,
    (few, many): (&Filled, &Filled),
    kind: &str,
    body: impl Fn(&Filled) -> Result<String, Failed>,
) -> Result<Vec<Line>, Failed> {
    let list = |filled: &Filled| {
        let requests = list(&body(filled)?);
        let answer = first_answer(&filled.server, requests.clone(), &[])?;
        match entries(&answer) {
            PAGE => Ok((requests, answer.len())),
            other => Err(Failed(format!("a page has {other} secrets"))),
        }
    };
    let (of_few, _) = list(few)?;
    let (of_many, size) = list(many)?;
    let bare = bench.bare(size)?;
    let work = format!("ListSecrets, {kind}");
    let (name_of_few, name_of_many) = (format!("{kind}, 10,000"), format!("{kind}, 500,000"));
    let side = |name, server, requests| Side::new(name, server, CONNECTIONS, requests);
    let sides = [
        side("bare axum", &bare, of_few.clone())?,
        side(&name_of_few, &few.server, of_few)?,
        side(&name_of_many, &many.server, of_many)?,
    ];
    let [bare, few, many] = side_by_side(bench.plan, sides)?;
    Ok(vec![
        Line::new(
            &work,
            "processor with 500,000 secrets, times that with 10,000",
            many.to(&few, |s| s.processor),
            Required::AtMost(1.3),
        ),
        Line::new(
            format!("{work}, of 10,000"),
            REQUESTS_OF_BARE,
            few.to(&bare, |s| s.per_second),
            Required::AtLeast(0.3),
        ),
        Line::new(
            format!("{work}, of 500,000"),
            REQUESTS_OF_BARE,
            many.to(&bare, |s| s.per_second),
            Required::AtLeast(0.3),
        ),
    ])
}

fn list(body: &str) -> Requests {
    Requests::new("ListSecrets", body, About::each(1))
}

fn entries(answer: &str) -> usize {
    answer.matches(r#""ARN":"#).count()
}

/// The request for the page that half of the secrets precede; to find it, the pages before it are read.
fn middle(filled: &Filled) -> Result<String, Failed> {
    let mut body = String::from("{}");
    for _ in 0..filled.shape.secrets / PAGE / 2 {
        body = after(&filled.server, &body)?;
    }
    Ok(body)
}

/// The request for the page after this one.
fn after(server: &Server, body: &str) -> Result<String, Failed> {
    let answer = first_answer(server, list(body), &[])?;
    let token = answer
        .split_once(r#""NextToken":""#)
        .and_then(|(_, rest)| rest.split_once('"'));
    match token {
        Some((token, _)) => Ok(format!(r#"{{"NextToken": "{token}"}}"#)),
        None => Err(Failed("a list ended in its midst".into())),
    }
}

/// The beginning of a fiftieth or more of the names, in the midst of them.
fn prefix(filled: &Filled) -> &'static str {
    if filled.shape.secrets == FEW {
        "bench/secret-0005"
    } else {
        "bench/secret-025"
    }
}
