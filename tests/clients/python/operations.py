"""Every operation on one secret, with the least it needs besides `SecretId`.

One table for the rules that hold for all of them: an unknown secret, an invalid name, a secret
that is scheduled for deletion.
"""

from __future__ import annotations

import json
from typing import Any

from facts import policy_for

TOKEN = "11111111-2222-4333-8444-555555555555"
"""The VersionId that the table's UpdateSecretVersionStage moves a label to."""

PUBLIC_POLICY = json.dumps(policy_for("*"))

ON_ONE_SECRET: dict[str, dict[str, Any]] = {
    "delete_resource_policy": {},
    "delete_secret": {},
    "describe_secret": {},
    "get_resource_policy": {},
    "get_secret_value": {},
    "list_resource_policies": {},
    "list_secret_version_ids": {},
    "put_resource_policy": {"ResourcePolicy": PUBLIC_POLICY},
    "put_secret_value": {"SecretString": "value"},
    "restore_secret": {},
    "tag_resource": {"Tags": [{"Key": "team", "Value": "payments"}]},
    "untag_resource": {"TagKeys": ["team"]},
    "update_secret": {"SecretString": "value"},
    "update_secret_version_stage": {"VersionStage": "BLUE", "MoveToVersionId": TOKEN},
    "validate_resource_policy": {"ResourcePolicy": PUBLIC_POLICY},
}

WORKING_WHILE_DELETED = {
    "describe_secret",
    "list_secret_version_ids",
    "restore_secret",
}
"""Fact 3, deleted-state matrix. ListResourcePolicies is in neither of its columns."""

REFUSED_WHILE_DELETED = sorted(
    set(ON_ONE_SECRET) - WORKING_WHILE_DELETED - {"list_resource_policies"}
)
