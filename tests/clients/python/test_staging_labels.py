"""Staging labels: how PutSecretValue and UpdateSecretVersionStage move them, and refuse to."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from botocore.client import BaseClient

from expect import (
    CURRENT,
    PENDING,
    PREVIOUS,
    Labels,
    described_labels,
    listed_labels,
    members,
    refused,
)
from facts import holder_not_named


@dataclass(frozen=True)
class Database:
    """A secret with one version, and short words for what happens to its labels."""

    sm: BaseClient
    first: str

    def put(self, *labels: str) -> str:
        """A further version with these labels (none: the default); its id."""
        options = {"VersionStages": list(labels)} if labels else {}
        answer = self.sm.put_secret_value(SecretId="database", SecretString="next", **options)
        assert not labels or set(answer["VersionStages"]) == set(labels)
        return answer["VersionId"]

    def move(self, label: str, *, source: str | None = None, target: str | None = None) -> None:
        """UpdateSecretVersionStage; Fact 3.12: it answers with ARN and Name only."""
        versions = {"RemoveFromVersionId": source, "MoveToVersionId": target}
        answer = self.sm.update_secret_version_stage(
            SecretId="database",
            VersionStage=label,
            **{name: version for name, version in versions.items() if version is not None},
        )
        assert members(answer) == {"ARN", "Name"}

    def labels(self) -> Labels:
        """The labelled versions; Fact 4.1, V5: both operations that show labels agree on them."""
        labels = listed_labels(self.sm, "database")
        assert described_labels(self.sm, "database") == labels
        return labels


@pytest.fixture
def database(sm: BaseClient) -> Database:
    """A secret whose first version is current."""
    return Database(sm, sm.create_secret(Name="database", SecretString="first")["VersionId"])


class TestTraces:
    """Fact 12: recorded call traces."""

    def test_a_third_value_deprecates_the_first(self, database: Database) -> None:
        """Trace 3: deprecated versions are listed on request, without VersionStages."""
        v1, v2, v3, v4 = database.first, database.put(), database.put(), database.put()

        assert database.labels() == {v3: {PREVIOUS}, v4: {CURRENT}}
        listed = database.sm.list_secret_version_ids(SecretId="database", IncludeDeprecated=True)
        assert {v["VersionId"]: v.get("VersionStages") for v in listed["Versions"]} == {
            v1: None,
            v2: None,
            v3: [PREVIOUS],
            v4: [CURRENT],
        }

    def test_a_new_value_drops_pending_from_the_old_current(self, database: Database) -> None:
        """Trace 4: what a finished rotation leaves behind does not block the next."""
        v1, v2 = database.first, database.put(PENDING)
        database.move(CURRENT, source=v1, target=v2)
        assert database.labels() == {v1: {PREVIOUS}, v2: {CURRENT, PENDING}}

        v3 = database.put()
        assert database.labels() == {v2: {PREVIOUS}, v3: {CURRENT}}

    def test_two_rotations(self, database: Database) -> None:
        """Trace 5: pending versions take over one after the other."""
        v1, v2 = database.first, database.put(PENDING)
        database.move(CURRENT, source=v1, target=v2)
        v3 = database.put(PENDING)
        database.move(CURRENT, source=v2, target=v3)

        assert database.labels() == {v2: {PREVIOUS}, v3: {CURRENT, PENDING}}

    def test_custom_labels_stay_with_their_version(self, database: Database) -> None:
        """Trace 6: labels that begin with AWS are custom ones too."""
        v1, v2 = database.first, database.put(PENDING, "AWSSOMETHING", "PUT1")
        database.move(CURRENT, source=v1, target=v2)
        v3 = database.put(PENDING, "PUT2")
        database.move(CURRENT, source=v2, target=v3)

        assert database.labels() == {
            v2: {PREVIOUS, "AWSSOMETHING", "PUT1"},
            v3: {CURRENT, PENDING, "PUT2"},
        }

    def test_a_custom_label_keeps_a_version_listed(self, database: Database) -> None:
        """Trace 7: three generations."""
        v2 = database.put(CURRENT, "PUT0")
        v3 = database.put(PENDING, "PUT1")
        database.move(CURRENT, source=v2, target=v3)
        v4 = database.put(PENDING, "PUT2")
        database.move(CURRENT, source=v3, target=v4)

        assert database.labels() == {
            v2: {"PUT0"},
            v3: {PREVIOUS, "PUT1"},
            v4: {CURRENT, PENDING, "PUT2"},
        }

    def test_removing_a_custom_label_leaves_previous_alone(self, database: Database) -> None:
        """Trace 8."""
        v1, v2 = database.first, database.put("X")
        database.move(CURRENT, source=v1, target=v2)
        database.move("X", source=v2)

        assert database.labels() == {v1: {PREVIOUS}, v2: {CURRENT}}

    def test_labels_move_to_the_version_that_claims_them(self, database: Database) -> None:
        """Trace 9: the old holder of all of them is hidden."""
        v1 = database.first
        database.put("one", "two", "three")
        v3 = database.put("one", "two", "three", "four")

        assert database.labels() == {v1: {CURRENT}, v3: {"one", "two", "three", "four"}}


class TestTransitions:
    """Fact 4.2: the transitions that no trace of Fact 12 shows."""

    def test_pending_moves_off_the_current_version(self, database: Database) -> None:
        """T7: PutSecretValue with AWSPENDING while the current version holds it."""
        v1, v2 = database.first, database.put(PENDING)
        database.move(CURRENT, source=v1, target=v2)
        v3 = database.put(PENDING)

        assert database.labels() == {v1: {PREVIOUS}, v2: {CURRENT}, v3: {PENDING}}

    def test_a_new_value_abandons_a_pending_version(self, database: Database) -> None:
        """T5: AWSPENDING is removed wherever it is."""
        v1 = database.first
        database.put(PENDING)
        v3 = database.put()

        assert database.labels() == {v1: {PREVIOUS}, v3: {CURRENT}}

    def test_a_custom_label_stays_when_current_leaves(self, database: Database) -> None:
        """T9: for a plain PutSecretValue as well."""
        v2 = database.put(CURRENT, "BLUE")
        v3 = database.put()

        assert database.labels() == {v2: {PREVIOUS, "BLUE"}, v3: {CURRENT}}

    def test_rolling_back(self, database: Database) -> None:
        """T11: current and previous change places."""
        v1, v2 = database.first, database.put()
        database.move(CURRENT, source=v2, target=v1)

        assert database.labels() == {v1: {CURRENT}, v2: {PREVIOUS}}
        assert database.sm.get_secret_value(SecretId="database")["SecretString"] == "first"

    def test_attaching_and_moving_a_custom_label(self, database: Database) -> None:
        """T12 and T13: the first holder needs no removal, the second does."""
        v1, v2 = database.first, database.put()
        database.move("BLUE", target=v1)
        assert database.labels() == {v1: {PREVIOUS, "BLUE"}, v2: {CURRENT}}

        database.move("BLUE", source=v1, target=v2)
        assert database.labels() == {v1: {PREVIOUS}, v2: {CURRENT, "BLUE"}}

    def test_a_holder_that_lost_its_only_label_is_hidden(self, database: Database) -> None:
        """T17: it is deprecated at once."""
        v1, v2 = database.first, database.put("BLUE")
        database.move("BLUE", source=v2, target=v1)

        assert database.labels() == {v1: {CURRENT, "BLUE"}}
        assert set(listed_labels(database.sm, "database", IncludeDeprecated=True)) == {v1, v2}

    def test_a_partly_replaced_holder_keeps_the_rest(self, database: Database) -> None:
        """T19."""
        v1, v2 = database.first, database.put("one", "two", "three")
        v3 = database.put("one", "two", "four")

        assert database.labels() == {v1: {CURRENT}, v2: {"three"}, v3: {"one", "two", "four"}}


class TestRefusals:
    """Fact 4.3."""

    @pytest.mark.parametrize("label", [CURRENT, "BLUE"])
    def test_the_holder_must_be_named(self, database: Database, label: str) -> None:
        """The sentence says on which version the label is."""
        v2, v3 = database.put(CURRENT, "BLUE"), database.put("GREEN")

        with refused(
            database.sm.exceptions.InvalidParameterException,
            holder_not_named(label, v2),
        ):
            database.move(label, target=v3)

    def test_the_wrong_holder_is_refused(self, database: Database) -> None:
        """Only the code is known."""
        v1, v2 = database.first, database.put()

        with refused(database.sm.exceptions.InvalidParameterException, None):
            database.move(CURRENT, source=v1, target=v1)
        assert database.labels() == {v1: {PREVIOUS}, v2: {CURRENT}}

    def test_current_cannot_be_removed(self, database: Database) -> None:
        """The sentence has a typographic apostrophe."""
        with refused(
            database.sm.exceptions.InvalidParameterException,
            "You can only move staging label AWSCURRENT to a different secret version. "
            "It can’t be completely removed.",
        ):
            database.move(CURRENT, source=database.first)

    def test_an_unknown_version_is_not_found(self, database: Database) -> None:
        """Only the code is known."""
        with refused(database.sm.exceptions.ResourceNotFoundException, None):
            database.move("BLUE", target="00000000-0000-4000-8000-000000000000")

    def test_twenty_labels_over_all_versions(self, database: Database) -> None:
        """Fact 4.1, V7: AWSCURRENT counts, so nineteen more fit and a twentieth does not."""
        v2 = database.put(*(f"L{number}" for number in range(19)))

        with refused(database.sm.exceptions.LimitExceededException, None):
            database.move("L19", target=v2)
        assert len(database.labels()[v2]) == 19
