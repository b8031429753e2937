"""A rotation function for a secret that is just a password, in AWS's runtime client."""

from __future__ import annotations

import os
import sys
from typing import Any

import boto3
import control
import steps
from botocore.client import BaseClient

# As AWS's templates make it: region and credentials come from the environment too.
sm = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])

SHOWN = (
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "SECRETS_MANAGER_ENDPOINT",
)

control.note("started", environment={name: os.environ.get(name) for name in SHOWN})


def lambda_handler(event: dict[str, str], context: Any) -> str:
    """Take one step, and say so."""
    control.note(
        "invoked",
        event=event,
        request_id=context.aws_request_id,
        function_arn=context.invoked_function_arn,
        remaining_ms=context.get_remaining_time_in_millis(),
    )
    print(f"printed during {event['Step']}")
    print(f"complained during {event['Step']}", file=sys.stderr)
    if event["Step"] == "createSecret":
        control.note("saw", **what_is_there(sm, event))
    control.obey(event)
    steps.take(sm, event)
    return "nobody reads what a rotation function returns"


def what_is_there(sm: BaseClient, event: dict[str, str]) -> dict[str, Any]:
    """What a function finds before its first step has done anything."""
    arn, token = event["SecretId"], event["ClientRequestToken"]
    described = sm.describe_secret(SecretId=arn)
    try:
        sm.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
        refusal = None
    except sm.exceptions.ResourceNotFoundException as error:
        refusal = error.response["Error"]["Code"]
    listed = sm.list_secret_version_ids(SecretId=arn)["Versions"]
    return {
        "rotation_enabled": described.get("RotationEnabled"),
        "pending_labels": described["VersionIdsToStages"].get(token),
        "pending_value_refused": refusal,
        "listed_labels": [version.get("VersionStages") for version in listed],
    }
