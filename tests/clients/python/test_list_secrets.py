"""ListSecrets: entries, order, pages and filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from expect import CURRENT, invalid, refused, too_big, too_long, violates


def names(sm: BaseClient, **query: Any) -> list[str]:
    """The names of all secrets that a query finds, in the order of the answer."""
    pages = sm.get_paginator("list_secrets").paginate(**query)
    return [entry["Name"] for page in pages for entry in page["SecretList"]]


def matches(sm: BaseClient, *filters: tuple[str, str | list[str]]) -> set[str]:
    """The names of the secrets that pass all these filters."""
    return set(
        names(
            sm,
            Filters=[
                {"Key": key, "Values": [values] if isinstance(values, str) else values}
                for key, values in filters
            ],
        )
    )


def create(sm: BaseClient, secret_names: Iterable[str]) -> None:
    """Secrets of which only the name matters."""
    for name in secret_names:
        sm.create_secret(Name=name, SecretString=f"value of {name}")


def describe_each(sm: BaseClient, descriptions: Iterable[str]) -> dict[str, str]:
    """One secret per description, with names that no query hits; description by name."""
    by_name = {f"0{number}": text for number, text in enumerate(descriptions)}
    for name, text in by_name.items():
        sm.create_secret(Name=name, SecretString="hunter2", Description=text)
    return by_name


class TestEntries:
    """What an entry shows."""

    def test_nothing_to_list(self, sm: BaseClient) -> None:
        """Fact 3.11: an empty list, and no NextToken."""
        answer = sm.list_secrets()

        assert answer["SecretList"] == []
        assert "NextToken" not in answer

    def test_the_smallest_entry(self, sm: BaseClient) -> None:
        """Fact 3.11: DescribeSecret's members, but the labels as SecretVersionsToStages."""
        created = sm.create_secret(Name="database", SecretString="hunter2", Description="main")

        [entry] = sm.list_secrets()["SecretList"]

        assert set(entry) == {
            "ARN",
            "CreatedDate",
            "Description",
            "LastChangedDate",
            "Name",
            "SecretVersionsToStages",
        }
        assert entry["SecretVersionsToStages"] == {created["VersionId"]: [CURRENT]}
        described = sm.describe_secret(SecretId="database")
        for member in set(entry) - {"SecretVersionsToStages"}:
            assert entry[member] == described[member]

    def test_tags_and_last_access_show(self, sm: BaseClient) -> None:
        """Fact 3.11: an entry has the members of DescribeSecret."""
        tags = [{"Key": "team", "Value": "payments"}]
        sm.create_secret(Name="database", SecretString="hunter2", Tags=tags)
        sm.get_secret_value(SecretId="database")

        [entry] = sm.list_secrets()["SecretList"]

        assert entry["Tags"] == tags
        assert (
            entry["LastAccessedDate"] == sm.describe_secret(SecretId="database")["LastAccessedDate"]
        )

    def test_deleted_secrets_show_on_request(self, sm: BaseClient) -> None:
        """Fact 3.11: IncludePlannedDeletion; the entry then has a DeletedDate."""
        create(sm, ["kept", "deleted"])
        sm.delete_secret(SecretId="deleted")

        assert names(sm) == ["kept"]
        entries = sm.list_secrets(IncludePlannedDeletion=True)["SecretList"]
        assert {entry["Name"]: "DeletedDate" in entry for entry in entries} == {
            "kept": False,
            "deleted": True,
        }


