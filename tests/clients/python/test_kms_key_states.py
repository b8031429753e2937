"""The life of a KMS key: EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import Enum

import pytest
from botocore.client import BaseClient

from expect import invalid, members, refused, violates
from kms_facts import WINDOW_OF_DELETION, disabled, not_pending_deletion, pending_deletion
from kms_operations import ON_ONE_KEY, Key, assert_in_days, described, key_ids, new_key, state


class Subject:
    """A key with an alias and a ciphertext, another key, and every way to use the first."""

    def __init__(self, kms: BaseClient) -> None:
        self.kms = kms
        self.key, self.other = new_key(kms), new_key(kms)
        kms.create_alias(AliasName="alias/app", TargetKeyId=self.key.id)
        kms.create_alias(AliasName="alias/other", TargetKeyId=self.other.id)
        self.blob = kms.encrypt(KeyId=self.key.id, Plaintext=b"hunter2")["CiphertextBlob"]
        self.other_blob = kms.encrypt(KeyId=self.other.id, Plaintext=b"x")["CiphertextBlob"]

    def attempt(self, operation: str) -> None:
        """Call an operation on the key."""
        special: dict[str, Callable[[], object]] = {
            "create_alias": lambda: self.kms.create_alias(
                AliasName="alias/new", TargetKeyId=self.key.id
            ),
            "decrypt": lambda: self.kms.decrypt(CiphertextBlob=self.blob),
            "decrypt_by_alias": lambda: self.kms.decrypt(
                CiphertextBlob=self.blob, KeyId="alias/app"
            ),
            "delete_alias": lambda: self.kms.delete_alias(AliasName="alias/app"),
            "re_encrypt_from": lambda: self.kms.re_encrypt(
                CiphertextBlob=self.blob, DestinationKeyId=self.other.id
            ),
            "re_encrypt_to": lambda: self.kms.re_encrypt(
                CiphertextBlob=self.other_blob, DestinationKeyId=self.key.id
            ),
            "update_alias_from": lambda: self.kms.update_alias(
                AliasName="alias/app", TargetKeyId=self.other.id
            ),
            "update_alias_to": lambda: self.kms.update_alias(
                AliasName="alias/other", TargetKeyId=self.key.id
            ),
        }
        if operation in special:
            special[operation]()
        else:
            getattr(self.kms, operation)(KeyId=self.key.id, **ON_ONE_KEY[operation])


class Outcome(Enum):
    """What an operation comes to in a state of its key."""

    WORKS = "works"
    DISABLED = "disabled"
    PENDING = "pending deletion"
    NOT_PENDING = "not pending deletion"

    def expected(self, subject: Subject) -> AbstractContextManager[None]:
        """The expectation around the call."""
        exceptions, arn = subject.kms.exceptions, subject.key.arn
        match self:
            case Outcome.WORKS:
                return nullcontext()
            case Outcome.DISABLED:
                return refused(exceptions.DisabledException, disabled(arn))
            case Outcome.PENDING:
                return refused(exceptions.KMSInvalidStateException, pending_deletion(arn))
            case Outcome.NOT_PENDING:
                return refused(exceptions.KMSInvalidStateException, not_pending_deletion(arn))


WORKS, DISABLED, PENDING = Outcome.WORKS, Outcome.DISABLED, Outcome.PENDING

OUTCOMES: dict[str, tuple[Outcome, Outcome]] = {
    "cancel_key_deletion": (Outcome.NOT_PENDING, WORKS),
    "create_alias": (WORKS, PENDING),
    "decrypt": (DISABLED, PENDING),
    "decrypt_by_alias": (DISABLED, PENDING),
    "delete_alias": (WORKS, WORKS),
    "describe_key": (WORKS, WORKS),
    "disable_key": (WORKS, PENDING),
    "disable_key_rotation": (DISABLED, PENDING),
    "enable_key": (WORKS, PENDING),
    "enable_key_rotation": (DISABLED, PENDING),
    "encrypt": (DISABLED, PENDING),
    "generate_data_key": (DISABLED, PENDING),
    "generate_data_key_without_plaintext": (DISABLED, PENDING),
    "get_key_policy": (WORKS, WORKS),
    "get_key_rotation_status": (WORKS, WORKS),
    "list_aliases": (WORKS, WORKS),
    "list_key_policies": (WORKS, WORKS),
    "list_key_rotations": (WORKS, WORKS),
    "list_resource_tags": (WORKS, WORKS),
    "put_key_policy": (WORKS, WORKS),
    "re_encrypt_from": (DISABLED, PENDING),
    "re_encrypt_to": (DISABLED, PENDING),
    "rotate_key_on_demand": (DISABLED, PENDING),
    "schedule_key_deletion": (WORKS, PENDING),
    "tag_resource": (WORKS, PENDING),
    "untag_resource": (WORKS, PENDING),
    "update_alias_from": (WORKS, WORKS),
    "update_key_description": (WORKS, PENDING),
}
"""Fact 6.5, key-state effects: while the key is disabled, and while its deletion is pending."""


@pytest.fixture
def subject(kms: BaseClient) -> Subject:
    """A key on which every operation works."""
    return Subject(kms)


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A fresh key."""
    return new_key(kms)


