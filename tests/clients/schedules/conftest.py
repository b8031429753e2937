"""Fixtures of the schedules suite: each test sets the clock, so each has a server of its own."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emulator import (  # noqa: E402, F401 - fixtures are found by their names here
    REGION,
    Emulator,
    client_environment,
    own_account,
    server_survives,
    start_emulator,
)
from rotation_function import RotationFunction  # noqa: E402 - emulator first, as in other suites

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.01
REQUEST_SECONDS = 120.0

_without_proxies = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Clock:
    """The clock of one server, by the emulator's own paths."""

    endpoint: str

    def freeze_at(self, time: datetime) -> None:
        """Let it stand still at this time, so that only the test moves it."""
        self._ask("/_secretstack/clock", {"freeze": True})
        self.set(time)

    def set(self, time: datetime) -> list[dict[str, Any]]:
        """Move it; what fell due on the way."""
        shown = time.isoformat().replace("+00:00", "Z")
        answer = self._ask("/_secretstack/clock", {"set": shown})
        assert datetime.fromisoformat(answer["now"].replace("Z", "+00:00")) == time
        done: list[dict[str, Any]] = answer["done"]
        return done

    def wait_for_test(self, arn: str) -> None:
        """Wait until the function has been tested, which RotateImmediately=false asks for."""
        deadline = monotonic() + PATIENCE_SECONDS
        while True:
            rows = self._ask(f"/_secretstack/rotations?secret={arn}")
            if rows and rows[-1]["state"] == "succeeded":
                return
            if monotonic() > deadline:
                pytest.fail(f"the function is not tested after {PATIENCE_SECONDS:.0f} s: {rows}")
            sleep(POLL_SECONDS)

    def _ask(self, path: str, change: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self.endpoint + path,
            None if change is None else json.dumps(change).encode(),
            method="GET" if change is None else "PUT",
        )
        with _without_proxies.open(request, timeout=REQUEST_SECONDS) as answer:
            return json.load(answer)


@pytest.fixture(scope="session", autouse=True)
def hermetic_boto3(client_environment: dict[str, str]) -> Iterator[None]:  # noqa: F811
    """boto3 reads no configuration, credentials or proxies of whoever runs the tests."""
    with mock.patch.dict(os.environ, client_environment, clear=True):
        yield


@pytest.fixture(scope="session")
def boto_session(hermetic_boto3: None) -> boto3.session.Session:
    """One session for all clients, because loading the service model is the slow part."""
    return boto3.session.Session()


@pytest.fixture(scope="session")
def function() -> Iterator[RotationFunction]:
    """Who runs the functions of all servers."""
    function = RotationFunction()
    yield function
    function.close()


@pytest.fixture
def emulator(function: RotationFunction) -> Iterator[Emulator]:
    """A server whose functions are that one."""
    emulator = start_emulator("--lambda-endpoint", function.url)
    yield emulator
    emulator.stop()


@pytest.fixture
def clock(emulator: Emulator) -> Clock:
    """Its clock."""
    return Clock(emulator.endpoint)


@pytest.fixture
def sm(
    emulator: Emulator,
    boto_session: boto3.session.Session,
    function: RotationFunction,
    account: str,
) -> BaseClient:
    """A client of this test's own account, which the function uses too."""
    client = boto_session.client(
        "secretsmanager",
        region_name=REGION,
        endpoint_url=emulator.endpoint,
        aws_access_key_id=account,
        aws_secret_access_key="the-emulator-does-not-mind",
        config=Config(retries={"total_max_attempts": 1}),
    )
    function.client = client
    return client
