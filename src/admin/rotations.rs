//! `GET /_secretstack/rotations`: what became of rotation attempts.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::Admin;
use crate::rotation::{Entry, State as Standing, StepEntry};
use crate::secret::rotation::Purpose;

/// An attempt, as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    secret: String,
    version_id: String,
    trigger: &'static str,
    state: &'static str,
    /// The try that is under way, or was the last.
    attempt: u32,
    started: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    steps: Vec<ShownStep>,
}

/// A step, as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownStep {
    step: &'static str,
    attempt: u32,
    started: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Answers all attempts, or those of the secret that `?secret=` names by name or ARN.
pub(super) async fn list(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let wanted = pairs.find(|(name, _)| name == "secret");
    let is_wanted = |entry: &Entry| {
        let Some((_, secret)) = &wanted else {
            return true;
        };
        entry.arn == **secret || entry.key.name.as_str() == &**secret
    };
    let entries = admin.rotator.attempts().into_iter().filter(is_wanted);
    let shown: Vec<_> = entries.map(shown).collect();
    // Strings and numbers always serialize.
    let body = serde_json::to_vec(&shown).unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn shown(entry: Entry) -> Shown {
    Shown {
        secret: entry.arn,
        version_id: entry.attempt.token.to_string(),
        trigger: match entry.attempt.purpose {
            Purpose::Called => "RotateSecret",
            Purpose::Scheduled => "schedule",
            Purpose::Test => "test",
        },
        state: match entry.state {
            Standing::Running => "running",
            Standing::Waiting => "waiting",
            Standing::Succeeded => "succeeded",
            Standing::Failed => "failed",
            Standing::Abandoned => "abandoned",
        },
        attempt: entry.attempt.tries,
        started: text_of(entry.attempt.started),
        ended: entry.ended.map(text_of),
        steps: entry.steps.into_iter().map(shown_step).collect(),
    }
}

fn shown_step(step: StepEntry) -> ShownStep {
    let result = match (&step.ended, &step.error) {
        (None, _) => None,
        (Some(_), None) => Some("ok"),
        (Some(_), Some(_)) => Some("error"),
    };
    ShownStep {
        step: step.step.name(),
        attempt: step.attempt,
        started: text_of(step.started),
        ended: step.ended.map(text_of),
        result,
        error: step.error,
    }
}

fn text_of(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
