"""podman with a storage of its own, and containers of the image under test.

No daemon, registry or systemd is needed. Without systemd nobody runs the image's health check from
time to time; it is run by hand, as podman has it from the image.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

IMAGE = "localhost/secretstack:test"
TIMEOUT_SECONDS = 60.0
# A user that no image knows, as orchestrators choose one.
SOMEBODY = "12345:54321"

# In CI we are root in a container without systemd, which may not raise its own limits.
_AS_ROOT = ["--runtime=runc", "--cgroup-manager=cgroupfs", "--events-backend=file"]
_LIMITS_AS_ROOT = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]


class Podman:
    """The command, with images and containers in a folder of this session alone."""

    def __init__(self, folder: Path) -> None:
        self._command = [
            "podman",
            f"--root={folder / 'storage'}",
            f"--runroot={folder / 'run'}",
            f"--tmpdir={folder / 'tmp'}",
            "--storage-driver=vfs",
            *(_AS_ROOT if os.geteuid() == 0 else []),
        ]

    def try_to(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a podman command, however it ends."""
        return subprocess.run(
            [*self._command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )

    def __call__(self, *arguments: str) -> str:
        """Run a podman command that must succeed; what it printed."""
        done = self.try_to(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout.strip()

    def start(self, *options: str, command: Sequence[str] = ()) -> Container:
        """Start a container with all that it does not need taken away."""
        identity = self(
            "run",
            "--detach",
            "--pull=never",
            "--read-only",
            "--read-only-tmpfs=false",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            *(_LIMITS_AS_ROOT if os.geteuid() == 0 else []),
            *options,
            IMAGE,
            *command,
        )
        return Container(self, identity.splitlines()[-1])


class Container:
    """One container, known by its id."""

    def __init__(self, podman: Podman, identity: str) -> None:
        self._podman = podman
        self.identity = identity

    def is_healthy(self) -> bool:
        """Run the image's health check once."""
        return self._podman.try_to("healthcheck", "run", self.identity).returncode == 0

    def wait_until_healthy(self) -> None:
        """Run the image's health check until it succeeds."""
        self._wait_until(self.is_healthy)

    def wait_until_ready(self) -> None:
        """Read what it says until it says that it is ready."""
        self._wait_until(lambda: self.said().endswith("Ready."))

    def _wait_until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not done():
            assert time.monotonic() < deadline, f"it takes too long; it said:\n{self.said()}"
            time.sleep(0.05)

    def said(self) -> str:
        """Its standard output."""
        return self._podman("logs", self.identity)

    def secretstack(self, *arguments: str) -> str:
        """Run one of the binary's commands in it, which must succeed."""
        return self._podman("exec", self.identity, "/secretstack", *arguments)

    def restart(self) -> None:
        """Stop it and start it again."""
        self._podman("restart", self.identity)

    def terminate(self) -> int:
        """Send SIGTERM alone, and wait; the exit code."""
        self._podman("kill", "--signal=TERM", self.identity)
        return int(self._podman("wait", self.identity))


def free_port() -> int:
    """A port of the host's that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
