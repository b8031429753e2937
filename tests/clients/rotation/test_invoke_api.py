"""Functions behind an endpoint that speaks Lambda's Invoke API, and all the ways it can fail."""

from __future__ import annotations

import json
import threading

import pytest
from botocore.client import BaseClient

import steps
from admin import Admin, eventually
from conftest import Connect, Start, StartEndpoint
from expect import (
    CURRENT,
    PENDING,
    PREVIOUS,
    STEPS,
    assert_stopped_at,
    assert_took_its_steps,
    execution_failed,
    labels,
    value,
)
from lambda_endpoint import Behaviour, Invocation, Reply, answer_null
from workers import function_arn

WAIT_SECONDS = 60.0


def taking_steps(sm: BaseClient) -> Behaviour:
    """A working function that calls back into the server while it is being invoked."""

    def behave(invocation: Invocation, reply: Reply) -> None:
        steps.take(sm, invocation.event)
        reply.json(200, {"ignored": True})

    return behave


def test_the_requests(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """`POST /2015-03-31/functions/{function}/invocations`, once per step, with Fact 5.1's event."""
    endpoint = start_endpoint()
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    endpoint.behaviour = taking_steps(sm)
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]

    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )["VersionId"]
    assert_took_its_steps(admin.succeeded(arn, version))

    assert [json.loads(invocation.body) for invocation in endpoint.invocations] == [
        {"Step": step, "SecretId": arn, "ClientRequestToken": version} for step in STEPS
    ]
    assert {invocation.function for invocation in endpoint.invocations} == {"rotate"}
    for invocation in endpoint.invocations:
        assert invocation.headers["Content-Type"] == "application/json"
        kind = invocation.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        assert kind == "RequestResponse"
    assert value(sm, "database", PREVIOUS) == "old"


def test_one_functions_own_url(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """`--rotation-function NAME=URL` is asked as it is, whatever its path; others go elsewhere."""
    own, general = start_endpoint(), start_endpoint()
    emulator = start(
        *("--lambda-endpoint", general.url),
        *("--rotation-function", f"special={own.url}/2015-03-31/functions/function/invocations"),
        *("--rotation-function", f"odd={own.url}/my/own?path=1"),
    )
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    own.behaviour = general.behaviour = taking_steps(sm)

    for name in ("special", "odd", "ordinary"):
        arn = sm.create_secret(Name=name, SecretString="old")["ARN"]
        version = sm.rotate_secret(SecretId=name, RotationLambdaARN=function_arn(name, account))[
            "VersionId"
        ]
        admin.succeeded(arn, version)

    assert [invocation.path for invocation in own.invocations] == [
        *["/2015-03-31/functions/function/invocations"] * len(STEPS),
        *["/my/own?path=1"] * len(STEPS),
    ]
    assert {invocation.function for invocation in general.invocations} == {"ordinary"}


def test_the_endpoint_by_environment(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """`SECRETSTACK_LAMBDA_ENDPOINT` says the same."""
    endpoint = start_endpoint()
    emulator = start(environment={"SECRETSTACK_LAMBDA_ENDPOINT": endpoint.url})
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    endpoint.behaviour = taking_steps(sm)
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]

    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )["VersionId"]

    admin.succeeded(arn, version)


def internal_error(_: Invocation, reply: Reply) -> None:
    """The service behind the endpoint is in trouble."""
    reply.json(500, {"Message": "the machine is on fire"})


def not_found(_: Invocation, reply: Reply) -> None:
    """Lambda's answer for a function that is not there."""
    reply.json(404, {"Message": "Function not found: rotate"})


