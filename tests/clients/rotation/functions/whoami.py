"""A function that asks another service who it is, with nothing but its environment."""

from __future__ import annotations

from typing import Any

import boto3
import control

sts = boto3.client("sts")


def lambda_handler(event: dict[str, str], _context: Any) -> None:
    """Note the account and take no step, so that the rotation fails in the end."""
    control.note("identity", step=event["Step"], account=sts.get_caller_identity()["Account"])
