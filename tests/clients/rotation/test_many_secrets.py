"""Two hundred secrets rotating at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from botocore.client import BaseClient

from admin import Admin, Row, eventually, instant
from conftest import Connect, Start, StartEndpoint, StartWorker
from expect import CURRENT, PENDING, PREVIOUS, STEPS, labels
from lambda_endpoint import Invocation, Reply
from test_invoke_api import taking_steps
from workers import Control, function_arn, rotate_when_known

MANY = 200
WORKERS = 4
CLIENTS = 16
PATIENCE_SECONDS = 120.0


def names() -> list[str]:
    """The secrets' names, but for the slow one."""
    return [f"team-{number % 10}/database-{number}" for number in range(MANY - 1)]


def states(admin: Admin) -> dict[str, Row]:
    """The newest attempt of each secret, in one request."""
    return {row["secret"]: row for row in admin.rotations()}


def test_two_hundred_calls(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """By processes that share a name; a slow function holds up its own secret and no other."""
    for _ in range(WORKERS):
        start_worker("rotate")
    start_worker("slow")
    slow = sm.create_secret(Name="slow", SecretString="old")["ARN"]
    control.hold("slow", "createSecret")
    slow_version = rotate_when_known(
        sm, SecretId="slow", RotationLambdaARN=function_arn("slow", account)
    )
    control.wait_for_step(slow, "createSecret")
    eventually(lambda: len(control.journal("started")) == WORKERS + 1, what="all workers start")
    function = function_arn("rotate", account)

    def create(name: str) -> tuple[str, str]:
        created = sm.create_secret(Name=name, SecretString=f"old {name}")
        return created["ARN"], created["VersionId"]

    def rotate(name: str) -> str:
        return rotate_when_known(sm, SecretId=name, RotationLambdaARN=function)

    with ThreadPoolExecutor(CLIENTS) as threads:
        created = dict(zip(names(), threads.map(create, names()), strict=True))
        rotated = dict(zip(names(), threads.map(rotate, names()), strict=True))
    arns = {arn for arn, _ in created.values()}

    def finished() -> int:
        return sum(row["state"] == "succeeded" for row in states(admin).values())

    eventually(finished, lambda n: n == MANY - 1, "all others rotate", PATIENCE_SECONDS)
    newest = states(admin)
    assert newest[slow]["state"] == "running"
    assert arns | {slow} == set(newest)
    for name, (arn, old) in created.items():
        assert newest[arn]["versionId"] == rotated[name]
        assert newest[arn]["attempt"] == 1
        shown = labels(sm, name)
        assert shown[old] == {PREVIOUS}
        assert shown[rotated[name]] - {PENDING} == {CURRENT}
        assert sm.get_secret_value(SecretId=name)["SecretString"] != f"old {name}"
    # Each secret's steps came once and in order, however they mixed with the others'.
    invoked = [row["event"] for row in control.journal("invoked")]
    steps: dict[str, list[str]] = {arn: [] for arn in arns}
    for event in invoked:
        if event["SecretId"] != slow:
            steps[event["SecretId"]].append(event["Step"])
    assert set(map(tuple, steps.values())) == {tuple(STEPS)}

    control.release("slow", "createSecret")
    admin.succeeded(slow, slow_version)


def test_one_window_for_two_hundred(
    start: Start, connect: Connect, start_endpoint: StartEndpoint, account: str
) -> None:
    """All of them fall due in the same instant; advancing answers when the slow one is done too."""
    released = threading.Event()
    endpoint = start_endpoint()
    emulator = start("--lambda-endpoint", endpoint.url)
    sm, admin = connect(emulator, account), Admin(emulator.endpoint)
    working = taking_steps(sm)

    def behave(invocation: Invocation, reply: Reply) -> None:
        if ":secret:slow-" in invocation.event["SecretId"] and admin.now() > window:
            assert released.wait(PATIENCE_SECONDS)
        working(invocation, reply)

    window = instant("2027-03-08T07:59:59Z")
    endpoint.behaviour = behave
    admin.freeze_at("2027-03-01T10:30:00Z")

    def schedule(name: str) -> str:
        arn: str = sm.create_secret(Name=name, SecretString="old")["ARN"]
        sm.rotate_secret(
            SecretId=name,
            RotationLambdaARN=function_arn("rotate", account),
            RotationRules={"ScheduleExpression": "cron(0 8 ? * MON *)"},
            RotateImmediately=False,
        )
        return arn

    with ThreadPoolExecutor(CLIENTS) as threads:
        arns = set(threads.map(schedule, [*names(), "slow"]))
    [slow] = [arn for arn in arns if ":secret:slow-" in arn]

    def tested() -> int:
        return sum(row["state"] == "succeeded" for row in states(admin).values())

    eventually(tested, lambda n: n == MANY, "all tests end", PATIENCE_SECONDS)

    def performed() -> set[str]:
        return {
            arn
            for arn, row in states(admin).items()
            if row["trigger"] == "schedule" and row["state"] == "succeeded"
        }

    with ThreadPoolExecutor(1) as thread:
        advancing = thread.submit(admin.advance, "7d")
        try:
            eventually(
                performed,
                lambda done: done == arns - {slow},
                "all others rotate",
                PATIENCE_SECONDS,
            )
            assert not advancing.done()
        finally:
            released.set()
        done = advancing.result(PATIENCE_SECONDS)

    assert {row["time"][:19] for row in done} == {"2027-03-08T08:00:00"}
    for event in ("RotationStarted", "RotationSucceeded"):
        assert sorted(row["resource"] for row in done if row["event"] == event) == sorted(arns)
    assert len(done) == 2 * MANY
    assert performed() == arns
