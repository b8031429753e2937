"""Keys of KMS: CreateKey, DescribeKey, ListKeys, UpdateKeyDescription, and how a key is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from conftest import Connect
from emulator import REGION, fresh_account
from expect import invalid, members, refused, too_big, too_long, violates
from kms_facts import (
    UNKNOWN_KEY,
    alias_arn,
    alias_missing,
    key_arn,
    key_missing,
    key_policy,
    no_key_id,
)
from kms_operations import (
    BY_ANY_NAME,
    BY_KEY_ALONE,
    ON_ONE_KEY,
    assert_in_days,
    described,
    key_ids,
    new_key,
)

ELSEWHERE = "eu-central-1"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MULTI_REGION_ID = re.compile(r"mrk-[0-9a-f]{32}")
MATERIAL_ID = re.compile(r"[0-9a-f]{64}")

METADATA = {
    "AWSAccountId",
    "Arn",
    "CreationDate",
    "CurrentKeyMaterialId",
    "CustomerMasterKeySpec",
    "Description",
    "Enabled",
    "EncryptionAlgorithms",
    "KeyId",
    "KeyManager",
    "KeySpec",
    "KeyState",
    "KeyUsage",
    "MultiRegion",
    "Origin",
}
"""Fact 6.5: what was recorded of a fresh symmetric key."""

USAGE_REQUIRED = (
    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
)


class TestCreation:
    """CreateKey, and what DescribeKey shows of the result."""

    def test_a_symmetric_key_is_the_default(self, kms: BaseClient, account: str) -> None:
        """Fact 6.5: KeyMetadata of a fresh symmetric key, with an empty description."""
        created = kms.create_key()
        assert members(created) == {"KeyMetadata"}
        metadata = created["KeyMetadata"]

        assert set(metadata) == METADATA
        assert UUID.fullmatch(metadata["KeyId"])
        assert metadata["Arn"] == key_arn(account, metadata["KeyId"])
        assert MATERIAL_ID.fullmatch(metadata["CurrentKeyMaterialId"])
        assert_in_days(metadata["CreationDate"], 0)
        assert metadata == metadata | {
            "AWSAccountId": account,
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "Description": "",
            "Enabled": True,
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "KeyManager": "CUSTOMER",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyState": "Enabled",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "Origin": "AWS_KMS",
        }
        assert described(kms, metadata["KeyId"]) == metadata

    @pytest.mark.parametrize(
        "options",
        [
            {"KeySpec": "SYMMETRIC_DEFAULT"},
            {"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"},
            {"KeyUsage": "ENCRYPT_DECRYPT"},
            {"Origin": "AWS_KMS", "MultiRegion": False, "BypassPolicyLockoutSafetyCheck": False},
        ],
    )
    def test_the_defaults_can_be_spelled_out(
        self, kms: BaseClient, options: dict[str, Any]
    ) -> None:
        """Fact 6.5: the default KeySpec and Origin."""
        metadata = kms.create_key(**options)["KeyMetadata"]

        assert set(metadata) == METADATA
        assert metadata["KeySpec"] == metadata["CustomerMasterKeySpec"] == "SYMMETRIC_DEFAULT"
        assert (metadata["KeyUsage"], metadata["Origin"]) == ("ENCRYPT_DECRYPT", "AWS_KMS")

    def test_every_key_is_another(self, kms: BaseClient) -> None:
        """Fact 6.5: key ids are UUIDs, and every key has material of its own."""
        keys = [kms.create_key()["KeyMetadata"] for _ in range(3)]

        assert len({key["KeyId"] for key in keys}) == 3
        assert len({key["CurrentKeyMaterialId"] for key in keys}) == 3

    def test_a_multi_region_key(self, kms: BaseClient, account: str) -> None:
        """Fact 6.5: `mrk-` and 32 hex digits; it is the primary, and has no replicas."""
        metadata = kms.create_key(MultiRegion=True)["KeyMetadata"]

        assert set(metadata) == METADATA | {"MultiRegionConfiguration"}
        assert MULTI_REGION_ID.fullmatch(metadata["KeyId"])
        arn = key_arn(account, metadata["KeyId"])
        assert (metadata["Arn"], metadata["MultiRegion"]) == (arn, True)
        assert metadata["MultiRegionConfiguration"] == {
            "MultiRegionKeyType": "PRIMARY",
            "PrimaryKey": {"Arn": arn, "Region": REGION},
            "ReplicaKeys": [],
        }
        assert described(kms, arn) == metadata

    @pytest.mark.parametrize(
        ("spec", "usage", "member", "algorithms"),
        [
            (
                "RSA_2048",
                "ENCRYPT_DECRYPT",
                "EncryptionAlgorithms",
                {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"},
            ),
            (
                "RSA_4096",
                "SIGN_VERIFY",
                "SigningAlgorithms",
                {
                    "RSASSA_PSS_SHA_256",
                    "RSASSA_PSS_SHA_384",
                    "RSASSA_PSS_SHA_512",
                    "RSASSA_PKCS1_V1_5_SHA_256",
                    "RSASSA_PKCS1_V1_5_SHA_384",
                    "RSASSA_PKCS1_V1_5_SHA_512",
                },
            ),
            ("ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", {"ECDSA_SHA_384"}),
            ("ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms", {"ECDH"}),
            ("ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", {"ECDSA_SHA_256"}),
            ("HMAC_512", "GENERATE_VERIFY_MAC", "MacAlgorithms", {"HMAC_SHA_512"}),
            ("SM2", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", {"SM2PKE"}),
        ],
    )
    def test_other_keys_show_what_they_can(
        self, kms: BaseClient, spec: str, usage: str, member: str, algorithms: set[str]
    ) -> None:
        """The algorithms that fit the usage, and no key material; never two lists of algorithms."""
        metadata = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]

        assert set(metadata) == METADATA - {"CurrentKeyMaterialId", "EncryptionAlgorithms"} | {
            member
        }
        assert metadata["KeySpec"] == metadata["CustomerMasterKeySpec"] == spec
        assert metadata["KeyUsage"] == usage
        assert set(metadata[member]) == algorithms
        assert described(kms, metadata["KeyId"]) == metadata

    @pytest.mark.parametrize(
        ("spec", "usage"),
        [
            ("ML_DSA_44", "SIGN_VERIFY"),
            ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
            ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"),
        ],
    )
    def test_newer_key_specs_have_no_old_name(self, kms: BaseClient, spec: str, usage: str) -> None:
        """CustomerMasterKeySpec is deprecated: its enumeration did not grow."""
        metadata = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]

        assert (metadata["KeySpec"], metadata["KeyUsage"]) == (spec, usage)
        assert "CustomerMasterKeySpec" not in metadata

    def test_the_old_name_of_the_key_spec(self, kms: BaseClient) -> None:
        """Fact 6.5: CustomerMasterKeySpec, alone, still works."""
        metadata = kms.create_key(CustomerMasterKeySpec="ECC_NIST_P521", KeyUsage="SIGN_VERIFY")[
            "KeyMetadata"
        ]

        assert metadata["KeySpec"] == metadata["CustomerMasterKeySpec"] == "ECC_NIST_P521"
        assert metadata["SigningAlgorithms"] == ["ECDSA_SHA_512"]

    def test_description_and_tags(self, kms: BaseClient) -> None:
        """Fact 6.5: tags in the order of giving, and only ListResourceTags shows them."""
        tags = [{"TagKey": "b", "TagValue": "2"}, {"TagKey": "a", "TagValue": ""}]

        metadata = kms.create_key(Description="für die Datenbank 🔐", Tags=tags)["KeyMetadata"]

        assert set(metadata) == METADATA
        assert metadata["Description"] == "für die Datenbank 🔐"
        assert kms.list_resource_tags(KeyId=metadata["KeyId"])["Tags"] == tags

    def test_a_policy_of_ones_own(self, kms: BaseClient, account: str) -> None:
        """Fact 6.5: Policy replaces the default policy."""
        policy = json.dumps(key_policy(account), indent=2)

        key = new_key(kms, Policy=policy)

        assert kms.get_key_policy(KeyId=key.id)["Policy"] == policy


class TestRefusedCreation:
    """CreateKey that creates nothing."""

    @pytest.fixture(autouse=True)
    def no_key_remains(self, kms: BaseClient) -> Iterator[None]:
        """Whatever was refused left no key behind."""
        yield
        assert key_ids(kms) == []

    @pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "HMAC_256", "ML_DSA_65"])
    def test_a_usage_is_required(self, kms: BaseClient, spec: str) -> None:
        """Only symmetric encryption keys have a default usage."""
        with invalid(USAGE_REQUIRED):
            kms.create_key(KeySpec=spec)

    @pytest.mark.parametrize(
        ("spec", "usage"),
        [
            ("SYMMETRIC_DEFAULT", "SIGN_VERIFY"),
            ("HMAC_256", "ENCRYPT_DECRYPT"),
            ("RSA_2048", "GENERATE_VERIFY_MAC"),
            ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
            ("ECC_SECG_P256K1", "KEY_AGREEMENT"),
            ("ML_KEM_512", "SIGN_VERIFY"),
        ],
    )
    def test_the_usage_must_fit(self, kms: BaseClient, spec: str, usage: str) -> None:
        """What a key is for depends on what it is."""
        with invalid(f"KeyUsage {usage} is not compatible with KeySpec {spec}"):
            kms.create_key(KeySpec=spec, KeyUsage=usage)

    def test_both_names_of_the_key_spec(self, kms: BaseClient) -> None:
        """KeySpec or CustomerMasterKeySpec, even where they agree."""
        with invalid(None):
            kms.create_key(KeySpec="SYMMETRIC_DEFAULT", CustomerMasterKeySpec="SYMMETRIC_DEFAULT")

    @pytest.mark.parametrize(
        "options",
        [
            {"Origin": "EXTERNAL"},
            {"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "cks-1234567890abcdef0"},
            {"Origin": "EXTERNAL_KEY_STORE", "XksKeyId": "bb8562717f809024"},
            {"CustomKeyStoreId": "cks-1234567890abcdef0"},
            {"XksKeyId": "bb8562717f809024"},
        ],
    )
    def test_other_origins_are_unsupported(self, kms: BaseClient, options: dict[str, Any]) -> None:
        """Key material comes from KMS, never from a caller or a key store."""
        with refused(kms.exceptions.UnsupportedOperationException, None):
            kms.create_key(**options)

    @pytest.mark.parametrize(
        ("tags", "message"),
        [
            (["team", "stage", "team"], "Duplicate tag keys"),
            (["team", "aws:owner"], "Tags beginning with aws: are reserved"),
            ([f"tag-{number}" for number in range(51)], "Too many tags"),
        ],
    )
    def test_tags_are_checked(self, kms: BaseClient, tags: list[str], message: str) -> None:
        """Fact 6.5: TagException."""
        with refused(kms.exceptions.TagException, message):
            kms.create_key(Tags=[{"TagKey": tag, "TagValue": ""} for tag in tags])

    @pytest.mark.parametrize("policy", ["{", "not a policy", "[]", '"text"'])
    def test_the_policy_must_be_one(self, kms: BaseClient, policy: str) -> None:
        """MalformedPolicyDocumentException; its text is not known."""
        with refused(kms.exceptions.MalformedPolicyDocumentException, None):
            kms.create_key(Policy=policy)

    def test_a_description_too_long(self, kms: BaseClient) -> None:
        """Facts 1.5 and 6.5: up to 8192 characters."""
        text = "x" * 8193
        with violates(too_long("description", 8192, text)):
            kms.create_key(Description=text)

    def test_an_unknown_key_spec(self, kms: BaseClient) -> None:
        """Fact 1.5, row 6: the order of the enumeration is arbitrary."""
        with invalid(
            re.compile(
                "1 validation error detected: Value 'AES_256' at 'keySpec' failed to satisfy "
                r"constraint: Member must satisfy enum value set: \[.*\bRSA_2048\b.*\]"
            )
        ):
            kms.create_key(KeySpec="AES_256")


class TestFinding:
    """Which names find a key."""

    def test_a_key_has_four_names(self, kms: BaseClient, account: str) -> None:
        """Fact 6.5: id, ARN, alias name and alias ARN describe the same key."""
        key = new_key(kms)
        kms.create_alias(AliasName="alias/app/main", TargetKeyId=key.id)

        names = [*key, "alias/app/main", alias_arn(account, "alias/app/main")]

        assert [described(kms, name)["Arn"] for name in names] == [key.arn] * 4

    @pytest.mark.parametrize("operation", sorted(ON_ONE_KEY))
    def test_an_unknown_key(self, kms: BaseClient, account: str, operation: str) -> None:
        """Fact 6.5: the ARN even if the id was given."""
        new_key(kms)
        arn = key_arn(account, UNKNOWN_KEY)
        for name in (UNKNOWN_KEY, arn):
            with refused(kms.exceptions.NotFoundException, key_missing(arn)):
                getattr(kms, operation)(KeyId=name, **ON_ONE_KEY[operation])

    @pytest.mark.parametrize("operation", sorted(ON_ONE_KEY))
    def test_a_text_that_is_no_key_id(self, kms: BaseClient, operation: str) -> None:
        """Fact 6.5: id not a UUID."""
        for text in ("database", UNKNOWN_KEY[:-1], f"x{UNKNOWN_KEY}", "mrk-12"):
            with refused(kms.exceptions.NotFoundException, no_key_id(text)):
                getattr(kms, operation)(KeyId=text, **ON_ONE_KEY[operation])

    def test_an_unknown_multi_region_key(self, kms: BaseClient, account: str) -> None:
        """Fact 6.5: `mrk-` and 32 hex digits is a well-formed id, too."""
        unknown = f"mrk-{'0123456789abcdef' * 2}"
        with refused(kms.exceptions.NotFoundException, key_missing(key_arn(account, unknown))):
            kms.describe_key(KeyId=unknown)

    @pytest.mark.parametrize("operation", sorted(ON_ONE_KEY))
    def test_an_arn_of_another_region(
        self, kms: BaseClient, connect: Connect, account: str, operation: str
    ) -> None:
        """Fact 6.5: it is not looked up over there, although the key is there."""
        key = new_key(connect(account, ELSEWHERE, service="kms"))
        with refused(kms.exceptions.NotFoundException, f"Invalid arn {ELSEWHERE}"):
            getattr(kms, operation)(KeyId=key.arn, **ON_ONE_KEY[operation])

    @pytest.mark.parametrize("operation", sorted(BY_ANY_NAME))
    def test_an_unknown_alias(self, kms: BaseClient, account: str, operation: str) -> None:
        """Fact 6.5: the ARN even if the name was given."""
        message = alias_missing(account, "alias/unknown")
        for name in ("alias/unknown", alias_arn(account, "alias/unknown")):
            with refused(kms.exceptions.NotFoundException, message):
                getattr(kms, operation)(KeyId=name, **BY_ANY_NAME[operation])

    @pytest.mark.parametrize("operation", sorted(BY_KEY_ALONE))
    def test_operations_that_take_no_alias(
        self, kms: BaseClient, account: str, operation: str
    ) -> None:
        """Fact 6.5: a key's id or ARN, and no other name of it."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=new_key(kms).id)

        with refused(kms.exceptions.NotFoundException, no_key_id("alias/app")):
            getattr(kms, operation)(KeyId="alias/app", **BY_KEY_ALONE[operation])
        with refused(kms.exceptions.InvalidArnException, None):
            getattr(kms, operation)(
                KeyId=alias_arn(account, "alias/app"), **BY_KEY_ALONE[operation]
            )

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:s3:::bucket",
            f"arn:aws:kms:{REGION}",
            f"arn:aws:secretsmanager:{REGION}:123456789012:secret:database-AbCdEf",
            f"arn:aws:kms:{REGION}:123456789012:grant/{UNKNOWN_KEY}",
        ],
    )
    def test_an_arn_of_something_else(self, kms: BaseClient, arn: str) -> None:
        """Refused one way or the other."""
        with pytest.raises(ClientError) as caught:
            kms.describe_key(KeyId=arn)
        error = caught.value.response["Error"]
        assert error["Code"] in {"InvalidArnException", "NotFoundException"}

    def test_key_ids_are_lower_case(self, kms: BaseClient) -> None:
        """The same id in capitals finds nothing; one without letters is too unlikely to matter."""
        key = new_key(kms)
        with refused(kms.exceptions.NotFoundException, None):
            kms.describe_key(KeyId=key.id.upper())

    def test_a_name_too_long(self, kms: BaseClient) -> None:
        """Fact 1.5, row 2."""
        with violates(too_long("keyId", 2048, "x" * 2049)):
            kms.describe_key(KeyId="x" * 2049)