class TestStates:
    """What works in which state."""

    def test_the_table_is_complete(self) -> None:
        """It has every operation on one key."""
        assert set(ON_ONE_KEY) <= set(OUTCOMES)

    @pytest.mark.parametrize("operation", sorted(set(OUTCOMES) - {"cancel_key_deletion"}))
    def test_while_it_is_enabled(self, subject: Subject, operation: str) -> None:
        """Everything works but to cancel what is not under way."""
        subject.attempt(operation)

    @pytest.mark.parametrize("operation", sorted(OUTCOMES))
    def test_while_it_is_disabled(self, kms: BaseClient, subject: Subject, operation: str) -> None:
        """Fact 6.5: the key does no cryptography."""
        kms.disable_key(KeyId=subject.key.id)
        with OUTCOMES[operation][0].expected(subject):
            subject.attempt(operation)

    @pytest.mark.parametrize("operation", sorted(OUTCOMES))
    def test_while_its_deletion_is_pending(
        self, kms: BaseClient, subject: Subject, operation: str
    ) -> None:
        """Fact 6.5: the key hardly changes any more."""
        kms.schedule_key_deletion(KeyId=subject.key.id)
        with OUTCOMES[operation][1].expected(subject):
            subject.attempt(operation)

    def test_no_alias_moves_to_a_key_that_goes(self, kms: BaseClient, subject: Subject) -> None:
        """UpdateAlias: the new target counts; a disabled one will do."""
        kms.disable_key(KeyId=subject.key.id)
        subject.attempt("update_alias_to")
        subject.attempt("update_alias_from")
        kms.update_alias(AliasName="alias/other", TargetKeyId=subject.other.id)

        kms.schedule_key_deletion(KeyId=subject.key.id)
        with refused(kms.exceptions.KMSInvalidStateException, None):
            subject.attempt("update_alias_to")
        assert described(kms, "alias/other")["KeyId"] == subject.other.id

    def test_the_state_is_judged_before_the_usage(self, kms: BaseClient) -> None:
        """A disabled key for signatures is disabled first of all."""
        key = new_key(kms, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        kms.disable_key(KeyId=key.id)
        with refused(kms.exceptions.DisabledException, disabled(key.arn)):
            kms.encrypt(KeyId=key.id, Plaintext=b"hunter2")
        with refused(kms.exceptions.DisabledException, disabled(key.arn)):
            kms.generate_data_key(KeyId=key.id, KeySpec="AES_256")


class TestEnabledAndDisabled:
    """EnableKey and DisableKey."""

    def test_off_and_on_again(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: both answer nothing, and both may come twice."""
        seen = []
        for call in (kms.disable_key, kms.disable_key, kms.enable_key, kms.enable_key):
            assert members(call(KeyId=key.arn)) == set()
            metadata = described(kms, key.id)
            seen.append((metadata["KeyState"], metadata["Enabled"]))

        assert seen == [("Disabled", False)] * 2 + [("Enabled", True)] * 2

    def test_a_ciphertext_outlives_the_pause(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: it decrypts again once the key is enabled again."""
        blob = kms.encrypt(KeyId=key.id, Plaintext=b"hunter2")["CiphertextBlob"]
        kms.disable_key(KeyId=key.id)
        with refused(kms.exceptions.DisabledException, disabled(key.arn)):
            kms.decrypt(CiphertextBlob=blob)
        kms.enable_key(KeyId=key.id)

        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"hunter2"


class TestDeletion:
    """ScheduleKeyDeletion and CancelKeyDeletion."""

    @pytest.mark.parametrize(
        ("options", "days"),
        [({}, 30), ({"PendingWindowInDays": 7}, 7), ({"PendingWindowInDays": 30}, 30)],
    )
    def test_deletion_is_scheduled(
        self, kms: BaseClient, key: Key, options: dict[str, int], days: int
    ) -> None:
        """Fact 6.5: the answer's KeyId is an ARN; thirty days unless told otherwise."""
        before = described(kms, key.id)

        answer = kms.schedule_key_deletion(KeyId=key.id, **options)

        assert members(answer) == {"DeletionDate", "KeyId", "KeyState", "PendingWindowInDays"}
        assert answer["KeyId"] == key.arn
        assert answer["KeyState"] == "PendingDeletion"
        assert answer["PendingWindowInDays"] == days
        assert_in_days(answer["DeletionDate"], days)
        assert described(kms, key.id) == before | {
            "DeletionDate": answer["DeletionDate"],
            "Enabled": False,
            "KeyState": "PendingDeletion",
        }
        assert key_ids(kms) == [key.id]

    @pytest.mark.parametrize("days", [1, 6, 31, 365])
    def test_a_window_outside_7_to_30_days(self, kms: BaseClient, key: Key, days: int) -> None:
        """Fact 6.5: the model allows them, and the service does not."""
        with invalid(WINDOW_OF_DELETION):
            kms.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=days)
        assert state(kms, key.id) == "Enabled"

    def test_a_window_outside_the_model(self, kms: BaseClient, key: Key) -> None:
        """Fact 1.5, row 4."""
        with violates(
            "Value '366' at 'pendingWindowInDays' failed to satisfy constraint: "
            "Member must have value less than or equal to 365"
        ):
            kms.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=366)
        assert state(kms, key.id) == "Enabled"

    @pytest.mark.parametrize("disabled_before", [False, True])
    def test_a_key_comes_back_disabled(
        self, kms: BaseClient, key: Key, disabled_before: bool
    ) -> None:
        """Fact 6.5: whatever it was before; and its ciphertexts with it."""
        blob = kms.encrypt(KeyId=key.id, Plaintext=b"hunter2")["CiphertextBlob"]
        before = described(kms, key.id)
        if disabled_before:
            kms.disable_key(KeyId=key.id)
        kms.schedule_key_deletion(KeyId=key.id)

        answer = kms.cancel_key_deletion(KeyId=key.id)

        assert members(answer) == {"KeyId"}
        assert answer["KeyId"] == key.arn
        assert described(kms, key.id) == before | {"Enabled": False, "KeyState": "Disabled"}
        kms.enable_key(KeyId=key.id)
        assert described(kms, key.id) == before
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"hunter2"

    def test_nothing_to_cancel(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: an enabled key is not pending deletion; it stays enabled."""
        with refused(kms.exceptions.KMSInvalidStateException, not_pending_deletion(key.arn)):
            kms.cancel_key_deletion(KeyId=key.id)
        assert state(kms, key.id) == "Enabled"

    def test_the_first_window_stays(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: a second ScheduleKeyDeletion is refused."""
        scheduled = kms.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=7)
        with refused(kms.exceptions.KMSInvalidStateException, pending_deletion(key.arn)):
            kms.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=30)
        assert described(kms, key.id)["DeletionDate"] == scheduled["DeletionDate"]
