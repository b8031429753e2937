"""What KMS keys are for: Encrypt, Decrypt, ReEncrypt, data keys and random bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient

from conftest import Connect
from expect import invalid, members, refused, too_big, too_long, violates
from kms_facts import (
    DRY_RUN,
    INCORRECT_KEY,
    SIZE_REQUIRED,
    SPEC_OR_SIZE,
    UNKNOWN_KEY,
    alias_arn,
    disabled,
    key_arn,
    key_missing,
    wrong_usage,
)
from kms_operations import Key, described, new_key

CONTEXT = {"app": "shop", "stage": "prod"}
NO_TEXT = ""
"""Fact 6.5: InvalidCiphertextException has no text; boto3 makes it an empty one."""

NOT_EVEN_BLOBS = [b"\x00", b"hunter2", bytes(range(256)), b"\x00" * 6144]


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A symmetric key with the alias `alias/app`."""
    made = new_key(kms)
    kms.create_alias(AliasName="alias/app", TargetKeyId=made.id)
    return made


@pytest.fixture
def other(kms: BaseClient) -> Key:
    """Another symmetric key."""
    return new_key(kms)


@pytest.fixture
def blob(kms: BaseClient, key: Key) -> bytes:
    """The text `hunter2` under the key, with the encryption context."""
    answer = kms.encrypt(KeyId=key.id, Plaintext=b"hunter2", EncryptionContext=CONTEXT)
    return answer["CiphertextBlob"]


