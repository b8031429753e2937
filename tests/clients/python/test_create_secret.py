"""CreateSecret."""

from __future__ import annotations

import uuid

import pytest
from botocore.client import BaseClient

from emulator import REGION
from expect import (
    BOTH_VALUES,
    CURRENT,
    arn_of,
    described_labels,
    invalid,
    members,
    refused,
    token_in_use,
    too_long,
    violates,
)
from facts import INVALID_NAME, name_taken
from operations import TOKEN

OTHER_TOKEN = "99999999-2222-4333-8444-555555555555"


def test_a_value_becomes_the_current_version(sm: BaseClient, account: str) -> None:
    """Fact 3.1: the answer has ARN, Name and VersionId, and the one version holds AWSCURRENT."""
    created = sm.create_secret(Name="database", SecretString="hunter2", ClientRequestToken=TOKEN)

    assert members(created) == {"ARN", "Name", "VersionId"}
    assert arn_of(account, REGION, "database").fullmatch(created["ARN"])
    assert (created["Name"], created["VersionId"]) == ("database", TOKEN)
    assert described_labels(sm, "database") == {TOKEN: {CURRENT}}


def test_the_sdk_fills_in_a_uuid_as_version_id(sm: BaseClient) -> None:
    """Fact 3.1: the token that the SDK makes up becomes the VersionId."""
    version = sm.create_secret(Name="database", SecretString="hunter2")["VersionId"]

    assert str(uuid.UUID(version)) == version


def test_any_text_of_32_to_64_characters_is_a_version_id(sm: BaseClient) -> None:
    """Fact 4.1, V9: a version's id need not be a UUID."""
    token = "not-a-uuid_but-long-enough:" + "x" * 37

    created = sm.create_secret(Name="database", SecretString="hunter2", ClientRequestToken=token)

    assert created["VersionId"] == token
    assert sm.get_secret_value(SecretId="database", VersionId=token)["SecretString"] == "hunter2"


def test_a_secret_without_a_value_has_no_version(sm: BaseClient) -> None:
    """Fact 3.1: no VersionId in the answer, no VersionIdsToStages in DescribeSecret."""
    created = sm.create_secret(Name="empty")

    assert members(created) == {"ARN", "Name"}
    assert "VersionIdsToStages" not in sm.describe_secret(SecretId="empty")


def test_description_and_tags_are_kept(sm: BaseClient) -> None:
    """Fact 3.1: both show in DescribeSecret as they were given."""
    tags = [{"Key": "team", "Value": "payments"}, {"Key": "Team", "Value": ""}]

    sm.create_secret(Name="database", SecretString="v", Description="the main one", Tags=tags)

    described = sm.describe_secret(SecretId="database")
    assert described["Description"] == "the main one"
    assert described["Tags"] == tags


def test_an_empty_description_is_accepted_and_omitted(sm: BaseClient) -> None:
    """Fact 3.1: `Description: ""` leaves no Description."""
    sm.create_secret(Name="database", SecretString="hunter2", Description="")

    assert "Description" not in sm.describe_secret(SecretId="database")


def test_repeating_a_call_gives_the_identical_answer(sm: BaseClient) -> None:
    """Fact 3.1: the same name, token and value once more is an idempotent replay."""
    call = {"Name": "database", "SecretString": "hunter2", "ClientRequestToken": TOKEN}
    first, second = sm.create_secret(**call), sm.create_secret(**call)

    del first["ResponseMetadata"], second["ResponseMetadata"]
    assert second == first


def test_the_same_token_with_another_value_is_refused(sm: BaseClient) -> None:
    """Fact 3.1: the sentence names the token and the ARN."""
    created = sm.create_secret(Name="database", SecretString="one", ClientRequestToken=TOKEN)

    with refused(sm.exceptions.ResourceExistsException, token_in_use(TOKEN, created["ARN"])):
        sm.create_secret(Name="database", SecretString="two", ClientRequestToken=TOKEN)


def test_a_taken_name_is_refused(sm: BaseClient) -> None:
    """Fact 3.1: another token means another secret, even with an equal value."""
    sm.create_secret(Name="database", SecretString="one", ClientRequestToken=TOKEN)

    with refused(sm.exceptions.ResourceExistsException, name_taken("database")):
        sm.create_secret(Name="database", SecretString="one", ClientRequestToken=OTHER_TOKEN)


def test_names_that_differ_in_case_are_two_secrets(sm: BaseClient) -> None:
    """Fact 2.2: names are matched case-sensitively."""
    sm.create_secret(Name="database", SecretString="lower")
    sm.create_secret(Name="Database", SecretString="upper")

    assert sm.get_secret_value(SecretId="database")["SecretString"] == "lower"
    assert sm.get_secret_value(SecretId="Database")["SecretString"] == "upper"


def test_a_name_scheduled_for_deletion_is_still_taken(sm: BaseClient) -> None:
    """Fact 3.1 and trace 13."""
    sm.create_secret(Name="database", SecretString="one")
    sm.delete_secret(SecretId="database", RecoveryWindowInDays=7)

    with refused(
        sm.exceptions.InvalidRequestException,
        "You can't create this secret because a secret with this name "
        "is already scheduled for deletion.",
    ):
        sm.create_secret(Name="database", SecretString="two")


def test_a_string_and_a_binary_value_together_are_refused(sm: BaseClient) -> None:
    """Fact 3.1: the sentence has a typographic apostrophe."""
    with refused(sm.exceptions.InvalidParameterException, BOTH_VALUES):
        sm.create_secret(Name="database", SecretString="text", SecretBinary=b"bytes")


@pytest.mark.parametrize("name", ["/leading/slash", "a/b_c+d=e.f@g-h", "ends-in-a1b2c3", "x" * 512])
def test_legal_names(sm: BaseClient, account: str, name: str) -> None:
    """Facts 2.1 and 2.3: letters, digits and /_+=.@- up to 512; verbatim in the ARN."""
    created = sm.create_secret(Name=name, SecretString="hunter2")

    assert arn_of(account, REGION, name).fullmatch(created["ARN"])
    assert sm.get_secret_value(SecretId=name)["Name"] == name


@pytest.mark.parametrize(
    "name", ["with space", "star*", "question?", "bracket]", "back\\slash", "é"]
)
def test_illegal_names(sm: BaseClient, name: str) -> None:
    """Fact 1.6 and trace 16: a forbidden character has a text of its own."""
    with invalid(INVALID_NAME):
        sm.create_secret(Name=name, SecretString="hunter2")


def test_a_name_of_513_characters_is_too_long(sm: BaseClient) -> None:
    """Fact 2.3: 512 is the limit; Fact 1.5, row 2: the text repeats the value."""
    name = "x" * 513

    with violates(too_long("name", 512, name)):
        sm.create_secret(Name=name, SecretString="hunter2")


def test_a_description_of_2049_characters_is_too_long(sm: BaseClient) -> None:
    """Fact 3.1: 2048 is the limit."""
    description = "d" * 2049

    with violates(too_long("description", 2048, description)):
        sm.create_secret(Name="database", SecretString="hunter2", Description=description)


def test_a_system_tag_is_refused(sm: BaseClient) -> None:
    """Fact 3.1 refers to Fact 3.22: keys with the prefix `aws:` belong to AWS."""
    with refused(
        sm.exceptions.InvalidParameterException,
        "You can't modify system tags. Tag key: 'aws:owner'.",
    ):
        sm.create_secret(
            Name="database", SecretString="hunter2", Tags=[{"Key": "aws:owner", "Value": "me"}]
        )
