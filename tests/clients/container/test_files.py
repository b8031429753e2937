"""The files of `docker/`, as far as they can be held against others without a registry."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from conftest import REPOSITORY
from podman import Podman

DOCKER = REPOSITORY / "docker"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the compose file."""
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]


def test_the_compose_file_names_files_that_are_there(services: dict[str, Any]) -> None:
    """Paths are relative to the compose file, and the Dockerfile's to the build's context."""
    emulator = services["secretstack"]
    context = DOCKER / emulator["build"]["context"]
    assert context.resolve() == REPOSITORY
    assert (context / emulator["build"]["dockerfile"]).is_file()
    for volume in emulator["volumes"]:
        here, there, mode = volume.split(":")
        assert (DOCKER / here).is_file()
        assert there in emulator["command"]
        assert mode == "ro"


def test_the_service_is_healthy_with_its_seed(podman: Podman, services: dict[str, Any]) -> None:
    """With the compose file's command and volumes."""
    emulator = services["secretstack"]
    volumes = [f"--volume={DOCKER / volume}" for volume in emulator["volumes"]]
    container = podman.start("--network=none", *volumes, command=emulator["command"])
    container.wait_until_healthy()
    lines = container.secretstack("export", "--values").splitlines()
    exported = {secret["name"]: secret for secret in map(json.loads, lines)}
    seed = yaml.safe_load((DOCKER / "seed.yaml").read_text())
    assert len(exported) == len(seed["secrets"])
    for secret in seed["secrets"]:
        assert exported[secret["name"]]["versions"][0]["value"] == secret["value"]


def test_the_application_waits_for_the_emulator_and_finds_it(services: dict[str, Any]) -> None:
    """By its health check, and by its service's name."""
    application = services["application"]
    assert application["depends_on"] == {"secretstack": {"condition": "service_healthy"}}
    assert application["environment"]["AWS_ENDPOINT_URL"] == "http://secretstack:4566"


def test_the_application_asks_for_a_secret_of_the_seed(services: dict[str, Any]) -> None:
    """The example is of one piece."""
    seed = yaml.safe_load((DOCKER / "seed.yaml").read_text())
    names = [secret["name"] for secret in seed["secrets"]]
    asked = services["application"]["command"].split()
    assert asked[asked.index("--secret-id") + 1] in names


def test_the_image_is_built_by_the_rust_that_the_manifest_names() -> None:
    """Two places that must be changed together."""
    manifest = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())
    built_by = re.search(r"library/rust:([\d.]+)-", (DOCKER / "Dockerfile").read_text())
    assert built_by is not None
    assert built_by[1] == manifest["package"]["rust-version"]
