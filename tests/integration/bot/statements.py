"""The SQL of the bot, as it stands in its source."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.postgres import ROOT

SOURCE = ROOT / "services/bot/src"

#: The methods of asyncpg that take SQL, or the name of a table, first.
CALLS = (
    *("cursor", "execute", "executemany", "fetch", "fetchmany", "fetchrow", "fetchval", "prepare"),
    *("copy_from_query", "copy_from_table", "copy_records_to_table", "copy_to_table"),
)
LOOKS_LIKE_SQL = re.compile(r"\s*(SELECT\s|INSERT INTO\s|UPDATE\s|DELETE FROM\s|MERGE INTO\s|WITH\s+\w+\s+AS\s)")


@dataclass(frozen=True)
class Statement:
    #: File and line of the call.
    place: str
    text: str
    #: How many the call gives; None where that cannot be told from the source.
    arguments: int | None

    @property
    def kind(self) -> str:
        """Its first word."""
        return self.text.split(maxsplit=1)[0]


@dataclass
class Source:
    statements: list[Statement] = field(default_factory=list)
    #: Calls whose SQL does not stand there.
    unclear: list[str] = field(default_factory=list)
    #: Texts that look like SQL and are not given to any of CALLS.
    stray: list[str] = field(default_factory=list)


def read_source(folder: Path = SOURCE) -> Source:
    source = Source()
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text())
        module = ".".join(file.relative_to(folder).with_suffix("").parts)
        given = {id(node) for call in _calls(tree) for node in ast.walk(call)}
        for call in _calls(tree):
            _read(call, module, f"{file.relative_to(folder)}:{call.lineno}", source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in given and LOOKS_LIKE_SQL.match(str(node.value)):
                source.stray.append(f"{file.relative_to(folder)}:{node.lineno}")
    return source


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            # Without anything given it is somebody else's method of that name.
            case ast.Call(func=ast.Attribute(attr=name)) if name in CALLS and (node.args or node.keywords):
                yield node


def _read(call: ast.Call, module: str, place: str, source: Source) -> None:
    counted = not call.keywords and not any(isinstance(given, ast.Starred) for given in call.args)
    try:
        texts = _texts(call.args[0], module)
    except (IndexError, LookupError):
        source.unclear.append(place)
    else:
        source.statements += [Statement(place, text, len(call.args) - 1 if counted else None) for text in texts]


def _texts(node: ast.expr, module: str) -> list[str]:
    """All that it may come to. Raises LookupError unless that is made of literals and constants of the module."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(chosen) for chosen in itertools.product(*(_texts(part, module) for part in parts))]
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return _texts(value, module)
        case ast.IfExp(body=one, orelse=other):
            return [*_texts(one, module), *_texts(other, module)]
        case ast.Name(id=name) if name.isupper():
            return [str(vars(importlib.import_module(module))[name])]
    raise LookupError(ast.unparse(node))
