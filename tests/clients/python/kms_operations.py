"""Every KMS operation on one key, with the least it needs besides `KeyId`, and keys to call it on.

One table for the rules that hold for all of them: an unknown key, an alias for a key, the key of
another account.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from botocore.client import BaseClient

ANYBODYS_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
        ],
    }
)

BY_ANY_NAME: dict[str, dict[str, Any]] = {
    "describe_key": {},
    "encrypt": {"Plaintext": b"hunter2"},
    "generate_data_key": {"KeySpec": "AES_256"},
    "generate_data_key_without_plaintext": {"KeySpec": "AES_256"},
}
"""Those that take a key id, a key ARN, an alias name or an alias ARN, of any account.

Decrypt and ReEncrypt do so, too, but need a ciphertext.
"""

BY_KEY_ALONE: dict[str, dict[str, Any]] = {
    "cancel_key_deletion": {},
    "disable_key": {},
    "disable_key_rotation": {},
    "enable_key": {},
    "enable_key_rotation": {},
    "get_key_policy": {},
    "get_key_rotation_status": {},
    "list_aliases": {},
    "list_key_policies": {},
    "list_key_rotations": {},
    "list_resource_tags": {},
    "put_key_policy": {"Policy": ANYBODYS_POLICY},
    "rotate_key_on_demand": {},
    "schedule_key_deletion": {},
    "tag_resource": {"Tags": [{"TagKey": "team", "TagValue": "payments"}]},
    "untag_resource": {"TagKeys": ["team"]},
    "update_key_description": {"Description": "changed"},
}
"""Those that take a key id or a key ARN of the caller's own account (Fact 6.5)."""

ON_ONE_KEY = BY_ANY_NAME | BY_KEY_ALONE


class Key(NamedTuple):
    """The two names of a key."""

    id: str
    arn: str


def new_key(kms: BaseClient, **options: Any) -> Key:
    """Create a key: a symmetric one unless told otherwise."""
    metadata = kms.create_key(**options)["KeyMetadata"]
    return Key(metadata["KeyId"], metadata["Arn"])


def described(kms: BaseClient, key: str) -> dict[str, Any]:
    """What DescribeKey shows."""
    return kms.describe_key(KeyId=key)["KeyMetadata"]


def state(kms: BaseClient, key: str) -> str:
    """The state of a key."""
    return described(kms, key)["KeyState"]


def key_ids(kms: BaseClient, **options: Any) -> list[str]:
    """The ids of all keys, page by page."""
    pages = kms.get_paginator("list_keys").paginate(**options)
    return [entry["KeyId"] for page in pages for entry in page["Keys"]]


def assert_in_days(moment: datetime, days: int) -> None:
    """The date is this many days from now, give or take a minute."""
    expected = datetime.now(timezone.utc) + timedelta(days=days)
    assert abs(expected - moment) < timedelta(minutes=1)
