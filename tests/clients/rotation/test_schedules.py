"""Schedules over months, driven by the clock in seconds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from botocore.client import BaseClient

from admin import Admin, Row, eventually, instant
from conftest import Connect, Start, StartEndpoint
from emulator import Emulator
from expect import (
    CURRENT,
    PENDING,
    PREVIOUS,
    STEPS,
    assert_took_its_steps,
    labels,
)
from lambda_endpoint import LambdaEndpoint
from test_invoke_api import taking_steps
from workers import function_arn

A_YEAR_SECONDS = 60.0
"""How long a year may take."""


@pytest.fixture
def endpoint(start_endpoint: StartEndpoint) -> LambdaEndpoint:
    """Who runs the functions here."""
    return start_endpoint()


@pytest.fixture
def emulator(start: Start, endpoint: LambdaEndpoint) -> Emulator:
    """A server that asks that endpoint."""
    return start("--lambda-endpoint", endpoint.url)


@pytest.fixture(autouse=True)
def working_function(endpoint: LambdaEndpoint, sm: BaseClient) -> None:
    """Every function works."""
    endpoint.behaviour = taking_steps(sm)


def scheduled(
    sm: BaseClient, admin: Admin, account: str, name: str, *, at_once: bool = False, **rules: Any
) -> str:
    """A secret with a schedule, rotated at once or only tested; its ARN."""
    arn: str = sm.create_secret(Name=name, SecretString="old")["ARN"]
    sm.rotate_secret(
        SecretId=name,
        RotationLambdaARN=function_arn("rotate", account),
        RotationRules=rules,
        RotateImmediately=at_once,
    )
    eventually(
        lambda: admin.newest(arn),
        lambda row: row is not None and row["state"] == "succeeded",
        f"the first attempt at {name} ends",
    )
    return arn


def of(done: list[Row], event: str, arn: str) -> list[datetime]:
    """When this happened to that."""
    return [
        instant(row["time"]) for row in done if row["event"] == event and row["resource"] == arn
    ]


def test_a_year_of_months(
    sm: BaseClient, admin: Admin, account: str, endpoint: LambdaEndpoint
) -> None:
    """Fact 5.3: examples accepted: `cron(0 8 1 * ? *)`: twelve rotations, each on its day."""
    admin.freeze_at("2027-01-01T00:00:00Z")
    arn = scheduled(sm, admin, account, "database", ScheduleExpression="cron(0 8 1 * ? *)")
    assert "LastRotatedDate" not in sm.describe_secret(SecretId="database")
    endpoint.invocations.clear()

    began = monotonic()
    done = admin.advance("365d")
    assert monotonic() - began < A_YEAR_SECONDS

    firsts = [
        datetime.fromisoformat(f"2027-{month:02}-01T08:00:00+00:00") for month in range(1, 13)
    ]
    assert of(done, "RotationSucceeded", arn) == firsts
    rows = [row for row in admin.rotations(arn) if row["trigger"] == "schedule"]
    assert len(rows) == 12
    for row, first in zip(rows, firsts, strict=True):
        assert row["state"] == "succeeded"
        assert instant(row["started"]) == instant(row["ended"]) == first
        assert_took_its_steps(row)
    events = [event for event in admin.events() if event["eventName"] == "RotationSucceeded"]
    assert [instant(event["eventTime"]) for event in events] == firsts
    # Four steps a month with one token, a new one each month.
    tokens = [invocation.event["ClientRequestToken"] for invocation in endpoint.invocations]
    assert tokens == [row["versionId"] for row in rows for _ in STEPS]
    assert len(set(tokens)) == 12
    shown = {version: stages - {PENDING} for version, stages in labels(sm, "database").items()}
    assert shown == {rows[-1]["versionId"]: {CURRENT}, rows[-2]["versionId"]: {PREVIOUS}}
    described = sm.describe_secret(SecretId="database")
    assert described["LastRotatedDate"] == firsts[-1]
    # Fact 5.4: when `ScheduleExpression` is set, DescribeSecret returns it and a computed number
    rules = described["RotationRules"]
    assert rules["ScheduleExpression"] == "cron(0 8 1 * ? *)"
    assert 28 <= rules["AutomaticallyAfterDays"] <= 31
    # Fact 5.3: default window: hours schedule, days schedule
    # Fact 5.4: `NextRotationDate` = latest moment the next rotation may occur
    end = datetime.fromisoformat("2028-01-02T00:00:00+00:00")
    assert end - timedelta(seconds=1) <= described["NextRotationDate"] <= end
    versions = sm.list_secret_version_ids(SecretId="database", IncludeDeprecated=True)["Versions"]
    created = sorted(version["CreatedDate"] for version in versions)
    assert created[1:] == firsts


def test_february_29th(sm: BaseClient, admin: Admin, account: str) -> None:
    """The last day of each month of a leap year."""
    admin.freeze_at("2028-01-01T00:00:00Z")
    arn = scheduled(sm, admin, account, "database", ScheduleExpression="cron(0 17 L * ? *)")

    done = admin.advance("366d")

    days = [(time.month, time.day) for time in of(done, "RotationSucceeded", arn)]
    assert days == [
        *[(1, 31), (2, 29), (3, 31), (4, 30), (5, 31), (6, 30)],
        *[(7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31)],
    ]


def test_rotations_and_recovery_windows_in_order(
    sm: BaseClient, admin: Admin, connect: Connect, emulator: Emulator, account: str
) -> None:
    """Advancing performs everything that falls due on the way, in order of time."""
    kms = connect(emulator, account, service="kms")
    admin.freeze_at("2027-03-01T10:30:00Z")
    mondays = scheduled(sm, admin, account, "mondays", ScheduleExpression="cron(0 8 ? * MON *)")
    # Fact 5.4: AutomaticallyAfterDays: interval counts from the actual last rotation
    decades = scheduled(sm, admin, account, "decades", at_once=True, AutomaticallyAfterDays=10)
    doomed = scheduled(sm, admin, account, "doomed", ScheduleExpression="cron(0 8 ? * TUE *)")
    week = sm.create_secret(Name="week", SecretString="old")["ARN"]
    month = sm.create_secret(Name="month", SecretString="old")["ARN"]
    restored = sm.create_secret(Name="restored", SecretString="old")["ARN"]
    key = kms.create_key()["KeyMetadata"]["Arn"]
    sm.delete_secret(SecretId="doomed", RecoveryWindowInDays=20)
    sm.delete_secret(SecretId="week", RecoveryWindowInDays=7)
    sm.delete_secret(SecretId="month", RecoveryWindowInDays=30)
    sm.delete_secret(SecretId="restored", RecoveryWindowInDays=7)
    sm.restore_secret(SecretId="restored")
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=12)

    done = admin.advance("31d")

    assert [instant(row["time"]) for row in done] == sorted(instant(row["time"]) for row in done)
    begun = [row for row in done if row["event"] == "RotationStarted"]
    ended = [row for row in done if row["event"] == "RotationSucceeded"]
    assert [(row["time"], row["resource"]) for row in begun] == [
        (row["time"], row["resource"]) for row in ended
    ]
    done = [row for row in done if row not in begun]
    assert [(row["time"][:16], row["event"], row["resource"]) for row in done] == [
        ("2027-03-08T08:00", "RotationSucceeded", mondays),
        ("2027-03-08T10:30", "SecretDeleted", week),
        ("2027-03-11T00:00", "RotationSucceeded", decades),
        ("2027-03-13T10:30", "KeyDeleted", key),
        ("2027-03-15T08:00", "RotationSucceeded", mondays),
        ("2027-03-21T00:00", "RotationSucceeded", decades),
        ("2027-03-21T10:30", "SecretDeleted", doomed),
        ("2027-03-22T08:00", "RotationSucceeded", mondays),
        ("2027-03-29T08:00", "RotationSucceeded", mondays),
        ("2027-03-31T00:00", "RotationSucceeded", decades),
        ("2027-03-31T10:30", "SecretDeleted", month),
    ]
    names = {entry["Name"] for entry in sm.list_secrets(IncludePlannedDeletion=True)["SecretList"]}
    assert names == {"mondays", "decades", "restored"}
    assert sm.describe_secret(SecretId="restored")["ARN"] == restored
    # Asking again for what is past does nothing twice.
    assert admin.advance("1s") == []


def test_small_steps_do_what_one_leap_does(sm: BaseClient, admin: Admin, account: str) -> None:
    """Nothing is lost or done twice between two changes of the clock."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = scheduled(
        sm, admin, account, "database", ScheduleExpression="rate(8 hours)", Duration="2h"
    )

    done = [row for _ in range(60) for row in admin.advance("2h")]

    times = of(done, "RotationSucceeded", arn)
    assert 14 <= len(times) <= 15
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(hours=8)}


