"""Containers of the image: served, healthy, restarted, and ended."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from podman import SOMEBODY, Container, Podman


def test_a_client_is_served_and_after_a_restart_everything_is_new(
    container: Container, sm: BaseClient
) -> None:
    """Secrets are in memory alone."""
    sm.create_secret(Name="kept/in/memory", SecretString="hunter2")
    assert sm.get_secret_value(SecretId="kept/in/memory")["SecretString"] == "hunter2"

    container.restart()
    container.wait_until_healthy()

    with pytest.raises(sm.exceptions.ResourceNotFoundException):
        sm.get_secret_value(SecretId="kept/in/memory")


def test_host_names_are_looked_up(container: Container, port: int) -> None:
    """A static binary brings its own look-up; endpoints of functions may be host names."""
    answer = container.secretstack("health", "--endpoint", f"http://emulator.test:{port}")
    assert answer.endswith(f"at http://emulator.test:{port}: running")


@pytest.mark.parametrize("user", [None, SOMEBODY, "0:0"], ids=["its own", "somebody", "root"])
def test_without_any_option_it_listens_on_all_addresses_and_is_healthy(
    podman: Podman, user: str | None
) -> None:
    """In a network of its own; its health check and other commands find the server themselves."""
    options = [] if user is None else [f"--user={user}"]
    container = podman.start("--network=none", *options)
    container.wait_until_healthy()
    assert container.said().splitlines()[0].endswith(" listens on http://0.0.0.0:4566")
    assert container.secretstack("clock").endswith(" real")


def test_sigterm_ends_it_with_exit_code_0(podman: Podman) -> None:
    """As the first process of its namespace, which the kernel gives no default for a signal."""
    container = podman.start("--network=none")
    container.wait_until_healthy()
    assert container.terminate() == 0


def test_the_health_check_fails_without_a_server(podman: Podman) -> None:
    """The server is there, and not where it is looked for."""
    container = podman.start("--network=none", "--env=SECRETSTACK_ENDPOINT=http://127.0.0.1:4567")
    container.wait_until_ready()
    assert not container.is_healthy()