class TestAccountsAndRegions:
    """Keys belong to one account and one Region."""

    def test_regions_are_apart(self, connect: Connect, account: str) -> None:
        """Each Region has its own keys and aliases."""
        here = connect(account, service="kms")
        there = connect(account, ELSEWHERE, service="kms")
        key = new_key(here)
        here.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        assert key_ids(there) == []
        with refused(
            there.exceptions.NotFoundException,
            key_missing(key_arn(account, key.id, region=ELSEWHERE)),
        ):
            there.describe_key(KeyId=key.id)

        other = new_key(there)
        there.create_alias(AliasName="alias/app", TargetKeyId=other.id)

        assert other.arn == key_arn(account, other.id, region=ELSEWHERE)
        assert described(here, "alias/app")["Arn"] == key.arn
        assert described(there, "alias/app")["Arn"] == other.arn

    def test_accounts_are_apart(self, connect: Connect) -> None:
        """A bare id never finds, and a list never shows, a foreign key."""
        yours = fresh_account()
        key = new_key(connect(service="kms"))
        stranger = connect(yours, service="kms")

        assert key_ids(stranger) == []
        with refused(stranger.exceptions.NotFoundException, key_missing(key_arn(yours, key.id))):
            stranger.describe_key(KeyId=key.id)

    @pytest.mark.parametrize("operation", sorted(ON_ONE_KEY))
    def test_a_key_of_another_account(
        self, kms: BaseClient, connect: Connect, operation: str
    ) -> None:
        """By its ARN it can be described and used, but not managed."""
        key = new_key(kms)
        stranger = connect(service="kms")
        call = getattr(stranger, operation)

        if operation in BY_ANY_NAME:
            answer = call(KeyId=key.arn, **BY_ANY_NAME[operation])
            shown = answer["KeyMetadata"]["Arn"] if "KeyMetadata" in answer else answer["KeyId"]
            assert shown == key.arn
        else:
            with refused(stranger.exceptions.NotFoundException, key_missing(key.arn)):
                call(KeyId=key.arn, **BY_KEY_ALONE[operation])

    @pytest.mark.parametrize(
        ("region", "partition"),
        [("us-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
    )
    def test_the_region_decides_the_partition(
        self, connect: Connect, account: str, region: str, partition: str
    ) -> None:
        """Fact 2.1: the partitions of an ARN."""
        key = new_key(connect(account, region, service="kms"))

        assert key.arn == key_arn(account, key.id, region=region, partition=partition)


class TestLists:
    """ListKeys."""

    def test_nothing_to_list(self, kms: BaseClient) -> None:
        """Fact 6.5: an empty list, not truncated, and no marker."""
        answer = kms.list_keys()

        assert members(answer) == {"Keys", "Truncated"}
        assert (answer["Keys"], answer["Truncated"]) == ([], False)

    def test_an_entry_has_id_and_arn(self, kms: BaseClient) -> None:
        """Fact 6.5."""
        key = new_key(kms, Description="not shown")

        assert kms.list_keys()["Keys"] == [{"KeyId": key.id, "KeyArn": key.arn}]

    def test_pages(self, kms: BaseClient) -> None:
        """Fact 6.5: NextMarker only where there is more; every key once."""
        keys = {new_key(kms).id for _ in range(5)}

        pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))

        assert [len(page["Keys"]) for page in pages] == [2, 2, 1]
        assert [page["Truncated"] for page in pages] == [True, True, False]
        assert ["NextMarker" in page for page in pages] == [True, True, False]
        listed = [entry["KeyId"] for page in pages for entry in page["Keys"]]
        assert len(listed) == 5
        assert set(listed) == keys

    def test_a_hundred_keys_a_page(self, kms: BaseClient) -> None:
        """Fact 6.5: the default Limit."""
        keys = {new_key(kms).id for _ in range(101)}

        assert len(kms.list_keys()["Keys"]) == 100
        assert set(key_ids(kms)) == keys
        assert len(kms.list_keys(Limit=1000)["Keys"]) == 101

    def test_a_limit_too_big(self, kms: BaseClient) -> None:
        """Fact 1.5, row 4."""
        with violates(too_big("limit", 1000, 1001)):
            kms.list_keys(Limit=1001)

    def test_a_marker_that_was_never_given(self, kms: BaseClient) -> None:
        """InvalidMarkerException; its text is not known."""
        with refused(kms.exceptions.InvalidMarkerException, None):
            kms.list_keys(Marker="no such marker")