class TestEncryptAndDecrypt:
    """Encrypt and Decrypt."""

    @pytest.mark.parametrize(
        "plaintext",
        [
            pytest.param(b"\x00", id="one-byte"),
            pytest.param("pässwörd 🔐".encode(), id="text"),
            pytest.param(bytes(range(256)), id="every-byte"),
            pytest.param(bytes(range(256)) * 16, id="the-limit"),
        ],
    )
    def test_the_round_trip(self, kms: BaseClient, key: Key, plaintext: bytes) -> None:
        """Fact 6.5: KeyId is the ARN; the key material that encrypted is told on decryption."""
        sealed = kms.encrypt(KeyId=key.id, Plaintext=plaintext)
        assert members(sealed) == {"CiphertextBlob", "EncryptionAlgorithm", "KeyId"}
        assert (sealed["KeyId"], sealed["EncryptionAlgorithm"]) == (key.arn, "SYMMETRIC_DEFAULT")
        assert len(sealed["CiphertextBlob"]) <= 6144

        opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])
        assert members(opened) == {"EncryptionAlgorithm", "KeyId", "KeyMaterialId", "Plaintext"}
        assert opened["Plaintext"] == plaintext
        assert (opened["KeyId"], opened["EncryptionAlgorithm"]) == (key.arn, "SYMMETRIC_DEFAULT")
        assert opened["KeyMaterialId"] == described(kms, key.id)["CurrentKeyMaterialId"]

    def test_a_ciphertext_tells_nothing(self, kms: BaseClient, key: Key) -> None:
        """The same text is never the same ciphertext, and does not show in it."""
        plaintext = b"a text that would be noticed"
        blobs = [kms.encrypt(KeyId=key.id, Plaintext=plaintext)["CiphertextBlob"] for _ in range(3)]

        assert len(set(blobs)) == 3
        assert not any(plaintext in blob for blob in blobs)

    @pytest.mark.parametrize("operation", ["encrypt", "decrypt"])
    def test_every_name_of_the_key(
        self, kms: BaseClient, key: Key, blob: bytes, account: str, operation: str
    ) -> None:
        """Fact 6.5: id, ARN, alias name and alias ARN; the answer has the ARN of the key."""
        for name in (*key, "alias/app", alias_arn(account, "alias/app")):
            if operation == "encrypt":
                answer = kms.encrypt(KeyId=name, Plaintext=b"hunter2")
            else:
                answer = kms.decrypt(CiphertextBlob=blob, KeyId=name, EncryptionContext=CONTEXT)
            assert answer["KeyId"] == key.arn

    def test_the_algorithm_can_be_spelled_out(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: EncryptionAlgorithm, both ways; grant tokens change nothing."""
        options = {"EncryptionAlgorithm": "SYMMETRIC_DEFAULT", "GrantTokens": ["a-token"]}
        sealed = kms.encrypt(KeyId=key.id, Plaintext=b"hunter2", **options)

        opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], **options)

        assert opened["Plaintext"] == b"hunter2"

    def test_a_plaintext_too_long(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: one byte more than the limit; the text does not show it."""
        with violates(too_long("plaintext", 4096)):
            kms.encrypt(KeyId=key.id, Plaintext=b"x" * 4097)

    def test_an_empty_plaintext(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: at least one byte."""
        with invalid(None):
            kms.encrypt(KeyId=key.id, Plaintext=b"")

    def test_a_foreign_key(self, kms: BaseClient, connect: Connect, key: Key) -> None:
        """By its ARN a key of another account works, both ways."""
        stranger = connect(service="kms")
        sealed = stranger.encrypt(KeyId=key.arn, Plaintext=b"hunter2")
        assert sealed["KeyId"] == key.arn

        assert kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])["Plaintext"] == b"hunter2"
        opened = stranger.decrypt(CiphertextBlob=sealed["CiphertextBlob"], KeyId=key.arn)
        assert (opened["KeyId"], opened["Plaintext"]) == (key.arn, b"hunter2")


class TestEncryptionContext:
    """A ciphertext opens with exactly the context that it was made with."""

    def test_the_order_does_not_matter(self, kms: BaseClient, blob: bytes) -> None:
        """It is a map."""
        reverse = dict(reversed(CONTEXT.items()))

        opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=reverse)

        assert opened["Plaintext"] == b"hunter2"

    @pytest.mark.parametrize(
        "context",
        [
            pytest.param({}, id="none"),
            pytest.param({"app": "shop"}, id="less"),
            pytest.param({**CONTEXT, "more": "x"}, id="more"),
            pytest.param({"app": "shop", "stage": "test"}, id="other-value"),
            pytest.param({"App": "shop", "stage": "prod"}, id="other-case"),
            pytest.param({"shop": "app", "prod": "stage"}, id="turned-round"),
            pytest.param({"apps": "hop", "stage": "prod"}, id="same-letters"),
        ],
    )
    def test_another_context(
        self, kms: BaseClient, key: Key, blob: bytes, context: dict[str, str]
    ) -> None:
        """Fact 6.5: InvalidCiphertextException without a text, with and without the KeyId."""
        for options in ({}, {"KeyId": key.id}):
            with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
                kms.decrypt(CiphertextBlob=blob, EncryptionContext=context, **options)

    def test_an_empty_context_is_none(self, kms: BaseClient, key: Key) -> None:
        """One made without opens with an empty one, and the other way round."""
        without = kms.encrypt(KeyId=key.id, Plaintext=b"x")["CiphertextBlob"]
        empty = kms.encrypt(KeyId=key.id, Plaintext=b"x", EncryptionContext={})["CiphertextBlob"]

        assert kms.decrypt(CiphertextBlob=without, EncryptionContext={})["Plaintext"] == b"x"
        assert kms.decrypt(CiphertextBlob=empty)["Plaintext"] == b"x"

    def test_a_context_of_any_text(self, kms: BaseClient, key: Key) -> None:
        """Keys and values are text, whatever it says."""
        context = {"ключ": "значение", 'quote"\\': "line\n", "🔐": " ", "long": "x" * 1000}
        sealed = kms.encrypt(KeyId=key.id, Plaintext=b"x", EncryptionContext=context)

        opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)

        assert opened["Plaintext"] == b"x"


class TestBadCiphertexts:
    """Ciphertexts that do not open."""

    def test_any_altered_byte(self, kms: BaseClient, blob: bytes) -> None:
        """Fact 6.5: tampered, wherever."""
        for position in range(len(blob)):
            altered = bytearray(blob)
            altered[position] ^= 1
            with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
                kms.decrypt(CiphertextBlob=bytes(altered), EncryptionContext=CONTEXT)

    def test_a_part_or_more_than_all(self, kms: BaseClient, blob: bytes) -> None:
        """Fact 6.5: truncated at either end, or with something after it."""
        half = len(blob) // 2
        for wrong in (blob[:1], blob[:half], blob[:-1], blob[1:], blob + b"\x00", blob + blob):
            with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
                kms.decrypt(CiphertextBlob=wrong, EncryptionContext=CONTEXT)

    @pytest.mark.parametrize("wrong", NOT_EVEN_BLOBS, ids=len)
    def test_bytes_of_something_else(self, kms: BaseClient, key: Key, wrong: bytes) -> None:
        """Fact 6.5: with the KeyId or without."""
        for options in ({}, {"KeyId": key.id}):
            with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
                kms.decrypt(CiphertextBlob=wrong, **options)

    def test_a_ciphertext_of_another_region(
        self, connect: Connect, account: str, blob: bytes
    ) -> None:
        """A key is at home in one Region."""
        there = connect(account, "eu-central-1", service="kms")
        with refused(there.exceptions.InvalidCiphertextException, NO_TEXT):
            there.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)

    def test_another_key(self, kms: BaseClient, blob: bytes, other: Key) -> None:
        """Fact 6.5: IncorrectKeyException, if the caller says which key it must be."""
        for name in other:
            with refused(kms.exceptions.IncorrectKeyException, INCORRECT_KEY):
                kms.decrypt(CiphertextBlob=blob, KeyId=name, EncryptionContext=CONTEXT)

    def test_an_unknown_key(self, kms: BaseClient, blob: bytes, account: str) -> None:
        """Fact 6.5: a KeyId that there is not."""
        message = key_missing(key_arn(account, UNKNOWN_KEY))
        with refused(kms.exceptions.NotFoundException, message):
            kms.decrypt(CiphertextBlob=blob, KeyId=UNKNOWN_KEY, EncryptionContext=CONTEXT)

    def test_no_ciphertext(self, kms: BaseClient) -> None:
        """The model does not require it, but Decrypt does."""
        with violates(
            "Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null"
        ):
            kms.decrypt()

    def test_a_ciphertext_too_long(self, kms: BaseClient) -> None:
        """Fact 1.5, row 8: up to 6144 bytes."""
        with violates(too_long("ciphertextBlob", 6144)):
            kms.decrypt(CiphertextBlob=b"x" * 6145)


class TestReEncrypt:
    """ReEncrypt."""

    def test_to_another_key_and_context(
        self, kms: BaseClient, key: Key, other: Key, blob: bytes
    ) -> None:
        """Fact 6.5: the answer names both keys and both materials; the old ciphertext stays."""
        context = {"moved": "yes"}
        moved = kms.re_encrypt(
            CiphertextBlob=blob,
            SourceEncryptionContext=CONTEXT,
            DestinationKeyId=other.id,
            DestinationEncryptionContext=context,
        )
        assert members(moved) == {
            "CiphertextBlob",
            "DestinationEncryptionAlgorithm",
            "DestinationKeyMaterialId",
            "KeyId",
            "SourceEncryptionAlgorithm",
            "SourceKeyId",
            "SourceKeyMaterialId",
        }
        assert (moved["SourceKeyId"], moved["KeyId"]) == (key.arn, other.arn)
        for side, of_side in (("Source", key), ("Destination", other)):
            assert moved[f"{side}EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
            current = described(kms, of_side.id)["CurrentKeyMaterialId"]
            assert moved[f"{side}KeyMaterialId"] == current

        opened = kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext=context)
        assert (opened["KeyId"], opened["Plaintext"]) == (other.arn, b"hunter2")
        with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
            kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext=CONTEXT)
        old = kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
        assert (old["KeyId"], old["Plaintext"]) == (key.arn, b"hunter2")

    def test_under_the_same_key(self, kms: BaseClient, key: Key, blob: bytes, account: str) -> None:
        """To take the context off; both keys by any of their names."""
        for name in (*key, "alias/app", alias_arn(account, "alias/app")):
            moved = kms.re_encrypt(
                CiphertextBlob=blob,
                SourceKeyId=name,
                SourceEncryptionContext=CONTEXT,
                DestinationKeyId=name,
            )
            assert (moved["SourceKeyId"], moved["KeyId"]) == (key.arn, key.arn)
            opened = kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])
            assert opened["Plaintext"] == b"hunter2"

    def test_the_source_must_open(
        self, kms: BaseClient, other: Key, blob: bytes, account: str
    ) -> None:
        """Fact 6.5: the same refusals as of Decrypt."""
        options = {"CiphertextBlob": blob, "DestinationKeyId": other.id}
        with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
            kms.re_encrypt(**options)
        with refused(kms.exceptions.IncorrectKeyException, INCORRECT_KEY):
            kms.re_encrypt(**options, SourceEncryptionContext=CONTEXT, SourceKeyId=other.id)
        with refused(kms.exceptions.NotFoundException, key_missing(key_arn(account, UNKNOWN_KEY))):
            kms.re_encrypt(**options, SourceEncryptionContext=CONTEXT, SourceKeyId=UNKNOWN_KEY)

    def test_an_unknown_destination(self, kms: BaseClient, blob: bytes, account: str) -> None:
        """Fact 6.5."""
        with refused(kms.exceptions.NotFoundException, key_missing(key_arn(account, UNKNOWN_KEY))):
            kms.re_encrypt(
                CiphertextBlob=blob,
                SourceEncryptionContext=CONTEXT,
                DestinationKeyId=UNKNOWN_KEY,
            )


class TestDataKeys:
    """GenerateDataKey and GenerateDataKeyWithoutPlaintext."""

    @pytest.mark.parametrize(
        ("options", "size"),
        [
            ({"KeySpec": "AES_256"}, 32),
            ({"KeySpec": "AES_128"}, 16),
            ({"NumberOfBytes": 1}, 1),
            ({"NumberOfBytes": 64}, 64),
            ({"NumberOfBytes": 1024}, 1024),
        ],
    )
    @pytest.mark.parametrize("plain", [True, False], ids=["with-plaintext", "without-plaintext"])
    def test_a_data_key_opens(
        self, kms: BaseClient, key: Key, options: dict[str, Any], size: int, plain: bool
    ) -> None:
        """Fact 6.5: the ciphertext decrypts to the key; both have the material that sealed it."""
        generate = kms.generate_data_key if plain else kms.generate_data_key_without_plaintext
        made = generate(KeyId=key.id, EncryptionContext=CONTEXT, **options)
        opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)

        expected = {"CiphertextBlob", "KeyId", "KeyMaterialId"}
        assert members(made) == (expected | {"Plaintext"} if plain else expected)
        assert made["KeyId"] == opened["KeyId"] == key.arn
        material = described(kms, key.id)["CurrentKeyMaterialId"]
        assert made["KeyMaterialId"] == opened["KeyMaterialId"] == material
        assert len(opened["Plaintext"]) == size
        if plain:
            assert made["Plaintext"] == opened["Plaintext"]

    def test_every_data_key_is_another(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.1: a new one for every call."""
        made = [kms.generate_data_key(KeyId=key.id, KeySpec="AES_256") for _ in range(3)]

        assert len({answer["Plaintext"] for answer in made}) == 3

    @pytest.mark.parametrize("plain", [True, False], ids=["with-plaintext", "without-plaintext"])
    def test_the_context_binds_it(self, kms: BaseClient, key: Key, plain: bool) -> None:
        """Fact 6.5: as with Encrypt."""
        generate = kms.generate_data_key if plain else kms.generate_data_key_without_plaintext
        made = generate(KeyId=key.id, KeySpec="AES_256", EncryptionContext=CONTEXT)
        with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
            kms.decrypt(CiphertextBlob=made["CiphertextBlob"])

    @pytest.mark.parametrize("options", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}])
    @pytest.mark.parametrize("plain", [True, False], ids=["with-plaintext", "without-plaintext"])
    def test_a_spec_or_a_size(
        self, kms: BaseClient, key: Key, options: dict[str, Any], plain: bool
    ) -> None:
        """Fact 6.5: one of them, and not both."""
        generate = kms.generate_data_key if plain else kms.generate_data_key_without_plaintext
        with invalid(SPEC_OR_SIZE):
            generate(KeyId=key.id, **options)

    def test_a_size_too_big(self, kms: BaseClient, key: Key) -> None:
        """Fact 1.5, row 4."""
        with violates(too_big("numberOfBytes", 1024, 1025)):
            kms.generate_data_key(KeyId=key.id, NumberOfBytes=1025)


