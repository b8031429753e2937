"""Fixtures of the rotation suite: servers, functions in their own processes, and clients.

Most tests set the clock or choose options, so each has a server of its own. Nothing here waits for
time: a test moves the clock, or polls with a deadline.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol
from unittest import mock

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent / "functions"))
for helper in ("admin", "workers"):
    pytest.register_assert_rewrite(helper)

from admin import Admin  # noqa: E402
from emulator import (  # noqa: E402, F401 - fixtures are found by their names here
    ANY_PORT,
    REGION,
    Emulator,
    client_environment,
    fresh_account,
    own_account,
    start_emulator,
)
from lambda_endpoint import Behaviour, LambdaEndpoint, answer_null  # noqa: E402
from node import node_packages  # noqa: E402
from port_of_its_own import PortOfItsOwn  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from workers import (  # noqa: E402
    FUNCTIONS,
    Control,
    Worker,
    python_function,
    runtime_api,
)

SECRET_ACCESS_KEY = "the-emulator-does-not-mind"
SHOWN_LINES = 40
"""pytest shows them with a test that failed."""


class Start(Protocol):
    """Starts a server with these options. It is stopped after the test, if the test did not."""

    def __call__(
        self,
        *arguments: str,
        listen: str = ANY_PORT,
        environment: Mapping[str, str] | None = None,
    ) -> Emulator: ...


class Connect(Protocol):
    """Makes a client of a server: of Secrets Manager, unless told otherwise."""

    def __call__(
        self,
        emulator: Emulator,
        account: str,
        region: str = REGION,
        *,
        service: str = "secretsmanager",
    ) -> BaseClient: ...


class StartWorker(Protocol):
    """Starts a process that serves a function by the Runtime API."""

    def __call__(
        self,
        function: str,
        *,
        handler: str = "rotate.lambda_handler",
        command: list[str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Worker: ...


class StartEndpoint(Protocol):
    """Starts an Invoke API."""

    def __call__(
        self, behaviour: Behaviour = answer_null, *, listening: bool = True
    ) -> LambdaEndpoint: ...


class GivePort(Protocol):
    """The Runtime API of one function on a port of its own; the address."""

    def __call__(self, function: str) -> str: ...


@pytest.fixture(scope="session", autouse=True)
def hermetic_boto3(client_environment: dict[str, str]) -> Iterator[None]:  # noqa: F811
    """Nobody here reads configuration, credentials or proxies of whoever runs the tests."""
    with mock.patch.dict(os.environ, client_environment, clear=True):
        yield


@pytest.fixture(scope="session")
def boto_session(hermetic_boto3: None) -> boto3.session.Session:
    """One session for all clients, because loading the service model is the slow part."""
    return boto3.session.Session()


@pytest.fixture
def start() -> Iterator[Start]:
    """The factory of servers; all of them must end by SIGTERM with exit code 0."""
    servers: list[Emulator] = []

    def start(
        *arguments: str,
        listen: str = ANY_PORT,
        environment: Mapping[str, str] | None = None,
    ) -> Emulator:
        server = start_emulator(*arguments, listen=listen, environment=environment)
        servers.append(server)
        return server

    yield start
    for server in servers:
        print(f"The log of {server.endpoint} ends:", *server.log[-SHOWN_LINES:], sep="\n")
        if not server.ended_on_purpose:
            server.stop()


@pytest.fixture
def emulator(start: Start) -> Emulator:
    """A server without options."""
    return start()


@pytest.fixture
def admin(emulator: Emulator) -> Admin:
    """That server's own paths."""
    return Admin(emulator.endpoint)


@pytest.fixture
def connect(boto_session: boto3.session.Session) -> Connect:
    """The factory of clients. No client retries: what the server says first is what counts."""

    def connect(
        emulator: Emulator,
        account: str,
        region: str = REGION,
        *,
        service: str = "secretsmanager",
    ) -> BaseClient:
        return boto_session.client(
            service,
            region_name=region,
            endpoint_url=emulator.endpoint,
            aws_access_key_id=account,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=64),
        )

    return connect


@pytest.fixture
def sm(connect: Connect, emulator: Emulator, account: str) -> BaseClient:
    """A client of this test's own account in us-east-1."""
    return connect(emulator, account)


@pytest.fixture
def control(tmp_path: Path) -> Control:
    """How this test steers its functions."""
    folder = tmp_path / "control"
    folder.mkdir()
    return Control(folder)


@pytest.fixture
def worker_environment(
    client_environment: dict[str, str],  # noqa: F811
    control: Control,
    account: str,
) -> dict[str, str]:
    """What a function needs that the test starts, but for addresses."""
    return {
        **client_environment,
        **control.environment,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_MAX_ATTEMPTS": "1",
    }


@pytest.fixture
def start_worker(
    emulator: Emulator, worker_environment: dict[str, str], tmp_path: Path
) -> Iterator[StartWorker]:
    """The factory of functions as ordinary processes, which end with the test."""
    workers: list[Worker] = []
    numbers = itertools.count(1)

    def start_worker(
        function: str,
        *,
        handler: str = "rotate.lambda_handler",
        command: list[str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Worker:
        worker = Worker(
            python_function(handler) if command is None else command,
            {
                **worker_environment,
                "AWS_LAMBDA_RUNTIME_API": runtime_api(emulator.endpoint, function),
                "SECRETS_MANAGER_ENDPOINT": emulator.endpoint,
                **(environment or {}),
            },
            tmp_path / f"worker-{next(numbers)}.log",
        )
        workers.append(worker)
        return worker

    yield start_worker
    for worker in workers:
        worker.kill()
        print(f"What process {worker.pid} said:", worker.output, sep="\n")


@pytest.fixture
def give_port(emulator: Emulator) -> Iterator[GivePort]:
    """The factory of ports for runtime clients that take no path."""
    ports: list[PortOfItsOwn] = []

    def give_port(function: str) -> str:
        port = PortOfItsOwn(emulator.endpoint, function)
        ports.append(port)
        return port.address

    yield give_port
    for port in ports:
        port.close()


@pytest.fixture
def start_endpoint() -> Iterator[StartEndpoint]:
    """The factory of Invoke APIs."""
    endpoints: list[LambdaEndpoint] = []

    def start_endpoint(
        behaviour: Behaviour = answer_null, *, listening: bool = True
    ) -> LambdaEndpoint:
        endpoint = LambdaEndpoint(behaviour, listening=listening)
        endpoints.append(endpoint)
        return endpoint

    yield start_endpoint
    for endpoint in endpoints:
        endpoint.close()


@pytest.fixture(scope="session")
def javascript(hermetic_boto3: None) -> dict[str, str]:
    """What a JavaScript function needs to find its packages, and its handler in AWS's client."""
    return {
        "NODE_PATH": str(node_packages()),
        "LAMBDA_TASK_ROOT": str(FUNCTIONS),
        "_HANDLER": "rotate.handler",
        "AWS_LAMBDA_FUNCTION_NAME": "javascript",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/javascript",
        "AWS_LAMBDA_LOG_STREAM_NAME": "test",
    }


@pytest.fixture(scope="session")
def postgres(hermetic_boto3: None) -> Iterator[PostgresServer]:
    """The PostgreSQL server of the whole session."""
    server = PostgresServer()
    yield server
    server.stop()
