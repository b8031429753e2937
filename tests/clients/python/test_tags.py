"""TagResource and UntagResource."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from expect import members, refused, too_long, violates

T1 = {"Key": "team", "Value": "payments"}
T2 = {"Key": "stage", "Value": "prod"}
SYSTEM_TAG = "You can't modify system tags. Tag key: 'aws:owner'."


@pytest.fixture(autouse=True)
def database(sm: BaseClient) -> None:
    """A secret `database` that was never tagged."""
    sm.create_secret(Name="database", SecretString="hunter2")


def tags(sm: BaseClient) -> list[dict[str, str]] | None:
    """The tags that DescribeSecret shows, if it shows any."""
    return sm.describe_secret(SecretId="database").get("Tags")


def test_tags_come_and_go(sm: BaseClient) -> None:
    """Trace 20 and Fact 3.6: absent if never tagged, `[]` after the last one was removed."""
    seen = [tags(sm)]
    for tag in (T1, T2):
        assert members(sm.tag_resource(SecretId="database", Tags=[tag])) == set()
        seen.append(tags(sm))
    for tag in (T1, T2):
        assert members(sm.untag_resource(SecretId="database", TagKeys=[tag["Key"]])) == set()
        seen.append(tags(sm))

    assert seen == [None, [T1], [T1, T2], [T2], []]


def test_a_known_key_keeps_its_place(sm: BaseClient) -> None:
    """Fact 3.22: upsert by key, other tags stay, new keys append; keys are case-sensitive."""
    sm.tag_resource(SecretId="database", Tags=[T1, T2])
    changed, other = {"Key": "team", "Value": "billing"}, {"Key": "Team", "Value": "x"}
    sm.tag_resource(SecretId="database", Tags=[other, changed])

    assert tags(sm) == [changed, T2, other]


def test_unknown_keys_are_ignored(sm: BaseClient) -> None:
    """Fact 3.23."""
    sm.tag_resource(SecretId="database", Tags=[T1])
    sm.untag_resource(SecretId="database", TagKeys=["unknown", "TEAM"])

    assert tags(sm) == [T1]


def test_tagging_updates_last_changed_date(sm: BaseClient) -> None:
    """Fact 3.22."""
    before = sm.describe_secret(SecretId="database")["LastChangedDate"]
    sm.tag_resource(SecretId="database", Tags=[T1])

    assert sm.describe_secret(SecretId="database")["LastChangedDate"] >= before


def test_system_tags_are_refused(sm: BaseClient) -> None:
    """Fact 3.22, and Fact 3.23 for their removal; nothing of the call is done."""
    with refused(sm.exceptions.InvalidParameterException, SYSTEM_TAG):
        sm.tag_resource(SecretId="database", Tags=[T1, {"Key": "aws:owner", "Value": "me"}])
    with refused(sm.exceptions.InvalidParameterException, SYSTEM_TAG):
        sm.untag_resource(SecretId="database", TagKeys=["aws:owner"])
    assert tags(sm) is None


def test_the_longest_tag(sm: BaseClient) -> None:
    """Fact 7: keys up to 128, values up to 256."""
    longest = {"Key": "k" * 128, "Value": "v" * 256}
    sm.tag_resource(SecretId="database", Tags=[longest])

    assert tags(sm) == [longest]


@pytest.mark.parametrize(
    ("tag", "violation"),
    [
        ({"Key": "k" * 129, "Value": ""}, too_long("tags.2.member.key", 128, "k" * 129)),
        ({"Key": "k", "Value": "v" * 257}, too_long("tags.2.member.value", 256, "v" * 257)),
    ],
    ids=["key", "value"],
)
def test_longer_tags_are_refused(sm: BaseClient, tag: dict[str, str], violation: str) -> None:
    """Fact 1.5: the path counts list items from 1."""
    with violates(violation):
        sm.tag_resource(SecretId="database", Tags=[T1, tag])
    assert tags(sm) is None
