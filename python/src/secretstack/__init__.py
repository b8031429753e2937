"""AWS Secrets Manager on your own machine, started and steered from Python.

    with secretstack.Emulator() as emulator:
        client = emulator.client("secretsmanager")

The program itself comes with the package; nothing else is needed. `secretstack.pytest_plugin` has
fixtures on top of it, which pytest finds by itself.
"""

from secretstack._documents import SeedDocument
from secretstack._emulator import Emulator, Snapshot
from secretstack._records import Counts, Done
from secretstack.errors import (
    BinaryNotFoundError,
    Error,
    MissingBoto3Error,
    NotRunningError,
    RefusedError,
    ServerDiedError,
    StartError,
    UnreachableError,
)

__all__ = [
    "BinaryNotFoundError",
    "Counts",
    "Done",
    "Emulator",
    "Error",
    "MissingBoto3Error",
    "NotRunningError",
    "RefusedError",
    "SeedDocument",
    "ServerDiedError",
    "Snapshot",
    "StartError",
    "UnreachableError",
]
