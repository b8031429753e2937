"""Whole pytest sessions: several workers, servers that die, sessions that are killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import is_running, wait_until

NOTES = """
import json, os, pathlib

def note(secretstack):
    entry = {"worker": os.environ.get("PYTEST_XDIST_WORKER"), "server": secretstack.pid, "pytest": os.getpid()}
    with open("notes", "a") as notes:
        print(json.dumps(entry), file=notes)
"""


def notes(folder: Path) -> list[dict[str, Any]]:
    """What the tests of a session noted."""
    path = folder / "notes"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def wait_until_all_end(folder: Path) -> None:
    """Wait until every server that was noted has ended."""
    servers = {entry["server"] for entry in notes(folder)}
    assert servers
    wait_until(lambda: not any(map(is_running, servers)), f"the servers {servers} end")


@pytest.mark.parametrize("workers", [0, 2])
def test_each_worker_has_one_server_which_ends_with_the_session(pytester: pytest.Pytester, workers: int) -> None:
    pytester.makeconftest(NOTES)
    pytester.makepyfile(
        """
        import pytest
        from conftest import note

        @pytest.mark.parametrize("number", range(20))
        def test_alone(secretstack, secretsmanager, number):
            note(secretstack)
            assert secretsmanager.list_secrets()["SecretList"] == []
            secretsmanager.create_secret(Name="db")
        """
    )
    pytester.runpytest_subprocess("-n", str(workers)).assert_outcomes(passed=20)
    entries = notes(pytester.path)
    of_workers = {entry["worker"]: entry["server"] for entry in entries}
    assert len(of_workers) == max(workers, 1)
    assert {entry["server"] for entry in entries} == set(of_workers.values())
    assert len(set(of_workers.values())) == max(workers, 1)
    wait_until_all_end(pytester.path)


def test_a_server_that_dies_fails_its_test_and_the_next_has_a_new_one(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(NOTES)
    pytester.makepyfile(
        """
        import os, signal
        from conftest import note

        def test_dies_and_asks_by_boto3(secretstack, secretsmanager):
            note(secretstack)
            secretsmanager.list_secrets()
            while not secretstack.log():
                pass
            os.kill(secretstack.pid, signal.SIGKILL)
            secretsmanager.list_secrets()

        def test_dies_unseen(secretstack, secretsmanager):
            note(secretstack)
            assert secretsmanager.list_secrets()["SecretList"] == []
            os.kill(secretstack.pid, signal.SIGKILL)

        def test_next(secretstack, secretsmanager):
            note(secretstack)
            assert secretsmanager.list_secrets()["SecretList"] == []
            secretstack.stop()

        def test_after_one_that_stopped_it_on_purpose(secretstack):
            note(secretstack)
            secretstack.now()
        """
    )
    result = pytester.runpytest_subprocess("-o", "secretstack_args=--log info")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*_ test_dies_and_asks_by_boto3 _*",
            "> * secretsmanager.list_secrets()",
            "E*ServerDiedError: the emulator was ended by SIGKILL; its last log lines:",
            '* operation="ListSecrets" *',
            "*_ test_dies_unseen _*",
            "the emulator was ended by SIGKILL; *",
        ]
    )
    assert len({entry["server"] for entry in notes(pytester.path)}) == 4
    wait_until_all_end(pytester.path)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_session_that_is_killed_leaves_nothing_running(pytester: pytest.Pytester, workers: int) -> None:
    pytester.makeconftest(NOTES)
    pytester.makepyfile(
        """
        import sys, threading
        import pytest
        from conftest import note

        @pytest.mark.parametrize("number", range(2))
        def test_waits(secretstack, number):
            note(secretstack)
            threading.Event().wait()
        """
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as session:
        try:
            wait_until(lambda: len(notes(pytester.path)) == max(workers, 1), "the tests run")
        finally:
            session.kill()
    wait_until_all_end(pytester.path)
