"""The table schema_migrations, under the name that the configuration gives it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
from asyncpg import Connection, Record

from migrator.config import Table
from migrator.discovery import Migration
from migrator.errors import HistoryError, MigrationFailed
from migrator.history import Recorded
from migrator.lock import LOCK_KEY

_FIRST_COLUMNS = frozenset(("version", "name", "checksum", "applied_at", "duration"))
_LATER_COLUMNS = frozenset(("statements", "finished_part", "running"))


class Ledger:
    def __init__(self, connection: Connection[Record], table: Table) -> None:
        self._connection = connection
        self._table = table

    @asynccontextmanager
    async def explaining(self, advice: str = "Run as the role that owns it, the migrator's.") -> AsyncIterator[None]:
        """Raises MigrationFailed where the role may not do what is done with the table."""
        try:
            yield
        except (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError) as error:
            raise MigrationFailed(f"The database refuses {self._table}: {error}. {advice}") from None

    async def create(self) -> None:
        """Call it under the lock: IF NOT EXISTS alone is not safe against a second one."""
        if await self._columns():
            return
        schema = self._table.schema
        if not await self._connection.fetchval("SELECT to_regnamespace(quote_ident($1))", schema):
            async with self.explaining("The migrator's role needs CREATE on the database, or make the schema by hand."):
                await self._connection.execute(f'CREATE SCHEMA "{schema}"')
        async with self.explaining(f"The migrator's role needs CREATE on the schema {schema}."):
            await self._connection.execute(self._sql(_CREATE))

    async def extend(self) -> None:
        """Adds what an earlier release did not have; does nothing where there is no table. Raises HistoryError."""
        columns = await self._columns()
        if columns and not columns >= _LATER_COLUMNS:
            self._check(columns, _FIRST_COLUMNS)
            async with self.explaining():
                await self._connection.execute(self._sql(_EXTEND))

    async def read(self) -> list[Recorded]:
        """By number; none where there is no table yet. Raises HistoryError where it is somebody else's."""
        columns = await self._columns()
        if not columns:
            return []
        self._check(columns, _FIRST_COLUMNS | _LATER_COLUMNS)
        async with self.explaining():
            rows = await self._connection.fetch(self._sql(_READ))
        return [Recorded(**row) for row in rows]

    def claim(self, migration: Migration) -> str:
        """Enters the file, as its transaction begins; no row without the lock.

        The lock is taken for the transaction too, should the file release that of the session. Text, to be sent along
        with other statements: a name and a checksum hold nothing that would have to be quoted.
        """
        fields = {"version": migration.version, "name": migration.name, "checksum": migration.checksum}
        return self._sql(_CLAIM).format(**fields, lock=LOCK_KEY)

    def complete(self, version: int, statements: int) -> str:
        """Marks the file as applied; no row where this is not the transaction of the claim any more."""
        return self._sql(_COMPLETE).format(version=version, statements=statements)

    async def withdraw(self, version: int) -> bool:
        """Deletes a claim that was committed though the file was not complete; False where there is none."""
        return await self._connection.execute(self._sql(_WITHDRAW), version) == "DELETE 1"

    async def adopt(self, migration: Migration) -> None:
        """As applied, though nothing of it was run."""
        arguments = (migration.version, migration.name, migration.checksum)
        await self._connection.execute(self._sql(_ADOPT), *arguments)

    async def begin(self, migration: Migration, finished_part: str) -> None:
        """A no-transaction file, with no statement done yet."""
        arguments = (migration.version, migration.name, migration.checksum, finished_part)
        await self._connection.execute(self._sql(_BEGIN), *arguments)

    async def start_statement(self, version: int, running: str) -> None:
        """Should the run be cut off now, the next one cannot know whether the statement was done."""
        await self._connection.execute(self._sql(_RUNNING), version, running)

    async def fail_statement(self, version: int) -> None:
        """It was certainly not done."""
        await self._connection.execute(self._sql(_RUNNING), version, None)

    async def finish_statement(self, version: int, statements: int, duration: timedelta, finished_part: str) -> None:
        await self._connection.execute(self._sql(_FINISH_STATEMENT), version, statements, duration, finished_part)

    async def finish(self, migration: Migration) -> None:
        """A no-transaction file, all statements done."""
        arguments = (migration.version, migration.name, migration.checksum)
        await self._connection.execute(self._sql(_FINISH), *arguments)

    async def accept(self, migration: Migration) -> None:
        """The file as it is now counts as what was applied."""
        arguments = (migration.version, migration.name, migration.checksum)
        await self._connection.execute(self._sql(_ACCEPT), *arguments)

    async def forget(self, version: int) -> None:
        await self._connection.execute(self._sql("DELETE FROM schema_migrations WHERE version = $1"), version)

    async def _columns(self) -> frozenset[str]:
        rows = await self._connection.fetch(_COLUMNS, self._table.schema, self._table.name)
        return frozenset(row["attname"] for row in rows)

    def _check(self, columns: frozenset[str], needed: frozenset[str]) -> None:
        if missing := sorted(needed - columns):
            raise HistoryError(
                [
                    f"{self._table}: lacks {', '.join(missing)}, so another tool made it, or an older migrator. "
                    "Set MIGRATIONS_TABLE to a name of its own for the first; run “up” once for the second."
                ]
            )

    def _sql(self, query: str) -> str:
        return query.replace("schema_migrations", f'"{self._table.schema}"."{self._table.name}"')


