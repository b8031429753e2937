"""`secretstack clock` and `secretstack rotations`, which ask a server that runs."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from datetime import timedelta

import pytest
from botocore.client import BaseClient

from admin import Admin, instant
from conftest import StartWorker
from emulator import Emulator, binary_under_test
from expect import STEPS
from workers import Control, function_arn, rotate_when_known

TIMEOUT_SECONDS = 60.0
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the binary under test, however it ends."""
    return subprocess.run(
        [binary_under_test(), *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def stdout(*arguments: str, **environment: str) -> str:
    """Run a command that must succeed; what it printed."""
    done = run(*arguments, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def at(emulator: Emulator) -> tuple[str, str]:
    """The option that names the server."""
    return ("--endpoint", emulator.endpoint)


def test_the_clock(admin: Admin, at: tuple[str, str]) -> None:
    """Each word of it, one after the other."""
    shown = stdout("clock", "now", *at)
    [now] = TIME.findall(shown)
    assert abs(instant(now) - admin.now()) < timedelta(seconds=30)
    assert TIME.search(stdout("clock", *at))

    stdout("clock", "freeze", *at)
    assert admin.clock()["mode"] == "frozen"
    assert "2027-01-01T00:00:00" in stdout("clock", "set", "2027-01-01T00:00:00Z", *at)
    assert admin.now() == instant("2027-01-01T00:00:00Z")
    assert "2027-02-01T00:00:00" in stdout("clock", "advance", "31d", *at)
    assert admin.now() == instant("2027-02-01T00:00:00Z")
    stdout("clock", "speed", "3600", *at)
    assert (admin.clock()["mode"], admin.clock()["speed"]) == ("fast", 3600.0)
    stdout("clock", "resume", *at)
    assert (admin.clock()["mode"], admin.clock()["speed"]) == ("shifted", 1.0)


def test_advancing_says_what_was_done(admin: Admin, sm: BaseClient, at: tuple[str, str]) -> None:
    """One line for each thing, with its time."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    for name, days in (("week", 7), ("fortnight", 14)):
        sm.create_secret(Name=name, SecretString="old")
        sm.delete_secret(SecretId=name, RecoveryWindowInDays=days)

    shown = stdout("clock", "advance", "31d", *at)

    lines = [line for line in shown.splitlines() if "SecretDeleted" in line]
    assert [("2027-03-08T10:30" in line, ":secret:week-" in line) for line in lines[:1]] == [
        (True, True)
    ]
    assert "2027-03-15T10:30" in lines[1]
    assert ":secret:fortnight-" in lines[1]


def test_the_endpoint_by_environment(emulator: Emulator, admin: Admin) -> None:
    """`SECRETSTACK_ENDPOINT` names the server too."""
    stdout("clock", "freeze", SECRETSTACK_ENDPOINT=emulator.endpoint)

    assert admin.clock()["mode"] == "frozen"


def test_rotations(
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    account: str,
    at: tuple[str, str],
) -> None:
    """A table of all attempts, or of one secret's, with the error of the one that failed."""
    good, bad = (sm.create_secret(Name=name, SecretString="old")["ARN"] for name in ("good", "bad"))
    function = function_arn("rotate", account)
    start_worker("rotate")
    control.fail("bad", "testSecret", "wrong password")
    admin.succeeded(good, rotate_when_known(sm, SecretId="good", RotationLambdaARN=function))
    admin.failed(bad, sm.rotate_secret(SecretId="bad", RotationLambdaARN=function)["VersionId"])

    shown = stdout("rotations", *at)
    assert "good" in shown
    assert "succeeded" in shown
    assert "bad" in shown
    assert "wrong password" in shown
    assert "testSecret" in shown

    for secret in ("bad", bad):
        shown = stdout("rotations", "--secret", secret, *at)
        assert "wrong password" in shown
        assert "good" not in shown
        assert "succeeded" not in shown


def test_no_rotations(at: tuple[str, str]) -> None:
    """Nothing to show is no error."""
    assert not any(step in stdout("rotations", *at) for step in STEPS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("clock", "advance"),
        ("clock", "advance", "soon"),
        ("clock", "set", "tomorrow"),
        ("clock", "speed", "0"),
        ("clock", "travel", "1d"),
    ],
    ids=" ".join,
)
def test_mistakes(admin: Admin, at: tuple[str, str], arguments: tuple[str, ...]) -> None:
    """They end with a reason on standard error, and change nothing."""
    done = run(*arguments, *at)

    assert done.returncode not in {0, 101}
    assert done.stderr.strip()
    assert done.stdout == ""
    assert admin.clock()["mode"] == "real"


@pytest.mark.parametrize("arguments", [("clock",), ("clock", "freeze"), ("rotations",)])
def test_nobody_there(arguments: tuple[str, ...]) -> None:
    """The reason names the endpoint."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        done = run(*arguments, "--endpoint", endpoint)

    assert done.returncode not in {0, 101}
    assert endpoint.removeprefix("http://") in done.stderr
