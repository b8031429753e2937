"""Secrets under keys of KMS: which key seals a value, and what the key's state does to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from conftest import Connect
from emulator import REGION, fresh_account
from expect import CURRENT, PENDING, PREVIOUS, described_labels, members, refused
from facts import policy_for, root_of
from kms_facts import (
    KEY_NOT_FOUND_FOR_SECRET,
    SECRET_NOT_DECRYPTED,
    SECRET_NOT_ENCRYPTED,
    UNKNOWN_KEY,
    alias_arn,
    alias_missing,
    key_arn,
)
from kms_operations import BY_ANY_NAME, BY_KEY_ALONE, Key, described, key_ids, new_key

DEFAULT_ALIAS = "alias/aws/secretsmanager"
DEFAULT_DESCRIPTION = (
    "Default key that protects my Secrets Manager data when no other key is defined"
)
UNDER_DEFAULT_KEY = ["DefaultEncryptionKey"]
ELSEWHERE = "eu-north-1"
MANY = 1_000
"""Replication runs beside the requests; so many of them are time enough."""


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
def database(sm: BaseClient, key: Key) -> str:
    """The ARN of a secret `database` with a value under the key."""
    return sm.create_secret(Name="database", SecretString="hunter2", KmsKeyId=key.id)["ARN"]


def keys_of_versions(sm: BaseClient, name: str) -> dict[str, list[str]]:
    """The keys that each version of a secret is under."""
    versions = sm.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    return {version["VersionId"]: version["KmsKeyIds"] for version in versions}


def value(sm: BaseClient, name: str, **which: str) -> str:
    """The text of one version."""
    return sm.get_secret_value(SecretId=name, **which)["SecretString"]


def unreadable(sm: BaseClient) -> AbstractContextManager[None]:
    """The call inside cannot decrypt a value."""
    return refused(sm.exceptions.DecryptionFailure, SECRET_NOT_DECRYPTED)


def unwritable(sm: BaseClient) -> AbstractContextManager[None]:
    """The call inside cannot encrypt a value."""
    return refused(sm.exceptions.EncryptionFailure, SECRET_NOT_ENCRYPTED)


class TestChoice:
    """KmsKeyId: which key it names, and who shows it."""

    def test_every_name_of_a_key(self, sm: BaseClient, key: Key, account: str) -> None:
        """Fact 3.1: shown as the caller gave it; a version has the ARN of its key."""
        for number, name in enumerate([*key, "alias/app", alias_arn(account, "alias/app")]):
            secret = f"database-{number}"
            created = sm.create_secret(Name=secret, SecretString="hunter2", KmsKeyId=name)
            assert members(created) == {"ARN", "Name", "VersionId"}

            assert sm.describe_secret(SecretId=secret)["KmsKeyId"] == name
            assert keys_of_versions(sm, secret) == {created["VersionId"]: [key.arn]}
            assert value(sm, secret) == "hunter2"
        listed = {entry["Name"]: entry["KmsKeyId"] for entry in sm.list_secrets()["SecretList"]}
        assert listed["database-2"] == "alias/app"
        assert len(listed) == 4

    def test_a_secret_without_a_value_keeps_its_key(self, sm: BaseClient, key: Key) -> None:
        """For its first value."""
        sm.create_secret(Name="empty", KmsKeyId=key.id)
        version = sm.put_secret_value(SecretId="empty", SecretString="hunter2")["VersionId"]

        assert keys_of_versions(sm, "empty") == {version: [key.arn]}

    @pytest.mark.parametrize(
        "unknown",
        [UNKNOWN_KEY, key_arn("123456789012", UNKNOWN_KEY), "alias/unknown", "no-key", "app"],
    )
    def test_an_unknown_key(self, sm: BaseClient, key: Key, database: str, unknown: str) -> None:
        """Fact 6.4: nothing is created, and nothing changes."""
        for options in ({}, {"SecretString": "hunter3"}):
            with refused(sm.exceptions.InvalidParameterException, KEY_NOT_FOUND_FOR_SECRET):
                sm.create_secret(Name="new", KmsKeyId=unknown, **options)
            with refused(sm.exceptions.InvalidParameterException, KEY_NOT_FOUND_FOR_SECRET):
                sm.update_secret(SecretId="database", KmsKeyId=unknown, **options)

        assert [entry["Name"] for entry in sm.list_secrets()["SecretList"]] == ["database"]
        assert sm.describe_secret(SecretId="database")["KmsKeyId"] == key.id
        assert value(sm, "database") == "hunter2"

    @pytest.mark.parametrize(
        ("spec", "usage"),
        [("RSA_2048", "ENCRYPT_DECRYPT"), ("RSA_2048", "SIGN_VERIFY")],
    )
    def test_only_symmetric_keys(
        self, sm: BaseClient, kms: BaseClient, database: str, spec: str, usage: str
    ) -> None:
        """Fact 6.4: an asymmetric key makes no data key."""
        wrong = new_key(kms, KeySpec=spec, KeyUsage=usage)
        message = re.compile(".*Cannot generate a data key with an asymmetric KMS key.*")
        with refused(sm.exceptions.InvalidParameterException, message):
            sm.create_secret(Name="new", SecretString="hunter2", KmsKeyId=wrong.id)
        with refused(sm.exceptions.InvalidParameterException, message):
            sm.update_secret(SecretId="database", KmsKeyId=wrong.id)

        assert [entry["Name"] for entry in sm.list_secrets()["SecretList"]] == ["database"]

    def test_an_alias_is_resolved_at_each_write(
        self, sm: BaseClient, kms: BaseClient, key: Key, other: Key
    ) -> None:
        """What was written before it moved stays under the old key."""
        first = sm.create_secret(Name="database", SecretString="one", KmsKeyId="alias/app")
        kms.update_alias(AliasName="alias/app", TargetKeyId=other.id)
        second = sm.put_secret_value(SecretId="database", SecretString="two")

        assert keys_of_versions(sm, "database") == {
            first["VersionId"]: [key.arn],
            second["VersionId"]: [other.arn],
        }
        kms.disable_key(KeyId=key.id)
        assert value(sm, "database") == "two"
        with unreadable(sm):
            value(sm, "database", VersionStage=PREVIOUS)

    def test_an_alias_that_is_gone(self, sm: BaseClient, kms: BaseClient, key: Key) -> None:
        """Values stay readable by their key, but there is none for another value."""
        sm.create_secret(Name="database", SecretString="one", KmsKeyId="alias/app")
        kms.delete_alias(AliasName="alias/app")

        assert value(sm, "database") == "one"
        with refused(sm.exceptions.InvalidParameterException, KEY_NOT_FOUND_FOR_SECRET):
            sm.put_secret_value(SecretId="database", SecretString="two")
        assert value(sm, "database") == "one"

    def test_a_rotated_key(self, sm: BaseClient, kms: BaseClient, key: Key, database: str) -> None:
        """Fact 6.5: old ciphertexts still decrypt after rotation."""
        kms.rotate_key_on_demand(KeyId=key.id)
        sm.put_secret_value(SecretId="database", SecretString="hunter3")

        assert value(sm, "database", VersionStage=PREVIOUS) == "hunter2"
        assert value(sm, "database") == "hunter3"


@pytest.fixture(params=["disabled", "pending deletion"])
def break_key(request: pytest.FixtureRequest, kms: BaseClient) -> Callable[[Key], object]:
    """Makes a key useless, one way or the other."""
    if request.param == "disabled":
        return lambda key: kms.disable_key(KeyId=key.id)
    return lambda key: kms.schedule_key_deletion(KeyId=key.id)


class TestBrokenKeys:
    """The key is disabled, or goes."""

    def test_reading(
        self,
        sm: BaseClient,
        kms: BaseClient,
        key: Key,
        database: str,
        break_key: Callable[[Key], object],
    ) -> None:
        """Fact 6.4: DecryptionFailure, until the key works again."""
        break_key(key)
        with unreadable(sm):
            sm.get_secret_value(SecretId="database")

        if described(kms, key.id)["KeyState"] == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=key.id)
            with unreadable(sm):
                sm.get_secret_value(SecretId="database")
        kms.enable_key(KeyId=key.id)
        assert value(sm, "database") == "hunter2"

    def test_reading_a_batch(
        self, sm: BaseClient, key: Key, database: str, break_key: Callable[[Key], object]
    ) -> None:
        """Fact 3.3: per-secret failures are errors beside the values."""
        sm.create_secret(Name="other", SecretString="readable")
        break_key(key)

        batch = sm.batch_get_secret_value(SecretIdList=["database", "other"])

        assert [entry["SecretString"] for entry in batch["SecretValues"]] == ["readable"]
        assert batch["Errors"] == [
            {
                "SecretId": "database",
                "ErrorCode": "DecryptionFailure",
                "Message": SECRET_NOT_DECRYPTED,
            }
        ]

    def test_writing(
        self, sm: BaseClient, key: Key, database: str, break_key: Callable[[Key], object]
    ) -> None:
        """Fact 6.4: EncryptionFailure, and no new version."""
        labels = described_labels(sm, "database")
        break_key(key)
        with unwritable(sm):
            sm.put_secret_value(SecretId="database", SecretString="hunter3")
        with unwritable(sm):
            sm.update_secret(SecretId="database", SecretString="hunter3")

        assert described_labels(sm, "database") == labels

    def test_choosing_it(
        self, sm: BaseClient, key: Key, other: Key, break_key: Callable[[Key], object]
    ) -> None:
        """Fact 6.1: access is validated with a value and without."""
        sm.create_secret(Name="database", SecretString="hunter2", KmsKeyId=other.id)
        break_key(key)
        for options in ({}, {"SecretString": "hunter3"}):
            with unwritable(sm):
                sm.create_secret(Name="new", KmsKeyId=key.id, **options)
            with unwritable(sm):
                sm.update_secret(SecretId="database", KmsKeyId=key.id, **options)

        assert [entry["Name"] for entry in sm.list_secrets()["SecretList"]] == ["database"]
        assert sm.describe_secret(SecretId="database")["KmsKeyId"] == other.id
        assert value(sm, "database") == "hunter2"

    def test_what_needs_no_key(
        self,
        sm: BaseClient,
        key: Key,
        database: str,
        account: str,
        break_key: Callable[[Key], object],
    ) -> None:
        """Fact 6.1: descriptions, lists, tags, stages, policies, deletion."""
        second = sm.put_secret_value(
            SecretId="database", SecretString="hunter3", VersionStages=["BLUE"]
        )["VersionId"]
        break_key(key)

        described_before = sm.describe_secret(SecretId="database")
        assert described_before["KmsKeyId"] == key.id
        assert len(keys_of_versions(sm, "database")) == 2
        assert [entry["ARN"] for entry in sm.list_secrets()["SecretList"]] == [database]
        sm.tag_resource(SecretId="database", Tags=[{"Key": "team", "Value": "db"}])
        sm.untag_resource(SecretId="database", TagKeys=["team"])
        policy = json.dumps(policy_for(root_of(account)))
        sm.put_resource_policy(SecretId="database", ResourcePolicy=policy)
        sm.update_secret(SecretId="database", Description="changed")
        sm.update_secret_version_stage(
            SecretId="database", VersionStage="GREEN", MoveToVersionId=second
        )
        assert described_labels(sm, "database")[second] == {"BLUE", "GREEN"}
        sm.delete_secret(SecretId="database")
        sm.restore_secret(SecretId="database")
        with unreadable(sm):
            sm.get_secret_value(SecretId="database")


class TestAnotherKey:
    """UpdateSecret with a KmsKeyId."""

    def test_the_labelled_versions_move(
        self, sm: BaseClient, kms: BaseClient, key: Key, other: Key
    ) -> None:
        """Fact 3.5: AWSCURRENT, AWSPENDING and AWSPREVIOUS; it makes no version."""
        versions = {}
        versions["blue"] = sm.create_secret(Name="database", SecretString="blue", KmsKeyId=key.id)[
            "VersionId"
        ]
        sm.update_secret_version_stage(
            SecretId="database", VersionStage="BLUE", MoveToVersionId=versions["blue"]
        )
        for text, options in (
            ("previous", {}),
            ("current", {}),
            ("pending", {"VersionStages": [PENDING]}),
        ):
            put = sm.put_secret_value(SecretId="database", SecretString=text, **options)
            versions[text] = put["VersionId"]
        labels = described_labels(sm, "database")
        assert labels == {
            versions["blue"]: {"BLUE"},
            versions["previous"]: {PREVIOUS},
            versions["current"]: {CURRENT},
            versions["pending"]: {PENDING},
        }
        before = {
            text: sm.get_secret_value(SecretId="database", VersionId=version)
            for text, version in versions.items()
        }

        updated = sm.update_secret(SecretId="database", KmsKeyId=other.arn)

        assert members(updated) == {"ARN", "Name"}
        assert sm.describe_secret(SecretId="database")["KmsKeyId"] == other.arn
        assert described_labels(sm, "database") == labels
        assert keys_of_versions(sm, "database") == {
            versions["blue"]: [key.arn],
            versions["previous"]: [other.arn],
            versions["current"]: [other.arn],
            versions["pending"]: [other.arn],
        }
        kms.schedule_key_deletion(KeyId=key.id)
        for text in ("previous", "current", "pending"):
            after = sm.get_secret_value(SecretId="database", VersionId=versions[text])
            assert after["SecretString"] == text
            assert after["CreatedDate"] == before[text]["CreatedDate"]
        with unreadable(sm):
            value(sm, "database", VersionId=versions["blue"])

    def test_with_a_value(self, sm: BaseClient, key: Key, other: Key, database: str) -> None:
        """The value and the one before it are under the new key."""
        sm.update_secret(SecretId="database", SecretString="hunter3", KmsKeyId=other.id)

        assert value(sm, "database") == "hunter3"
        assert value(sm, "database", VersionStage=PREVIOUS) == "hunter2"
        assert set(map(tuple, keys_of_versions(sm, "database").values())) == {(other.arn,)}

    def test_a_binary_value_moves(
        self, sm: BaseClient, kms: BaseClient, key: Key, other: Key
    ) -> None:
        """Byte for byte."""
        secret = bytes(range(256)) * 256
        sm.create_secret(Name="bytes", SecretBinary=secret, KmsKeyId=key.id)
        sm.update_secret(SecretId="bytes", KmsKeyId=other.id)
        kms.disable_key(KeyId=key.id)

        assert sm.get_secret_value(SecretId="bytes")["SecretBinary"] == secret

    def test_back_to_the_default_key(
        self, sm: BaseClient, kms: BaseClient, key: Key, database: str
    ) -> None:
        """Fact 3.5: an empty KmsKeyId; the values move, too."""
        sm.update_secret(SecretId="database", KmsKeyId="")

        assert "KmsKeyId" not in sm.describe_secret(SecretId="database")
        assert list(keys_of_versions(sm, "database").values()) == [UNDER_DEFAULT_KEY]
        kms.disable_key(KeyId=key.id)
        assert value(sm, "database") == "hunter2"

    def test_away_from_the_default_key(self, sm: BaseClient, key: Key) -> None:
        """And the other way round."""
        version = sm.create_secret(Name="database", SecretString="hunter2")["VersionId"]
        assert keys_of_versions(sm, "database") == {version: UNDER_DEFAULT_KEY}

        sm.update_secret(SecretId="database", KmsKeyId=key.id)

        assert keys_of_versions(sm, "database") == {version: [key.arn]}
        assert value(sm, "database") == "hunter2"

    def test_the_old_key_must_work(
        self,
        sm: BaseClient,
        key: Key,
        other: Key,
        database: str,
        break_key: Callable[[Key], object],
    ) -> None:
        """Fact 6.1: it decrypts what the new one encrypts; otherwise nothing changes."""
        break_key(key)
        for name in (other.id, ""):
            with unreadable(sm):
                sm.update_secret(SecretId="database", KmsKeyId=name)

        assert sm.describe_secret(SecretId="database")["KmsKeyId"] == key.id
        assert list(keys_of_versions(sm, "database").values()) == [[key.arn]]


class TestDefaultKey:
    """The AWS managed key `alias/aws/secretsmanager`."""

    def test_it_comes_with_the_first_value(
        self, sm: BaseClient, kms: BaseClient, account: str
    ) -> None:
        """Fact 6.3: created on first use; until then nothing shows it."""
        sm.create_secret(Name="empty")
        assert key_ids(kms) == []
        assert kms.list_aliases()["Aliases"] == []

        sm.put_secret_value(SecretId="empty", SecretString="hunter2")

        [entry] = kms.list_keys()["Keys"]
        [alias] = kms.list_aliases()["Aliases"]
        assert alias["AliasName"] == DEFAULT_ALIAS
        assert alias["AliasArn"] == alias_arn(account, DEFAULT_ALIAS)
        assert alias["TargetKeyId"] == entry["KeyId"]
        assert entry["KeyArn"] == key_arn(account, entry["KeyId"])

    def test_a_value_under_another_key_does_not_need_it(
        self, kms: BaseClient, key: Key, database: str
    ) -> None:
        """Fact 6.3: it is for values without a key of their own."""
        assert key_ids(kms) == [key.id]

    def test_what_describe_key_shows(self, kms: BaseClient, account: str) -> None:
        """AWS manages it; to describe it is to use it."""
        metadata = described(kms, DEFAULT_ALIAS)

        assert metadata["KeyManager"] == "AWS"
        assert metadata["Description"] == DEFAULT_DESCRIPTION
        assert metadata["Arn"] == key_arn(account, metadata["KeyId"])
        assert (metadata["KeyState"], metadata["Enabled"]) == ("Enabled", True)
        assert (metadata["KeySpec"], metadata["KeyUsage"]) == (
            "SYMMETRIC_DEFAULT",
            "ENCRYPT_DECRYPT",
        )
        assert described(kms, metadata["Arn"]) == metadata
        assert key_ids(kms) == [metadata["KeyId"]]

    def test_other_managed_keys_do_not_come(self, kms: BaseClient, account: str) -> None:
        """Nothing here uses them."""
        with refused(kms.exceptions.NotFoundException, alias_missing(account, "alias/aws/s3")):
            kms.describe_key(KeyId="alias/aws/s3")

    def test_it_can_be_looked_at(self, kms: BaseClient) -> None:
        """Fact 6.3: its policy; it rotates every year."""
        key = described(kms, DEFAULT_ALIAS)["KeyId"]

        policy = kms.get_key_policy(KeyId=key)
        assert policy["PolicyName"] == "default"
        assert json.loads(policy["Policy"])["Id"] == "auto-secretsmanager-1"
        assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
        status = kms.get_key_rotation_status(KeyId=key)
        assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 365)
        assert kms.list_key_rotations(KeyId=key)["Rotations"] == []
        assert kms.list_resource_tags(KeyId=key)["Tags"] == []
        [alias] = kms.list_aliases(KeyId=key)["Aliases"]
        assert alias["AliasName"] == DEFAULT_ALIAS

    @pytest.mark.parametrize(
        "operation",
        [
            "CancelKeyDeletion",
            "DisableKey",
            "DisableKeyRotation",
            "EnableKey",
            "EnableKeyRotation",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "PutKeyPolicy",
            "RotateKeyOnDemand",
            "ScheduleKeyDeletion",
            "TagResource",
            "UntagResource",
            "UpdateKeyDescription",
        ],
    )
    def test_nobody_else_uses_or_changes_it(
        self, sm: BaseClient, kms: BaseClient, account: str, operation: str
    ) -> None:
        """Fact 6.3: via the service only; Fact 1.7: the text; the secret stays readable."""
        sm.create_secret(Name="database", SecretString="hunter2")
        before = described(kms, DEFAULT_ALIAS)
        method = re.sub("(?<=[a-z])(?=[A-Z])", "_", operation).lower()
        with refused(
            ClientError,
            f"User: arn:aws:iam::{account}:root is not authorized to perform: kms:{operation} "
            f"on resource: {before['Arn']} "
            f"because no resource-based policy allows the kms:{operation} action",
            code="AccessDeniedException",
        ):
            getattr(kms, method)(KeyId=before["KeyId"], **(BY_ANY_NAME | BY_KEY_ALONE)[method])
        assert described(kms, DEFAULT_ALIAS) == before
        assert value(sm, "database") == "hunter2"

    def test_no_ciphertext_moves_to_it(self, kms: BaseClient, key: Key) -> None:
        """ReEncrypt is denied as Encrypt is."""
        default = described(kms, DEFAULT_ALIAS)["Arn"]
        blob = kms.encrypt(KeyId=key.id, Plaintext=b"hunter2")["CiphertextBlob"]
        with refused(ClientError, None, code="AccessDeniedException"):
            kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=default)

    def test_it_can_be_named(self, sm: BaseClient) -> None:
        """Fact 3.5: and is then shown."""
        created = sm.create_secret(Name="database", SecretString="hunter2", KmsKeyId=DEFAULT_ALIAS)

        assert sm.describe_secret(SecretId="database")["KmsKeyId"] == DEFAULT_ALIAS
        assert keys_of_versions(sm, "database") == {created["VersionId"]: UNDER_DEFAULT_KEY}
        assert value(sm, "database") == "hunter2"


class TestOtherAccounts:
    """Fact 2.4: a secret that its resource policy shares."""

    def test_a_value_under_a_customer_key(
        self, sm: BaseClient, connect: Connect, kms: BaseClient, key: Key, database: str
    ) -> None:
        """It can be read and written from another account, under the owner's key."""
        reader_account = fresh_account()
        policy = policy_for(root_of(reader_account), "*")
        sm.put_resource_policy(SecretId="database", ResourcePolicy=json.dumps(policy))
        reader = connect(reader_account)

        assert value(reader, database) == "hunter2"
        put = reader.put_secret_value(SecretId=database, SecretString="hunter3")
        assert keys_of_versions(sm, "database")[put["VersionId"]] == [key.arn]
        assert value(sm, "database") == "hunter3"

        kms.disable_key(KeyId=key.id)
        with unreadable(reader):
            reader.get_secret_value(SecretId=database)


