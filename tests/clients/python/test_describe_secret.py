"""DescribeSecret, and the dates of a secret."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from botocore.client import BaseClient

from expect import CURRENT, members


def assert_is_now(moment: object) -> None:
    """The SDK made it a datetime with a time zone, and it is now, give or take a minute."""
    assert isinstance(moment, datetime)
    assert moment.tzinfo is not None
    assert abs(datetime.now(timezone.utc) - moment) < timedelta(minutes=1)


def test_a_secret_with_a_value(sm: BaseClient) -> None:
    """Fact 3.6: absent things are omitted, never null or empty."""
    created = sm.create_secret(Name="database", SecretString="hunter2")

    described = sm.describe_secret(SecretId="database")

    assert members(described) == {
        "ARN",
        "CreatedDate",
        "LastChangedDate",
        "Name",
        "VersionIdsToStages",
    }
    assert (described["ARN"], described["Name"]) == (created["ARN"], "database")
    assert described["VersionIdsToStages"] == {created["VersionId"]: [CURRENT]}


def test_a_secret_without_a_value(sm: BaseClient) -> None:
    """Trace 10: these four members and nothing else."""
    sm.create_secret(Name="empty")

    assert members(sm.describe_secret(SecretId="empty")) == {
        "ARN",
        "CreatedDate",
        "LastChangedDate",
        "Name",
    }


def test_dates_are_datetimes(sm: BaseClient) -> None:
    """Fact 1.2: seconds since the epoch on the wire."""
    sm.create_secret(Name="database", SecretString="hunter2")

    described = sm.describe_secret(SecretId="database")
    assert_is_now(described["CreatedDate"])
    assert_is_now(described["LastChangedDate"])
    assert_is_now(sm.get_secret_value(SecretId="database")["CreatedDate"])


def test_reading_a_value_sets_last_accessed_date(sm: BaseClient) -> None:
    """Fact 3.2 and trace 12: midnight UTC of the day; describing does not set it."""
    sm.create_secret(Name="database", SecretString="hunter2")
    assert "LastAccessedDate" not in sm.describe_secret(SecretId="database")
    assert "LastAccessedDate" not in sm.describe_secret(SecretId="database")

    before = datetime.now(timezone.utc)
    sm.get_secret_value(SecretId="database")
    after = datetime.now(timezone.utc)

    accessed = sm.describe_secret(SecretId="database")["LastAccessedDate"].astimezone(timezone.utc)
    assert (accessed.hour, accessed.minute, accessed.second, accessed.microsecond) == (0, 0, 0, 0)
    assert accessed.date() in {before.date(), after.date()}


def test_changes_move_only_last_changed_date(sm: BaseClient) -> None:
    """Fact 3.6: CreatedDate is the secret's own."""
    sm.create_secret(Name="database", SecretString="hunter2")
    before = sm.describe_secret(SecretId="database")
    sm.put_secret_value(SecretId="database", SecretString="hunter3")
    after = sm.describe_secret(SecretId="database")

    assert after["CreatedDate"] == before["CreatedDate"]
    assert after["LastChangedDate"] >= before["LastChangedDate"]
