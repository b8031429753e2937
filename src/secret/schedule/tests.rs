use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn expression(text: &str) -> Rules {
    Rules {
        expression: Some(text.into()),
        ..Rules::default()
    }
}

fn days(days: u16) -> Rules {
    Rules {
        after_days: Some(days),
        ..Rules::default()
    }
}

fn with_duration(rules: Rules, duration: &str) -> Rules {
    Rules {
        duration: Some(duration.into()),
        ..rules
    }
}

fn schedule(rules: &Rules) -> Schedule {
    Schedule::parse(rules)
        .unwrap_or_else(|error| panic!("{rules:?}: {error}"))
        .unwrap()
}

/// The window after the last rotation, with nothing missed.
fn window(rules: &Rules, last_rotation: &str) -> String {
    window_at(rules, last_rotation, last_rotation)
}

fn window_at(rules: &Rules, last_rotation: &str, now: &str) -> String {
    let window = schedule(rules)
        .next_window(time(last_rotation), time(now))
        .unwrap();
    let shown = |time: DateTime<Utc>| {
        time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
            .trim_end_matches('Z')
            .to_owned()
    };
    format!("{} {}", shown(window.start), shown(window.end))
}

/// The next windows, each rotated when it opens, as far as they differ from the year and the minutes.
fn starts<const N: usize>(text: &str, from: &str) -> [String; N] {
    let schedule = schedule(&expression(text));
    let mut now = time(from);
    std::array::from_fn(|_| {
        now = schedule.next_window(now, now).unwrap().start;
        now.format("%a %b %d %Hh").to_string()
    })
}

fn assert_refused(rules: &Rules) {
    assert_eq!(
        Schedule::parse(rules),
        Err(ScheduleError::Invalid),
        "{rules:?}"
    );
}

#[test]
fn no_rules_are_no_schedule() {
    assert_eq!(Schedule::parse(&Rules::default()), Ok(None));
}

#[test]
fn a_duration_alone_is_refused() {
    assert_refused(&with_duration(Rules::default(), "3h"));
}

/// Fact 5.5: both AutomaticallyAfterDays and ScheduleExpression
#[test]
fn days_and_an_expression_exclude_each_other() {
    for text in ["rate(10 days)", "nonsense"] {
        let both = Rules {
            after_days: Some(10),
            ..expression(text)
        };
        assert_eq!(Schedule::parse(&both), Err(ScheduleError::Both));
    }
}

/// Fact 5.3: `AutomaticallyAfterDays` 1..1000
/// Fact 5.5: AutomaticallyAfterDays outside 1..1000
#[test]
fn a_number_of_days_is_from_1_to_1000() {
    assert_refused(&days(0));
    assert_eq!(schedule(&days(1)).days(), 1);
    assert_eq!(schedule(&days(1000)).days(), 1000);
    assert_refused(&days(1001));
}

/// Fact 5.4: `NextRotationDate` = latest moment the next rotation may occur
/// Fact 5.4: AutomaticallyAfterDays: interval counts from the actual last rotation
#[test]
fn days_count_from_the_last_rotation_to_the_end_of_a_day() {
    let last = "2026-01-15T10:00:00Z";
    assert_eq!(
        window(&days(30), last),
        "2026-02-14T00:00:00 2026-02-14T23:59:59"
    );
    assert_eq!(
        window(&with_duration(days(30), "3h"), last),
        "2026-02-14T00:00:00 2026-02-14T03:00:00"
    );
    assert_eq!(
        window(&with_duration(days(1), "24h"), last),
        "2026-01-16T00:00:00 2026-01-17T00:00:00"
    );
    assert_eq!(
        window(&days(1), "2028-02-28T23:59:59.999Z"),
        "2028-02-29T00:00:00 2028-02-29T23:59:59"
    );
}

