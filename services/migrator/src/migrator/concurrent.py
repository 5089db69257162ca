"""What a CONCURRENTLY that was cut off leaves behind, and how the next run goes on."""

from __future__ import annotations

import logging

from asyncpg import Connection, PostgresError, Record
from pglast import ast, enums, parser

from migrator.errors import MigrationFailed
from migrator.statements import Statement, node

_CREATED_ALREADY = ("42P07", "42P04", "42710")
_DROPPED_ALREADY = ("42704", "3D000")
_NOT_A_PARTITION = "42P01"
_DETACH_PENDING = "55000"

log = logging.getLogger(__name__)


async def clear_up(connection: Connection[Record], statement: Statement) -> None:
    """Drops the INVALID indexes that an earlier try of this statement has left: no query uses one, every write pays.

    Raises MigrationFailed where another session is building one just now.
    """
    match node(statement.sql):
        case ast.IndexStmt(relation=relation, idxname=name):
            leftovers = await connection.fetch(f"{_INVALID} AND relname = $2", _quoted(relation), name)
        case ast.ReindexStmt(kind=enums.ReindexObjectType.REINDEX_OBJECT_TABLE, relation=relation):
            leftovers = await connection.fetch(f"{_INVALID} AND relname ~ $2", _quoted(relation), _BY_REINDEX)
        case ast.ReindexStmt(kind=enums.ReindexObjectType.REINDEX_OBJECT_INDEX, relation=relation):
            leftovers = await connection.fetch(f"{_INVALID_BESIDE} AND relname ~ $2", _quoted(relation), _BY_REINDEX)
        case _:
            return
    for index, builder in leftovers:
        if builder:
            raise MigrationFailed(f"{index}: process {builder} is building this index. Let it finish, then run again.")
        await connection.execute(f"DROP INDEX CONCURRENTLY {index}")
        log.warning("dropped an INVALID index that was left behind", extra={"index": index})


def had_finished(statement: Statement, error: PostgresError) -> bool:
    """Whether a statement that was cut off, and now fails like this, had been done all the same."""
    match node(statement.sql):
        case ast.IndexStmt() | ast.CreatedbStmt() | ast.CreateTableSpaceStmt() | ast.CreateSubscriptionStmt():
            return error.sqlstate in _CREATED_ALREADY
        case ast.DropStmt() | ast.DropdbStmt() | ast.DropTableSpaceStmt():
            return error.sqlstate in _DROPPED_ALREADY
        case ast.AlterTableStmt():
            return error.sqlstate == _NOT_A_PARTITION
    return False


def finalize(statement: Statement, error: PostgresError) -> str | None:
    """The statement that ends a DETACH PARTITION CONCURRENTLY of which the first half was done."""
    if error.sqlstate != _DETACH_PENDING or not isinstance(node(statement.sql), ast.AlterTableStmt):
        return None
    word = next(token for token in parser.scan(statement.sql) if token.name == "CONCURRENTLY")
    return f"{statement.sql[: word.start]}FINALIZE{statement.sql[word.end + 1 :]}"


def _quoted(relation: ast.RangeVar) -> str:
    parts = [part for part in (relation.schemaname, relation.relname) if part]
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


_BY_REINDEX = "_cc(new|old)[0-9]*$"

_INVALID = """
    SELECT format('%I.%I', nspname, relname), pid
    FROM pg_catalog.pg_index
    JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    LEFT JOIN pg_catalog.pg_stat_progress_create_index ON index_relid = indexrelid
    WHERE NOT indisvalid
      AND relkind = 'i'
      AND indrelid = to_regclass($1)
"""

_INVALID_BESIDE = _INVALID.replace(
    "to_regclass($1)",
    "(SELECT beside.indrelid FROM pg_catalog.pg_index AS beside WHERE beside.indexrelid = to_regclass($1))",
)
