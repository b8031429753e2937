"""The protocol of KMS beneath boto3: targets, bodies, and who writes `message` how."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials

from emulator import REGION, Emulator
from kms_facts import SIZE_REQUIRED, UNKNOWN_KEY, key_arn, key_missing, no_key_id
from kms_operations import ANYBODYS_POLICY, Key, described, new_key
from wire import CONTENT_TYPE, Answer, Wire, send


class KmsWire(Wire):
    """Posts requests to KMS, signed as an SDK signs them."""

    def signed_headers(self, operation: str, body: bytes) -> dict[str, str]:
        """The headers of a request that carries a real SigV4 signature."""
        headers = {"Content-Type": CONTENT_TYPE, "X-Amz-Target": f"TrentService.{operation}"}
        request = AWSRequest("POST", f"{self.endpoint}/", headers, body)
        credentials = Credentials(self.account, "the-emulator-does-not-mind")
        SigV4Auth(credentials, "kms", self.region).add_auth(request)
        return dict(request.headers.items())


@pytest.fixture
def kms_wire(emulator: Emulator, account: str) -> KmsWire:
    """Hand-made requests of this test's own account in us-east-1."""
    return KmsWire(emulator.endpoint, account, REGION)


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A symmetric key."""
    return new_key(kms)


def assert_protocol_headers(answer: Answer) -> None:
    """Fact 1.2: the headers of every answer."""
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    request_id = answer.headers["x-amzn-RequestId"]
    assert str(uuid.UUID(request_id)) == request_id


def assert_refused(answer: Answer, body: Mapping[str, str]) -> None:
    """Fact 6.5: HTTP 400 with exactly this body."""
    assert (answer.status, answer.json) == (400, body)
    assert_protocol_headers(answer)


class TestAnswers:
    """What comes back."""

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("UpdateKeyDescription", {"Description": "changed"}),
            ("TagResource", {"Tags": [{"TagKey": "k", "TagValue": "v"}]}),
            ("UntagResource", {"TagKeys": ["k"]}),
            ("PutKeyPolicy", {"Policy": ANYBODYS_POLICY}),
            ("EnableKeyRotation", {}),
            ("DisableKeyRotation", {}),
            ("DisableKey", {}),
            ("EnableKey", {}),
        ],
    )
    def test_no_output_shape_means_no_body(
        self, kms_wire: KmsWire, key: Key, operation: str, body: dict[str, Any]
    ) -> None:
        """Fact 6.5: zero bytes, not `{}`."""
        answer = kms_wire.post(operation, {"KeyId": key.id, **body})

        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["Content-Length"] == "0"

    def test_the_calls_on_aliases_have_no_body(self, kms_wire: KmsWire, key: Key) -> None:
        """Fact 6.5: CreateAlias, UpdateAlias and DeleteAlias."""
        name = {"AliasName": "alias/app"}
        target = {**name, "TargetKeyId": key.id}
        for operation, body in (
            ("CreateAlias", target),
            ("UpdateAlias", target),
            ("DeleteAlias", name),
        ):
            answer = kms_wire.post(operation, body)
            assert (answer.status, answer.body) == (200, b"")

    def test_dates_are_numbers_and_absent_members_are_absent(
        self, kms_wire: KmsWire, key: Key
    ) -> None:
        """Fact 1.2: seconds since the epoch; never `null`."""
        answer = kms_wire.post("DescribeKey", {"KeyId": key.id})

        assert answer.status == 200
        assert_protocol_headers(answer)
        assert re.search(rb'"CreationDate":\s*\d{10}(\.\d{1,3})?[,}]', answer.body)
        assert None not in answer.json["KeyMetadata"].values()
        assert "DeletionDate" not in answer.json["KeyMetadata"]

    def test_bytes_are_base64(self, kms_wire: KmsWire, key: Key) -> None:
        """Fact 1.2: both directions."""
        plaintext = bytes(range(0xF0, 0x100)) * 3
        encoded = base64.b64encode(plaintext).decode()
        sealed = kms_wire.post("Encrypt", {"KeyId": key.id, "Plaintext": encoded})
        blob = sealed.json["CiphertextBlob"]
        assert base64.b64decode(blob, validate=True)

        opened = kms_wire.post("Decrypt", {"CiphertextBlob": blob})
        assert opened.json["Plaintext"] == encoded

    def test_null_means_absent(self, kms_wire: KmsWire, key: Key) -> None:
        """Fact 1.1: a member that is null was not given; unknown members do not matter."""
        body = {"KeyId": key.id, "NumberOfBytes": None, "KeySpec": "AES_256", "NoSuch": {}}

        answer = kms_wire.post("GenerateDataKey", body)

        assert len(base64.b64decode(answer.json["Plaintext"])) == 32


class TestRefusals:
    """How a request is refused."""

    def test_message_is_in_lower_case(self, kms_wire: KmsWire, account: str) -> None:
        """Fact 6.5: in KMS its own exceptions write `message`, too."""
        arn = key_arn(account, UNKNOWN_KEY)
        assert_refused(
            kms_wire.post("DescribeKey", {"KeyId": UNKNOWN_KEY}),
            {"__type": "NotFoundException", "message": key_missing(arn)},
        )
        assert_refused(
            kms_wire.post("DisableKey", {"KeyId": "database"}),
            {"__type": "NotFoundException", "message": no_key_id("database")},
        )
        assert_refused(
            kms_wire.post("GenerateRandom", {}),
            {"__type": "ValidationException", "message": SIZE_REQUIRED},
        )

    def test_some_have_no_message_at_all(self, kms_wire: KmsWire, kms: BaseClient) -> None:
        """Fact 6.5: no member, not an empty one."""
        signer = new_key(kms, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        blob = base64.b64encode(b"not a ciphertext").decode()
        assert_refused(
            kms_wire.post("Decrypt", {"CiphertextBlob": blob}),
            {"__type": "InvalidCiphertextException"},
        )
        assert_refused(
            kms_wire.post("RotateKeyOnDemand", {"KeyId": signer.id}),
            {"__type": "UnsupportedOperationException"},
        )
        assert_refused(
            kms_wire.post("DeleteAlias", {"AliasName": "alias/aws/secretsmanager"}),
            {"__type": "NotAuthorizedException"},
        )

    def test_who_is_not_allowed_to(self, kms_wire: KmsWire, kms: BaseClient, account: str) -> None:
        """Fact 1.7: authorization has its own hand, and writes `Message`."""
        default = described(kms, "alias/aws/secretsmanager")
        assert_refused(
            kms_wire.post("DisableKey", {"KeyId": default["KeyId"]}),
            {
                "__type": "AccessDeniedException",
                "Message": f"User: arn:aws:iam::{account}:root is not authorized to perform: "
                f"kms:DisableKey on resource: {default['Arn']} "
                "because no resource-based policy allows the kms:DisableKey action",
            },
        )

    @pytest.mark.parametrize("operation", ["NoSuchOperation", "encrypt", "GetSecretValue", ""])
    def test_an_unknown_operation(self, kms_wire: KmsWire, operation: str) -> None:
        """Fact 1.4: a code without a text; names are case-sensitive, and not of other services."""
        assert_refused(kms_wire.post(operation, {}), {"__type": "UnknownOperationException"})

    def test_an_operation_of_kms_at_secrets_manager(self, wire: Wire) -> None:
        """Fact 1.4: the prefix of the target decides."""
        assert_refused(wire.post("CreateKey", {}), {"__type": "UnknownOperationException"})

    @pytest.mark.parametrize(
        ("operation", "member"),
        [("DescribeKey", "keyId"), ("DeleteAlias", "aliasName"), ("Decrypt", "ciphertextBlob")],
    )
    def test_a_missing_member(self, kms_wire: KmsWire, operation: str, member: str) -> None:
        """Fact 1.5, row 1."""
        assert_refused(
            kms_wire.post(operation, {}),
            {
                "__type": "ValidationException",
                "message": f"1 validation error detected: Value null at '{member}' failed to "
                "satisfy constraint: Member must not be null",
            },
        )

    @pytest.mark.parametrize(
        ("operation", "body", "path", "least"),
        [
            ("GenerateRandom", {"NumberOfBytes": 0}, "numberOfBytes", 1),
            ("ListKeys", {"Limit": 0}, "limit", 1),
            (
                "EnableKeyRotation",
                {"KeyId": UNKNOWN_KEY, "RotationPeriodInDays": 89},
                "rotationPeriodInDays",
                90,
            ),
            (
                "ScheduleKeyDeletion",
                {"KeyId": UNKNOWN_KEY, "PendingWindowInDays": 0},
                "pendingWindowInDays",
                1,
            ),
        ],
    )
    def test_a_number_too_small(
        self, kms_wire: KmsWire, operation: str, body: dict[str, Any], path: str, least: int
    ) -> None:
        """Fact 1.5, row 5: before the key is looked for."""
        assert_refused(
            kms_wire.post(operation, body),
            {
                "__type": "ValidationException",
                "message": f"1 validation error detected: Value '{least - 1}' at '{path}' failed "
                f"to satisfy constraint: Member must have value greater than or equal to {least}",
            },
        )

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("Encrypt", {"KeyId": UNKNOWN_KEY, "Plaintext": "?"}),
            ("Encrypt", {"KeyId": 5, "Plaintext": "eA=="}),
            ("CreateKey", {"MultiRegion": "yes"}),
            ("CreateKey", {"Tags": "team"}),
        ],
    )
    def test_wrong_types(self, kms_wire: KmsWire, operation: str, body: dict[str, Any]) -> None:
        """Fact 1.4: only the code is known."""
        answer = kms_wire.post(operation, body)

        assert answer.status == 400
        assert answer.json["__type"] == "SerializationException"

    @pytest.mark.parametrize("body", [b"{", b"not json", b"\xff\xfe"])
    def test_a_body_that_is_not_json(self, kms_wire: KmsWire, body: bytes) -> None:
        """Fact 1.4: only the code is known."""
        answer = kms_wire.post("ListKeys", body)

        assert answer.status == 400
        assert answer.json["__type"] == "SerializationException"


def test_an_unsigned_request_belongs_to_the_default_account(emulator: Emulator) -> None:
    """Without credentials there is no account to name, so `curl` works on 000000000000."""
    headers = {"Content-Type": CONTENT_TYPE, "X-Amz-Target": "TrentService.CreateKey"}

    answer = send(emulator.endpoint, json.dumps({}).encode(), headers)

    assert answer.status == 200
    assert answer.json["KeyMetadata"]["AWSAccountId"] == "000000000000"
