"""Fixtures of the AWS Encryption SDK suite: KMS clients, and the keyrings that use them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from unittest import mock

import boto3
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput
from aws_cryptographic_material_providers.mpl.references import IKeyring
from aws_encryption_sdk import EncryptionSDKClient
from botocore.client import BaseClient
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emulator import (  # noqa: E402, F401 - fixtures are found by their names here
    REGION,
    Emulator,
    client_environment,
    fresh_account,
    own_account,
    running_emulator,
    server_survives,
)

SECRET_ACCESS_KEY = "the-emulator-does-not-mind"


class Connect(Protocol):
    """Makes a KMS client; of a fresh account unless one is named."""

    def __call__(self, account: str | None = None, region: str = REGION) -> BaseClient: ...


class Keyring(Protocol):
    """Makes an AWS KMS keyring for a key; it asks this test's own account unless told otherwise."""

    def __call__(self, key: str, client: BaseClient | None = None) -> IKeyring: ...


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

    def connect(account: str | None = None, region: str = REGION) -> BaseClient:
        return boto_session.client(
            "kms",
            region_name=region,
            endpoint_url=emulator.endpoint,
            aws_access_key_id=fresh_account() if account is None else account,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            config=Config(retries={"total_max_attempts": 1}),
        )

    return connect


@pytest.fixture
def kms(connect: Connect, account: str) -> BaseClient:
    """A KMS client of this test's own account in us-east-1."""
    return connect(account)


@pytest.fixture(scope="session")
def providers() -> AwsCryptographicMaterialProviders:
    """The Material Providers Library, which makes keyrings."""
    return AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


@pytest.fixture
def keyring(providers: AwsCryptographicMaterialProviders, kms: BaseClient) -> Keyring:
    """The factory of keyrings."""

    def keyring(key: str, client: BaseClient | None = None) -> IKeyring:
        asked = kms if client is None else client
        return providers.create_aws_kms_keyring(
            CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=asked)
        )

    return keyring


@pytest.fixture(scope="session")
def sdk() -> EncryptionSDKClient:
    """The SDK as it comes: the default commitment policy and algorithm suite."""
    return EncryptionSDKClient()
