"""A function in a process that does not mind being asked to end."""

from __future__ import annotations

import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)

from rotate import lambda_handler  # noqa: E402, F401
