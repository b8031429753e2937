"""Where the program is."""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from secretstack.errors import BinaryNotFoundError

VARIABLE = "SECRETSTACK_BIN"
"""The environment variable that names another program than the installed one."""

_NAME = "secretstack"


def find_binary() -> str:
    """The program that `SECRETSTACK_BIN` names, else the one that came with this package, else the first on `PATH`."""
    named = os.environ.get(VARIABLE)
    if named:
        if not _is_program(Path(named)):
            raise BinaryNotFoundError(f"{VARIABLE} names {named}, which is not a program that can be run")
        return named
    for folder in _script_folders():
        if _is_program(folder / _NAME):
            return str(folder / _NAME)
    on_path = shutil.which(_NAME)
    if on_path is None:
        raise BinaryNotFoundError(
            f"the program {_NAME} is neither beside this Python's scripts nor on PATH; "
            f"install the package with pip, or name the program in {VARIABLE}"
        )
    return on_path


def _script_folders() -> Iterator[Path]:
    """Where pip puts a package's programs: into an environment, for one user, or with `--target`."""
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    yield Path(__file__).resolve().parents[1] / "bin"


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
