"""aws-secretsmanager-caching, AWS's own client-side cache."""

from __future__ import annotations

from collections import Counter

import pytest
from aws_secretsmanager_caching import (
    InjectKeywordedSecretString,
    InjectSecretString,
    SecretCache,
    SecretCacheConfig,
)
from botocore.client import BaseClient
from botocore.model import OperationModel

from expect import PREVIOUS, refused
from facts import NOT_FOUND

ALWAYS_REFRESH = SecretCacheConfig(secret_refresh_interval=0)


@pytest.fixture
def calls(sm: BaseClient) -> Counter[str]:
    """How often each operation was called from here on."""
    counted: Counter[str] = Counter()

    def count(model: OperationModel, **_: object) -> None:
        counted[model.name] += 1

    sm.meta.events.register("before-call.secretsmanager", count)
    return counted


def test_strings_and_bytes_make_the_round_trip(sm: BaseClient) -> None:
    """Facts 3.2 and 3.6: it finds the version in VersionIdsToStages and fetches it by id."""
    sm.create_secret(Name="text", SecretString="hunter2")
    sm.create_secret(Name="bytes", SecretBinary=b"\x00\xff")
    cache = SecretCache(client=sm)

    assert cache.get_secret_string("text") == "hunter2"
    assert cache.get_secret_binary("bytes") == b"\x00\xff"


def test_a_value_is_fetched_once(sm: BaseClient, calls: Counter[str]) -> None:
    """Within the refresh interval a new value stays unseen, and the server unasked."""
    sm.create_secret(Name="database", SecretString="one")
    cache = SecretCache(client=sm)
    assert cache.get_secret_string("database") == "one"
    sm.put_secret_value(SecretId="database", SecretString="two")
    calls.clear()

    assert [cache.get_secret_string("database") for _ in range(3)] == ["one"] * 3
    assert calls == Counter()


def test_a_refresh_notices_that_the_version_moved(sm: BaseClient, calls: Counter[str]) -> None:
    """A refresh describes the secret, and fetches only a version that it does not have."""
    sm.create_secret(Name="database", SecretString="one")
    cache = SecretCache(ALWAYS_REFRESH, client=sm)
    assert cache.get_secret_string("database") == "one"
    calls.clear()
    assert cache.get_secret_string("database") == "one"
    assert calls == Counter(DescribeSecret=1)

    sm.put_secret_value(SecretId="database", SecretString="two")
    calls.clear()
    assert cache.get_secret_string("database") == "two"
    assert calls == Counter(DescribeSecret=1, GetSecretValue=1)
    assert cache.get_secret_string("database", PREVIOUS) == "one"


def test_a_label_nobody_has_is_none(sm: BaseClient) -> None:
    """Fact 3.6: VersionIdsToStages lacks it, or is absent when there is no value."""
    sm.create_secret(Name="database", SecretString="one")
    sm.create_secret(Name="empty")
    cache = SecretCache(client=sm)

    assert cache.get_secret_string("database", "BLUE") is None
    assert cache.get_secret_string("empty") is None


def test_an_unknown_secret_raises_boto3s_exception(sm: BaseClient) -> None:
    """Fact 2.5: the cache passes on what DescribeSecret says."""
    with refused(sm.exceptions.ResourceNotFoundException, NOT_FOUND):
        SecretCache(client=sm).get_secret_string("unknown")


def test_the_decorators_inject_values(sm: BaseClient) -> None:
    """The whole string, or members of a JSON object."""
    sm.create_secret(Name="database", SecretString='{"user": "admin", "password": "hunter2"}')
    cache = SecretCache(client=sm)

    @InjectSecretString("database", cache)
    def whole(secret: str) -> str:
        return secret

    @InjectKeywordedSecretString("database", cache, name="user", word="password")
    def parts(name: str, word: str) -> tuple[str, str]:
        return name, word

    assert whole() == '{"user": "admin", "password": "hunter2"}'
    assert parts() == ("admin", "hunter2")
