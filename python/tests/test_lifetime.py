"""No server outlives the program that started it, however that program ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from processes import is_running, wait_until

START = """
import os, sys, secretstack
emulator = secretstack.Emulator().start()
print(emulator.pid, flush=True)
"""


@pytest.fixture(params=["returns", "raises", "exits", "is terminated", "is killed"])
def ending(request: pytest.FixtureRequest) -> Iterator[tuple[int, int, int]]:
    """A program that has ended in this way: its exit code, its id, and the id of its server."""
    endings = {
        "returns": ("", 0),
        "raises": ("raise SystemError", 1),
        "exits": ("os._exit(5)", 5),
        "is terminated": ("sys.stdin.read()", -signal.SIGTERM),
        "is killed": ("sys.stdin.read()", -signal.SIGKILL),
    }
    code, expected = endings[request.param]
    with subprocess.Popen(
        [sys.executable, "-c", START + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        server = int(program.stdout.readline())
        if expected < 0:
            assert is_running(server)
            program.send_signal(-expected)
        yield program.wait(), expected, server


def test_the_server_ends_with_its_program(ending: tuple[int, int, int]) -> None:
    code, expected, server = ending
    assert code == expected
    wait_until(lambda: not is_running(server), f"server {server} ends")


def test_a_forked_child_does_not_end_the_server_of_its_parent() -> None:
    code = """
import os, sys, secretstack
emulator = secretstack.Emulator().start()
if os.fork() == 0:
    sys.exit()
os.wait()
emulator.check_alive()
"""
    subprocess.run([sys.executable, "-W", "ignore::DeprecationWarning", "-c", code], check=True)
