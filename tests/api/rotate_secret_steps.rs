//! `RotateSecret`: the four steps of a rotation, what its function gets and sees, and what is so afterwards.

use chrono::TimeDelta;
use serde_json::json;

use crate::rotation::{
    STEPS, assert_labels, assert_next, bare, describe, recorded, request, rotate, settled, started,
    succeed, value, waiting_at, with_rules,
};
use crate::support::function::{Does, Function, value_of};
use crate::support::{Server, version_id};

/// The ids of all versions of `settings` that a list shows, deprecated ones too.
async fn listed(server: &Server) -> Vec<String> {
    let body = json!({"SecretId": "settings", "IncludeDeprecated": true});
    let list = server.ok("ListSecretVersionIds", body).await;
    let versions = list["Versions"].as_array().expect("a list of versions");
    let ids = versions.iter().filter_map(|one| one["VersionId"].as_str());
    let mut ids: Vec<String> = ids.map(str::to_owned).collect();
    ids.sort_unstable();
    ids
}

/// Fact 5.1: steps in order: `createSecret`, `setSecret`, `testSecret`, `finishSecret`
/// Fact 5.1: `SecretId` is the **full ARN**, even if `RotateSecret` was called by name
/// Fact 5.1: `ClientRequestToken` = `VersionId` of the pending version; same in all steps
/// Fact 5.1: next step starts as soon as the previous one ends
#[tokio::test]
async fn function_gets_four_events_of_three_members() {
    let (function, server) = started().await;
    let arn = describe(&server).await["ARN"].clone();

    rotate(&server, "r1").await;

    let token = version_id("r1");
    let expected =
        STEPS.map(|step| json!({"Step": step, "SecretId": arn, "ClientRequestToken": token}));
    assert_eq!(function.events(), expected);
    for invocation in function.invocations() {
        assert_eq!(invocation.content_type, "application/json");
    }
}

/// Fact 5.1: return value ignored
#[tokio::test]
async fn result_of_a_step_is_ignored() {
    let (function, server) = started().await;
    for (step, result) in STEPS.into_iter().zip(["", "\"no\"", "{}", "no JSON {"]) {
        function.on(step, Does::Returns(result));
    }
    succeed(&server, request("r1")).await;
}

/// Fact 4.2: T15 `RotateSecret` now: placeholder N:{AWSPENDING}, no value
/// Fact 5.1: What a template function relies on: `RotationEnabled: true` and the label **before createSecret runs**
/// Fact 3.10: versions **without a value** (rotation placeholder) never appear here
/// Fact 3.6: `VersionIdsToStages`: only versions with ≥1 label, **including value-less AWSPENDING**
/// Fact 3.13: Response; Asynchronous: returns before the function runs
#[tokio::test]
async fn placeholder_without_a_value_is_there_before_the_first_step() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "createSecret").await;

    assert_eq!(describe(&server).await["RotationEnabled"], true);
    assert_labels(&server, &[("v1", &["AWSCURRENT"]), ("r1", &["AWSPENDING"])]).await;
    let token = version_id("r1");
    for selectors in [
        json!({"VersionId": token, "VersionStage": "AWSPENDING"}),
        json!({"VersionId": token}),
        json!({"VersionStage": "AWSPENDING"}),
    ] {
        let mut body = selectors;
        body["SecretId"] = json!("settings");
        server
            .call("GetSecretValue", body)
            .await
            .assert_code("ResourceNotFoundException");
    }
    assert_eq!(listed(&server).await, [version_id("v1")]);
    assert_eq!(value(&server).await, "one");

    function.release();
    assert_eq!(settled(&server, "r1").await["state"], "succeeded");
}

