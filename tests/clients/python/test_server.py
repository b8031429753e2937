"""The server as a process: start, health, rude clients, and the end."""

from __future__ import annotations

import json
import socket
import struct
import uuid
from urllib.parse import urlsplit

import pytest
from botocore.client import BaseClient

from emulator import Emulator, start_emulator
from wire import Wire, send

HEALTH_PATHS = ["/_secretstack/health", "/_localstack/health", "/health"]
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def connection_to(emulator: Emulator) -> socket.socket:
    """A bare TCP connection."""
    address = urlsplit(emulator.endpoint)
    assert address.hostname is not None
    assert address.port is not None
    return socket.create_connection((address.hostname, address.port), timeout=30)


def assert_healthy(emulator: Emulator, sm: BaseClient) -> None:
    """The process lives, says so, and works."""
    emulator.check_alive()
    assert send(emulator.endpoint + HEALTH_PATHS[0]).status == 200
    sm.create_secret(Name="after", SecretString="hunter2")
    assert sm.get_secret_value(SecretId="after")["SecretString"] == "hunter2"


@pytest.mark.parametrize("path", HEALTH_PATHS)
def test_health(emulator: Emulator, path: str) -> None:
    """The emulator's own path, and those that waiting scripts of other emulators ask."""
    assert send(emulator.endpoint + path).status == 200


@pytest.mark.parametrize("abrupt", [False, True], ids=["closed", "reset"])
def test_a_client_that_hangs_up_half_way(
    emulator: Emulator, sm: BaseClient, wire: Wire, abrupt: bool
) -> None:
    """Half a body is no request: nothing is stored, and the server serves on."""
    body = json.dumps(
        {"Name": "half", "SecretString": "x" * 10_000, "ClientRequestToken": str(uuid.uuid4())}
    ).encode()
    headers = {**wire.signed_headers("CreateSecret", body), "Host": "127.0.0.1"}
    head = "POST / HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in headers.items()
    )

    with connection_to(emulator) as connection:
        if abrupt:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        connection.sendall(body[: len(body) // 2])

    assert_healthy(emulator, sm)
    assert [entry["Name"] for entry in sm.list_secrets()["SecretList"]] == ["after"]


@pytest.mark.parametrize(
    "sent", [b"", b"POST / HT", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"]
)
def test_a_client_that_does_not_speak_http(emulator: Emulator, sm: BaseClient, sent: bytes) -> None:
    """An idle connection, half a request line, a TLS greeting."""
    with connection_to(emulator) as connection:
        connection.sendall(sent)

    assert_healthy(emulator, sm)


def test_servers_share_nothing(sm: BaseClient, account: str, emulator: Emulator) -> None:
    """Each start takes a port of its own, begins empty, and ends by SIGTERM with exit code 0."""
    sm.create_secret(Name="database", SecretString="hunter2")
    other = start_emulator()
    try:
        assert other.endpoint != emulator.endpoint
        answer = Wire(other.endpoint, account, "us-east-1").post("ListSecrets", {})
        assert answer.json["SecretList"] == []
    finally:
        other.stop()
