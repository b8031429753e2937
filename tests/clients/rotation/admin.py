"""The emulator's own paths as a test asks them, and how a test waits for what they show."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPResponse
from time import monotonic, sleep
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.02
REQUEST_SECONDS = 120.0
"""Setting the clock answers only when everything on the way is done."""

Row = dict[str, Any]
T = TypeVar("T")

_without_proxies = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def eventually(
    ask: Callable[[], T],
    accept: Callable[[T], object] = bool,
    what: str = "what is waited for",
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """Ask again until the answer is acceptable; the answer."""
    deadline = monotonic() + seconds
    while not accept(answer := ask()):
        if monotonic() > deadline:
            pytest.fail(f"{what}: after {seconds:.0f} s still {answer!r}")
        sleep(POLL_SECONDS)
    return answer


def instant(text: str) -> datetime:
    """A time as the emulator's own paths write it: UTC, with a Z."""
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text.removesuffix("Z") + "+00:00")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whatever its status."""

    status: int
    content_type: str
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON; a body that is none fails the test."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Admin:
    """Asks one server."""

    endpoint: str

    def request(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send a request, and read the answer to its end."""
        try:
            with self.open(method, path, body) as answer:
                return _read(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return _read(refusal)

    def open(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = REQUEST_SECONDS,
    ) -> HTTPResponse:
        """Send a request; an answer that is yet to be read."""
        request = urllib.request.Request(
            self.endpoint + path, body, dict(headers or {}), method=method
        )
        answer: HTTPResponse = _without_proxies.open(request, timeout=seconds)
        return answer

    def clock(self) -> Row:
        """What the clock shows, and how it runs."""
        return self._object(self.request("GET", "/_secretstack/clock"))

    def now(self) -> datetime:
        """What the clock shows."""
        return instant(self.clock()["now"])

    def set_clock(self, **change: Any) -> Row:
        """Change the clock: one of `advance`, `set`, `freeze`, `speed` and `resume`."""
        body = json.dumps(change).encode()
        return self._object(self.request("PUT", "/_secretstack/clock", body))

    def freeze_at(self, time: str) -> None:
        """Let the clock stand still at this time, so that only the test moves it."""
        self.set_clock(freeze=True)
        self.set_clock(set=time)

    def advance(self, duration: str) -> list[Row]:
        """Advance the clock; what was done on the way."""
        done: list[Row] = self.set_clock(advance=duration)["done"]
        return done

    def rotations(self, secret: str | None = None) -> list[Row]:
        """Rotations with all their tries, newest last: of one secret or of all."""
        query = "" if secret is None else "?" + urlencode({"secret": secret})
        answer = self.request("GET", "/_secretstack/rotations" + query)
        assert answer.status == 200, answer
        assert answer.content_type.startswith("application/json"), answer
        rows: list[Row] = answer.json
        return rows

    def newest(self, secret: str) -> Row | None:
        """The newest rotation of this secret."""
        rows = self.rotations(secret)
        return rows[-1] if rows else None

    def settled(self, secret: str, version: str, number: int = 1) -> Row:
        """The rotation of a secret to a version, when the given try is no longer running."""

        def is_it(row: Row | None) -> bool:
            return (
                row is not None
                and row["versionId"] == version
                and row["attempt"] >= number
                and row["state"] != "running"
            )

        row = eventually(
            lambda: self.newest(secret), is_it, f"try {number} at rotating {secret} ends"
        )
        assert row is not None
        assert row["attempt"] == number, row
        return row

    def succeeded(self, secret: str, version: str, number: int = 1) -> Row:
        """That rotation, which must have succeeded with that try."""
        row = self.settled(secret, version, number)
        assert row["state"] == "succeeded", row
        return row

    def failed(self, secret: str, version: str, number: int = 1) -> Row:
        """That rotation, whose try must fail; another follows later, unless it was the last."""
        row = self.settled(secret, version, number)
        assert row["state"] in {"waiting", "failed"}, row
        assert row["steps"][-1]["result"] == "error", row
        return row

    def events(self) -> list[Row]:
        """Every service event, oldest first."""
        answer = self.request("GET", "/_secretstack/events")
        assert answer.status == 200, answer
        assert answer.content_type.startswith("application/x-ndjson"), answer
        return [json.loads(line) for line in answer.text.splitlines()]

    def event_names(self, secret: str) -> list[str]:
        """The names of one secret's events, oldest first."""
        return [
            event["eventName"]
            for event in self.events()
            if event["additionalEventData"]["SecretId"] == secret
        ]

    @contextmanager
    def following(self) -> Iterator[Iterator[Row]]:
        """Every service event, and then each as it happens."""
        with self.open("GET", "/_secretstack/events?follow", seconds=PATIENCE_SECONDS) as stream:
            content_type = stream.headers.get("Content-Type", "")
            assert content_type.startswith("text/event-stream"), content_type
            yield _server_sent(stream)

    @staticmethod
    def _object(answer: Answer) -> Row:
        assert answer.status == 200, answer
        assert answer.content_type.startswith("application/json"), answer
        row: Row = answer.json
        return row


def _server_sent(stream: HTTPResponse) -> Iterator[Row]:
    for line in stream:
        if line.startswith(b"data:"):
            yield json.loads(line.removeprefix(b"data:"))


def _read(answer: HTTPResponse | urllib.error.HTTPError) -> Answer:
    content_type = answer.headers.get("Content-Type", "")
    return Answer(answer.status or 0, content_type, answer.read().decode())
