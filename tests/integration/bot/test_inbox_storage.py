"""The tables inbox and inbox_chats through InboxStore."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Config
from bot.domain.calls import Call
from bot.domain.conversations import Conversation, ConversationChange, ConversationKey
from bot.domain.inbox import LARGEST_ID, Claimed, Retry
from bot.errors import ClaimLost, StorageUnavailable
from bot.storage.database import Database, open_session
from bot.storage.inbox import CHANNEL, InboxStore
from bot.updates.polling import _arrival
from tests.integration.bot.receiving import BOT_ID, NOW, Inbox, arrival, update_ids

SECOND = timedelta(seconds=1)
ANSWER = Call("sendMessage", {"chat_id": 1, "text": "\x00 \ud83d é", "big": 2**80})

HOSTILE = [
    {"text": "nul \x00 byte"},
    {"text": "half of a \ud83d character", "\udc00": None},
    {"big": 2**64, "bigger": -(10**1000)},
    {"number": 1e308, "tiny": 5e-324, "minus": -0.0},
    {"text": "‮ \u2028 \x1b[2J \x9b 👩🏽‍🚀", "": {"": []}},
    {"deep": json.loads("[" * 200 + "]" * 200)},
    {"deeper": json.loads("[" * 900 + "]" * 900)},
    {"long": "é" * 2**20},
]

shared_database = settings(suppress_health_check=list(HealthCheck), max_examples=40, deadline=None)
contents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def inbox(storage: Database) -> Inbox:
    return Inbox(storage)


@pytest.fixture
def store(inbox: Inbox) -> InboxStore:
    return inbox.store


@pytest.fixture
async def replica(inbox: Inbox) -> int:
    return await inbox.join()


async def the_only_claim(store: InboxStore, replica: int) -> Claimed:
    [claimed] = await store.claim(replica, 10)
    return claimed


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_payload_comes_back_as_it_was_received(inbox: Inbox, replica: int, content: dict[str, Any]) -> None:
    raw = {"update_id": 1, **content}
    await inbox.receive(_arrival(raw))
    claimed = await the_only_claim(inbox.store, replica)
    assert claimed.payload == _arrival(raw).payload
    assert json.loads(claimed.payload) == raw


@shared_database
@given(content=contents)
async def test_whatever_telegram_sends_can_be_kept(inbox: Inbox, replica: int, content: Any) -> None:
    raw = {"update_id": 1, "message": content}
    await inbox.execute("DELETE FROM received_updates")
    await inbox.receive(_arrival(raw))
    claimed = await the_only_claim(inbox.store, replica)
    assert claimed.payload == _arrival(raw).payload
    orjson_or_json(claimed.payload)
    await inbox.store.finish([claimed])


def orjson_or_json(payload: str) -> Any:
    """As the worker reads it."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return json.loads(payload)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
async def test_a_number_that_json_has_not_becomes_something_it_has(inbox: Inbox, replica: int, number: float) -> None:
    await inbox.receive(_arrival({"update_id": 1, "x": number}), _arrival({"update_id": 2, "x": number, "y": "\ud800"}))
    first = await the_only_claim(inbox.store, replica)
    assert json.loads(first.payload) == {"update_id": 1, "x": None}
    await inbox.store.finish([first])
    assert isinstance(json.loads((await the_only_claim(inbox.store, replica)).payload), str)


async def test_the_first_of_the_same_update_in_a_batch_counts(inbox: Inbox, replica: int) -> None:
    await inbox.receive(arrival(5, 1, n=1), arrival(4, 1), arrival(5, 1, n=2), arrival(5, 2, n=3))
    first = await the_only_claim(inbox.store, replica)
    assert json.loads(first.payload) == {"update_id": 5, "n": 1}
    assert await inbox.store.finish([first])
    assert (await the_only_claim(inbox.store, replica)).update_id == 4


