"""The forms of `SecretId`, and the rules that hold for every operation on one secret."""

from __future__ import annotations

import string

import pytest
from botocore.client import BaseClient

from expect import invalid, refused
from facts import INVALID_NAME, MARKED_FOR_DELETION, NOT_FOUND
from operations import ON_ONE_SECRET, REFUSED_WHILE_DELETED, TOKEN


def partial(arn: str) -> str:
    """An ARN without its random tail."""
    return arn[: -len("-AbCdEf")]


@pytest.mark.parametrize("operation", sorted(ON_ONE_SECRET))
def test_an_unknown_secret_is_not_found(sm: BaseClient, operation: str) -> None:
    """Fact 2.5: one sentence for every operation."""
    with refused(sm.exceptions.ResourceNotFoundException, NOT_FOUND):
        getattr(sm, operation)(SecretId="unknown", **ON_ONE_SECRET[operation])


@pytest.mark.parametrize("operation", sorted(ON_ONE_SECRET))
def test_an_invalid_name_is_told_before_it_is_looked_for(sm: BaseClient, operation: str) -> None:
    """Fact 1.6 and trace 16: the name-syntax text, for `SecretId` in every operation."""
    with invalid(INVALID_NAME):
        getattr(sm, operation)(SecretId="with space", **ON_ONE_SECRET[operation])


@pytest.mark.parametrize("operation", REFUSED_WHILE_DELETED)
def test_a_secret_scheduled_for_deletion_is_closed(sm: BaseClient, operation: str) -> None:
    """Fact 3, deleted-state matrix: the right-hand column."""
    sm.create_secret(Name="database", SecretString="hunter2", ClientRequestToken=TOKEN)
    sm.delete_secret(SecretId="database")

    with refused(sm.exceptions.InvalidRequestException, MARKED_FOR_DELETION):
        getattr(sm, operation)(SecretId="database", **ON_ONE_SECRET[operation])


@pytest.mark.parametrize("name", ["database", "prod/db/main", "/leading", "N-a1b2", "N-a1b2c3-"])
def test_name_arn_and_partial_arn_find_the_secret(sm: BaseClient, name: str) -> None:
    """Fact 2.2: the answer has the full ARN and the Name, whatever form was given."""
    arn = sm.create_secret(Name=name, SecretString="hunter2")["ARN"]

    for secret_id in (name, arn, partial(arn)):
        value = sm.get_secret_value(SecretId=secret_id)
        assert (value["ARN"], value["Name"]) == (arn, name)


def test_a_partial_arn_that_looks_like_a_full_one_is_not_found(sm: BaseClient) -> None:
    """Fact 2.2: `N-a1b2c3` without its tail is read as the full ARN of a secret `N`."""
    arn = sm.create_secret(Name="N-a1b2c3", SecretString="hunter2")["ARN"]

    with refused(sm.exceptions.ResourceNotFoundException, NOT_FOUND):
        sm.get_secret_value(SecretId=partial(arn))
    assert sm.get_secret_value(SecretId=arn)["Name"] == "N-a1b2c3"


def test_an_arn_with_another_tail_is_not_found(sm: BaseClient) -> None:
    """Fact 2.2: the right name with six wrong characters."""
    arn = sm.create_secret(Name="database", SecretString="hunter2")["ARN"]
    shift = str.maketrans(
        string.ascii_letters + string.digits, string.digits + string.ascii_letters
    )
    wrong = f"{partial(arn)}-{arn[-6:].translate(shift)}"

    with refused(sm.exceptions.ResourceNotFoundException, NOT_FOUND):
        sm.describe_secret(SecretId=wrong)


def test_a_name_in_another_case_is_not_found(sm: BaseClient) -> None:
    """Fact 2.2: the match is case-sensitive."""
    sm.create_secret(Name="database", SecretString="hunter2")

    with refused(sm.exceptions.ResourceNotFoundException, NOT_FOUND):
        sm.describe_secret(SecretId="DATABASE")
