"""The protocol beneath boto3: headers, bodies, and requests that an SDK would not send."""

from __future__ import annotations

import base64
import json
import re
import uuid
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from botocore.client import BaseClient

from facts import NOT_FOUND
from wire import CONTENT_TYPE, Answer, Wire

TOKEN_MISSING = "You must provide a ClientRequestToken value. We recommend a UUID-type value."


@pytest.fixture
def database(sm: BaseClient) -> None:
    """A secret `database` with the value `hunter2`."""
    sm.create_secret(Name="database", SecretString="hunter2")


def assert_protocol_headers(answer: Answer) -> None:
    """Fact 1.2: the headers of every answer."""
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    request_id = answer.headers["x-amzn-RequestId"]
    assert str(uuid.UUID(request_id)) == request_id
    assert parsedate_to_datetime(answer.headers["Date"]) is not None


def assert_refused(answer: Answer, body: dict[str, str]) -> None:
    """Fact 1.3: HTTP 400 with exactly this body."""
    assert (answer.status, answer.json) == (400, body)
    assert_protocol_headers(answer)


def invalid(*items: str) -> dict[str, str]:
    """Fact 1.5: the body of a single violation; the front end writes `message` in lower case."""
    [item] = items
    return {"__type": "ValidationException", "message": f"1 validation error detected: {item}"}


class TestAnswers:
    """What comes back."""

    def test_success(self, wire: Wire, database: None) -> None:
        """Fact 1.2: status 200 and these headers; a fresh request id each time."""
        answers = [wire.post("GetSecretValue", {"SecretId": "database"}) for _ in range(2)]

        for answer in answers:
            assert answer.status == 200
            assert_protocol_headers(answer)
        assert len({answer.headers["x-amzn-RequestId"] for answer in answers}) == 2

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("TagResource", {"Tags": [{"Key": "k", "Value": "v"}]}),
            ("UntagResource", {"TagKeys": ["k"]}),
        ],
    )
    def test_no_output_shape_means_no_body(
        self, wire: Wire, database: None, operation: str, body: dict[str, Any]
    ) -> None:
        """Fact 1.2: zero bytes, not `{}`."""
        answer = wire.post(operation, {"SecretId": "database", **body})

        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["Content-Length"] == "0"

    def test_timestamps_are_numbers(self, wire: Wire, database: None) -> None:
        """Fact 1.2: seconds since the epoch with a fraction of milliseconds, written plainly."""
        answer = wire.post("GetSecretValue", {"SecretId": "database"})

        assert re.search(rb'"CreatedDate":\s*\d{10}(\.\d{1,3})?[,}]', answer.body)

    def test_last_accessed_date_is_a_whole_day(self, wire: Wire, database: None) -> None:
        """Fact 1.2: truncated to midnight UTC, without a fraction."""
        wire.post("GetSecretValue", {"SecretId": "database"})
        answer = wire.post("DescribeSecret", {"SecretId": "database"})

        written = re.search(rb'"LastAccessedDate":\s*(\d{10})[,}]', answer.body)
        assert written is not None
        assert int(written[1]) % 86_400 == 0

    def test_binary_values_are_base64(self, wire: Wire, sm: BaseClient) -> None:
        """Trace 24: the standard alphabet, padded."""
        sm.create_secret(Name="bytes", SecretBinary=b"footest")

        answer = wire.post("GetSecretValue", {"SecretId": "bytes"})

        assert answer.json["SecretBinary"] == "Zm9vdGVzdA=="

    def test_binary_values_are_read_as_base64(self, wire: Wire, sm: BaseClient) -> None:
        """Fact 1.2: both directions, with + and / of the standard alphabet."""
        value = bytes(range(0xF0, 0x100)) * 3
        body = {
            "Name": "bytes",
            "SecretBinary": base64.b64encode(value).decode(),
            "ClientRequestToken": str(uuid.uuid4()),
        }

        assert wire.post("CreateSecret", body).status == 200
        assert sm.get_secret_value(SecretId="bytes")["SecretBinary"] == value