async def test_updates_of_two_bots_do_not_pass_for_repeats(inbox: Inbox, store: InboxStore) -> None:
    for bot_id in (1, 2):
        async with inbox.database.transaction() as connection:
            await store.receive(connection, bot_id, [arrival(7, 1)], 8)
    assert await inbox.value("SELECT waiting FROM inbox_chats") == 2


@pytest.mark.parametrize("chat_id", [-LARGEST_ID, -LARGEST_ID - 1, -1, 0, LARGEST_ID])
async def test_chat_ids_may_be_as_large_as_bigint(inbox: Inbox, replica: int, chat_id: int) -> None:
    await inbox.receive(arrival(LARGEST_ID - 1, chat_id), arrival(-5, chat_id))
    first = await the_only_claim(inbox.store, replica)
    assert (first.chat_id, first.update_id) == (chat_id, LARGEST_ID - 1)
    await inbox.store.retry([Retry(first, NOW, "once")])
    again = await the_only_claim(inbox.store, replica)
    assert again.attempts == 1
    assert await inbox.store.finish_with(again, ())
    assert await inbox.store.fail(await the_only_claim(inbox.store, replica), "hopeless", []) is False
    assert await inbox.failed.replay(None) == 1
    assert (await the_only_claim(inbox.store, replica)).update_id == -5


async def test_the_offset_is_kept_with_the_batch(inbox: Inbox, store: InboxStore, replica: int) -> None:
    assert await store.next_offset(BOT_ID) is None
    await inbox.receive(arrival(6, 1))
    assert await store.next_offset(BOT_ID) == 7
    assert await store.next_offset(2) is None
    assert update_ids(await store.claim(replica, 1)) == [6]


async def test_of_batch_and_offset_a_lost_connection_keeps_neither(inbox: Inbox, store: InboxStore) -> None:
    async def receive_on_a_connection_that_ends() -> None:
        async with inbox.database.transaction() as connection:
            await store.receive(connection, BOT_ID, [arrival(6, 1)], 7)
            await inbox.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())

    with pytest.raises(StorageUnavailable):
        await receive_on_a_connection_that_ends()
    assert await store.next_offset(BOT_ID) is None
    assert await inbox.value("SELECT count(*) FROM received_updates") == 0
    assert await inbox.value("SELECT count(*) FROM inbox") == 0


async def test_a_batch_whose_commit_was_not_confirmed_may_come_again(inbox: Inbox, replica: int) -> None:
    """It was committed all the same."""
    for _ in range(2):
        await inbox.receive(*(arrival(number, number % 3) for number in range(1, 10)))
    found = []
    while claims := await inbox.store.claim(replica, 10):
        found += update_ids(claims)
        await inbox.store.finish(claims)
    assert sorted(found) == list(range(1, 10))


