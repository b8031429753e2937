"""PutKeyPolicy, GetKeyPolicy and ListKeyPolicies."""

from __future__ import annotations

import json

import pytest
from botocore.client import BaseClient

from expect import members, refused
from facts import root_of
from kms_facts import key_policy
from kms_operations import Key, key_ids, new_key

LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A key with the default policy."""
    return new_key(kms)


def stored_policy(kms: BaseClient, key: Key) -> str:
    """The text of the key's policy."""
    return kms.get_key_policy(KeyId=key.id)["Policy"]


def test_the_default_policy(kms: BaseClient, key: Key, account: str) -> None:
    """It gives the key to the account."""
    answer = kms.get_key_policy(KeyId=key.id)

    assert members(answer) == {"Policy", "PolicyName"}
    assert answer["PolicyName"] == "default"
    policy = json.loads(answer["Policy"])
    assert policy["Id"] == "key-default-1"
    assert policy["Statement"] == [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": root_of(account),
            "Action": "kms:*",
            "Resource": "*",
        }
    ]


@pytest.mark.parametrize("name", [{}, {"PolicyName": "default"}])
def test_a_policy_comes_back_as_it_was_put(
    kms: BaseClient, key: Key, account: str, name: dict[str, str]
) -> None:
    """To the letter; PolicyName may be absent."""
    policy = json.dumps(key_policy(account, "kms:PutKeyPolicy", "kms:Encrypt"), indent=3)

    assert members(kms.put_key_policy(KeyId=key.arn, Policy=policy, **name)) == set()

    answer = kms.get_key_policy(KeyId=key.arn, **name)
    assert (answer["Policy"], answer["PolicyName"]) == (policy, "default")


def test_the_names_of_policies(kms: BaseClient, key: Key) -> None:
    """There is one."""
    answer = kms.list_key_policies(KeyId=key.id)
    assert members(answer) == {"PolicyNames", "Truncated"}
    assert (answer["PolicyNames"], answer["Truncated"]) == (["default"], False)

    pages = kms.get_paginator("list_key_policies").paginate(KeyId=key.arn)
    assert [name for page in pages for name in page["PolicyNames"]] == ["default"]


def test_other_names(kms: BaseClient, key: Key, account: str) -> None:
    """No other name is anything."""
    with refused(kms.exceptions.NotFoundException, "No such policy exists"):
        kms.get_key_policy(KeyId=key.id, PolicyName="other")
    with refused(kms.exceptions.UnsupportedOperationException, None):
        kms.put_key_policy(KeyId=key.id, PolicyName="other", Policy=json.dumps(key_policy(account)))


@pytest.mark.parametrize("policy", ["{", "not a policy", "[]", '{"Version": "2012-10-17"'])
def test_a_text_that_is_no_policy(kms: BaseClient, key: Key, policy: str) -> None:
    """MalformedPolicyDocumentException; nothing changes."""
    before = stored_policy(kms, key)
    with refused(kms.exceptions.MalformedPolicyDocumentException, None):
        kms.put_key_policy(KeyId=key.id, Policy=policy)
    assert stored_policy(kms, key) == before


class TestLockout:
    """A policy that nobody could ever change."""

    @pytest.fixture
    def policy(self, account: str) -> str:
        """It allows nobody kms:PutKeyPolicy."""
        return json.dumps(key_policy(account, "kms:Encrypt", "kms:Decrypt"))

    def test_it_is_refused(self, kms: BaseClient, key: Key, policy: str) -> None:
        """By CreateKey, which then creates nothing, and by PutKeyPolicy."""
        before = stored_policy(kms, key)
        with refused(kms.exceptions.MalformedPolicyDocumentException, LOCKED_OUT):
            kms.put_key_policy(KeyId=key.id, Policy=policy)
        with refused(kms.exceptions.MalformedPolicyDocumentException, LOCKED_OUT):
            kms.create_key(Policy=policy)
        assert stored_policy(kms, key) == before
        assert key_ids(kms) == [key.id]

    def test_unless_it_is_meant(self, kms: BaseClient, key: Key, policy: str) -> None:
        """Fact 6.5: BypassPolicyLockoutSafetyCheck."""
        kms.put_key_policy(KeyId=key.id, Policy=policy, BypassPolicyLockoutSafetyCheck=True)
        created = new_key(kms, Policy=policy, BypassPolicyLockoutSafetyCheck=True)

        assert stored_policy(kms, key) == stored_policy(kms, created) == policy
