"""Service events in CloudTrail's form: what rotations and deletions leave, without values."""

from __future__ import annotations

import json
import re
from itertools import islice

from botocore.client import BaseClient

from admin import Admin, Row, eventually, instant
from conftest import StartWorker
from emulator import REGION, Emulator
from expect import execution_failed
from workers import Control, function_arn, rotate_when_known

SERVICE = "secretsmanager.amazonaws.com"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def assert_in_cloudtrails_form(event: Row, arn: str, account: str) -> None:
    """Fact 11: Service event shape (documented example)."""
    assert re.fullmatch(r"1\.\d+", event["eventVersion"])
    assert event["userIdentity"] == {"accountId": account, "invokedBy": SERVICE}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["eventTime"])
    assert event["eventSource"] == SERVICE
    assert event["awsRegion"] == REGION
    assert event["sourceIPAddress"] == event["userAgent"] == SERVICE
    assert event["requestParameters"] is None
    assert event["responseElements"] is None
    assert event["additionalEventData"]["SecretId"] == arn
    assert UUID.fullmatch(event["eventID"])
    assert event["readOnly"] is False
    assert event["eventType"] == "AwsServiceEvent"
    assert event["managementEvent"] is True
    assert event["recipientAccountId"] == account
    assert event["eventCategory"] == "Management"


def test_rotations(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """Fact 11: rotation `RotationStarted`, `RotationAbandoned`, `RotationFailed`.

    Without any value, even one that the function put into its error.
    """
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = sm.create_secret(Name="database", SecretString="the-old-value")["ARN"]
    function = function_arn("rotate", account)
    start_worker("rotate")
    control.fail("database", "setSecret", "the-old-value is no password")
    version = rotate_when_known(sm, SecretId="database", RotationLambdaARN=function)
    admin.failed(arn, version)
    control.mend("database", "setSecret")
    admin.advance("1m")

    events = [event for event in admin.events() if event["eventName"].startswith("Rotation")]

    names = [event["eventName"] for event in events]
    assert [name for name in names if name != "RotationStarted"] == [
        "RotationFailed",
        "RotationSucceeded",
    ]
    assert names[0] == "RotationStarted"
    for event in events:
        assert_in_cloudtrails_form(event, arn, account)
        # Fact 11: `requestID` = `Rotation-{ARN}-{token}`
        assert event["requestID"] == f"Rotation-{arn}-{version}"
        if event["eventName"] == "RotationFailed":
            assert event["errorMessage"] == execution_failed(function, "setSecret")
            assert event["eventTime"] == "2027-03-01T10:30:00Z"
        else:
            assert event.get("errorMessage") is None
    assert events[-1]["eventTime"] == "2027-03-01T10:31:00Z"
    assert len({event["eventID"] for event in events}) == len(events)
    text = admin.request("GET", "/_secretstack/events").text
    assert "the-old-value" not in text
    new_value = sm.get_secret_value(SecretId="database")["SecretString"]
    assert new_value not in text
    assert json.dumps(new_value)[1:-1] not in text


def test_deletions(sm: BaseClient, admin: Admin, account: str) -> None:
    """Fact 11: deletion `StartSecretVersionDelete`, `CancelSecretVersionDelete` (RestoreSecret)."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = sm.create_secret(Name="database", SecretString="the-value")["ARN"]
    sm.delete_secret(SecretId="database", RecoveryWindowInDays=7)
    sm.restore_secret(SecretId="database")
    admin.advance("1d")
    sm.delete_secret(SecretId="database", RecoveryWindowInDays=7)
    admin.advance("7d")

    events = admin.events()

    assert [(event["eventTime"][:10], event["eventName"]) for event in events] == [
        ("2027-03-01", "StartSecretVersionDelete"),
        ("2027-03-01", "CancelSecretVersionDelete"),
        ("2027-03-02", "StartSecretVersionDelete"),
        ("2027-03-09", "EndSecretVersionDelete"),
    ]
    for event in events:
        assert_in_cloudtrails_form(event, arn, account)
    assert "the-value" not in admin.request("GET", "/_secretstack/events").text


def test_following(admin: Admin, sm: BaseClient) -> None:
    """First those that are there, then each as it happens, to everybody who follows."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    for name in ("a", "b"):
        sm.create_secret(Name=name, SecretString="old")
    sm.delete_secret(SecretId="a", RecoveryWindowInDays=7)

    with admin.following() as first, admin.following() as second:
        streams = first, second
        for stream in streams:
            [event] = islice(stream, 1)
            assert event["eventName"] == "StartSecretVersionDelete"
        sm.delete_secret(SecretId="b", RecoveryWindowInDays=8)
        for stream in streams:
            [event] = islice(stream, 1)
            assert event["additionalEventData"]["SecretId"].rpartition(":")[2].startswith("b-")
        admin.advance("8d")
        for stream in streams:
            ended = list(islice(stream, 2))
            assert [event["eventName"] for event in ended] == ["EndSecretVersionDelete"] * 2
            assert [instant(event["eventTime"]).day for event in ended] == [8, 9]

    assert len(admin.events()) == 4


def test_a_follower_does_not_keep_the_server(emulator: Emulator, admin: Admin) -> None:
    """The stream ends with it."""
    with admin.following() as stream:
        emulator.stop()
        assert list(stream) == []


def test_a_follower_that_reads_nothing(admin: Admin, sm: BaseClient) -> None:
    """It holds nobody up."""
    sm.create_secret(Name="database", SecretString="old")
    with admin.open("GET", "/_secretstack/events?follow"):
        for _ in range(500):
            sm.delete_secret(SecretId="database", RecoveryWindowInDays=7)
            sm.restore_secret(SecretId="database")

    assert eventually(lambda: len(admin.events())) == 1000