class TestOrderAndPages:
    """Sorting and paging."""

    def test_by_name(self, sm: BaseClient) -> None:
        """Fact 3.11: SortBy `name`, both ways."""
        create(sm, ["b", "d", "a", "c"])

        assert names(sm, SortBy="name", SortOrder="asc") == ["a", "b", "c", "d"]
        assert names(sm, SortBy="name", SortOrder="desc") == ["d", "c", "b", "a"]

    @pytest.mark.parametrize(
        ("order", "member"),
        [("created-date", "CreatedDate"), ("last-changed-date", "LastChangedDate")],
    )
    def test_by_date(self, sm: BaseClient, order: str, member: str) -> None:
        """Fact 3.11: SortBy a date, both ways."""
        create(sm, ["c", "a", "b"])
        sm.update_secret(SecretId="c", Description="changed last")

        for direction, reverse in (("asc", False), ("desc", True)):
            entries = sm.list_secrets(SortBy=order, SortOrder=direction)["SecretList"]
            dates = [entry[member] for entry in entries]
            assert dates == sorted(dates, reverse=reverse)
            assert len(dates) == 3

    def test_the_paginator_sees_every_secret_once(self, sm: BaseClient) -> None:
        """Fact 3.11: NextToken is there only if there is more."""
        made = [f"secret-{number}" for number in range(7)]
        create(sm, made)

        pages = list(
            sm.get_paginator("list_secrets").paginate(
                SortBy="name", SortOrder="asc", PaginationConfig={"PageSize": 3}
            )
        )

        assert all(len(page["SecretList"]) <= 3 for page in pages)
        assert [entry["Name"] for page in pages for entry in page["SecretList"]] == made
        assert ["NextToken" in page for page in pages] == [True] * (len(pages) - 1) + [False]

    def test_pages_of_a_filtered_list(self, sm: BaseClient) -> None:
        """Fact 3.11: a filter and a page size together; a page may be short, none may be long."""
        create(sm, [f"{group}/{number}" for number in range(4) for group in ("prod", "dev")])

        found = names(
            sm, Filters=[{"Key": "name", "Values": ["prod/"]}], PaginationConfig={"PageSize": 1}
        )

        assert sorted(found) == [f"prod/{number}" for number in range(4)]

    def test_a_made_up_token_is_refused(self, sm: BaseClient) -> None:
        """Fact 3.11: only the code is known."""
        with refused(sm.exceptions.InvalidNextTokenException, None):
            sm.list_secrets(NextToken="made-up")


