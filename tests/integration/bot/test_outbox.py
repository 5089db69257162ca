"""The table outbox through OutboxStore."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.calls import Blocked, Call, Due, Failed, Outcome, Outgoing, SendAgain, Sent
from bot.domain.users import Identity, UserId
from bot.storage.database import Database
from bot.storage.outbox import CHANNEL, OutboxStore
from bot.storage.users import UserStore
from tests.integration.bot.sending import Outbox, eventually, text
from tests.integration.conftest import TestDatabase

MINUTE = timedelta(minutes=1)
NOW = timedelta(0)


@pytest.fixture
def outbox(storage: Database) -> Outbox:
    return Outbox(storage)


@pytest.fixture
def store(outbox: Outbox) -> OutboxStore:
    return outbox.store


async def due(store: OutboxStore, *busy_chats: int) -> list[str]:
    return [message.call.parameters["text"] for message in await store.due(100, busy_chats)]


async def the_first(store: OutboxStore) -> Due:
    return (await store.due(1))[0]


async def test_a_message_comes_back_as_it_was_written(store: OutboxStore, outbox: Outbox) -> None:
    hostile = {"chat_id": -(2**62), "text": "\x00 \ud83d é \U0001f600", "entities": [{"type": "b"}], "big": 2**80}
    at = await outbox.now() - timedelta(hours=1)
    await outbox.add(Outgoing(-(2**62), Call("sendMessage", hostile), "key", at, bulk=True))
    found = await the_first(store)
    assert (found.chat_id, found.call, found.attempts) == (-(2**62), Call("sendMessage", hostile), 0)
    assert (found.bulk, found.due_at) == (True, at)


async def test_messages_are_due_in_the_order_in_which_they_were_written(store: OutboxStore, outbox: Outbox) -> None:
    words = [str(number) for number in range(50)]
    await outbox.add(*(text(1, word) for word in words[:25]))
    await outbox.add(*(text(1, word) for word in words[25:]))
    assert await due(store) == words


async def test_bulk_comes_after_all_else_and_both_by_time(store: OutboxStore, outbox: Outbox) -> None:
    now = await outbox.now()
    await outbox.add(
        text(1, "old bulk", due_at=now - 3 * MINUTE, bulk=True),
        text(2, "new", due_at=now - MINUTE),
        text(3, "older bulk", due_at=now - 4 * MINUTE, bulk=True),
        text(4, "old", due_at=now - 2 * MINUTE),
        text(5, "later", due_at=now + MINUTE),
    )
    assert await due(store) == ["old", "new", "older bulk", "old bulk"]
    assert [message.chat_id for message in await store.due(3)] == [4, 2, 3]
    assert await due(store, 2, 3) == ["old", "old bulk"]


async def test_nothing_is_written_when_the_transaction_fails(store: OutboxStore, outbox: Outbox) -> None:
    async def fail() -> None:
        async with outbox.database.transaction() as connection:
            await store.enqueue(connection, [text(1, "never")])
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        await fail()
    assert await outbox.rows() == []


async def test_a_key_is_written_once(store: OutboxStore, outbox: Outbox) -> None:
    await outbox.add(text(1, "first", key="a"), text(1, "again", key="a"), text(1, "other"), text(1, "another"))
    await outbox.add(text(2, "again", key="a"), text(2, "new", key="b"))
    assert await due(store) == ["first", "other", "another", "new"]
    await store.settle(await the_first(store), Sent())
    await outbox.add(text(1, "after it was sent", key="a"))
    assert await due(store) == ["other", "another", "new"]


async def test_who_writes_the_same_key_at_the_same_time_writes_it_once(store: OutboxStore, outbox: Outbox) -> None:
    await asyncio.gather(*(outbox.add(text(1, "x", key="a"), text(1, "y", key="b")) for _ in range(20)))
    assert await due(store) == ["x", "y"]


async def test_nothing_to_write_writes_nothing(outbox: Outbox) -> None:
    await outbox.add()
    assert await outbox.rows() == []


async def test_the_commit_tells_who_listens(store: OutboxStore, outbox: Outbox, database: TestDatabase) -> None:
    listener = await database.connect("bot")
    told: list[str] = []
    await listener.add_listener(CHANNEL, lambda *said: told.append(str(said[2])))
    async with outbox.database.transaction() as connection:
        await store.enqueue(connection, [text(1, "x")])
        await listener.execute("SELECT 1")
        assert told == []

    async def is_told() -> bool:
        return told == [CHANNEL]

    await eventually(is_told, "the listener is told")
    await listener.close()


@pytest.mark.parametrize(
    ("outcome", "state", "error"),
    [
        (Sent(), "sent", None),
        (Failed("no\x00 \ud800"), "failed", "no\ufffd \ufffd"),
        (Blocked("by them"), "blocked", "by them"),
    ],
)
async def test_what_is_settled_stays_so(
    store: OutboxStore, outbox: Outbox, outcome: Outcome, state: str, error: str | None
) -> None:
    await outbox.add(text(1, "x"))
    message = await the_first(store)
    for other in (outcome, Sent(), Failed("?"), Blocked("?"), SendAgain(NOW, "?")):
        await store.settle(message, other)
    [row] = await outbox.rows()
    assert (row["state"], row["error"], row["attempts"]) == (state, error, 1)
    assert row["settled_at"] is not None
    assert await due(store) == []


async def test_who_blocked_the_bot_is_marked_and_since_when(store: OutboxStore, outbox: Outbox) -> None:
    for user_id in (1, 2):
        await UserStore(outbox.database).register(Identity(UserId(user_id), None, "Ada"))
    await outbox.add(text(1, "x"), text(1, "y"), text(-5, "to a group that is not in users"))
    marked: list[object] = []
    for message in await store.due(3):
        await store.settle(message, Blocked("blocked"))
        marked.append(await outbox.value("SELECT blocked_at FROM users WHERE id = 1"))
    assert marked[0] is not None
    assert marked == [marked[0]] * 3
    assert await outbox.value("SELECT blocked_at FROM users WHERE id = 2") is None


async def test_an_attempt_is_counted_once_however_often_it_is_recorded(store: OutboxStore, outbox: Outbox) -> None:
    await outbox.add(text(1, "x"))
    message = await the_first(store)
    for _ in range(3):
        await store.settle(message, SendAgain(NOW, "reset\x00"))
    [row] = await outbox.rows()
    assert (row["attempts"], row["error"], row["state"]) == (1, "reset\ufffd", "pending")
    await store.settle(await the_first(store), SendAgain(MINUTE, "reset"))
    assert await due(store) == []
    assert (await outbox.rows())[0]["attempts"] == 2


async def test_a_message_that_waits_for_another_attempt_holds_back_the_later_ones_of_its_chat_alone(
    store: OutboxStore, outbox: Outbox
) -> None:
    await outbox.add(text(1, "earlier", bulk=True), text(1, "tried"), text(1, "later"), text(2, "another chat"))
    [tried] = [message for message in await store.due(10) if message.call.parameters["text"] == "tried"]
    await store.settle(tried, SendAgain(MINUTE, "reset"))
    assert await due(store) == ["another chat", "earlier"]
    await outbox.execute("UPDATE outbox SET due_at = now() WHERE attempts > 0")
    assert await due(store) == ["another chat", "tried", "earlier"]
    await store.settle(next(one for one in await store.due(10) if one.attempts), Sent())
    assert await due(store) == ["later", "another chat", "earlier"]


async def test_a_chat_that_has_moved_is_written_to_at_its_new_place(store: OutboxStore, outbox: Outbox) -> None:
    await outbox.add(text(-5, "x"))
    await store.settle(await the_first(store), SendAgain(NOW, "upgraded", moved_to=-100))
    moved = await the_first(store)
    assert (moved.chat_id, moved.call.parameters) == (-100, {"chat_id": -100, "text": "x"})


async def test_the_next_due_time_is_that_of_what_is_not_due_yet(store: OutboxStore, outbox: Outbox) -> None:
    assert await store.next_due() is None
    now = await outbox.now()
    await outbox.add(text(1, "x"), text(1, "sent", due_at=now + MINUTE), text(1, "y", due_at=now + 60 * MINUTE))
    await outbox.execute("UPDATE outbox SET state = 'sent' WHERE due_at > now() AND due_at < now() + interval '2 min'")
    wait = await store.next_due()
    assert wait is not None
    assert 59 * MINUTE < wait <= 60 * MINUTE
    await outbox.add(text(1, "z", due_at=now + 30 * MINUTE, bulk=True))
    wait = await store.next_due()
    assert wait is not None
    assert 29 * MINUTE < wait <= 30 * MINUTE


async def test_what_failed_is_kept_and_the_rest_is_purged_with_its_keys(store: OutboxStore, outbox: Outbox) -> None:
    await outbox.add(*(text(1, "sent", key=f"sent {number}") for number in range(5)), text(1, "new"))
    await outbox.add(text(1, "blocked"), text(1, "failed", key="f"), text(1, "pending"))
    for message in await store.due(8):
        outcomes: dict[str, Outcome] = {"blocked": Blocked("b"), "failed": Failed("no")}
        await store.settle(message, outcomes.get(message.call.parameters["text"], Sent()))
    await outbox.execute("UPDATE outbox SET settled_at = now() - interval '1 hour' WHERE parameters->>'text' <> 'new'")
    assert [await store.purge(MINUTE, limit=4) for _ in range(3)] == [4, 2, 0]
    assert await outbox.states() == ["sent", "failed", "pending"]
    [failed] = await store.failed()
    assert (failed.chat_id, failed.key, failed.error, failed.attempts) == (1, "f", "no", 1)
    assert failed.call.parameters["text"] == "failed"
    await outbox.add(text(1, "again", key="sent 1"))
    assert await due(store) == ["pending", "again"]


async def test_the_latest_failure_is_told_first(store: OutboxStore, outbox: Outbox) -> None:
    await outbox.add(*(text(number, "x") for number in (1, 2, 3)))
    for message in await store.due(3):
        await store.settle(message, Failed("no"))
    assert [failed.chat_id for failed in await store.failed(2)] == [3, 2]


async def test_what_was_sent_to_groups_lately_is_known(store: OutboxStore, outbox: Outbox) -> None:
    await outbox.add(*(text(chat, "x") for chat in (-1, -2, 3, -4, -5, -1)))
    for message in await store.due(10):
        if message.chat_id != -4:
            await store.settle(message, Failed("no") if message.chat_id == -5 else Sent())
    await outbox.execute("UPDATE outbox SET settled_at = now() - interval '2 min' WHERE chat_id = -2")
    await outbox.execute("UPDATE outbox SET settled_at = now() - interval '30 s' WHERE id = 1")
    recent = await store.recent_in_groups(MINUTE)
    assert [chat_id for chat_id, _ in recent] == [-1, -1]
    assert timedelta(seconds=30) <= recent[0][1] < MINUTE
    assert recent[1][1] < timedelta(seconds=30)
