"""The image as a registry has it: what is in it, how large it is, and how it is to be run."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from podman import IMAGE, Podman

LARGEST = 10_000_000


@pytest.fixture(scope="module")
def image(podman: Podman) -> dict[str, Any]:
    """What podman knows about the image."""
    return json.loads(podman("image", "inspect", IMAGE))[0]


def test_there_is_nothing_in_it_but_the_binary(podman: Podman, tmp_path: Path) -> None:
    """No shell, no library, no certificate, no folder."""
    archive = tmp_path / "image.tar"
    podman("save", "--format=docker-archive", f"--output={archive}", IMAGE)
    found = []
    with tarfile.open(archive) as image:
        manifest = image.extractfile("manifest.json")
        assert manifest is not None
        for layer in json.load(manifest)[0]["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as files:
                found += files.getmembers()
    assert [file.name for file in found] == ["secretstack"]
    assert found[0].mode & 0o777 == 0o755


def test_it_is_small(image: dict[str, Any]) -> None:
    """In bytes, uncompressed."""
    assert image["Size"] <= LARGEST


def test_it_says_how_it_is_run(image: dict[str, Any]) -> None:
    """By nobody in particular, with a health check that orchestrators run often."""
    config = image["Config"]
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == ["/secretstack"]
    assert list(config["ExposedPorts"]) == ["4566/tcp"]
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    check = image["Healthcheck"]
    assert check["Test"] == ["CMD", "/secretstack", "health"]
    assert check["Interval"] == 1_000_000_000
