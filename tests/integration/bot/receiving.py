"""The inbox, as its receiver and its workers use it, and looked at from outside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.inbox import Arrival, Claimed
from bot.storage.conversations import ConversationStore
from bot.storage.database import Database
from bot.storage.failed_updates import FailedUpdateStore
from bot.storage.inbox import InboxStore, release
from bot.storage.outbox import OutboxStore
from tests.integration.bot.sending import eventually

BOT_ID = 1_000_000_001
NOW = timedelta(0)


def arrival(update_id: int, chat_id: int, **content: Any) -> Arrival:
    return Arrival(update_id, chat_id, json.dumps({"update_id": update_id, **content}))


def update_ids(claims: Sequence[Claimed]) -> list[int]:
    return [claimed.update_id for claimed in claims]


@dataclass
class Inbox:
    database: Database

    @property
    def store(self) -> InboxStore:
        return InboxStore(self.database, self.conversations, OutboxStore(self.database))

    @property
    def conversations(self) -> ConversationStore:
        return ConversationStore(self.database)

    @property
    def failed(self) -> FailedUpdateStore:
        return FailedUpdateStore(self.database)

    async def join(self) -> int:
        """The id of a new replica."""
        replica: int = await self.value("INSERT INTO replicas DEFAULT VALUES RETURNING id")
        return replica

    async def bury(self, replica: int) -> None:
        """As the others do when it is gone."""
        async with self.database.transaction() as connection:
            await connection.execute("DELETE FROM replicas WHERE id = $1", replica)
            await release(connection, [replica])

    async def receive(self, *arrivals: Arrival, replica: int | None = None, limit: int = 0) -> list[Claimed]:
        """What has been claimed for `replica`."""
        async with self.database.transaction() as connection:
            next_offset = arrivals[-1].update_id + 1
            return await self.store.receive(connection, BOT_ID, arrivals, next_offset, replica, limit)

    async def execute(self, query: str, *arguments: object) -> None:
        async with self.database.connection() as connection:
            await connection.execute(query, *arguments)

    async def value(self, query: str, *arguments: object) -> Any:
        async with self.database.connection() as connection:
            return await connection.fetchval(query, *arguments)

    async def until_somebody_waits_for_a_lock(self, number: int = 1) -> None:
        query = "SELECT count(*) >= $1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        await eventually(lambda: self.value(query, number), f"{number} wait for a lock")
