"""The shop can be taken out: what docs/your-own-bot.md says to delete is used by what it says to mend, and no more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "services/bot/src/bot"
SECTION = (ROOT / "docs/your-own-bot.md").read_text().partition("## A bot that is no shop")[2]


def deleted() -> set[Path]:
    [listed] = re.findall(r"^```\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    lines = (line.split() for line in listed.splitlines())
    return {SOURCE / folder / f"{name}.py" for folder, *names in lines for name in names}


def mended() -> set[Path]:
    rows = re.findall(r"^\| (`.*?) \|", SECTION, re.MULTILINE)
    return {SOURCE / path for row in rows for path in re.findall(r"`([\w/]+\.py)`", row)}


def imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            for module in (node.module, *(f"{node.module}.{name.name}" for name in node.names)):
                yield (SOURCE.parent / module.replace(".", "/")).with_suffix(".py")


def test_everything_that_is_to_be_deleted_exists() -> None:
    assert [path for path in deleted() | mended() if not path.exists()] == []


def test_what_uses_the_shop_is_named() -> None:
    rest = set(SOURCE.rglob("*.py")) - deleted()
    assert {file for file in rest if deleted() & set(imported(file))} == mended()
