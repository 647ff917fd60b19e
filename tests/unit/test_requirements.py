"""The lists of requirements: short ones with reasons, long ones pinned to the last package."""

import ast
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Final

import pytest

from scripts.compile_requirements import MARKERS, mark_platform
from tests.support import ROOT

PIN: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;#]+)(?: ; (?P<marker>[^#]+?))?(?:  # via .+)?$")
DIRECT: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>[^\s#]+)  # (?P<reason>.{10,})$")
#: Where the code that may import a direct dependency lies.
CODE: Final = {
    "requirements.in": ("towns", "pages", "app.py"),
    "requirements-dev.in": ("tests", "scripts", "benchmarks"),
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_direct(source: str) -> dict[str, tuple[str, str]]:
    lines = (ROOT / source).read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        if line.startswith(("#", "-c ")) or not line:
            continue
        match = DIRECT.match(line)
        assert match, f"{source}: no pin with a reason: {line}"
        found[normal(match["name"])] = (match["version"], match["reason"])
    return found


def read_pins(name: str) -> dict[str, str]:
    pins = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        match = PIN.match(line)
        assert match, f"{name}: not an exact pin: {line}"
        assert normal(match["name"]) not in pins, f"{name}: {match['name']} twice"
        pins[normal(match["name"])] = match["version"]
    return pins


@cache
def imported_roots(file: Path) -> frozenset[str]:
    roots: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.split(".")[0])
    return frozenset(roots)


@cache
def installed() -> Mapping[str, list[str]]:
    """Return the packages that own each importable name: reading them all takes seconds."""
    return packages_distributions()


def imported_packages(*places: str) -> set[str]:
    roots: set[str] = set()
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            roots |= imported_roots(file)
    owners = installed()
    return {normal(owner) for root in roots for owner in owners.get(root, [])}


@pytest.mark.parametrize("source", CODE)
def test_each_direct_dependency_has_a_reason_and_is_imported(source: str) -> None:
    imported = imported_packages(*CODE[source])
    unused = [
        name
        for name, (_, reason) in read_direct(source).items()
        if name not in imported and not reason.startswith("not imported:")
    ]
    assert unused == []


def test_everything_imported_is_a_direct_dependency() -> None:
    assert imported_packages(*CODE["requirements.in"]) <= set(read_direct("requirements.in"))


def test_everything_that_checks_and_measures_import_is_pinned() -> None:
    pinned = read_pins("requirements.txt").keys() | read_pins("requirements-dev.txt").keys()
    assert imported_packages(*CODE["requirements-dev.in"]) - pinned == set()


@pytest.mark.parametrize("source", CODE)
def test_every_direct_dependency_is_pinned_as_asked(source: str) -> None:
    pins = read_pins(source.replace(".in", ".txt"))
    assert {name: pins.get(name) for name in read_direct(source)} == {
        name: wanted for name, (wanted, _) in read_direct(source).items()
    }


def test_both_lists_agree() -> None:
    base, dev = read_pins("requirements.txt"), read_pins("requirements-dev.txt")
    assert {name: dev[name] for name in base.keys() & dev.keys()} == {
        name: base[name] for name in base.keys() & dev.keys()
    }


def test_what_is_installed_is_what_is_pinned() -> None:
    pins = read_pins("requirements.txt")
    del pins["colorama"]  # Windows only
    assert {name: version(name) for name in pins} == pins


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_no_address_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--|(^|\s)/\w", text)


def test_platforms_are_marked() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for name, marker in MARKERS.items():
        assert re.search(rf"^{name}==\S+ ; {re.escape(marker)}", text, re.MULTILINE)
    assert mark_platform("uvloop==1.0   # via streamlit") == 'uvloop==1.0 ; sys_platform != "win32"  # via streamlit'
    assert mark_platform("click==8.0   # via uvicorn") == "click==8.0  # via uvicorn"
