"""The bot never works on a schema older than the one it was built for."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import asyncpg

from bot.errors import StorageUnavailable
from bot.storage.database import Database

#: The newest file in db/migrations that this release needs.
REQUIRED_VERSION = 18

POLL_INTERVAL = timedelta(seconds=0.5)

log = logging.getLogger(__name__)


async def schema_version(database: Database) -> int:
    """The newest migration that is applied to its end, 0 before the first. Raises StorageUnavailable."""
    async with database.connection() as connection:
        try:
            version: int | None = await connection.fetchval(
                """
                SELECT max(version)
                FROM public.schema_migrations
                WHERE applied_at IS NOT NULL
                """
            )
        except asyncpg.UndefinedTableError:
            return 0
    return version or 0


async def wait_for_schema(database: Database) -> None:
    """Returns once the migrator has brought the schema to REQUIRED_VERSION or beyond."""
    said = False
    while True:
        try:
            version = await schema_version(database)
        except StorageUnavailable as error:
            reason = str(error)
        else:
            if version >= REQUIRED_VERSION:
                log.info("schema fits", extra={"version": version, "required": REQUIRED_VERSION})
                return
            reason = f"the schema is at {version} and {REQUIRED_VERSION} is needed: run the migrator"
        if not said:
            log.warning("waiting for the schema", extra={"reason": reason})
            said = True
        await asyncio.sleep(POLL_INTERVAL.total_seconds())
