from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.conversations import Conversation, ConversationChange, ConversationKey
from bot.storage.batching import Batched
from bot.storage.database import AnyConnection, Database


class ConversationStore:
    """Keeps no conversation without state and data. `load` and `save` raise StorageUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._load = Batched(self._load_many)

    async def load(self, key: ConversationKey) -> Conversation:
        """The default for a conversation that is not kept."""
        return await self._load(key)

    async def save(self, key: ConversationKey, change: ConversationChange) -> None:
        if change.is_empty:
            return
        async with self._database.connection() as connection:
            await self.save_in(connection, key, change)

    async def save_in(self, connection: AnyConnection, key: ConversationKey, change: ConversationChange) -> None:
        """One statement: changes that are made at the same time all survive. For several, go in the keys' order."""
        if change.is_empty:
            return
        if change.only_removes:
            await self._remove(connection, key, change)
        else:
            await self._put(connection, key, change)

    async def _put(self, connection: AnyConnection, key: ConversationKey, change: ConversationChange) -> None:
        await connection.execute(
            """
            INSERT INTO conversations AS kept
                (bot_id, chat_id, user_id, thread_id, business_connection_id, destiny, state, data)
            VALUES ($1, $2, $3, $4, $5, $6, $8, $10)
            ON CONFLICT (bot_id, chat_id, user_id, thread_id, business_connection_id, destiny) DO UPDATE
            SET state = CASE WHEN $7::boolean THEN excluded.state ELSE kept.state END,
                data = CASE WHEN $9::boolean THEN excluded.data ELSE kept.data || excluded.data END,
                updated_at = now()
            """,
            *_columns(key),
            change.sets_state,
            change.state if change.sets_state else None,
            change.replaced is not None,
            {**(change.replaced or {}), **change.merged},
        )

    async def _remove(self, connection: AnyConnection, key: ConversationKey, change: ConversationChange) -> None:
        # A MERGE that had to wait for somebody else's change decides anew on the row as that has left it.
        await connection.execute(
            """
            MERGE INTO conversations AS kept
            USING (SELECT $7::boolean AS state, $8::boolean AS data) AS removed
            ON kept.bot_id = $1
                AND kept.chat_id = $2
                AND kept.user_id = $3
                AND kept.thread_id = $4
                AND kept.business_connection_id = $5
                AND kept.destiny = $6
            WHEN MATCHED AND (removed.state OR kept.state IS NULL) AND (removed.data OR kept.data = '{}') THEN
                DELETE
            WHEN MATCHED THEN
                UPDATE
                SET state = CASE WHEN removed.state THEN NULL ELSE kept.state END,
                    data = CASE WHEN removed.data THEN '{}' ELSE kept.data END,
                    updated_at = now()
            """,
            *_columns(key),
            change.sets_state,
            change.replaced is not None,
        )

    async def _load_many(self, keys: Sequence[ConversationKey]) -> list[Conversation]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT asked.number, kept.state, kept.data
                FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
                    WITH ORDINALITY
                    AS asked (bot_id, chat_id, user_id, thread_id, business_connection_id, destiny, number)
                JOIN conversations AS kept
                    USING (bot_id, chat_id, user_id, thread_id, business_connection_id, destiny)
                """,
                *zip(*(_columns(key) for key in keys), strict=True),
            )
        kept = {row["number"]: Conversation(row["state"], row["data"]) for row in rows}
        return [kept.get(number) or Conversation() for number in range(1, len(keys) + 1)]


def _columns(key: ConversationKey) -> tuple[Any, ...]:
    return (key.bot_id, key.chat_id, key.user_id, key.thread_id, key.business_connection_id, key.destiny)