async def test_no_more_is_claimed_than_asked_for(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(*(arrival(number, number) for number in range(1, 8)))
    assert update_ids(await store.claim(replica, 3)) == [1, 2, 3]
    assert update_ids(await store.claim(replica, 3, [1, 2, 3])) == [4, 5, 6]
    assert update_ids(await store.claim(replica, 3, range(1, 7))) == [7]
    assert await store.claim(replica, 0) == []


async def test_a_claim_whose_answer_was_lost_is_given_again_but_for_the_chats_that_are_busy(
    inbox: Inbox, store: InboxStore, replica: int
) -> None:
    await inbox.receive(*(arrival(number, number) for number in range(1, 4)))
    lost = await store.claim(replica, 2)
    assert update_ids(await store.claim(await inbox.join(), 10)) == [3]
    assert update_ids(await store.claim(replica, 10, [2])) == [1]
    assert await store.claim(replica, 10, [1, 2]) == []
    assert await store.claim(replica, 10) == []
    assert await store.claim(replica, 10, []) == lost


async def test_a_chat_with_a_thousand_updates_delays_no_other(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(*(arrival(number, 1) for number in range(1, 1001)))
    await inbox.receive(arrival(2000, 2))
    first = await store.claim(replica, 1)
    await store.finish(first)
    assert update_ids([*first, *await store.claim(replica, 1)]) == [1, 2000]


async def test_chats_that_always_have_more_take_turns(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(*(arrival(number, number % 3) for number in range(30)))
    chats = []
    for _ in range(9):
        claims = await store.claim(replica, 1)
        await store.finish(claims)
        chats += [claimed.chat_id for claimed in claims]
    assert chats == [*chats[:3]] * 3
    assert set(chats) == {0, 1, 2}


async def test_a_retry_keeps_the_chat_waiting_until_its_time(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1), arrival(2, 1))
    await store.retry([Retry(await the_only_claim(store, replica), timedelta(hours=1), "trouble")])
    await inbox.receive(arrival(3, 1))
    assert await store.claim(replica, 1) == []
    await inbox.execute("UPDATE inbox_chats SET due_at = due_at - interval '1 hour'")
    again = await the_only_claim(store, replica)
    assert (again.update_id, again.attempts) == (1, 1)
    assert await inbox.value("SELECT error FROM inbox WHERE update_id = 1") == "trouble"


async def test_an_error_that_is_not_the_updates_does_not_count(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1))
    await store.retry([Retry(await the_only_claim(store, replica), NOW, "trouble")])
    await store.retry([Retry(await the_only_claim(store, replica), NOW)])
    assert (await the_only_claim(store, replica)).attempts == 1
    assert await inbox.value("SELECT error FROM inbox") == "trouble"


async def test_a_late_retry_does_not_let_go_of_the_next_update(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1), arrival(2, 1))
    first = await the_only_claim(store, replica)
    await store.finish([first])
    second = await the_only_claim(store, replica)
    await store.retry([Retry(first, NOW, "late")])
    assert await inbox.value("SELECT claimed_by FROM inbox_chats") == replica
    await store.finish_with(second, ())


async def test_who_is_not_a_replica_claims_nothing(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1))
    await inbox.bury(replica)
    assert await store.claim(replica, 1) == []
    assert await inbox.receive(arrival(2, 2), replica=replica, limit=1) == []
    assert update_ids(await store.claim(await inbox.join(), 2)) == [1, 2]


async def test_what_is_received_is_claimed_where_nothing_waited(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1))
    batch = [arrival(2, 1), arrival(3, 3, n=1), arrival(3, 2, n=2), arrival(4, 3), arrival(5, 5), arrival(6, 6)]
    claims = await inbox.receive(*batch, replica=replica, limit=3)
    assert [(claimed.chat_id, json.loads(claimed.payload)) for claimed in claims] == [
        (3, {"update_id": 3, "n": 1}),
        (5, {"update_id": 5}),
    ]
    assert update_ids(await store.claim(replica, 10)) == [1, 6]
    assert await store.finish(claims)
    assert update_ids(await store.claim(replica, 10)) == [4]


async def test_what_is_received_is_told_unless_it_is_claimed(inbox: Inbox, config: Config, replica: int) -> None:
    told: list[object] = []
    listener = await open_session(config)
    await listener.add_listener(CHANNEL, lambda *_: told.append(_))
    await inbox.receive(arrival(1, 1), arrival(2, 2), replica=replica, limit=2)
    await listener.execute("SELECT 1")
    assert told == []
    await inbox.receive(arrival(3, 3), arrival(4, 4), arrival(5, 5), replica=replica, limit=1)
    await listener.execute("SELECT 1")
    assert len(told) == 1
    await listener.close()


