"""What `pip install` gives, looked at from a folder outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SCRIPTS = Path(sysconfig.get_path("scripts"))


@pytest.fixture(scope="session")
def bare_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the package, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin/python"
    # Without an index, anything else that the package needed would not be found.
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-index", wheel], check=True)
    return python


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program and return what it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_command_is_there(tmp_path: Path) -> None:
    assert run(SCRIPTS / "secretstack", "--version", cwd=tmp_path).startswith("secretstack ")


def test_the_package_is_the_installed_one(tmp_path: Path) -> None:
    where = run(sys.executable, "-c", "import secretstack; print(secretstack.__file__)", cwd=tmp_path)
    assert "site-packages" in where


def test_the_package_works_without_any_other(bare_python: Path, tmp_path: Path) -> None:
    code = "import secretstack\nwith secretstack.Emulator() as emulator: print(emulator.now().tzinfo)"
    assert run(bare_python, "-c", code, cwd=tmp_path) == "UTC\n"


def test_a_client_without_boto3_says_what_to_install(bare_python: Path, tmp_path: Path) -> None:
    code = """
import secretstack
with secretstack.Emulator() as emulator:
    try:
        emulator.client("secretsmanager")
    except secretstack.MissingBoto3Error as error:
        print(error)
"""
    expected = "client() needs boto3, which is not installed; run: pip install boto3\n"
    assert run(bare_python, "-c", code, cwd=tmp_path) == expected


def test_neither_the_package_nor_its_plugin_imports_boto3(tmp_path: Path) -> None:
    code = "import sys, secretstack, secretstack.pytest_plugin; print('boto3' in sys.modules)"
    assert run(sys.executable, "-c", code, cwd=tmp_path) == "False\n"


def test_the_server_that_starts_is_the_installed_one(tmp_path: Path) -> None:
    code = """
import psutil, secretstack
with secretstack.Emulator() as emulator:
    print(psutil.Process(emulator.pid).exe())
"""
    assert Path(run(sys.executable, "-c", code, cwd=tmp_path).strip()).samefile(SCRIPTS / "secretstack")
