"""Replication across three Regions of one server, and between two accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.client import BaseClient

from conftest import Connect
from emulator import REGION, fresh_account
from expect import CURRENT, PREVIOUS, refused

NORTH, SOUTH = "eu-north-1", "ap-south-1"
REPLICA_REFUSES = (
    "Operation not permitted on a replica secret. Call must be made in primary secret's region."
)
MANY = 1_000
"""Replication runs beside the requests; so many of them are time enough."""


def eventually(ask: Callable[[], Any], wanted: Any) -> None:
    """Asks again until the answer is the wanted one."""
    for _ in range(MANY):
        answer = ask()
        if answer == wanted:
            return
    assert answer == wanted


def statuses(primary: BaseClient, name: str) -> dict[str, str]:
    """Each replica's status by its Region."""
    described = primary.describe_secret(SecretId=name)
    return {entry["Region"]: entry["Status"] for entry in described.get("ReplicationStatus", [])}


def test_a_secret_in_three_regions(connect: Connect) -> None:
    """Fact 9.2: values, labels, description and tags follow the primary."""
    account = fresh_account()
    home, north, south = (connect(account, region) for region in (REGION, NORTH, SOUTH))
    created = home.create_secret(
        Name="database",
        SecretString="one",
        AddReplicaRegions=[{"Region": NORTH}, {"Region": SOUTH}],
    )
    assert {entry["Region"] for entry in created["ReplicationStatus"]} == {NORTH, SOUTH}
    synced = {NORTH: "InSync", SOUTH: "InSync"}
    eventually(lambda: statuses(home, "database"), synced)

    second = home.put_secret_value(SecretId="database", SecretString="two")["VersionId"]
    home.tag_resource(SecretId="database", Tags=[{"Key": "team", "Value": "db"}])
    home.update_secret(SecretId="database", Description="ours")
    eventually(lambda: statuses(home, "database"), synced)
    for region, replica in ((NORTH, north), (SOUTH, south)):
        value = replica.get_secret_value(SecretId="database")
        assert value["SecretString"] == "two"
        assert value["ARN"] == created["ARN"].replace(REGION, region)
        described = replica.describe_secret(SecretId="database")
        assert described["PrimaryRegion"] == REGION
        assert described["Description"] == "ours"
        assert described["Tags"] == [{"Key": "team", "Value": "db"}]
        assert described["VersionIdsToStages"][second] == [CURRENT]
        assert [PREVIOUS] in described["VersionIdsToStages"].values()
        with refused(replica.exceptions.InvalidParameterException, REPLICA_REFUSES):
            replica.put_secret_value(SecretId="database", SecretString="three")

    with refused(
        home.exceptions.InvalidParameterException,
        f"You can't delete secret {created['ARN']} that still has replica regions "
        f"[{NORTH}, {SOUTH}].",
    ):
        home.delete_secret(SecretId="database")

    north.stop_replication_to_replica(SecretId="database")
    assert statuses(home, "database") == {SOUTH: "InSync"}
    north.put_secret_value(SecretId="database", SecretString="northern")
    assert home.get_secret_value(SecretId="database")["SecretString"] == "two"

    removed = home.remove_regions_from_replication(
        SecretId="database", RemoveReplicaRegions=[SOUTH]
    )
    assert removed["ReplicationStatus"] == []
    assert south.list_secrets()["SecretList"] == []
    home.delete_secret(SecretId="database")
    assert north.get_secret_value(SecretId="database")["SecretString"] == "northern"


def test_a_collision_fails_one_region_and_force_overwrites(connect: Connect) -> None:
    """Fact 9.1: name taken in the target Region."""
    account = fresh_account()
    home, north, south = (connect(account, region) for region in (REGION, NORTH, SOUTH))
    north.create_secret(Name="database", SecretString="another")
    home.create_secret(Name="database", SecretString="ours")
    home.replicate_secret_to_regions(
        SecretId="database", AddReplicaRegions=[{"Region": NORTH}, {"Region": SOUTH}]
    )
    eventually(lambda: statuses(home, "database"), {NORTH: "Failed", SOUTH: "InSync"})
    assert north.get_secret_value(SecretId="database")["SecretString"] == "another"
    assert south.get_secret_value(SecretId="database")["SecretString"] == "ours"

    home.replicate_secret_to_regions(
        SecretId="database",
        AddReplicaRegions=[{"Region": NORTH}],
        ForceOverwriteReplicaSecret=True,
    )
    eventually(lambda: statuses(home, "database"), {NORTH: "InSync", SOUTH: "InSync"})
    assert north.get_secret_value(SecretId="database")["SecretString"] == "ours"


def test_a_replica_in_another_account(connect: Connect) -> None:
    """Fact 3.24: AssociateCrossAccountReplica and DisassociateCrossAccountReplica."""
    ours, theirs = connect(), connect()
    primary = ours.create_secret(Name="database", SecretString="one")["ARN"]
    replica = theirs.create_secret(Name="copy", CrossAccountPrimaryARN=primary)["ARN"]
    ours.associate_cross_account_replica(SecretId="database", CrossAccountReplicaARN=replica)

    def link() -> str:
        described: dict[str, Any] = theirs.describe_secret(SecretId="copy")
        return described["CrossAccountPrimary"]["ReplicationStatus"]

    eventually(link, "InSync")
    assert theirs.get_secret_value(SecretId="copy")["SecretString"] == "one"
    ours.disassociate_cross_account_replica(SecretId="database", CrossAccountReplicaARN=replica)
    assert link() == "Detached"
    theirs.put_secret_value(SecretId="copy", SecretString="theirs")
    assert "CrossAccountReplicas" not in ours.describe_secret(SecretId="database")
