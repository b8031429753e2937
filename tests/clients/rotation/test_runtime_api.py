"""Functions as ordinary processes that fetch their work by Lambda's Runtime API."""

from __future__ import annotations

import json
import re

import pytest
from botocore.client import BaseClient

from admin import Admin, eventually, instant
from conftest import Connect, GivePort, StartWorker
from emulator import Emulator
from expect import (
    CANNOT_INVOKE,
    CURRENT,
    NOT_COMPLETE,
    PENDING,
    PREVIOUS,
    ROTATION_MEMBERS,
    STEPS,
    assert_stopped_at,
    assert_took_its_steps,
    execution_failed,
    labels,
    refused,
    value,
)
from workers import (
    FUNCTIONS,
    Control,
    function_arn,
    is_running,
    rotate_when_known,
)

FIFTEEN_MINUTES_MS = 15 * 60 * 1000
RETRY_MINUTES = [1, 2, 4, 8, 16]
RUNTIME = "/2018-06-01/runtime"


def test_a_python_function_takes_the_four_steps(
    sm: BaseClient, admin: Admin, start_worker: StartWorker, account: str
) -> None:
    """Fact 5.2: success = after finishSecret the token version holds AWSCURRENT."""
    # Fact 5.1: next step starts as soon as the previous one ends
    # Fact 5.2: `LastRotatedDate` = completion time; `NextRotationDate` recomputed
    # Fact 5.2: AWSPENDING afterwards: on the same version as AWSCURRENT
    # Fact 5.5: Configuration members present → stored, then rotated at once
    created = sm.create_secret(Name="database", SecretString="old")
    arn, old = created["ARN"], created["VersionId"]
    function = function_arn("rotate", account)
    before = admin.now()
    start_worker("rotate")

    new = rotate_when_known(
        sm,
        SecretId="database",
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    row = admin.succeeded(arn, new)

    assert (row["secret"], row["trigger"]) == (arn, "RotateSecret")
    assert_took_its_steps(row)
    assert before <= instant(row["started"]) <= instant(row["ended"]) <= admin.now()
    described = sm.describe_secret(SecretId="database")
    assert described["RotationEnabled"] is True
    assert described["RotationLambdaARN"] == function
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 30}
    # boto3 drops what is less than a second.
    assert described["LastRotatedDate"].timestamp() <= instant(row["ended"]).timestamp()
    assert described["LastRotatedDate"].timestamp() >= int(instant(row["started"]).timestamp())
    assert 29 <= (described["NextRotationDate"] - described["LastRotatedDate"]).days <= 30
    assert labels(sm, "database")[old] == {PREVIOUS}
    assert labels(sm, "database")[new] - {PENDING} == {CURRENT}
    assert value(sm, "database", PREVIOUS) == "old"
    assert len(value(sm, "database")) == 32


def test_what_the_function_is_given(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """The event, the invocation's headers as the context shows them, and what is there already."""
    # Fact 5.1: steps in order: createSecret, setSecret, testSecret, finishSecret
    # Fact 5.1: `SecretId` is the full ARN
    # Fact 5.1: `ClientRequestToken` = VersionId of the pending version
    # Fact 5.1: return value ignored; a function error fails the step
    # Fact 5.1: What a template function relies on
    arn = sm.create_secret(Name="team/database", SecretString="old")["ARN"]
    function = function_arn("rotate", account)
    # A function's clock is the machine's, whatever the emulator's shows.
    admin.set_clock(set="2040-02-29T12:00:00Z")
    start_worker("rotate")

    new = rotate_when_known(
        sm,
        SecretId="team/database",
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    admin.succeeded(arn, new)

    assert control.events(arn) == [
        {"Step": step, "SecretId": arn, "ClientRequestToken": new} for step in STEPS
    ]
    invoked = control.journal("invoked")
    assert {row["function_arn"] for row in invoked} == {function}
    assert len({row["request_id"] for row in invoked}) == len(STEPS)
    assert all(
        re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row["request_id"])
        for row in invoked
    )
    assert all(
        FIFTEEN_MINUTES_MS - 60_000 < row["remaining_ms"] <= FIFTEEN_MINUTES_MS for row in invoked
    )
    [saw] = control.journal("saw")
    del saw["kind"], saw["pid"]
    assert saw == {
        "rotation_enabled": True,
        "pending_labels": [PENDING],
        "pending_value_refused": "ResourceNotFoundException",
        "listed_labels": [[CURRENT]],
    }


def test_rotating_twice(
    sm: BaseClient, admin: Admin, start_worker: StartWorker, account: str
) -> None:
    """Fact 12: 17 RotateSecret twice with a working function; the second needs no settings."""
    # Fact 5.5: no parameters, rotation configured
    first = sm.create_secret(Name="database", SecretString="old")
    arn = first["ARN"]
    start_worker("rotate")

    second = rotate_when_known(
        sm,
        SecretId="database",
        RotationLambdaARN=function_arn("rotate", account),
        RotationRules={"AutomaticallyAfterDays": 1},
    )
    admin.succeeded(arn, second)
    third = sm.rotate_secret(SecretId="database")["VersionId"]
    admin.succeeded(arn, third)

    shown = labels(sm, "database")
    assert first["VersionId"] not in shown
    assert shown[second] == {PREVIOUS}
    assert shown[third] - {PENDING} == {CURRENT}
    described = sm.describe_secret(SecretId="database")
    assert set(described) >= ROTATION_MEMBERS
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 1}
    assert [row["versionId"] for row in admin.rotations("database")] == [second, third]


