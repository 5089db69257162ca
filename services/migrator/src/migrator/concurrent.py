"""What a CONCURRENTLY that was cut off leaves behind, and how the next run goes on."""

from __future__ import annotations

import logging

from asyncpg import Connection, Record
from pglast import ast, enums

from migrator.errors import MigrationFailed
from migrator.grammar import node, words
from migrator.statements import Statement

log = logging.getLogger(__name__)


async def is_done(connection: Connection[Record], statement: Statement) -> bool:
    """Whether the database is as the statement would make it; False where only running it can tell."""
    match node(statement.sql):
        case ast.IndexStmt(concurrent=True, relation=relation, idxname=name):
            return bool(await connection.fetchval(_INDEX_IS_VALID, _quoted(relation), name))
        case ast.DropStmt(concurrent=True, objects=objects):
            names = [_joined(*(part.sval for part in parts)) for parts in objects]
            return not await connection.fetchval(_ANY_EXISTS, names)
        case ast.AlterTableStmt(
            relation=parent, cmds=(ast.AlterTableCmd(def_=ast.PartitionCmd(name=partition, concurrent=True)),)
        ):
            exists = await connection.fetchval(_ANY_EXISTS, [_quoted(partition)])
            return exists and await _pending(connection, parent, partition) is None
    return False


async def what_is_left(connection: Connection[Record], statement: Statement) -> str:
    """The statement, or what ends a DETACH PARTITION CONCURRENTLY of which the first half was done."""
    match node(statement.sql):
        case ast.AlterTableStmt(
            relation=parent, cmds=(ast.AlterTableCmd(def_=ast.PartitionCmd(name=partition, concurrent=True)),)
        ) if await _pending(connection, parent, partition):
            word = next(token for token in words(statement.sql) if token.name == "CONCURRENTLY")
            return f"{statement.sql[: word.start]}FINALIZE{statement.sql[word.end + 1 :]}"
    return statement.sql


async def clear_up(connection: Connection[Record], statement: Statement) -> None:
    """Drops the INVALID indexes that an earlier try of this statement has left: no query uses one, every write pays.

    Raises MigrationFailed where another session is building one just now.
    """
    match node(statement.sql):
        case ast.IndexStmt(concurrent=True, relation=relation, idxname=name):
            leftovers = await connection.fetch(_INVALID, _quoted(relation), name, None)
        case ast.ReindexStmt(kind=enums.ReindexObjectType.REINDEX_OBJECT_TABLE, relation=relation):
            leftovers = await connection.fetch(_INVALID, _quoted(relation), None, _BY_REINDEX)
        case ast.ReindexStmt(kind=enums.ReindexObjectType.REINDEX_OBJECT_INDEX, relation=relation):
            table = await connection.fetchval(_TABLE_OF_INDEX, _quoted(relation))
            leftovers = await connection.fetch(_INVALID, table, None, _BY_REINDEX)
        case _:
            return
    for index, builder in leftovers:
        if builder:
            raise MigrationFailed(f"{index}: process {builder} is building this index. Let it finish, then run again.")
        await connection.execute(f"DROP INDEX CONCURRENTLY {index}")
        log.warning("dropped an INVALID index that was left behind", extra={"index": index})


async def _pending(connection: Connection[Record], parent: ast.RangeVar, partition: ast.RangeVar) -> bool | None:
    """Whether the partition is half detached; None where it is not attached at all."""
    pending: bool | None = await connection.fetchval(_DETACH_PENDING, _quoted(parent), _quoted(partition))
    return pending


def _quoted(relation: ast.RangeVar) -> str:
    return _joined(*filter(None, (relation.schemaname, relation.relname)))


def _joined(*parts: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


#: What REINDEX CONCURRENTLY names the indexes that it builds and replaces.
_BY_REINDEX = "_cc(new|old)[0-9]*$"

_ANY_EXISTS = "SELECT bool_or(to_regclass(name) IS NOT NULL) FROM unnest($1::text[]) AS name"

_INDEX_IS_VALID = """
    SELECT EXISTS (
        SELECT
        FROM pg_catalog.pg_index
        JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = to_regclass($1)
          AND relname = $2
          AND indisvalid
    )
"""

_DETACH_PENDING = """
    SELECT inhdetachpending
    FROM pg_catalog.pg_inherits
    WHERE inhparent = to_regclass($1)
      AND inhrelid = to_regclass($2)
"""

_TABLE_OF_INDEX = """
    SELECT format('%I.%I', nspname, relname)
    FROM pg_catalog.pg_index
    JOIN pg_catalog.pg_class ON pg_class.oid = indrelid
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    WHERE indexrelid = to_regclass($1)
"""

#: With the process that builds it: what that one builds can be seen by its own role alone, its locks by everybody.
_INVALID = """
    SELECT format('%I.%I', nspname, relname), (
        SELECT min(pid)
        FROM pg_catalog.pg_stat_progress_create_index
        JOIN pg_catalog.pg_locks USING (pid)
        WHERE pg_locks.relation = indrelid
          AND pg_locks.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND mode = 'ShareUpdateExclusiveLock'
          AND granted
    )
    FROM pg_catalog.pg_index
    JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT indisvalid
      AND relkind = 'i'
      AND indrelid = to_regclass($1)
      AND (relname = $2 OR relname ~ $3)
"""
