"""The four steps of a rotation as AWS's templates take them, for a secret that is just a password.

Not itself a function: `rotate.py` is, and the tests' own Invoke API takes the same steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.client import BaseClient

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def take(sm: BaseClient, event: dict[str, str]) -> None:
    """Check what every template checks, then take the event's step."""
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    described = sm.describe_secret(SecretId=arn)
    if not described["RotationEnabled"]:
        raise ValueError(f"Secret {arn} is not enabled for rotation")
    labels = described["VersionIdsToStages"].get(token, [])
    if "AWSCURRENT" in labels:
        return
    if "AWSPENDING" not in labels:
        raise ValueError(f"Secret version {token} not set as AWSPENDING for rotation")
    _STEPS[step](sm, arn, token)


def create_secret(sm: BaseClient, arn: str, token: str) -> None:
    """Give the pending version a value, unless an earlier try has."""
    sm.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
    try:
        sm.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
    except sm.exceptions.ResourceNotFoundException:
        password = sm.get_random_password(ExcludeCharacters="/@\"'\\")["RandomPassword"]
        sm.put_secret_value(
            SecretId=arn,
            ClientRequestToken=token,
            SecretString=password,
            VersionStages=["AWSPENDING"],
        )


def set_secret(sm: BaseClient, arn: str, token: str) -> None:
    """There is no service behind this secret whose password would have to be set."""
    pending_value(sm, arn, token)


def test_secret(sm: BaseClient, arn: str, token: str) -> None:
    """There is none to try the password on either."""
    pending_value(sm, arn, token)


def finish_secret(sm: BaseClient, arn: str, token: str) -> None:
    """Move AWSCURRENT to the new version."""
    stages = sm.describe_secret(SecretId=arn)["VersionIdsToStages"]
    [current] = [version for version, labels in stages.items() if "AWSCURRENT" in labels]
    sm.update_secret_version_stage(
        SecretId=arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=token,
        RemoveFromVersionId=current,
    )


def pending_value(sm: BaseClient, arn: str, token: str) -> str:
    """The value under AWSPENDING."""
    pending = sm.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
    value: str = pending["SecretString"]
    return value


_STEPS: dict[str, Callable[[BaseClient, str, str], Any]] = {
    "createSecret": create_secret,
    "setSecret": set_secret,
    "testSecret": test_secret,
    "finishSecret": finish_secret,
}
