"""A server that cannot be found, cannot start, or dies: what is said then."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from processes import wait_for_log

from secretstack import BinaryNotFoundError, Emulator, Error, ServerDiedError, StartError


def _program(folder: Path, script: str) -> Path:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_program_that_is_named_and_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETSTACK_BIN", "/nowhere/secretstack")
    expected = "^SECRETSTACK_BIN names /nowhere/secretstack, which is not a program that can be run$"
    with pytest.raises(BinaryNotFoundError, match=expected):
        Emulator().start()


def test_the_program_that_is_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETSTACK_BIN", str(_program(tmp_path, "echo it is me >&2; exit 3")))
    with pytest.raises(StartError) as failed:
        Emulator().start()
    assert str(failed.value) == (
        "the emulator ended with exit code 3 before it was ready; its last log lines:\n  it is me"
    )


def test_wrong_arguments_are_told_in_the_servers_words() -> None:
    with pytest.raises(StartError, match="ended with exit code 2 before it was ready(.|\n)*a region looks like"):
        Emulator(region="Mars").start()


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="^the emulator could not be started: .*No such file"):
        Emulator(binary=tmp_path / "missing").start()


def test_a_server_that_is_not_ready_in_time_is_given_up_and_ended(tmp_path: Path) -> None:
    program = _program(tmp_path, f"echo $$ > {tmp_path}/pid; echo hm >&2; exec cat")
    with pytest.raises(StartError, match="^the emulator was not ready within 1 s; its last log lines:\n  hm$"):
        Emulator(binary=program, start_timeout=1).start()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_server_that_dies_says_how_and_its_last_log_lines() -> None:
    with Emulator(arguments=["--log", "info"]) as emulator:
        emulator.client("secretsmanager").list_secrets()
        wait_for_log(emulator, "ListSecrets")
        os.kill(emulator.pid, signal.SIGKILL)
        with pytest.raises(ServerDiedError) as died:
            emulator.now()
        first, *rest = str(died.value).splitlines()
        assert first == "the emulator was ended by SIGKILL; its last log lines:"
        assert any("ListSecrets" in line for line in rest)
        # Asked again it says the same, and it can be stopped and started.
        with pytest.raises(Error, match="SIGKILL"):
            emulator.check_alive()
        emulator.start()
        emulator.check_alive()
