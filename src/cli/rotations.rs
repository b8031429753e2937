//! `secretstack rotations`: the rotations of a server that runs, as a table.

use serde::Deserialize;

use super::client::{Error, Server};
use super::table;
use crate::secret::id::SecretArn;

/// An attempt to rotate a secret, as far as it is shown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rotation {
    secret: String,
    version_id: String,
    state: String,
    attempt: u64,
    started: String,
    #[serde(default)]
    steps: Vec<Step>,
}

/// A step of an attempt. One that failed has an error.
#[derive(Deserialize)]
struct Step {
    step: String,
    error: Option<String>,
}

const HEADINGS: [&str; 6] = ["STARTED", "SECRET", "VERSION", "ATTEMPT", "STATE", "ERROR"];

/// Asks the server; returns what to print.
pub(super) async fn run(server: &Server, secret: Option<&str>) -> Result<String, Error> {
    let mut path = "/_secretstack/rotations".to_owned();
    if let Some(secret) = secret {
        path.push_str("?secret=");
        path.extend(form_urlencoded::byte_serialize(secret.as_bytes()));
    }
    let rotations: Vec<Rotation> = server.get(&path).await?;
    Ok(text(&rotations))
}

fn text(rotations: &[Rotation]) -> String {
    let headings = HEADINGS.map(str::to_owned);
    let rows = rotations.iter().map(row);
    table::aligned(std::iter::once(headings).chain(rows))
}

fn row(rotation: &Rotation) -> [String; 6] {
    let name = SecretArn::parse(&rotation.secret).map(|arn| arn.key.name.to_string());
    let error = |step: &Step| {
        let error = step.error.as_ref()?;
        Some(format!("{}: {error}", step.step))
    };
    [
        rotation.started.clone(),
        name.unwrap_or_else(|| rotation.secret.clone()),
        rotation.version_id.clone(),
        rotation.attempt.to_string(),
        rotation.state.clone(),
        rotation.steps.iter().find_map(error).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rotation_is_a_line_with_the_step_that_failed() {
        let answer = json!([
            {
                "secret": "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-a1b2c3",
                "versionId": "v2", "trigger": "RotateSecret", "state": "waiting", "attempt": 1,
                "started": "2026-01-15T10:00:00.123Z", "ended": "2026-01-15T10:00:01.123Z",
                "steps": [
                    {"step": "createSecret", "started": "", "ended": "", "result": "ok"},
                    {"step": "setSecret", "started": "", "ended": "", "result": "error", "error": "no route\nto host"},
                ],
            },
            {
                "secret": "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/database-a1b2c3",
                "versionId": "v2", "trigger": "schedule", "state": "running", "attempt": 2,
                "started": "2026-01-15T10:01:00.123Z", "steps": [],
            },
        ]);
        let rotations = Vec::<Rotation>::deserialize(answer).unwrap();
        assert_eq!(
            text(&rotations),
            "STARTED                   SECRET         VERSION  ATTEMPT  STATE    ERROR\n\
             2026-01-15T10:00:00.123Z  prod/db        v2       1        waiting  setSecret: no route to host\n\
             2026-01-15T10:01:00.123Z  prod/database  v2       2        running\n"
        );
    }
}
