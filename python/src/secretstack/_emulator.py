"""The emulator: started, reached, and steered by the API of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from os import PathLike
from types import TracebackType
from typing import Any, Literal

from secretstack._binary import find_binary
from secretstack._boto3 import ClientFactory
from secretstack._documents import SeedDocument, text_of
from secretstack._http import ask
from secretstack._process import Process
from secretstack._records import Counts, Done, parse_time, write_duration, write_time
from secretstack._surroundings import client_variables, server_environment
from secretstack.errors import NotRunningError, UnreachableError

# pytest shows where a test called, not where this module did.
__tracebackhide__ = True


class Emulator:
    """A server of its own, on a free port of this machine, for as long as the `with` block or until `stop()`.

    It ends with this program at the latest, however this program ends.

    Args:
        seed: What is there from the start and after each reset: one document, or paths of several.
        random_seed: Makes what is drawn by chance the same in every run.
        account: The account of access key ids that are not an account's number themselves.
        region: The region of requests that are not signed for one, and of `client()` and `environ`.
        arguments: More command line arguments of the server; see `secretstack --help`.
        env: More environment variables of the server. Settings in its own variables (`SECRETSTACK_...`)
            are not inherited, so that only what is said here counts.
        binary: The program, if it is another one than comes with the package.
        start_timeout: After how many seconds a server that is not ready is given up.
    """

    def __init__(
        self,
        *,
        seed: SeedDocument | Sequence[PathLike[str]] | None = None,
        random_seed: int | None = None,
        account: str = "000000000000",
        region: str = "us-east-1",
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        binary: str | PathLike[str] | None = None,
        start_timeout: float = 30.0,
    ) -> None:
        self.account = account
        self.region = region
        # By its variables, so that its arguments can say otherwise.
        self._env = {"SECRETSTACK_ACCOUNT": account, "SECRETSTACK_REGION": region}
        self._arguments: list[str] = []
        self._take_seed(seed)
        if random_seed is not None:
            self._env["SECRETSTACK_RANDOM_SEED"] = str(random_seed)
        self._arguments += arguments
        self._env.update(env or {})
        self._binary = binary
        self._start_timeout = start_timeout
        self._process: Process | None = None
        self._clients = ClientFactory()

    def start(self) -> Emulator:
        """Start the server and wait until it is ready. Returns the emulator itself.

        One that has been started before is stopped first.
        """
        self.stop()
        binary = find_binary() if self._binary is None else os.fspath(self._binary)
        self._process = Process([binary, *self._arguments], server_environment(self._env), self._start_timeout)
        return self

    def stop(self) -> None:
        """End the server, and forget all it held. Does nothing if it does not run."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:40123`."""
        return self._running().endpoint

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which the AWS clients of a child process find it."""
        return client_variables(self.endpoint_url, self.region)

    @property
    def pid(self) -> int:
        """The id of the server's process."""
        return self._running().pid

    def client(self, service: str, **arguments: Any) -> Any:
        """Make a boto3 client, such as `client("secretsmanager")`. Arguments are boto3's.

        Nothing that AWS's configuration files or variables say reaches it. With an account's number as
        `aws_access_key_id` it acts in that account.
        """
        return self._clients.make(service, self.endpoint_url, self.region, arguments)

    def check_alive(self) -> None:
        """Raise `ServerDiedError`, with the last log lines, if the server has ended without being told to."""
        if self._process is not None:
            self._ask("GET", "health")

    def log(self) -> list[str]:
        """The last lines of the server's log."""
        return self._running().log()

    def now(self) -> datetime:
        """What its clock shows."""
        reading = json.loads(self._ask("GET", "clock"))
        return parse_time(reading["now"])

    def advance(self, duration: str | timedelta) -> list[Done]:
        """Move the clock forward, by `31d`, `1d12h` or a timedelta; returns what fell due on the way and was done."""
        if isinstance(duration, timedelta):
            duration = write_duration(duration)
        return self._change_clock("advance", duration)

    def set_time(self, time: datetime | str) -> list[Done]:
        """Put the clock at a time; on the way to a later one, all is done that falls due, and returned.

        A datetime without a time zone is in UTC.
        """
        if isinstance(time, datetime):
            time = write_time(time)
        return self._change_clock("set", time)

    def freeze(self) -> None:
        """Let the clock stand still."""
        self._change_clock("freeze", True)

    def resume(self) -> None:
        """Let the clock run as fast as real time, from where it stands."""
        self._change_clock("resume", True)

    def speed(self, speed: float) -> None:
        """Let the clock run this many times as fast as real time."""
        self._change_clock("speed", speed)

    def reset(
        self,
        *,
        account: str | None = None,
        region: str | None = None,
        prefix: str | None = None,
        to: Literal["seed", "empty"] = "seed",
    ) -> None:
        """Go back to the seed, or to nothing at all: everywhere, or in one account, region or name prefix."""
        scope = {"account": account, "region": region, "prefix": prefix}
        self._ask("POST", "reset", {**scope, "to": to})

    def snapshot(self) -> Snapshot:
        """Keep what is there now: secrets, keys, aliases, the clock and rotations under way."""
        return self._snapshot_of(self._ask("POST", "snapshots"))

    def snapshots(self) -> list[Snapshot]:
        """All snapshots that the server keeps."""
        kept = json.loads(self._ask("GET", "snapshots"))
        return [Snapshot.of(self, members) for members in kept]

    def seed(self, document: SeedDocument) -> Counts:
        """Create or change what a document describes: all of it, or nothing if anything in it is wrong."""
        answer = json.loads(self._ask("POST", "seed", body=text_of(document)))
        return Counts(answer["created"], answer["changed"], answer["unchanged"])

    def export(
        self,
        *,
        values: bool = False,
        account: str | None = None,
        region: str | None = None,
        prefix: str | None = None,
    ) -> list[dict[str, Any]]:
        """All secrets and keys as data, or those of one account, region or name prefix; secret values only if asked."""
        scope = {"account": account, "region": region, "prefix": prefix}
        lines = self._ask("GET", "export", {**scope, "values": "true" if values else None})
        return _lines(lines)

    def rotations(self, secret: str | None = None) -> list[dict[str, Any]]:
        """What became of rotations, the newest last: all, or those of a secret, by its name or ARN."""
        rotations: list[dict[str, Any]] = json.loads(self._ask("GET", "rotations", {"secret": secret}))
        return rotations

    def events(self) -> list[dict[str, Any]]:
        """The service events so far, in CloudTrail's form."""
        return _lines(self._ask("GET", "events"))

    def _take_seed(self, seed: SeedDocument | Sequence[PathLike[str]] | None) -> None:
        if isinstance(seed, (str, Mapping)):
            text = text_of(seed)
            if len(text.encode()) > _LONGEST_VARIABLE:
                raise ValueError("this seed does not fit into an environment variable; put it into a file and give its path")
            self._env["SECRETSTACK_SEED"] = text
            return
        paths = [seed] if isinstance(seed, PathLike) else seed or ()
        for path in paths:
            self._arguments += ["--seed-file", os.path.abspath(path)]

    def _change_clock(self, change: str, value: object) -> list[Done]:
        reading = json.loads(self._ask("PUT", "clock", body=json.dumps({change: value})))
        return [Done(parse_time(done["time"]), done["event"], done["resource"]) for done in reading.get("done", [])]

    def _snapshot_of(self, answer: str) -> Snapshot:
        return Snapshot.of(self, json.loads(answer))

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | None] | None = None,
        body: str | None = None,
    ) -> str:
        process = self._running()
        process.check_alive()
        try:
            return ask(method, f"{process.endpoint}/_secretstack/{path}", query, body)
        except UnreachableError:
            process.check_alive_soon()
            raise

    def _running(self) -> Process:
        if self._process is None:
            raise NotRunningError("the emulator does not run; call start(), or use it in a with block")
        return self._process


@dataclass(frozen=True)
class Snapshot:
    """What the server held at a moment, to go back to."""

    id: str
    taken: datetime
    """When, by the server's clock."""
    secrets: int
    """How many secrets it has."""
    _emulator: Emulator = field(repr=False, compare=False)

    def restore(self) -> None:
        """Go back to it. It stays, and can be restored again."""
        self._emulator._ask("POST", f"snapshots/{self.id}/restore")

    def delete(self) -> None:
        """Forget it."""
        self._emulator._ask("DELETE", f"snapshots/{self.id}")

    @classmethod
    def of(cls, emulator: Emulator, members: Mapping[str, Any]) -> Snapshot:
        """What the server says about a snapshot."""
        return cls(members["id"], parse_time(members["taken"]), members["secrets"], emulator)


# Linux takes no variable of more than 131,072 bytes, its name included.
_LONGEST_VARIABLE = 130_000


def _lines(text: str) -> list[dict[str, Any]]:
    # Not splitlines, which also splits at characters that JSON does not escape.
    return [json.loads(line) for line in text.split("\n") if line]
