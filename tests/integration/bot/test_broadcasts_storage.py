"""The table broadcasts through BroadcastStore and OutboxStore."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.broadcasts import Broadcast, BroadcastId, BroadcastState
from bot.domain.calls import Blocked, Due, Failed, Outcome, Outgoing, SendAgain, Sent
from bot.domain.users import UserId
from bot.storage.broadcasts import CHANNEL, BroadcastStore
from bot.storage.database import Database
from tests.integration.bot.sending import Outbox, eventually, text
from tests.integration.conftest import TestDatabase

ADMIN, OTHER = UserId(9001), UserId(9002)


@pytest.fixture
def outbox(storage: Database) -> Outbox:
    return Outbox(storage)


@pytest.fixture
def store(outbox: Outbox) -> BroadcastStore:
    return BroadcastStore(outbox.database, outbox.store)


async def add_users(outbox: Outbox, *user_ids: int) -> None:
    await outbox.execute(
        "INSERT INTO users (id, first_name) SELECT id, 'Ada' FROM unnest($1::bigint[]) AS id", user_ids
    )


async def begin(store: BroadcastStore, outbox: Outbox, broadcast_id: BroadcastId, admin: UserId = ADMIN) -> bool:
    async with outbox.database.transaction() as connection:
        return await store.begin(connection, broadcast_id, admin, 7)


async def begun(store: BroadcastStore, outbox: Outbox, message_id: int = 5) -> BroadcastId:
    broadcast_id = await store.compose(ADMIN, ADMIN, message_id)
    assert await begin(store, outbox, broadcast_id)
    return broadcast_id


async def feed(store: BroadcastStore, broadcast_id: BroadcastId, most: int) -> int:
    return await store.feed(
        broadcast_id,
        most,
        lambda user_id: text(user_id, "x", key=f"{broadcast_id}:{user_id}", bulk=True, broadcast_id=broadcast_id),
    )


def result(broadcast: Broadcast) -> Outgoing:
    return text(broadcast.source_chat_id, f"{broadcast.state}: {broadcast.settled}")


async def settle(outbox: Outbox, outcome: Outcome, *chats: int) -> None:
    for message in await outbox.store.due(100):
        if message.chat_id in chats:
            await outbox.store.settle(message, outcome)


async def shown(store: BroadcastStore, broadcast_id: BroadcastId) -> Broadcast:
    broadcast = await store.get(broadcast_id)
    assert broadcast is not None
    return broadcast


async def test_a_draft_has_its_message_alone(store: BroadcastStore, outbox: Outbox) -> None:
    first = await store.compose(ADMIN, ADMIN, 5)
    assert await store.compose(ADMIN, ADMIN, 5) == first
    others = await store.compose(OTHER, OTHER, 5)
    second = await store.compose(ADMIN, ADMIN, 6)
    assert len({first, second, others}) == 3
    assert await store.get(first) is None
    assert not await begin(store, outbox, first)
    await store.discard(ADMIN)
    assert await store.get(second) is None
    assert (await shown(store, others)).state is BroadcastState.DRAFT


async def test_it_begins_once_and_by_whoever_composed_it(
    store: BroadcastStore, outbox: Outbox, database: TestDatabase
) -> None:
    listener = await database.connect("bot")
    told: list[str] = []
    await listener.add_listener(CHANNEL, lambda *said: told.append(str(said[2])))
    await add_users(outbox, 1, 2, 3)
    await outbox.execute("UPDATE users SET blocked_at = now() WHERE id = 2")
    broadcast_id = await store.compose(ADMIN, ADMIN, 5)
    assert await store.count_recipients() == 2
    assert not await begin(store, outbox, broadcast_id, OTHER)
    results = await asyncio.gather(*(begin(store, outbox, broadcast_id) for _ in range(5)))
    assert sorted(results) == [False] * 4 + [True]
    [broadcast] = await store.under_way()
    assert (broadcast.state, broadcast.recipients, broadcast.progress_message_id) == ("sending", 2, 7)
    await store.discard(ADMIN)
    assert await store.under_way() == [broadcast]

    async def is_told() -> bool:
        return told == [CHANNEL]

    await eventually(is_told, "the listener is told")
    await listener.close()


async def test_it_is_fed_to_those_there_were_bit_by_bit(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, *range(10, 0, -1), 2**40)
    await outbox.execute("UPDATE users SET blocked_at = now() WHERE id = 3")
    broadcast_id = await begun(store, outbox)
    await add_users(outbox, 11, 12)
    assert await feed(store, broadcast_id, 4) == 4
    await outbox.execute("UPDATE users SET blocked_at = now() WHERE id IN (1, 8)")
    assert [await feed(store, broadcast_id, 4) for _ in range(3)] == [4, 1, 0]
    assert [row["chat_id"] for row in await outbox.rows()] == [1, 2, 4, 5, 6, 7, 9, 10, 2**40]
    assert {row["broadcast_id"] for row in await outbox.rows()} == {broadcast_id}
    assert (await shown(store, broadcast_id)).queued == 9


async def test_who_feeds_at_the_same_time_feeds_nobody_twice(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, *range(1, 51))
    broadcast_id = await begun(store, outbox)
    await asyncio.gather(*(feed(store, broadcast_id, 7) for _ in range(12)))
    assert [row["chat_id"] for row in await outbox.rows()] == [*range(1, 51)]
    assert (await shown(store, broadcast_id)).queued == 50


async def test_a_draft_and_one_that_is_stopped_are_not_fed(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, 1)
    draft = await store.compose(ADMIN, ADMIN, 5)
    assert await feed(store, draft, 1) == 0
    await store.stop(draft)
    assert (await shown(store, draft)).state is BroadcastState.DRAFT
    assert not await store.finish(draft, result)
    assert await begin(store, outbox, draft)
    for _ in range(2):
        await store.stop(draft)
        assert (await shown(store, draft)).state is BroadcastState.STOPPING
    assert await feed(store, draft, 1) == 0
    assert await outbox.rows() == []


async def test_what_becomes_of_each_message_is_counted_once(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, *range(1, 61))
    broadcast_id, other = await begun(store, outbox), await begun(store, outbox, 6)
    await feed(store, broadcast_id, 100)
    await outbox.add(text(1, "of no broadcast"))
    messages = [message for message in await outbox.store.due(100) if message.bulk]

    def outcome(message: Due) -> Outcome:
        return Blocked("by them") if message.chat_id > 50 else Failed("no") if message.chat_id > 40 else Sent()

    await asyncio.gather(*(outbox.store.settle(message, outcome(message)) for message in messages * 3))
    broadcast = await shown(store, broadcast_id)
    assert (broadcast.queued, broadcast.sent, broadcast.blocked, broadcast.failed) == (60, 40, 10, 10)
    assert (await shown(store, other)).settled == 0
    for message in await outbox.store.due(100):
        await outbox.store.settle(message, Sent())
    assert (await shown(store, broadcast_id)).settled == 60


async def test_an_attempt_that_is_not_the_last_counts_nothing(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, 1)
    broadcast_id = await begun(store, outbox)
    await feed(store, broadcast_id, 1)
    await settle(outbox, SendAgain(timedelta(0), "reset"), 1)
    assert ((await shown(store, broadcast_id)).settled, await store.count_pending(broadcast_id)) == (0, 1)
    await settle(outbox, Sent(), 1)
    assert await store.count_pending(broadcast_id) == 0
    assert (await shown(store, broadcast_id)).sent == 1


async def test_it_ends_when_everybody_has_been_tried(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, 1, 2, 3)
    broadcast_id = await begun(store, outbox)
    await feed(store, broadcast_id, 2)
    await settle(outbox, Sent(), 1, 2)
    assert not await store.finish(broadcast_id, result)
    await feed(store, broadcast_id, 2)
    assert not await store.finish(broadcast_id, result)
    await settle(outbox, Failed("no"), 3)
    assert sorted(await asyncio.gather(*(store.finish(broadcast_id, result) for _ in range(4)))) == [False] * 3 + [True]
    assert (await shown(store, broadcast_id)).state is BroadcastState.DONE
    assert await store.under_way() == []
    [told] = [message.call.parameters for message in await outbox.store.due(10)]
    assert told == {"chat_id": ADMIN, "text": "done: 3"}


async def test_stopped_it_ends_when_what_was_on_its_way_has_been_tried(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, 1, 2, 3)
    broadcast_id = await begun(store, outbox)
    await feed(store, broadcast_id, 2)
    await store.stop(broadcast_id)
    await settle(outbox, Sent(), 1)
    assert not await store.finish(broadcast_id, result)
    await settle(outbox, Sent(), 2)
    assert await store.finish(broadcast_id, result)
    assert (await shown(store, broadcast_id)).state is BroadcastState.CANCELLED
    await store.stop(broadcast_id)
    assert (await shown(store, broadcast_id)).state is BroadcastState.CANCELLED


async def test_messages_that_somebody_has_deleted_are_not_waited_for(store: BroadcastStore, outbox: Outbox) -> None:
    await add_users(outbox, 1, 2)
    broadcast_id = await begun(store, outbox)
    await feed(store, broadcast_id, 2)
    await settle(outbox, Sent(), 1)
    await outbox.execute("DELETE FROM outbox WHERE chat_id = 2")
    assert await store.finish(broadcast_id, result)
    assert (await shown(store, broadcast_id)).sent == 1


async def test_feeding_sending_and_ending_at_the_same_time_agree(store: BroadcastStore, outbox: Outbox) -> None:
    """However they meet, it does not end before everybody has been tried, and all are counted."""
    for number in range(5):
        await add_users(outbox, *range(number * 10 + 1, number * 10 + 11))
        broadcast_id = await begun(store, outbox, number)
        expected = 10 * (number + 1)

        async def fed(broadcast_id: BroadcastId = broadcast_id) -> None:
            while await feed(store, broadcast_id, 3):
                pass

        async def sent(broadcast_id: BroadcastId = broadcast_id) -> None:
            while (await shown(store, broadcast_id)).is_under_way:
                await asyncio.gather(
                    *(outbox.store.settle(one, Sent()) for one in await outbox.store.due(100) if one.bulk)
                )

        async def ended(broadcast_id: BroadcastId = broadcast_id) -> None:
            while not await store.finish(broadcast_id, result):
                pass

        async with asyncio.timeout(60):
            await asyncio.gather(fed(), sent(), ended())
        broadcast = await shown(store, broadcast_id)
        assert (broadcast.queued, broadcast.sent) == (expected, expected)


async def test_the_end_sees_what_was_fed_while_it_waited(store: BroadcastStore, outbox: Outbox) -> None:
    """To a user who has just come back, when there was nobody left."""
    await add_users(outbox, 1)
    await outbox.execute("UPDATE users SET blocked_at = now()")
    broadcast_id = await begun(store, outbox)
    async with outbox.database.transaction() as connection:
        await connection.execute("SELECT FROM broadcasts WHERE id = $1 FOR NO KEY UPDATE", broadcast_id)
        ending = asyncio.create_task(store.finish(broadcast_id, result))

        async def waits() -> bool:
            return bool(await outbox.value("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"))

        await eventually(waits, "the end waits")
        await connection.execute("UPDATE users SET blocked_at = NULL")
        await outbox.store.enqueue(connection, [text(1, "x", bulk=True, broadcast_id=broadcast_id)])
        await connection.execute("UPDATE broadcasts SET last_user_id = 1, queued = 1 WHERE id = $1", broadcast_id)
    assert not await ending
    await settle(outbox, Sent(), 1)
    assert await store.finish(broadcast_id, result)
