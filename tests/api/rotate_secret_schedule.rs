//! `RotateSecret`: rotations that fall due while the clock moves on.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::rotation::{
    STEPS, assert_labels, assert_next, bare, date, describe, put, request, rotate, started,
    succeed, successes, time, value, with_rules, with_schedule,
};
use crate::support::function::value_of;
use crate::support::{Server, version_id};

/// The token of the newest attempt, which a schedule began.
async fn scheduled_token(server: &Server) -> String {
    let attempts = server.rotations().await;
    let newest = attempts.last().expect("an attempt");
    assert_eq!(newest["trigger"], "schedule", "{newest}");
    assert_eq!(newest["state"], "succeeded", "{newest}");
    let token = newest["versionId"].as_str().expect("a version id");
    token.to_owned()
}

/// Fact 5.3: `AutomaticallyAfterDays` 1..1000
/// Fact 5.4: `NextRotationDate` = latest moment the next rotation may occur: end of the UTC day `last rotation + N days`
#[tokio::test]
async fn secret_is_rotated_after_so_many_days() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    assert_next(&describe(&server).await, "2026-02-15T00:00:00Z");

    let early = server.advance_by("29d").await;
    assert!(successes(&early).is_empty(), "{early}");
    assert_eq!(function.steps().len(), 4);
    let advanced = server.advance_by("2d").await;

    assert_eq!(successes(&advanced).len(), 1, "{advanced}");
    assert_eq!(function.steps()[4..], STEPS);
    let token = scheduled_token(&server).await;
    assert_eq!(function.tokens()[4..], vec![token.clone(); 4]);
    assert_eq!(value(&server).await, value_of(&token));
    let described = describe(&server).await;
    let last = date(&described["LastRotatedDate"]);
    let day = time("2026-02-14T00:00:00Z")..time("2026-02-15T00:00:00Z");
    assert!(day.contains(&last), "{last}");
    assert_next(&described, "2026-03-17T00:00:00Z");
}

/// Fact 5.1: `ClientRequestToken` = `VersionId` of the pending version; same in all steps
#[tokio::test]
async fn scheduled_rotation_moves_the_labels_as_any_other() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;

    server.advance_by("31d").await;

    let token = scheduled_token(&server).await;
    assert!((32..=64).contains(&token.len()), "{token}");
    let described = describe(&server).await;
    let versions = described["VersionIdsToStages"].as_object();
    let versions = versions.expect("a map of versions");
    assert_eq!(versions.len(), 2, "{described}");
    assert_eq!(versions[&version_id("r1")], json!(["AWSPREVIOUS"]));
    let newest = versions[&token].as_array().expect("labels");
    assert!(newest.contains(&json!("AWSCURRENT")), "{described}");
}

/// Fact 5.3: examples accepted: `cron(0 8 1 * ? *)`
/// Fact 5.3: rotation happens at any time inside the window
#[tokio::test]
async fn year_of_a_monthly_schedule_has_twelve_rotations() {
    let (function, server) = started().await;
    succeed(&server, with_schedule("r1", "cron(0 8 1 * ? *)")).await;
    let arn = describe(&server).await["ARN"].clone();

    let advanced = server.advance_by("365d").await;

    let mut expected: Vec<_> = (2..=12)
        .map(|month| time(&format!("2026-{month:02}-01T08:00:00Z")))
        .collect();
    expected.push(time("2027-01-01T08:00:00Z"));
    assert_eq!(successes(&advanced), expected);
    let done = advanced["done"].as_array().expect("a list");
    let is_key = |one: &Value| one["event"] == "KeyRotated";
    let others = done.iter().filter(|one| !is_key(one));
    assert!(others.clone().count() > 0);
    assert!({ others }.all(|one| one["resource"] == arn), "{advanced}");
    assert_eq!(function.steps(), STEPS.repeat(13));
    let described = describe(&server).await;
    assert_eq!(
        date(&described["LastRotatedDate"]),
        time("2027-01-01T08:00:00Z")
    );
    assert_next(&described, "2027-02-02T00:00:00Z");
    assert_eq!(
        value(&server).await,
        value_of(&scheduled_token(&server).await)
    );
}

