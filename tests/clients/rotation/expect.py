"""What the tests expect in many places: sentences, labels, and the shape of a rotation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from admin import Row, instant

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]

CANNOT_INVOKE = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
    "grants access to the principal secretsmanager.amazonaws.com."
)
"""Fact 5.5: function missing, wrong, or its policy."""

NOT_COMPLETE = "A previous rotation isn't complete. That rotation will be reattempted."
"""Fact 5.5: AWSPENDING sits on a version other than AWSCURRENT's."""

ROTATION_MEMBERS = {
    "RotationEnabled",
    "RotationLambdaARN",
    "RotationRules",
    "LastRotatedDate",
    "NextRotationDate",
}


def execution_failed(function: str, step: str) -> str:
    """Fact 11: `errorMessage` only on failures."""
    return f"Error when executing lambda {function} during {step} step"


@contextmanager
def refused(code: str, message: str) -> Iterator[None]:
    """The call inside is refused with exactly this code and sentence."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, message)


def labels(sm: BaseClient, secret: str) -> dict[str, set[str]]:
    """Every labelled version that DescribeSecret shows."""
    described = sm.describe_secret(SecretId=secret)
    return {version: set(stages) for version, stages in described["VersionIdsToStages"].items()}


def value(sm: BaseClient, secret: str, label: str = CURRENT) -> str:
    """The value under a label."""
    text: str = sm.get_secret_value(SecretId=secret, VersionStage=label)["SecretString"]
    return text


def last_try(row: Row) -> list[Row]:
    """The steps of the last try at this rotation; `steps` has those of the tries before it too."""
    return [step for step in row["steps"] if step["attempt"] == row["attempt"]]


def assert_took_its_steps(row: Row, steps: list[str] = STEPS) -> None:
    """The last try took exactly these steps without error, one after the other."""
    taken = last_try(row)
    assert [(step["step"], step["result"]) for step in taken] == [(s, "ok") for s in steps]
    assert not [step for step in taken if step.get("error")]
    times = [instant(row["started"])]
    for step in taken:
        times += [instant(step["started"]), instant(step["ended"])]
    times.append(instant(row["ended"]))
    assert times == sorted(times)


def assert_stopped_at(row: Row, step: str, message: str) -> None:
    """The last try took the steps before this one, and this one failed with such a message."""
    *before, last = last_try(row)
    wanted = STEPS[: STEPS.index(step)]
    assert [(s["step"], s["result"]) for s in before] == [(s, "ok") for s in wanted]
    assert (last["step"], last["result"]) == (step, "error")
    assert message in last["error"]