class TestDescription:
    """UpdateKeyDescription."""

    def test_a_description_is_replaced(self, kms: BaseClient) -> None:
        """Fact 6.5: an empty one is shown as such."""
        key = new_key(kms, Description="first")
        seen = []
        for name, text in ((key.id, "second"), (key.arn, ""), (key.id, "x" * 8192)):
            answer = kms.update_key_description(KeyId=name, Description=text)
            assert members(answer) == set()
            seen.append(described(kms, key.id)["Description"])

        assert seen == ["second", "", "x" * 8192]

    def test_a_description_too_long(self, kms: BaseClient) -> None:
        """Fact 1.5, row 2; nothing changes."""
        key = new_key(kms, Description="first")
        with violates(too_long("description", 8192, "x" * 8193)):
            kms.update_key_description(KeyId=key.id, Description="x" * 8193)
        assert described(kms, key.id)["Description"] == "first"


OUT_OF_SCOPE: dict[str, dict[str, Any]] = {
    "connect_custom_key_store": {"CustomKeyStoreId": "cks-1234567890abcdef0"},
    "create_custom_key_store": {"CustomKeyStoreName": "store"},
    "create_grant": {
        "KeyId": UNKNOWN_KEY,
        "GranteePrincipal": "arn:aws:iam::123456789012:root",
        "Operations": ["Decrypt"],
    },
    "delete_custom_key_store": {"CustomKeyStoreId": "cks-1234567890abcdef0"},
    "delete_imported_key_material": {"KeyId": UNKNOWN_KEY},
    "derive_shared_secret": {
        "KeyId": UNKNOWN_KEY,
        "KeyAgreementAlgorithm": "ECDH",
        "PublicKey": b"key",
    },
    "describe_custom_key_stores": {},
    "generate_data_key_pair": {"KeyId": UNKNOWN_KEY, "KeyPairSpec": "RSA_2048"},
    "generate_data_key_pair_without_plaintext": {"KeyId": UNKNOWN_KEY, "KeyPairSpec": "RSA_2048"},
    "generate_mac": {"KeyId": UNKNOWN_KEY, "Message": b"text", "MacAlgorithm": "HMAC_SHA_256"},
    "get_parameters_for_import": {
        "KeyId": UNKNOWN_KEY,
        "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
        "WrappingKeySpec": "RSA_2048",
    },
    "get_public_key": {"KeyId": UNKNOWN_KEY},
    "list_grants": {"KeyId": UNKNOWN_KEY},
    "replicate_key": {"KeyId": UNKNOWN_KEY, "ReplicaRegion": ELSEWHERE},
    "sign": {"KeyId": UNKNOWN_KEY, "Message": b"text", "SigningAlgorithm": "ECDSA_SHA_256"},
    "verify": {
        "KeyId": UNKNOWN_KEY,
        "Message": b"text",
        "Signature": b"signature",
        "SigningAlgorithm": "ECDSA_SHA_256",
    },
    "verify_mac": {
        "KeyId": UNKNOWN_KEY,
        "Message": b"text",
        "Mac": b"mac",
        "MacAlgorithm": "HMAC_SHA_256",
    },
}


@pytest.mark.parametrize("operation", sorted(OUT_OF_SCOPE))
def test_what_the_emulator_leaves_out(kms: BaseClient, operation: str) -> None:
    """Operations of the model that say plainly that they are not there."""
    with refused(kms.exceptions.UnsupportedOperationException, None):
        getattr(kms, operation)(**OUT_OF_SCOPE[operation])