_COLUMNS = """
    SELECT attname
    FROM pg_catalog.pg_attribute
    JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = $1
      AND relname = $2
      AND attnum > 0
      AND NOT attisdropped
"""

_CREATE = """
    CREATE TABLE schema_migrations (
        version bigint PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz DEFAULT now(),
        duration interval NOT NULL,
        statements integer NOT NULL DEFAULT 0,
        finished_part text,
        running text
    );
    COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 of the file, without a byte order mark and with LF.';
    COMMENT ON COLUMN schema_migrations.applied_at IS 'NULL while a no-transaction file is half done.';
    COMMENT ON COLUMN schema_migrations.finished_part IS 'SHA-256 of the statements done, while half done.';
    COMMENT ON COLUMN schema_migrations.running IS 'SHA-256 of a statement that was begun, while its end is not known.'
"""

_EXTEND = """
    ALTER TABLE schema_migrations
        ALTER COLUMN applied_at DROP NOT NULL,
        ADD COLUMN IF NOT EXISTS statements integer NOT NULL DEFAULT 0,
        ADD COLUMN IF NOT EXISTS finished_part text,
        ADD COLUMN IF NOT EXISTS running text
"""

_READ = """
    SELECT version, name, checksum, applied_at, duration, statements, finished_part, running
    FROM schema_migrations
    ORDER BY version
"""

_CLAIM = """
    INSERT INTO schema_migrations (version, name, checksum, applied_at, duration)
    SELECT {version}, '{name}', '{checksum}', NULL, '0'
    WHERE pg_catalog.pg_try_advisory_lock({lock})
      AND pg_catalog.pg_try_advisory_xact_lock({lock})
"""

_COMPLETE = """
    UPDATE schema_migrations
    SET applied_at = pg_catalog.clock_timestamp(),
        duration = pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp(),
        statements = {statements}
    WHERE version = {version}
      AND xmin = pg_catalog.pg_current_xact_id()::xid
"""

_WITHDRAW = """
    DELETE FROM schema_migrations
    WHERE version = $1
      AND applied_at IS NULL
      AND finished_part IS NULL
"""

_ADOPT = """
    INSERT INTO schema_migrations (version, name, checksum, duration)
    VALUES ($1, $2, $3, '0')
"""

_BEGIN = """
    INSERT INTO schema_migrations (version, name, checksum, applied_at, duration, finished_part)
    VALUES ($1, $2, $3, NULL, '0', $4)
"""

_RUNNING = """
    UPDATE schema_migrations
    SET running = $2
    WHERE version = $1
"""

_FINISH_STATEMENT = """
    UPDATE schema_migrations
    SET statements = $2, duration = duration + $3, finished_part = $4, running = NULL
    WHERE version = $1
"""

_FINISH = """
    UPDATE schema_migrations
    SET name = $2, checksum = $3, applied_at = clock_timestamp(), finished_part = NULL
    WHERE version = $1
"""

_ACCEPT = """
    UPDATE schema_migrations
    SET name = $2, checksum = $3
    WHERE version = $1
"""