#[test]
fn a_day_that_has_begun_can_still_be_used() {
    let last = "2026-01-15T10:00:00Z";
    let at = |now| window_at(&days(30), last, now);
    assert_eq!(
        at("2026-02-13T23:59:59.999Z"),
        "2026-02-14T00:00:00 2026-02-14T23:59:59"
    );
    assert_eq!(
        at("2026-02-14T00:00:00Z"),
        "2026-02-14T00:00:00.001 2026-02-14T23:59:59"
    );
    assert_eq!(
        at("2026-02-14T12:30:00Z"),
        "2026-02-14T12:30:00.001 2026-02-14T23:59:59"
    );
    assert_eq!(
        at("2026-02-14T23:59:59Z"),
        "2026-03-16T00:00:00 2026-03-16T23:59:59"
    );
    let short = with_duration(days(30), "3h");
    assert_eq!(
        window_at(&short, last, "2026-02-14T02:59:00Z"),
        "2026-02-14T02:59:00.001 2026-02-14T03:00:00"
    );
    assert_eq!(
        window_at(&short, last, "2026-02-14T03:00:00Z"),
        "2026-03-16T00:00:00 2026-03-16T03:00:00"
    );
}

/// A rotation that was missed does not move the days on which others are due.
#[test]
fn a_missed_interval_keeps_its_raster() {
    let last = "2026-01-15T10:20:00Z";
    let now = "2026-04-30T00:00:00Z";
    assert_eq!(
        window_at(&expression("rate(10 days)"), last, now),
        "2026-05-05T00:00:00 2026-05-05T23:59:59"
    );
    assert_eq!(
        window_at(&expression("rate(5 hours)"), last, "2026-01-16T06:00:00Z"),
        "2026-01-16T11:00:00 2026-01-16T12:00:00"
    );
    assert_eq!(
        window_at(&expression("rate(5 hours)"), last, "2026-01-16T05:59:59Z"),
        "2026-01-16T06:00:00 2026-01-16T07:00:00"
    );
}

/// Clocks of tests can be set back.
#[test]
fn an_interval_counts_from_a_rotation_in_the_future_too() {
    let last = "2026-01-15T10:20:00Z";
    let now = "2025-06-01T00:00:00Z";
    assert_eq!(
        window_at(&days(10), last, now),
        "2026-01-25T00:00:00 2026-01-25T23:59:59"
    );
    assert_eq!(
        window_at(&expression("rate(4 hours)"), last, now),
        "2026-01-15T14:00:00 2026-01-15T15:00:00"
    );
}

/// Fact 5.3: `rate(N unit)`, unit `hour`, `hours`, `day` or `days`
#[test]
fn rates_are_read() {
    let computed = |text| schedule(&expression(text)).days();
    assert_eq!(computed("rate(1 day)"), 1);
    assert_eq!(computed("rate(10 days)"), 10);
    assert_eq!(computed("rate(999 days)"), 999);
    assert_eq!(computed("rate(4 hours)"), 1);
    assert_eq!(computed("rate(24 hours)"), 1);
    assert_eq!(computed("rate(25 hours)"), 2);
    assert_eq!(computed("rate(23976 hours)"), 999);
}

#[test]
fn a_rate_may_use_either_form_of_its_unit() {
    for (one, other) in [
        ("rate(1 day)", "rate(1 days)"),
        ("rate(2 days)", "rate(2 day)"),
        ("rate(4 hours)", "rate(4 hour)"),
    ] {
        assert_eq!(schedule(&expression(one)), schedule(&expression(other)));
    }
}

/// Fact 5.3: default window: hours schedule → 1 h; days schedule → to end of UTC day
#[test]
fn a_rate_in_hours_opens_windows_on_the_hour() {
    let last = "2026-01-15T10:20:30.5Z";
    let rate = expression("rate(4 hours)");
    assert_eq!(
        window(&rate, last),
        "2026-01-15T14:00:00 2026-01-15T15:00:00"
    );
    assert_eq!(
        window(&with_duration(rate.clone(), "4h"), last),
        "2026-01-15T14:00:00 2026-01-15T18:00:00"
    );
    assert_eq!(
        window(&expression("rate(12 hours)"), "2026-02-28T12:00:00Z"),
        "2026-03-01T00:00:00 2026-03-01T01:00:00"
    );
}

#[test]
fn a_window_of_a_rate_in_hours_ends_with_its_day() {
    let rate = with_duration(expression("rate(6 hours)"), "3h");
    assert_eq!(
        window(&rate, "2026-01-15T16:59:00Z"),
        "2026-01-15T22:00:00 2026-01-16T00:00:00"
    );
}

