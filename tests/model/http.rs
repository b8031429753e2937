//! The real thing, second side: an emulator of its own for each history, under a clock that only moves when told.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value as Json, json};
use tokio::runtime::{Builder, Runtime};

use crate::call::{Call, Id, Label, Name, Refusal, Reply, Value, Versions, View, label};
use crate::check::Real;
use crate::support::Server;

/// A running emulator, and the ARNs of the secrets made in it.
pub(crate) struct Http {
    server: Server,
    start: DateTime<Utc>,
    arns: HashMap<Name, String>,
    // Last, as it carries the server.
    runtime: Runtime,
}

impl Http {
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let server = runtime.block_on(Server::start());
        let start = server.now();
        Self {
            server,
            start,
            arns: HashMap::new(),
            runtime,
        }
    }

    /// Calls an operation about a secret; a refusal may name the secret's ARN.
    fn send(&self, name: Name, operation: &str, body: Json) -> Result<Json, Refusal> {
        let answer = self.runtime.block_on(self.server.call(operation, body));
        let body = answer.json();
        if answer.status == 200 {
            assert_eq!(
                body["Name"],
                name.to_string(),
                "{operation} answered {body}"
            );
            return Ok(body);
        }
        let mut sentence = text(&body["Message"]).to_owned();
        if let Some(arn) = self.arns.get(&name) {
            sentence = sentence.replace(arn, "{ARN}");
        }
        Err(Refusal::saying(text(&body["__type"]), sentence))
    }

    /// All pages of ListSecretVersionIds.
    fn list(&self, name: Name, include_deprecated: bool) -> Versions {
        let mut versions = Versions::new();
        let mut request =
            json!({"SecretId": name.to_string(), "IncludeDeprecated": include_deprecated});
        loop {
            let page = self
                .send(name, "ListSecretVersionIds", request.clone())
                .expect("a described secret has versions");
            let listed = page["Versions"].as_array().expect("versions are a list");
            versions.extend(
                listed
                    .iter()
                    .map(|version| (Id::parse(text(&version["VersionId"])), stages(version))),
            );
            match page.get("NextToken") {
                Some(token) => request["NextToken"] = token.clone(),
                None => return versions,
            }
        }
    }

    /// Seconds since the history began.
    fn since_start(&self, time: &Json) -> i64 {
        let seconds = time.as_f64().expect("a time is a number");
        let start = self.start.timestamp_millis();
        #[expect(clippy::cast_possible_truncation, reason = "times of this century")]
        let millis = (seconds * 1000.0).round() as i64;
        (millis - start) / 1000
    }
}

impl Real for Http {
    fn call(&mut self, call: &Call) -> Result<Reply, Refusal> {
        let (name, body) = match *call {
            Call::Create { name, token, value } => (
                name,
                json!({"Name": name.to_string(), "ClientRequestToken": token.to_string(), "SecretString": string(value)}),
            ),
            Call::Put {
                name,
                token,
                value,
                ref labels,
            } => (
                name,
                json!({
                    "SecretId": name.to_string(),
                    "ClientRequestToken": token.to_string(),
                    "SecretString": value.to_string(),
                    "VersionStages": labels,
                }),
            ),
            Call::Update { name, token, value } => (
                name,
                json!({"SecretId": name.to_string(), "ClientRequestToken": token.to_string(), "SecretString": string(value)}),
            ),
            Call::MoveLabel {
                name,
                label,
                from,
                to,
            } => (
                name,
                json!({
                    "SecretId": name.to_string(),
                    "VersionStage": label,
                    "RemoveFromVersionId": string(from),
                    "MoveToVersionId": string(to),
                }),
            ),
            Call::Delete {
                name,
                window,
                force,
            } => (
                name,
                json!({"SecretId": name.to_string(), "RecoveryWindowInDays": window, "ForceDeleteWithoutRecovery": force}),
            ),
            Call::Restore { name } => (name, json!({"SecretId": name.to_string()})),
            Call::Read { name, id, label } => (
                name,
                json!({"SecretId": name.to_string(), "VersionId": string(id), "VersionStage": label}),
            ),
            Call::Advance { seconds } => {
                self.server.advance(TimeDelta::seconds(seconds));
                return Ok(Reply::default());
            }
        };
        let answer = self.send(name, call.operation(), body)?;
        if matches!(call, Call::Create { .. }) {
            self.arns.insert(name, text(&answer["ARN"]).to_owned());
        }
        let tells_labels = matches!(call, Call::Put { .. } | Call::Read { .. });
        Ok(Reply {
            version: answer.get("VersionId").map(|id| Id::parse(text(id))),
            labels: tells_labels.then(|| stages(&answer)),
            value: answer
                .get("SecretString")
                .map(|value| Value::parse(text(value))),
            deletion_date: answer
                .get("DeletionDate")
                .map(|date| self.since_start(date)),
        })
    }

    fn look(&mut self, name: Name) -> Option<View> {
        let description = self
            .send(
                name,
                "DescribeSecret",
                json!({"SecretId": name.to_string()}),
            )
            .ok()?;
        let labelled = description
            .get("VersionIdsToStages")
            .map(|map| map.as_object().expect("a map"));
        let described = labelled
            .into_iter()
            .flatten()
            .map(|(id, labels)| (Id::parse(id), labels_in(labels)))
            .collect();
        Some(View {
            is_deleted: description.get("DeletedDate").is_some(),
            described,
            listed: self.list(name, false),
            listed_with_deprecated: self.list(name, true),
        })
    }
}

/// A member that is absent when there is nothing to say: `null` counts as absent (1.1).
fn string(member: Option<impl ToString>) -> Option<String> {
    member.map(|member| member.to_string())
}

/// The labels of a version; a deprecated one has no such member, not an empty one (1.2, 3.10).
fn stages(version: &Json) -> BTreeSet<Label> {
    let labels = version.get("VersionStages").map(labels_in);
    assert_ne!(
        labels,
        Some(BTreeSet::new()),
        "an empty list of labels: {version}"
    );
    labels.unwrap_or_default()
}

fn labels_in(list: &Json) -> BTreeSet<Label> {
    list.as_array()
        .expect("labels are a list")
        .iter()
        .map(|held| label(text(held)))
        .collect()
}

fn text(member: &Json) -> &str {
    member
        .as_str()
        .unwrap_or_else(|| panic!("{member} is no text"))
}
