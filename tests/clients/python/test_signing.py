"""Requests as they are really signed: SigV4 headers, session tokens, presigned URLs, and none."""

from __future__ import annotations

import json
import re
import uuid

from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient

from conftest import Connect
from emulator import Emulator, fresh_account
from wire import send, target_headers


def authorization_of_a_call(sm: BaseClient) -> str:
    """Make a call that must succeed; the Authorization header that boto3 sent with it."""
    sent: list[str] = []

    def note(request: AWSPreparedRequest, **_: object) -> None:
        value = request.headers["Authorization"]
        sent.append(value.decode() if isinstance(value, bytes) else value)

    sm.meta.events.register("before-send.secretsmanager", note)
    assert sm.get_random_password()["RandomPassword"]
    [authorization] = sent
    return authorization


def test_boto3_signs_and_is_answered(sm: BaseClient, account: str) -> None:
    """Fact 1.1: signing: SigV4, service name `secretsmanager`.

    SigV4 for the service `secretsmanager`, over exactly these headers."""
    assert re.fullmatch(
        rf"AWS4-HMAC-SHA256 Credential={account}/\d{{8}}/us-east-1/secretsmanager/aws4_request, "
        r"SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}",
        authorization_of_a_call(sm),
    )


def test_temporary_credentials_are_answered(connect: Connect, account: str) -> None:
    """Fact 1.1: the session token is one more signed header; the account is the same."""
    connect(account).create_secret(Name="database", SecretString="hunter2")
    temporary = connect(account, session_token="FwoGZXIvYXdzEXAMPLE")

    signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,"
    assert signed in authorization_of_a_call(temporary)
    assert temporary.get_secret_value(SecretId="database")["SecretString"] == "hunter2"


def test_a_presigned_url_names_account_and_region(connect: Connect) -> None:
    """Fact 1.1: the credential scope, in X-Amz-Credential instead of a header."""
    owner = connect(fresh_account(), "eu-west-1")
    owner.create_secret(Name="database", SecretString="hunter2")
    body = json.dumps({"SecretId": "database"}).encode()
    headers = target_headers("GetSecretValue")

    url = owner.generate_presigned_url("get_secret_value", Params={"SecretId": "database"})
    answer = send(url, body, headers)
    assert answer.status == 200
    assert answer.json["SecretString"] == "hunter2"
    assert answer.json["ARN"].startswith("arn:aws:secretsmanager:eu-west-1:")

    stranger = connect(fresh_account(), "eu-west-1")
    url = stranger.generate_presigned_url("get_secret_value", Params={"SecretId": "database"})
    answer = send(url, body, headers)
    assert answer.status == 400
    assert answer.json["__type"] == "ResourceNotFoundException"


def test_an_unsigned_request_belongs_to_the_default_account(emulator: Emulator) -> None:
    """Without credentials there is no account to name, so `curl` works on 000000000000."""
    name = f"unsigned-{uuid.uuid4()}"
    body = {"Name": name, "SecretString": "hunter2", "ClientRequestToken": str(uuid.uuid4())}

    answer = send(emulator.endpoint, json.dumps(body).encode(), target_headers("CreateSecret"))

    assert answer.status == 200
    assert re.fullmatch(
        rf"arn:aws:secretsmanager:[a-z0-9-]+:000000000000:secret:{name}-[A-Za-z0-9]{{6}}",
        answer.json["ARN"],
    )
