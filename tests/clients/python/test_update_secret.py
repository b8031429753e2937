"""UpdateSecret."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from expect import BOTH_VALUES, CURRENT, PREVIOUS, listed_labels, members, refused, token_in_use
from operations import TOKEN


@pytest.fixture
def first(sm: BaseClient) -> str:
    """The version of a described secret `database` that was created with the value `one`."""
    created = sm.create_secret(Name="database", SecretString="one", Description="the main one")
    return created["VersionId"]


def test_a_new_value_becomes_current(sm: BaseClient, first: str) -> None:
    """Fact 3.5 and trace 2: VersionId tells of the new version; the description stays."""
    updated = sm.update_secret(SecretId="database", SecretString="two", ClientRequestToken=TOKEN)

    assert members(updated) == {"ARN", "Name", "VersionId"}
    assert updated["VersionId"] == TOKEN
    assert listed_labels(sm, "database") == {first: {PREVIOUS}, TOKEN: {CURRENT}}
    assert sm.describe_secret(SecretId="database")["Description"] == "the main one"


def test_version_id_is_there_only_for_a_new_version(sm: BaseClient, first: str) -> None:
    """Fact 3.5 and trace 11: a description alone and an empty update make no version."""
    described = sm.update_secret(SecretId="database", Description="changed")
    both = sm.update_secret(SecretId="database", Description="again", SecretString="two")
    nothing = sm.update_secret(SecretId="database")

    assert "VersionId" not in described
    assert "VersionId" in both
    assert members(nothing) == {"ARN", "Name"}
    assert sm.describe_secret(SecretId="database")["Description"] == "again"
    assert listed_labels(sm, "database") == {first: {PREVIOUS}, both["VersionId"]: {CURRENT}}


def test_an_equal_value_makes_a_new_version(sm: BaseClient, first: str) -> None:
    """Fact 3.5: the token decides, not the value."""
    second = sm.update_secret(SecretId="database", SecretString="one")["VersionId"]

    assert listed_labels(sm, "database") == {first: {PREVIOUS}, second: {CURRENT}}


def test_an_update_can_bring_the_first_value(sm: BaseClient) -> None:
    """Fact 3.5: the first version of a secret that was created without a value."""
    sm.create_secret(Name="empty")

    version = sm.update_secret(SecretId="empty", SecretBinary=b"bytes")["VersionId"]

    assert listed_labels(sm, "empty") == {version: {CURRENT}}
    assert sm.get_secret_value(SecretId="empty")["SecretBinary"] == b"bytes"


def test_an_empty_description_clears_it(sm: BaseClient, first: str) -> None:
    """Fact 3.5: DescribeSecret then omits it."""
    sm.update_secret(SecretId="database", Description="")

    assert "Description" not in sm.describe_secret(SecretId="database")


def test_the_default_key_shows_only_when_it_was_named(sm: BaseClient, first: str) -> None:
    """Fact 3.5: the alias is accepted and shown; an empty KmsKeyId takes it back."""
    assert "KmsKeyId" not in sm.describe_secret(SecretId="database")

    sm.update_secret(SecretId="database", KmsKeyId="alias/aws/secretsmanager")
    assert sm.describe_secret(SecretId="database")["KmsKeyId"] == "alias/aws/secretsmanager"

    sm.update_secret(SecretId="database", KmsKeyId="")
    assert "KmsKeyId" not in sm.describe_secret(SecretId="database")
    assert sm.get_secret_value(SecretId="database")["SecretString"] == "one"


def test_last_changed_date_grows(sm: BaseClient, first: str) -> None:
    """Fact 3.5: also when the value is an equal one."""
    before = sm.describe_secret(SecretId="database")
    sm.update_secret(SecretId="database", SecretString="one")
    after = sm.describe_secret(SecretId="database")

    assert after["LastChangedDate"] >= before["LastChangedDate"]
    assert after["CreatedDate"] == before["CreatedDate"]


def test_a_token_with_its_own_value_succeeds(sm: BaseClient, first: str) -> None:
    """Fact 3.5 and Fact 13: the recording wins over the documentation."""
    updated = sm.update_secret(SecretId="database", SecretString="one", ClientRequestToken=first)

    assert updated["VersionId"] == first
    assert listed_labels(sm, "database") == {first: {CURRENT}}


def test_a_token_with_another_value_is_refused(sm: BaseClient, first: str) -> None:
    """Fact 3.5: the sentence of Fact 3.1."""
    arn = sm.describe_secret(SecretId="database")["ARN"]

    with refused(sm.exceptions.ResourceExistsException, token_in_use(first, arn)):
        sm.update_secret(SecretId="database", SecretString="two", ClientRequestToken=first)


def test_a_string_and_a_binary_value_together_are_refused(sm: BaseClient, first: str) -> None:
    """Fact 3.1: the same sentence for every operation that takes a value."""
    with refused(sm.exceptions.InvalidParameterException, BOTH_VALUES):
        sm.update_secret(SecretId="database", SecretString="text", SecretBinary=b"bytes")
