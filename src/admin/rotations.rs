//! `GET /_secretstack/rotations`: what became of rotation attempts.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Admin;
use super::answer::{json, written};
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
    json(StatusCode::OK, &shown)
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
        started: written(entry.attempt.started),
        ended: entry.ended.map(written),
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
        started: written(step.started),
        ended: step.ended.map(written),
        result,
        error: step.error,
    }
}
