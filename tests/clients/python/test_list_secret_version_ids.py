"""ListSecretVersionIds."""

from __future__ import annotations

from datetime import timezone

from botocore.client import BaseClient

from expect import CURRENT, members, refused, too_big, violates


def test_a_fresh_version(sm: BaseClient) -> None:
    """Trace 1: the default key is named DefaultEncryptionKey; no LastAccessedDate."""
    created = sm.create_secret(Name="database", SecretString="hunter2")

    listed = sm.list_secret_version_ids(SecretId="database")

    assert members(listed) == {"ARN", "Name", "Versions"}
    assert (listed["ARN"], listed["Name"]) == (created["ARN"], "database")
    [version] = listed["Versions"]
    assert set(version) == {"CreatedDate", "KmsKeyIds", "VersionId", "VersionStages"}
    assert version["VersionId"] == created["VersionId"]
    assert version["VersionStages"] == [CURRENT]
    assert version["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_reading_a_version_dates_that_version_alone(sm: BaseClient) -> None:
    """Fact 3.2: LastAccessedDate is set on the version that was read, with day precision."""
    read = sm.create_secret(Name="database", SecretString="one")["VersionId"]
    sm.get_secret_value(SecretId="database")
    unread = sm.put_secret_value(SecretId="database", SecretString="two")["VersionId"]

    versions = sm.list_secret_version_ids(SecretId="database")["Versions"]
    accessed = {version["VersionId"]: version.get("LastAccessedDate") for version in versions}

    assert accessed[unread] is None
    moment = accessed[read].astimezone(timezone.utc)
    assert (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def test_a_secret_without_a_value_has_an_empty_list(sm: BaseClient) -> None:
    """Fact 3.10."""
    sm.create_secret(Name="empty")

    assert sm.list_secret_version_ids(SecretId="empty")["Versions"] == []


def test_page_by_page(sm: BaseClient) -> None:
    """Fact 3.10: by hand, since boto3 has no paginator; every version shows once."""
    made = [sm.create_secret(Name="database", SecretString="0")["VersionId"]]
    for number in range(1, 5):
        put = sm.put_secret_value(SecretId="database", SecretString=str(number))
        made.append(put["VersionId"])
    query = {"SecretId": "database", "IncludeDeprecated": True, "MaxResults": 2}

    pages = [sm.list_secret_version_ids(**query)]
    while token := pages[-1].get("NextToken"):
        pages.append(sm.list_secret_version_ids(**query, NextToken=token))

    assert all(len(page["Versions"]) <= 2 for page in pages)
    listed = [version["VersionId"] for page in pages for version in page["Versions"]]
    assert sorted(listed) == sorted(made)


def test_a_made_up_token_is_refused(sm: BaseClient) -> None:
    """Fact 3.10: only the code is known."""
    sm.create_secret(Name="database", SecretString="hunter2")

    with refused(sm.exceptions.InvalidNextTokenException, None):
        sm.list_secret_version_ids(SecretId="database", NextToken="made-up")


def test_at_most_a_hundred_results(sm: BaseClient) -> None:
    """Fact 3.10: MaxResults is in 1..100."""
    sm.create_secret(Name="database", SecretString="hunter2")

    with violates(too_big("maxResults", 100, 101)):
        sm.list_secret_version_ids(SecretId="database", MaxResults=101)
