//! What a rotation function does with one event: it calls the emulator back.

use serde_json::{Value, json};

use super::super::Client;
use super::{text, value_of};

/// The function at work on one event: it calls the emulator back.
pub(super) struct Work {
    client: Client,
    secret: String,
    token: String,
}

impl Work {
    /// Takes account and region from the secret's ARN.
    pub(super) fn new(emulator: &str, event: &Value) -> Self {
        let secret = text(&event["SecretId"]);
        let parts: Vec<&str> = secret.split(':').collect();
        let scope = parts.get(4).copied().zip(parts.get(3).copied());
        Self {
            client: Client::new(emulator.to_owned(), scope),
            secret: secret.clone(),
            token: text(&event["ClientRequestToken"]),
        }
    }

    /// Calls an operation on the secret; an error is the answer's text.
    async fn call(&self, operation: &str, mut body: Value) -> Result<Value, String> {
        body["SecretId"] = json!(self.secret);
        let answer = self.client.call(operation, body).await;
        if answer.status == 200 {
            Ok(answer.json())
        } else {
            Err(answer.text)
        }
    }

    /// What AWS's template functions do, with a value made from the token and no service behind the secret.
    pub(super) async fn template(&self, step: &str) -> Result<(), String> {
        let described = self.call("DescribeSecret", json!({})).await?;
        if described["RotationEnabled"] != true {
            return Err("the secret is not enabled for rotation".to_owned());
        }
        let labels = &described["VersionIdsToStages"][&self.token];
        if holds(labels, "AWSCURRENT") {
            return Ok(());
        }
        if !holds(labels, "AWSPENDING") {
            return Err("the version is not set as AWSPENDING".to_owned());
        }
        match step {
            "createSecret" => self.create().await,
            "setSecret" | "testSecret" => self.read_pending().await,
            "finishSecret" => self.finish(&described["VersionIdsToStages"]).await,
            other => Err(format!("there is no step {other}")),
        }
    }

    async fn create(&self) -> Result<(), String> {
        self.call("GetSecretValue", json!({"VersionStage": "AWSCURRENT"}))
            .await?;
        match self.read_pending().await {
            Err(text) if text.contains("ResourceNotFoundException") => self.put().await,
            other => other,
        }
    }

    async fn read_pending(&self) -> Result<(), String> {
        let body = json!({"VersionId": self.token, "VersionStage": "AWSPENDING"});
        self.call("GetSecretValue", body).await.map(drop)
    }

    pub(super) async fn put(&self) -> Result<(), String> {
        let body = json!({
            "ClientRequestToken": self.token, "SecretString": value_of(&self.token),
            "VersionStages": ["AWSPENDING"],
        });
        self.call("PutSecretValue", body).await.map(drop)
    }

    async fn finish(&self, versions: &Value) -> Result<(), String> {
        let versions = versions.as_object().into_iter().flatten();
        let mut holders = versions.filter(|(_, labels)| holds(labels, "AWSCURRENT"));
        let mut body = json!({"VersionStage": "AWSCURRENT", "MoveToVersionId": self.token});
        if let Some((current, _)) = holders.next() {
            body["RemoveFromVersionId"] = json!(current);
        }
        self.call("UpdateSecretVersionStage", body).await.map(drop)
    }

    pub(super) async fn remove_pending(&self) -> Result<(), String> {
        let body = json!({"VersionStage": "AWSPENDING", "RemoveFromVersionId": self.token});
        self.call("UpdateSecretVersionStage", body).await.map(drop)
    }
}

/// Is this label in the list?
fn holds(labels: &Value, label: &str) -> bool {
    labels
        .as_array()
        .is_some_and(|labels| labels.iter().any(|one| one == label))
}
