"""Fixtures of the boto3 suite: clients of fresh accounts, and hand-made requests beside them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from unittest import mock

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
pytest.register_assert_rewrite("expect")

from emulator import (  # noqa: E402, F401 - fixtures are found by their names here
    REGION,
    Emulator,
    client_environment,
    fresh_account,
    own_account,
    running_emulator,
    server_survives,
)
from wire import Wire  # noqa: E402 - emulator first, so that both suites read alike


class Connect(Protocol):
    """Makes a client: of Secrets Manager and of a fresh account, unless told otherwise."""

    def __call__(
        self,
        account: str | None = None,
        region: str = REGION,
        *,
        session_token: str | None = None,
        service: str = "secretsmanager",
    ) -> BaseClient: ...


@pytest.fixture(scope="session", autouse=True)
def hermetic_boto3(client_environment: dict[str, str]) -> Iterator[None]:  # noqa: F811
    """boto3 reads no configuration, credentials or proxies of whoever runs the tests."""
    with mock.patch.dict(os.environ, client_environment, clear=True):
        yield


@pytest.fixture(scope="session")
def boto_session(hermetic_boto3: None) -> boto3.session.Session:
    """One session for all clients, because loading the service model is the slow part."""
    return boto3.session.Session()


@pytest.fixture
def connect(emulator: Emulator, boto_session: boto3.session.Session) -> Connect:
    """The factory of clients. No client retries: what the server says first is what counts."""

    def connect(
        account: str | None = None,
        region: str = REGION,
        *,
        session_token: str | None = None,
        service: str = "secretsmanager",
    ) -> BaseClient:
        return boto_session.client(
            service,
            region_name=region,
            endpoint_url=emulator.endpoint,
            aws_access_key_id=fresh_account() if account is None else account,
            aws_secret_access_key="the-emulator-does-not-mind",
            aws_session_token=session_token,
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=64),
        )

    return connect


@pytest.fixture
def sm(connect: Connect, account: str) -> BaseClient:
    """A client of this test's own account in us-east-1."""
    return connect(account)


@pytest.fixture
def kms(connect: Connect, account: str) -> BaseClient:
    """A KMS client of the same account and Region."""
    return connect(account, service="kms")


@pytest.fixture
def sts(connect: Connect, account: str) -> BaseClient:
    """An STS client of the same account and Region."""
    return connect(account, service="sts")


@pytest.fixture
def wire(emulator: Emulator, account: str) -> Wire:
    """Hand-made requests of this test's own account in us-east-1."""
    return Wire(emulator.endpoint, account, REGION)
