"""A function that rotates the password of a real PostgreSQL user."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from botocore.client import BaseClient

from admin import Admin, instant
from conftest import StartWorker
from expect import CURRENT, PENDING, PREVIOUS, STEPS, assert_stopped_at, assert_took_its_steps
from postgres_server import PostgresServer
from workers import Control, function_arn, rotate_when_known

FIRST_PASSWORD = "the first password"
_users = count(1)


@dataclass(frozen=True)
class User:
    """A user of the server, and the secret with their password."""

    name: str
    arn: str
    sm: BaseClient
    server: PostgresServer

    def password(self, label: str = CURRENT) -> str:
        """The password that the secret has under a label."""
        answer = self.sm.get_secret_value(SecretId=self.arn, VersionStage=label)
        password: str = json.loads(answer["SecretString"])["password"]
        return password

    def may_log_in(self, password: str) -> bool:
        """Whether the server takes it."""
        return self.server.lets_in(self.name, password)


@pytest.fixture
def user(postgres: PostgresServer, sm: BaseClient) -> User:
    """A user of this test's own."""
    name = f"user_{next(_users)}"
    postgres.create_user(name, FIRST_PASSWORD)
    secret = json.dumps(postgres.credentials(name, FIRST_PASSWORD))
    arn = sm.create_secret(Name=name, SecretString=secret)["ARN"]
    return User(name, arn, sm, postgres)


Rotate = Callable[..., str]


@pytest.fixture
def rotate(sm: BaseClient, user: User, start_worker: StartWorker, account: str) -> Rotate:
    """The first rotation of that user's secret: starts the function too."""
    start_worker("postgresql", handler="postgresql.lambda_handler")

    def rotate(**request: Any) -> str:
        return rotate_when_known(
            sm,
            SecretId=user.arn,
            RotationLambdaARN=function_arn("postgresql", account),
            **request,
        )

    return rotate


def test_the_old_password_is_refused_afterwards(
    sm: BaseClient, admin: Admin, user: User, rotate: Rotate
) -> None:
    """Twice: after each rotation the server takes the new password alone."""
    assert user.may_log_in(FIRST_PASSWORD)
    assert not user.may_log_in("another password")

    assert_took_its_steps(admin.succeeded(user.arn, rotate()))
    second = user.password()
    assert second != FIRST_PASSWORD
    assert user.password(PREVIOUS) == FIRST_PASSWORD
    assert user.may_log_in(second)
    assert not user.may_log_in(FIRST_PASSWORD)

    version = sm.rotate_secret(SecretId=user.arn)["VersionId"]
    assert_took_its_steps(admin.succeeded(user.arn, version))
    third = user.password()
    assert user.password(PREVIOUS) == second
    assert user.may_log_in(third)
    assert not user.may_log_in(second)
    assert not user.may_log_in(FIRST_PASSWORD)
    # What else is in the secret came along.
    secret = json.loads(sm.get_secret_value(SecretId=user.arn)["SecretString"])
    assert secret == user.server.credentials(user.name, third)


def test_between_two_steps(admin: Admin, control: Control, user: User, rotate: Rotate) -> None:
    """Before setSecret the old password works, after it the new one, which is still pending."""
    control.hold(user.name, "setSecret")
    control.hold(user.name, "testSecret")

    version = rotate()
    control.wait_for_step(user.arn, "setSecret")
    pending = user.password(PENDING)
    assert user.may_log_in(FIRST_PASSWORD)
    assert not user.may_log_in(pending)
    control.release(user.name, "setSecret")

    control.wait_for_step(user.arn, "testSecret")
    assert user.password() == FIRST_PASSWORD
    assert user.may_log_in(pending)
    assert not user.may_log_in(FIRST_PASSWORD)
    control.release(user.name, "testSecret")

    admin.succeeded(user.arn, version)
    assert user.password() == pending
    assert user.may_log_in(pending)


def test_a_rotation_that_fails_half_way(
    admin: Admin, control: Control, user: User, rotate: Rotate
) -> None:
    """The retry finds the password changed, goes on with it, and makes no third one."""
    admin.freeze_at("2027-03-01T10:30:00Z")
    control.fail(user.name, "testSecret", "the network is down")

    version = rotate()
    assert_stopped_at(admin.failed(user.arn, version), "testSecret", "the network is down")
    pending = user.password(PENDING)
    assert user.password() == FIRST_PASSWORD
    assert user.may_log_in(pending)
    control.mend(user.name, "testSecret")
    [done] = admin.advance("1m")

    assert done["event"] == "RotationSucceeded"
    assert control.steps(user.arn, version) == [*STEPS[:3], *STEPS]
    assert user.password() == pending
    assert user.may_log_in(pending)


def test_a_password_that_was_changed_behind_the_secrets_back(
    admin: Admin, user: User, rotate: Rotate, postgres: PostgresServer
) -> None:
    """The function cannot log in, and the attempt says what the server said."""
    postgres.change_password(user.name, "nobody told the secret")

    row = admin.failed(user.arn, rotate())

    assert_stopped_at(row, "setSecret", "password authentication failed")
    assert user.may_log_in("nobody told the secret")
    assert user.password() == FIRST_PASSWORD


def test_a_schedule(admin: Admin, user: User, rotate: Rotate) -> None:
    """Three months in a moment, each with a password that works from then on."""
    admin.freeze_at("2027-01-15T12:00:00Z")
    rules = {"ScheduleExpression": "cron(0 8 1 * ? *)"}
    admin.succeeded(user.arn, rotate(RotationRules=rules))
    passwords = [FIRST_PASSWORD, user.password()]

    for month in ("02", "03", "04"):
        admin.set_clock(set=f"2027-{month}-01T07:59:59Z")
        assert user.password() == passwords[-1]
        started, succeeded = admin.advance("1s")
        assert (started["event"], succeeded["event"]) == ("RotationStarted", "RotationSucceeded")
        assert instant(succeeded["time"]) == instant(f"2027-{month}-01T08:00:00Z")
        passwords.append(user.password())

    *old, last = passwords
    assert len(set(passwords)) == len(passwords)
    assert user.may_log_in(last)
    assert not any(user.may_log_in(password) for password in old)
