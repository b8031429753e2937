"""`aws sts get-caller-identity`, with which people and scripts ask where they are."""

from __future__ import annotations

from dataclasses import replace

from conftest import Aws
from emulator import Emulator

DEFAULT_ACCOUNT = "000000000000"


def test_get_caller_identity(sts: Aws, account: str) -> None:
    """The account is in the access key; every caller is its root."""
    assert sts.json("get-caller-identity") == {
        "Account": account,
        "Arn": f"arn:aws:iam::{account}:root",
        "UserId": account,
    }
    assert sts.text("Account", "get-caller-identity") == account


def test_an_access_key_that_names_no_account(sts: Aws, aws_environment: dict[str, str]) -> None:
    """It belongs to the default account."""
    environment = {**aws_environment, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}

    anybody = replace(sts, environment=environment)

    assert anybody.text("Account", "get-caller-identity") == DEFAULT_ACCOUNT


def test_the_endpoint_from_the_environment(
    emulator: Emulator, aws_environment: dict[str, str], account: str
) -> None:
    """AWS_ENDPOINT_URL_STS and AWS_DEFAULT_REGION instead of the two options."""
    environment = {
        **aws_environment,
        "AWS_ENDPOINT_URL_STS": emulator.endpoint,
        "AWS_DEFAULT_REGION": "cn-north-1",
    }

    arn = Aws(environment, (), "sts").text("Arn", "get-caller-identity")

    assert arn == f"arn:aws-cn:iam::{account}:root"


def test_other_commands(sts: Aws) -> None:
    """There are no roles here."""
    role = ("--role-arn", "arn:aws:iam::123456789012:role/app", "--role-session-name", "test")

    assert sts.refused("assume-role", *role) == (
        "An error occurred (InvalidAction) when calling the AssumeRole operation: "
        "Could not find operation AssumeRole for version 2011-06-15"
    )
