"""What is in the wheel."""

from __future__ import annotations

import re
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

PACKAGE = Path(__file__).parents[1] / "src/secretstack"


def _metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_it_has_the_program_and_the_package_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    sources = {f"secretstack/{path.name}" for path in PACKAGE.iterdir() if path.is_file()}
    others = {name for name in names if ".dist-info/" not in name}
    program = [name for name in others if re.fullmatch(r"secretstack-[\d.]+\.data/scripts/secretstack", name)]
    assert len(program) == 1
    assert others == sources | set(program)


def test_it_is_for_any_python_3_and_one_platform(wheel: Path) -> None:
    assert re.fullmatch(r"secretstack-[\d.]+-py3-none-(?!any)\w+\.whl", wheel.name)


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 5_000_000
    with ZipFile(wheel) as archive:
        program = max(archive.infolist(), key=lambda entry: entry.file_size)
    assert program.file_size < 10_000_000


def test_it_needs_nothing_but_for_extras(wheel: Path) -> None:
    metadata = _metadata(wheel)
    assert metadata["Requires-Python"] == ">=3.10"
    needs = metadata.get_all("Requires-Dist", [])
    assert sorted(need.partition(">")[0] for need in needs) == ["boto3", "pytest"]
    assert all("extra == 'pytest'" in need for need in needs)


def test_its_version_is_the_programs(wheel: Path) -> None:
    manifest = (Path(__file__).parents[2] / "Cargo.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.*)"$', manifest, re.MULTILINE)
    assert version is not None
    assert _metadata(wheel)["Version"] == version[1]


def test_it_names_no_folder_of_the_machine_it_was_built_on(wheel: Path) -> None:
    checkout = str(PACKAGE.parents[2]).encode()
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            assert checkout not in archive.read(name), name
