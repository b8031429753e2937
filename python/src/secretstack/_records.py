"""What the server says, as values: what was done, how much was changed, and times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone


@dataclass(frozen=True)
class Done:
    """Something that fell due while the clock was moved, and was performed."""

    time: datetime
    """When it fell due."""
    event: str
    """Such as `RotationSucceeded`."""
    resource: str
    """The ARN of the secret or key."""


@dataclass(frozen=True)
class Counts:
    """What became of the secrets and keys of a seed document."""

    created: int
    changed: int
    unchanged: int


def parse_time(text: str) -> datetime:
    """Read a time such as `2027-01-01T00:00:00Z`."""
    # Python 3.10 does not know the letter.
    return datetime.fromisoformat(text.removesuffix("Z") + "+00:00" if text[-1:] == "Z" else text)


def write_time(time: datetime) -> str:
    """Write a time as the server reads it. One without a time zone is in UTC, as in the server's own answers."""
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).isoformat()


def write_duration(duration: timedelta) -> str:
    """Write a length of time as the server reads it: in whole seconds, no shorter than it is."""
    whole_seconds = -(-duration // timedelta(seconds=1))
    return f"{whole_seconds}s"