def test_a_function_that_never_connected(sm: BaseClient, admin: Admin, account: str) -> None:
    """Fact 5.5: function missing, wrong, or its policy lacks the principal.

    Fact 5.5: ...and then nothing is stored
    """
    created = sm.create_secret(Name="database", SecretString="old")
    before = sm.describe_secret(SecretId="database")

    with refused("AccessDeniedException", CANNOT_INVOKE):
        sm.rotate_secret(
            SecretId="database",
            RotationLambdaARN=function_arn("nobody", account),
            RotationRules={"AutomaticallyAfterDays": 30},
        )

    after = sm.describe_secret(SecretId="database")
    del before["ResponseMetadata"], after["ResponseMetadata"]
    assert after == before
    assert not ROTATION_MEMBERS & set(after)
    assert labels(sm, "database") == {created["VersionId"]: {CURRENT}}
    assert admin.rotations() == []
    assert admin.events() == []


def test_a_function_that_comes_back(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """An invocation waits for a worker, and is not given to one whose connection has ended."""
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    first = start_worker("rotate")
    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )
    admin.succeeded(arn, new)
    first.kill()

    newer = sm.rotate_secret(SecretId="database")["VersionId"]
    row = eventually(
        lambda: admin.newest(arn), lambda row: row and row["versionId"] == newer, "it begins"
    )
    assert row is not None
    assert row["state"] == "running"
    second = start_worker("rotate")
    admin.succeeded(arn, newer)

    pids = [row["pid"] for row in control.journal("invoked")]
    assert pids == [first.pid] * len(STEPS) + [second.pid] * len(STEPS)


