"""Rotation windows against an independent library, over several windows of each schedule."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from itertools import islice, pairwise
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from conftest import Clock
from emulator import REGION
from oracle import EXAMPLES, Calendar, EveryDays, EveryHours, Schedule, Window, random_schedules

SEED = 20_260_115
RANDOM_SCHEDULES = 150
WINDOWS = 5

YEARS = [2024, 2027, 2028, 2099]
"""To begin in: around two leap days, and around the one that 2100 does not have."""


def function_arn(account: str) -> str:
    """A function that the endpoint of this suite runs."""
    return f"arn:aws:lambda:{REGION}:{account}:function:rotate"


def configured(sm: BaseClient, clock: Clock, account: str, rules: dict[str, Any]) -> str:
    """A secret with this schedule, not rotated yet; its ARN."""
    arn: str = sm.create_secret(Name="scheduled", SecretString="old")["ARN"]
    sm.rotate_secret(
        SecretId=arn,
        RotationLambdaARN=function_arn(account),
        RotationRules=rules,
        RotateImmediately=False,
    )
    clock.wait_for_test(arn)
    return arn


def rotations(done: list[dict[str, Any]], arn: str) -> list[datetime]:
    """When this secret was rotated, of all that fell due; none of its rotations may have failed."""
    rows = [row for row in done if row["resource"] == arn]
    assert {row["event"] for row in rows} <= {"RotationStarted", "RotationSucceeded"}
    succeeded = [row["time"] for row in rows if row["event"] == "RotationSucceeded"]
    return [datetime.fromisoformat(time.replace("Z", "+00:00")) for time in succeeded]


def assert_days(schedule: Schedule, described: dict[str, Any], windows: list[Window]) -> None:
    """Fact 5.4: when `ScheduleExpression` is set, DescribeSecret returns it and computed days."""
    rules = described["RotationRules"]
    days = rules["AutomaticallyAfterDays"]
    assert rules == {**schedule.rules, "AutomaticallyAfterDays": days}
    match schedule:
        case EveryDays():
            assert days == schedule.days
        case EveryHours():
            assert days == -(-schedule.hours // 24)
        case Calendar():
            gaps = [later.start - earlier.start for earlier, later in pairwise(windows)]
            assert max(gaps) <= timedelta(days=days) <= timedelta(days=371)


@pytest.mark.parametrize(
    "schedule", [*EXAMPLES, *random_schedules(SEED, RANDOM_SCHEDULES)], ids=str
)
def test_windows(sm: BaseClient, clock: Clock, account: str, schedule: Schedule) -> None:
    """Fact 5.3: rotation happens at any time inside the window: here, when it opens.

    Fact 5.4: `NextRotationDate` = latest moment the next rotation may occur: end of the next window
    """
    draw = random.Random(str(schedule))
    now = datetime(draw.choice(YEARS), 1, 1, tzinfo=timezone.utc)
    now += timedelta(minutes=draw.randrange(420 * 24 * 60), seconds=draw.choice([0, 0, 1, 59]))
    windows = list(islice(schedule.windows(now), WINDOWS + 1))
    clock.freeze_at(now)

    arn = configured(sm, clock, account, schedule.rules)

    described = sm.describe_secret(SecretId=arn)
    assert described["RotationEnabled"] is True
    assert "LastRotatedDate" not in described
    assert_days(schedule, described, windows)
    waiting = iter(windows)
    following = next(waiting)
    passed = 0
    while passed < WINDOWS:
        assert described["NextRotationDate"] == following.end, f"after {now}"
        # Past the next window's opening, or past those of some more at once.
        leap = min(draw.choice([1, 1, 1, 2, 3]), WINDOWS - passed)
        due = [following, *islice(waiting, leap - 1)]
        now = due[-1].start + timedelta(minutes=draw.randrange(60))

        done = clock.set(now)

        assert rotations(done, arn) == [window.start for window in due]
        described = sm.describe_secret(SecretId=arn)
        assert described["LastRotatedDate"] == due[-1].start
        passed += leap
        following = next(waiting)
    assert described["NextRotationDate"] == following.end, f"after {now}"


@pytest.mark.parametrize("schedule", EXAMPLES, ids=str)
def test_nothing_happens_before_a_window_opens(
    sm: BaseClient, clock: Clock, account: str, schedule: Schedule
) -> None:
    """A second before, at the moment itself, and a second after."""
    now = datetime(2027, 11, 7, 11, 30, tzinfo=timezone.utc)
    clock.freeze_at(now)
    window = next(schedule.windows(now))
    arn = configured(sm, clock, account, schedule.rules)

    assert rotations(clock.set(window.start - timedelta(seconds=1)), arn) == []
    assert sm.describe_secret(SecretId=arn)["NextRotationDate"] == window.end
    assert rotations(clock.set(window.start), arn) == [window.start]
    assert rotations(clock.set(window.start + timedelta(seconds=1)), arn) == []


@pytest.mark.parametrize(
    "rules",
    [
        {"ScheduleExpression": expression}
        for expression in [
            "rate(0 days)",
            "rate(1000 days)",
            "rate(3 hours)",
            "rate(10 minutes)",
            "rate(days)",
            "cron(0 8 * * ?)",
            "cron(0 8 * * ? * *)",
            "cron(30 8 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 /3 * * ? *)",
            "cron(0 L * * ? *)",
            "cron(0 8 32 * ? *)",
            "cron(0 8 31 2 ? *)",
            "cron(0 8 1 13 ? *)",
            "cron(0 8 1 L ? *)",
            "cron(0 8 ? * 0 *)",
            "cron(0 8 ? * 8 *)",
            "cron(0 8 ? * MON#6 *)",
            "cron(0 8 * * * *)",
            "cron(0 8 ? * ? *)",
            "cron(0 8 * * ? 2027)",
            "every day",
        ]
    ]
    + [
        {"Duration": "3h"},
        {"AutomaticallyAfterDays": 10, "Duration": "0h"},
        {"AutomaticallyAfterDays": 10, "Duration": "25h"},
        {"ScheduleExpression": "rate(4 hours)", "Duration": "5h"},
        {"ScheduleExpression": "cron(0 8 * * ? *)", "Duration": "17h"},
        {"ScheduleExpression": "cron(0 8/8 * * ? *)", "Duration": "9h"},
    ],
    ids=lambda rules: " ".join(str(value) for value in rules.values()),
)
def test_what_is_no_schedule_is_refused(
    sm: BaseClient, account: str, rules: dict[str, Any]
) -> None:
    """Fact 5.5: bad schedule text: its code; the sentence is unknown. Nothing is stored."""
    sm.create_secret(Name="unscheduled", SecretString="old")

    with pytest.raises(ClientError) as refused:
        sm.rotate_secret(
            SecretId="unscheduled", RotationLambdaARN=function_arn(account), RotationRules=rules
        )

    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
    described = sm.describe_secret(SecretId="unscheduled")
    assert "RotationRules" not in described
    assert "RotationEnabled" not in described


def test_days_and_an_expression_exclude_each_other(sm: BaseClient, account: str) -> None:
    """Fact 5.5: both AutomaticallyAfterDays and ScheduleExpression"""
    sm.create_secret(Name="unscheduled", SecretString="old")

    with pytest.raises(ClientError) as refused:
        sm.rotate_secret(
            SecretId="unscheduled",
            RotationLambdaARN=function_arn(account),
            RotationRules={"AutomaticallyAfterDays": 10, "ScheduleExpression": "rate(10 days)"},
        )

    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterException"
    assert error["Message"] == (
        "You cannot specify both rotation frequency and schedule expression together."
    )
