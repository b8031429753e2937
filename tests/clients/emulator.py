"""The emulator under test as a process, and the fixtures that every Python suite shares.

A suite's `conftest.py` puts this folder on `sys.path` and imports the fixtures by name. The module
needs only pytest, because each suite lives in its own virtual environment with its own AWS client.

The contract with the binary: started as `$SECRETSTACK_BIN --listen 127.0.0.1:0` it announces its
endpoint and then the line `Ready.` on standard output, serves until SIGTERM, and ends with exit
code 0. Isolation needs no clean-up: an access key id of exactly twelve digits names the account,
and every test takes a fresh one.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Queue
from time import monotonic
from typing import IO, NoReturn

import pytest

BINARY_VARIABLE = "SECRETSTACK_BIN"
REGION = "us-east-1"

_READY_LINE = "Ready."
_ENDPOINT = re.compile(r"http://127\.0\.0\.1:\d+")
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0
_STDERR_LINES = 40
_PROXY_VARIABLES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}

_accounts = itertools.count(100_000_000_001)


class Emulator:
    """One running emulator: where it listens, whether it lives, and what it said last."""

    def __init__(self, binary: str) -> None:
        self._process = subprocess.Popen(
            [binary, "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=_server_environment(),
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._stdout: Queue[str | None] = Queue()
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._readers = [
            _in_background(self._read_stdout, self._process.stdout),
            _in_background(self._stderr.extend, self._process.stderr),
        ]
        try:
            self.endpoint = self._wait_for_endpoint()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def check_alive(self) -> None:
        """Fail with the server's last words if it has ended."""
        code = self._process.poll()
        if code is not None:
            self._fail(f"the emulator ended with exit code {code} while tests were running")

    def stop(self) -> None:
        """End the server as an orchestrator does, and insist on a clean exit."""
        self.check_alive()
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            self._fail(f"the emulator still ran {_STOP_SECONDS:.0f} s after SIGTERM")
        if code != 0:
            self._fail(f"the emulator answered SIGTERM with exit code {code}, not 0")

    def _wait_for_endpoint(self) -> str:
        endpoint = None
        deadline = monotonic() + _START_SECONDS
        while (line := self._next_line(deadline)) != _READY_LINE:
            if endpoint is None and (announced := _ENDPOINT.search(line)):
                endpoint = announced.group()
        if endpoint is None:
            self._fail(f"the emulator printed {_READY_LINE!r} without announcing an endpoint")
        return endpoint

    def _next_line(self, deadline: float) -> str:
        try:
            line = self._stdout.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            self._fail(f"the emulator was not ready within {_START_SECONDS:.0f} s")
        if line is None:
            code = self._process.wait(_STOP_SECONDS)
            self._fail(
                f"the emulator ended with exit code {code} before it printed {_READY_LINE!r}"
            )
        return line

    def _read_stdout(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._stdout.put(line.rstrip("\r\n"))
        self._stdout.put(None)

    def _fail(self, reason: str) -> NoReturn:
        if self._process.poll() is not None:
            for reader in self._readers:
                reader.join(_STOP_SECONDS)
        said = "".join(self._stderr) or "(nothing)\n"
        pytest.fail(f"{reason}; its last lines on standard error:\n{said}", pytrace=False)


def start_emulator() -> Emulator:
    """Start the binary under test; a missing setting is a failure, never a skip."""
    binary = os.environ.get(BINARY_VARIABLE)
    if not binary:
        pytest.fail(
            f"set {BINARY_VARIABLE} to the secretstack binary that these tests shall run against",
            pytrace=False,
        )
    return Emulator(binary)


def fresh_account() -> str:
    """An account that no other test of this run has used."""
    return str(next(_accounts))


@pytest.fixture(name="emulator", scope="session")
def running_emulator() -> Iterator[Emulator]:
    """The server of the whole session, ended by SIGTERM with exit code 0."""
    emulator = start_emulator()
    yield emulator
    emulator.stop()


@pytest.fixture(autouse=True)
def server_survives(emulator: Emulator) -> Iterator[None]:
    """No test may begin with a dead server, or leave one."""
    emulator.check_alive()
    yield
    emulator.check_alive()


@pytest.fixture(name="account")
def own_account() -> str:
    """The account of this test alone."""
    return fresh_account()


@pytest.fixture(scope="session")
def client_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an AWS client that knows nothing of its user's configuration."""
    home = tmp_path_factory.mktemp("home")
    return {
        **{name: value for name, value in os.environ.items() if not _steers_a_client(name)},
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _steers_a_client(variable: str) -> bool:
    return variable.startswith(("AWS_", "BOTO_")) or variable.lower() in _PROXY_VARIABLES


def _server_environment() -> dict[str, str]:
    """The caller's environment without settings that would change the server's defaults."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("SECRETSTACK_")
    }


def _in_background(read: Callable[[IO[str]], object], stream: IO[str]) -> threading.Thread:
    thread = threading.Thread(target=read, args=(stream,), daemon=True)
    thread.start()
    return thread