/// Fact 5.3: examples accepted: `cron(0 8 1 * ? *)`
#[test]
fn the_examples_of_the_user_guide_open_the_windows_they_describe() {
    let from = "2026-01-15T10:20:00Z";
    assert_eq!(
        starts("cron(0 /8 * * ? *)", from),
        ["Thu Jan 15 16h", "Fri Jan 16 00h", "Fri Jan 16 08h"]
    );
    assert_eq!(
        starts("cron(0 8/8 * * ? *)", from),
        ["Thu Jan 15 16h", "Fri Jan 16 08h", "Fri Jan 16 16h"]
    );
    assert_eq!(
        starts("cron(0 2/10 * * ? *)", from),
        ["Thu Jan 15 12h", "Thu Jan 15 22h", "Fri Jan 16 02h"]
    );
    assert_eq!(
        starts("cron(0 4/12 * * ? *)", from),
        ["Thu Jan 15 16h", "Fri Jan 16 04h", "Fri Jan 16 16h"]
    );
    assert_eq!(
        starts("cron(0 10 * * ? *)", from),
        ["Fri Jan 16 10h", "Sat Jan 17 10h"]
    );
    assert_eq!(
        starts("cron(0 18 ? * SAT *)", from),
        ["Sat Jan 17 18h", "Sat Jan 24 18h"]
    );
    assert_eq!(
        starts("cron(0 8 1 * ? *)", from),
        ["Sun Feb 01 08h", "Sun Mar 01 08h", "Wed Apr 01 08h"]
    );
    assert_eq!(
        starts("cron(0 1 ? 1/3 SUN#1 *)", from),
        ["Sun Apr 05 01h", "Sun Jul 05 01h", "Sun Oct 04 01h"]
    );
    assert_eq!(
        starts("cron(0 17 L * ? *)", from),
        ["Sat Jan 31 17h", "Sat Feb 28 17h", "Tue Mar 31 17h"]
    );
    assert_eq!(
        starts("cron(0 8 ? * MON-FRI *)", from),
        ["Fri Jan 16 08h", "Mon Jan 19 08h"]
    );
    assert_eq!(
        starts("cron(0 16 1,15 * ? *)", from),
        ["Thu Jan 15 16h", "Sun Feb 01 16h", "Sun Feb 15 16h"]
    );
    assert_eq!(
        starts("cron(0 0 ? * SUN#1 *)", from),
        ["Sun Feb 01 00h", "Sun Mar 01 00h"]
    );
    assert_eq!(
        starts("cron(0 0 ? 1/11 2#1 *)", from),
        ["Mon Dec 07 00h", "Mon Jan 04 00h", "Mon Dec 06 00h"]
    );
    assert_eq!(
        starts("cron(0 21 L * ? *)", from),
        ["Sat Jan 31 21h", "Sat Feb 28 21h"]
    );
}

/// Fact 5.3: `DAYL` (e.g. `SUNL`) = last such weekday; `TUE#3` = third Tuesday
/// Fact 5.3: day-of-month 1–31 with
#[test]
fn wildcards_mean_what_the_user_guide_says() {
    let from = "2026-01-15T10:20:00Z";
    let last_sundays = ["Sun Jan 25 00h", "Sun Feb 22 00h", "Sun Mar 29 00h"];
    assert_eq!(starts("cron(0 0 SUNL * ? *)", from), last_sundays);
    assert_eq!(starts("cron(0 0 ? * SUNL *)", from), last_sundays);
    assert_eq!(starts("cron(0 0 ? * 1L *)", from), last_sundays);
    assert_eq!(
        starts("cron(0 0 ? * TUE#3 *)", from),
        ["Tue Jan 20 00h", "Tue Feb 17 00h"]
    );
    assert_eq!(
        starts("cron(0 0 ? * L *)", from),
        ["Sat Jan 17 00h", "Sat Jan 24 00h"]
    );
    assert_eq!(
        starts("cron(0 0 1/10 * ? *)", "2026-02-01T00:00:00Z"),
        ["Wed Feb 11 00h", "Sat Feb 21 00h", "Sun Mar 01 00h"]
    );
    assert_eq!(
        starts("cron(0 0 1-3,/15 * ? *)", from),
        [
            "Fri Jan 16 00h",
            "Sat Jan 31 00h",
            "Sun Feb 01 00h",
            "Mon Feb 02 00h"
        ]
    );
    assert_eq!(
        starts("cron(0 0 ? * 1/2 *)", from),
        [
            "Sat Jan 17 00h",
            "Sun Jan 18 00h",
            "Tue Jan 20 00h",
            "Thu Jan 22 00h"
        ]
    );
    assert_eq!(
        starts("cron(0 0 ? JAN,APR,JUL,OCT MON#1 *)", from),
        [
            "Mon Apr 06 00h",
            "Mon Jul 06 00h",
            "Mon Oct 05 00h",
            "Mon Jan 04 00h"
        ]
    );
    assert_eq!(
        starts("cron(0 0 1 FEB-4 ? *)", from),
        [
            "Sun Feb 01 00h",
            "Sun Mar 01 00h",
            "Wed Apr 01 00h",
            "Mon Feb 01 00h"
        ]
    );
}

