"""GetRandomPassword."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from botocore.client import BaseClient

from expect import members, refused, too_big, violates
from facts import CLASS_EXCLUDED

PUNCTUATION = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
CLASSES = {
    "ExcludeLowercase": set(string.ascii_lowercase),
    "ExcludeUppercase": set(string.ascii_uppercase),
    "ExcludeNumbers": set(string.digits),
    "ExcludePunctuation": set(PUNCTUATION),
}
EVERYTHING = set().union(*CLASSES.values())


def password(sm: BaseClient, **options: Any) -> str:
    """A random password; there is nothing else in the answer."""
    answer = sm.get_random_password(**options)
    assert members(answer) == {"RandomPassword"}
    return answer["RandomPassword"]


def test_the_default_has_32_characters_of_every_class(sm: BaseClient) -> None:
    """Fact 3.9: RequireEachIncludedType is true unless told otherwise; no space."""
    for _ in range(20):
        drawn = password(sm)
        assert len(drawn) == 32
        assert set(drawn) <= EVERYTHING
        assert all(set(drawn) & characters for characters in CLASSES.values())


def test_two_passwords_differ(sm: BaseClient) -> None:
    """Fact 3.9: they are random."""
    assert password(sm) != password(sm)


def test_four_characters_are_one_of_each_class(sm: BaseClient) -> None:
    """Fact 3.9: the shortest password that can have every required class."""
    for _ in range(20):
        drawn = password(sm, PasswordLength=4)
        assert len(drawn) == 4
        assert all(set(drawn) & characters for characters in CLASSES.values())


@pytest.mark.parametrize("switch", sorted(CLASSES))
def test_a_class_can_be_switched_off(sm: BaseClient, switch: str) -> None:
    """Fact 3.9: the Exclude switches; so long a password shows every character that is left."""
    drawn = set(password(sm, PasswordLength=4096, **{switch: True}))

    assert drawn == EVERYTHING - CLASSES[switch]


def test_every_character_can_occur(sm: BaseClient) -> None:
    """Fact 3.9: 32 punctuation characters, and the space when it is admitted."""
    drawn = password(sm, PasswordLength=4096, IncludeSpace=True)

    assert len(drawn) == 4096
    assert set(drawn) == EVERYTHING | {" "}


def test_single_characters_can_be_excluded(sm: BaseClient) -> None:
    """Fact 3.9: ExcludeCharacters."""
    drawn = password(sm, PasswordLength=4096, ExcludeCharacters="aZ0!\\")

    assert set(drawn) == EVERYTHING - set("aZ0!\\")


def test_an_emptied_class_is_fine_when_none_is_required(sm: BaseClient) -> None:
    """Fact 3.9: RequireEachIncludedType false."""
    drawn = password(
        sm, PasswordLength=1, ExcludeCharacters=string.digits, RequireEachIncludedType=False
    )

    assert len(drawn) == 1
    assert drawn not in string.digits


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"PasswordLength": 3},
            re.compile(r"Password length is too short based on the required types\.?"),
            id="too-short",
        ),
        pytest.param(
            {"ExcludeCharacters": string.digits},
            CLASS_EXCLUDED,
            id="a-required-class-emptied",
        ),
        pytest.param(
            {**dict.fromkeys(CLASSES, True), "RequireEachIncludedType": False},
            "All characters have been excluded from selection",
            id="nothing-left",
        ),
    ],
)
def test_impossible_passwords_are_refused(
    sm: BaseClient, options: dict[str, Any], message: str | re.Pattern[str]
) -> None:
    """Fact 3.9: a sentence for each; the full stop of the first is uncertain."""
    with refused(sm.exceptions.InvalidParameterException, message):
        sm.get_random_password(**options)


def test_4097_characters_are_too_many(sm: BaseClient) -> None:
    """Fact 1.5, row 4."""
    with violates(too_big("passwordLength", 4096, 4097)):
        sm.get_random_password(PasswordLength=4097)
