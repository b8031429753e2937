"""GetSecretValue and BatchGetSecretValue."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from expect import CURRENT, PENDING, PREVIOUS, invalid, members, refused
from facts import MARKED_FOR_DELETION, NOT_FOUND

UNKNOWN_VERSION = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def versions(sm: BaseClient) -> list[str]:
    """A secret `database` with the values one, two and three; their version ids in this order."""
    first = sm.create_secret(Name="database", SecretString="one")
    later = [sm.put_secret_value(SecretId="database", SecretString=v) for v in ("two", "three")]
    return [answer["VersionId"] for answer in (first, *later)]


class TestGetSecretValue:
    """One secret's value, by version id, by label, or by neither."""

    def test_the_current_value_has_these_members(self, sm: BaseClient) -> None:
        """Fact 3.2: exactly these members for a string."""
        created = sm.create_secret(Name="database", SecretString="hunter2")

        value = sm.get_secret_value(SecretId="database")

        assert members(value) == {
            "ARN",
            "CreatedDate",
            "Name",
            "SecretString",
            "VersionId",
            "VersionStages",
        }
        assert (value["ARN"], value["VersionId"]) == (created["ARN"], created["VersionId"])
        assert (value["SecretString"], value["VersionStages"]) == ("hunter2", [CURRENT])

    def test_by_label(self, sm: BaseClient, versions: list[str]) -> None:
        """Fact 3.2: no selector means AWSCURRENT."""
        get = sm.get_secret_value

        assert get(SecretId="database")["SecretString"] == "three"
        assert get(SecretId="database", VersionStage=CURRENT)["SecretString"] == "three"
        assert get(SecretId="database", VersionStage=PREVIOUS)["SecretString"] == "two"

    def test_by_version_id(self, sm: BaseClient, versions: list[str]) -> None:
        """Fact 3.2: a deprecated version can be had by its id, and then has no VersionStages."""
        values = [sm.get_secret_value(SecretId="database", VersionId=v) for v in versions]

        assert [value["SecretString"] for value in values] == ["one", "two", "three"]
        assert [value.get("VersionStages") for value in values] == [None, [PREVIOUS], [CURRENT]]

    def test_created_date_is_the_versions_own(self, sm: BaseClient, versions: list[str]) -> None:
        """Fact 3.2: each version keeps the time at which it was made."""
        listed = sm.list_secret_version_ids(SecretId="database", IncludeDeprecated=True)["Versions"]

        for version in listed:
            value = sm.get_secret_value(SecretId="database", VersionId=version["VersionId"])
            assert value["CreatedDate"] == version["CreatedDate"]

    def test_both_selectors_may_name_the_same_version(
        self, sm: BaseClient, versions: list[str]
    ) -> None:
        """Fact 3.2: both selectors must name the same version."""
        value = sm.get_secret_value(
            SecretId="database", VersionId=versions[1], VersionStage=PREVIOUS
        )

        assert value["SecretString"] == "two"

    def test_selectors_that_disagree_are_refused(self, sm: BaseClient, versions: list[str]) -> None:
        """Fact 2.5: this is an InvalidRequestException, not a missing resource."""
        with refused(
            sm.exceptions.InvalidRequestException,
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ):
            sm.get_secret_value(SecretId="database", VersionId=versions[1], VersionStage=CURRENT)

    def test_an_unattached_label_is_not_found(self, sm: BaseClient, versions: list[str]) -> None:
        """Fact 2.5: the sentence names the label and has no full stop."""
        with refused(
            sm.exceptions.ResourceNotFoundException,
            "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
        ):
            sm.get_secret_value(SecretId="database", VersionStage=PENDING)

    def test_an_unknown_version_is_not_found(self, sm: BaseClient, versions: list[str]) -> None:
        """Fact 2.5: the sentence names the id and has no full stop."""
        with refused(
            sm.exceptions.ResourceNotFoundException,
            "Secrets Manager can't find the specified secret value "
            f"for VersionId: {UNKNOWN_VERSION}",
        ):
            sm.get_secret_value(SecretId="database", VersionId=UNKNOWN_VERSION)

    def test_a_secret_without_a_value_has_no_current_version(self, sm: BaseClient) -> None:
        """Fact 2.5: the staging-label sentence with AWSCURRENT."""
        sm.create_secret(Name="empty")

        with refused(
            sm.exceptions.ResourceNotFoundException,
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        ):
            sm.get_secret_value(SecretId="empty")


