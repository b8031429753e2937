"""Accounts and Regions are apart, although one server serves them all."""

from __future__ import annotations

import json
import uuid

import pytest
from botocore.client import BaseClient

from conftest import Connect
from emulator import REGION, fresh_account
from expect import arn_of, members, refused
from facts import NOT_FOUND, policy_for, root_of

ELSEWHERE = "eu-central-1"
DEFAULT_ACCOUNT = "000000000000"


def test_regions_are_apart(connect: Connect, account: str) -> None:
    """Fact 2.3: a name is unique per account and Region."""
    here, there = connect(account), connect(account, ELSEWHERE)
    arn = here.create_secret(Name="database", SecretString="here")["ARN"]
    with refused(there.exceptions.ResourceNotFoundException, NOT_FOUND):
        there.get_secret_value(SecretId="database")
    assert there.list_secrets()["SecretList"] == []

    other = there.create_secret(Name="database", SecretString="there")["ARN"]
    assert arn_of(account, REGION, "database").fullmatch(arn)
    assert arn_of(account, ELSEWHERE, "database").fullmatch(other)
    assert here.get_secret_value(SecretId="database")["SecretString"] == "here"
    assert there.get_secret_value(SecretId="database")["SecretString"] == "there"


def test_accounts_are_apart(connect: Connect) -> None:
    """Facts 2.2 and 3.11: a bare name never finds, and a list never shows, a foreign secret."""
    mine, yours = connect(), connect()
    mine.create_secret(Name="database", SecretString="mine")

    with refused(yours.exceptions.ResourceNotFoundException, NOT_FOUND):
        yours.get_secret_value(SecretId="database")
    assert yours.list_secrets()["SecretList"] == []

    yours.create_secret(Name="database", SecretString="yours")
    assert mine.get_secret_value(SecretId="database")["SecretString"] == "mine"
    assert len(mine.list_secrets()["SecretList"]) == 1


def test_a_secret_shared_by_policy(sm: BaseClient, connect: Connect) -> None:
    """Fact 2.4: its ARN opens it to the other account, but not a value under the default key."""
    reader_account = fresh_account()
    arn = sm.create_secret(Name="shared", SecretString="hunter2")["ARN"]
    policy = policy_for(root_of(reader_account), "*")
    sm.put_resource_policy(SecretId="shared", ResourcePolicy=json.dumps(policy))
    reader = connect(reader_account)

    described = reader.describe_secret(SecretId=arn)
    assert (described["ARN"], described["Name"]) == (arn, "shared")
    with refused(
        reader.exceptions.InvalidRequestException,
        "You can't access a secret from a different AWS account "
        "if you encrypt the secret with the default KMS service key.",
    ):
        reader.get_secret_value(SecretId=arn)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_region_decides_the_partition(
    connect: Connect, account: str, region: str, partition: str
) -> None:
    """Fact 2.1: the partitions of an ARN."""
    created = connect(account, region).create_secret(Name="database", SecretString="hunter2")

    assert arn_of(account, region, "database", partition=partition).fullmatch(created["ARN"])


@pytest.mark.parametrize("access_key", ["AKIAIOSFODNN7EXAMPLE", "test", "12345678901a", "1" * 13])
def test_other_access_keys_belong_to_the_default_account(connect: Connect, access_key: str) -> None:
    """An access key id that is not exactly twelve digits."""
    name = f"database-of-{uuid.uuid4()}"

    created = connect(access_key).create_secret(Name=name, SecretString="hunter2")

    assert members(created) == {"ARN", "Name", "VersionId"}
    assert arn_of(DEFAULT_ACCOUNT, REGION, name).fullmatch(created["ARN"])
