"""Fixtures of the AWS CLI suite: the real `aws` command of this virtual environment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emulator import (  # noqa: F401 - fixtures are found by their names here
    REGION,
    Emulator,
    client_environment,
    own_account,
    running_emulator,
    server_survives,
)

TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Aws:
    """The commands of one service, with one account's credentials in their environment."""

    environment: Mapping[str, str]
    options: tuple[str, ...]
    service: str = "secretsmanager"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command, however it ends."""
        return subprocess.run(
            [Path(sys.executable).with_name("aws"), self.service, *arguments, *self.options],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )

    def stdout(self, *arguments: str) -> str:
        """Run a command that must succeed; what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command that must succeed; the JSON that it printed."""
        return json.loads(self.stdout(*arguments))

    def text(self, query: str, *arguments: str) -> str:
        """One member of the answer as scripts fetch it: `--query ... --output text`."""
        return self.stdout(*arguments, "--query", query, "--output", "text").removesuffix("\n")

    def refused(self, *arguments: str) -> str:
        """Run a command that the service must refuse; the error that it printed."""
        done = self.run(*arguments)
        assert done.returncode in {254, 255}, (done.stdout, done.stderr)
        assert done.stdout == ""
        return done.stderr.strip()


@pytest.fixture
def aws_environment(client_environment: dict[str, str], account: str) -> dict[str, str]:  # noqa: F811
    """Credentials of this test's own account and nothing else of a user's configuration."""
    return {
        **client_environment,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "the-emulator-does-not-mind",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
        "PYTHONUTF8": "1",
    }


@pytest.fixture
def aws(emulator: Emulator, aws_environment: dict[str, str]) -> Aws:
    """`aws secretsmanager`, pointed at the emulator by `--endpoint-url`."""
    return Aws(aws_environment, ("--endpoint-url", emulator.endpoint, "--region", REGION))


@pytest.fixture
def kms(aws: Aws) -> Aws:
    """`aws kms` of the same account."""
    return replace(aws, service="kms")


@pytest.fixture
def sts(aws: Aws) -> Aws:
    """`aws sts` of the same account."""
    return replace(aws, service="sts")
