"""The `aws kms` commands, as people type them and scripts call them: every one at least once.

Each command costs most of a second, so a test tells a whole story. The service's finer points
belong to the boto3 suite.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from conftest import Aws
from emulator import Emulator
from kms_facts import (
    ALIAS_PREFIX,
    INCORRECT_KEY,
    SECRET_NOT_DECRYPTED,
    SPEC_OR_SIZE,
    UNKNOWN_KEY,
    alias_arn,
    alias_missing,
    alias_taken,
    disabled,
    key_arn,
    key_missing,
    key_policy,
    no_key_id,
    not_pending_deletion,
    pending_deletion,
)

CONTEXT = ("--encryption-context", "app=shop,stage=prod")


def error(code: str, operation: str, message: str) -> str:
    """How the CLI words an error that the service answered."""
    return f"An error occurred ({code}) when calling the {operation} operation: {message}".strip()


def is_id(text: str) -> bool:
    """Whether it is the id of key material: 64 hex digits."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


@pytest.fixture
def key(kms: Aws) -> str:
    """The id of a symmetric key."""
    return kms.text("KeyMetadata.KeyId", "create-key")


@pytest.fixture
def arn(key: str, account: str) -> str:
    """The ARN of the key."""
    return key_arn(account, key)


class TestKeys:
    """Keys come, are changed, and go."""

    def test_create_describe_and_list(self, kms: Aws, account: str) -> None:
        """Fact 6.5: KeyMetadata; dates are numbers."""
        created = kms.json(
            "create-key",
            *("--description", "für die Datenbank"),
            *("--tags", "TagKey=team,TagValue=payments", "TagKey=stage,TagValue=prod"),
        )["KeyMetadata"]
        assert created["Arn"] == key_arn(account, created["KeyId"])
        assert created["Description"] == "für die Datenbank"
        assert (created["KeyState"], created["KeySpec"]) == ("Enabled", "SYMMETRIC_DEFAULT")
        assert isinstance(created["CreationDate"], int | float)
        assert is_id(created["CurrentKeyMaterialId"])

        described = kms.json("describe-key", "--key-id", created["Arn"])
        assert described == {"KeyMetadata": created}
        tags = kms.json("list-resource-tags", "--key-id", created["KeyId"])
        assert tags == {
            "Tags": [
                {"TagKey": "team", "TagValue": "payments"},
                {"TagKey": "stage", "TagValue": "prod"},
            ]
        }
        assert kms.json("list-keys")["Keys"] == [
            {"KeyId": created["KeyId"], "KeyArn": created["Arn"]}
        ]

    def test_other_kinds_of_keys(self, kms: Aws) -> None:
        """For signatures, and for several Regions."""
        usage = ("--key-usage", "SIGN_VERIFY")
        signer = kms.json("create-key", "--key-spec", "ECC_NIST_P256", *usage)["KeyMetadata"]
        assert signer["SigningAlgorithms"] == ["ECDSA_SHA_256"]
        assert kms.text("KeyMetadata.KeyId", "create-key", "--multi-region").startswith("mrk-")

    def test_pages(self, kms: Aws) -> None:
        """Fact 6.5: the CLI pages by itself, and stops and goes on as it is told."""
        keys = {kms.text("KeyMetadata.KeyId", "create-key") for _ in range(3)}

        whole = kms.json("list-keys", "--page-size", "1", "--query", "Keys[].KeyId")
        assert (set(whole), len(whole)) == (keys, 3)
        first = kms.json("list-keys", "--max-items", "2")
        rest = kms.json("list-keys", "--starting-token", first["NextToken"])
        assert [entry["KeyId"] for entry in first["Keys"] + rest["Keys"]] == whole

    def test_describe_disable_and_enable(self, kms: Aws, key: str, arn: str) -> None:
        """Fact 6.5: none of the three prints anything."""
        update = ("update-key-description", "--key-id", key, "--description", "changed")
        assert kms.stdout(*update) == ""
        assert kms.text("KeyMetadata.Description", "describe-key", "--key-id", key) == "changed"

        assert kms.stdout("disable-key", "--key-id", key) == ""
        assert kms.text("KeyMetadata.KeyState", "describe-key", "--key-id", key) == "Disabled"
        assert kms.refused("encrypt", "--key-id", key, "--plaintext", "hunter2") == error(
            "DisabledException", "Encrypt", disabled(arn)
        )
        assert kms.stdout("enable-key", "--key-id", key) == ""
        assert kms.text("KeyMetadata.KeyState", "describe-key", "--key-id", key) == "Enabled"

    def test_delete_and_cancel(self, kms: Aws, key: str, arn: str) -> None:
        """Fact 6.5: a key comes back disabled."""
        assert kms.refused("cancel-key-deletion", "--key-id", key) == error(
            "KMSInvalidStateException", "CancelKeyDeletion", not_pending_deletion(arn)
        )
        scheduled = kms.json(
            "schedule-key-deletion", "--key-id", key, "--pending-window-in-days", "7"
        )
        assert isinstance(scheduled.pop("DeletionDate"), int | float)
        assert scheduled == {
            "KeyId": arn,
            "KeyState": "PendingDeletion",
            "PendingWindowInDays": 7,
        }
        assert kms.refused("enable-key", "--key-id", key) == error(
            "KMSInvalidStateException", "EnableKey", pending_deletion(arn)
        )

        assert kms.json("cancel-key-deletion", "--key-id", key) == {"KeyId": arn}
        assert kms.text("KeyMetadata.KeyState", "describe-key", "--key-id", key) == "Disabled"


