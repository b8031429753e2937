"""What can go wrong. Each message begins with one line that says what happened."""

from __future__ import annotations


class Error(Exception):
    """Whatever this package raises."""


class BinaryNotFoundError(Error):
    """The secretstack program is not where it should be."""


class StartError(Error):
    """The server did not become ready."""


class NotRunningError(Error):
    """The emulator was asked for something before it was started, or after it was stopped."""


class ServerDiedError(Error):
    """The server ended without being told to."""


class UnreachableError(Error):
    """The server runs and does not answer."""


class RefusedError(Error):
    """The server says what is wrong with a request; the message is its own."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
        """The status code of its answer."""


class MissingBoto3Error(Error, ImportError):
    """A client was asked for, and boto3 is not installed."""