def test_two_workers_share_a_name(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """While one of them is held up, the other one serves another secret."""
    held, free = (sm.create_secret(Name=name, SecretString="old")["ARN"] for name in ("a", "b"))
    function = function_arn("rotate", account)
    workers = {start_worker("rotate").pid, start_worker("rotate").pid}
    eventually(lambda: len(control.journal("started")) == 2, what="both workers start")
    control.hold("a", "setSecret")

    held_version = rotate_when_known(sm, SecretId="a", RotationLambdaARN=function)
    control.wait_for_step(held, "setSecret")
    for _ in range(3):
        admin.succeeded(
            free, sm.rotate_secret(SecretId="b", RotationLambdaARN=function)["VersionId"]
        )

    row = admin.newest(held)
    assert row is not None
    assert row["state"] == "running"
    assert [step["step"] for step in row["steps"]][:2] == STEPS[:2]
    assert not row.get("ended")
    control.release("a", "setSecret")
    admin.succeeded(held, held_version)
    assert {row["pid"] for row in control.journal("invoked")} == workers


def test_one_worker_serves_one_after_the_other(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """With a single worker a second secret waits until the first one's step is done."""
    first, second = (sm.create_secret(Name=name, SecretString="old")["ARN"] for name in ("a", "b"))
    function = function_arn("rotate", account)
    start_worker("rotate")
    control.hold("a", "createSecret")

    first_version = rotate_when_known(sm, SecretId="a", RotationLambdaARN=function)
    control.wait_for_step(first, "createSecret")
    second_version = sm.rotate_secret(SecretId="b", RotationLambdaARN=function)["VersionId"]
    eventually(lambda: admin.newest(second), what="the second rotation begins")
    assert control.events(second) == []
    control.release("a", "createSecret")

    admin.succeeded(first, first_version)
    admin.succeeded(second, second_version)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_raises(
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    account: str,
    step: str,
) -> None:
    """Fact 5.2: failure of any step: the whole rotation is retried several times."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    created = sm.create_secret(Name="database", SecretString="old")
    arn, old = created["ARN"], created["VersionId"]
    function = function_arn("rotate", account)
    start_worker("rotate")
    control.fail("database", step, "no such table: users")

    new = rotate_when_known(
        sm,
        SecretId="database",
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    row = admin.failed(arn, new)

    assert_stopped_at(row, step, "no such table: users")
    assert row["state"] == "waiting"
    assert labels(sm, "database") == {old: {CURRENT}, new: {PENDING}}
    assert value(sm, "database") == "old"
    assert "LastRotatedDate" not in sm.describe_secret(SecretId="database")
    [event] = [event for event in admin.events() if event["eventName"] == "RotationFailed"]
    assert event["errorMessage"] == execution_failed(function, step)

    # The first retry comes after a minute, and fails in the same way.
    taken = control.steps(arn)
    assert admin.advance("59s") == []
    assert control.steps(arn) == taken
    [done] = admin.advance("1s")
    assert (done["event"], done["resource"]) == ("RotationFailed", arn)
    assert instant(done["time"]) == instant("2027-03-01T10:31:00Z")
    assert_stopped_at(admin.failed(arn, new, 2), step, "no such table: users")
    assert control.steps(arn) == 2 * taken

    # The second one comes two minutes later, and the function is mended by then.
    control.mend("database", step)
    assert admin.advance("119s") == []
    [done] = admin.advance("1s")
    assert (done["event"], done["resource"]) == ("RotationSucceeded", arn)
    row = admin.succeeded(arn, new, 3)
    assert_took_its_steps(row)
    assert control.steps(arn) == 2 * taken + STEPS
    assert labels(sm, "database")[old] == {PREVIOUS}
    described = sm.describe_secret(SecretId="database")
    assert described["LastRotatedDate"] == instant("2027-03-01T10:33:00Z")


def test_giving_up(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """After five retries nothing happens until the next window, and that one tries again."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    created = sm.create_secret(Name="database", SecretString="old")
    arn, old = created["ARN"], created["VersionId"]
    start_worker("rotate")
    control.fail("database", "testSecret", "wrong password")
    new = rotate_when_known(
        sm,
        SecretId="database",
        RotationLambdaARN=function_arn("rotate", account),
        RotationRules={"ScheduleExpression": "cron(0 8 ? * MON *)"},
    )
    admin.failed(arn, new)

    for number, minutes in enumerate(RETRY_MINUTES, start=2):
        [done] = admin.advance(f"{minutes}m")
        assert (done["event"], done["resource"]) == ("RotationFailed", arn)
        assert_stopped_at(admin.failed(arn, new, number), "testSecret", "wrong password")
    assert admin.failed(arn, new, 6)["state"] == "failed"
    tries = len(control.steps(arn))
    assert admin.advance("6d") == []
    assert len(control.steps(arn)) == tries
    assert labels(sm, "database") == {old: {CURRENT}, new: {PENDING}}
    assert admin.event_names(arn).count("RotationFailed") == 6

    control.mend("database", "testSecret")
    rows = [row for row in admin.advance("1d") if row["event"] == "RotationSucceeded"]
    assert [(instant(row["time"]), row["resource"]) for row in rows] == [
        (instant("2027-03-08T08:00:00Z"), arn)
    ]
    assert {frozenset(stages - {PENDING}) for stages in labels(sm, "database").values()} == {
        frozenset({CURRENT}),
        frozenset({PREVIOUS}),
    }


def test_a_pending_rotation_is_reattempted(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """Fact 5.5: AWSPENDING sits on a version other than AWSCURRENT's; with the same token."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    created = sm.create_secret(Name="database", SecretString="old")
    arn, old = created["ARN"], created["VersionId"]
    start_worker("rotate")
    control.fail("database", "setSecret", "connection refused")
    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )
    admin.failed(arn, new)
    control.mend("database", "setSecret")

    with refused("InvalidRequestException", NOT_COMPLETE):
        sm.rotate_secret(SecretId="database")

    eventually(
        lambda: labels(sm, "database").get(old), lambda stages: stages == {PREVIOUS}, "it succeeds"
    )
    assert control.steps(arn, new) == [*STEPS[:2], *STEPS]
    assert labels(sm, "database")[new] - {PENDING} == {CURRENT}
    row = eventually(
        lambda: admin.newest(arn), lambda row: row and row["state"] != "running", "it ends"
    )
    assert row is not None
    assert (row["versionId"], row["state"]) == (new, "succeeded")
    assert admin.advance("1h") == []


def test_a_value_put_meanwhile(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """Fact 4.2: T5 T3 when another version holds AWSPENDING."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    start_worker("rotate")
    control.hold("database", "setSecret")
    abandoned = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )
    control.wait_for_step(arn, "setSecret")

    put = sm.put_secret_value(SecretId="database", SecretString="by hand")["VersionId"]
    assert labels(sm, "database")[put] == {CURRENT}
    assert abandoned not in labels(sm, "database")
    control.release("database", "setSecret")
    row = admin.settled(arn, abandoned)

    assert row["state"] == "abandoned"
    assert control.steps(arn) == STEPS[:2]
    assert value(sm, "database") == "by hand"
    assert admin.event_names(arn) == ["RotationStarted", "RotationAbandoned"]
    assert admin.advance("1h") == []
    admin.succeeded(arn, sm.rotate_secret(SecretId="database")["VersionId"])


def test_only_a_test(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """Fact 4.2: T16 RotateSecret `RotateImmediately=false`."""
    created = sm.create_secret(Name="database", SecretString="old")
    arn = created["ARN"]
    start_worker("rotate")
    control.hold("database", "testSecret")

    rotate_when_known(
        sm,
        SecretId="database",
        RotationLambdaARN=function_arn("rotate", account),
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    control.wait_for_step(arn, "testSecret")
    [event] = control.events(arn)
    copy = event["ClientRequestToken"]
    assert labels(sm, "database") == {created["VersionId"]: {CURRENT}, copy: {PENDING}}
    assert value(sm, "database", PENDING) == "old"
    control.release("database", "testSecret")
    row = admin.succeeded(arn, copy)

    assert row["trigger"] == "test"
    assert_took_its_steps(row, ["testSecret"])
    assert labels(sm, "database") == {created["VersionId"]: {CURRENT}}
    described = sm.describe_secret(SecretId="database")
    assert described["RotationEnabled"] is True
    assert "LastRotatedDate" not in described
    assert admin.event_names(arn) == ["TestRotationStarted", "TestRotationSucceeded"]


def test_a_test_that_fails(
    sm: BaseClient, admin: Admin, control: Control, start_worker: StartWorker, account: str
) -> None:
    """The configuration stays, the copy goes."""
    created = sm.create_secret(Name="database", SecretString="old")
    arn = created["ARN"]
    start_worker("rotate")
    control.fail("database", "testSecret", "wrong password")

    rotate_when_known(
        sm,
        SecretId="database",
        RotationLambdaARN=function_arn("rotate", account),
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    row = eventually(
        lambda: admin.newest(arn), lambda row: row and row["state"] != "running", "it ends"
    )

    assert row is not None
    assert (row["trigger"], row["state"]) == ("test", "failed")
    assert "wrong password" in row["steps"][-1]["error"]
    assert labels(sm, "database") == {created["VersionId"]: {CURRENT}}
    assert sm.describe_secret(SecretId="database")["RotationEnabled"] is True
    assert admin.event_names(arn) == ["TestRotationStarted", "TestRotationFailed"]


def test_a_secret_without_a_value(
    sm: BaseClient, admin: Admin, start_worker: StartWorker, account: str
) -> None:
    """Fact 5.2: a secret with no value can be rotated: template functions then fail."""
    arn = sm.create_secret(Name="database")["ARN"]
    start_worker("rotate")

    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )

    assert_stopped_at(admin.failed(arn, new), "createSecret", "AWSCURRENT")
    assert labels(sm, "database") == {new: {PENDING}}


def test_a_replica_follows(
    sm: BaseClient,
    admin: Admin,
    connect: Connect,
    emulator: Emulator,
    start_worker: StartWorker,
    account: str,
) -> None:
    """Fact 9.3: rotation is configured on the primary only; new values propagate."""
    created = sm.create_secret(
        Name="database", SecretString="old", AddReplicaRegions=[{"Region": "eu-west-1"}]
    )
    replica = connect(emulator, account, "eu-west-1")
    start_worker("rotate")

    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )
    admin.succeeded(created["ARN"], new)

    eventually(
        lambda: value(replica, "database"),
        lambda found: found == value(sm, "database"),
        "the replica has the new value",
    )
    assert value(replica, "database", PREVIOUS) == "old"


def test_an_init_error_fails_what_waits(
    sm: BaseClient, admin: Admin, start_worker: StartWorker, account: str
) -> None:
    """A worker that cannot begin says why, and its process ends."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    good = start_worker("rotate")
    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("rotate", account)
    )
    admin.succeeded(arn, new)
    good.kill()
    newer = sm.rotate_secret(SecretId="database")["VersionId"]

    said = {
        "errorMessage": "Unable to import module 'rotate'",
        "errorType": "Runtime.ImportModuleError",
        "stackTrace": [],
    }
    answer = admin.request(
        "POST", f"/_lambda/rotate{RUNTIME}/init/error", json.dumps(said).encode()
    )

    assert answer.status == 202
    row = admin.failed(arn, newer)
    assert_stopped_at(row, "createSecret", "Unable to import module 'rotate'")
    start_worker("rotate")
    [done] = admin.advance("1m")
    assert done["event"] == "RotationSucceeded"


def test_a_python_module_that_cannot_be_imported(
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    give_port: GivePort,
    account: str,
) -> None:
    """The init error of AWS's own client, which needs a port of its own to report it."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    api = {"AWS_LAMBDA_RUNTIME_API": give_port("broken")}
    good = start_worker("broken", handler="broken.lambda_handler", environment=api)
    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("broken", account)
    )
    admin.succeeded(arn, new)
    good.kill()
    newer = sm.rotate_secret(SecretId="database")["VersionId"]
    control.break_import("the database driver is missing")

    bad = start_worker("broken", handler="broken.lambda_handler", environment=api)

    row = admin.failed(arn, newer)
    assert_stopped_at(row, "createSecret", "the database driver is missing")
    assert eventually(lambda: bad.exit_code, lambda code: code is not None, "it ends") == 1


@pytest.mark.parametrize("ending", ["response", "error"])
def test_an_invocation_that_nobody_made(admin: Admin, sm: BaseClient, ending: str) -> None:
    """Lambda refuses an answer to a request id it does not know."""
    path = f"/_lambda/rotate{RUNTIME}/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/{ending}"

    answer = admin.request("POST", path, b"{}")

    assert answer.status in {400, 403}
    assert sm.list_secrets()["SecretList"] == []


def test_a_javascript_function_in_awss_client(
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    give_port: GivePort,
    javascript: dict[str, str],
    account: str,
) -> None:
    """`aws-lambda-ric` with AWS's SDK for JavaScript: the steps, and an error."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    function = function_arn("javascript", account)
    runtime_client = f"{javascript['NODE_PATH']}/aws-lambda-ric/index.mjs"
    control.fail("database", "setSecret", "no such table: users")
    worker = start_worker(
        "javascript",
        command=["node", runtime_client],
        environment={**javascript, "AWS_LAMBDA_RUNTIME_API": give_port("javascript")},
    )

    new = rotate_when_known(sm, SecretId="database", RotationLambdaARN=function)
    assert_stopped_at(admin.failed(arn, new), "setSecret", "no such table: users")
    control.mend("database", "setSecret")
    [done] = admin.advance("1m")

    assert done["event"] == "RotationSucceeded"
    assert_took_its_steps(admin.succeeded(arn, new, 2))
    assert value(sm, "database", PREVIOUS) == "old"
    invoked = control.journal("invoked")
    assert [row["event"]["Step"] for row in invoked] == [*STEPS[:2], *STEPS]
    assert {row["function_arn"] for row in invoked} == {function}
    assert all(0 < row["remaining_ms"] <= FIFTEEN_MINUTES_MS for row in invoked)
    assert is_running(worker.pid)


def test_a_javascript_function_in_a_plain_loop(
    sm: BaseClient,
    admin: Admin,
    control: Control,
    start_worker: StartWorker,
    javascript: dict[str, str],
    account: str,
) -> None:
    """A runtime client may be forty lines long, and takes the path as it is."""
    arn = sm.create_secret(Name="database", SecretString="old")["ARN"]
    start_worker(
        "loop",
        command=["node", str(FUNCTIONS / "plain_loop.mjs"), str(FUNCTIONS / "rotate.cjs")],
        environment=javascript,
    )

    new = rotate_when_known(
        sm, SecretId="database", RotationLambdaARN=function_arn("loop", account)
    )

    assert_took_its_steps(admin.succeeded(arn, new))
    assert control.steps(arn) == STEPS
    assert value(sm, "database", PREVIOUS) == "old"