class TestRandomBytes:
    """GenerateRandom."""

    @pytest.mark.parametrize("size", [1, 32, 1024])
    def test_as_many_as_asked_for(self, kms: BaseClient, size: int) -> None:
        """Fact 6.5: Plaintext and nothing else."""
        answer = kms.generate_random(NumberOfBytes=size)

        assert members(answer) == {"Plaintext"}
        assert len(answer["Plaintext"]) == size

    def test_never_the_same(self, kms: BaseClient) -> None:
        """They are random."""
        assert len({kms.generate_random(NumberOfBytes=32)["Plaintext"] for _ in range(5)}) == 5

    def test_how_many_must_be_said(self, kms: BaseClient) -> None:
        """Fact 6.5."""
        with invalid(SIZE_REQUIRED):
            kms.generate_random()

    def test_too_many(self, kms: BaseClient) -> None:
        """Fact 1.5, row 4."""
        with violates(too_big("numberOfBytes", 1024, 1025)):
            kms.generate_random(NumberOfBytes=1025)

    def test_not_from_a_key_store(self, kms: BaseClient) -> None:
        """There are none."""
        with refused(kms.exceptions.UnsupportedOperationException, None):
            kms.generate_random(NumberOfBytes=32, CustomKeyStoreId="cks-1234567890abcdef0")


