"""Functions that the server starts, restarts and stops: `--rotation-function NAME=COMMAND`."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from time import monotonic

import pytest
from botocore.client import BaseClient

from admin import Admin, Row, eventually
from conftest import Connect, Start
from emulator import REGION, Emulator, binary_under_test
from expect import PREVIOUS, STEPS, assert_stopped_at, assert_took_its_steps, value
from workers import (
    FUNCTIONS,
    Control,
    function_arn,
    is_running,
    python_function,
    with_environment,
)

DEFAULT_ACCOUNT = "000000000000"
A_PROMPT_STOP_SECONDS = 4.0
"""Requests in flight are given five seconds, but one that waits for work is none."""

ARN = function_arn("rotate", DEFAULT_ACCOUNT)


def rotation_function(control: Control, name: str = "rotate", handler: str | None = None) -> str:
    """The option's value for a Python function."""
    command = python_function(handler or "rotate.lambda_handler")
    return f"{name}={with_environment(control.environment, command)}"


def started(control: Control, number: int) -> Row:
    """What the given start of a function noted; waits for it."""
    rows = eventually(
        lambda: control.journal("started"), lambda rows: len(rows) >= number, "the function starts"
    )
    return rows[number - 1]


def rotate(sm: BaseClient, admin: Admin, name: str = "database", arn: str = ARN) -> str:
    """Create a secret and rotate it; its ARN."""
    secret: str = sm.create_secret(Name=name, SecretString="old")["ARN"]
    version = sm.rotate_secret(SecretId=name, RotationLambdaARN=arn)["VersionId"]
    assert_took_its_steps(admin.succeeded(secret, version))
    assert value(sm, name, PREVIOUS) == "old"
    return secret


def test_a_function_is_known_at_once(start: Start, connect: Connect, control: Control) -> None:
    """RotateSecret need not wait until the process has come up: the invocation does."""
    emulator = start("--rotation-function", rotation_function(control))
    sm, admin = connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint)

    secret = rotate(sm, admin)

    assert control.steps(secret) == STEPS


def test_its_environment(start: Start, control: Control) -> None:
    """What an AWS client needs to find this server, and a template function besides."""
    emulator = start("--rotation-function", rotation_function(control))

    environment = started(control, 1)["environment"]

    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == REGION
    assert environment["AWS_ACCESS_KEY_ID"] == DEFAULT_ACCOUNT
    assert environment["AWS_SECRET_ACCESS_KEY"]
    assert environment["AWS_ENDPOINT_URL"].rstrip("/") == emulator.endpoint
    assert environment["SECRETS_MANAGER_ENDPOINT"].rstrip("/") == emulator.endpoint
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "rotate"
    assert environment["AWS_LAMBDA_RUNTIME_API"].startswith("127.0.0.1:")


def test_the_users_own_settings_do_not_steer_it(
    start: Start, connect: Connect, control: Control
) -> None:
    """A profile, a session and another endpoint of whoever started the server."""
    emulator = start(
        *("--rotation-function", rotation_function(control)),
        environment={
            "AWS_PROFILE": "my-company",
            "AWS_SESSION_TOKEN": "FwoGZXIvYXdzEXAMPLE",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:1",
            "SECRETS_MANAGER_ENDPOINT": "http://127.0.0.1:1",
        },
    )

    rotate(connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint))


def test_its_other_clients_find_the_server_too(
    start: Start, connect: Connect, control: Control
) -> None:
    """`boto3.client("sts")` in a function needs no setting of its own."""
    emulator = start(
        "--rotation-function", rotation_function(control, "whoami", "whoami.lambda_handler")
    )
    sm = connect(emulator, DEFAULT_ACCOUNT)
    sm.create_secret(Name="database", SecretString="old")

    sm.rotate_secret(SecretId="database", RotationLambdaARN=function_arn("whoami", DEFAULT_ACCOUNT))

    [first, *_] = eventually(lambda: control.journal("identity"), what="the function asks")
    assert first["account"] == DEFAULT_ACCOUNT


def test_the_servers_account_and_region(start: Start, connect: Connect, control: Control) -> None:
    """`--account` and `--region` are where functions live by default."""
    emulator = start(
        *("--account", "222222222222", "--region", "eu-north-1"),
        *("--rotation-function", rotation_function(control)),
    )
    sm = connect(emulator, "222222222222", "eu-north-1")
    arn = "arn:aws:lambda:eu-north-1:222222222222:function:rotate"

    rotate(sm, Admin(emulator.endpoint), arn=arn)

    assert started(control, 1)["environment"]["AWS_REGION"] == "eu-north-1"