def test_leaps_at_once_add_up(sm: BaseClient, admin: Admin, account: str) -> None:
    """Several tests of one run may advance the clock: none of them loses time."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = scheduled(sm, admin, account, "database", at_once=True, AutomaticallyAfterDays=1)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(admin.advance, ["3d"] * 8))

    assert admin.now() == instant("2027-03-25T10:30:00Z")
    done = [row for answer in answers for row in answer]
    assert len(of(done, "RotationSucceeded", arn)) == 24


def test_a_value_put_by_hand_counts(sm: BaseClient, admin: Admin, account: str) -> None:
    """Fact 5.2: a manual value update counts as a rotation for the schedule."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = scheduled(sm, admin, account, "database", at_once=True, AutomaticallyAfterDays=10)
    assert admin.advance("9d") == []

    sm.put_secret_value(SecretId="database", SecretString="by hand")

    assert of(admin.advance("9d"), "RotationSucceeded", arn) == []
    assert of(admin.advance("1d"), "RotationSucceeded", arn) == [instant("2027-03-20T00:00:00Z")]


def test_cancelled(sm: BaseClient, admin: Admin, account: str) -> None:
    """Fact 5.6: `RotationEnabled` → false; `RotationRules`, `RotationLambdaARN` stay visible."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = scheduled(sm, admin, account, "database", ScheduleExpression="cron(0 8 ? * MON *)")

    sm.cancel_rotate_secret(SecretId="database")

    described = sm.describe_secret(SecretId="database")
    assert described["RotationEnabled"] is False
    assert described["RotationRules"]["ScheduleExpression"] == "cron(0 8 ? * MON *)"
    assert described["RotationLambdaARN"] == function_arn("rotate", account)
    # Fact 5.4: absent when rotation is off
    assert "NextRotationDate" not in described
    assert admin.advance("60d") == []
    # Fact 5.6: RotateSecret turns it on again
    sm.rotate_secret(SecretId="database")
    eventually(lambda: admin.newest(arn), lambda row: row and row["trigger"] == "RotateSecret")
    eventually(lambda: admin.newest(arn), lambda row: row and row["state"] == "succeeded")
    assert of(admin.advance("7d"), "RotationSucceeded", arn)


def test_a_schedule_that_runs_by_itself(sm: BaseClient, admin: Admin, account: str) -> None:
    """A day in a second: nobody advances the clock, and the windows come."""
    arn = scheduled(sm, admin, account, "database", ScheduleExpression="rate(1 day)")
    admin.set_clock(speed=86_400)

    def performed() -> list[Row]:
        return [
            row
            for row in admin.rotations(arn)
            if row["trigger"] == "schedule" and row["state"] == "succeeded"
        ]

    rows = eventually(performed, lambda rows: len(rows) >= 3, "three days pass")

    days = [instant(row["started"]).date() for row in rows]
    assert len(set(days)) == len(days)
    assert days == sorted(days)


def test_a_retry_that_comes_by_itself(
    sm: BaseClient, admin: Admin, account: str, endpoint: LambdaEndpoint
) -> None:
    """A minute in half a second."""
    working, failures = endpoint.behaviour, iter(range(2))

    def behave(invocation: Any, reply: Any) -> None:
        if next(failures, None) is None:
            working(invocation, reply)
        else:
            reply.json(500, None)

    endpoint.behaviour = behave
    admin.set_clock(speed=120)
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )["VersionId"]

    eventually(
        lambda: admin.newest(arn),
        lambda row: row and (row["attempt"], row["state"]) == (3, "succeeded"),
        "the third attempt succeeds",
    )
    assert labels(sm, "database")[version] - {PENDING} == {CURRENT}
