"""The SQL of the bot, as it stands in its source."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
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


Function = ast.FunctionDef | ast.AsyncFunctionDef


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
        _File(file, folder).read(source)
    return source


class _File:
    def __init__(self, file: Path, folder: Path) -> None:
        self._name = str(file.relative_to(folder))
        self._module = ".".join(file.relative_to(folder).with_suffix("").parts)
        self._tree = ast.parse(file.read_text())
        self._parents = {child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)}

    def read(self, source: Source) -> None:
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call) and _takes_sql(node)]
        for call in calls:
            self._read_call(call, source)
        given = {node for call in calls for node in ast.walk(call)}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Constant) and node not in given and LOOKS_LIKE_SQL.match(str(node.value)):
                source.stray.append(f"{self._name}:{node.lineno}")

    def _read_call(self, call: ast.Call, source: Source) -> None:
        place = f"{self._name}:{call.lineno}"
        counted = not call.keywords and not any(isinstance(given, ast.Starred) for given in call.args)
        try:
            texts = self._texts(call.args[0])
        except LookupError:
            source.unclear.append(place)
        else:
            source.statements += [Statement(place, text, len(call.args) - 1 if counted else None) for text in texts]

    def _texts(self, node: ast.expr) -> list[str]:
        """All that it may come to. Raises LookupError unless that stands in this file or is a constant."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return ["".join(chosen) for chosen in itertools.product(*map(self._texts, parts))]
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self._texts(value)
            case ast.IfExp(body=one, orelse=other):
                return [*self._texts(one), *self._texts(other)]
            case ast.Name(id=name) if name.isupper():
                return [str(vars(importlib.import_module(self._module))[name])]
            case ast.Name(id=name):
                return [text for value in self._values(name, self._function(node)) for text in self._texts(value)]
        raise LookupError(ast.unparse(node))

    def _values(self, name: str, function: Function) -> list[ast.expr]:
        """Of a variable of the function, or of what it is given, where nobody outside of the file calls it."""
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        assigned = [values for node in ast.walk(function) if (values := _assigned(name, node))]
        if len(assigned) != sum(_is_changed(name, node) for node in ast.walk(function)) or (assigned and name in names):
            raise LookupError(name)
        if assigned:
            return [value for values in assigned for value in values]
        if name not in names or not function.name.startswith("_"):
            raise LookupError(name)
        return [call.args[names.index(name)] for call in self._calls_of(function)]

    def _calls_of(self, function: Function) -> list[ast.Call]:
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        return [call for call in calls if ast.unparse(call.func) in (function.name, f"self.{function.name}")]

    def _function(self, node: ast.AST) -> Function:
        while not isinstance(node, Function):
            node = self._parents[node]
        return node


def _takes_sql(call: ast.Call) -> bool:
    # Without anything given it is somebody else's method of that name.
    return isinstance(call.func, ast.Attribute) and call.func.attr in CALLS and bool(call.args or call.keywords)


def _is_changed(name: str, node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def _assigned(name: str, node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=[ast.Name(id=assigned)], value=value) if assigned == name:
            return [value]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
            return [
                chosen.elts[place]
                for place, target in enumerate(targets)
                if isinstance(target, ast.Name) and target.id == name
                for chosen in ((value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,))
                if isinstance(chosen, ast.Tuple)
            ]
    return []
