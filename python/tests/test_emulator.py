"""`secretstack.Emulator`: reaching the server, and steering it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest
from processes import wait_for_log

from secretstack import Emulator, NotRunningError, RefusedError

NEW_YEAR = datetime(2027, 1, 1, tzinfo=timezone.utc)


def test_a_client_reaches_it_whatever_its_users_configuration_says(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:9")
    client = emulator.client("secretsmanager")
    assert client.create_secret(Name="db", SecretString="hunter2")["ARN"].startswith(
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-"
    )


def test_a_client_takes_boto3s_arguments(emulator: Emulator) -> None:
    client = emulator.client("secretsmanager", aws_access_key_id="123456789012", region_name="eu-west-1")
    assert client.create_secret(Name="db")["ARN"].startswith("arn:aws:secretsmanager:eu-west-1:123456789012:")


def test_account_and_region_are_the_servers_and_its_clients() -> None:
    with Emulator(account="123456789012", region="eu-central-1") as emulator:
        arn = emulator.client("secretsmanager").create_secret(Name="db")["ARN"]
        assert arn.startswith("arn:aws:secretsmanager:eu-central-1:123456789012:")
        assert emulator.environ["AWS_REGION"] == "eu-central-1"


def test_a_child_process_reaches_it_by_its_variables(emulator: Emulator) -> None:
    emulator.client("secretsmanager").create_secret(Name="db", SecretString="hunter2")
    code = "import boto3; print(boto3.client('secretsmanager').get_secret_value(SecretId='db')['SecretString'])"
    child = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **emulator.environ},
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "hunter2\n"


def test_hosts_that_no_proxy_leads_to_stay(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for hosts, with_ours in [
        ("example.com", "example.com,127.0.0.1"),
        ("127.0.0.1,example.com", "127.0.0.1,example.com"),
        ("*", "*"),
        ("", "127.0.0.1"),
    ]:
        monkeypatch.setenv("NO_PROXY", hosts)
        assert emulator.environ["NO_PROXY"] == with_ours
        assert emulator.environ["no_proxy"] == with_ours


def test_its_settings_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETSTACK_ACCOUNT", "not an account")
    monkeypatch.setenv("SECRETSTACK_LISTEN", "not an address")
    with Emulator(env={"SECRETSTACK_LOG": "info"}) as emulator:
        emulator.client("secretsmanager").list_secrets()
        wait_for_log(emulator, "ListSecrets")


def test_arguments_are_the_servers() -> None:
    with Emulator(arguments=["--log", "info"]) as emulator:
        emulator.client("secretsmanager").list_secrets()
        wait_for_log(emulator, "ListSecrets")


def test_the_clock_is_frozen_set_and_advanced(emulator: Emulator) -> None:
    emulator.freeze()
    emulator.set_time(NEW_YEAR)
    assert emulator.now() == NEW_YEAR
    emulator.advance("1d12h")
    assert emulator.now() == datetime(2027, 1, 2, 12, tzinfo=timezone.utc)
    emulator.advance(timedelta(days=-1, hours=25, milliseconds=-1))
    assert emulator.now() == datetime(2027, 1, 2, 13, tzinfo=timezone.utc)


def test_a_time_may_be_a_text_or_without_a_zone(emulator: Emulator) -> None:
    emulator.freeze()
    for time in ("2027-01-01T00:00:00Z", "2027-01-01T01:00:00+01:00", datetime(2027, 1, 1)):
        emulator.set_time("2026-01-01T00:00:00Z")
        emulator.set_time(time)
        assert emulator.now() == NEW_YEAR


def test_the_clock_runs_faster_and_again_as_usual(emulator: Emulator) -> None:
    emulator.freeze()
    emulator.speed(1_000_000)
    seen = emulator.now()
    while emulator.now() - seen < timedelta(seconds=1):
        pass
    emulator.freeze()
    emulator.set_time(NEW_YEAR)
    emulator.resume()
    assert emulator.now() - NEW_YEAR < timedelta(hours=1)


def test_what_fell_due_is_told(emulator: Emulator) -> None:
    client = emulator.client("secretsmanager")
    emulator.freeze()
    emulator.set_time(NEW_YEAR)
    arn = client.create_secret(Name="db")["ARN"]
    client.delete_secret(SecretId="db", RecoveryWindowInDays=7)
    (done,) = emulator.advance("31d")
    assert (done.event, done.resource, done.time) == ("SecretDeleted", arn, NEW_YEAR + timedelta(days=7))
    assert "EndSecretVersionDelete" in [event["eventName"] for event in emulator.events()]
    assert emulator.rotations() == []


def test_the_server_says_what_is_wrong_with_a_request(emulator: Emulator) -> None:
    with pytest.raises(RefusedError, match='^"soon" is not a duration such as 31d') as refused:
        emulator.advance("soon")
    assert refused.value.status == 400


def test_it_can_be_stopped_and_started_again(emulator: Emulator) -> None:
    emulator.client("secretsmanager").create_secret(Name="db")
    emulator.stop()
    emulator.stop()
    with pytest.raises(NotRunningError, match=r"call start\(\)"):
        emulator.now()
    emulator.start()
    assert emulator.client("secretsmanager").list_secrets()["SecretList"] == []
