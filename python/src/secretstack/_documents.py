"""Seed documents: as data, as text, or as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

SeedDocument: TypeAlias = "Mapping[str, Any] | str | PathLike[str]"
"""A document as data, as YAML or JSON text, or as the path of a file. A path is a `pathlib.Path`, never a `str`."""


def text_of(document: SeedDocument) -> str:
    """The document as the server reads it."""
    if isinstance(document, PathLike):
        return Path(document).read_text(encoding="utf-8")
    if isinstance(document, str):
        return document
    # Every JSON text is YAML too.
    return json.dumps(document)