/// Fact 5.3: `Duration`: `[0-9]+h`
/// Fact 5.3: rotation happens at any time inside the window
#[tokio::test]
async fn window_is_as_long_as_its_duration() {
    let (_function, server) = started().await;
    let rules = json!({"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "3h"});
    succeed(&server, with_rules("r1", rules)).await;
    assert_next(&describe(&server).await, "2026-02-01T11:00:00Z");

    let advanced = server.advance_by("20d").await;

    let times = successes(&advanced);
    assert_eq!(times.len(), 1, "{advanced}");
    let window = time("2026-02-01T08:00:00Z")..=time("2026-02-01T11:00:00Z");
    assert!(window.contains(&times[0]), "{advanced}");
    assert_next(&describe(&server).await, "2026-03-01T11:00:00Z");
}

/// Fact 5.3: `rate(N unit)`, unit `hour`, `hours`, `day` or `days`
/// Fact 5.3: default window: hours schedule → 1 h
#[tokio::test]
async fn rate_in_hours_rotates_again_and_again() {
    let (_function, server) = started().await;
    succeed(&server, with_schedule("r1", "rate(4 hours)")).await;

    let advanced = server.advance_by("25h").await;

    let times = successes(&advanced);
    assert_eq!(times.len(), 6, "{advanced}");
    for pair in times.windows(2) {
        let gap = (pair[1] - pair[0] - TimeDelta::hours(4)).abs();
        assert!(gap <= TimeDelta::seconds(1), "{advanced}");
    }
    let next = date(&describe(&server).await["NextRotationDate"]);
    let gap = (next - times[5] - TimeDelta::hours(5)).abs();
    assert!(gap <= TimeDelta::seconds(1), "{next}");
}

/// Fact 5.3: default window: days schedule → to end of UTC day; `rate()` days windows start 00:00 UTC
#[tokio::test]
async fn rate_in_days_rotates_from_midnight_on() {
    let (_function, server) = started().await;
    succeed(&server, with_schedule("r1", "rate(10 days)")).await;
    assert_next(&describe(&server).await, "2026-01-26T00:00:00Z");

    let advanced = server.advance_by("15d").await;

    assert_eq!(successes(&advanced), [time("2026-01-25T00:00:00Z")]);
    assert_next(&describe(&server).await, "2026-02-05T00:00:00Z");
}

/// Fact 5.4: `AutomaticallyAfterDays`: interval counts from the actual last rotation
#[tokio::test]
async fn interval_counts_from_the_last_rotation() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;
    server.advance_by("10d").await;

    succeed(&server, bare("r2")).await;

    assert_next(&describe(&server).await, "2026-02-25T00:00:00Z");
    let advanced = server.advance_by("29d").await;
    assert!(successes(&advanced).is_empty(), "{advanced}");
}

/// Fact 5.2: a manual value update counts as a rotation for the schedule with `AutomaticallyAfterDays`/rate
#[tokio::test]
async fn value_put_by_hand_counts_as_a_rotation_for_an_interval() {
    for (rules, next) in [
        (
            json!({"AutomaticallyAfterDays": 10}),
            "2026-01-31T00:00:00Z",
        ),
        (
            json!({"ScheduleExpression": "rate(10 days)"}),
            "2026-01-31T00:00:00Z",
        ),
        (
            json!({"ScheduleExpression": "cron(0 8 25 * ? *)"}),
            "2026-01-26T00:00:00Z",
        ),
    ] {
        for operation in ["PutSecretValue", "UpdateSecret"] {
            let (_function, server) = started().await;
            succeed(&server, with_rules("r1", rules.clone())).await;
            assert_next(&describe(&server).await, "2026-01-26T00:00:00Z");
            server.advance_by("5d").await;

            let mut body = bare("u1");
            body["SecretString"] = json!("two");
            server.ok(operation, body).await;

            assert_next(&describe(&server).await, next);
        }
    }
}

/// Fact 5.2: a manual value update counts as a rotation for the schedule with `AutomaticallyAfterDays`/rate
#[tokio::test]
async fn rotation_that_a_value_put_by_hand_replaces_is_left_out() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    server.advance_by("5d").await;
    put(&server, "u1").await;

    let early = server.advance_by("29d").await;
    assert!(successes(&early).is_empty(), "{early}");
    assert_eq!(function.steps().len(), 4);
    assert_eq!(successes(&server.advance_by("2d").await).len(), 1);
}

/// Fact 5.4: when `ScheduleExpression` is set, `DescribeSecret` returns it **and** a computed `AutomaticallyAfterDays`
#[tokio::test]
async fn days_are_computed_from_an_expression() {
    let (_function, server) = started().await;
    for (token, expression) in [
        ("r1", "rate(10 days)"),
        ("r2", "rate(4 hours)"),
        ("r3", "cron(0 8 1 * ? *)"),
    ] {
        succeed(&server, with_schedule(token, expression)).await;
        let rules = describe(&server).await["RotationRules"].clone();
        assert_eq!(rules["ScheduleExpression"], expression);
        let days = rules["AutomaticallyAfterDays"].as_u64();
        assert!(
            (1..=1000).contains(&days.expect("a number of days")),
            "{rules}"
        );
    }
    succeed(&server, request("r4")).await;
    assert_eq!(
        describe(&server).await["RotationRules"],
        json!({"AutomaticallyAfterDays": 30})
    );
}

/// A schedule ends with its secret.
#[tokio::test]
async fn deleted_secret_is_not_rotated() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;

    let advanced = server.advance_by("31d").await;

    assert!(successes(&advanced).is_empty(), "{advanced}");
    assert_eq!(function.steps().len(), 4);
}

/// Whatever falls due on the way is performed in the order of time.
#[tokio::test]
async fn secrets_are_rotated_in_the_order_of_their_windows() {
    let (function, server) = started().await;
    for (name, days) in [("third", 9), ("first", 3), ("second", 6)] {
        server.create(name, "v1", "one").await;
        let mut body = with_rules(name, json!({"AutomaticallyAfterDays": days}));
        body["SecretId"] = json!(name);
        succeed(&server, body).await;
    }

    let advanced = server.advance_by("252h").await;

    let times = successes(&advanced);
    assert!(times.is_sorted(), "{advanced}");
    // The first on days 3, 6 and 9, the second on day 6, the third on day 9.
    assert_eq!(times.len(), 5, "{advanced}");
    assert_eq!(function.steps().len(), 32);
    assert_labels(&server, &[("v1", &["AWSCURRENT"])]).await;
}