/// Fact 3.4: token matches the **AWSPENDING placeholder** that rotation created (no value yet) → fills the value
/// Fact 5.1: a further member `RotationToken` is passed to functions; `PutSecretValue` accepts it back
#[tokio::test]
async fn placeholder_is_filled_by_putting_a_value() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "createSecret").await;
    let mut body = bare("r1");
    body["SecretString"] = json!("mine");
    body["VersionStages"] = json!(["AWSPENDING"]);
    body["RotationToken"] = json!("0c3d2a0e-2d1c-4a52-9a55-0d9c1b6d2a11");

    let answer = server.ok("PutSecretValue", body).await;

    assert_eq!(answer["VersionId"], version_id("r1"));
    assert_eq!(answer["VersionStages"], json!(["AWSPENDING"]));
    assert_eq!(listed(&server).await, [version_id("r1"), version_id("v1")]);
    function.release();
    assert_eq!(settled(&server, "r1").await["state"], "succeeded");
    assert_eq!(value(&server).await, "mine");
}

/// Fact 4.2: T15 `RotateSecret` now: C, P untouched until the function moves AWSCURRENT
#[tokio::test]
async fn current_value_stays_until_the_last_step() {
    for step in ["setSecret", "testSecret", "finishSecret"] {
        let (function, server) = started().await;
        waiting_at(&function, &server, step).await;

        assert_labels(&server, &[("v1", &["AWSCURRENT"]), ("r1", &["AWSPENDING"])]).await;
        assert_eq!(value(&server).await, "one");
        let pending = json!({"SecretId": "settings", "VersionStage": "AWSPENDING"});
        let pending = server.ok("GetSecretValue", pending).await;
        assert_eq!(pending["SecretString"], value_of(&version_id("r1")));
        assert!(describe(&server).await.get("LastRotatedDate").is_none());

        function.release();
        assert_eq!(settled(&server, "r1").await["state"], "succeeded");
        assert_eq!(value(&server).await, value_of(&version_id("r1")));
    }
}

/// Fact 5.2: AWSPENDING afterwards: on the same version as AWSCURRENT, or nowhere
/// Fact 5.2: success = after finishSecret the token version holds AWSCURRENT
/// Fact 12: 17 `RotateSecret` twice with a working function
#[tokio::test]
async fn labels_shift_one_step_with_each_rotation() {
    let both: &[&str] = &["AWSCURRENT", "AWSPENDING"];
    for (last_step, newest) in [(Does::AsTemplate, both), (Does::RemovesPending, &both[..1])] {
        let (function, server) = started().await;
        function.on("finishSecret", last_step);
        let rules = json!({"AutomaticallyAfterDays": 1});

        for (older, newer) in [("v1", "r1"), ("r1", "r2")] {
            succeed(&server, with_rules(newer, rules.clone())).await;
            assert_labels(&server, &[(older, &["AWSPREVIOUS"]), (newer, newest)]).await;
            assert_eq!(value(&server).await, value_of(&version_id(newer)));
        }

        let described = describe(&server).await;
        assert_eq!(described["RotationEnabled"], true);
        assert_eq!(described["RotationRules"], rules);
        for date in ["LastRotatedDate", "NextRotationDate"] {
            assert!(described[date].is_number(), "{described}");
        }
    }
}

/// Fact 5.2: success = after finishSecret the token version holds AWSCURRENT
#[tokio::test]
async fn rotation_that_moves_no_label_does_not_succeed() {
    let (function, server) = started().await;
    function.on("finishSecret", Does::Nothing);

    let attempt = rotate(&server, "r1").await;

    assert_ne!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(function.steps()[..4], STEPS);
    assert!(describe(&server).await.get("LastRotatedDate").is_none());
    let names = recorded(&server).await;
    assert!(names.contains(&"RotationFailed".to_owned()), "{names:?}");
    assert!(
        !names.contains(&"RotationSucceeded".to_owned()),
        "{names:?}"
    );
}