class TestAliases:
    """Aliases."""

    def test_create_update_list_and_delete(self, kms: Aws, key: str, account: str) -> None:
        """Fact 6.5: a change prints nothing; an alias finds its key."""
        other = kms.text("KeyMetadata.KeyId", "create-key")
        create = ("create-alias", "--alias-name", "alias/app", "--target-key-id", key)
        assert kms.stdout(*create) == ""
        assert kms.text("KeyMetadata.KeyId", "describe-key", "--key-id", "alias/app") == key

        [entry] = kms.json("list-aliases")["Aliases"]
        assert isinstance(entry.pop("CreationDate"), int | float)
        assert isinstance(entry.pop("LastUpdatedDate"), int | float)
        assert entry == {
            "AliasName": "alias/app",
            "AliasArn": alias_arn(account, "alias/app"),
            "TargetKeyId": key,
        }

        update = ("update-alias", "--alias-name", "alias/app", "--target-key-id", other)
        assert kms.stdout(*update) == ""
        assert kms.json("list-aliases", "--key-id", key)["Aliases"] == []
        assert kms.text("KeyMetadata.KeyId", "describe-key", "--key-id", "alias/app") == other

        assert kms.stdout("delete-alias", "--alias-name", "alias/app") == ""
        assert kms.json("list-aliases")["Aliases"] == []

    def test_what_goes_wrong(self, kms: Aws, key: str, account: str) -> None:
        """Fact 6.5: taken, unknown, and without the prefix."""
        create = ("create-alias", "--target-key-id", key, "--alias-name")
        kms.stdout(*create, "alias/app")

        assert kms.refused(*create, "alias/app") == error(
            "AlreadyExistsException", "CreateAlias", alias_taken(account, "alias/app")
        )
        assert kms.refused(*create, "app") == error(
            "ValidationException", "CreateAlias", ALIAS_PREFIX
        )
        assert kms.refused("delete-alias", "--alias-name", "alias/unknown") == error(
            "NotFoundException", "DeleteAlias", alias_missing(account, "alias/unknown")
        )


