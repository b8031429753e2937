"""Rotates the password of a PostgreSQL user who may change it: AWS's single user strategy.

The secret is the JSON object that AWS's function for RDS expects; `host` may be the folder of a
Unix socket.
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
import control
import psycopg
import steps
from botocore.client import BaseClient
from psycopg import sql

CONNECT_SECONDS = 5

sm = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])


def lambda_handler(event: dict[str, str], _context: Any) -> None:
    """Take one step."""
    control.note("invoked", event=event)
    control.obey(event)
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    labels = sm.describe_secret(SecretId=arn)["VersionIdsToStages"].get(token, [])
    if "AWSCURRENT" in labels:
        return
    if "AWSPENDING" not in labels:
        raise ValueError(f"version {token} is not pending")
    {
        "createSecret": create_secret,
        "setSecret": set_secret,
        "testSecret": test_secret,
        "finishSecret": steps.finish_secret,
    }[step](sm, arn, token)


def create_secret(sm: BaseClient, arn: str, token: str) -> None:
    """Make up a password and keep it with the pending version."""
    current = value(sm, arn, "AWSCURRENT")
    try:
        value(sm, arn, "AWSPENDING", token)
    except sm.exceptions.ResourceNotFoundException:
        password = sm.get_random_password(ExcludeCharacters="/@\"'\\")["RandomPassword"]
        sm.put_secret_value(
            SecretId=arn,
            ClientRequestToken=token,
            SecretString=json.dumps({**current, "password": password}),
            VersionStages=["AWSPENDING"],
        )


def set_secret(sm: BaseClient, arn: str, token: str) -> None:
    """Change the user's password in the database, unless an earlier try has."""
    pending = value(sm, arn, "AWSPENDING", token)
    if (connection := connected(pending)) is not None:
        connection.close()
        return
    with connect(value(sm, arn, "AWSCURRENT")) as connection:
        connection.execute(
            sql.SQL("ALTER USER {} WITH PASSWORD {}").format(
                sql.Identifier(pending["username"]), sql.Literal(pending["password"])
            )
        )


def test_secret(sm: BaseClient, arn: str, token: str) -> None:
    """Log in with the new password."""
    with connect(value(sm, arn, "AWSPENDING", token)) as connection:
        connection.execute("SELECT now()")


def value(sm: BaseClient, arn: str, label: str, version: str | None = None) -> dict[str, Any]:
    """The credentials under a label."""
    which = {"VersionId": version} if version else {}
    answer = sm.get_secret_value(SecretId=arn, VersionStage=label, **which)
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


def connect(credentials: dict[str, Any]) -> psycopg.Connection[Any]:
    """Log in; a wrong password is an error."""
    return psycopg.connect(
        host=credentials["host"],
        port=credentials["port"],
        dbname=credentials["dbname"],
        user=credentials["username"],
        password=credentials["password"],
        connect_timeout=CONNECT_SECONDS,
    )


def connected(credentials: dict[str, Any]) -> psycopg.Connection[Any] | None:
    """Log in if the password is right."""
    try:
        return connect(credentials)
    except psycopg.OperationalError:
        return None