#[test]
fn days_that_a_month_lacks_are_left_out() {
    assert_eq!(
        starts("cron(0 0 31 * ? *)", "2026-01-31T00:00:00Z"),
        [
            "Tue Mar 31 00h",
            "Sun May 31 00h",
            "Fri Jul 31 00h",
            "Mon Aug 31 00h"
        ]
    );
    let year_2028 = ["Tue Feb 29 00h", "Wed Mar 29 00h"];
    assert_eq!(
        starts("cron(0 0 29 * ? *)", "2028-02-01T00:00:00Z"),
        year_2028
    );
    assert_eq!(
        starts("cron(0 0 29 * ? *)", "2100-02-01T00:00:00Z"),
        ["Mon Mar 29 00h", "Thu Apr 29 00h"]
    );
    assert_eq!(
        starts("cron(0 0 L 2 ? *)", "2023-06-01T00:00:00Z"),
        ["Thu Feb 29 00h", "Fri Feb 28 00h", "Sat Feb 28 00h"]
    );
    assert_eq!(
        starts("cron(0 0 ? * FRI#5 *)", "2026-01-15T00:00:00Z"),
        ["Fri Jan 30 00h", "Fri May 29 00h", "Fri Jul 31 00h"]
    );
}

/// Fact 5.3: default window: hours schedule → 1 h; days schedule → to end of UTC day
#[test]
fn a_calendar_window_is_an_hour_or_the_rest_of_its_day() {
    let from = "2026-01-15T10:20:00Z";
    assert_eq!(
        window(&expression("cron(0 8/8 * * ? *)"), from),
        "2026-01-15T16:00:00 2026-01-15T17:00:00"
    );
    assert_eq!(
        window(
            &with_duration(expression("cron(0 8/8 * * ? *)"), "8h"),
            from
        ),
        "2026-01-15T16:00:00 2026-01-16T00:00:00"
    );
    assert_eq!(
        window(&expression("cron(0 8 * * ? *)"), from),
        "2026-01-16T08:00:00 2026-01-16T23:59:59"
    );
    // One hour a day, though it is written as an increment.
    assert_eq!(
        window(&expression("cron(0 20/8 * * ? *)"), from),
        "2026-01-15T20:00:00 2026-01-15T23:59:59"
    );
    assert_eq!(
        window(&with_duration(expression("cron(0 8 * * ? *)"), "3h"), from),
        "2026-01-16T08:00:00 2026-01-16T11:00:00"
    );
}

#[test]
fn a_calendar_window_opens_after_now() {
    let at = |now| window_at(&expression("cron(0 8 * * ? *)"), now, now);
    let today = "2026-01-15T08:00:00 2026-01-15T23:59:59";
    let tomorrow = "2026-01-16T08:00:00 2026-01-16T23:59:59";
    assert_eq!(at("2026-01-15T07:59:59.999Z"), today);
    assert_eq!(at("2026-01-15T08:00:00Z"), tomorrow);
    assert_eq!(at("2026-01-15T08:00:00.001Z"), tomorrow);
}

/// Fact 5.3: `Duration`: `[0-9]+h`; window must not run into the next window
#[test]
fn a_duration_is_read() {
    for duration in ["1h", "9h", "01h", "24h"] {
        schedule(&with_duration(days(1), duration));
    }
    for duration in [
        "", "h", "0h", "00h", "25h", "99h", "3", "3H", "3m", "3d", "+3h", "-1h", " 3h", "3h ",
        "3 h", "1.h", "003h", "³h", "h3", "3hh",
    ] {
        assert_refused(&with_duration(days(1), duration));
    }
}

