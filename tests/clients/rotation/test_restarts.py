"""The server is killed while a function runs. Its store is in memory: the next one begins empty."""

from __future__ import annotations

from time import monotonic
from urllib.parse import urlsplit

import pytest
from botocore.client import BaseClient

from admin import Admin, eventually
from conftest import Connect, Start, StartWorker
from emulator import Emulator
from expect import CANNOT_INVOKE, PREVIOUS, STEPS, assert_took_its_steps, refused, value
from workers import (
    FUNCTIONS,
    Control,
    function_arn,
    is_running,
    python_function,
    rotate_when_known,
    with_environment,
)

A_PROMPT_STOP_SECONDS = 4.0
"""Requests in flight are given five seconds, but one that waits for work is none."""


def started_again(start: Start, emulator: Emulator) -> Emulator:
    """A server where the other one was."""
    again = start(listen=urlsplit(emulator.endpoint).netloc)
    assert again.endpoint == emulator.endpoint
    return again


def assert_empty(sm: BaseClient, admin: Admin) -> None:
    """Nothing is left of what another server knew."""
    assert sm.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
    assert admin.rotations() == []
    assert admin.events() == []
    assert admin.clock()["mode"] == "real"


@pytest.mark.parametrize("step", STEPS)
def test_killed_during_a_step(
    start: Start,
    emulator: Emulator,
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    account: str,
    step: str,
) -> None:
    """AWS's client loses its server and ends by itself; a new process serves the new server."""
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    function = function_arn("rotate", account)
    worker = start_worker("rotate")
    control.hold("database", step)
    rotate_when_known(sm, SecretId="database", RotationLambdaARN=function)
    control.wait_for_step(arn, step)

    emulator.kill()
    started_again(start, emulator)
    assert_empty(sm, admin)
    control.release("database", step)

    # Its secret is not there any more, so the step fails; the new server never asked for it.
    eventually(lambda: worker.exit_code, lambda code: code is not None, "the process ends")
    assert_empty(sm, admin)
    sm.create_secret(Name="database", SecretString="old")
    with refused("AccessDeniedException", CANNOT_INVOKE):
        sm.rotate_secret(SecretId="database", RotationLambdaARN=function)
    start_worker("rotate")
    version = rotate_when_known(sm, SecretId="database", RotationLambdaARN=function)
    assert_took_its_steps(admin.succeeded("database", version))


def test_killed_between_rotations(
    start: Start,
    emulator: Emulator,
    sm: BaseClient,
    admin: Admin,
    start_worker: StartWorker,
    account: str,
) -> None:
    """A process that waits for work ends when nobody is there to give it any."""
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    worker = start_worker("rotate")
    version = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )
    admin.succeeded(arn, version)

    emulator.kill()

    eventually(lambda: worker.exit_code, lambda code: code is not None, "the process ends")
    started_again(start, emulator)
    assert_empty(sm, admin)


def test_a_loop_that_connects_again(
    start: Start,
    emulator: Emulator,
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    javascript: dict[str, str],
    account: str,
) -> None:
    """A worker that outlives the server serves the next one without being started again."""
    function = function_arn("loop", account)
    worker = start_worker(
        "loop",
        command=["node", str(FUNCTIONS / "plain_loop.mjs"), str(FUNCTIONS / "rotate.cjs")],
        environment=javascript,
    )
    for _ in range(3):
        sm.create_secret(Name="database", SecretString="old")
        version = rotate_when_known(sm, SecretId="database", RotationLambdaARN=function)
        assert_took_its_steps(admin.succeeded("database", version))
        assert value(sm, "database", PREVIOUS) == "old"
        emulator.kill()
        emulator = started_again(start, emulator)
        assert_empty(sm, admin)

    assert is_running(worker.pid)
    assert {row["pid"] for row in control.journal("invoked")} == {worker.pid}


def test_killed_with_a_function_that_it_started(
    start: Start, connect: Connect, control: Control
) -> None:
    """Nobody stops the process then; it ends because its server is gone."""
    command = with_environment(control.environment, python_function("rotate.lambda_handler"))
    emulator = start("--rotation-function", f"rotate={command}")
    sm, admin = connect(emulator, "000000000000"), Admin(emulator.endpoint)
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    function = function_arn("rotate", "000000000000")
    admin.succeeded(
        arn, sm.rotate_secret(SecretId="database", RotationLambdaARN=function)["VersionId"]
    )
    [started] = control.journal("started")

    emulator.kill()

    eventually(lambda: not is_running(started["pid"]), what="the function's process ends")
    started_again(start, emulator)
    assert_empty(sm, admin)


def test_stopped_while_workers_wait(
    emulator: Emulator, sm: BaseClient, admin: Admin, start_worker: StartWorker, account: str
) -> None:
    """A request that waits for work does not keep the server; the process ends with it."""
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    worker = start_worker("rotate")
    function = function_arn("rotate", account)
    admin.succeeded(arn, rotate_when_known(sm, SecretId="database", RotationLambdaARN=function))
    # So that the worker has time to ask for more.
    for _ in range(100):
        admin.clock()

    began = monotonic()
    emulator.stop()
    assert monotonic() - began < A_PROMPT_STOP_SECONDS

    eventually(lambda: worker.exit_code, lambda code: code is not None, "the process ends")
