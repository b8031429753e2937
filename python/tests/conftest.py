"""Fixtures of the package's own suite. What is tested is the installed package, from folders outside the checkout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import is_running, wait_until

from secretstack import Emulator

pytest_plugins = ["pytester"]

_STEERING = ("AWS_", "BOTO_", "SECRETSTACK_", "PYTEST_")


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of whoever runs the tests reaches them, or the processes that they start."""
    for name in list(os.environ):
        if name.startswith(_STEERING) and name != "PYTEST_CURRENT_TEST":
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    # Whoever asks a proxy fails.
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel that was installed into this environment."""
    return Path(_WHEEL)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A server of this test's own."""
    with Emulator() as emulator:
        pid = emulator.pid
        yield emulator
    wait_until(lambda: not is_running(pid), f"server {pid} ends with its test")


# Read at once, because each test's environment is without it.
_WHEEL = os.environ["SECRETSTACK_WHEEL"]
