"""Requests made by hand, for what boto3 hides: headers, bodies, and what it would never send."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CONTENT_TYPE = "application/x-amz-json-1.1"
TIMEOUT_SECONDS = 30.0

_without_proxies = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whatever its status."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; a body that is none fails the test."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Wire:
    """Posts requests of one account and Region, signed as an SDK signs them."""

    endpoint: str
    account: str
    region: str

    def post(self, operation: str, body: Mapping[str, Any] | bytes) -> Answer:
        """Call an operation with a JSON object, or with exactly these bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return send(self.endpoint, data, self.signed_headers(operation, data))

    def signed_headers(self, operation: str, body: bytes) -> dict[str, str]:
        """The headers of a request that carries a real SigV4 signature."""
        request = AWSRequest("POST", f"{self.endpoint}/", target_headers(operation), body)
        credentials = Credentials(self.account, "the-emulator-does-not-mind")
        SigV4Auth(credentials, "secretsmanager", self.region).add_auth(request)
        return dict(request.headers.items())


def target_headers(operation: str) -> dict[str, str]:
    """The two headers of the AWS JSON 1.1 protocol."""
    return {"Content-Type": CONTENT_TYPE, "X-Amz-Target": f"secretsmanager.{operation}"}


def send(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """POST a body, or GET when there is none."""
    request = urllib.request.Request(url, body, dict(headers or {}))
    try:
        with _without_proxies.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())
