"""The feature that docs/your-own-bot.md shows is put into a copy of the repository, and its own test is run there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.postgres import ROOT

DOCUMENT = (ROOT / "docs/your-own-bot.md").read_text()
COPIED = ("db", "emulator", "scripts", "services", "tests", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", ".hypothesis")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def files() -> list[tuple[str, str]]:
    """Every path that stands before a block, with the block."""
    return re.findall(
        r"^`([\w./]+)`(?:(?!\n\n).)*\n\n```(?:python|sql)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL
    )


def edit(root: Path, changes: str) -> None:
    for path, lines in re.findall(r"^--- (\S+)\n(.*?)(?=^---|\Z)", changes, re.MULTILINE | re.DOTALL):
        file = root / path
        file.write_text(edited(file.read_text(), lines))


def edited(text: str, changes: str) -> str:
    """An added import goes to the top, another line behind the one before it, or where that was if it is removed."""
    top = "from __future__ import annotations\n"
    before = ""
    for line in changes.splitlines(keepends=True):
        kind, content = line[0], line[1:]
        if kind == "+" and content.startswith("from "):
            text = text.replace(top, top + content, 1)
        elif kind == "+":
            text = text.replace(before, before + content, 1)
        else:
            assert text.count(content) == 1, content
            before = content
            if kind == "-":
                before = "# removed\n"
                text = text.replace(content, before)
    return text


def test_the_feature_of_the_documentation_works(copy: Path) -> None:
    for path, content in files():
        (copy / path).write_text(content)
    [changes] = re.findall(r"^```diff\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    edit(copy, changes)
    ruff = [sys.executable, "-m", "ruff", "check", "--quiet", "--extend-ignore", "I001", "."]
    subprocess.run(ruff, cwd=copy, check=True)
    pytest_ = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/integration/bot/shop/test_notes.py",
    ]
    done = subprocess.run(pytest_, cwd=copy, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
