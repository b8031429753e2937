"""What the tests expect in many places: sentences, refusals, and the shape of answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

BOTH_VALUES = (
    "You can’t specify both a binary secret value and a string secret value in the same secret."
)

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"

Labels = dict[str, set[str]]


def token_in_use(token: str, arn: str) -> str:
    """Fact 3.1: a version's token comes again with another value."""
    return (
        f"You can't use ClientRequestToken {token} because that value is already in use "
        f"for a version of secret {arn}."
    )


@contextmanager
def refused(
    exception: type[ClientError],
    message: str | re.Pattern[str] | None,
    *,
    code: str | None = None,
) -> Iterator[None]:
    """The call inside is refused with exactly this exception and sentence.

    A message of None means that the facts vouch for the code alone. The code is the exception's
    name, unless boto3 has no class for it. Fact 1.3: every client error is HTTP 400.
    """
    with pytest.raises(exception) as caught:
        yield
    assert type(caught.value) is exception
    error = caught.value.response["Error"]
    assert error["Code"] == (code or exception.__name__)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    if isinstance(message, re.Pattern):
        assert message.fullmatch(error["Message"])
    elif message is not None:
        assert error["Message"] == message


@contextmanager
def invalid(message: str | re.Pattern[str] | None) -> Iterator[None]:
    """The call inside is refused as a ValidationException with this text (Fact 1.6)."""
    with refused(ClientError, message, code="ValidationException"):
        yield


@contextmanager
def violates(constraint: str) -> Iterator[None]:
    """The call inside violates this one constraint of the service model (Fact 1.5)."""
    with invalid(f"1 validation error detected: {constraint}"):
        yield


def too_long(path: str, limit: int, value: str | None = None) -> str:
    """Fact 1.5, rows 2 and 8: the value is left out for sensitive members."""
    shown = "Value" if value is None else f"Value '{value}'"
    return (
        f"{shown} at '{path}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {limit}"
    )


def too_big(path: str, limit: int, value: int) -> str:
    """Fact 1.5, row 4."""
    return (
        f"Value '{value}' at '{path}' failed to satisfy constraint: "
        f"Member must have value less than or equal to {limit}"
    )


def members(answer: Mapping[str, Any]) -> set[str]:
    """The members of an answer that came from the service."""
    return set(answer) - {"ResponseMetadata"}


def arn_of(account: str, region: str, name: str, *, partition: str = "aws") -> re.Pattern[str]:
    """Fact 2.1: the form of a secret's ARN."""
    return re.compile(
        rf"arn:{partition}:secretsmanager:{region}:{account}:secret:{re.escape(name)}-[A-Za-z0-9]{{6}}"
    )


def listed_labels(sm: BaseClient, name: str, **options: Any) -> Labels:
    """Every version that ListSecretVersionIds shows, with its labels (none: an empty set)."""
    versions = sm.list_secret_version_ids(SecretId=name, **options)["Versions"]
    return {version["VersionId"]: set(version.get("VersionStages", [])) for version in versions}


def described_labels(sm: BaseClient, name: str) -> Labels:
    """Every labelled version that DescribeSecret shows."""
    described = sm.describe_secret(SecretId=name)
    return {version: set(labels) for version, labels in described["VersionIdsToStages"].items()}
