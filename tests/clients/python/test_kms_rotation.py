"""The rotation of a key's material, by the calendar and on demand, and ListKeyRotations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from botocore.client import BaseClient

from expect import members, refused, too_big, violates
from kms_facts import disabled, rotations_used_up
from kms_operations import Key, assert_in_days, described, new_key

ON_DEMAND_LIMIT = 25

ON_ROTATION = [
    "disable_key_rotation",
    "enable_key_rotation",
    "get_key_rotation_status",
    "list_key_rotations",
    "rotate_key_on_demand",
]


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A key that was never rotated."""
    return new_key(kms)


def material(kms: BaseClient, key: Key) -> str:
    """The id of the key's current material."""
    return described(kms, key.id)["CurrentKeyMaterialId"]


def rotations(kms: BaseClient, key: Key, **query: Any) -> list[dict[str, Any]]:
    """All that ListKeyRotations shows."""
    pages = kms.get_paginator("list_key_rotations").paginate(KeyId=key.id, **query)
    return [entry for page in pages for entry in page["Rotations"]]


def rotate(kms: BaseClient, key: Key, times: int) -> list[str]:
    """Rotate on demand; the ids of all materials, the first one first."""
    materials = [material(kms, key)]
    for _ in range(times):
        kms.rotate_key_on_demand(KeyId=key.id)
        materials.append(material(kms, key))
    return materials


class TestByTheCalendar:
    """EnableKeyRotation, DisableKeyRotation and GetKeyRotationStatus."""

    def test_at_first_there_is_none(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: the period and the next date show only when it is enabled."""
        status = kms.get_key_rotation_status(KeyId=key.id)

        assert members(status) == {"KeyId", "KeyRotationEnabled"}
        assert status["KeyRotationEnabled"] is False
        assert status["KeyId"] in key

    @pytest.mark.parametrize(
        ("options", "days"),
        [
            ({}, 365),
            ({"RotationPeriodInDays": 90}, 90),
            ({"RotationPeriodInDays": 2560}, 2560),
        ],
    )
    def test_on_and_off(
        self, kms: BaseClient, key: Key, options: dict[str, int], days: int
    ) -> None:
        """Fact 6.5: the first rotation is a whole period away; nothing is rotated yet."""
        before = material(kms, key)
        assert members(kms.enable_key_rotation(KeyId=key.arn, **options)) == set()

        status = kms.get_key_rotation_status(KeyId=key.id)
        assert members(status) == {
            "KeyId",
            "KeyRotationEnabled",
            "NextRotationDate",
            "RotationPeriodInDays",
        }
        assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, days)
        assert_in_days(status["NextRotationDate"], days)
        assert material(kms, key) == before
        assert rotations(kms, key) == []

        assert members(kms.disable_key_rotation(KeyId=key.id)) == set()
        status = kms.get_key_rotation_status(KeyId=key.id)
        assert members(status) == {"KeyId", "KeyRotationEnabled"}
        assert status["KeyRotationEnabled"] is False

    def test_another_period_counts_from_now(self, kms: BaseClient, key: Key) -> None:
        """EnableKeyRotation again."""
        kms.enable_key_rotation(KeyId=key.id)
        kms.enable_key_rotation(KeyId=key.id, RotationPeriodInDays=100)

        status = kms.get_key_rotation_status(KeyId=key.id)
        assert status["RotationPeriodInDays"] == 100
        assert_in_days(status["NextRotationDate"], 100)

    def test_off_when_it_is_off(self, kms: BaseClient, key: Key) -> None:
        """DisableKeyRotation of a key that is not rotated."""
        kms.disable_key_rotation(KeyId=key.id)

        assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is False

    def test_a_period_too_long(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: 90 to 2560 days."""
        with violates(too_big("rotationPeriodInDays", 2560, 2561)):
            kms.enable_key_rotation(KeyId=key.id, RotationPeriodInDays=2561)
        assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is False

    def test_it_pauses_while_deletion_is_pending(self, kms: BaseClient, key: Key) -> None:
        """CancelKeyDeletion brings it back."""
        kms.enable_key_rotation(KeyId=key.id, RotationPeriodInDays=100)

        kms.schedule_key_deletion(KeyId=key.id)
        assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is False

        kms.cancel_key_deletion(KeyId=key.id)
        status = kms.get_key_rotation_status(KeyId=key.id)
        assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 100)

    def test_a_disabled_key_keeps_its_setting(self, kms: BaseClient, key: Key) -> None:
        """Only changes of it are refused."""
        kms.enable_key_rotation(KeyId=key.id)
        kms.disable_key(KeyId=key.id)
        with refused(kms.exceptions.DisabledException, disabled(key.arn)):
            kms.disable_key_rotation(KeyId=key.id)
        kms.enable_key(KeyId=key.id)

        assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is True