class TestReplicas:
    """AddReplicaRegions with a KmsKeyId."""

    @staticmethod
    def status(sm: BaseClient, region: str) -> dict[str, Any]:
        """A replica's entry, once it is no longer in progress."""
        for _ in range(MANY):
            entries = sm.describe_secret(SecretId="database")["ReplicationStatus"]
            [entry] = [entry for entry in entries if entry["Region"] == region]
            if entry["Status"] != "InProgress":
                break
        return entry

    def test_a_key_of_the_replicas_region(self, connect: Connect, account: str) -> None:
        """Fact 9.2: keys are regional; each copy depends on its own."""
        home, there = connect(account), connect(account, ELSEWHERE)
        keys_there = connect(account, ELSEWHERE, service="kms")
        key = new_key(keys_there)
        home.create_secret(
            Name="database",
            SecretString="hunter2",
            AddReplicaRegions=[{"Region": ELSEWHERE, "KmsKeyId": key.id}],
        )
        entry = self.status(home, ELSEWHERE)
        assert (entry["Status"], entry["KmsKeyId"]) == ("InSync", key.id)
        assert list(keys_of_versions(there, "database").values()) == [[key.arn]]
        assert value(there, "database") == "hunter2"

        keys_there.disable_key(KeyId=key.id)
        with unreadable(there):
            there.get_secret_value(SecretId="database")
        assert value(home, "database") == "hunter2"

    @pytest.mark.parametrize("broken", ["unknown", "disabled", "of another region"])
    def test_a_key_that_will_not_do(self, connect: Connect, account: str, broken: str) -> None:
        """Fact 6.4: the call succeeds, and the replica fails with a message."""
        home, there = connect(account), connect(account, ELSEWHERE)
        name = UNKNOWN_KEY
        if broken != "unknown":
            keys = connect(account, ELSEWHERE if broken == "disabled" else REGION, service="kms")
            name = new_key(keys).id
            if broken == "disabled":
                keys.disable_key(KeyId=name)

        home.create_secret(
            Name="database",
            SecretString="hunter2",
            AddReplicaRegions=[{"Region": ELSEWHERE, "KmsKeyId": name}],
        )

        entry = self.status(home, ELSEWHERE)
        assert entry["Status"] == "Failed"
        assert entry["StatusMessage"]
        assert there.list_secrets()["SecretList"] == []
        assert value(home, "database") == "hunter2"
