//! `secretstack clock`: shows and sets the clock of a server that runs.

use clap::Subcommand;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Error, Server};
use super::table;

/// What to do with the clock.
#[derive(Debug, Subcommand)]
pub(super) enum Change {
    /// Shows the time and how the clock runs; so does leaving the command out.
    Now,
    /// Moves the clock forward, and does all that falls due on the way.
    Advance {
        /// Such as 31d, 12h, 90m, 45s, 2w or 1d12h.
        duration: String,
    },
    /// Puts the clock at a time. On the way to a later one, all is done that falls due.
    Set {
        /// Such as 2027-01-01T00:00:00Z.
        time: String,
    },
    /// Lets the clock stand still.
    Freeze,
    /// Lets the clock run faster or slower.
    Speed {
        /// How many times as fast as real time.
        #[arg(value_parser = parse_speed)]
        speed: f64,
    },
    /// Lets the clock run as fast as real time, from where it stands.
    Resume,
}

/// JSON, in which the server is asked, has no infinity.
fn parse_speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| speed.is_finite());
    speed.ok_or_else(|| "a speed is a number, such as 3600 or 0.5".to_owned())
}

/// What the server says about its clock.
#[derive(Deserialize)]
struct Reading {
    now: String,
    mode: String,
    speed: f64,
    #[serde(default)]
    done: Vec<Done>,
}

#[derive(Deserialize)]
struct Done {
    time: String,
    event: String,
    resource: String,
}

const PATH: &str = "/_secretstack/clock";

/// Asks the server; returns what to print.
pub(super) async fn run(server: &Server, change: Option<&Change>) -> Result<String, Error> {
    let reading = match change.and_then(Change::body) {
        None => server.get(PATH).await?,
        Some(body) => server.put(PATH, &body).await?,
    };
    Ok(text(reading))
}

impl Change {
    /// The request that asks for it; none if nothing is to change.
    fn body(&self) -> Option<Value> {
        Some(match self {
            Self::Now => return None,
            Self::Advance { duration } => json!({"advance": duration}),
            Self::Set { time } => json!({"set": time}),
            Self::Freeze => json!({"freeze": true}),
            Self::Speed { speed } => json!({"speed": speed}),
            Self::Resume => json!({"resume": true}),
        })
    }
}

/// What was done, one thing to a line, and then the clock.
fn text(reading: Reading) -> String {
    let Reading {
        now,
        mode,
        speed,
        done,
    } = reading;
    let done = done.into_iter();
    let done = table::aligned(done.map(|done| [done.time, done.event, done.resource]));
    if mode == "fast" {
        format!("{done}{now} {mode} {speed}\n")
    } else {
        format!("{done}{now} {mode}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &Value, expected: &str) {
        assert_eq!(text(Reading::deserialize(answer).unwrap()), expected);
    }

    #[test]
    fn the_clock_is_the_last_line() {
        let now = "2026-01-15T10:00:00.123Z";
        check(
            &json!({"now": now, "mode": "frozen", "speed": 0.0}),
            "2026-01-15T10:00:00.123Z frozen\n",
        );
        check(
            &json!({"now": now, "mode": "fast", "speed": 3600.0, "done": [
                {"time": "2026-01-15T00:00:00.000Z", "event": "RotationSucceeded", "resource": "arn:1"},
                {"time": "2026-01-15T09:00:00.000Z", "event": "KeyDeleted", "resource": "arn:2"},
            ]}),
            "2026-01-15T00:00:00.000Z  RotationSucceeded  arn:1\n\
             2026-01-15T09:00:00.000Z  KeyDeleted         arn:2\n\
             2026-01-15T10:00:00.123Z fast 3600\n",
        );
    }
}
