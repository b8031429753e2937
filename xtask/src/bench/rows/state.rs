//! State as one thing: what it takes to take a snapshot of many secrets, to put it back, and to reset them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use super::super::Bench;
use super::super::fill::{BY_NAME, Filled, Shape};
use super::super::load::{Limit, Load};
use super::super::measure::Spread;
use super::super::report::{Line, Required};
use super::super::request::{About, Requests};
use super::super::server::Server;
use super::described;
use crate::step::Failed;

/// What a test suite would call many.
const SECRETS: usize = 100_000;

/// How many secrets a test changes.
const CHANGES: usize = 100;

/// The milliseconds that each deed takes.
struct Round {
    take: f64,
    restore: f64,
    reset: f64,
}

/// Taking, putting back and resetting, with many secrets and with few of them.
pub(super) fn deeds(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let fill = |secrets| Filled::fill(bench.emulator()?, described(secrets));
    let (many, few) = (fill(SECRETS)?, fill(SECRETS / 100)?);
    let snapshots = (take(&many.server)?, take(&few.server)?);
    let mut rounds = Vec::new();
    for _ in 0..bench.plan.rounds {
        rounds.push((round(&many, &snapshots.0)?, round(&few, &snapshots.1)?));
    }
    let lines = |work: &str, deed: fn(&Round) -> f64| {
        let ratios = rounds.iter().map(|(many, few)| deed(many) / deed(few));
        let times = rounds.iter().map(|(many, _)| deed(many));
        [
            Line::new(
                work,
                "milliseconds",
                Spread::of(times),
                Required::AtMost(10.0),
            ),
            Line::new(
                work,
                "time, times that with 1,000",
                Spread::of(ratios),
                Required::Nothing,
            ),
        ]
    };
    let take = lines("taking a snapshot of 100,000 secrets", |round| round.take);
    let restore = lines("putting it back after 100 changes", |round| round.restore);
    let reset = lines("resetting 100,000 secrets", |round| round.reset);
    Ok([take, restore, reset].into_iter().flatten().collect())
}

/// Changes some secrets, puts them back, resets everything, and puts that back.
fn round(filled: &Filled, snapshot: &str) -> Result<Round, Failed> {
    let Filled { server, shape, .. } = filled;
    let began = Instant::now();
    let taken = take(server)?;
    let take = began.elapsed().as_secs_f64() * 1e3;
    ask(server, "DELETE", &format!("snapshots/{taken}"))?;
    change(server, *shape)?;
    let restore = |path: &str| {
        let began = Instant::now();
        ask(server, "POST", path)?;
        Ok(began.elapsed().as_secs_f64() * 1e3)
    };
    let back = format!("snapshots/{snapshot}/restore");
    let restored = restore(&back)?;
    let reset = restore("reset")?;
    restore(&back)?;
    Ok(Round {
        take,
        restore: restored,
        reset,
    })
}

/// Tags some secrets, so that the store has copied what it shared.
fn change(server: &Server, shape: Shape) -> Result<(), Failed> {
    let body = format!(
        r#"{}, "Tags": [{{"Key": "changed", "Value": "yes"}}]}}"#,
        BY_NAME.trim_end_matches('}')
    );
    let tag = Requests::new("TagResource", &body, About::scattered(shape.secrets));
    let mut load = Load::open(server.address, 1, tag)?;
    load.run(Limit::of_requests(CHANGES)).map(drop)
}

/// Takes a snapshot; returns its id.
fn take(server: &Server) -> Result<String, Failed> {
    let answer = ask(server, "POST", "snapshots")?;
    let id = answer.split(r#""id":""#).nth(1);
    let id = id.and_then(|rest| rest.split('"').next());
    id.map(str::to_owned)
        .ok_or_else(|| Failed(format!("a snapshot has no id: {answer}")))
}

/// Asks one of the emulator's own paths, on a connection of its own; it must succeed.
fn ask(server: &Server, method: &str, path: &str) -> Result<String, Failed> {
    let ask = || {
        let mut stream = TcpStream::connect(server.address)?;
        let request = format!(
            "{method} /_secretstack/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    let answer = ask().map_err(|error| Failed(format!("{path}: {error}")))?;
    if answer.starts_with("HTTP/1.1 2") {
        Ok(answer)
    } else {
        Err(Failed(format!("{path}: {answer}")))
    }
}
