"""The server as a process: started, waited for, listened to, ended.

It never outlives the program that started it. Its standard input is a pipe of that program, and it
ends when the pipe does, which the kernel sees to however the program ends.
"""

from __future__ import annotations

import atexit
import os
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, Queue
from time import monotonic
from typing import IO

from secretstack.errors import ServerDiedError, StartError

# pytest shows where a test called, not where this module did.
__tracebackhide__ = True

_READY_LINE = "Ready."
_ENDPOINT = re.compile(r"http://\S+")
_KEPT_LINES = 1000
_QUOTED_LINES = 20
# The server gives requests in flight five seconds to finish.
_STOP_SECONDS = 8.0
# A process that was killed is seen to be dead a moment after its connections break.
_DEATH_SECONDS = 2.0


class Process:
    """A server that has become ready."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], timeout: float) -> None:
        self._owner = os.getpid()
        self._log: deque[str] = deque(maxlen=_KEPT_LINES)
        self._announced: Queue[str | None] = Queue()
        try:
            self._process = subprocess.Popen(
                [*command, "--listen", "127.0.0.1:0", "--until-stdin-ends"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env=dict(environment),
                # Ctrl-C is for the program that started it, which may still need the server to clean up.
                start_new_session=True,
            )
        except OSError as error:
            raise StartError(f"the emulator could not be started: {error}") from error
        atexit.register(self.stop)
        self._readers = [
            _in_background(self._read_stdout, self._process.stdout),
            _in_background(self._read_stderr, self._process.stderr),
        ]
        try:
            self.endpoint = self._wait_until_ready(timeout)
        except BaseException:
            self._process.kill()
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def log(self) -> list[str]:
        """The last lines of its log."""
        return list(self._log)

    def is_dead(self) -> bool:
        """Whether it has ended."""
        # A forked child is not told about its parent's children.
        return os.getpid() == self._owner and self._process.poll() is not None

    def check_alive(self) -> None:
        """Raise an error with its last words if it has ended."""
        if self.is_dead():
            # What a client saw of it says less.
            raise ServerDiedError(self._last_words(f"the emulator {self._how_it_ended()}")) from None

    def check_alive_soon(self) -> None:
        """The same, when something looks as if it had just ended: give it the moment that this takes to show."""
        if os.getpid() != self._owner:
            return
        try:
            self._process.wait(_DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            return
        self.check_alive()

    def stop(self) -> None:
        """Ask it to end; kill it if that takes too long."""
        # A forked child has a copy of this object, but the server is not its own to end.
        if os.getpid() != self._owner:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._join_readers()
        if self._process.stdin is not None:
            self._process.stdin.close()
        atexit.unregister(self.stop)

    def _wait_until_ready(self, timeout: float) -> str:
        """Return the endpoint that it announces, when it says that it is ready."""
        deadline = monotonic() + timeout
        endpoint = None
        while (line := self._next_line(deadline, timeout)) != _READY_LINE:
            if endpoint is None and (announced := _ENDPOINT.search(line)):
                endpoint = announced.group()
        if endpoint is None:
            raise StartError("the emulator did not say where it listens; is it another program?")
        return endpoint

    def _next_line(self, deadline: float, timeout: float) -> str:
        try:
            line = self._announced.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            what = f"the emulator was not ready within {timeout:g} s"
            raise StartError(self._last_words(what)) from None
        if line is None:
            self._process.wait()
            what = f"the emulator {self._how_it_ended()} before it was ready"
            raise StartError(self._last_words(what))
        return line

    def _how_it_ended(self) -> str:
        code = self._process.returncode
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def _last_words(self, what: str) -> str:
        if self.is_dead():
            self._join_readers()
        lines = self.log()[-_QUOTED_LINES:]
        if not lines:
            return f"{what}; it logged nothing"
        return "\n  ".join([f"{what}; its last log lines:", *lines])

    def _join_readers(self) -> None:
        for reader in self._readers:
            reader.join(_DEATH_SECONDS)

    def _read_stdout(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._announced.put(line.rstrip("\n"))
        self._announced.put(None)

    def _read_stderr(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._log.append(line.rstrip("\n"))


def _in_background(read: Callable[[IO[str]], None], stream: IO[str] | None) -> threading.Thread:
    assert stream is not None, "every stream is a pipe"
    thread = threading.Thread(target=read, args=(stream,), name="secretstack", daemon=True)
    thread.start()
    return thread
