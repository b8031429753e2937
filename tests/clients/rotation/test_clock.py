"""The clock: its modes, its durations, and clients that know nothing of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from admin import Admin, eventually, instant
from conftest import Connect
from emulator import Emulator

A_MOMENT = timedelta(seconds=30)
"""How long a few requests may take."""


def real_now() -> datetime:
    """What the machine's clock shows."""
    return datetime.now(UTC)


def test_untouched(admin: Admin) -> None:
    """It follows real time."""
    clock = admin.clock()

    assert set(clock) == {"now", "mode", "speed"}
    assert (clock["mode"], clock["speed"]) == ("real", 1.0)
    assert abs(instant(clock["now"]) - real_now()) < A_MOMENT


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("31d", timedelta(days=31)),
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("45s", timedelta(seconds=45)),
        ("2w", timedelta(weeks=2)),
        ("1d12h", timedelta(days=1, hours=12)),
    ],
)
def test_advancing(admin: Admin, text: str, duration: timedelta) -> None:
    """A jump; afterwards it runs on from there, or stands still if it stood still."""
    answer = admin.set_clock(advance=text)
    assert set(answer) == {"now", "mode", "speed", "done"}
    assert (answer["mode"], answer["speed"], answer["done"]) == ("shifted", 1.0, [])
    assert abs(instant(answer["now"]) - real_now() - duration) < A_MOMENT

    admin.freeze_at("2027-01-01T00:00:00Z")
    answer = admin.set_clock(advance=text)
    assert answer["mode"] == "frozen"
    assert instant(answer["now"]) == instant("2027-01-01T00:00:00Z") + duration
    assert admin.now() == instant(answer["now"])


def test_freezing_speeding_and_resuming(admin: Admin) -> None:
    """Each mode in turn; none of them jumps."""
    frozen = admin.set_clock(freeze=True)
    assert frozen["mode"] == "frozen"
    assert abs(instant(frozen["now"]) - real_now()) < A_MOMENT
    assert admin.clock()["now"] == frozen["now"]

    fast = admin.set_clock(speed=3600)
    assert (fast["mode"], fast["speed"]) == ("fast", 3600.0)
    hour_later = instant(frozen["now"]) + timedelta(hours=1)
    eventually(admin.now, lambda now: now > hour_later, "an hour passes")

    resumed = admin.set_clock(resume=True)
    assert (resumed["mode"], resumed["speed"]) == ("shifted", 1.0)
    assert instant(resumed["now"]) > hour_later
    assert instant(resumed["now"]) <= admin.now() <= instant(resumed["now"]) + A_MOMENT


@pytest.mark.parametrize("year", ["2019", "2040"])
def test_signed_requests_stay_acceptable(
    emulator: Emulator, admin: Admin, sm: BaseClient, connect: Connect, account: str, year: str
) -> None:
    """boto3 signs by the machine's clock; dates in answers are the emulator's."""
    admin.set_clock(set=f"{year}-02-03T04:05:06Z")
    admin.set_clock(freeze=True)

    sm.create_secret(Name="database", SecretString="old")
    sm.put_secret_value(SecretId="database", SecretString="new")

    assert sm.get_secret_value(SecretId="database")["SecretString"] == "new"
    described = sm.describe_secret(SecretId="database")
    assert described["CreatedDate"] == described["LastChangedDate"]
    assert described["CreatedDate"].isoformat()[:16] == f"{year}-02-03T04:05"
    assert connect(emulator, account, service="sts").get_caller_identity()["Account"] == account
    key = connect(emulator, account, service="kms").create_key()["KeyMetadata"]
    assert str(key["CreationDate"].year) == year
    url = sm.generate_presigned_url("get_secret_value", Params={"SecretId": "database"})
    path = url.removeprefix(emulator.endpoint)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.GetSecretValue",
    }
    with admin.open("POST", path, b'{"SecretId":"database"}', headers) as answer:
        assert json.loads(answer.read())["SecretString"] == "new"


def test_setting_it_back(admin: Admin, sm: BaseClient) -> None:
    """Time may go back; what is there stays."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    sm.create_secret(Name="database", SecretString="old")
    sm.delete_secret(SecretId="database", RecoveryWindowInDays=7)

    answer = admin.set_clock(set="2027-01-01T00:00:00Z")

    assert answer["done"] == []
    assert instant(answer["now"]) == instant("2027-01-01T00:00:00Z")
    assert "DeletedDate" in sm.describe_secret(SecretId="database")
    [done] = admin.set_clock(set="2027-03-08T10:30:00Z")["done"]
    assert done["event"] == "SecretDeleted"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"null",
        {},
        {"advance": "1d", "freeze": True},
        {"advance": ""},
        {"advance": "soon"},
        {"advance": "1"},
        {"advance": "-1d"},
        {"advance": 5},
        {"advance": "99999999999999999999d"},
        {"set": "tomorrow"},
        {"set": "2027-02-30T00:00:00Z"},
        {"speed": 0},
        {"speed": -1},
        {"speed": "fast"},
        {"freeze": "yes"},
        {"travel": "1d"},
    ],
    ids=str,
)
def test_changes_that_make_no_sense(admin: Admin, body: Any) -> None:
    """400, a reason, and nothing changed."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    before = admin.clock()

    answer = admin.request(
        "PUT", "/_secretstack/clock", body if isinstance(body, bytes) else json.dumps(body).encode()
    )

    assert answer.status == 400
    assert answer.json["error"]
    assert admin.clock() == before
