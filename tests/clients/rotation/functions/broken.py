"""A function whose module cannot be imported as long as the test's folder says so."""

from __future__ import annotations

import os
from pathlib import Path

import control

control.note("started")
_order = Path(os.environ["ROTATION_CONTROL"]) / "import.fail"
if _order.exists():
    raise RuntimeError(_order.read_text())

from rotate import lambda_handler  # noqa: E402, F401 - only a module that is mended gets so far
