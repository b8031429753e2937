"""Seeds, snapshots, resets and exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from secretstack import Counts, Emulator, RefusedError, SeedDocument, StartError

SEED = {"secrets": [{"name": "prod/db", "value": "hunter2"}]}
NEW_YEAR = datetime(2027, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    """The same, as a file."""
    path = tmp_path / "seed.yaml"
    path.write_text("secrets:\n- name: prod/db\n  value: hunter2\n", encoding="utf-8")
    return path


@pytest.fixture(params=["data", "text", "path"])
def seed(request: pytest.FixtureRequest, seed_file: Path) -> SeedDocument:
    """The same, in each of its forms."""
    forms: dict[str, SeedDocument] = {
        "data": SEED,
        "text": seed_file.read_text(encoding="utf-8"),
        "path": seed_file,
    }
    return forms[request.param]


def names(emulator: Emulator) -> list[str]:
    """The names of the secrets there."""
    return [secret["Name"] for secret in emulator.client("secretsmanager").list_secrets()["SecretList"]]


def value(emulator: Emulator) -> str:
    """What the seeded secret says."""
    return str(emulator.client("secretsmanager").get_secret_value(SecretId="prod/db")["SecretString"])


def test_a_snapshot_is_gone_back_to_as_often_as_wanted(emulator: Emulator) -> None:
    client = emulator.client("secretsmanager")
    client.create_secret(Name="kept")
    emulator.freeze()
    emulator.set_time(NEW_YEAR)
    snapshot = emulator.snapshot()
    assert (snapshot.secrets, snapshot.taken) == (1, NEW_YEAR)
    assert emulator.snapshots() == [snapshot]
    for _ in range(2):
        client.create_secret(Name="new")
        emulator.advance(timedelta(days=31))
        snapshot.restore()
        assert names(emulator) == ["kept"]
        assert emulator.now() == NEW_YEAR


def test_a_snapshot_that_was_deleted_is_unknown(emulator: Emulator) -> None:
    snapshot = emulator.snapshot()
    snapshot.delete()
    assert emulator.snapshots() == []
    with pytest.raises(RefusedError, match="there is no snapshot") as refused:
        snapshot.restore()
    assert refused.value.status == 404


def test_a_seed_is_there_from_the_start_and_after_a_reset(seed: SeedDocument) -> None:
    with Emulator(seed=seed) as emulator:
        assert value(emulator) == "hunter2"
        emulator.client("secretsmanager").put_secret_value(SecretId="prod/db", SecretString="hunter3")
        emulator.reset()
        assert value(emulator) == "hunter2"
        emulator.reset(to="empty")
        assert names(emulator) == []


def test_several_files_are_a_seed(seed_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("secrets:\n- name: other\n", encoding="utf-8")
    with Emulator(seed=[seed_file, other]) as emulator:
        assert sorted(names(emulator)) == ["other", "prod/db"]


def test_a_seed_that_makes_no_sense_is_told_at_the_start() -> None:
    with pytest.raises(StartError, match="before it was ready(.|\n)*SECRETSTACK_SEED"):
        Emulator(seed="secrets: [{nmae: prod/db}]").start()


def test_a_seed_given_later_is_applied_and_counted(emulator: Emulator, seed: SeedDocument) -> None:
    assert emulator.seed(seed) == Counts(created=1, changed=0, unchanged=0)
    assert emulator.seed(seed) == Counts(created=0, changed=0, unchanged=1)
    assert value(emulator) == "hunter2"


def test_a_seed_with_a_mistake_is_refused_as_a_whole(emulator: Emulator) -> None:
    with pytest.raises(RefusedError, match="nmae"):
        emulator.seed({"secrets": [{"name": "prod/db"}, {"nmae": "other"}]})
    assert names(emulator) == []


def test_a_reset_may_concern_a_part(emulator: Emulator) -> None:
    client = emulator.client("secretsmanager")
    elsewhere = emulator.client("secretsmanager", region_name="eu-west-1")
    for name in ("a/1", "a/2", "b/1"):
        client.create_secret(Name=name)
        elsewhere.create_secret(Name=name)
    emulator.reset(region="us-east-1", prefix="a/")
    assert names(emulator) == ["b/1"]
    emulator.reset(account="123456789012")
    assert len(elsewhere.list_secrets()["SecretList"]) == 3
    emulator.reset()
    assert elsewhere.list_secrets()["SecretList"] == []


def test_an_export_has_values_if_asked(emulator: Emulator) -> None:
    emulator.seed(SEED)
    (secret,) = emulator.export()
    assert secret["name"] == "prod/db"
    assert "hunter2" not in str(secret)
    assert "hunter2" in str(emulator.export(values=True))
    assert emulator.export(prefix="test/") == []


def test_an_export_is_read_whatever_characters_are_in_it(emulator: Emulator) -> None:
    odd = "one\u2028two\u0085three\x0bfour"
    emulator.client("secretsmanager").create_secret(Name="odd", SecretString=odd)
    (secret,) = emulator.export(values=True)
    assert secret["versions"][0]["value"] == odd


def test_a_seed_that_is_too_long_for_the_environment_is_told_so() -> None:
    with pytest.raises(ValueError, match="put it into a file"):
        Emulator(seed={"secrets": [{"name": f"s{n}", "value": "x" * 60_000} for n in range(3)]})


def test_chance_is_decided_by_a_number() -> None:
    def draw(random_seed: int) -> Iterator[str]:
        with Emulator(random_seed=random_seed) as emulator:
            client = emulator.client("secretsmanager")
            yield client.get_random_password()["RandomPassword"]
            yield client.create_secret(Name="db")["ARN"]

    assert list(draw(7)) == list(draw(7))
    assert set(draw(7)).isdisjoint(draw(8))