async def test_what_is_done_under_a_lost_claim_has_no_effect(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1))
    lost = await the_only_claim(store, replica)
    await inbox.bury(replica)
    claimed = await the_only_claim(store, await inbox.join())
    key = ConversationKey(BOT_ID, 1, 1)
    changes = [(key, ConversationChange(sets_state=True, state="lost"))]
    with pytest.raises(ClaimLost):
        await store.finish_with(lost, changes)
    with pytest.raises(ClaimLost):
        await store.fail(lost, "lost", [])
    with pytest.raises(ClaimLost):
        async with inbox.database.transaction() as connection:
            await store.keep_answer(connection, lost, ANSWER, changes)
    assert await store.finish([lost]) is False
    await store.retry([Retry(lost, NOW, "lost")])
    assert await inbox.conversations.load(key) == Conversation()
    assert await inbox.value("SELECT claimed_by FROM inbox_chats") == claimed.replica
    await inbox.bury(claimed.replica)
    assert (await the_only_claim(store, await inbox.join())).attempts == 0


async def test_a_kept_answer_comes_with_the_update(inbox: Inbox, store: InboxStore, replica: int) -> None:
    await inbox.receive(arrival(1, 1), arrival(2, 2))
    for claimed, answer in zip(await store.claim(replica, 2), (ANSWER, None), strict=True):
        async with inbox.database.transaction() as connection:
            await store.keep_answer(connection, claimed, answer, ())
        assert (claimed.handled, claimed.answer) == (False, None)
    await inbox.bury(replica)
    again = await store.claim(await inbox.join(), 2)
    assert [(claimed.handled, claimed.answer) for claimed in again] == [(True, ANSWER), (True, None)]


async def test_of_two_transactions_for_one_update_one_commits(inbox: Inbox, store: InboxStore, replica: int) -> None:
    """The first process is taken for gone while its transaction is under way."""
    await inbox.receive(arrival(1, 1))
    lost = await the_only_claim(store, replica)
    async with inbox.database.transaction() as connection:
        await store.keep_answer(connection, lost, ANSWER, ())
        await inbox.bury(replica)
        claimed = await the_only_claim(store, await inbox.join())
        assert not claimed.handled
        second = asyncio.create_task(_keep(inbox, claimed))
        await inbox.until_somebody_waits_for_a_lock()
    with pytest.raises(ClaimLost):
        await second
    await store.retry([Retry(claimed, NOW)])
    assert (await the_only_claim(store, claimed.replica)).answer == ANSWER


async def test_a_claim_that_was_held_up_does_not_hand_out_what_was_done_meanwhile(
    inbox: Inbox, store: InboxStore, replica: int
) -> None:
    other = await inbox.join()
    await inbox.receive(arrival(1, 1))
    async with inbox.database.transaction() as connection:
        await connection.execute("SELECT FROM replicas WHERE id = $1 FOR UPDATE", replica)
        held_up = asyncio.create_task(store.claim(replica, 10))
        await inbox.until_somebody_waits_for_a_lock()
        await store.finish([await the_only_claim(store, other)])
        await inbox.receive(arrival(2, 1))
    assert update_ids([*await held_up, *await store.claim(replica, 10)]) == [2]


async def test_a_claim_that_passed_a_receiver_and_was_held_up_hands_out_nothing_twice(
    inbox: Inbox, store: InboxStore, replica: int
) -> None:
    """The chat has another update by then, whose row the claim does not see."""
    other = await inbox.join()
    await inbox.receive(arrival(1, 2))
    await inbox.receive(arrival(10, 1))
    async with inbox.database.transaction() as replica_lock:
        async with inbox.database.transaction() as chat_lock:
            await chat_lock.execute("SELECT FROM inbox_chats WHERE chat_id = 1 FOR UPDATE")
            receiving = asyncio.create_task(inbox.receive(arrival(11, 1), arrival(2, 2)))
            await inbox.until_somebody_waits_for_a_lock()
            await replica_lock.execute("SELECT FROM replicas WHERE id = $1 FOR UPDATE", replica)
            held_up = asyncio.create_task(store.claim(replica, 10))
            await inbox.until_somebody_waits_for_a_lock(2)
            finished = await store.claim(other, 10)
            assert update_ids(finished) == [1]
            await store.finish(finished)
        await receiving
    handled = []
    claims = await held_up
    for _ in range(5):
        handled += update_ids(claims)
        await store.finish(claims)
        claims = await store.claim(replica, 10)
    assert sorted(handled) == [2, 10, 11]
    assert await inbox.value("SELECT sum(waiting) FROM inbox_chats") == 0


