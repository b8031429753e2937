//! `RotateSecret`: schedule expressions that are accepted, the windows they mean, and those that are refused.

use serde_json::json;

use crate::rotation::{
    assert_next, describe, refused, started, succeed, with_rules, with_schedule,
};

/// Expressions with the first window of two hours after 2026-01-15T10:00 (a Thursday), by its end.
const WINDOWS: [(&str, &str); 13] = [
    ("cron(0 8 1 * ? *)", "2026-02-01T10:00:00Z"),
    ("cron(0 18 ? * SAT *)", "2026-01-17T20:00:00Z"),
    ("cron(0 1 ? 1/3 SUN#1 *)", "2026-04-05T03:00:00Z"),
    ("cron(0 17 L * ? *)", "2026-01-31T19:00:00Z"),
    ("cron(0 8 ? * MON-FRI *)", "2026-01-16T10:00:00Z"),
    ("cron(0 16 1,15 * ? *)", "2026-01-15T18:00:00Z"),
    ("cron(0 8/8 * * ? *)", "2026-01-15T18:00:00Z"),
    ("cron(0 2/10 * * ? *)", "2026-01-15T14:00:00Z"),
    ("cron(0 /8 * * ? *)", "2026-01-15T18:00:00Z"),
    ("cron(0 3 ? * SUNL *)", "2026-01-25T05:00:00Z"),
    ("cron(0 3 ? * TUE#3 *)", "2026-01-20T05:00:00Z"),
    ("cron(0 3 ? * 7 *)", "2026-01-17T05:00:00Z"),
    ("cron(0 3 30 FEB-MAR ? *)", "2026-03-30T05:00:00Z"),
];

/// Expressions that break a rule of the dialect.
const REFUSED: [&str; 24] = [
    "daily",
    "rate()",
    "rate(10)",
    "rate(ten days)",
    "rate(0 days)",
    "rate(1000 days)",
    "rate(0 hours)",
    "rate(3 hours)",
    "rate(30 minutes)",
    "rate(10 weeks)",
    "cron()",
    "cron(0 8 1 * ?)",
    "cron(0 8 1 * ? * *)",
    "cron(30 8 1 * ? *)",
    "cron(* 8 1 * ? *)",
    "cron(0 24 1 * ? *)",
    "cron(0 8 0 * ? *)",
    "cron(0 8 32 * ? *)",
    "cron(0 8 1 13 ? *)",
    "cron(0 8 1 L ? *)",
    "cron(0 8 ? * 8 *)",
    "cron(0 8 ? * ? *)",
    "cron(0 8 1 * MON *)",
    "cron(0 8 1 * ? 2027)",
];

/// Fact 5.3: examples accepted: `cron(0 8 1 * ? *)`, `cron(0 18 ? * SAT *)`
/// Fact 5.3: `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, 6 fields, UTC
/// Fact 5.3: hours 0–23, increments with `/`; increments restart each day
/// Fact 5.3: day-of-month 1–31 with `, - * ? / L`; month 1–12 or JAN–DEC; day-of-week 1–7 or SUN–SAT
/// Fact 5.3: `DAYL` (e.g. `SUNL`) = last such weekday; `TUE#3` = third Tuesday
/// Fact 5.4: `NextRotationDate` = latest moment the next rotation may occur: end of the next window
#[tokio::test]
async fn next_rotation_is_in_the_next_window() {
    let (_function, server) = started().await;
    for (number, (expression, end)) in WINDOWS.into_iter().enumerate() {
        let rules = json!({"ScheduleExpression": expression, "Duration": "2h"});

        succeed(&server, with_rules(&format!("r{number}"), rules)).await;

        let described = describe(&server).await;
        assert_eq!(described["RotationRules"]["ScheduleExpression"], expression);
        assert_eq!(described["RotationRules"]["Duration"], "2h");
        assert_next(&described, end);
    }
}

/// Fact 5.3: default window: hours schedule → 1 h; days schedule → to end of UTC day
#[tokio::test]
async fn window_without_a_duration_depends_on_the_expression() {
    let (_function, server) = started().await;
    for (number, (expression, end)) in [
        ("cron(0 8/8 * * ? *)", "2026-01-15T17:00:00Z"),
        ("cron(0 18 ? * SAT *)", "2026-01-18T00:00:00Z"),
        ("rate(1 day)", "2026-01-17T00:00:00Z"),
    ]
    .into_iter()
    .enumerate()
    {
        succeed(&server, with_schedule(&format!("r{number}"), expression)).await;
        assert_next(&describe(&server).await, end);
    }
}

/// Fact 5.3: `rate(N unit)`, unit `hour`, `hours`, `day` or `days`: N positive; hours ≥ 4, days ≤ 999
#[tokio::test]
async fn rates_up_to_their_bounds_are_accepted() {
    let (_function, server) = started().await;
    for (number, expression) in [
        "rate(4 hours)",
        "rate(23 hours)",
        "rate(1 day)",
        "rate(2 days)",
        "rate(999 days)",
    ]
    .into_iter()
    .enumerate()
    {
        succeed(&server, with_schedule(&format!("r{number}"), expression)).await;
        let described = describe(&server).await;
        assert_eq!(described["RotationRules"]["ScheduleExpression"], expression);
    }
}

/// Fact 5.3: `AutomaticallyAfterDays` 1..1000
#[tokio::test]
async fn days_up_to_their_bounds_are_accepted() {
    let (_function, server) = started().await;
    for (token, days, end) in [
        ("r1", 1, "2026-01-17T00:00:00Z"),
        ("r2", 1000, "2028-10-12T00:00:00Z"),
    ] {
        succeed(
            &server,
            with_rules(token, json!({"AutomaticallyAfterDays": days})),
        )
        .await;
        assert_next(&describe(&server).await, end);
    }
}

/// Fact 5.5: bad schedule text
/// Fact 5.3: `rate(N unit)`, unit `hour`, `hours`, `day` or `days`: N positive
/// Fact 5.3: minutes must be `0`; year must be `*`
/// Fact 5.3: exactly one of day-of-month/day-of-week must be `?` when the other is specified
#[tokio::test]
async fn expressions_that_break_a_rule_are_refused() {
    let (function, server) = started().await;
    for expression in REFUSED {
        let answer = refused(&server, with_schedule("r1", expression)).await;
        assert_eq!(
            answer.json()["__type"],
            "InvalidParameterException",
            "{expression}"
        );
    }
    assert!(function.steps().is_empty());
    assert!(describe(&server).await.get("RotationEnabled").is_none());
}

/// Fact 5.3: `Duration`: `[0-9]+h`; window must not run into the next window nor past the UTC day
#[tokio::test]
async fn window_must_end_with_its_day_and_before_the_next_one() {
    let (_function, server) = started().await;
    for (expression, duration) in [
        ("cron(0 8 1 * ? *)", "17h"),
        ("cron(0 20 1 * ? *)", "5h"),
        ("cron(0 8/8 * * ? *)", "9h"),
        ("rate(4 hours)", "5h"),
    ] {
        let rules = json!({"ScheduleExpression": expression, "Duration": duration});
        let answer = refused(&server, with_rules("r1", rules)).await;
        answer.assert_code("InvalidParameterException");
    }
    let rules = json!({"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "16h"});
    succeed(&server, with_rules("r1", rules)).await;
    assert_next(&describe(&server).await, "2026-02-02T00:00:00Z");
}