class TestOnDemand:
    """RotateKeyOnDemand."""

    def test_new_material_for_the_same_key(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: old ciphertexts still decrypt, by the material that made them."""
        before = described(kms, key.id)
        blob = kms.encrypt(KeyId=key.id, Plaintext=b"old")["CiphertextBlob"]

        answer = kms.rotate_key_on_demand(KeyId=key.id)

        assert members(answer) == {"KeyId"}
        assert answer["KeyId"] == key.arn
        after = described(kms, key.id)
        assert after["CurrentKeyMaterialId"] != before["CurrentKeyMaterialId"]
        assert after | {"CurrentKeyMaterialId": before["CurrentKeyMaterialId"]} == before
        old = kms.decrypt(CiphertextBlob=blob, KeyId=key.id)
        assert (old["Plaintext"], old["KeyId"]) == (b"old", key.arn)
        assert old["KeyMaterialId"] == before["CurrentKeyMaterialId"]

    def test_what_comes_after_has_the_new_material(self, kms: BaseClient, key: Key) -> None:
        """Encrypt, data keys, and the destination of ReEncrypt."""
        old_blob = kms.encrypt(KeyId=key.id, Plaintext=b"old")["CiphertextBlob"]
        old, new = rotate(kms, key, 1)

        sealed = kms.encrypt(KeyId=key.id, Plaintext=b"new")["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=sealed)["KeyMaterialId"] == new
        assert kms.generate_data_key(KeyId=key.id, KeySpec="AES_256")["KeyMaterialId"] == new
        moved = kms.re_encrypt(CiphertextBlob=old_blob, DestinationKeyId=key.id)
        assert (moved["SourceKeyMaterialId"], moved["DestinationKeyMaterialId"]) == (old, new)

    def test_the_calendar_stays(self, kms: BaseClient, key: Key) -> None:
        """Whether it is on or off."""
        kms.rotate_key_on_demand(KeyId=key.id)
        assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is False

        kms.enable_key_rotation(KeyId=key.id)
        before = kms.get_key_rotation_status(KeyId=key.id)["NextRotationDate"]
        kms.rotate_key_on_demand(KeyId=key.id)
        assert kms.get_key_rotation_status(KeyId=key.id)["NextRotationDate"] == before

    def test_twenty_five_and_no_more(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: LimitExceededException; all ciphertexts still open."""
        blobs = []
        for _ in range(ON_DEMAND_LIMIT):
            blobs.append(kms.encrypt(KeyId=key.id, Plaintext=b"hunter2")["CiphertextBlob"])
            kms.rotate_key_on_demand(KeyId=key.id)
        last = material(kms, key)

        with refused(kms.exceptions.LimitExceededException, rotations_used_up(key.arn)):
            kms.rotate_key_on_demand(KeyId=key.id)
        assert material(kms, key) == last
        opened = [kms.decrypt(CiphertextBlob=blob) for blob in blobs]
        assert {answer["Plaintext"] for answer in opened} == {b"hunter2"}
        assert len({answer["KeyMaterialId"] for answer in opened} | {last}) == ON_DEMAND_LIMIT + 1


class TestLists:
    """ListKeyRotations."""

    def test_nothing_to_list(self, kms: BaseClient, key: Key) -> None:
        """An empty list, not truncated, and no marker."""
        answer = kms.list_key_rotations(KeyId=key.id)

        assert members(answer) == {"Rotations", "Truncated"}
        assert (answer["Rotations"], answer["Truncated"]) == ([], False)

    def test_the_oldest_first(self, kms: BaseClient, key: Key) -> None:
        """Rotations only: the first material came by none."""
        _, second, third = rotate(kms, key, 2)

        for query in ({}, {"IncludeKeyMaterial": "ROTATIONS_ONLY"}):
            listed = rotations(kms, key, **query)
            assert [entry.pop("KeyMaterialId") for entry in listed] == [second, third]
            dates = [entry.pop("RotationDate") for entry in listed]
            assert all(isinstance(date, datetime) for date in dates)
            assert dates == sorted(dates)
            assert listed == [
                {"KeyId": key.id, "KeyMaterialState": state, "RotationType": "ON_DEMAND"}
                for state in ("NON_CURRENT", "CURRENT")
            ]

    def test_all_key_material(self, kms: BaseClient, key: Key) -> None:
        """The first one, too: it has neither a date nor a type."""
        [first] = rotations(kms, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
        assert first == {
            "KeyId": key.id,
            "KeyMaterialId": material(kms, key),
            "KeyMaterialState": "CURRENT",
        }

        materials = rotate(kms, key, 2)
        listed = rotations(kms, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")

        assert [entry["KeyMaterialId"] for entry in listed] == materials
        assert listed[0] == first | {"KeyMaterialState": "NON_CURRENT"}
        assert listed[1:] == rotations(kms, key)

    def test_pages(self, kms: BaseClient, key: Key) -> None:
        """NextMarker only where there is more."""
        materials = rotate(kms, key, 5)

        pages = list(
            kms.get_paginator("list_key_rotations").paginate(
                KeyId=key.id, PaginationConfig={"PageSize": 2}
            )
        )

        assert [len(page["Rotations"]) for page in pages] == [2, 2, 1]
        assert [page["Truncated"] for page in pages] == [True, True, False]
        assert ["NextMarker" in page for page in pages] == [True, True, False]
        listed = [entry["KeyMaterialId"] for page in pages for entry in page["Rotations"]]
        assert listed == materials[1:]

    def test_a_marker_that_was_never_given(self, kms: BaseClient, key: Key) -> None:
        """InvalidMarkerException; its text is not known."""
        with refused(kms.exceptions.InvalidMarkerException, None):
            kms.list_key_rotations(KeyId=key.id, Marker="no such marker")


class TestOtherKeys:
    """Keys whose material stays what it is."""

    @pytest.mark.parametrize("operation", ON_ROTATION)
    @pytest.mark.parametrize(
        ("spec", "usage"),
        [
            ("RSA_2048", "ENCRYPT_DECRYPT"),
            ("ECC_NIST_P256", "SIGN_VERIFY"),
            ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ],
    )
    def test_only_symmetric_keys_rotate(
        self, kms: BaseClient, spec: str, usage: str, operation: str
    ) -> None:
        """Fact 6.5: UnsupportedOperationException, without a text."""
        key = new_key(kms, KeySpec=spec, KeyUsage=usage)
        with refused(kms.exceptions.UnsupportedOperationException, ""):
            getattr(kms, operation)(KeyId=key.id)