@pytest.mark.parametrize(
    ("account", "region"), [("333333333333", REGION), (DEFAULT_ACCOUNT, "ap-south-1")]
)
def test_a_secret_of_another_account_or_region(
    start: Start, connect: Connect, control: Control, account: str, region: str
) -> None:
    """The function has the credentials of the account whose secret it rotates, and its region."""
    emulator = start("--rotation-function", rotation_function(control))
    sm = connect(emulator, account, region)
    arn = f"arn:aws:lambda:{region}:{account}:function:rotate"

    rotate(sm, Admin(emulator.endpoint), arn=arn)


def test_the_function_is_found_by_the_name_in_the_arn(
    start: Start, connect: Connect, control: Control
) -> None:
    """With a version or an alias behind it."""
    emulator = start("--rotation-function", rotation_function(control))
    sm = connect(emulator, DEFAULT_ACCOUNT)

    rotate(sm, Admin(emulator.endpoint), arn=f"{ARN}:live")


def test_two_functions(start: Start, connect: Connect, control: Control) -> None:
    """The option may be repeated; each name is a process of its own."""
    emulator = start(
        *("--rotation-function", rotation_function(control, "one")),
        *("--rotation-function", rotation_function(control, "two")),
    )
    sm, admin = connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint)

    for name in ("one", "two"):
        rotate(sm, admin, name, function_arn(name, DEFAULT_ACCOUNT))

    pids = [row["pid"] for row in control.journal("invoked")]
    assert len(set(pids[: len(STEPS)])) == len(set(pids[len(STEPS) :])) == 1
    assert len(set(pids)) == 2


def test_a_process_that_dies_is_started_again(
    start: Start, connect: Connect, control: Control
) -> None:
    """Whatever ended it: the next rotation finds a new one."""
    emulator = start("--rotation-function", rotation_function(control))
    sm, admin = connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint)
    secret = rotate(sm, admin)
    first = started(control, 1)["pid"]

    os.kill(first, signal.SIGKILL)
    second = started(control, 2)["pid"]
    version = sm.rotate_secret(SecretId="database")["VersionId"]
    admin.succeeded(secret, version)

    pids = [row["pid"] for row in control.journal("invoked")]
    assert pids == [first] * len(STEPS) + [second] * len(STEPS)


def test_a_process_that_dies_during_a_step(
    start: Start, connect: Connect, control: Control
) -> None:
    """The attempt fails at once, as in Lambda, and the retry finds a new process."""
    emulator = start("--rotation-function", rotation_function(control))
    sm, admin = connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint)
    admin.freeze_at("2027-03-01T10:30:00Z")
    secret = sm.create_secret(Name="database", SecretString="old")["ARN"]
    control.hold("database", "setSecret")
    version = sm.rotate_secret(SecretId="database", RotationLambdaARN=ARN)["VersionId"]
    control.wait_for_step(secret, "setSecret")

    os.kill(started(control, 1)["pid"], signal.SIGKILL)

    assert_stopped_at(admin.failed(secret, version), "setSecret", "")
    started(control, 2)
    control.release("database", "setSecret")
    [done] = admin.advance("1m")
    assert done["event"] == "RotationSucceeded"


def test_a_module_that_cannot_be_imported(start: Start, connect: Connect, control: Control) -> None:
    """It is started again and again, the log says why it ends, and once mended it works."""
    control.break_import("the database driver is missing")
    emulator = start(
        "--rotation-function", rotation_function(control, "broken", "broken.lambda_handler")
    )
    sm, admin = connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint)
    started(control, 2)
    assert logged(emulator, "broken", "the database driver is missing")

    control.mend_import()

    secret = sm.create_secret(Name="database", SecretString="old")["ARN"]
    admin.freeze_at("2027-03-01T10:30:00Z")
    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("broken", DEFAULT_ACCOUNT)
    )["VersionId"]
    row = admin.settled(secret, version)
    if row["state"] == "waiting":
        # The process that could not be imported was still there to say so.
        [done] = admin.advance("1m")
        assert done["event"] == "RotationSucceeded"
    assert value(sm, "database", PREVIOUS) == "old"


def test_its_output_is_in_the_log(start: Start, connect: Connect, control: Control) -> None:
    """Both streams, each line with the function's name."""
    emulator = start("--rotation-function", rotation_function(control, "chatty"))
    sm, admin = connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint)

    rotate(sm, admin, arn=function_arn("chatty", DEFAULT_ACCOUNT))

    for step in STEPS:
        logged(emulator, "chatty", f"printed during {step}")
        logged(emulator, "chatty", f"complained during {step}")


