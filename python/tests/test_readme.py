"""What README.md shows works as it stands, and all of it is typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def blocks() -> list[str]:
    """The pieces of Python in README.md: a file of tests, and a program."""
    return re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The file of tests, in a folder of its own."""
    path = tmp_path / "test_example.py"
    path.write_text(blocks()[0], encoding="utf-8")
    return path


def test_the_file_of_tests_has_ten_lines(example: Path) -> None:
    lines = example.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line]) == 10


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_file_of_tests_passes(example: Path, workers: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "--strict-markers", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, example], cwd=example.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 passed" in done.stdout


def test_the_program_works(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", blocks()[1]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_package_its_tests_and_the_example_are_typed(example: Path) -> None:
    for subject in (["--package", "secretstack"], [str(Path(__file__).parent)], [str(example)]):
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "mypy", *subject],
            cwd=example.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith("Success: no issues found"), done.stdout + done.stderr
