"""boto3 clients. boto3 is imported when the first one is made, because nothing else here needs it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from secretstack.errors import MissingBoto3Error

# What a session would otherwise take from its user's variables and files. Each is a name in files, a variable, a
# default and a conversion.
_NOTHING_OF_THE_USERS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class ClientFactory:
    """Makes clients by one session, because loading AWS's service models is what takes time."""

    def __init__(self) -> None:
        # A session must not be used by two threads at once, while clients may be.
        self._lock = threading.Lock()
        self._session: Any = None

    def make(self, service: str, endpoint_url: str, region: str, arguments: Mapping[str, Any]) -> Any:
        """Make a client; these arguments of boto3's count for more than the emulator's."""
        # A proxy does not know this machine's ports.
        config = _module("botocore.config").Config(proxies={}, use_fips_endpoint=False, use_dualstack_endpoint=False)
        if arguments.get("config") is not None:
            config = config.merge(arguments["config"])
        defaults = {
            "endpoint_url": endpoint_url,
            "region_name": region,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        with self._lock:
            if self._session is None:
                core = _module("botocore.session").Session(_NOTHING_OF_THE_USERS)
                self._session = _module("boto3").Session(botocore_session=core)
            return self._session.client(service, **{**defaults, **arguments, "config": config})


def _module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingBoto3Error("client() needs boto3, which is not installed; run: pip install boto3") from error
