//! Reading secrets.

use super::super::fill::{BY_NAME, value};
use super::super::measure::{Side, all_side_by_side, side_by_side};
use super::super::report::{Line, Required};
use super::super::{Bench, first_answer};
use super::{CONNECTIONS, MANY, PROCESSOR_OF_BARE, REQUESTS_OF_BARE, SMALL, described};
use crate::step::Failed;

/// GetSecretValue by name beside both peers, on 16, 1 and 64 connections.
pub(super) fn by_name(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let filled = bench.filled(SMALL)?;
    let requests = filled.requests("GetSecretValue", BY_NAME);
    let value = value(SMALL.size);
    let answer = first_answer(&filled.server, requests.clone(), &[&value])?;
    let floor = bench.floor(SMALL.secrets, SMALL.size)?;
    first_answer(&floor, requests.clone(), &[&value])?;
    let bare = bench.bare(answer.len())?;
    let mut lines = Vec::new();
    for connections in [CONNECTIONS, 1, 64] {
        let side = |name, server| Side::new(name, server, connections, requests.clone());
        let [bare, floor, emulator] = side_by_side(
            bench.plan,
            [
                side("bare axum", &bare)?,
                side("floor", &floor)?,
                side("emulator", &filled.server)?,
            ],
        )?;
        let is_required = connections == CONNECTIONS;
        let work = match connections {
            1 => "GetSecretValue by name, 1 connection".to_owned(),
            n => format!("GetSecretValue by name, {n} connections"),
        };
        let mut line = |figure, measured, required| {
            let required = if is_required {
                required
            } else {
                Required::Nothing
            };
            lines.push(Line::new(&work, figure, measured, required));
        };
        line(
            REQUESTS_OF_BARE,
            emulator.to(&bare, |s| s.per_second),
            Required::AtLeast(0.75),
        );
        line(
            PROCESSOR_OF_BARE,
            emulator.to(&bare, |s| s.processor),
            Required::AtMost(1.4),
        );
        line(
            "requests per second, of floor's",
            emulator.to(&floor, |s| s.per_second),
            Required::AtLeast(0.92),
        );
        let shown = Required::Nothing;
        line(
            "p50, times bare axum's",
            emulator.to(&bare, |s| s.p50),
            shown,
        );
        line(
            "p99, times bare axum's",
            emulator.to(&bare, |s| s.p99),
            shown,
        );
    }
    Ok(lines)
}

/// The other ways to name a secret and a version, DescribeSecret, and a name that does not exist.
pub(super) fn otherwise(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    const GET: &str = "GetSecretValue";
    const WAYS: [(&str, &str, &str); 7] = [
        ("by name", GET, BY_NAME),
        (
            "by ARN",
            GET,
            r#"{"SecretId": "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench/secret-{number}-{suffix}"}"#,
        ),
        (
            "by partial ARN",
            GET,
            r#"{"SecretId": "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench/secret-{number}"}"#,
        ),
        (
            "by VersionId",
            GET,
            r#"{"SecretId": "bench/secret-{number}", "VersionId": "00000000-0000-4000-8000-{number12}"}"#,
        ),
        (
            "by VersionStage",
            GET,
            r#"{"SecretId": "bench/secret-{number}", "VersionStage": "AWSCURRENT"}"#,
        ),
        ("DescribeSecret", "DescribeSecret", BY_NAME),
        (
            "unknown name",
            GET,
            r#"{"SecretId": "bench/nobody-{number}"}"#,
        ),
    ];
    let filled = bench.filled(SMALL)?;
    let value = value(SMALL.size);
    let mut sides = Vec::new();
    for (name, operation, body) in WAYS {
        let mut requests = filled.requests(operation, body);
        let text = match name {
            "DescribeSecret" => r#""VersionIdsToStages":"#,
            "unknown name" => {
                requests = requests.refused();
                "ResourceNotFoundException"
            }
            _ => &value,
        };
        first_answer(&filled.server, requests.clone(), &[text])?;
        sides.push(Side::new(name, &filled.server, CONNECTIONS, requests)?);
    }
    let series = all_side_by_side(bench.plan, sides)?;
    let lines = WAYS.iter().zip(&series).skip(1);
    let lines = lines.map(|((name, operation, _), way)| {
        let work = match *name {
            "DescribeSecret" => (*name).to_owned(),
            name => format!("{operation}, {name}"),
        };
        Line::new(
            work,
            "processor, times that of GetSecretValue by name",
            way.to(&series[0], |s| s.processor),
            Required::AtMost(1.15),
        )
    });
    Ok(lines.collect())
}

/// GetSecretValue by name among as many secrets as there may be, and among a thousand of the same kind.
pub(super) fn of_many(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let few = bench.filled(described(1_000))?;
    let many = bench.filled(MANY)?;
    let mut sides = Vec::new();
    for (name, filled) in [("1,000 secrets", &few), ("500,000 secrets", &many)] {
        let requests = filled.requests("GetSecretValue", BY_NAME);
        first_answer(&filled.server, requests.clone(), &[&value(MANY.size)])?;
        sides.push(Side::new(name, &filled.server, CONNECTIONS, requests)?);
    }
    let series = all_side_by_side(bench.plan, sides)?;
    let work = "GetSecretValue with 500,000 secrets";
    Ok(vec![
        Line::new(
            work,
            "requests per second, of those with 1,000",
            series[1].to(&series[0], |s| s.per_second),
            Required::AtLeast(0.85),
        ),
        Line::new(
            work,
            "processor, times that with 1,000",
            series[1].to(&series[0], |s| s.processor),
            Required::Nothing,
        ),
    ])
}

/// BatchGetSecretValue of twenty names.
pub(super) fn batch(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let filled = bench.filled(SMALL)?;
    let one = filled.requests("GetSecretValue", BY_NAME);
    let names = [r#""bench/secret-{next}""#; 20].join(", ");
    let body = format!(r#"{{"SecretIdList": [{names}]}}"#);
    let twenty = filled.requests("BatchGetSecretValue", &body);
    let answer = first_answer(&filled.server, twenty.clone(), &[r#""Errors":[]"#])?;
    let values = answer.matches(&value(SMALL.size)).count();
    if values != 20 {
        return Err(Failed(format!("a batch of 20 has {values} values")));
    }
    let side = |name, requests| Side::new(name, &filled.server, CONNECTIONS, requests);
    let sides = [
        side("GetSecretValue", one)?,
        side("BatchGetSecretValue", twenty)?,
    ];
    let [one, twenty] = side_by_side(bench.plan, sides)?;
    Ok(vec![Line::new(
        "BatchGetSecretValue of 20",
        "processor, times that of one GetSecretValue",
        twenty.to(&one, |s| s.processor),
        Required::AtMost(6.0),
    )])
}
