"""The emulator under test as a process, and the fixtures that every Python suite shares.

A suite's `conftest.py` puts this folder on `sys.path` and imports the fixtures by name. The module
needs only pytest, because each suite lives in its own virtual environment with its own AWS client.

The contract with the binary: started as `$SECRETSTACK_BIN --listen 127.0.0.1:0` it announces its
endpoint and then the line `Ready.` on standard output, serves until SIGTERM, and ends with exit
code 0. Isolation needs no clean-up: an access key id of exactly twelve digits names the account,
and every test takes a fresh one. A test that sets the clock, or that chooses options, starts a
server of its own.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from queue import Empty, Queue
from time import monotonic
from typing import IO, NoReturn

import pytest

BINARY_VARIABLE = "SECRETSTACK_BIN"
REGION = "us-east-1"
ANY_PORT = "127.0.0.1:0"

_READY_LINE = "Ready."
_ENDPOINT = re.compile(r"http://127\.0\.0\.1:\d+")
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0
_STDERR_LINES = 40
_PROXY_VARIABLES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}

_accounts = itertools.count(100_000_000_001)


class Emulator:
    """One running emulator: where it listens, whether it lives, and what it said."""

    def __init__(
        self,
        binary: str,
        *arguments: str,
        listen: str = ANY_PORT,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            [binary, "--listen", listen, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={**_server_environment(), **(environment or {})},
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.ended_on_purpose = False
        self._stdout: Queue[str | None] = Queue()
        self._stderr: list[str] = []
        self._readers = [
            _in_background(self._read_stdout, self._process.stdout),
            _in_background(self._read_stderr, self._process.stderr),
        ]
        try:
            self.endpoint = self._wait_for_endpoint()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    @property
    def log(self) -> list[str]:
        """The lines of standard error so far."""
        return list(self._stderr)

    def check_alive(self) -> None:
        """Fail with the server's last words if it has ended."""
        code = self._process.poll()
        if code is not None:
            self._fail(f"the emulator ended with exit code {code} while tests were running")

    def stop(self) -> None:
        """End the server as an orchestrator does, and insist on a clean exit."""
        self.check_alive()
        self.ended_on_purpose = True
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            self._fail(f"the emulator still ran {_STOP_SECONDS:.0f} s after SIGTERM")
        if code != 0:
            self._fail(f"the emulator answered SIGTERM with exit code {code}, not 0")

    def kill(self) -> None:
        """End the server as a power cut does."""
        self.check_alive()
        self.ended_on_purpose = True
        self._process.kill()
        self._process.wait()

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

    def _read_stderr(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._stderr.append(line.rstrip("\n"))

    def _fail(self, reason: str) -> NoReturn:
        if self._process.poll() is not None:
            for reader in self._readers:
                reader.join(_STOP_SECONDS)
        said = "\n".join(self._stderr[-_STDERR_LINES:]) or "(nothing)"
        pytest.fail(f"{reason}; its last lines on standard error:\n{said}\n", pytrace=False)


def start_emulator(
    *arguments: str,
    listen: str = ANY_PORT,
    environment: Mapping[str, str] | None = None,
) -> Emulator:
    """Start the binary under test, with more options or environment where a test needs them."""
    return Emulator(binary_under_test(), *arguments, listen=listen, environment=environment)


def binary_under_test() -> str:
    """The path of the binary; a missing setting is a failure, never a skip."""
    binary = os.environ.get(BINARY_VARIABLE)
    if not binary:
        pytest.fail(
            f"set {BINARY_VARIABLE} to the secretstack binary that these tests shall run against",
            pytrace=False,
        )
    return binary


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
