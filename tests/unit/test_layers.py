"""Layers that import-linter cannot see: pages, app.py, and what a query file may hold."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support import PAGES, ROOT

PAGE_FILES: Final = tuple(ROOT / "pages" / f"{name}.py" for name in PAGES)
#: A page is guard, question, drawing: it asks repo through the cache and hands the answer to a view and to drawing.
PAGE_IMPORTS: Final = frozenset({"streamlit", "towns.ui", "towns.views", "towns.repo", "towns.i18n", "towns.model"})
LONGEST_PAGE: Final = 80


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "towns":
            found |= {f"towns.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def page_id(path: Path) -> str:
    return path.stem


def is_allowed(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names or any(
        module == allowed or module.startswith(f"{allowed}.") for allowed in PAGE_IMPORTS
    )


@pytest.mark.parametrize("path", PAGE_FILES, ids=page_id)
def test_page_is_thin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_PAGE
    assert {module for module in imports(path) if not is_allowed(module)} == set()
    assert not re.search(r"#[0-9A-Fa-f]{6}\b", text), "colours belong in towns/theme.py"
    assert not re.search(r"\bselect\b.+\bfrom\b", text, re.IGNORECASE), "queries belong in queries/"


def test_no_pages_beside_the_entry_script() -> None:
    assert not (ROOT / "towns" / "ui" / "pages").exists(), "each page would be reachable without the shell"


def test_entry_is_three_statements() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    assert imports(ROOT / "app.py") == {"streamlit", "towns.ui.server"}
    assert len([node for node in tree.body if not isinstance(node, ast.Expr)]) == 3


@pytest.mark.parametrize("module", ["towns.progress", "towns.sentences", "towns.views", "towns.repo"])
def test_headless_modules_import_without_streamlit(module: str) -> None:
    code = f"import sys, importlib, pkgutil; root = importlib.import_module({module!r})\n"
    code += "for m in pkgutil.walk_packages(root.__path__, root.__name__ + '.'): importlib.import_module(m.name)\n"
    code += "sys.exit('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or "streamlit was imported"


def test_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("towns/progress/extra_probe.py", "import towns.fmt", "Judgement knows model"),
        ("towns/figures/extra_probe.py", "import towns.repo", "Sentences, figures, maps"),
        ("towns/views/extra_probe.py", "import duckdb", "Only store imports duckdb"),
        ("towns/sentences/extra_probe.py", "import streamlit", "Only ui imports streamlit"),
        ("towns/views/extra_probe.py", "import towns.ui.server", "One direction"),
    ],
)
def test_contracts_can_break(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "towns", tmp_path / "towns", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / module).write_text(f"{line}\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert re.search(rf"{re.escape(contract)}.* BROKEN", done.stdout)
