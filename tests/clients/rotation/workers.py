"""Rotation functions in processes of their own, and how a test steers them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from admin import Row, eventually
from emulator import REGION

FUNCTIONS = Path(__file__).with_name("functions")
STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Control:
    """The folder that `functions/control.py` looks at."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a function needs to find this folder, and its own modules."""
        return {
            "ROTATION_CONTROL": str(self.folder),
            "PYTHONPATH": str(FUNCTIONS),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def hold(self, secret: str, step: str) -> None:
        """Let a step of this secret's rotation wait."""
        self._order(secret, step, "hold").touch()

    def release(self, secret: str, step: str) -> None:
        """Let a held step go on."""
        self._order(secret, step, "hold").unlink()

    def fail(self, secret: str, step: str, message: str) -> None:
        """Let a step of this secret's rotation raise."""
        self._order(secret, step, "fail").write_text(message)

    def mend(self, secret: str, step: str) -> None:
        """Let it raise no longer."""
        self._order(secret, step, "fail").unlink()

    def break_import(self, message: str) -> None:
        """Let `broken.py` raise when it is imported."""
        (self.folder / "import.fail").write_text(message)

    def mend_import(self) -> None:
        """Let it be imported."""
        (self.folder / "import.fail").unlink()

    def journal(self, kind: str) -> list[Row]:
        """The lines of one kind that functions have written so far."""
        path = self.folder / "journal.jsonl"
        if not path.exists():
            return []
        lines = path.read_bytes().splitlines(keepends=True)
        rows = [json.loads(line) for line in lines if line.endswith(b"\n")]
        return [row for row in rows if row["kind"] == kind]

    def steps(self, arn: str, version: str | None = None) -> list[str]:
        """The steps that functions were asked to take for a secret, in order."""
        return [event["Step"] for event in self.events(arn, version)]

    def events(self, arn: str, version: str | None = None) -> list[dict[str, str]]:
        """The events that functions were given for a secret, in order."""
        events = [row["event"] for row in self.journal("invoked")]
        return [
            event
            for event in events
            if event["SecretId"] == arn and version in {None, event["ClientRequestToken"]}
        ]

    def wait_for_step(self, arn: str, step: str) -> None:
        """Until a function was asked to take this step for this secret."""
        eventually(lambda: self.steps(arn), lambda steps: step in steps, f"{step} of {arn}")

    def _order(self, secret: str, step: str, verb: str) -> Path:
        return self.folder / f"{secret.replace('/', '_')}.{step}.{verb}"


class Worker:
    """One process that serves a function by the Runtime API, started by the test."""

    def __init__(self, command: list[str], environment: Mapping[str, str], output: Path) -> None:
        self._output = output
        with output.open("wb") as sink:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=output.parent,
            )
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._output.read_text(errors="replace")

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """End it, if it has not ended by itself."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)


def runtime_api(endpoint: str, function: str) -> str:
    """The setting that leads a runtime client to this server and function."""
    return f"{endpoint.removeprefix('http://')}/_lambda/{function}"


def python_function(handler: str) -> list[str]:
    """The command of a Python function in AWS's runtime client."""
    return [sys.executable, "-m", "awslambdaric", handler]


def with_environment(environment: Mapping[str, str], command: list[str]) -> str:
    """A command line with settings of its own, for `--rotation-function`."""
    return shlex.join(["env", *(f"{k}={v}" for k, v in environment.items()), *command])


def function_arn(function: str, account: str) -> str:
    """The ARN of a Lambda function."""
    return f"arn:aws:lambda:{REGION}:{account}:function:{function}"


def rotate_when_known(sm: BaseClient, **request: Any) -> str:
    """RotateSecret as soon as the function has connected; the version it rotates to."""

    def rotate() -> Row | None:
        try:
            answer: Row = sm.rotate_secret(**request)
        except sm.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "AccessDeniedException":
                raise
            return None
        return answer

    answer = eventually(rotate, what="the function connects")
    assert answer is not None
    version: str = answer.get("VersionId", "")
    return version


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; one that nobody has reaped has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}
