"""How a test steers a rotation function in another process, and learns what it saw.

Both look at the folder that `ROTATION_CONTROL` names. The function appends lines of JSON to
`journal.jsonl`. A file `SECRET.STEP.fail` makes that step raise with the file's text; while there
is a file `SECRET.STEP.hold` the step does not go on.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import sleep
from typing import Any

HELD_POLL_SECONDS = 0.02

_folder = Path(os.environ["ROTATION_CONTROL"])


def note(kind: str, **members: Any) -> None:
    """Append one line to the journal."""
    line = json.dumps({"kind": kind, "pid": os.getpid(), **members}) + "\n"
    # One write to a file opened for appending, so that lines of several workers do not mix.
    with (_folder / "journal.jsonl").open("ab", buffering=0) as journal:
        journal.write(line.encode())


def obey(event: dict[str, str]) -> None:
    """Wait as long as the test holds this step, and then raise if it shall fail."""
    name = event["SecretId"].rpartition(":")[2][:-7]
    order = f"{name.replace('/', '_')}.{event['Step']}"
    while (_folder / f"{order}.hold").exists():
        sleep(HELD_POLL_SECONDS)
    failure = _folder / f"{order}.fail"
    if failure.exists():
        raise RuntimeError(failure.read_text())
