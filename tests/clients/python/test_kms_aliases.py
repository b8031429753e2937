"""CreateAlias, UpdateAlias, DeleteAlias and ListAliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient

from expect import invalid, members, refused, too_long, violates
from kms_facts import (
    ALIAS_PREFIX,
    UNKNOWN_KEY,
    alias_arn,
    alias_missing,
    alias_taken,
    key_arn,
    key_missing,
)
from kms_operations import Key, assert_in_days, described, new_key


@pytest.fixture
def key(kms: BaseClient) -> Key:
    """A key without an alias."""
    return new_key(kms)


@pytest.fixture
def other(kms: BaseClient) -> Key:
    """Another key without an alias."""
    return new_key(kms)


def aliases(kms: BaseClient, **query: Any) -> dict[str, str]:
    """All aliases with the keys that they stand for, in the order of the list."""
    pages = kms.get_paginator("list_aliases").paginate(**query)
    return {entry["AliasName"]: entry["TargetKeyId"] for page in pages for entry in page["Aliases"]}


class TestCreation:
    """CreateAlias."""

    def test_an_alias_stands_for_its_key(self, kms: BaseClient, key: Key, account: str) -> None:
        """Fact 6.5: no answer; the list has its ARN, its key's id and two dates."""
        assert members(kms.create_alias(AliasName="alias/app", TargetKeyId=key.arn)) == set()

        [entry] = kms.list_aliases()["Aliases"]
        assert set(entry) == {
            "AliasArn",
            "AliasName",
            "CreationDate",
            "LastUpdatedDate",
            "TargetKeyId",
        }
        assert entry["AliasName"] == "alias/app"
        assert entry["AliasArn"] == alias_arn(account, "alias/app")
        assert entry["TargetKeyId"] == key.id
        assert_in_days(entry["CreationDate"], 0)
        assert_in_days(entry["LastUpdatedDate"], 0)

    @pytest.mark.parametrize(
        "name",
        ["alias/a", "alias/App_1-x", "alias/team/app/prod", "alias/aws", f"alias/{'x' * 250}"],
    )
    def test_a_name(self, kms: BaseClient, key: Key, name: str) -> None:
        """Fact 6.5: letters, digits, `/`, `_` and `-`, 256 in all; not all of `aws` is reserved."""
        kms.create_alias(AliasName=name, TargetKeyId=key.id)

        assert described(kms, name)["Arn"] == key.arn

    def test_names_are_case_sensitive(self, kms: BaseClient, key: Key, other: Key) -> None:
        """`app` and `App` are two."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        kms.create_alias(AliasName="alias/App", TargetKeyId=other.id)

        assert aliases(kms) == {"alias/app": key.id, "alias/App": other.id}

    def test_a_key_may_have_several(self, kms: BaseClient, key: Key) -> None:
        """They all find it."""
        for name in ("alias/one", "alias/two"):
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

        assert aliases(kms) == {"alias/one": key.id, "alias/two": key.id}

    def test_a_name_is_given_once(
        self, kms: BaseClient, key: Key, other: Key, account: str
    ) -> None:
        """Fact 6.5: AlreadyExistsException, even for the same key."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        for target in (key, other):
            with refused(kms.exceptions.AlreadyExistsException, alias_taken(account, "alias/app")):
                kms.create_alias(AliasName="alias/app", TargetKeyId=target.id)
        assert aliases(kms) == {"alias/app": key.id}


