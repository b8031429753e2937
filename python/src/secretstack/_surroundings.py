"""Environment variables: the server's own, and those by which AWS's clients find it."""

from __future__ import annotations

import os
from collections.abc import Mapping

_NO_PROXY = ("NO_PROXY", "no_proxy")
_HOST = "127.0.0.1"

MISLEADING = (
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)
"""Variables that would lead a client elsewhere, or nowhere, in spite of `client_variables`."""

MISLEADING_PREFIX = "AWS_ENDPOINT_URL_"
"""What the names of endpoints of single services begin with; these count for more than `AWS_ENDPOINT_URL`."""


def server_environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of this program, without the server's own settings, and with these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SECRETSTACK_")}
    return {**inherited, **more}


def client_variables(endpoint_url: str, region: str) -> dict[str, str]:
    """What an AWS client must be told."""
    variables = {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    # Of the two spellings some programs read only one.
    hosts = next(filter(None, map(os.environ.get, reversed(_NO_PROXY))), None)
    without_proxy = _HOST if hosts is None else _with_host(hosts)
    return {**variables, **dict.fromkeys(_NO_PROXY, without_proxy)}


def _with_host(hosts: str) -> str:
    named = [host.strip() for host in hosts.split(",")]
    return hosts if _HOST in named or "*" in named else f"{hosts},{_HOST}"