/// Fact 5.2: `LastRotatedDate` = completion time; `NextRotationDate` recomputed
/// Fact 3.6: `LastRotatedDate`: a rotation has succeeded
/// Fact 3.6: `NextRotationDate`: rotation enabled
#[tokio::test]
async fn last_rotated_date_is_when_the_last_step_ended() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "finishSecret").await;
    server.advance(TimeDelta::days(1));
    function.release();
    settled(&server, "r1").await;

    let described = describe(&server).await;

    assert_eq!(described["LastRotatedDate"], json!(1_768_557_600.123));
    assert_next(&described, "2026-02-16T00:00:00Z");
}

// ---- Secrets without a value ----

/// Starts a function, and the secret `settings` without a value.
async fn started_empty() -> (Function, Server) {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    let body = json!({"Name": "settings", "ClientRequestToken": version_id("v1")});
    server.ok("CreateSecret", body).await;
    (function, server)
}

/// Fact 5.2: a secret with **no value** can be rotated: placeholder AWSPENDING is made and the function is called
#[tokio::test]
async fn template_function_fails_on_a_secret_without_a_value() {
    let (function, server) = started_empty().await;

    let attempt = rotate(&server, "r1").await;

    assert_ne!(attempt["state"], "succeeded", "{attempt}");
    assert_eq!(function.steps()[0], "createSecret");
    assert!(!function.steps().contains(&"setSecret".to_owned()));
    assert_labels(&server, &[("r1", &["AWSPENDING"])]).await;
}

/// Fact 5.2: a secret with **no value** can be rotated
#[tokio::test]
async fn function_that_reads_nothing_gives_a_secret_its_first_value() {
    let (function, server) = started_empty().await;
    function.on("createSecret", Does::PutsOnly);

    succeed(&server, request("r1")).await;

    assert_eq!(value(&server).await, value_of(&version_id("r1")));
    assert_eq!(function.steps(), STEPS);
}

// ---- While a function runs ----

/// Fact 3.13: Response; Asynchronous: returns before the function runs
#[tokio::test]
async fn secret_can_be_read_and_written_while_its_function_runs() {
    let (function, server) = started().await;
    waiting_at(&function, &server, "setSecret").await;

    let tags = json!({"SecretId": "settings", "Tags": [{"Key": "team", "Value": "blue"}]});
    let answer = server.call("TagResource", tags).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut body = bare("u1");
    body["Description"] = json!("text");
    server.ok("UpdateSecret", body).await;
    assert_eq!(value(&server).await, "one");

    function.release();
    assert_eq!(settled(&server, "r1").await["state"], "succeeded");
    assert_eq!(describe(&server).await["Description"], "text");
}

/// Fact 5.1: next step starts as soon as the previous one ends
#[tokio::test]
async fn slow_function_holds_up_its_own_secret_only() {
    let (function, server) = started().await;
    server.create("other", "v1", "one").await;
    waiting_at(&function, &server, "createSecret").await;

    let mut body = request("r2");
    body["SecretId"] = json!("other");
    succeed(&server, body).await;

    let attempts = server.rotations().await;
    let slow = attempts
        .iter()
        .find(|attempt| attempt["versionId"] == version_id("r1"))
        .expect("the attempt is listed");
    assert_eq!(slow["state"], "running", "{slow}");
    function.release();
    assert_eq!(settled(&server, "r1").await["state"], "succeeded");
}

/// Fact 5.2: success = after finishSecret the token version holds AWSCURRENT
#[tokio::test]
async fn two_hundred_secrets_rotate_at_once() {
    let (function, server) = started().await;
    for number in 0..200 {
        let name = format!("settings-{number}");
        server.create(&name, "v1", "one").await;
        let mut body = request(&format!("r{number}"));
        body["SecretId"] = json!(name);
        server.ok("RotateSecret", body).await;
    }
    server.until(|| function.steps().len() == 800).await;
    for number in 0..200 {
        let attempt = settled(&server, &format!("r{number}")).await;
        assert_eq!(attempt["state"], "succeeded", "{attempt}");
    }
}
