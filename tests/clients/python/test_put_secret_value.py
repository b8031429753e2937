"""PutSecretValue, without the finer points of labels (see test_staging_labels.py)."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from expect import BOTH_VALUES, CURRENT, PREVIOUS, listed_labels, members, refused, token_in_use
from operations import TOKEN


@pytest.fixture
def first(sm: BaseClient) -> str:
    """The version of a secret `database` that was created with the value `one`."""
    return sm.create_secret(Name="database", SecretString="one")["VersionId"]


def test_a_new_value_becomes_current(sm: BaseClient, first: str) -> None:
    """Fact 3.4: the answer shows the labels of the new version; the old one becomes AWSPREVIOUS."""
    put = sm.put_secret_value(SecretId="database", SecretString="two", ClientRequestToken=TOKEN)

    assert members(put) == {"ARN", "Name", "VersionId", "VersionStages"}
    assert (put["Name"], put["VersionId"], put["VersionStages"]) == ("database", TOKEN, [CURRENT])
    assert listed_labels(sm, "database") == {first: {PREVIOUS}, TOKEN: {CURRENT}}


@pytest.mark.parametrize("options", [{}, {"VersionStages": ["BLUE"]}], ids=["default", "labelled"])
def test_the_first_value_of_an_empty_secret_is_current(
    sm: BaseClient, options: dict[str, list[str]]
) -> None:
    """Fact 3.4: AWSCURRENT is attached, even when VersionStages omits it (trace 10)."""
    sm.create_secret(Name="empty")

    put = sm.put_secret_value(SecretId="empty", SecretString="one", **options)

    assert set(put["VersionStages"]) == {CURRENT, *options.get("VersionStages", [])}
    assert sm.get_secret_value(SecretId="empty")["SecretString"] == "one"


def test_a_token_with_its_own_value_changes_nothing(sm: BaseClient, first: str) -> None:
    """Fact 3.4: the call succeeds with that version, although another one is current by now."""
    call = {"SecretId": "database", "SecretString": "two", "ClientRequestToken": TOKEN}
    sm.put_secret_value(**call)
    third = sm.put_secret_value(SecretId="database", SecretString="three")["VersionId"]

    again = sm.put_secret_value(**call)

    assert again["VersionId"] == TOKEN
    assert listed_labels(sm, "database") == {TOKEN: {PREVIOUS}, third: {CURRENT}}


@pytest.mark.parametrize("value", [{"SecretString": "two"}, {"SecretBinary": b"one"}])
def test_a_token_with_another_value_is_refused(
    sm: BaseClient, first: str, value: dict[str, str | bytes]
) -> None:
    """Fact 3.4: the sentence of Fact 3.1; a version is immutable once it is set (Fact 4.1, V1)."""
    arn = sm.describe_secret(SecretId="database")["ARN"]

    with refused(sm.exceptions.ResourceExistsException, token_in_use(first, arn)):
        sm.put_secret_value(SecretId="database", ClientRequestToken=first, **value)
    assert sm.get_secret_value(SecretId="database")["SecretString"] == "one"


def test_a_call_without_a_value_is_refused(sm: BaseClient, first: str) -> None:
    """Fact 3.4: a string or a binary value is needed."""
    with refused(
        sm.exceptions.InvalidRequestException,
        "You must provide either SecretString or SecretBinary.",
    ):
        sm.put_secret_value(SecretId="database")


def test_a_string_and_a_binary_value_together_are_refused(sm: BaseClient, first: str) -> None:
    """Fact 3.4: as Fact 3.1."""
    with refused(sm.exceptions.InvalidParameterException, BOTH_VALUES):
        sm.put_secret_value(SecretId="database", SecretString="text", SecretBinary=b"bytes")
