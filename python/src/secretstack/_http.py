"""Requests to the emulator's own API. They go straight there: a proxy does not know this machine's ports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from secretstack.errors import RefusedError, UnreachableError

# pytest shows where a test called, not where this module did.
__tracebackhide__ = True

_opener = build_opener(ProxyHandler({}))


def ask(
    method: str,
    url: str,
    query: Mapping[str, str | None] | None = None,
    body: str | None = None,
) -> str:
    """Send a request and return the body of the answer. It may take as long as the server works on it."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    if given:
        url = f"{url}?{urlencode(given)}"
    request = Request(url, method=method)
    if body is not None:
        request.data = body.encode()
        # Otherwise it would be called a form.
        request.add_header("Content-Type", "application/octet-stream")
    try:
        with _opener.open(request) as answer:
            return str(answer.read(), "utf-8")
    except HTTPError as error:
        with error:
            raise RefusedError(_complaint(error), error.code) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise UnreachableError(f"the emulator does not answer at {url}: {reason}") from error


def _complaint(answer: HTTPError) -> str:
    """The server's own words, if it has any."""
    try:
        return str(json.loads(answer.read())["error"])
    except (ValueError, KeyError, TypeError, OSError, HTTPException):
        return f"the emulator answered {answer.code} {answer.reason} at {answer.url}"
