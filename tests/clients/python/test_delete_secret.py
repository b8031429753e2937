"""DeleteSecret and RestoreSecret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from time import monotonic
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from emulator import REGION
from expect import CURRENT, PREVIOUS, arn_of, described_labels, listed_labels, members, refused
from facts import MARKED_FOR_DELETION, NOT_FOUND

FORCED_DELETION_SECONDS = 15.0
"""Fact 3.7: a forced deletion is asynchronous and may take about ten seconds."""


def assert_in_days(moment: datetime, days: int) -> None:
    """The date is this many days from now, give or take a minute."""
    expected = datetime.now(timezone.utc) + timedelta(days=days)
    assert abs(expected - moment) < timedelta(minutes=1)


def once_purged(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Repeat a call that a forced deletion may still hinder, until the secret is purged."""
    deadline = monotonic() + FORCED_DELETION_SECONDS
    while True:
        try:
            return call()
        except ClientError:
            if monotonic() > deadline:
                raise


@pytest.fixture
def arn(sm: BaseClient) -> str:
    """The ARN of a secret `database` with a value."""
    return sm.create_secret(Name="database", SecretString="hunter2")["ARN"]


class TestRecoveryWindow:
    """Deletion that can be taken back."""

    @pytest.mark.parametrize(
        ("options", "days"),
        [
            ({}, 30),
            ({"RecoveryWindowInDays": 7}, 7),
            ({"RecoveryWindowInDays": 30}, 30),
            ({"RecoveryWindowInDays": 8, "ForceDeleteWithoutRecovery": False}, 8),
        ],
    )
    def test_deletion_date_is_the_end_of_the_window(
        self, sm: BaseClient, arn: str, options: dict[str, Any], days: int
    ) -> None:
        """Fact 3.7: thirty days unless told otherwise."""
        deleted = sm.delete_secret(SecretId="database", **options)

        assert members(deleted) == {"ARN", "DeletionDate", "Name"}
        assert (deleted["ARN"], deleted["Name"]) == (arn, "database")
        assert_in_days(deleted["DeletionDate"], days)

    def test_a_deleted_secret_can_still_be_described(self, sm: BaseClient, arn: str) -> None:
        """Trace 14: with DeletedDate, and with its versions."""
        labels = described_labels(sm, "database")
        sm.delete_secret(SecretId="database")

        described = sm.describe_secret(SecretId="database")
        assert isinstance(described["DeletedDate"], datetime)
        assert {v: set(s) for v, s in described["VersionIdsToStages"].items()} == labels
        assert listed_labels(sm, "database") == labels

    def test_a_second_deletion_is_refused(self, sm: BaseClient, arn: str) -> None:
        """Fact 3.7: unless it is forced."""
        sm.delete_secret(SecretId="database")

        with refused(sm.exceptions.InvalidRequestException, MARKED_FOR_DELETION):
            sm.delete_secret(SecretId="database", RecoveryWindowInDays=7)

    @pytest.mark.parametrize("days", [-1, 0, 1, 6, 31, 2**40])
    def test_a_window_outside_7_to_30_days_is_refused(
        self, sm: BaseClient, arn: str, days: int
    ) -> None:
        """Fact 3.7: a check of the service, not of the model."""
        with refused(
            sm.exceptions.InvalidParameterException,
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        ):
            sm.delete_secret(SecretId="database", RecoveryWindowInDays=days)
        assert "DeletedDate" not in sm.describe_secret(SecretId="database")

    def test_restoring_brings_everything_back(self, sm: BaseClient, arn: str) -> None:
        """Fact 3.8: DeletedDate is cleared; Fact 3.7: versions and labels come back."""
        sm.put_secret_value(SecretId="database", SecretString="hunter3")
        labels = described_labels(sm, "database")
        sm.delete_secret(SecretId="database")

        restored = sm.restore_secret(SecretId="database")

        assert members(restored) == {"ARN", "Name"}
        assert (restored["ARN"], restored["Name"]) == (arn, "database")
        assert "DeletedDate" not in sm.describe_secret(SecretId="database")
        assert described_labels(sm, "database") == labels
        for label, value in ((CURRENT, "hunter3"), (PREVIOUS, "hunter2")):
            found = sm.get_secret_value(SecretId="database", VersionStage=label)
            assert found["SecretString"] == value

    def test_restoring_a_secret_that_is_not_deleted_succeeds(
        self, sm: BaseClient, arn: str
    ) -> None:
        """Fact 3.8: with the same answer."""
        restored = sm.restore_secret(SecretId="database")

        assert (restored["ARN"], restored["Name"]) == (arn, "database")


class TestForce:
    """Deletion that cannot be taken back."""

    def test_the_secret_is_gone_and_its_name_free(self, sm: BaseClient, arn: str) -> None:
        """Facts 2.1 and 3.7: DeletionDate is now; the next of that name has another tail."""
        deleted = sm.delete_secret(SecretId="database", ForceDeleteWithoutRecovery=True)
        assert members(deleted) == {"ARN", "DeletionDate", "Name"}
        assert (deleted["ARN"], deleted["Name"]) == (arn, "database")
        assert_in_days(deleted["DeletionDate"], 0)

        again = once_purged(lambda: sm.create_secret(Name="database", SecretString="hunter3"))
        assert again["ARN"] != arn
        assert listed_labels(sm, "database", IncludeDeprecated=True) == {
            again["VersionId"]: {CURRENT}
        }
        with refused(sm.exceptions.ResourceNotFoundException, NOT_FOUND):
            sm.describe_secret(SecretId=arn)

    def test_a_scheduled_deletion_can_be_forced(self, sm: BaseClient, arn: str) -> None:
        """Trace 14: the second call, with force, succeeds."""
        sm.delete_secret(SecretId="database")
        sm.delete_secret(SecretId="database", ForceDeleteWithoutRecovery=True)

        once_purged(lambda: sm.create_secret(Name="database", SecretString="hunter3"))

    def test_forcing_the_deletion_of_an_unknown_secret_succeeds(
        self, sm: BaseClient, account: str
    ) -> None:
        """Trace 15: with the given Name, an ARN and a DeletionDate."""
        deleted = sm.delete_secret(SecretId="unknown", ForceDeleteWithoutRecovery=True)

        assert deleted["Name"] == "unknown"
        assert arn_of(account, REGION, "unknown").fullmatch(deleted["ARN"])
        assert_in_days(deleted["DeletionDate"], 0)

    def test_a_window_and_force_together_are_refused(self, sm: BaseClient, arn: str) -> None:
        """Fact 3.7: there is nothing to recover in a window."""
        with refused(
            sm.exceptions.InvalidParameterException,
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        ):
            sm.delete_secret(
                SecretId="database", RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True
            )
        assert sm.get_secret_value(SecretId="database")["SecretString"] == "hunter2"