#[test]
fn a_window_ends_with_its_day_and_before_the_next_one() {
    for (text, longest) in [
        ("rate(1 day)", 24),
        ("rate(4 hours)", 4),
        ("rate(30 hours)", 24),
        ("cron(0 0 * * ? *)", 24),
        ("cron(0 8 * * ? *)", 16),
        ("cron(0 23 L * ? *)", 1),
        ("cron(0 /8 * * ? *)", 8),
        ("cron(0 8/8 * * ? *)", 8),
        ("cron(0 2/10 * * ? *)", 2),
        ("cron(0 3/20 * * ? *)", 1),
    ] {
        for hours in 1..=24 {
            let rules = with_duration(expression(text), &format!("{hours}h"));
            assert_eq!(
                Schedule::parse(&rules).is_ok(),
                hours <= longest,
                "{rules:?}"
            );
        }
    }
}

/// Fact 5.4: when `ScheduleExpression` is set, DescribeSecret returns it **and** a computed
#[test]
fn the_days_of_a_calendar_are_its_longest_gap() {
    for (text, days) in [
        ("cron(0 /8 * * ? *)", 1),
        ("cron(0 8 * * ? *)", 1),
        ("cron(0 8 ? * MON-FRI *)", 3),
        ("cron(0 18 ? * SAT *)", 7),
        ("cron(0 16 1,15 * ? *)", 17),
        ("cron(0 8 1 * ? *)", 31),
        ("cron(0 17 L * ? *)", 31),
        ("cron(0 8 31 * ? *)", 61),
        ("cron(0 0 ? * SUN#1 *)", 35),
        ("cron(0 0 ? * SUN#5 *)", 119),
        ("cron(0 1 ? 1/3 SUN#1 *)", 98),
        ("cron(0 8 1 1 ? *)", 366),
        ("cron(0 8 1 MAR ? *)", 366),
        ("cron(0 8 L FEB ? *)", 366),
        ("cron(0 0 ? 1 MON#1 *)", 371),
        ("cron(0 8 * 1-11 ? *)", 32),
    ] {
        assert_eq!(schedule(&expression(text)).days(), days, "{text}");
    }
}

#[test]
fn what_is_no_rate_is_refused() {
    for text in [
        "rate(0 days)",
        "rate(1000 days)",
        "rate(65536 days)",
        "rate(99999999999999999999 days)",
        "rate(0 hours)",
        "rate(3 hours)",
        "rate(23977 hours)",
        "rate(-1 days)",
        "rate(+1 days)",
        "rate(1.5 days)",
        "rate(1  day)",
        "rate( 1 day)",
        "rate(1 day )",
        "rate(1day)",
        "rate(1)",
        "rate(days)",
        "rate( days)",
        "rate()",
        "rate(10 minutes)",
        "rate(10 weeks)",
        "rate(10 Days)",
        "rate(10 days) ",
        " rate(10 days)",
        "rate(10 days",
        "rate (10 days)",
        "Rate(10 days)",
        "rate((10 days))",
        "10 days",
    ] {
        assert_refused(&expression(text));
    }
}

