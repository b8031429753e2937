//! The clock over HTTP: what it shows, and setting it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::error;

use super::answer::{json, refusal, written};
use super::{Admin, duration};
use crate::clock::{Clock, Mode};
use crate::journal::Done;

/// What can be done to the clock.
#[derive(Debug, PartialEq)]
enum Change {
    Advance(TimeDelta),
    Set(DateTime<Utc>),
    Freeze,
    Speed(f64),
    Resume,
}

/// What the clock shows.
#[derive(Serialize)]
struct Reading {
    now: String,
    mode: &'static str,
    speed: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<Vec<DoneThen>>,
}

/// What was done, and when it fell due.
#[derive(Serialize)]
struct DoneThen {
    time: String,
    event: &'static str,
    resource: String,
}

pub(super) async fn show(State(admin): State<Arc<Admin>>) -> Response {
    read(&admin.clock, None)
}

pub(super) async fn change(State(admin): State<Arc<Admin>>, body: Bytes) -> Response {
    let changed = match parse(&body) {
        Ok(change) => perform(&admin, change).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(done) => read(&admin.clock, Some(done)),
        Err(error) => refusal(StatusCode::BAD_REQUEST, error),
    }
}

async fn perform(admin: &Admin, change: Change) -> Result<Vec<Done>, String> {
    let (clock, timetable) = (&admin.clock, &admin.timetable);
    let moved = match change {
        Change::Advance(by) => timetable.advance(by).await,
        Change::Set(to) => timetable.move_to(to).await,
        Change::Freeze => {
            clock.freeze();
            Ok(Some(Vec::new()))
        }
        Change::Speed(speed) => {
            clock.set_speed(speed);
            Ok(Some(Vec::new()))
        }
        Change::Resume => {
            clock.resume();
            Ok(Some(Vec::new()))
        }
    };
    match moved {
        Ok(Some(done)) => Ok(done),
        Ok(None) => Err(format!(
            "the clock goes no further than {}",
            written(Clock::LAST)
        )),
        Err(cause) => {
            error!(error = %cause, "the clock could not be moved all the way");
            Err("what fell due on the way could not be performed".to_owned())
        }
    }
}

/// Reads what is asked for.
fn parse(body: &[u8]) -> Result<Change, String> {
    let members: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| format!("the body is not a JSON object: {error}"))?;
    let mut members = members.into_iter();
    let (Some((name, value)), None) = (members.next(), members.next()) else {
        return Err("give exactly one of advance, set, freeze, speed and resume".into());
    };
    match name.as_str() {
        "advance" => value
            .as_str()
            .and_then(duration::parse)
            .map(Change::Advance)
            .ok_or_else(|| {
                format!("{value} is not a duration such as 31d, 12h, 90m, 45s, 2w or 1d12h")
            }),
        "set" => value
            .as_str()
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map(|time| Change::Set(time.to_utc()))
            .ok_or_else(|| format!("{value} is not a time such as 2027-01-01T00:00:00Z")),
        "speed" => value
            .as_f64()
            .filter(|speed| *speed > 0.0 && *speed <= Clock::MAX_SPEED)
            .map(Change::Speed)
            .ok_or_else(|| {
                let most = Clock::MAX_SPEED;
                format!("{value} is not a speed: a number above 0 and up to {most}")
            }),
        "freeze" if value == true => Ok(Change::Freeze),
        "resume" if value == true => Ok(Change::Resume),
        "freeze" | "resume" => Err(format!("{name} takes nothing but true")),
        _ => Err(format!(
            "{name} is none of advance, set, freeze, speed and resume"
        )),
    }
}

/// Tells what the clock shows, and what was done if the clock was set.
fn read(clock: &Clock, done: Option<Vec<Done>>) -> Response {
    let mode = clock.mode();
    let reading = Reading {
        now: written(clock.now()),
        mode: match mode {
            Mode::Real => "real",
            Mode::Shifted => "shifted",
            Mode::Frozen => "frozen",
            Mode::Fast(_) => "fast",
        },
        speed: mode.speed(),
        done: done.map(|done| done.into_iter().map(DoneThen::from).collect()),
    };
    json(StatusCode::OK, &reading)
}

impl From<Done> for DoneThen {
    fn from(done: Done) -> Self {
        Self {
            time: written(done.time),
            event: done.event,
            resource: done.resource,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_read() {
        let time = "2027-01-01T00:00:00Z".parse().unwrap();
        for (body, change) in [
            (r#"{"advance":"31d"}"#, Change::Advance(TimeDelta::days(31))),
            (r#"{"set":"2027-01-01T01:00:00+01:00"}"#, Change::Set(time)),
            (r#"{"freeze":true}"#, Change::Freeze),
            (r#"{"speed":3600}"#, Change::Speed(3600.0)),
            (r#"{"speed":0.5}"#, Change::Speed(0.5)),
            (r#"{"resume":true}"#, Change::Resume),
        ] {
            assert_eq!(parse(body.as_bytes()), Ok(change), "{body}");
        }
    }
}