class TestRefusals:
    """How a request is refused."""

    def test_the_services_own_exceptions(self, wire: Wire) -> None:
        """Fact 1.3: the bare name, and `Message` with a capital; always 400."""
        assert_refused(
            wire.post("GetSecretValue", {"SecretId": "unknown"}),
            {"__type": "ResourceNotFoundException", "Message": NOT_FOUND},
        )

    def test_a_missing_member(self, wire: Wire) -> None:
        """Fact 1.5, row 1."""
        assert_refused(
            wire.post("GetSecretValue", {}),
            invalid(
                "Value null at 'secretId' failed to satisfy constraint: Member must not be null"
            ),
        )

    def test_an_empty_member(self, wire: Wire) -> None:
        """Fact 1.5, row 3."""
        assert_refused(
            wire.post("GetSecretValue", {"SecretId": ""}),
            invalid(
                "Value '' at 'secretId' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        )

    def test_a_number_too_small(self, wire: Wire) -> None:
        """Fact 1.5, row 5."""
        assert_refused(
            wire.post("ListSecrets", {"MaxResults": 0}),
            invalid(
                "Value '0' at 'maxResults' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        )

    def test_an_empty_secret_value(self, wire: Wire) -> None:
        """Fact 3.1 and Fact 1.5, row 8: a sensitive value is left out even when it is empty."""
        body = {"Name": "database", "SecretString": "", "ClientRequestToken": str(uuid.uuid4())}

        answer = wire.post("CreateSecret", body)

        assert answer.status == 400
        assert answer.json["__type"] == "ValidationException"

    @pytest.mark.parametrize(
        ("operation", "subject"),
        [("CreateSecret", "Name"), ("PutSecretValue", "SecretId"), ("UpdateSecret", "SecretId")],
    )
    def test_a_missing_token(self, wire: Wire, operation: str, subject: str) -> None:
        """Trace 23 and Fact 1.6: told before the unknown secret is."""
        assert_refused(
            wire.post(operation, {subject: "unknown", "SecretString": "hunter2"}),
            {"__type": "InvalidRequestException", "Message": TOKEN_MISSING},
        )

    @pytest.mark.parametrize("operation", ["NoSuchOperation", "getsecretvalue", ""])
    def test_an_unknown_operation(self, wire: Wire, operation: str) -> None:
        """Fact 1.4: a code without a text; Fact 1.1: names of operations are case-sensitive."""
        assert_refused(wire.post(operation, {}), {"__type": "UnknownOperationException"})

    @pytest.mark.parametrize("body", [b"{", b"not json", b'{"SecretId": "database"', b"\xff\xfe"])
    def test_a_body_that_is_not_json(self, wire: Wire, body: bytes) -> None:
        """Fact 1.4: only the code is known."""
        answer = wire.post("GetSecretValue", body)

        assert answer.status == 400
        assert answer.json["__type"] == "SerializationException"

    def test_a_number_for_a_string(self, wire: Wire) -> None:
        """Fact 1.4: and Fact 1.3: the front end's `message` is in lower case."""
        assert_refused(
            wire.post("GetSecretValue", {"SecretId": 5}),
            {
                "__type": "SerializationException",
                "message": "NUMBER_VALUE can not be converted to a String",
            },
        )

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("ListSecrets", {"IncludePlannedDeletion": "yes"}),
            ("ListSecrets", {"Filters": "name"}),
            ("CreateSecret", {"Name": "n", "SecretBinary": "?", "ClientRequestToken": "t" * 32}),
        ],
        ids=["string-for-boolean", "string-for-list", "bad-base64"],
    )
    def test_other_wrong_types(self, wire: Wire, operation: str, body: dict[str, Any]) -> None:
        """Fact 1.4: only the code is known."""
        answer = wire.post(operation, body)

        assert answer.status == 400
        assert answer.json["__type"] == "SerializationException"


class TestLeniency:
    """What is read past."""

    def test_unknown_members_are_ignored(self, wire: Wire, database: None) -> None:
        """Fact 1.1."""
        body = {"SecretId": "database", "NoSuchMember": {"deep": [1, None]}}

        answer = wire.post("GetSecretValue", body)

        assert answer.json["SecretString"] == "hunter2"

    def test_null_means_absent(self, wire: Wire, database: None) -> None:
        """Fact 1.1: a member that is null was not given."""
        body = {"SecretId": "database", "VersionId": None, "VersionStage": None}

        answer = wire.post("GetSecretValue", body)

        assert answer.json["SecretString"] == "hunter2"

    def test_any_json_spelling_is_read(self, wire: Wire, sm: BaseClient) -> None:
        """Fact 1.1: the body is JSON, so white space and escapes are its own affair."""
        body = (
            '\r\n\t{ "Name" : "data\\u0062ase" , "SecretString":"\\ud83d\\udd10\\/",'
            f'"ClientRequestToken" : {json.dumps("t" * 32)} }} \n'
        )

        assert wire.post("CreateSecret", body.encode()).status == 200
        assert sm.get_secret_value(SecretId="database")["SecretString"] == "\U0001f510/"
