"""What the JavaScript functions need: node, and the packages of `package-lock.json`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

INSTALL_SECONDS = 600.0

_suite = Path(__file__).parent


def node_packages() -> Path:
    """The folder `node_modules` of this Python environment; made anew when the lock has changed."""
    npm = shutil.which("npm")
    node = shutil.which("node")
    if npm is None or node is None:
        pytest.fail("this test needs Node.js; run: apt-get install --yes nodejs npm", pytrace=False)
    folder = Path(sys.prefix) / "node"
    packages = folder / "node_modules"
    wanted = (_suite / "package-lock.json").read_bytes()
    # Written last, so that an environment that was left half-made is made again.
    stamp = folder / "package-lock.installed"
    if stamp.exists() and stamp.read_bytes() == wanted:
        return packages
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_suite / name, folder)
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"],
        cwd=folder,
        env=_environment(node),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"npm ci in {folder}: {done.stdout}", pytrace=False)
    stamp.write_bytes(wanted)
    return packages


def _environment(node: str) -> dict[str, str]:
    """AWS's client is compiled against Node's headers: those beside it, where they are, and not downloaded ones."""
    prefix = Path(node).resolve().parents[1]
    if not (prefix / "include/node/node.h").exists():
        return dict(os.environ)
    return {**os.environ, "npm_config_nodedir": str(prefix)}
