//! Random histories of one key, over HTTP and in a small model.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::json;
use tokio::runtime::Builder;

use crate::Says::{self, Disabled, Done, Gone, NotPending, Pending};
use crate::support::{Answer, Server};
use crate::{Key, assert_state, call};

/// A step of a history.
#[derive(Clone, Copy, Debug)]
enum Step {
    Call(&'static str),
    Schedule(i64),
    /// So many days and an hour, so that no step ends exactly when a key does.
    Wait(i64),
}

/// What a key should be like.
#[derive(Debug)]
struct Model {
    now: DateTime<Utc>,
    /// Told by what Encrypt answers: that it is done where the key is enabled.
    state: Says,
    deletion: Option<DateTime<Utc>>,
    rotates: bool,
}

impl Model {
    /// Takes a step, and tells what the answer should be.
    fn take(&mut self, step: Step) -> Says {
        match step {
            Step::Wait(days) => {
                self.now += TimeDelta::days(days) + TimeDelta::hours(1);
                if self.deletion.is_some_and(|date| date <= self.now) {
                    self.state = Gone;
                }
                Done
            }
            Step::Schedule(days) => {
                let says = self.call("ScheduleKeyDeletion");
                if says == Done {
                    self.deletion = Some(self.now + TimeDelta::days(days));
                }
                says
            }
            Step::Call(operation) => self.call(operation),
        }
    }

    fn call(&mut self, operation: &str) -> Says {
        let says = match (operation, self.state) {
            (_, Gone) => Gone,
            ("CancelKeyDeletion", Pending) => Done,
            ("CancelKeyDeletion", _) => NotPending,
            (_, Pending) => Pending,
            ("EnableKey" | "DisableKey" | "ScheduleKeyDeletion" | "TagResource", _) => Done,
            (_, state) => state,
        };
        match (operation, says) {
            ("EnableKey", Done) => self.state = Done,
            ("DisableKey", Done) => self.state = Disabled,
            ("ScheduleKeyDeletion", Done) => self.state = Pending,
            ("CancelKeyDeletion", Done) => (self.state, self.deletion) = (Disabled, None),
            ("EnableKeyRotation", Done) => self.rotates = true,
            ("DisableKeyRotation", Done) => self.rotates = false,
            _ => {}
        }
        says
    }
}

/// Takes a step with a real key.
async fn take(server: &Server, key: &Key, step: Step) -> Option<Answer> {
    match step {
        Step::Wait(days) => {
            server.advance(TimeDelta::days(days) + TimeDelta::hours(1));
            None
        }
        Step::Schedule(days) => {
            let request = json!({"KeyId": key.id, "PendingWindowInDays": days});
            Some(server.kms("ScheduleKeyDeletion", request).await)
        }
        Step::Call(row) => Some(call(server, row, key, key).await),
    }
}

/// Asserts that a key shows what the model says.
async fn assert_shows(server: &Server, key: &Key, model: &Model) {
    let name = match model.state {
        Gone => {
            let answer = server.kms("DescribeKey", json!({"KeyId": key.id})).await;
            return key.assert_says(&answer, Gone);
        }
        Pending => "PendingDeletion",
        Disabled => "Disabled",
        Done | NotPending => "Enabled",
    };
    let shown = key.describe(server).await;
    assert_state(&shown, name);
    let date = shown["DeletionDate"].as_f64().map(|since_epoch| {
        (DateTime::UNIX_EPOCH + Duration::from_secs_f64(since_epoch)).round_subsecs(0)
    });
    assert_eq!(date, model.deletion.map(|date| date.round_subsecs(0)));
    let request = json!({"KeyId": key.id});
    let status = server.kms_ok("GetKeyRotationStatus", request).await;
    let rotates = model.rotates && model.state != Pending;
    assert_eq!(status["KeyRotationEnabled"], rotates, "{status}");
}

/// Runs a history of one key.
async fn run(steps: &[Step]) {
    let server = Server::start().await;
    let key = Key::create(&server).await;
    let mut model = Model {
        now: server.now(),
        state: Done,
        deletion: None,
        rotates: false,
    };
    for &step in steps {
        let says = model.take(step);
        let answer = take(&server, &key, step).await;
        match (step, says) {
            (Step::Call("Decrypt"), Gone) => {
                let answer = answer.expect("Decrypt is a call");
                answer.assert_code("InvalidCiphertextException");
            }
            _ => {
                if let Some(answer) = answer {
                    key.assert_says(&answer, says);
                }
            }
        }
        assert_shows(&server, &key, &model).await;
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let calls = vec![
        "CancelKeyDeletion",
        "Decrypt",
        "DisableKey",
        "DisableKeyRotation",
        "EnableKey",
        "EnableKeyRotation",
        "Encrypt",
        "RotateKeyOnDemand",
        "TagResource",
    ];
    prop_oneof![
        8 => prop::sample::select(calls).prop_map(Step::Call),
        2 => (7..=30_i64).prop_map(Step::Schedule),
        3 => (1..=40_i64).prop_map(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    /// Fact 6.5: Key-state effects: Disabled blocks
    #[test]
    fn key_goes_through_its_states_as_the_model_does(steps in vec(any_step(), 1..20)) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(&steps));
    }
}
