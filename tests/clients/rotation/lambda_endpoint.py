"""Lambda's Invoke API as a small web server in the test, which can fail in every way."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Invocation:
    """One request as it arrived."""

    path: str
    headers: Message
    body: bytes

    @property
    def event(self) -> dict[str, str]:
        """The event for the function."""
        event: dict[str, str] = json.loads(self.body)
        return event

    @property
    def function(self) -> str:
        """The function's name: `/2015-03-31/functions/{name or ARN}/invocations`."""
        [root, version, functions, function, invocations] = self.path.split("/")
        assert (root, version, functions, invocations) == (
            "",
            "2015-03-31",
            "functions",
            "invocations",
        ), self.path
        return unquote(function).rpartition(":")[2]


class Reply:
    """How to answer one invocation."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler

    def json(self, status: int, body: Any, **headers: str) -> None:
        """A complete answer; `_` in a header's name stands for `-`."""
        content = json.dumps(body).encode()
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(content)

    def raw(self, content: bytes) -> None:
        """Exactly these bytes, and then the end of the connection."""
        self._handler.wfile.write(content)
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection."""
        self._handler.close_connection = True
        self._handler.wfile.flush()
        self._handler.connection.shutdown(socket.SHUT_RDWR)


Behaviour = Callable[[Invocation, Reply], None]


def answer_null(_invocation: Invocation, reply: Reply) -> None:
    """The answer of a function that returns nothing."""
    reply.json(200, None)


class LambdaEndpoint:
    """Listens on a free port. `behaviour` answers, and may be changed at any time."""

    def __init__(self, behaviour: Behaviour = answer_null, *, listening: bool = True) -> None:
        self.behaviour = behaviour
        self.invocations: list[Invocation] = []
        self._server = _Server(("127.0.0.1", 0), self._handler(), bind_and_activate=False)
        # A port that is bound and not listened to refuses connections and stays this server's.
        self._server.server_bind()
        self._thread: threading.Thread | None = None
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if listening:
            self.listen()

    def listen(self) -> None:
        """Accept connections from now on."""
        self._server.server_activate()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and give the port back."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                invocation = Invocation(self.path, self.headers, body)
                endpoint.invocations.append(invocation)
                endpoint.behaviour(invocation, Reply(self))

            def log_message(self, *_: object) -> None:
                """A web server that says nothing of its own."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A caller that hangs up is no news."""
