//! Commands that ask something of an emulator that runs, over its own HTTP paths.

use std::io::{self, Write as _};

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which emulator to ask.
#[derive(Debug, Args)]
pub(super) struct Server {
    /// Where the emulator listens.
    #[arg(
        long,
        value_name = "URL",
        env = "SECRETSTACK_ENDPOINT",
        default_value = "http://127.0.0.1:4566",
        global = true
    )]
    endpoint: String,
}

/// What is to become of the clock.
#[derive(Debug, Subcommand)]
pub(super) enum ClockChange {
    /// Shows the time.
    Now,
    /// Moves the clock forward.
    Advance {
        /// How far, such as 31d, 12h, 90m or 1d12h.
        by: String,
    },
    /// Puts the clock at a time.
    Set {
        /// The time, such as 2027-01-01T00:00:00Z.
        time: String,
    },
    /// Lets the clock stand still.
    Freeze,
    /// Lets the clock run faster or slower.
    Speed {
        /// Seconds of the clock in a second.
        times: f64,
    },
    /// Lets the clock run at its usual speed, on from where it stands.
    Resume,
}

#[derive(Deserialize)]
struct Clock {
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rotation {
    secret: String,
    version_id: String,
    trigger: String,
    state: String,
    attempt: u32,
    started: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    step: String,
    error: Option<String>,
}

pub(super) async fn clock(server: &Server, change: Option<&ClockChange>) -> io::Result<()> {
    let body = match change {
        None | Some(ClockChange::Now) => None,
        Some(ClockChange::Advance { by }) => Some(json!({ "advance": by })),
        Some(ClockChange::Set { time }) => Some(json!({ "set": time })),
        Some(ClockChange::Freeze) => Some(json!({ "freeze": true })),
        Some(ClockChange::Speed { times }) => Some(json!({ "speed": times })),
        Some(ClockChange::Resume) => Some(json!({ "resume": true })),
    };
    let clock: Clock = server.ask("/_secretstack/clock", body).await?;
    let line = |done: &Done| {
        let Done {
            time,
            event,
            resource,
        } = done;
        format!("{time}  {event}  {resource}\n")
    };
    let mut lines: Vec<_> = clock.done.iter().map(line).collect();
    lines.push(match clock.mode.as_str() {
        "fast" => format!("{}  (speed {})\n", clock.now, clock.speed),
        mode => format!("{}  ({mode})\n", clock.now),
    });
    print(&lines.concat())
}

pub(super) async fn rotations(server: &Server, secret: Option<&str>) -> io::Result<()> {
    let query = secret.map(|secret| {
        form_urlencoded::Serializer::new("?".to_owned())
            .append_pair("secret", secret)
            .finish()
    });
    let path = format!("/_secretstack/rotations{}", query.unwrap_or_default());
    let rotations: Vec<Rotation> = server.ask(&path, None).await?;
    let heading = [
        "STARTED",
        "SECRET",
        "VERSION",
        "BY",
        "TRY",
        "STATE",
        "LAST STEP",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(rotations.iter().map(row_of));
    print(&table(&rows))
}

fn row_of(rotation: &Rotation) -> [String; 7] {
    let name = rotation.secret.rsplit(':').next().unwrap_or_default();
    let last = rotation.steps.last();
    let last = last.map(|step| match &step.error {
        None => step.step.clone(),
        Some(error) => format!("{}: {error}", step.step),
    });
    [
        rotation.started.clone(),
        name.to_owned(),
        rotation.version_id.clone(),
        rotation.trigger.clone(),
        rotation.attempt.to_string(),
        rotation.state.clone(),
        last.unwrap_or_default(),
    ]
}

/// Columns, each as wide as its widest cell.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

impl Server {
    /// Sends a request and reads the answer; a `body` is put.
    async fn ask<T: for<'a> Deserialize<'a>>(
        &self,
        path: &str,
        body: Option<Value>,
    ) -> io::Result<T> {
        let url = format!("{}{path}", self.endpoint.trim_end_matches('/'));
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.map_err(io::Error::other)?;
        let request = match body {
            None => client.get(url),
            Some(body) => client.put(url).body(body.to_string()),
        };
        let unreachable = |_| {
            let endpoint = &self.endpoint;
            io::Error::other(format!("no emulator answers at {endpoint}"))
        };
        let response = request.send().await.map_err(unreachable)?;
        let is_ok = response.status().is_success();
        let text = response.text().await.map_err(unreachable)?;
        let value: Value = serde_json::from_str(&text)
            .map_err(|_| io::Error::other(format!("{} is no secretstack", self.endpoint)))?;
        if !is_ok {
            let error = value["error"].as_str().unwrap_or("the emulator refused");
            return Err(io::Error::other(error.to_owned()));
        }
        serde_json::from_value(value).map_err(io::Error::other)
    }
}
