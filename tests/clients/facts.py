"""What both suites know of AWS word for word: sentences, and the shape of a resource policy."""

from __future__ import annotations

from typing import Any

NOT_FOUND = "Secrets Manager can't find the specified secret."
"""Fact 2.5: for every operation."""

MARKED_FOR_DELETION = (
    "You can't perform this operation on the secret because it was marked for deletion."
)
"""Fact 3: the text that the fact sheet calls MFD."""

INVALID_NAME = (
    "Invalid name. Must be a valid name containing alphanumeric characters, "
    "or any of the following: -/_+=.@!"
)
"""Fact 1.6."""

CLASS_EXCLUDED = "All characters of the desired type have been excluded"
"""Fact 3.9: GetRandomPassword, when a required class is emptied."""


def name_taken(name: str) -> str:
    """Fact 3.1: CreateSecret with the name of another secret."""
    return f"The operation failed because the secret {name} already exists."


def holder_not_named(label: str, holder: str) -> str:
    """Fact 4.3: moving a label without naming the version that it is on."""
    return (
        f"The parameter RemoveFromVersionId can't be empty. Staging label {label} "
        f"is currently attached to version {holder}, so you must explicitly reference "
        "that version in RemoveFromVersionId."
    )


def root_of(account: str) -> dict[str, str]:
    """The principal that stands for a whole account."""
    return {"AWS": f"arn:aws:iam::{account}:root"}


def policy_for(principal: str | dict[str, str], action: str = "GetSecretValue") -> dict[str, Any]:
    """Fact 8.1: a policy that allows one action to a principal; `"*"` makes it public."""
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": f"secretsmanager:{action}",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
