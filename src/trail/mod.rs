//! The service events that Secrets Manager would send to CloudTrail, kept in memory for whoever wants to see them (fact sheet
//! 11). There is never a secret value in one.

mod event;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use self::event::Event;
pub use self::event::EventName;
use crate::entropy::Entropy;
use crate::secret::id::SecretArn;

/// How many events are kept.
const LIMIT: usize = 10_000;

/// All events, oldest first.
#[derive(Debug)]
pub struct Trail {
    events: Mutex<VecDeque<String>>,
    count: watch::Sender<Count>,
    ids: Entropy,
}

/// How far the trail has come.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    /// How many events there have been, the forgotten ones among them.
    events: usize,
    /// Are there no more to come?
    is_closed: bool,
}

impl Trail {
    /// A trail without events.
    pub fn new(entropy: &Entropy) -> Self {
        Self {
            events: Mutex::default(),
            count: watch::Sender::default(),
            ids: entropy.child("trail"),
        }
    }

    /// Records an event. `request_id` is known for rotations; other events get one of their own.
    pub fn record(
        &self,
        time: DateTime<Utc>,
        name: EventName,
        secret: &SecretArn,
        request_id: Option<String>,
        error: Option<String>,
    ) {
        let event = Event {
            time,
            name,
            secret,
            request_id: request_id.unwrap_or_else(|| self.ids.uuid().to_string()),
            error,
            id: self.ids.uuid(),
        };
        let line = event.to_json();
        let mut events = self.lock();
        if events.len() == LIMIT {
            events.pop_front();
        }
        events.push_back(line);
        self.count.send_modify(|count| count.events += 1);
    }

    /// The events that followed the first `seen` ones, each as JSON, and how many there have been.
    pub fn since(&self, seen: usize) -> (Vec<String>, usize) {
        let events = self.lock();
        let count = self.count.borrow().events;
        let forgotten = count - events.len();
        let known = seen.saturating_sub(forgotten);
        (events.iter().skip(known).cloned().collect(), count)
    }

    /// Waits until there have been more events than `seen`; false if there will not be.
    pub async fn more_than(&self, seen: usize) -> bool {
        let mut count = self.count.subscribe();
        let reached = count.wait_for(|count| count.is_closed || count.events > seen);
        // The sender lives as long as `self`, so waiting cannot end otherwise.
        reached.await.is_ok_and(|count| count.events > seen)
    }

    /// Forgets the events there were. Followers are told of what comes.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    /// Tells followers that there is nothing more to come.
    pub fn close(&self) {
        self.count.send_modify(|count| count.is_closed = true);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn() -> SecretArn {
        SecretArn::parse("arn:aws:secretsmanager:us-east-2:123456789012:secret:Db-a1b2c3").unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2022-09-13T02:17:48Z".parse().unwrap()
    }

    /// Fact 11: rotation: `RotationStarted`, `RotationAbandoned`
    #[test]
    fn an_event_has_cloudtrails_form() {
        let trail = Trail::new(&Entropy::seeded(1));
        let text = "Error when executing lambda f during setSecret step";
        let request_id = Some("Rotation-x".to_owned());
        let error = Some(text.to_owned());
        trail.record(now(), EventName::RotationFailed, &arn(), request_id, error);
        let (events, count) = trail.since(0);
        assert_eq!(count, 1);
        let mut event: serde_json::Value = serde_json::from_str(&events[0]).unwrap();
        assert!(event["eventID"].is_string());
        event["eventID"] = "id".into();
        let expected = serde_json::json!({
            "eventVersion": "1.08",
            "userIdentity": {
                "accountId": "123456789012",
                "invokedBy": "secretsmanager.amazonaws.com"
            },
            "eventTime": "2022-09-13T02:17:48Z",
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "RotationFailed",
            "awsRegion": "us-east-2",
            "sourceIPAddress": "secretsmanager.amazonaws.com",
            "userAgent": "secretsmanager.amazonaws.com",
            "errorMessage": text,
            "requestParameters": null,
            "responseElements": null,
            "additionalEventData": {
                "SecretId": "arn:aws:secretsmanager:us-east-2:123456789012:secret:Db-a1b2c3"
            },
            "requestID": "Rotation-x",
            "eventID": "id",
            "readOnly": false,
            "eventType": "AwsServiceEvent",
            "managementEvent": true,
            "recipientAccountId": "123456789012",
            "eventCategory": "Management"
        });
        assert_eq!(event, expected);
    }

    #[tokio::test]
    async fn old_events_are_forgotten_and_a_follower_gets_the_others() {
        let trail = Trail::new(&Entropy::seeded(1));
        for _ in 0..=LIMIT {
            trail.record(now(), EventName::RotationStarted, &arn(), None, None);
        }
        let (events, count) = trail.since(0);
        assert_eq!((events.len(), count), (LIMIT, LIMIT + 1));
        let more = trail.more_than(count);
        trail.record(now(), EventName::RotationSucceeded, &arn(), None, None);
        assert!(more.await);
        let (news, _) = trail.since(count);
        assert_eq!(news.len(), 1);
        assert!(news[0].contains("RotationSucceeded"));
        trail.forget();
        assert_eq!(trail.since(0), (Vec::new(), count + 1));
        trail.close();
        assert!(!trail.more_than(count + 1).await);
    }
}
