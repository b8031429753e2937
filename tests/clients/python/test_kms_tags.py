"""TagResource, UntagResource and ListResourceTags of KMS."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from expect import members, refused, too_long, violates
from kms_operations import Key, new_key

T1 = {"TagKey": "team", "TagValue": "payments"}
T2 = {"TagKey": "stage", "TagValue": "prod"}
RESERVED = "Tags beginning with aws: are reserved"


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A key that was never tagged."""
    return new_key(kms)


def tags(kms: BaseClient, key: Key) -> list[dict[str, str]]:
    """All tags of the key."""
    pages = kms.get_paginator("list_resource_tags").paginate(KeyId=key.id)
    return [tag for page in pages for tag in page["Tags"]]


def numbered(count: int) -> list[dict[str, str]]:
    """Tags of which only the number matters."""
    return [{"TagKey": f"tag-{number:02}", "TagValue": str(number)} for number in range(count)]


def test_tags_come_and_go(kms: BaseClient, key: Key) -> None:
    """Fact 6.5: neither call answers anything; by id and by ARN."""
    seen = [tags(kms, key)]
    for tag in (T1, T2):
        assert members(kms.tag_resource(KeyId=key.id, Tags=[tag])) == set()
        seen.append(tags(kms, key))
    for tag in (T1, T2):
        assert members(kms.untag_resource(KeyId=key.arn, TagKeys=[tag["TagKey"]])) == set()
        seen.append(tags(kms, key))

    assert seen == [[], [T1], [T1, T2], [T2], []]


def test_a_known_key_keeps_its_place(kms: BaseClient, key: Key) -> None:
    """The value changes in place, new keys append; keys are case-sensitive."""
    kms.tag_resource(KeyId=key.id, Tags=[T1, T2])
    changed, other = {"TagKey": "team", "TagValue": "billing"}, {"TagKey": "Team", "TagValue": ""}
    kms.tag_resource(KeyId=key.id, Tags=[other, changed])

    assert tags(kms, key) == [changed, T2, other]


def test_unknown_keys_are_ignored(kms: BaseClient, key: Key) -> None:
    """UntagResource of what is not there."""
    kms.tag_resource(KeyId=key.id, Tags=[T1])
    kms.untag_resource(KeyId=key.id, TagKeys=["unknown", "TEAM"])

    assert tags(kms, key) == [T1]


def test_a_key_twice(kms: BaseClient, key: Key) -> None:
    """Fact 6.5: TagException; nothing of the call is done."""
    with refused(kms.exceptions.TagException, "Duplicate tag keys"):
        kms.tag_resource(KeyId=key.id, Tags=[T1, T2, T1])
    assert tags(kms, key) == []


def test_fifty_tags(kms: BaseClient, key: Key) -> None:
    """Fact 6.5: and no more, but a known key is not one more."""
    kms.tag_resource(KeyId=key.id, Tags=numbered(50))
    with refused(kms.exceptions.TagException, "Too many tags"):
        kms.tag_resource(KeyId=key.id, Tags=[T1])
    kms.tag_resource(KeyId=key.id, Tags=[{"TagKey": "tag-00", "TagValue": "changed"}])

    assert tags(kms, key) == [{"TagKey": "tag-00", "TagValue": "changed"}, *numbered(50)[1:]]


@pytest.mark.parametrize("reserved", ["aws:owner", "AWS:owner", "Aws:"])
def test_names_of_aws(kms: BaseClient, key: Key, reserved: str) -> None:
    """Fact 6.5: in any letter case; and for their removal, too."""
    kms.tag_resource(KeyId=key.id, Tags=[T2])
    with refused(kms.exceptions.TagException, RESERVED):
        kms.tag_resource(KeyId=key.id, Tags=[T1, {"TagKey": reserved, "TagValue": "me"}])
    with refused(kms.exceptions.TagException, RESERVED):
        kms.untag_resource(KeyId=key.id, TagKeys=["stage", reserved])
    assert tags(kms, key) == [T2]


def test_the_longest_tag(kms: BaseClient, key: Key) -> None:
    """Fact 6.5: keys up to 128, values up to 256."""
    longest = {"TagKey": "k" * 128, "TagValue": "v" * 256}
    kms.tag_resource(KeyId=key.id, Tags=[longest])

    assert tags(kms, key) == [longest]


@pytest.mark.parametrize(
    ("tag", "violation"),
    [
        (
            {"TagKey": "k" * 129, "TagValue": ""},
            too_long("tags.2.member.tagKey", 128, "k" * 129),
        ),
        (
            {"TagKey": "k", "TagValue": "v" * 257},
            too_long("tags.2.member.tagValue", 256, "v" * 257),
        ),
    ],
    ids=["key", "value"],
)
def test_longer_tags_are_refused(
    kms: BaseClient, key: Key, tag: dict[str, str], violation: str
) -> None:
    """Fact 6.5: the path counts list items from 1."""
    with violates(violation):
        kms.tag_resource(KeyId=key.id, Tags=[T1, tag])
    assert tags(kms, key) == []


def test_pages(kms: BaseClient, key: Key) -> None:
    """Fact 6.5: Truncated always, NextMarker only where there is more."""
    kms.tag_resource(KeyId=key.id, Tags=numbered(5))
    whole = kms.list_resource_tags(KeyId=key.arn)
    assert members(whole) == {"Tags", "Truncated"}
    assert whole["Truncated"] is False

    pages = list(
        kms.get_paginator("list_resource_tags").paginate(
            KeyId=key.id, PaginationConfig={"PageSize": 2}
        )
    )

    assert [len(page["Tags"]) for page in pages] == [2, 2, 1]
    assert [page["Truncated"] for page in pages] == [True, True, False]
    assert ["NextMarker" in page for page in pages] == [True, True, False]
    assert [tag for page in pages for tag in page["Tags"]] == numbered(5)


def test_a_marker_that_was_never_given(kms: BaseClient, key: Key) -> None:
    """InvalidMarkerException; its text is not known."""
    with refused(kms.exceptions.InvalidMarkerException, None):
        kms.list_resource_tags(KeyId=key.id, Marker="no such marker")
