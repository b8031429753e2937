//! One event, in CloudTrail's form (fact sheet 11).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::secret::id::SecretArn;

const SERVICE: &str = "secretsmanager.amazonaws.com";

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum EventName {
    StartSecretVersionDelete,
    CancelSecretVersionDelete,
    EndSecretVersionDelete,
    SecretVersionDeletion,
    RotationStarted,
    RotationAbandoned,
    RotationFailed,
    RotationSucceeded,
    TestRotationStarted,
    TestRotationSucceeded,
    TestRotationFailed,
}

impl EventName {
    /// The name in CloudTrail.
    pub fn name(self) -> &'static str {
        match self {
            Self::StartSecretVersionDelete => "StartSecretVersionDelete",
            Self::CancelSecretVersionDelete => "CancelSecretVersionDelete",
            Self::EndSecretVersionDelete => "EndSecretVersionDelete",
            Self::SecretVersionDeletion => "SecretVersionDeletion",
            Self::RotationStarted => "RotationStarted",
            Self::RotationAbandoned => "RotationAbandoned",
            Self::RotationFailed => "RotationFailed",
            Self::RotationSucceeded => "RotationSucceeded",
            Self::TestRotationStarted => "TestRotationStarted",
            Self::TestRotationSucceeded => "TestRotationSucceeded",
            Self::TestRotationFailed => "TestRotationFailed",
        }
    }
}

pub(super) struct Event<'a> {
    pub(super) time: DateTime<Utc>,
    pub(super) name: EventName,
    pub(super) secret: &'a SecretArn,
    pub(super) request_id: String,
    pub(super) error: Option<String>,
    pub(super) id: Uuid,
}

impl Event<'_> {
    pub(super) fn to_json(&self) -> String {
        let scope = &self.secret.key.scope;
        let account = scope.account.to_string();
        let mut event = json!({
            "eventVersion": "1.08",
            "userIdentity": { "accountId": account, "invokedBy": SERVICE },
            "eventTime": self.time.to_rfc3339_opts(SecondsFormat::Secs, true),
            "eventSource": SERVICE,
            "eventName": self.name.name(),
            "awsRegion": scope.region.as_str(),
            "sourceIPAddress": SERVICE,
            "userAgent": SERVICE,
            "requestParameters": null,
            "responseElements": null,
            "additionalEventData": { "SecretId": self.secret.to_string() },
            "requestID": self.request_id,
            "eventID": self.id.to_string(),
            "readOnly": false,
            "eventType": "AwsServiceEvent",
            "managementEvent": true,
            "recipientAccountId": account,
            "eventCategory": "Management",
        });
        if let Some(error) = &self.error {
            event["errorMessage"] = error.as_str().into();
        }
        event.to_string()
    }
}