class TestBadNames:
    """Names that no alias can have."""

    @pytest.fixture(autouse=True)
    def no_alias_remains(self, kms: BaseClient) -> Iterator[None]:
        """Whatever was refused left no alias behind."""
        yield
        assert aliases(kms) == {}

    @pytest.mark.parametrize("name", ["app", "ALIAS/app", "aliases/app", "alias"])
    def test_the_prefix_is_part_of_it(self, kms: BaseClient, key: Key, name: str) -> None:
        """Fact 6.5: `alias/`."""
        with invalid(ALIAS_PREFIX):
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

    @pytest.mark.parametrize("name", ["alias/", "alias/a:b", "alias/:"])
    def test_what_the_pattern_lets_through(self, kms: BaseClient, key: Key, name: str) -> None:
        """InvalidAliasNameException; its text is not known."""
        with refused(kms.exceptions.InvalidAliasNameException, None):
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

    @pytest.mark.parametrize("name", ["alias/with space", "alias/ä", "alias/a.b", "alias/a$"])
    def test_other_characters(self, kms: BaseClient, key: Key, name: str) -> None:
        """Facts 1.5, row 7, and 6.5."""
        with violates(
            f"Value '{name}' at 'aliasName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
        ):
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

    def test_a_name_too_long(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: up to 256, the prefix included."""
        name = f"alias/{'x' * 251}"
        with violates(too_long("aliasName", 256, name)):
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

    @pytest.mark.parametrize("name", ["alias/aws/secretsmanager", "alias/aws/app"])
    def test_names_of_aws(self, kms: BaseClient, key: Key, name: str) -> None:
        """NotAuthorizedException, without a text, for every change."""
        for call in (
            lambda: kms.create_alias(AliasName=name, TargetKeyId=key.id),
            lambda: kms.update_alias(AliasName=name, TargetKeyId=key.id),
            lambda: kms.delete_alias(AliasName=name),
        ):
            with refused(kms.exceptions.ClientError, "", code="NotAuthorizedException"):
                call()


class TestTargets:
    """What an alias can stand for."""

    def test_not_for_an_alias(self, kms: BaseClient, key: Key, account: str) -> None:
        """Of CreateAlias and UpdateAlias, whether by name or by ARN."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        for call, name in ((kms.create_alias, "alias/new"), (kms.update_alias, "alias/app")):
            for target in ("alias/app", alias_arn(account, "alias/app")):
                with invalid("Aliases must refer to keys. Not aliases"):
                    call(AliasName=name, TargetKeyId=target)
        assert aliases(kms) == {"alias/app": key.id}

    def test_not_for_an_unknown_key(self, kms: BaseClient, key: Key, account: str) -> None:
        """Fact 6.5."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        message = key_missing(key_arn(account, UNKNOWN_KEY))
        for call, name in ((kms.create_alias, "alias/new"), (kms.update_alias, "alias/app")):
            with refused(kms.exceptions.NotFoundException, message):
                call(AliasName=name, TargetKeyId=UNKNOWN_KEY)
        assert aliases(kms) == {"alias/app": key.id}

    def test_for_keys_of_any_kind(self, kms: BaseClient) -> None:
        """An alias of a key that signs."""
        signer = new_key(kms, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        kms.create_alias(AliasName="alias/signer", TargetKeyId=signer.id)

        assert described(kms, "alias/signer")["Arn"] == signer.arn


class TestUpdate:
    """UpdateAlias."""

    def test_an_alias_moves(self, kms: BaseClient, key: Key, other: Key) -> None:
        """Fact 6.5: no answer; it was made when it was, and the old ciphertexts still open."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        [before] = kms.list_aliases()["Aliases"]
        blob = kms.encrypt(KeyId="alias/app", Plaintext=b"hunter2")["CiphertextBlob"]

        assert members(kms.update_alias(AliasName="alias/app", TargetKeyId=other.arn)) == set()

        [after] = kms.list_aliases()["Aliases"]
        assert after["TargetKeyId"] == other.id
        assert after["CreationDate"] == before["CreationDate"]
        assert after["LastUpdatedDate"] > before["LastUpdatedDate"]
        assert kms.encrypt(KeyId="alias/app", Plaintext=b"x")["KeyId"] == other.arn
        assert kms.decrypt(CiphertextBlob=blob)["KeyId"] == key.arn

    def test_an_unknown_alias(self, kms: BaseClient, key: Key, account: str) -> None:
        """Fact 6.5: it is not created."""
        with refused(kms.exceptions.NotFoundException, alias_missing(account, "alias/app")):
            kms.update_alias(AliasName="alias/app", TargetKeyId=key.id)
        assert aliases(kms) == {}

    def test_a_name_without_the_prefix(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5."""
        with invalid(ALIAS_PREFIX):
            kms.update_alias(AliasName="app", TargetKeyId=key.id)

    @pytest.mark.parametrize(
        ("spec", "usage"),
        [
            ("HMAC_256", "GENERATE_VERIFY_MAC"),
            ("RSA_2048", "ENCRYPT_DECRYPT"),
            ("RSA_2048", "SIGN_VERIFY"),
        ],
    )
    def test_not_to_a_key_of_another_kind(
        self, kms: BaseClient, key: Key, spec: str, usage: str
    ) -> None:
        """The new key must be of the same type and usage."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        other_kind = new_key(kms, KeySpec=spec, KeyUsage=usage)
        with invalid(None):
            kms.update_alias(AliasName="alias/app", TargetKeyId=other_kind.id)
        assert aliases(kms) == {"alias/app": key.id}

    def test_not_to_a_key_for_something_else(self, kms: BaseClient) -> None:
        """Even if it is of the same type."""
        signer, cipher = (
            new_key(kms, KeySpec="RSA_2048", KeyUsage=usage)
            for usage in ("SIGN_VERIFY", "ENCRYPT_DECRYPT")
        )
        kms.create_alias(AliasName="alias/signer", TargetKeyId=signer.id)
        with invalid(None):
            kms.update_alias(AliasName="alias/signer", TargetKeyId=cipher.id)
        assert aliases(kms) == {"alias/signer": signer.id}


class TestDeletion:
    """DeleteAlias."""

    def test_the_alias_goes_and_the_key_stays(
        self, kms: BaseClient, key: Key, other: Key, account: str
    ) -> None:
        """Fact 6.5: no answer; the name is free for another key."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key.id)
        assert members(kms.delete_alias(AliasName="alias/app")) == set()

        with refused(kms.exceptions.NotFoundException, alias_missing(account, "alias/app")):
            kms.describe_key(KeyId="alias/app")
        assert described(kms, key.id)["KeyState"] == "Enabled"
        kms.create_alias(AliasName="alias/app", TargetKeyId=other.id)
        assert aliases(kms) == {"alias/app": other.id}

    def test_an_unknown_alias(self, kms: BaseClient, account: str) -> None:
        """Fact 6.5."""
        with refused(kms.exceptions.NotFoundException, alias_missing(account, "alias/app")):
            kms.delete_alias(AliasName="alias/app")

    def test_a_name_without_the_prefix(self, kms: BaseClient) -> None:
        """Fact 6.5."""
        with invalid(ALIAS_PREFIX):
            kms.delete_alias(AliasName="app")


class TestLists:
    """ListAliases."""

    def test_nothing_to_list(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: an empty list, not truncated, and no marker."""
        for query in ({}, {"KeyId": key.id}):
            answer = kms.list_aliases(**query)
            assert members(answer) == {"Aliases", "Truncated"}
            assert (answer["Aliases"], answer["Truncated"]) == ([], False)

    def test_by_name(self, kms: BaseClient, key: Key) -> None:
        """Whatever the order in which they were made."""
        names = ["alias/c", "alias/a", "alias/b/2", "alias/b/1"]
        for name in names:
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

        assert list(aliases(kms)) == sorted(names)

    def test_of_one_key(self, kms: BaseClient, key: Key, other: Key) -> None:
        """Fact 6.5: KeyId, an id or an ARN."""
        for name, target in (("alias/a", key), ("alias/b", other), ("alias/c", key)):
            kms.create_alias(AliasName=name, TargetKeyId=target.id)

        for name in key:
            assert aliases(kms, KeyId=name) == {"alias/a": key.id, "alias/c": key.id}
        assert aliases(kms, KeyId=other.arn) == {"alias/b": other.id}

    @pytest.mark.parametrize("of_one_key", [False, True])
    def test_pages(self, kms: BaseClient, key: Key, other: Key, of_one_key: bool) -> None:
        """Fact 6.5: NextMarker only where there is more."""
        names = [f"alias/{number}" for number in range(5)]
        for name in names:
            kms.create_alias(AliasName=name, TargetKeyId=key.id)
        kms.create_alias(AliasName="alias/9", TargetKeyId=other.id)
        query, wanted = ({"KeyId": key.id}, names) if of_one_key else ({}, [*names, "alias/9"])

        pages = list(
            kms.get_paginator("list_aliases").paginate(**query, PaginationConfig={"PageSize": 2})
        )

        assert [page["Truncated"] for page in pages] == [True, True, False]
        assert ["NextMarker" in page for page in pages] == [True, True, False]
        assert all(len(page["Aliases"]) == 2 for page in pages[:-1])
        listed = [entry["AliasName"] for page in pages for entry in page["Aliases"]]
        assert listed == wanted

    def test_fifty_a_page(self, kms: BaseClient, key: Key) -> None:
        """Fact 6.5: the default Limit."""
        names = [f"alias/{number:02}" for number in range(51)]
        for name in names:
            kms.create_alias(AliasName=name, TargetKeyId=key.id)

        first = kms.list_aliases()
        assert [entry["AliasName"] for entry in first["Aliases"]] == names[:50]
        [last] = kms.list_aliases(Marker=first["NextMarker"])["Aliases"]
        assert last["AliasName"] == names[50]

    def test_a_marker_that_was_never_given(self, kms: BaseClient) -> None:
        """InvalidMarkerException; its text is not known."""
        with refused(kms.exceptions.InvalidMarkerException, None):
            kms.list_aliases(Marker="no such marker")