class TestCryptography:
    """What keys are for."""

    def test_encrypt_and_decrypt_files(self, kms: Aws, key: str, arn: str, tmp_path: Path) -> None:
        """Fact 6.5: `fileb://` sends bytes, and the answer shows base64."""
        plain, sealed = tmp_path / "plain.bin", tmp_path / "sealed.bin"
        plain.write_bytes(bytes(range(256)))
        blob = kms.text(
            "CiphertextBlob",
            *("encrypt", "--key-id", key, "--plaintext", f"fileb://{plain}"),
            *CONTEXT,
        )
        sealed.write_bytes(base64.b64decode(blob, validate=True))

        decrypt = ("decrypt", "--ciphertext-blob", f"fileb://{sealed}")
        opened = kms.json(*decrypt, *CONTEXT)
        assert base64.b64decode(opened.pop("Plaintext"), validate=True) == plain.read_bytes()
        assert is_id(opened.pop("KeyMaterialId"))
        assert opened == {"KeyId": arn, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}

        assert kms.refused(*decrypt) == error("InvalidCiphertextException", "Decrypt", "")
        other = kms.text("KeyMetadata.KeyId", "create-key")
        assert kms.refused(*decrypt, *CONTEXT, "--key-id", other) == error(
            "IncorrectKeyException", "Decrypt", INCORRECT_KEY
        )

    def test_re_encrypt(self, kms: Aws, key: str, arn: str, account: str, tmp_path: Path) -> None:
        """Fact 6.5: to another key, and without the context."""
        other = kms.text("KeyMetadata.KeyId", "create-key")
        blob = kms.text(
            "CiphertextBlob", "encrypt", "--key-id", key, "--plaintext", "hunter2", *CONTEXT
        )
        file = tmp_path / "sealed.bin"
        file.write_bytes(base64.b64decode(blob))

        moved = kms.json(
            *("re-encrypt", "--ciphertext-blob", f"fileb://{file}"),
            *("--source-key-id", key, "--source-encryption-context", "app=shop,stage=prod"),
            *("--destination-key-id", other),
        )
        assert (moved["SourceKeyId"], moved["KeyId"]) == (arn, key_arn(account, other))
        assert is_id(moved["SourceKeyMaterialId"])
        assert is_id(moved["DestinationKeyMaterialId"])

        file.write_bytes(base64.b64decode(moved["CiphertextBlob"]))
        text = kms.text("Plaintext", "decrypt", "--ciphertext-blob", f"fileb://{file}")
        assert base64.b64decode(text) == b"hunter2"

    def test_data_keys(self, kms: Aws, key: str, arn: str, tmp_path: Path) -> None:
        """Fact 6.5: with the key in plain text, and without."""
        file = tmp_path / "sealed.bin"
        generated = kms.json("generate-data-key", "--key-id", key, "--key-spec", "AES_256")
        assert set(generated) == {"CiphertextBlob", "KeyId", "KeyMaterialId", "Plaintext"}
        assert generated["KeyId"] == arn
        assert len(base64.b64decode(generated["Plaintext"])) == 32
        file.write_bytes(base64.b64decode(generated["CiphertextBlob"]))
        decrypt = ("decrypt", "--ciphertext-blob", f"fileb://{file}")
        assert kms.text("Plaintext", *decrypt) == generated["Plaintext"]

        without = ("generate-data-key-without-plaintext", "--key-id", key)
        generated = kms.json(*without, "--number-of-bytes", "24", *CONTEXT)
        assert set(generated) == {"CiphertextBlob", "KeyId", "KeyMaterialId"}
        file.write_bytes(base64.b64decode(generated["CiphertextBlob"]))
        assert len(base64.b64decode(kms.text("Plaintext", *decrypt, *CONTEXT))) == 24

        assert kms.refused(*without) == error(
            "ValidationException", "GenerateDataKeyWithoutPlaintext", SPEC_OR_SIZE
        )

    def test_random_bytes(self, kms: Aws) -> None:
        """Fact 6.5."""
        generated = kms.json("generate-random", "--number-of-bytes", "64")

        assert set(generated) == {"Plaintext"}
        assert len(base64.b64decode(generated["Plaintext"], validate=True)) == 64


class TestRotation:
    """New key material."""

    def test_by_the_calendar(self, kms: Aws, key: str) -> None:
        """Fact 6.5: on and off."""
        enable = ("enable-key-rotation", "--key-id", key, "--rotation-period-in-days", "180")
        assert kms.stdout(*enable) == ""
        status = kms.json("get-key-rotation-status", "--key-id", key)
        assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 180)
        assert isinstance(status["NextRotationDate"], int | float)

        assert kms.stdout("disable-key-rotation", "--key-id", key) == ""
        status = kms.json("get-key-rotation-status", "--key-id", key)
        assert status["KeyRotationEnabled"] is False
        assert "NextRotationDate" not in status

    def test_on_demand(self, kms: Aws, key: str, arn: str) -> None:
        """Fact 6.5: and the list of what was rotated."""
        first = kms.text("KeyMetadata.CurrentKeyMaterialId", "describe-key", "--key-id", key)
        assert kms.json("rotate-key-on-demand", "--key-id", key) == {"KeyId": arn}

        [rotation] = kms.json("list-key-rotations", "--key-id", key)["Rotations"]
        assert isinstance(rotation["RotationDate"], int | float)
        assert (rotation["RotationType"], rotation["KeyMaterialState"]) == (
            "ON_DEMAND",
            "CURRENT",
        )
        assert rotation["KeyMaterialId"] != first
        everything = kms.json(
            *("list-key-rotations", "--key-id", key),
            *("--include-key-material", "ALL_KEY_MATERIAL"),
        )
        assert [entry["KeyMaterialId"] for entry in everything["Rotations"]] == [
            first,
            rotation["KeyMaterialId"],
        ]


