"""Fixtures of the suite that holds the emulator's own API against its description."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# Nobody's proxy knows this machine's ports.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

from emulator import (  # noqa: E402, F401 - fixtures are found by their names here
    running_emulator,
    server_survives,
)
