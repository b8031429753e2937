"""Looking at other processes, and waiting for what they do."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

import psutil

from secretstack import Emulator

_SECONDS = 30.0


def is_running(pid: int) -> bool:
    """Whether a process has not ended. One that nobody has waited for yet has ended too."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    deadline = monotonic() + _SECONDS
    while not condition():
        assert monotonic() < deadline, f"waited {_SECONDS:g} s in vain until {what}"
        sleep(0.01)


def wait_for_log(emulator: Emulator, text: str) -> None:
    """Wait for a line of the server's log, which it writes behind what it does."""
    wait_until(lambda: any(text in line for line in emulator.log()), f"{text} is logged")