def logged(emulator: Emulator, *parts: str) -> list[str]:
    """The log's lines with all of these parts; waits for one."""
    return eventually(
        lambda: [line for line in emulator.log if all(part in line for part in parts)],
        what=f"the log has a line with {parts}",
    )


@pytest.mark.parametrize("handler", ["rotate", "stubborn"])
def test_nothing_is_left_running(
    start: Start, connect: Connect, control: Control, handler: str
) -> None:
    """The process ends with the server, even one that does not listen to SIGTERM."""
    emulator = start(
        "--rotation-function", rotation_function(control, "rotate", f"{handler}.lambda_handler")
    )
    rotate(connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint))
    pid = started(control, 1)["pid"]
    assert is_running(pid)

    assert seconds_to_stop(emulator) < A_PROMPT_STOP_SECONDS

    eventually(lambda: not is_running(pid), what="the function's process ends")


def seconds_to_stop(emulator: Emulator) -> float:
    """Stop the server; how long that took."""
    began = monotonic()
    emulator.stop()
    return monotonic() - began


def test_the_children_of_a_shell_end_too(start: Start, connect: Connect, control: Control) -> None:
    """A command may be a script that starts the function as its child."""
    function = shlex.join(python_function("rotate.lambda_handler"))
    command = with_environment(control.environment, ["sh", "-c", f"{function}; true"])
    emulator = start("--rotation-function", f"rotate={command}")
    rotate(connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint))
    pid = started(control, 1)["pid"]

    emulator.stop()

    eventually(lambda: not is_running(pid), what="the function's process ends")


def test_the_server_stops_while_a_step_runs(
    start: Start, connect: Connect, control: Control
) -> None:
    """A function that would take fifteen minutes does not keep the server."""
    emulator = start("--rotation-function", rotation_function(control))
    sm = connect(emulator, DEFAULT_ACCOUNT)
    secret = sm.create_secret(Name="database", SecretString="old")["ARN"]
    control.hold("database", "createSecret")
    sm.rotate_secret(SecretId="database", RotationLambdaARN=ARN)
    control.wait_for_step(secret, "createSecret")

    assert seconds_to_stop(emulator) < A_PROMPT_STOP_SECONDS

    pid = started(control, 1)["pid"]
    eventually(lambda: not is_running(pid), what="the function's process ends")


def test_a_command_that_cannot_be_started(start: Start, connect: Connect) -> None:
    """The log says so, and everything else goes on."""
    emulator = start("--rotation-function", "missing=/nonexistent/program --option")

    assert logged(emulator, "missing")
    sm = connect(emulator, DEFAULT_ACCOUNT)
    sm.create_secret(Name="database", SecretString="old")
    assert value(sm, "database") == "old"


@pytest.mark.parametrize("option", ["", "rotate", "=python", "rotate="])
def test_options_that_make_no_sense(option: str) -> None:
    """They are refused before the server listens."""
    done = subprocess.run(
        [binary_under_test(), "--listen", "127.0.0.1:0", "--rotation-function", option],
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )

    assert done.returncode not in {0, 101}
    assert "--rotation-function" in done.stderr
    assert "Ready." not in done.stdout


def test_a_javascript_function(
    start: Start, connect: Connect, control: Control, javascript: dict[str, str]
) -> None:
    """Any command may be a function."""
    command = with_environment(
        {**control.environment, "NODE_PATH": javascript["NODE_PATH"]},
        ["node", str(FUNCTIONS / "plain_loop.mjs"), str(FUNCTIONS / "rotate.cjs")],
    )
    emulator = start("--rotation-function", f"rotate={command}")

    secret = rotate(connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint))

    assert control.steps(secret) == STEPS
    assert logged(emulator, "rotate", "printed during finishSecret")


def test_a_javascript_function_in_awss_client(
    start: Start, connect: Connect, control: Control, javascript: dict[str, str]
) -> None:
    """`aws-lambda-ric` takes a host and a port, and no path."""
    command = with_environment(
        {
            **control.environment,
            "NODE_PATH": javascript["NODE_PATH"],
            "LAMBDA_TASK_ROOT": str(FUNCTIONS),
        },
        ["node", f"{javascript['NODE_PATH']}/aws-lambda-ric/index.mjs", "rotate.handler"],
    )
    emulator = start("--rotation-function", f"rotate={command}")

    secret = rotate(connect(emulator, DEFAULT_ACCOUNT), Admin(emulator.endpoint))

    assert control.steps(secret) == STEPS
