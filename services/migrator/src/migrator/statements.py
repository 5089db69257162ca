"""What kind of statement it is, and so how it may run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from pglast import ast, enums

from migrator.directives import Directives
from migrator.grammar import node

COPY_ADVICE = "write INSERT instead, as pg_dump does with --inserts"

_FIRST_WORD = re.compile(r"[a-z]*", re.IGNORECASE)
#: Only these need a closer look, which is slow; CREATE and its like only where such a word is in it.
_LOOK = frozenset(
    ("abort", "begin", "call", "cluster", "commit", "copy", "discard", "do", "end", "prepare", "reindex", "release")
) | frozenset(("reset", "rollback", "savepoint", "set", "start", "vacuum"))
_LOOK_TWICE = frozenset(("alter", "create", "drop"))
_TELLING = re.compile("concurrently|database|subscription|system|tablespace", re.IGNORECASE)
#: The last of them changes nothing of what is sent; old dumps say it.
_AS_IT_IS = ("utf8", "utf-8", "unicode", "sql_ascii")


class Kind(Enum):
    #: Runs in a transaction.
    ORDINARY = auto()
    #: PostgreSQL refuses it in a transaction.
    OUTSIDE = auto()
    #: The same, and it waits for others without making anybody wait.
    CONCURRENT = auto()
    #: May commit on its own where there is no transaction around it.
    PROCEDURE = auto()
    #: Sets something for the rest of the session.
    SETTING = auto()


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    #: Where it starts in the file, in characters.
    offset: int
    kind: Kind


class Unusable(ValueError):
    """It cannot stand in a migration; the message says why and what to do."""


def read(sql: str, offset: int, directives: Directives) -> Statement:
    """Raises Unusable."""
    if not _is_special(sql) and directives.transaction:
        return Statement(sql, offset, Kind.ORDINARY)
    statement = node(sql)
    if problem := _problem(statement, directives):
        raise Unusable(problem)
    kind = _kind(statement)
    if directives.transaction and kind in (Kind.OUTSIDE, Kind.CONCURRENT):
        raise Unusable(
            "PostgreSQL runs this outside of a transaction only: "
            "put -- migrate: no-transaction above the first statement"
        )
    return Statement(sql, offset, kind)


def _is_special(sql: str) -> bool:
    match = _FIRST_WORD.match(sql)
    word = match[0].lower() if match else ""
    return word in _LOOK or (word in _LOOK_TWICE and _TELLING.search(sql) is not None)


def _problem(statement: ast.Node, directives: Directives) -> str | None:
    match statement:
        case (
            ast.TransactionStmt()
            | ast.VariableSetStmt(
                name="TRANSACTION" | "transaction_isolation" | "transaction_read_only" | "transaction_deferrable"
            )
        ):
            how = "migration is one transaction already"
            if not directives.transaction:
                how = "file without a transaction runs statement by statement"
            return f"a {how}: remove its own BEGIN, COMMIT, ROLLBACK and the like"
        case ast.VariableSetStmt(is_local=True) if not directives.transaction:
            return "without a transaction this ends with itself: write SET without LOCAL; it ends with the file"
        case ast.CopyStmt(filename=None, is_from=True):
            return f"the migrator has no data to copy: {COPY_ADVICE}"
        case ast.CopyStmt(filename=None):
            return "nobody would read what this copies out: remove it"
        case ast.DiscardStmt(target=enums.DiscardMode.DISCARD_ALL):
            return "this would release the migrator's lock: remove it; the session is reset after each file"
        case ast.VariableSetStmt(name="standard_conforming_strings", args=(ast.A_Const(val=ast.String(sval=value)),)):
            return None if value == "on" else "files are read with standard_conforming_strings on: write E'…' instead"
        case ast.VariableSetStmt(name="client_encoding", args=(ast.A_Const(val=ast.String(sval=value)),)):
            return None if str(value).lower() in _AS_IT_IS else "files are in UTF-8: remove it, and save it as such"
        case ast.IndexStmt(concurrent=True, idxname=None):
            return "give the index a name, so that a build that was cut off can be told from a finished one"
    return None


def _kind(statement: ast.Node) -> Kind:
    match statement:
        case ast.VariableSetStmt():
            return Kind.SETTING
        case ast.SelectStmt(targetList=(_, *_) as targets) if all(map(_sets, targets)):
            return Kind.SETTING
        case ast.CallStmt() | ast.DoStmt():
            return Kind.PROCEDURE
    if _is_concurrent(statement):
        return Kind.CONCURRENT
    return Kind.OUTSIDE if _runs_outside_only(statement) else Kind.ORDINARY


def _sets(target: ast.ResTarget) -> bool:
    match target.val:
        case ast.FuncCall(funcname=(*_, ast.String(sval="set_config"))):
            return True
    return False


def _is_concurrent(statement: ast.Node) -> bool:
    match statement:
        case ast.IndexStmt(concurrent=True) | ast.DropStmt(concurrent=True):
            return True
        case ast.AlterTableStmt(cmds=(ast.AlterTableCmd(def_=ast.PartitionCmd(concurrent=True)),)):
            return True
        case ast.ReindexStmt(params=params):
            return _is_on(params, "concurrently")
    return False


def _runs_outside_only(statement: ast.Node) -> bool:
    match statement:
        case ast.VacuumStmt(is_vacuumcmd=True) | ast.ClusterStmt(relation=None) | ast.AlterSystemStmt():
            return True
        case ast.CreatedbStmt() | ast.DropdbStmt() | ast.CreateTableSpaceStmt() | ast.DropTableSpaceStmt():
            return True
        case ast.ReindexStmt(kind=kind):
            return kind not in (
                enums.ReindexObjectType.REINDEX_OBJECT_INDEX,
                enums.ReindexObjectType.REINDEX_OBJECT_TABLE,
            )
        case ast.AlterDatabaseStmt(options=options):
            return any(option.defname == "tablespace" for option in options or ())
        case ast.CreateSubscriptionStmt(options=options):
            return _is_on(options, "connect", True) and _is_on(options, "create_slot", True)
    return False


def _is_on(options: tuple[ast.DefElem, ...] | None, name: str, default: bool = False) -> bool:
    """What an option in parentheses says, as PostgreSQL reads a boolean."""
    for option in options or ():
        if option.defname == name:
            return _value(option.arg) not in ("false", "off", "0")
    return default


def _value(argument: ast.Node | None) -> str:
    match argument:
        case ast.String(sval=text):
            return str(text).lower()
        case ast.Integer(ival=number):
            return str(number)
        case ast.Boolean(boolval=value):
            return str(value).lower()
    return "true"
