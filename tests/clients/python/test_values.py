"""Values survive the trip unchanged: binary, Unicode, and up to the last allowed byte."""

from __future__ import annotations

import json

import pytest
from botocore.client import BaseClient

from expect import members, too_long, violates

LIMIT = 65_536
"""Fact 7: the size of a value."""

EVERY_BYTE = bytes(range(256))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(json.dumps({"username": "admin", "password": 'q"u\\o/te'}), id="json"),
        pytest.param("pässwörd – 密码 🔐 \U0001f468\u200d\U0001f469", id="unicode"),
        pytest.param("e\u0301 is not \u00e9", id="not-normalised"),
        pytest.param("tab\tnewline\nreturn\rnul\x00escape\x1bdelete\x7f", id="control-characters"),
        pytest.param("  \n around  ", id="blanks-around"),
        pytest.param("\u2028\u2029\ufeff\uffff", id="unusual-code-points"),
        pytest.param("x", id="one-character"),
        pytest.param("x" * LIMIT, id="the-limit"),
        pytest.param("🔐" * (LIMIT // 4), id="the-limit-in-four-byte-characters"),
    ],
)
def test_strings_come_back_unchanged(sm: BaseClient, value: str) -> None:
    """Fact 3.2: SecretString is whatever was stored, and there is no SecretBinary beside it."""
    sm.create_secret(Name="text", SecretString=value)

    answer = sm.get_secret_value(SecretId="text")

    assert answer["SecretString"] == value
    assert "SecretBinary" not in members(answer)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"\x00", id="one-byte"),
        pytest.param(EVERY_BYTE, id="every-byte"),
        pytest.param(EVERY_BYTE[:-1], id="padding-of-one"),
        pytest.param(EVERY_BYTE * (LIMIT // 256), id="the-limit"),
    ],
)
def test_bytes_come_back_unchanged(sm: BaseClient, value: bytes) -> None:
    """Fact 3.2: SecretBinary is decoded by the SDK, and there is no SecretString beside it."""
    sm.create_secret(Name="bytes", SecretBinary=value)

    answer = sm.get_secret_value(SecretId="bytes")

    assert answer["SecretBinary"] == value
    assert "SecretString" not in members(answer)


def test_a_secret_may_change_between_string_and_binary(sm: BaseClient) -> None:
    """Fact 4.1, V1: string xor binary holds for a version, not for the secret."""
    sm.create_secret(Name="both", SecretString="text")
    sm.put_secret_value(SecretId="both", SecretBinary=b"bytes")

    assert sm.get_secret_value(SecretId="both")["SecretBinary"] == b"bytes"
    previous = sm.get_secret_value(SecretId="both", VersionStage="AWSPREVIOUS")
    assert previous["SecretString"] == "text"


TOO_LARGE = [
    pytest.param({"SecretString": "x" * (LIMIT + 1)}, "secretString", id="string"),
    pytest.param({"SecretBinary": b"x" * (LIMIT + 1)}, "secretBinary", id="binary"),
]


@pytest.mark.parametrize(("value", "path"), TOO_LARGE)
def test_one_byte_more_is_refused(sm: BaseClient, value: dict[str, str | bytes], path: str) -> None:
    """Fact 1.5, row 8: the text never repeats a secret value."""
    sm.create_secret(Name="database", SecretString="hunter2")

    with violates(too_long(path, LIMIT)):
        sm.create_secret(Name="large", **value)
    with violates(too_long(path, LIMIT)):
        sm.put_secret_value(SecretId="database", **value)
    with violates(too_long(path, LIMIT)):
        sm.update_secret(SecretId="database", **value)
    assert sm.get_secret_value(SecretId="database")["SecretString"] == "hunter2"