class TestBatchGetSecretValue:
    """Many secrets' current values at once."""

    def test_current_values_by_name_and_arn(self, sm: BaseClient) -> None:
        """Fact 3.3: always AWSCURRENT; `Errors` is an empty list when all went well."""
        sm.create_secret(Name="text", SecretString="old")
        sm.put_secret_value(SecretId="text", SecretString="new")
        arn = sm.create_secret(Name="bytes", SecretBinary=b"\x00\xff")["ARN"]

        batch = sm.batch_get_secret_value(SecretIdList=["text", arn])

        assert members(batch) == {"SecretValues", "Errors"}
        assert batch["Errors"] == []
        found = {value["Name"]: value for value in batch["SecretValues"]}
        assert found["text"]["SecretString"] == "new"
        assert found["text"]["VersionStages"] == [CURRENT]
        assert set(found["bytes"]) == {
            "ARN",
            "CreatedDate",
            "Name",
            "SecretBinary",
            "VersionId",
            "VersionStages",
        }
        assert found["bytes"]["SecretBinary"] == b"\x00\xff"

    def test_failures_are_listed_beside_the_values(self, sm: BaseClient) -> None:
        """Fact 3.3: one bad id spoils nothing; `Errors` repeats the id that was asked for."""
        for name in ("there", "deleted"):
            sm.create_secret(Name=name, SecretString="hunter2")
        sm.delete_secret(SecretId="deleted")

        batch = sm.batch_get_secret_value(SecretIdList=["there", "unknown", "deleted"])

        assert [value["Name"] for value in batch["SecretValues"]] == ["there"]
        assert sorted(batch["Errors"], key=lambda error: error["SecretId"]) == [
            {
                "SecretId": "deleted",
                "ErrorCode": "InvalidRequestException",
                "Message": MARKED_FOR_DELETION,
            },
            {
                "SecretId": "unknown",
                "ErrorCode": "ResourceNotFoundException",
                "Message": NOT_FOUND,
            },
        ]

    def test_filters_page_by_page(self, sm: BaseClient) -> None:
        """Fact 3.3: filters match like ListSecrets; MaxResults and NextToken cut pages."""
        names = [f"prod/{number}" for number in range(5)]
        for name in (*names, "dev/0"):
            sm.create_secret(Name=name, SecretString=f"value of {name}")
        query = {"Filters": [{"Key": "name", "Values": ["prod/"]}], "MaxResults": 2}

        found: dict[str, str] = {}
        page = sm.batch_get_secret_value(**query)
        while True:
            assert len(page["SecretValues"]) <= 2
            found |= {value["Name"]: value["SecretString"] for value in page["SecretValues"]}
            if "NextToken" not in page:
                break
            page = sm.batch_get_secret_value(**query, NextToken=page["NextToken"])

        assert found == {name: f"value of {name}" for name in names}

    def test_a_list_and_filters_together_are_refused(self, sm: BaseClient) -> None:
        """Fact 3.3: one or the other."""
        with refused(
            sm.exceptions.InvalidParameterException,
            "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
        ):
            sm.batch_get_secret_value(
                SecretIdList=["database"], Filters=[{"Key": "name", "Values": ["data"]}]
            )

    def test_neither_list_nor_filters_is_refused(self, sm: BaseClient) -> None:
        """Fact 3.3: only the code is known."""
        with refused(sm.exceptions.InvalidParameterException, None):
            sm.batch_get_secret_value()

    def test_max_results_needs_filters(self, sm: BaseClient) -> None:
        """Fact 3.3: the sentence for MaxResults beside a list."""
        with refused(
            sm.exceptions.InvalidParameterException,
            "'Filters' not specified. 'Filters' must also be specified "
            "when 'MaxResults' is provided.",
        ):
            sm.batch_get_secret_value(SecretIdList=["database"], MaxResults=1)

    def test_at_most_twenty_ids(self, sm: BaseClient) -> None:
        """Fact 3.3: the model allows 1..20 items."""
        ids = [f"secret-{number}" for number in range(21)]

        assert len(sm.batch_get_secret_value(SecretIdList=ids[:20])["Errors"]) == 20
        with invalid(None):
            sm.batch_get_secret_value(SecretIdList=ids)
