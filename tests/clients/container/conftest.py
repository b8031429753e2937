"""Fixtures of the container suite: the image, built around the static binary, and a container."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
pytest.register_assert_rewrite("podman")

from emulator import (  # noqa: E402, F401 - fixtures are found by their names here
    REGION,
    binary_under_test,
    client_environment,
)
from podman import IMAGE, SOMEBODY, Container, Podman, free_port  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """podman, with the image built: the stage `prebuilt`, which needs no registry."""
    # Not below `target`: the paths of sockets must be short.
    with tempfile.TemporaryDirectory(prefix="secretstack-") as folder:
        podman = Podman(Path(folder))
        # The format is Docker's, because the other one has no health check.
        podman(
            "build",
            "--format=docker",
            f"--file={REPOSITORY / 'docker/Dockerfile'}",
            "--target=prebuilt",
            f"--tag={IMAGE}",
            str(Path(binary_under_test()).parent),
        )
        yield podman
        podman("rm", "--all", "--force", "--time=1")
        podman("rmi", "--all", "--force")


@pytest.fixture(scope="session")
def port() -> int:
    """The port of the session's container."""
    return free_port()


@pytest.fixture(scope="session")
def container(podman: Podman, port: int) -> Container:
    """A container in the host's network, where tests reach it, run by a user that nobody knows."""
    container = podman.start(
        "--network=host",
        f"--user={SOMEBODY}",
        f"--env=SECRETSTACK_LISTEN=127.0.0.1:{port}",
        "--add-host=emulator.test:127.0.0.1",
    )
    container.wait_until_healthy()
    return container


@pytest.fixture
def sm(container: Container, port: int, client_environment: dict[str, str]) -> Iterator[BaseClient]:  # noqa: F811
    """A client of that container."""
    with mock.patch.dict(os.environ, client_environment, clear=True):
        yield boto3.client(
            "secretsmanager",
            region_name=REGION,
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