async def test_many_at_once_handle_each_update_once_and_in_order(inbox: Inbox, store: InboxStore) -> None:
    chats, updates = 50, 2000
    received = asyncio.Event()
    handled: dict[int, list[int]] = defaultdict(list)
    busy: set[int] = set()

    async def receive() -> None:
        for begin in range(0, updates, 50):
            numbers = range(begin, begin + 50)
            # The chats in another order each time, and several updates of some.
            await inbox.receive(*(arrival(number, number * number % chats) for number in numbers))
        received.set()

    async def work() -> None:
        replica = await inbox.join()
        while True:
            no_more = received.is_set()
            claims = await store.claim(replica, 20)
            if not claims and no_more:
                return
            for claimed in claims:
                assert claimed.chat_id not in busy
                busy.add(claimed.chat_id)
                handled[claimed.chat_id].append(claimed.update_id)
            await asyncio.sleep(0)
            busy.difference_update(claimed.chat_id for claimed in claims)
            await store.finish(claims[::2])
            for claimed in claims[1::2]:
                await store.finish_with(claimed, ())

    async with asyncio.TaskGroup() as group:
        for job in (receive, work, work, work):
            group.create_task(job())
    assert await inbox.value("SELECT count(*) FROM inbox") == 0
    assert await inbox.value("SELECT sum(waiting) FROM inbox_chats") == 0
    assert sum(map(len, handled.values())) == updates
    for numbers in handled.values():
        assert numbers == sorted(set(numbers))


async def test_retries_releases_and_new_updates_at_once_end_in_no_deadlock(inbox: Inbox, store: InboxStore) -> None:
    finished: list[Claimed] = []
    stop = asyncio.Event()
    number = iter(range(10**6))

    async def receive() -> None:
        for _ in range(30):
            await inbox.receive(*(arrival(next(number), chat_id) for chat_id in reversed(range(20))))
        stop.set()

    async def work() -> None:
        replica = await inbox.join()
        while not stop.is_set():
            claims = await store.claim(replica, 10)
            await store.retry([Retry(claimed, NOW, "again") for claimed in reversed(claims[:5])])
            await store.finish(claims[:4:-1])
            finished.extend(claims[5:])

    async def die() -> None:
        while not stop.is_set():
            replica = await inbox.join()
            await store.claim(replica, 10)
            await inbox.bury(replica)

    async with asyncio.TaskGroup() as group:
        for job in (receive, work, work, die):
            group.create_task(job())
    waiting = await inbox.value("SELECT count(*) FROM inbox")
    assert waiting == await inbox.value("SELECT sum(waiting) FROM inbox_chats")
    assert waiting + len(finished) == 600


async def test_what_came_long_ago_is_forgotten_and_what_waits_is_not(
    inbox: Inbox, store: InboxStore, replica: int
) -> None:
    await inbox.receive(*(arrival(number, number) for number in range(1, 6)))
    await store.finish(await store.claim(replica, 3))
    await inbox.execute("UPDATE received_updates SET received_at = received_at - interval '1 day'")
    await inbox.execute("UPDATE inbox_chats SET due_at = due_at - interval '1 day'")
    assert await store.purge(timedelta(hours=25), 100) == 0
    assert await store.purge(timedelta(hours=23), 2) == 2 + 2
    assert await store.purge(timedelta(hours=23), 100) == 3 + 1
    assert update_ids(await store.claim(replica, 10)) == [4, 5]


async def _keep(inbox: Inbox, claimed: Claimed) -> None:
    async with inbox.database.transaction() as connection:
        await inbox.store.keep_answer(connection, claimed, ANSWER, ())
