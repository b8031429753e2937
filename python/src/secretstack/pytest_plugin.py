"""Fixtures and markers for pytest.

Each worker process has one server. A snapshot is taken when it has started, and restored before
each test that uses it; so a test finds what the session's seed says and nothing else. A server that
dies fails the test in which it happened, and the next test gets a new one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from secretstack._emulator import Emulator, Snapshot
from secretstack._surroundings import MISLEADING, MISLEADING_PREFIX
from secretstack.errors import Error

# pytest shows where a test called, not where this module did.
__tracebackhide__ = True

SEED_MARKER = "secretstack_seed"
CLOCK_MARKER = "secretstack_clock"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    parser.addini("secretstack_seed", "seed documents that every test begins with: files", type="paths")
    parser.addini("secretstack_args", "more command line arguments of the secretstack server", type="args")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and see to it that no server stays."""
    config.addinivalue_line(
        "markers",
        f"{SEED_MARKER}(document): begin with this seed document: a dict, a text, or a pathlib.Path",
    )
    config.addinivalue_line(
        "markers",
        f"{CLOCK_MARKER}(time, freeze=True): begin at this time: a text such as 2027-01-01T00:00:00Z, or a datetime",
    )
    worker = _Worker(config)
    config.stash[_WORKER] = worker
    config.add_cleanup(worker.stop)


class _Worker:
    """The server of this process, and what it held at its start."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._emulator: Emulator | None = None
        self._start: Snapshot | None = None

    def clean(self) -> Emulator:
        """A running server that is as it was at its start."""
        if self._emulator is not None and self._start is not None:
            try:
                self._start.restore()
                return self._emulator
            except Error:
                # It has died or was stopped, or the test made away with the snapshot.
                self.stop()
        self._emulator = Emulator(
            seed=self._config.getini("secretstack_seed"),
            arguments=self._config.getini("secretstack_args"),
        )
        self._start = self._emulator.start().snapshot()
        return self._emulator

    def death(self) -> Error | None:
        """How the server ended, unless it was told to. This is told once."""
        if self._emulator is None:
            return None
        try:
            self._emulator.check_alive()
        except Error as death:
            self.stop()
            return death
        return None

    def stop(self) -> None:
        if self._emulator is not None:
            self._emulator.stop()


_WORKER = pytest.StashKey[_Worker]()
_IS_USER = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Say that the server died, if it did."""
    return (yield from _saying_that_the_server_died(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Say that the server died, if it did. A test that has not noticed fails too."""
    result = yield from _saying_that_the_server_died(item)
    death = _death_under(item)
    if death is not None:
        pytest.fail(str(death), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Say that the server died, if it did."""
    return (yield from _saying_that_the_server_died(item))


def _saying_that_the_server_died(item: pytest.Item) -> Generator[None, object, object]:
    """Say that instead of what a client made of it, and where the test was."""
    try:
        return (yield)
    except (Exception, pytest.fail.Exception) as error:
        death = _death_under(item)
        if death is None:
            raise
        raise death.with_traceback(error.__traceback__) from None


def _death_under(item: pytest.Item) -> Error | None:
    """How the server of this test ended, if it uses one."""
    return item.config.stash[_WORKER].death() if item.stash.get(_IS_USER, False) else None


@pytest.fixture
def secretstack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator in its first state; this test's environment leads all AWS clients to it."""
    emulator = request.config.stash[_WORKER].clean()
    request.node.stash[_IS_USER] = True
    _apply_markers(request.node, emulator)
    _lead_clients(monkeypatch, emulator)
    with _new_default_session():
        yield emulator


@pytest.fixture
def secretsmanager(secretstack: Emulator) -> Any:
    """A boto3 client of Secrets Manager."""
    return secretstack.client("secretsmanager")


@pytest.fixture
def kms(secretstack: Emulator) -> Any:
    """A boto3 client of KMS."""
    return secretstack.client("kms")


@pytest.fixture(autouse=True)
def _secretstack_by_marker(request: pytest.FixtureRequest) -> None:
    """A marker asks for the emulator too, so that it is never without effect."""
    if any(request.node.get_closest_marker(name) for name in (SEED_MARKER, CLOCK_MARKER)):
        request.getfixturevalue("secretstack")


def _apply_markers(node: pytest.Item, emulator: Emulator) -> None:
    """Set the clock, then apply the seeds: those of the module and the class first."""
    clock = node.get_closest_marker(CLOCK_MARKER)
    if clock is not None:
        _set_clock(emulator, *clock.args, **clock.kwargs)
    for seed in reversed(list(node.iter_markers(SEED_MARKER))):
        _seed(emulator, *seed.args, **seed.kwargs)


def _set_clock(emulator: Emulator, time: datetime | str, freeze: bool = True) -> None:
    # Frozen first, so that it stands at that very time.
    if freeze:
        emulator.freeze()
    emulator.set_time(time)


def _seed(emulator: Emulator, document: dict[str, Any] | str | Path) -> None:
    emulator.seed(document)


def _lead_clients(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    for name in list(os.environ):
        if name in MISLEADING or name.startswith(MISLEADING_PREFIX):
            monkeypatch.delenv(name)
    for name, value in emulator.environ.items():
        monkeypatch.setenv(name, value)


@contextmanager
def _new_default_session() -> Iterator[None]:
    """Let boto3 look for credentials anew. Its own session keeps those that it has found."""
    before = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    _set_default_session(None)
    yield
    _set_default_session(before)


def _set_default_session(session: object) -> None:
    # It may be imported meanwhile, by the test.
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        setattr(boto3, "DEFAULT_SESSION", session)  # noqa: B010 - a module does not declare it
