"""Updates between Telegram and their handlers: those of a chat one after the other, in order of arrival."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from asyncpg import Record

from bot.domain.calls import Call, Outgoing
from bot.domain.conversations import ConversationChange, ConversationKey
from bot.domain.inbox import Arrival, Claimed, Retry
from bot.errors import ClaimLost
from bot.storage.conversations import ConversationStore
from bot.storage.database import AnyConnection, Database
from bot.storage.outbox import OutboxStore

CHANNEL = "orderly_inbox"

Changes = Sequence[tuple[ConversationKey, ConversationChange]]


# due_at is clock_timestamp(), not now(): set under the row's lock, it is later than the snapshot of any claim that has
# begun before, and such a claim passes over what its snapshot does not show.


class InboxStore:
    """Every method raises StorageUnavailable while the database is away, unless it is given a connection."""

    def __init__(self, database: Database, conversations: ConversationStore, outbox: OutboxStore) -> None:
        self._database = database
        self._conversations = conversations
        self._outbox = outbox

    async def next_offset(self, bot_id: int) -> int | None:
        """What getUpdates is to be asked for; None before the first batch."""
        async with self._database.connection() as connection:
            offset: int | None = await connection.fetchval(
                "SELECT next_offset FROM polling WHERE bot_id = $1",
                bot_id,
            )
        return offset

    async def receive(
        self,
        connection: AnyConnection,
        bot_id: int,
        arrivals: Sequence[Arrival],
        next_offset: int,
        replica: int | None = None,
        limit: int = 0,
    ) -> list[Claimed]:
        """Keeps the batch and the offset after it, together; what has come before is passed over.

        Of up to `limit` of the chats that had nothing waiting, the oldest update is claimed for `replica` at once.
        """
        rows = await connection.fetch(
            """
            WITH arrived AS (
                SELECT *
                FROM unnest($2::bigint[], $3::bigint[], $4::json[])
                    WITH ORDINALITY AS arrived (update_id, chat_id, payload, place)
            ), fresh AS (
                INSERT INTO received_updates (bot_id, update_id)
                SELECT $1, update_id
                FROM arrived
                ON CONFLICT DO NOTHING
                RETURNING update_id
            ), kept AS (
                INSERT INTO inbox (chat_id, update_id, payload)
                SELECT chat_id, update_id, payload
                FROM (SELECT DISTINCT ON (update_id) * FROM arrived ORDER BY update_id, place) AS arrived
                JOIN fresh USING (update_id)
                ORDER BY place
                RETURNING id, chat_id, update_id
            ), queues AS (
                SELECT chat_id, count(*) AS length, min(id) AS oldest, row_number() OVER (ORDER BY min(id)) AS place
                FROM kept
                GROUP BY chat_id
            ), claimer AS (
                SELECT id
                FROM replicas
                WHERE id = $7
                FOR KEY SHARE
            ), chats AS (
                INSERT INTO inbox_chats AS chats (chat_id, waiting, claimed_by)
                SELECT chat_id, length, CASE WHEN place <= $8 THEN (SELECT id FROM claimer) END
                FROM queues
                ORDER BY chat_id
                ON CONFLICT (chat_id) DO UPDATE
                SET waiting = chats.waiting + excluded.waiting,
                    due_at = CASE WHEN chats.waiting > 0 THEN chats.due_at ELSE clock_timestamp() END,
                    claimed_by = CASE WHEN chats.waiting > 0 THEN chats.claimed_by ELSE excluded.claimed_by END
                RETURNING chat_id, waiting, claimed_by
            ), polling AS (
                INSERT INTO polling (bot_id, next_offset)
                VALUES ($1, $5)
                ON CONFLICT (bot_id) DO UPDATE
                SET next_offset = excluded.next_offset
            )
            SELECT kept.chat_id, id, update_id, CASE WHEN claimed_by IS NULL THEN pg_notify($6, '')::text END AS told
            FROM chats
            JOIN queues USING (chat_id)
            JOIN kept ON kept.id = oldest
            WHERE claimed_by IS NULL
               OR claimed_by = $7 AND waiting = length
            """,
            bot_id,
            [arrival.update_id for arrival in arrivals],
            [arrival.chat_id for arrival in arrivals],
            [arrival.payload for arrival in arrivals],
            next_offset,
            CHANNEL,
            replica,
            limit,
        )
        payloads = {arrival.update_id: arrival.payload for arrival in reversed(arrivals)}
        return [
            Claimed(replica, row["id"], row["chat_id"], row["update_id"], payloads[row["update_id"]])
            for row in rows
            if replica is not None and row["told"] is None
        ]

    async def claim(self, replica: int, limit: int, busy_chats: Collection[int] | None = None) -> list[Claimed]:
        """The oldest update of up to `limit` chats that nobody works for; the longest waiting chats first.

        With `busy_chats`, which are those that the replica works for, it is given again what it has claimed and does
        not know of, since the answer was lost. It must not claim anything else meanwhile.
        """
        async with self._database.connection() as connection:
            # ANY (ARRAY(...)), as in `purge`: joined, a plan that is made for any limit reads the whole table.
            rows = await connection.fetch(
                """
                WITH claimer AS (
                    SELECT id
                    FROM replicas
                    WHERE id = $1
                    FOR KEY SHARE
                ), due AS (
                    SELECT chat_id
                    FROM inbox_chats
                    WHERE waiting > 0
                      AND (claimed_by IS NULL OR claimed_by = $1 AND chat_id <> ALL ($3::bigint[]))
                      AND due_at <= now()
                      AND EXISTS (SELECT FROM claimer)
                    ORDER BY due_at
                    LIMIT $2
                    FOR UPDATE SKIP LOCKED
                ), claimed AS (
                    UPDATE inbox_chats
                    SET claimed_by = $1
                    WHERE chat_id = ANY (ARRAY(SELECT chat_id FROM due))
                    RETURNING chat_id
                )
                SELECT claimed.chat_id, oldest.id, update_id, payload, attempts, answer
                FROM claimed
                CROSS JOIN LATERAL (
                    SELECT id, update_id, payload, attempts, answer
                    FROM inbox
                    WHERE inbox.chat_id = claimed.chat_id
                    ORDER BY inbox.id
                    LIMIT 1
                ) AS oldest
                """,
                replica,
                limit,
                None if busy_chats is None else list(busy_chats),
            )
        return [_claimed(replica, row) for row in rows]

    async def finish(self, finished: Sequence[Claimed]) -> bool:
        """Forgets what has been handled; passes over what is no longer claimed. True when more waits in these chats."""
        async with self._database.connection() as connection:
            return await self._finish(connection, finished)

    async def finish_with(self, claimed: Claimed, changes: Changes) -> bool:
        """As `finish`, with what the handler did to conversations, in one transaction."""
        async with self._database.transaction() as connection:
            await self._require(connection, claimed)
            await self._save(connection, changes)
            return await self._finish(connection, [claimed])

    async def retry(self, retries: Sequence[Retry]) -> None:
        """Lets go of the chats until their time has come; passes over what is no longer claimed."""
        async with self._database.connection() as connection:
            await connection.execute(
                """
                WITH retried AS (
                    SELECT *
                    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::interval[], $5::text[])
                        AS retried (replica, chat_id, id, after, error)
                ), held AS (
                    SELECT chats.chat_id, retried.id, retried.after, retried.error
                    FROM inbox_chats AS chats
                    JOIN retried ON retried.chat_id = chats.chat_id AND retried.replica = chats.claimed_by
                    JOIN inbox ON inbox.chat_id = retried.chat_id AND inbox.id = retried.id
                    ORDER BY chats.chat_id
                    FOR UPDATE OF chats
                ), counted AS (
                    UPDATE inbox
                    SET attempts = attempts + 1,
                        error = held.error
                    FROM held
                    WHERE inbox.chat_id = held.chat_id
                      AND inbox.id = held.id
                      AND held.error IS NOT NULL
                )
                UPDATE inbox_chats AS chats
                SET claimed_by = NULL,
                    due_at = clock_timestamp() + held.after
                FROM held
                WHERE chats.chat_id = held.chat_id
                """,
                [retry.claimed.replica for retry in retries],
                [retry.claimed.chat_id for retry in retries],
                [retry.claimed.id for retry in retries],
                [retry.after for retry in retries],
                [retry.error for retry in retries],
            )

    async def keep_answer(
        self, connection: AnyConnection, claimed: Claimed, answer: Call | None, changes: Changes
    ) -> None:
        """Commits, with the transaction it is part of, that the handler is done. Raises ClaimLost."""
        kept = await connection.fetchval(
            """
            UPDATE inbox
            SET answer = $4
            FROM inbox_chats AS chats
            WHERE inbox.chat_id = $2
              AND inbox.id = $3
              AND inbox.answer IS NULL
              AND chats.chat_id = inbox.chat_id
              AND chats.claimed_by = $1
            RETURNING true
            """,
            claimed.replica,
            claimed.chat_id,
            claimed.id,
            _json(answer),
        )
        if not kept:
            raise ClaimLost
        await self._save(connection, changes)

    async def fail(self, claimed: Claimed, error: str, notices: Sequence[Outgoing]) -> bool:
        """Keeps the update as failed, lets the chat go on, and tells whom it concerns. True when more waits."""
        async with self._database.transaction() as connection:
            await self._require(connection, claimed)
            await connection.execute(
                """
                INSERT INTO failed_updates (id, chat_id, update_id, received_at, payload, attempts, error, answer)
                SELECT id, chat_id, update_id, received_at, payload, attempts + 1, $3, answer
                FROM inbox
                WHERE chat_id = $1
                  AND id = $2
                """,
                claimed.chat_id,
                claimed.id,
                error,
            )
            await self._outbox.enqueue(connection, notices)
            return await self._finish(connection, [claimed])

    async def purge(self, older_than: timedelta, limit: int) -> int:
        """Forgets up to `limit` of the updates that have come, and chats that are idle, for so long; how many."""
        async with self._database.connection() as connection:
            updates = await connection.fetchval(
                """
                WITH gone AS (
                    DELETE FROM received_updates
                    WHERE ctid = ANY (ARRAY(
                        SELECT ctid
                        FROM received_updates
                        WHERE received_at < now() - $1::interval
                        ORDER BY received_at
                        LIMIT $2
                    ))
                    RETURNING 1
                )
                SELECT count(*)
                FROM gone
                """,
                older_than,
                limit,
            )
            chats = await connection.fetchval(
                """
                WITH gone AS (
                    DELETE FROM inbox_chats
                    WHERE chat_id = ANY (ARRAY(
                        SELECT chat_id
                        FROM inbox_chats
                        WHERE waiting = 0
                          AND due_at < now() - $1::interval
                        ORDER BY due_at
                        LIMIT $2
                        FOR UPDATE SKIP LOCKED
                    ))
                    RETURNING 1
                )
                SELECT count(*)
                FROM gone
                """,
                older_than,
                limit,
            )
        return int(updates) + int(chats)

    async def _require(self, connection: AnyConnection, claimed: Claimed) -> None:
        """Raises ClaimLost, also when the update has been finished."""
        held = await connection.fetchval(
            """
            SELECT true
            FROM inbox_chats AS chats
            JOIN inbox USING (chat_id)
            WHERE chats.chat_id = $1
              AND chats.claimed_by = $2
              AND inbox.id = $3
            FOR UPDATE
            """,
            claimed.chat_id,
            claimed.replica,
            claimed.id,
        )
        if not held:
            raise ClaimLost

    async def _finish(self, connection: AnyConnection, finished: Sequence[Claimed]) -> bool:
        more: bool = await connection.fetchval(
            """
            WITH finished AS (
                SELECT *
                FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS finished (replica, chat_id, id)
            ), held AS (
                SELECT chats.chat_id, finished.id
                FROM inbox_chats AS chats
                JOIN finished ON finished.chat_id = chats.chat_id AND finished.replica = chats.claimed_by
                ORDER BY chats.chat_id
                FOR UPDATE OF chats
            ), gone AS (
                DELETE FROM inbox
                USING held
                WHERE inbox.chat_id = held.chat_id
                  AND inbox.id = held.id
                RETURNING inbox.chat_id
            ), chats AS (
                UPDATE inbox_chats AS chats
                SET waiting = chats.waiting - 1,
                    claimed_by = NULL,
                    due_at = clock_timestamp()
                FROM gone
                WHERE chats.chat_id = gone.chat_id
                RETURNING chats.waiting > 0 AS more
            )
            SELECT coalesce(bool_or(more), false)
            FROM chats
            """,
            [claimed.replica for claimed in finished],
            [claimed.chat_id for claimed in finished],
            [claimed.id for claimed in finished],
        )
        return more

    async def _save(self, connection: AnyConnection, changes: Changes) -> None:
        for key, change in changes:
            await self._conversations.save_in(connection, key, change)


async def release(connection: AnyConnection, replicas: Sequence[int]) -> None:
    """Returns what these have claimed."""
    await connection.execute(
        """
        UPDATE inbox_chats AS chats
        SET claimed_by = NULL
        FROM (
            SELECT chat_id
            FROM inbox_chats
            WHERE waiting > 0
              AND claimed_by = ANY ($1::bigint[])
            ORDER BY chat_id
            FOR UPDATE
        ) AS released
        WHERE chats.chat_id = released.chat_id
        """,
        replicas,
    )
    await connection.execute(f"NOTIFY {CHANNEL}")


def _claimed(replica: int, row: Record) -> Claimed:
    answer: dict[str, Any] | None = json.loads(row["answer"]) if row["answer"] else None
    return Claimed(
        replica=replica,
        id=row["id"],
        chat_id=row["chat_id"],
        update_id=row["update_id"],
        payload=row["payload"],
        attempts=row["attempts"],
        handled=row["answer"] is not None,
        answer=Call(**answer) if answer else None,
    )


def _json(answer: Call | None) -> str:
    """JSON's null says that the handler is done and there is nothing to answer."""
    return json.dumps({"method": answer.method, "parameters": answer.parameters} if answer else None)
