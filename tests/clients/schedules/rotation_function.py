"""A rotation function that works, behind Lambda's Invoke API as a small web server."""

from __future__ import annotations

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.client import BaseClient


class RotationFunction:
    """Listens on a free port; every function name is this function.

    It makes a new value in `createSecret` and moves AWSCURRENT to it in `finishSecret`.
    """

    def __init__(self) -> None:
        self.client: BaseClient | None = None
        """Of the secrets' account, on the server under test."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop, and give the port back."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, step: str, secret: str, token: str) -> None:
        """Do a step of a rotation."""
        client = self.client
        assert client is not None
        if step == "createSecret":
            client.put_secret_value(
                SecretId=secret,
                ClientRequestToken=token,
                SecretString=str(uuid.uuid4()),
                VersionStages=["AWSPENDING"],
            )
        elif step == "finishSecret":
            stages = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
            [current] = [version for version, on in stages.items() if "AWSCURRENT" in on]
            client.update_secret_version_stage(
                SecretId=secret,
                VersionStage="AWSCURRENT",
                MoveToVersionId=token,
                RemoveFromVersionId=current,
            )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        function = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    function.take(event["Step"], event["SecretId"], event["ClientRequestToken"])
                except Exception as failure:  # noqa: BLE001 - a function that fails says how
                    self._answer({"errorMessage": repr(failure)}, unhandled=True)
                else:
                    self._answer(None)

            def _answer(self, answer: object, *, unhandled: bool = False) -> None:
                content = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if unhandled:
                    self.send_header("X-Amz-Function-Error", "Unhandled")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """A web server that says nothing of its own."""

        return Handler