class TestFilters:
    """Fact 3.11: filter semantics."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("prod", {"prod/db", "production"}),
            ("prod/", {"prod/db"}),
            ("Prod", {"Prod/db"}),
            ("/", {"/prod/db"}),
            ("db", set()),
            ("prod db", set()),
            ("!prod", {"/prod/db", "Prod/db"}),
            ("!/", {"prod/db", "production", "Prod/db"}),
        ],
    )
    def test_name_is_a_prefix(self, sm: BaseClient, value: str, expected: set[str]) -> None:
        """A prefix of the whole name, case-sensitive; `!` negates."""
        create(sm, ["prod/db", "production", "Prod/db", "/prod/db"])

        assert matches(sm, ("name", value)) == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("a", {"a secret", "an secret", "asecret"}),
            ("a secret", {"a secret", "an secret"}),
            ("A SECRET", {"a secret", "an secret"}),
            ("secret a", {"a secret", "an secret"}),
            ("sec", {"a secret", "an secret", "the secret"}),
            ("ret", set()),
            ("!a", {"the secret"}),
            ("!c", {"a secret", "an secret", "asecret", "the secret"}),
        ],
    )
    def test_description_is_word_wise(self, sm: BaseClient, value: str, expected: set[str]) -> None:
        """Every word of the value is the prefix of some word of the description, in any case."""
        by_name = describe_each(sm, ["a secret", "an secret", "asecret", "the secret"])

        assert {by_name[name] for name in matches(sm, ("description", value))} == expected

    @pytest.mark.parametrize(
        ("text", "hits", "misses"),
        [
            ("prod/AppBeta/x", ["prod", "App", "Beta", "beta", "x"], ["eta"]),
            ("COMPANYthings", ["Ythings"], ["things", "N", "company"]),
            ("COMPANY", ["company", "COMP"], ["OMPANY"]),
            ("one_two", ["one", "two", "o t"], ["one three"]),
            ("a+b", ["a", "b"], ["+"]),
        ],
    )
    def test_how_texts_are_split_into_words(
        self, sm: BaseClient, text: str, hits: list[str], misses: list[str]
    ) -> None:
        """At one kind of separator, then where lower case meets upper case."""
        sm.create_secret(Name="0", SecretString="hunter2", Description=text)

        assert {query for query in hits + misses if matches(sm, ("description", query))} == set(
            hits
        )
        assert {query for query in hits + misses if matches(sm, ("all", query))} == set(hits)

    def test_tag_keys_and_values_are_prefixes(self, sm: BaseClient) -> None:
        """Both are case-sensitive."""
        for name, key, value in [("a", "team", "Payments"), ("b", "Team", "pay"), ("c", "x", "y")]:
            sm.create_secret(Name=name, SecretString="v", Tags=[{"Key": key, "Value": value}])

        assert matches(sm, ("tag-key", "te")) == {"a"}
        assert matches(sm, ("tag-key", "Te")) == {"b"}
        assert matches(sm, ("tag-value", "Pay")) == {"a"}
        assert matches(sm, ("tag-value", "pay")) == {"b"}
        assert matches(sm, ("tag-value", "ay")) == set()

    def test_all_looks_at_every_attribute(self, sm: BaseClient) -> None:
        """Name, description, tag keys and tag values; any may match, in any case."""
        sm.create_secret(Name="needle-name", SecretString="v")
        sm.create_secret(Name="b", SecretString="v", Description="a Needle here")
        sm.create_secret(Name="c", SecretString="v", Tags=[{"Key": "needle", "Value": "x"}])
        sm.create_secret(Name="d", SecretString="v", Tags=[{"Key": "x", "Value": "NEEDLE"}])
        sm.create_secret(Name="e", SecretString="needle", Description="the value is not searched")

        assert matches(sm, ("all", "needle")) == {"needle-name", "b", "c", "d"}

    def test_filters_are_anded_and_values_are_ored(self, sm: BaseClient) -> None:
        """Several entries: AND, also with the same key. Several values of one entry: OR."""
        create(sm, ["prod/db", "prod/api", "dev/db"])
        sm.update_secret(SecretId="prod/db", Description="primary database")
        sm.update_secret(SecretId="dev/db", Description="secondary database")

        assert matches(sm, ("name", ["prod/a", "dev/"])) == {"prod/api", "dev/db"}
        assert matches(sm, ("name", "prod/"), ("description", "database")) == {"prod/db"}
        assert matches(sm, ("description", "database"), ("description", "prim")) == {"prod/db"}
        assert matches(sm, ("name", "prod/"), ("name", "dev/")) == set()


class TestRefusals:
    """Queries that are refused."""

    def test_an_unknown_filter_key(self, sm: BaseClient) -> None:
        """Fact 1.5, row 6: the keys are listed in no particular order."""
        head = "1 validation error detected: Value 'colour' at 'filters.1.member.key' "
        tail = "failed to satisfy constraint: Member must satisfy enum value set: "
        keys = {
            "all",
            "name",
            "tag-key",
            "description",
            "tag-value",
            "primary-region",
            "owning-service",
        }

        with pytest.raises(ClientError) as caught:
            matches(sm, ("colour", "red"))

        error = caught.value.response["Error"]
        assert error["Code"] == "ValidationException"
        listed = re.fullmatch(re.escape(head + tail) + r"\[(.*)\]", error["Message"])
        assert listed is not None
        assert set(listed[1].split(", ")) == keys

    def test_all_violations_are_reported_together(self, sm: BaseClient) -> None:
        """Fact 1.5: one message for all of them; their order is not known."""
        token = "t" * 4097
        items = sorted([too_big("maxResults", 100, 101), too_long("nextToken", 4096, token)])
        either_order = "|".join(
            re.escape("; ".join(order)) for order in (items, list(reversed(items)))
        )

        with invalid(re.compile(f"2 validation errors detected: (?:{either_order})")):
            sm.list_secrets(MaxResults=101, NextToken=token)

    def test_at_most_a_hundred_results(self, sm: BaseClient) -> None:
        """Fact 3.11: MaxResults is in 1..100."""
        with violates(too_big("maxResults", 100, 101)):
            sm.list_secrets(MaxResults=101)

    def test_at_most_ten_filters_of_ten_values(self, sm: BaseClient) -> None:
        """Fact 3.11: ten are fine, eleven are not."""
        ten = [f"value{number}" for number in range(10)]

        assert matches(sm, *[("name", ten)] * 10) == set()
        with invalid(None):
            matches(sm, *[("name", "x")] * 11)
        with invalid(None):
            matches(sm, ("name", [*ten, "eleventh"]))

    def test_a_filter_needs_a_key_and_values(self, sm: BaseClient) -> None:
        """Fact 3.11: a sentence for each."""
        with refused(sm.exceptions.InvalidParameterException, "Invalid filter key"):
            sm.list_secrets(Filters=[{"Values": ["x"]}])
        with refused(
            sm.exceptions.InvalidParameterException, "Invalid filter values for key: name"
        ):
            sm.list_secrets(Filters=[{"Key": "name"}])