class TestTags:
    """Tags."""

    def test_tag_and_untag(self, kms: Aws, key: str) -> None:
        """Fact 6.5: neither command prints anything."""
        tags = ("--tags", "TagKey=team,TagValue=payments", "TagKey=stage,TagValue=prod")
        assert kms.stdout("tag-resource", "--key-id", key, *tags) == ""
        assert kms.stdout("untag-resource", "--key-id", key, "--tag-keys", "team") == ""

        listed = kms.json("list-resource-tags", "--key-id", key, "--query", "Tags")
        assert listed == [{"TagKey": "stage", "TagValue": "prod"}]


class TestPolicies:
    """Key policies."""

    def test_put_get_and_list(self, kms: Aws, key: str, account: str, tmp_path: Path) -> None:
        """The text comes back as it was put; the name is always the same one."""
        name = ("--key-id", key, "--policy-name", "default")
        before = json.loads(kms.text("Policy", "get-key-policy", *name))
        assert before["Id"] == "key-default-1"
        text = json.dumps(key_policy(account), indent=2)
        file = tmp_path / "policy.json"
        file.write_text(text)

        assert kms.stdout("put-key-policy", *name, "--policy", f"file://{file}") == ""

        after = kms.json("get-key-policy", "--key-id", key)
        assert after == {"Policy": text, "PolicyName": "default"}
        names = kms.json("list-key-policies", "--key-id", key, "--query", "PolicyNames")
        assert names == ["default"]


class TestErrors:
    """What a person reads when it goes wrong."""

    def test_an_unknown_key(self, kms: Aws, account: str) -> None:
        """Fact 6.5: the sentences, word for word."""
        assert kms.refused("describe-key", "--key-id", UNKNOWN_KEY) == error(
            "NotFoundException", "DescribeKey", key_missing(key_arn(account, UNKNOWN_KEY))
        )
        assert kms.refused("disable-key", "--key-id", "alias/app") == error(
            "NotFoundException", "DisableKey", no_key_id("alias/app")
        )


class TestSecrets:
    """Secrets under a key."""

    def test_a_secret_under_an_alias(self, kms: Aws, aws: Aws, key: str) -> None:
        """Fact 6.4: it can be read as long as its key works."""
        kms.stdout("create-alias", "--alias-name", "alias/app", "--target-key-id", key)
        aws.stdout(
            *("create-secret", "--name", "database", "--secret-string", "hunter2"),
            *("--kms-key-id", "alias/app"),
        )
        read = ("get-secret-value", "--secret-id", "database")
        assert aws.text("SecretString", *read) == "hunter2"

        kms.stdout("disable-key", "--key-id", key)
        assert aws.refused(*read) == error(
            "DecryptionFailure", "GetSecretValue", SECRET_NOT_DECRYPTED
        )
        kms.stdout("enable-key", "--key-id", key)
        assert aws.text("SecretString", *read) == "hunter2"


class TestConfiguration:
    """Other ways to point the CLI at the emulator."""

    def test_the_endpoint_from_the_environment(
        self, emulator: Emulator, aws_environment: dict[str, str], account: str
    ) -> None:
        """AWS_ENDPOINT_URL for all services, and AWS_DEFAULT_REGION, instead of the options."""
        environment = {
            **aws_environment,
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_DEFAULT_REGION": "eu-west-1",
        }
        kms, aws = (Aws(environment, (), service) for service in ("kms", "secretsmanager"))

        arn = kms.text("KeyMetadata.Arn", "create-key")
        aws.stdout(
            *("create-secret", "--name", "database", "--secret-string", "hunter2"),
            *("--kms-key-id", arn),
        )

        assert arn.startswith(f"arn:aws:kms:eu-west-1:{account}:key/")
        shown = aws.text("KmsKeyId", "describe-secret", "--secret-id", "database")
        assert shown == arn