class TestUsage:
    """Keys that are not for this."""

    @pytest.mark.parametrize(
        ("spec", "usage"),
        [
            ("RSA_2048", "SIGN_VERIFY"),
            ("ECC_NIST_P256", "KEY_AGREEMENT"),
            ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ],
    )
    def test_a_key_for_something_else(
        self, kms: BaseClient, blob: bytes, spec: str, usage: str
    ) -> None:
        """Fact 6.5: InvalidKeyUsageException; no data key, either."""
        wrong = new_key(kms, KeySpec=spec, KeyUsage=usage)
        with refused(
            kms.exceptions.InvalidKeyUsageException, wrong_usage(wrong.arn, usage, "Encrypt")
        ):
            kms.encrypt(KeyId=wrong.id, Plaintext=b"hunter2")
        with refused(
            kms.exceptions.InvalidKeyUsageException, wrong_usage(wrong.arn, usage, "Decrypt")
        ):
            kms.decrypt(CiphertextBlob=blob, KeyId=wrong.id, EncryptionContext=CONTEXT)
        for generate in (kms.generate_data_key, kms.generate_data_key_without_plaintext):
            with refused(kms.exceptions.InvalidKeyUsageException, None):
                generate(KeyId=wrong.id, KeySpec="AES_256")
        with refused(kms.exceptions.InvalidKeyUsageException, None):
            kms.re_encrypt(
                CiphertextBlob=blob,
                SourceEncryptionContext=CONTEXT,
                DestinationKeyId=wrong.id,
            )

    def test_no_data_key_under_an_asymmetric_key(self, kms: BaseClient) -> None:
        """Fact 6.4: even if the key is for encryption."""
        wrong = new_key(kms, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        for generate in (kms.generate_data_key, kms.generate_data_key_without_plaintext):
            with refused(
                kms.exceptions.InvalidKeyUsageException,
                re.compile(".*Cannot generate a data key with an asymmetric KMS key.*"),
            ):
                generate(KeyId=wrong.id, KeySpec="AES_256")

    def test_the_algorithm_must_fit(self, kms: BaseClient, key: Key) -> None:
        """InvalidKeyUsageException, both ways round."""
        asymmetric = new_key(kms, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        with refused(
            kms.exceptions.InvalidKeyUsageException,
            "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.",
        ):
            kms.encrypt(KeyId=asymmetric.id, Plaintext=b"hunter2")
        with refused(
            kms.exceptions.InvalidKeyUsageException,
            "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.",
        ):
            kms.encrypt(KeyId=key.id, Plaintext=b"hunter2", EncryptionAlgorithm="RSAES_OAEP_SHA_1")

    def test_no_asymmetric_cryptography(self, kms: BaseClient) -> None:
        """The emulator says so."""
        asymmetric = new_key(kms, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        with refused(kms.exceptions.UnsupportedOperationException, None):
            kms.encrypt(
                KeyId=asymmetric.id,
                Plaintext=b"hunter2",
                EncryptionAlgorithm="RSAES_OAEP_SHA_256",
            )

    def test_no_enclave(self, kms: BaseClient, key: Key, blob: bytes) -> None:
        """A Recipient is refused, because nothing would be encrypted for it."""
        recipient = {
            "Recipient": {
                "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
                "AttestationDocument": b"document",
            }
        }
        with refused(kms.exceptions.UnsupportedOperationException, None):
            kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, **recipient)
        with refused(kms.exceptions.UnsupportedOperationException, None):
            kms.generate_data_key(KeyId=key.id, KeySpec="AES_256", **recipient)
        with refused(kms.exceptions.UnsupportedOperationException, None):
            kms.generate_random(NumberOfBytes=32, **recipient)


class TestDryRun:
    """DryRun: whether it would have worked."""

    @pytest.fixture
    def calls(
        self, kms: BaseClient, key: Key, other: Key, blob: bytes
    ) -> dict[str, Callable[[], object]]:
        """Every operation that has the option."""
        data_key = {"KeyId": key.id, "KeySpec": "AES_256", "DryRun": True}
        return {
            "Encrypt": lambda: kms.encrypt(KeyId=key.id, Plaintext=b"x", DryRun=True),
            "Decrypt": lambda: kms.decrypt(
                CiphertextBlob=blob, EncryptionContext=CONTEXT, DryRun=True
            ),
            "ReEncrypt": lambda: kms.re_encrypt(
                CiphertextBlob=blob,
                SourceEncryptionContext=CONTEXT,
                DestinationKeyId=other.id,
                DryRun=True,
            ),
            "GenerateDataKey": lambda: kms.generate_data_key(**data_key),
            "GenerateDataKeyWithoutPlaintext": lambda: kms.generate_data_key_without_plaintext(
                **data_key
            ),
        }

    def test_it_would_have_worked(
        self, kms: BaseClient, calls: dict[str, Callable[[], object]]
    ) -> None:
        """Fact 6.5: DryRunOperationException is the good news."""
        for call in calls.values():
            with refused(kms.exceptions.DryRunOperationException, DRY_RUN):
                call()

    def test_it_would_not_have_worked(
        self, kms: BaseClient, key: Key, calls: dict[str, Callable[[], object]]
    ) -> None:
        """The same checks as without."""
        kms.disable_key(KeyId=key.id)
        for call in calls.values():
            with refused(kms.exceptions.DisabledException, disabled(key.arn)):
                call()

    def test_the_ciphertext_would_not_have_opened(self, kms: BaseClient, blob: bytes) -> None:
        """Decrypt looks at it, too."""
        with refused(kms.exceptions.InvalidCiphertextException, NO_TEXT):
            kms.decrypt(CiphertextBlob=blob, DryRun=True)

    def test_false_is_the_default(self, kms: BaseClient, blob: bytes) -> None:
        """With false it is done."""
        opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, DryRun=False)

        assert opened["Plaintext"] == b"hunter2"
