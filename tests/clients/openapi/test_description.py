"""The emulator's own API is what its description says: schemathesis asks for all that it allows, and for what it does not."""

from __future__ import annotations

import json
import urllib.request
from http import HTTPMethod

import pytest
import schemathesis
from emulator import Emulator
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

PATH = "/_secretstack/openapi.json"
# They take a text in a language of its own, of which the description does not say what is right.
TEXTS = ["/_secretstack/seed", "/_secretstack/import"]

schema = schemathesis.pytest.from_fixture("description")


@pytest.fixture(scope="session")
def description(emulator: Emulator) -> object:
    return schemathesis.openapi.from_url(emulator.endpoint + PATH)


@schemathesis.hook
def map_query(
    context: schemathesis.HookContext, query: dict[str, object] | None
) -> dict[str, object] | None:
    """A stream of events does not end, so nothing can be said of the whole of it."""
    if query:
        query.pop("follow", None)
    return query


@schema.parametrize()
@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_each_request_is_answered_as_described(
    case: schemathesis.Case, emulator: Emulator
) -> None:
    # The clock has an end, to which a request could have moved it.
    reset(emulator)
    excluded = [positive_data_acceptance] if case.path in TEXTS else []
    case.call_and_validate(excluded_checks=excluded)


def reset(emulator: Emulator) -> None:
    url = emulator.endpoint + "/_secretstack/reset"
    urllib.request.urlopen(urllib.request.Request(url, method=HTTPMethod.POST)).close()


def test_it_is_openapi_3_1_with_a_name_for_each_operation(emulator: Emulator) -> None:
    with urllib.request.urlopen(emulator.endpoint + PATH) as answer:
        document = json.load(answer)
    assert document["openapi"].startswith("3.1.")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 9
    assert all(path.startswith("/_secretstack/") for path in document["paths"])
