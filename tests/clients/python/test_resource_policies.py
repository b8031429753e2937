"""Put-, Get-, Delete- and ValidateResourcePolicy, and ListResourcePolicies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.client import BaseClient

from expect import members, refused
from facts import policy_for, root_of
from operations import PUBLIC_POLICY

NOT_JSON = '{"Version": "2012-10-17", "Statement": ['


def own_policy(account: str, action: str = "GetSecretValue") -> str:
    """A policy that lets one account do one thing, laid out as people write it."""
    return json.dumps(policy_for(root_of(account), action), indent=2)


def stored_policy(sm: BaseClient) -> Any:
    """The secret's policy as a document, because its text may be laid out anew (Fact 8.1)."""
    return json.loads(sm.get_resource_policy(SecretId="database")["ResourcePolicy"])


def policy_names(sm: BaseClient) -> list[str]:
    """The names that ListResourcePolicies pages through."""
    pages = sm.get_paginator("list_resource_policies").paginate(SecretId="database")
    return [policy["PolicyName"] for page in pages for policy in page["ResourcePolicies"]]


@pytest.fixture(autouse=True)
def arn(sm: BaseClient) -> str:
    """The ARN of a secret `database` without a policy."""
    return sm.create_secret(Name="database", SecretString="hunter2")["ARN"]


def test_a_policy_comes_back_as_it_was_put(sm: BaseClient, account: str, arn: str) -> None:
    """Facts 3.15 and 3.16: semantically the same document."""
    policy = own_policy(account)

    put = sm.put_resource_policy(SecretId="database", ResourcePolicy=policy)

    assert (put["ARN"], put["Name"]) == (arn, "database")
    got = sm.get_resource_policy(SecretId=arn)
    assert (got["ARN"], got["Name"]) == (arn, "database")
    assert json.loads(got["ResourcePolicy"]) == json.loads(policy)


def test_a_second_policy_replaces_the_first(sm: BaseClient, account: str) -> None:
    """Fact 8.1: one policy per secret."""
    first, second = own_policy(account), own_policy(account, "DescribeSecret")
    sm.put_resource_policy(SecretId="database", ResourcePolicy=first)
    sm.put_resource_policy(SecretId="database", ResourcePolicy=second)

    assert stored_policy(sm) == json.loads(second)


def test_a_public_policy_is_accepted_by_default(sm: BaseClient) -> None:
    """Trace 22 and Fact 8.1: BlockPublicPolicy is false unless told otherwise."""
    sm.put_resource_policy(SecretId="database", ResourcePolicy=PUBLIC_POLICY)

    assert stored_policy(sm) == json.loads(PUBLIC_POLICY)


def test_a_public_policy_can_be_blocked(sm: BaseClient, account: str) -> None:
    """Fact 8.1: only the code is known; a policy for one account passes."""
    with refused(sm.exceptions.PublicPolicyException, None):
        sm.put_resource_policy(
            SecretId="database", ResourcePolicy=PUBLIC_POLICY, BlockPublicPolicy=True
        )
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId="database")

    policy = own_policy(account)
    sm.put_resource_policy(SecretId="database", ResourcePolicy=policy, BlockPublicPolicy=True)
    assert stored_policy(sm) == json.loads(policy)


def test_a_syntax_error_is_refused(sm: BaseClient, account: str) -> None:
    """Fact 8.1: only the code is known; the stored policy stays."""
    policy = own_policy(account)
    sm.put_resource_policy(SecretId="database", ResourcePolicy=policy)

    with refused(sm.exceptions.MalformedPolicyDocumentException, None):
        sm.put_resource_policy(SecretId="database", ResourcePolicy=NOT_JSON)
    assert stored_policy(sm) == json.loads(policy)


def test_no_policy_is_not_an_error(sm: BaseClient, arn: str) -> None:
    """Fact 3.16: the member is omitted."""
    got = sm.get_resource_policy(SecretId="database")

    assert (got["ARN"], got["Name"]) == (arn, "database")
    assert "ResourcePolicy" not in members(got)


def test_deleting_a_policy(sm: BaseClient, arn: str) -> None:
    """Fact 3.17: ARN and Name; a second deletion succeeds as well."""
    sm.put_resource_policy(SecretId="database", ResourcePolicy=PUBLIC_POLICY)

    for _ in range(2):
        deleted = sm.delete_resource_policy(SecretId="database")
        assert (deleted["ARN"], deleted["Name"]) == (arn, "database")
        assert "ResourcePolicy" not in sm.get_resource_policy(SecretId="database")


def test_there_is_no_policy_of_another_name(sm: BaseClient) -> None:
    """Facts 3.16 and 3.17: `default` is the only name; the codes differ."""
    sm.put_resource_policy(SecretId="database", ResourcePolicy=PUBLIC_POLICY)

    assert "ResourcePolicy" in sm.get_resource_policy(SecretId="database", PolicyName="default")
    with refused(sm.exceptions.ResourceNotFoundException, None):
        sm.get_resource_policy(SecretId="database", PolicyName="other")
    with refused(sm.exceptions.InvalidParameterException, None):
        sm.delete_resource_policy(SecretId="database", PolicyName="other")


def test_listing_policies(sm: BaseClient) -> None:
    """Fact 3.24: the one policy there can be is named `default`."""
    assert policy_names(sm) == []

    sm.put_resource_policy(SecretId="database", ResourcePolicy=PUBLIC_POLICY)
    assert policy_names(sm) == ["default"]

    sm.delete_resource_policy(SecretId="database")
    assert policy_names(sm) == []


@pytest.mark.parametrize("options", [{}, {"SecretId": "database"}], ids=["alone", "for-a-secret"])
def test_a_sound_policy_is_valid(sm: BaseClient, account: str, options: dict[str, str]) -> None:
    """Fact 3.18: the list of errors is there, and empty; nothing is stored."""
    policy = own_policy(account)

    verdict = sm.validate_resource_policy(ResourcePolicy=policy, **options)

    assert members(verdict) == {"PolicyValidationPassed", "ValidationErrors"}
    assert verdict["PolicyValidationPassed"] is True
    assert verdict["ValidationErrors"] == []
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId="database")


def test_a_public_policy_is_not_valid(sm: BaseClient) -> None:
    """Fact 8.1: broad access is one of the checks; the names of the checks are not known."""
    verdict = sm.validate_resource_policy(ResourcePolicy=PUBLIC_POLICY)

    assert verdict["PolicyValidationPassed"] is False
    assert verdict["ValidationErrors"]
    for error in verdict["ValidationErrors"]:
        assert set(error) == {"CheckName", "ErrorMessage"}


def test_validating_a_syntax_error_is_refused(sm: BaseClient) -> None:
    """Fact 3.18: only the code is known."""
    with refused(sm.exceptions.MalformedPolicyDocumentException, None):
        sm.validate_resource_policy(ResourcePolicy=NOT_JSON)
