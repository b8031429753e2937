"""Many clients at once: nothing is lost, and every invariant holds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from botocore.client import BaseClient

from expect import CURRENT, PREVIOUS, described_labels, listed_labels

THREADS = 50
PATIENCE_SECONDS = 60.0

T = TypeVar("T")


def all_at_once(call: Callable[[int], T]) -> list[T]:
    """Call with 0..49 on as many threads, released together; the answers in this order."""
    ready = Barrier(THREADS)

    def wait_and_call(number: int) -> T:
        ready.wait(PATIENCE_SECONDS)
        return call(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(wait_and_call, range(THREADS)))


def test_fifty_values_on_one_secret(sm: BaseClient) -> None:
    """Fact 4.1, V1 to V4: fifty versions with their own values, one current, one previous."""
    first = sm.create_secret(Name="database", SecretString="first")["VersionId"]

    puts = all_at_once(
        lambda number: sm.put_secret_value(SecretId="database", SecretString=f"value {number}")
    )

    assert all(put["VersionStages"] == [CURRENT] for put in puts)
    versions = [put["VersionId"] for put in puts]
    assert len(set(versions)) == THREADS
    everything = listed_labels(sm, "database", IncludeDeprecated=True)
    assert set(everything) == {first, *versions}
    labelled = {version: labels for version, labels in everything.items() if labels}
    assert sorted(map(sorted, labelled.values())) == [[CURRENT], [PREVIOUS]]
    assert described_labels(sm, "database") == labelled

    values = all_at_once(
        lambda number: sm.get_secret_value(SecretId="database", VersionId=versions[number])
    )
    assert [value["SecretString"] for value in values] == [f"value {n}" for n in range(THREADS)]


def test_one_name_goes_to_one_creator(sm: BaseClient) -> None:
    """Fact 3.1: everybody else is told that the secret exists."""

    def create(number: int) -> str | None:
        try:
            return sm.create_secret(Name="database", SecretString=f"value {number}")["VersionId"]
        except sm.exceptions.ResourceExistsException:
            return None

    created = [version for version in all_at_once(create) if version is not None]

    assert len(created) == 1
    assert listed_labels(sm, "database") == {created[0]: {CURRENT}}


def test_one_token_makes_one_version(sm: BaseClient) -> None:
    """Fact 3.4: fifty equal calls with one token are one call."""
    sm.create_secret(Name="database", SecretString="first")
    token = "t" * 32

    puts = all_at_once(
        lambda _: sm.put_secret_value(
            SecretId="database", SecretString="second", ClientRequestToken=token
        )
    )

    assert {put["VersionId"] for put in puts} == {token}
    assert len(listed_labels(sm, "database", IncludeDeprecated=True)) == 2


def test_no_tag_is_lost(sm: BaseClient) -> None:
    """Fact 3.22: other tags stay; Fact 7: fifty fit."""
    sm.create_secret(Name="database", SecretString="hunter2")

    all_at_once(
        lambda number: sm.tag_resource(
            SecretId="database", Tags=[{"Key": f"key {number}", "Value": str(number)}]
        )
    )

    tags = sm.describe_secret(SecretId="database")["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        f"key {n}": str(n) for n in range(THREADS)
    }


def test_readers_see_whole_values_while_writers_write(sm: BaseClient) -> None:
    """Fact 4.1, V1: a version's value is set once, so a reader sees one writer's value entirely."""
    sm.create_secret(Name="database", SecretString="0" * 1000)

    def write_or_read(number: int) -> str:
        if number % 2:
            sm.put_secret_value(SecretId="database", SecretString=str(number % 10) * 1000)
        return sm.get_secret_value(SecretId="database")["SecretString"]

    for value in all_at_once(write_or_read):
        assert len(value) == 1000
        assert len(set(value)) == 1
