"""What the suites know of AWS KMS word for word: names of keys and aliases, sentences, policies."""

from __future__ import annotations

from typing import Any

from emulator import REGION
from facts import root_of

DRY_RUN = "The request would have succeeded, but the DryRun option is set."
"""Fact 6.5: DryRunOperationException."""

INCORRECT_KEY = "The key ID in the request does not identify a CMK that can perform this operation."
"""Fact 6.5: IncorrectKeyException."""

SPEC_OR_SIZE = "Please specify either number of bytes or key spec."
"""Fact 6.5: GenerateDataKey with both or neither."""

SIZE_REQUIRED = "NumberOfBytes is required."
"""Fact 6.5: GenerateRandom without a size."""

ALIAS_PREFIX = (
    'Alias must start with the prefix "alias/". Please see '
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
)
"""Fact 6.5: an alias whose name lacks it."""

WINDOW_OF_DELETION = "PendingWindowInDays must be between 7 and 30"
"""ScheduleKeyDeletion, where the model's own limits are wider."""

SECRET_NOT_DECRYPTED = (
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
)
"""DecryptionFailure: the key of a secret's value does not work."""

SECRET_NOT_ENCRYPTED = (
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. "
    "Check that the KMS key is available, enabled, and not in an invalid state."
)
"""EncryptionFailure: the key for a secret's value does not work."""

KEY_NOT_FOUND_FOR_SECRET = "Secrets Manager can't find the specified KMS key."
"""InvalidParameterException: a secret under a key that there is not."""

UNKNOWN_KEY = "12345678-1234-4123-8123-123456789012"
"""A well-formed id that no key has."""


def key_arn(account: str, key: str, *, region: str = REGION, partition: str = "aws") -> str:
    """The ARN of a key."""
    return f"arn:{partition}:kms:{region}:{account}:key/{key}"


def alias_arn(account: str, alias: str, *, region: str = REGION) -> str:
    """The ARN of an alias; its name has the prefix `alias/`."""
    return f"arn:aws:kms:{region}:{account}:{alias}"


def key_missing(arn: str) -> str:
    """Fact 6.5: a well-formed key id; the ARN even if the id was given."""
    return f"Key '{arn}' does not exist"


def no_key_id(text: str) -> str:
    """Fact 6.5: not a key id at all."""
    return f"Invalid keyId '{text}'"


def alias_missing(account: str, alias: str) -> str:
    """Fact 6.5."""
    return f"Alias {alias_arn(account, alias)} is not found."


def alias_taken(account: str, alias: str) -> str:
    """Fact 6.5."""
    return f"An alias with the name {alias_arn(account, alias)} already exists"


def disabled(arn: str) -> str:
    """Fact 6.5: DisabledException."""
    return f"{arn} is disabled."


def pending_deletion(arn: str) -> str:
    """Fact 6.5: pending deletion, crypto or state calls."""
    return f"{arn} is pending deletion."


def not_pending_deletion(arn: str) -> str:
    """Fact 6.5: cancel when not pending."""
    return f"{arn} is not pending deletion."


def wrong_usage(arn: str, usage: str, operation: str) -> str:
    """Fact 6.5: InvalidKeyUsageException."""
    return f"{arn} key usage is {usage} which is not valid for {operation}."


def rotations_used_up(arn: str) -> str:
    """Fact 6.5: LimitExceededException of RotateKeyOnDemand."""
    return (
        "The on-demand rotations limit has been reached for the given keyId. "
        f"No more on-demand rotations can be performed for this key: {arn}"
    )


def key_policy(account: str, *actions: str) -> dict[str, Any]:
    """A key policy that allows the account itself these actions; `kms:*` unless told otherwise."""
    statement = {
        "Sid": "Only this",
        "Effect": "Allow",
        "Principal": root_of(account),
        "Action": list(actions) or "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Id": "of-the-tests", "Statement": [statement]}
