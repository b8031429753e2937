//! `/_secretstack/clock`: what time it is here, and another time.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tracing::error;

use super::Admin;
use crate::clock::{Clock, Mode};
use crate::journal::Done;

/// How the clock is to be changed: exactly one member.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    advance: Option<String>,
    set: Option<String>,
    freeze: Option<bool>,
    speed: Option<f64>,
    resume: Option<bool>,
}

/// What a change asks for.
#[derive(Debug, PartialEq)]
enum Wish {
    Advance(TimeDelta),
    Set(DateTime<Utc>),
    Freeze,
    Speed(f64),
    Resume,
}

/// The clock, as it is shown.
#[derive(Serialize)]
struct Shown {
    now: String,
    mode: &'static str,
    speed: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<Vec<ShownDone>>,
}

/// Something that fell due on the way.
#[derive(Serialize)]
struct ShownDone {
    time: String,
    event: &'static str,
    resource: String,
}

/// What was wrong with a request.
#[derive(Serialize)]
struct Trouble<'a> {
    error: &'a str,
}

pub(super) async fn show(State(admin): State<Arc<Admin>>) -> Response {
    answer(StatusCode::OK, &Shown::of(&admin.clock, None))
}

pub(super) async fn change(State(admin): State<Arc<Admin>>, body: Bytes) -> Response {
    let wish = match wish_of(&body) {
        Ok(wish) => wish,
        Err(error) => return answer(StatusCode::BAD_REQUEST, &Trouble { error: &error }),
    };
    let clock = &admin.clock;
    let target = match wish {
        Wish::Advance(by) => {
            let now = clock.now();
            now.checked_add_signed(by)
                .unwrap_or(DateTime::<Utc>::MAX_UTC)
        }
        Wish::Set(time) => time,
        Wish::Freeze => {
            clock.freeze();
            return answer(StatusCode::OK, &Shown::of(clock, Some(Vec::new())));
        }
        Wish::Speed(speed) => {
            clock.set_speed(speed);
            return answer(StatusCode::OK, &Shown::of(clock, Some(Vec::new())));
        }
        Wish::Resume => {
            clock.resume();
            return answer(StatusCode::OK, &Shown::of(clock, Some(Vec::new())));
        }
    };
    match admin.timetable.move_to(target).await {
        Ok(done) => answer(StatusCode::OK, &Shown::of(clock, Some(done))),
        Err(cause) => {
            error!(error = %cause, "the clock could not be moved all the way");
            let error = "what was due on the way could not be performed";
            answer(StatusCode::INTERNAL_SERVER_ERROR, &Trouble { error })
        }
    }
}

fn wish_of(body: &[u8]) -> Result<Wish, String> {
    const ONE: &str = "give exactly one of advance, set, freeze, speed, resume";
    let change: Change = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let mut wishes = Vec::new();
    if let Some(text) = change.advance {
        wishes.push(Wish::Advance(duration(&text)?));
    }
    if let Some(text) = change.set {
        wishes.push(Wish::Set(time(&text)?));
    }
    if let Some(speed) = change.speed {
        if !(speed > 0.0 && speed.is_finite()) {
            return Err("a speed is a number above 0".to_owned());
        }
        wishes.push(Wish::Speed(speed));
    }
    wishes.extend(change.freeze.filter(|wanted| *wanted).map(|_| Wish::Freeze));
    wishes.extend(change.resume.filter(|wanted| *wanted).map(|_| Wish::Resume));
    match wishes.pop() {
        Some(wish) if wishes.is_empty() => Ok(wish),
        _ => Err(ONE.to_owned()),
    }
}

fn duration(text: &str) -> Result<TimeDelta, String> {
    let parsed = humantime::parse_duration(text).ok();
    parsed
        .and_then(|duration| TimeDelta::from_std(duration).ok())
        .ok_or_else(|| format!("{text:?} is no duration such as 31d, 12h, 90m or 1d12h"))
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed
        .map(|time| time.to_utc())
        .map_err(|_| format!("{text:?} is no time such as 2027-01-01T00:00:00Z"))
}

impl Shown {
    fn of(clock: &Clock, done: Option<Vec<Done>>) -> Self {
        let mode = clock.mode();
        let shown = |done: Done| ShownDone {
            time: text_of(done.time),
            event: done.event,
            resource: done.resource,
        };
        Self {
            now: text_of(clock.now()),
            mode: match mode {
                Mode::Real => "real",
                Mode::Shifted => "shifted",
                Mode::Frozen => "frozen",
                Mode::Fast(_) => "fast",
            },
            speed: mode.speed(),
            done: done.map(|done| done.into_iter().map(shown).collect()),
        }
    }
}

fn text_of(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    // Strings and numbers always serialize.
    let body = serde_json::to_vec(body).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_wish() {
        for (body, wish) in [
            (r#"{"advance":"31d"}"#, Wish::Advance(TimeDelta::days(31))),
            (
                r#"{"advance":"1d12h"}"#,
                Wish::Advance(TimeDelta::hours(36)),
            ),
            (r#"{"freeze":true}"#, Wish::Freeze),
            (r#"{"speed":3600}"#, Wish::Speed(3600.0)),
            (r#"{"resume":true}"#, Wish::Resume),
        ] {
            assert_eq!(wish_of(body.as_bytes()).unwrap(), wish, "{body}");
        }
        let set = wish_of(br#"{"set":"2027-01-01T01:00:00+01:00"}"#).unwrap();
        assert_eq!(set, Wish::Set("2027-01-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_is_no_wish_or_two_is_refused() {
        for body in [
            "",
            "{}",
            "[]",
            r#"{"freeze":false}"#,
            r#"{"freeze":true,"resume":true}"#,
            r#"{"advance":"soon"}"#,
            r#"{"advance":"-1d"}"#,
            r#"{"advance":31}"#,
            r#"{"set":"tomorrow"}"#,
            r#"{"speed":0}"#,
            r#"{"speed":-1}"#,
            r#"{"stop":true}"#,
        ] {
            assert!(wish_of(body.as_bytes()).is_err(), "{body}");
        }
    }
}