/// Fact 5.3: minutes must be `0`; year must be `*`
/// Fact 5.3: exactly one of day-of-month/day-of-week must be `?`
/// Fact 5.3: `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, 6 fields, UTC
#[test]
fn what_is_no_calendar_is_refused() {
    for text in [
        // Not six fields.
        "cron()",
        "cron(0 8 * * ?)",
        "cron(0 8 * * ? * *)",
        "cron(0 0 8 * * ? *)",
        "cron(0  8 * * ? *)",
        "cron( 0 8 * * ? *)",
        "cron(0 8 * * ? * )",
        "cron(@daily)",
        // Minutes and year.
        "cron(1 8 * * ? *)",
        "cron(00 8 * * ? *)",
        "cron(* 8 * * ? *)",
        "cron(0/30 8 * * ? *)",
        "cron(0 8 * * ? 2027)",
        "cron(0 8 * * ? ?)",
        // Both day fields, or neither.
        "cron(0 8 * * * *)",
        "cron(0 8 1 * MON *)",
        "cron(0 8 ? * ? *)",
        "cron(0 1 * 1/3 SUN *)",
        // Hours.
        "cron(0 24 * * ? *)",
        "cron(0 -1 * * ? *)",
        "cron(0 * * * ? *)",
        "cron(0 ? * * ? *)",
        "cron(0 L * * ? *)",
        "cron(0 8,20 * * ? *)",
        "cron(0 8-12 * * ? *)",
        "cron(0 /0 * * ? *)",
        "cron(0 /3 * * ? *)",
        "cron(0 23/1 * * ? *)",
        "cron(0 /24 * * ? *)",
        "cron(0 24/4 * * ? *)",
        "cron(0 8/ * * ? *)",
        "cron(0 / * * ? *)",
        "cron(0 8/8/8 * * ? *)",
        // Days of the month.
        "cron(0 8 0 * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 1, * ? *)",
        "cron(0 8 ,1 * ? *)",
        "cron(0 8 1,,2 * ? *)",
        "cron(0 8 15-1 * ? *)",
        "cron(0 8 1- * ? *)",
        "cron(0 8 -5 * ? *)",
        "cron(0 8 1-5-9 * ? *)",
        "cron(0 8 1-15/2 * ? *)",
        "cron(0 8 1/0 * ? *)",
        "cron(0 8 1/32 * ? *)",
        "cron(0 8 *,1 * ? *)",
        "cron(0 8 ?,1 * ? *)",
        "cron(0 8 1,L * ? *)",
        "cron(0 8 L-3 * ? *)",
        "cron(0 8 LW * ? *)",
        "cron(0 8 15W * ? *)",
        "cron(0 8 1L * ? *)",
        "cron(0 8 SUN * ? *)",
        "cron(0 8 SUN#1 * ? *)",
        "cron(0 8 +1 * ? *)",
        // Months.
        "cron(0 8 1 0 ? *)",
        "cron(0 8 1 13 ? *)",
        "cron(0 8 1 L ? *)",
        "cron(0 8 1 ? ? *)",
        "cron(0 8 1 JANUARY ? *)",
        "cron(0 8 1 jan ? *)",
        "cron(0 8 1 NOV-FEB ? *)",
        "cron(0 8 1 1/13 ? *)",
        // Days of the week.
        "cron(0 8 ? * 0 *)",
        "cron(0 8 ? * 8 *)",
        "cron(0 8 ? * sun *)",
        "cron(0 8 ? * SUNDAY *)",
        "cron(0 8 ? * FRI-MON *)",
        "cron(0 8 ? * SUN#0 *)",
        "cron(0 8 ? * SUN#6 *)",
        "cron(0 8 ? * SUN# *)",
        "cron(0 8 ? * #1 *)",
        "cron(0 8 ? * SUN#1,SUN#3 *)",
        "cron(0 8 ? * SUN#1-3 *)",
        "cron(0 8 ? * SUNL#1 *)",
        "cron(0 8 ? * SUNLL *)",
        "cron(0 8 ? * MONL,FRIL *)",
        "cron(0 8 ? * +MON *)",
        "cron(0 8 ? * JAN *)",
        // The frame.
        "",
        "cron",
        "cron(0 8 * * ? *",
        "cron 0 8 * * ? *",
        "CRON(0 8 * * ? *)",
        "cron(0 8 * * ? *))",
        "at(2026-01-01T00:00:00)",
        "0 8 * * ? *",
        "cron(0 ８ * * ? *)",
    ] {
        assert_refused(&expression(text));
    }
}

#[test]
fn a_calendar_that_leaves_out_a_year_is_refused() {
    for text in [
        "cron(0 8 31 2 ? *)",
        "cron(0 8 30,31 FEB ? *)",
        "cron(0 8 31 4,6,9,11 ? *)",
        "cron(0 8 29 2 ? *)",
        "cron(0 8 ? 2 SUN#5 *)",
        "cron(0 8 ? 6 SUN#5 *)",
    ] {
        assert_refused(&expression(text));
    }
}

#[test]
fn an_expression_has_at_most_256_characters() {
    let days = vec!["10"; 80].join(",");
    let of_length = |length: usize| {
        let hour = "0".repeat(length - format!("cron(0  {days} * ? *)").len());
        format!("cron(0 {hour} {days} * ? *)")
    };
    schedule(&expression(&of_length(256)));
    assert_refused(&expression(&of_length(257)));
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
    for text in ["rate(999 days)", "rate(4 hours)", "cron(0 8 L * ? *)"] {
        let schedule = schedule(&expression(text));
        for counted_from in ends {
            assert_eq!(schedule.next_window(counted_from, ends[1]), None, "{text}");
            if let Some(window) = schedule.next_window(counted_from, ends[0]) {
                assert!(window.start > ends[0], "{text}");
            }
        }
    }
}