def throttled(_: Invocation, reply: Reply) -> None:
    """Lambda's answer when too many run."""
    reply.json(429, {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"})


def elsewhere(_: Invocation, reply: Reply) -> None:
    """An endpoint that has moved; only 2xx is success."""
    reply.json(302, None, Location="http://127.0.0.1:1/")


def function_error(_: Invocation, reply: Reply) -> None:
    """How Lambda says that the function raised: 200, a header, and the error."""
    reply.json(
        200,
        {"errorMessage": "no such table: users", "errorType": "ProgrammingError"},
        X_Amz_Function_Error="Unhandled",
    )


def garbage(_: Invocation, reply: Reply) -> None:
    """Something that is not HTTP."""
    reply.raw(b"\x16\x03\x01\x02\x00 this is no HTTP\r\n\r\n\x00\xff")


def closed_at_once(_: Invocation, reply: Reply) -> None:
    """The connection ends before the answer begins."""
    reply.hang_up()


def closed_half_way(_: Invocation, reply: Reply) -> None:
    """The connection ends in the middle of the answer's body."""
    reply.raw(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"h'
    )


def closed_in_the_head(_: Invocation, reply: Reply) -> None:
    """The connection ends in the middle of the answer's head."""
    reply.raw(b"HTTP/1.1 200 OK\r\nContent-Ty")


FAILURES: dict[str, tuple[Behaviour, str]] = {
    "500": (internal_error, "500"),
    "404": (not_found, "404"),
    "429": (throttled, "429"),
    "302": (elsewhere, "302"),
    "FunctionError": (function_error, "no such table: users"),
    "garbage": (garbage, ""),
    "closed at once": (closed_at_once, ""),
    "closed half-way": (closed_half_way, ""),
    "closed in the head": (closed_in_the_head, ""),
}


@pytest.mark.parametrize("failing_step", ["createSecret", "testSecret"])
@pytest.mark.parametrize("failure", FAILURES)
def test_failures(
    start: Start,
    connect: Connect,
    start_endpoint: StartEndpoint,
    account: str,
    failure: str,
    failing_step: str,
) -> None:
    """Each ends the attempt with its message, and the retry succeeds when the endpoint works."""
    endpoint = start_endpoint()
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    admin.freeze_at("2027-03-01T10:30:00Z")
    failing, message = FAILURES[failure]
    working = taking_steps(sm)

    def behave(invocation: Invocation, reply: Reply) -> None:
        (failing if invocation.event["Step"] == failing_step else working)(invocation, reply)

    endpoint.behaviour = behave
    created = sm.create_secret(Name="database", SecretString="old")
    arn, function = created["ARN"], function_arn("rotate", account)
    version = sm.rotate_secret(SecretId="database", RotationLambdaARN=function)["VersionId"]

    row = admin.failed(arn, version)

    assert_stopped_at(row, failing_step, message)
    assert row["steps"][-1]["error"].strip()
    assert labels(sm, "database") == {created["VersionId"]: {CURRENT}, version: {PENDING}}
    [event] = [event for event in admin.events() if event["eventName"] == "RotationFailed"]
    assert event["errorMessage"] == execution_failed(function, failing_step)
    endpoint.behaviour = working
    [done] = admin.advance("1m")
    assert done["event"] == "RotationSucceeded"


def test_refused(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """Nobody listens there yet."""
    endpoint = start_endpoint(listening=False)
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    admin.freeze_at("2027-03-01T10:30:00Z")
    endpoint.behaviour = taking_steps(sm)
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )["VersionId"]

    row = admin.failed(arn, version)

    assert_stopped_at(row, "createSecret", "refused")
    endpoint.listen()
    [done] = admin.advance("1m")
    assert done["event"] == "RotationSucceeded"


def test_hung(start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str) -> None:
    """A function that does not answer holds up its own secret, and nothing else."""
    released = threading.Event()
    endpoint = start_endpoint()
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    working = taking_steps(sm)

    def behave(invocation: Invocation, reply: Reply) -> None:
        if ":secret:slow-" in invocation.event["SecretId"]:
            assert released.wait(WAIT_SECONDS)
        working(invocation, reply)

    endpoint.behaviour = behave
    slow, quick = (
        sm.create_secret(Name=name, SecretString="old")["ARN"] for name in ("slow", "quick")
    )
    function = function_arn("rotate", account)
    slow_version = sm.rotate_secret(SecretId="slow", RotationLambdaARN=function)["VersionId"]
    eventually(lambda: endpoint.invocations, what="the slow function is asked")

    quick_version = sm.rotate_secret(SecretId="quick", RotationLambdaARN=function)["VersionId"]
    admin.succeeded(quick, quick_version)
    # Its own secret can be read and described meanwhile.
    assert value(sm, "slow") == "old"
    assert labels(sm, "slow")[slow_version] == {PENDING}
    row = admin.newest(slow)
    assert row is not None
    assert (row["state"], len(row["steps"])) == ("running", 1)
    released.set()

    assert_took_its_steps(admin.succeeded(slow, slow_version))


def test_hung_when_the_server_stops(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """A function that does not answer does not keep the server."""
    released = threading.Event()

    def behave(_: Invocation, reply: Reply) -> None:
        released.wait(WAIT_SECONDS)
        reply.hang_up()

    endpoint = start_endpoint(behave)
    emulator = start("--lambda-endpoint", endpoint.url)
    sm = connect(emulator, account)
    sm.create_secret(Name="database", SecretString="old")
    sm.rotate_secret(SecretId="database", RotationLambdaARN=function_arn("rotate", account))
    eventually(lambda: endpoint.invocations, what="the function is asked")
    try:
        emulator.stop()
    finally:
        released.set()


def test_a_function_that_only_says_yes(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """Four good answers are no rotation if the new version does not hold AWSCURRENT after them."""
    endpoint = start_endpoint(answer_null)
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    created = sm.create_secret(Name="database", SecretString="old")

    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )["VersionId"]
    row = admin.settled(created["ARN"], version)

    assert row["state"] in {"waiting", "failed"}
    assert [step["step"] for step in row["steps"]] == STEPS
    assert labels(sm, "database") == {created["VersionId"]: {CURRENT}, version: {PENDING}}
    assert "RotationSucceeded" not in admin.event_names(created["ARN"])


def test_any_2xx_and_any_body(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """Fact 5.1: return value ignored; a function error fails the step.

    The value need not even be JSON.
    """
    endpoint = start_endpoint()
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    answers = {
        "createSecret": b"HTTP/1.1 204 No Content\r\n\r\n",
        "setSecret": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff{[",
        "testSecret": b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
        "finishSecret": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 1_000_000,
    }

    def behave(invocation: Invocation, reply: Reply) -> None:
        steps.take(sm, invocation.event)
        reply.raw(answers[invocation.event["Step"]])

    endpoint.behaviour = behave
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    version = sm.rotate_secret(
        SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )["VersionId"]

    assert_took_its_steps(admin.succeeded(arn, version))
