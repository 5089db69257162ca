from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from asyncpg import Connection, Record
from asyncpg.connection import LoggedQuery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Config
from bot.domain.conversations import (
    DEEPEST_DATA,
    LARGEST_DATA,
    Conversation,
    ConversationChange,
    ConversationKey,
)
from bot.storage.conversations import ConversationStore
from bot.storage.database import Database, open_database
from tests.hostile import NAMES
from tests.integration.conftest import TestDatabase

ADA = ConversationKey(bot_id=1, chat_id=2, user_id=3)
NOBODY = Conversation()

#: Numbers that jsonb gives back in the same type; it has no -0.0.
numbers = st.integers() | st.floats(-1e15, 1e15).map(lambda number: number + 0)
texts = st.text(st.characters(exclude_characters="\x00"), max_size=20)
json_data = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
shared_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)


@pytest.fixture
def conversations(storage: Database) -> ConversationStore:
    return ConversationStore(storage)


@pytest.fixture
async def watcher(database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    """Sees what other connections do."""
    connection = await database.connect("postgres")
    yield connection
    await connection.close()


def set_state(state: str | None) -> ConversationChange:
    return ConversationChange(sets_state=True, state=state)


def merge(**data: Any) -> ConversationChange:
    return ConversationChange(merged=data)


async def rows(storage: Database) -> int:
    async with storage.connection() as connection:
        count: int = await connection.fetchval("SELECT count(*) FROM conversations")
    return count


async def until_somebody_waits_for_a_lock(watcher: Connection[Record]) -> None:
    waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(60):
        while not await watcher.fetch(waiting):  # noqa: ASYNC110 - the event is another process's
            await asyncio.sleep(0.01)


async def test_a_conversation_that_never_was_is_empty(conversations: ConversationStore) -> None:
    assert await conversations.load(ADA) == NOBODY


async def test_what_is_saved_is_loaded(conversations: ConversationStore) -> None:
    data = {"text": "é 👩🏽‍🚀", "number": 1.5, "big": 2**70, "nested": {"list": [1, None, True, {}]}}
    await conversations.save(ADA, ConversationChange(sets_state=True, state="Form:name", replaced=data))
    assert await conversations.load(ADA) == Conversation("Form:name", data)


async def test_what_a_change_does_not_name_stays(conversations: ConversationStore) -> None:
    await conversations.save(ADA, ConversationChange(sets_state=True, state="s", replaced={"a": 1, "b": 1}))
    await conversations.save(ADA, merge(b=2, c=2))
    assert await conversations.load(ADA) == Conversation("s", {"a": 1, "b": 2, "c": 2})
    await conversations.save(ADA, set_state("t"))
    assert await conversations.load(ADA) == Conversation("t", {"a": 1, "b": 2, "c": 2})
    await conversations.save(ADA, ConversationChange(replaced={"d": 3}, merged={"e": 4}))
    assert await conversations.load(ADA) == Conversation("t", {"d": 3, "e": 4})


async def test_merging_goes_one_level_deep(conversations: ConversationStore) -> None:
    await conversations.save(ADA, merge(inner={"a": 1}))
    await conversations.save(ADA, merge(inner={"b": 2}))
    assert (await conversations.load(ADA)).data == {"inner": {"b": 2}}


@pytest.mark.parametrize(
    "other",
    [
        ConversationKey(9, 2, 3),
        ConversationKey(1, 9, 3),
        ConversationKey(1, 2, 9),
        ConversationKey(1, 2, 3, thread_id=9),
        ConversationKey(1, 2, 3, business_connection_id="x"),
        ConversationKey(1, 2, 3, destiny="x"),
    ],
    ids=["bot", "chat", "user", "thread", "business connection", "destiny"],
)
async def test_every_field_of_the_key_tells_conversations_apart(
    conversations: ConversationStore, other: ConversationKey
) -> None:
    await conversations.save(ADA, set_state("ada"))
    await conversations.save(other, set_state("other"))
    await conversations.save(other, merge(a=1))
    assert await conversations.load(ADA) == Conversation("ada")
    await conversations.save(ADA, ConversationChange(sets_state=True, replaced={}))
    assert await conversations.load(other) == Conversation("other", {"a": 1})


async def test_many_conversations_that_are_loaded_at_once_are_one_query(
    conversations: ConversationStore, config: Config
) -> None:
    known = [ConversationKey(1, number, -number, destiny="d" * (number % 3)) for number in range(30)]
    for key in known[::2]:
        await conversations.save(key, set_state(f"state {key.chat_id}"))
    asked = [*known, *reversed(known), ConversationKey(2**62, -(2**62), 0)]
    async with Queries(config) as queries:
        loaded = await asyncio.gather(*(queries.conversations.load(key) for key in asked))
        assert len(queries.seen) == 1
    for key, conversation in zip(asked, loaded, strict=True):
        state = f"state {key.chat_id}" if key in known[::2] else None
        assert conversation == Conversation(state)


async def test_a_key_that_cannot_be_asked_for_fails_alone(conversations: ConversationStore) -> None:
    await conversations.save(ADA, set_state("s"))
    impossible = ConversationKey(1, 2**63, 3)
    loaded, failed = await asyncio.gather(
        conversations.load(ADA), conversations.load(impossible), return_exceptions=True
    )
    assert loaded == Conversation("s")
    assert isinstance(failed, asyncpg.DataError)


@pytest.mark.parametrize(
    "removing",
    [
        [set_state(None), ConversationChange(replaced={})],
        [ConversationChange(replaced={}), set_state(None)],
        [ConversationChange(sets_state=True, replaced={})],
    ],
    ids=["state first", "data first", "both at once"],
)
async def test_nothing_is_kept_of_a_conversation_that_is_over(
    conversations: ConversationStore, storage: Database, removing: list[ConversationChange]
) -> None:
    await conversations.save(ADA, ConversationChange(sets_state=True, state="s", merged={"a": 1}))
    for change in removing[:-1]:
        await conversations.save(ADA, change)
        assert await rows(storage) == 1
    await conversations.save(ADA, removing[-1])
    assert await rows(storage) == 0


@pytest.mark.parametrize(
    "change",
    [ConversationChange(), merge(), set_state(None), ConversationChange(replaced={})],
    ids=["no change", "no data merged", "no state", "no data"],
)
async def test_nothing_is_kept_of_a_conversation_that_never_began(
    conversations: ConversationStore, storage: Database, change: ConversationChange
) -> None:
    await conversations.save(ADA, change)
    assert await rows(storage) == 0


async def test_an_empty_state_is_a_state(conversations: ConversationStore) -> None:
    await conversations.save(ADA, set_state(""))
    assert await conversations.load(ADA) == Conversation("")


async def test_a_save_in_a_transaction_goes_with_it(conversations: ConversationStore, storage: Database) -> None:
    async with storage.transaction() as connection:
        await conversations.save_in(connection, ADA, set_state("kept"))
    with suppress(RuntimeError):
        async with storage.transaction() as connection:
            await conversations.save_in(connection, ADA, set_state("lost"))
            await conversations.save_in(connection, ADA, merge(a=1))
            raise RuntimeError
    assert await conversations.load(ADA) == Conversation("kept")


#: A row as it is, what somebody does to it, what the other does meanwhile, and what must come of both.
RACES = {
    "two merges": (Conversation("s", {"a": 1}), merge(b=2), merge(c=3), Conversation("s", {"a": 1, "b": 2, "c": 3})),
    "two merges into nothing": (NOBODY, merge(b=2), merge(c=3), Conversation(None, {"b": 2, "c": 3})),
    "data for a state that is reset": (Conversation("s"), merge(a=1), set_state(None), Conversation(None, {"a": 1})),
    "a state for data that is emptied": (
        Conversation(None, {"a": 1}),
        set_state("s"),
        ConversationChange(replaced={}),
        Conversation("s"),
    ),
    "a reset of the state that still had data": (
        Conversation("s", {"a": 1}),
        ConversationChange(replaced={}),
        set_state(None),
        NOBODY,
    ),
    "a merge into what is removed": (
        Conversation("s"),
        ConversationChange(sets_state=True, replaced={}),
        merge(a=1),
        Conversation(None, {"a": 1}),
    ),
    "a removal of what is removed": (
        Conversation("s", {"a": 1}),
        ConversationChange(sets_state=True, replaced={}),
        set_state(None),
        NOBODY,
    ),
}


@pytest.mark.parametrize(("before", "first", "second", "after"), RACES.values(), ids=RACES)
async def test_changes_at_the_same_time_come_out_as_if_one_had_followed_the_other(
    conversations: ConversationStore,
    storage: Database,
    watcher: Connection[Record],
    before: Conversation,
    first: ConversationChange,
    second: ConversationChange,
    after: Conversation,
) -> None:
    await conversations.save(ADA, ConversationChange(sets_state=True, state=before.state, replaced=before.data))
    async with storage.transaction() as connection:
        await conversations.save_in(connection, ADA, first)
        waiting = asyncio.create_task(conversations.save(ADA, second))
        await until_somebody_waits_for_a_lock(watcher)
    await waiting
    assert await conversations.load(ADA) == after
    assert await rows(storage) == (after != NOBODY)


async def test_merges_by_many_connections_all_survive(conversations: ConversationStore) -> None:
    await asyncio.gather(*(conversations.save(ADA, merge(**{f"key {number}": number})) for number in range(50)))
    assert (await conversations.load(ADA)).data == {f"key {number}": number for number in range(50)}


@pytest.mark.parametrize("text", [*NAMES, "lone \ud800 surrogate", "\udfff"])
async def test_hostile_text_is_kept_anywhere(conversations: ConversationStore, text: str) -> None:
    key = ConversationKey(1, 2, 3, business_connection_id=text, destiny=text)
    await conversations.save(
        key, ConversationChange(True, text, replaced={text: {text: [text]}}, merged={"merged": text})
    )
    kept = text.translate(dict.fromkeys((0, 0xD800, 0xDFFF), "\N{REPLACEMENT CHARACTER}"))
    assert await conversations.load(key) == Conversation(kept, {kept: {kept: [kept]}, "merged": kept})


@given(state=st.none() | st.text(st.characters(codec=None)), data=json_data)
@shared_database
async def test_any_json_can_be_kept(conversations: ConversationStore, state: str | None, data: dict[str, Any]) -> None:
    change = ConversationChange(sets_state=True, state=state, replaced=data)
    await conversations.save(ADA, change)
    loaded = await conversations.load(ADA)
    assert loaded == change.applied(NOBODY)
    # As text: in Python 1, 1.0 and True are equal.
    assert json.dumps(loaded.data, sort_keys=True) == json.dumps(change.replaced, sort_keys=True)


@pytest.mark.parametrize("number", [1e16, 1e300, 5e-324, 1.7976931348623157e308, 2**1000, -(10**4000)])
async def test_numbers_keep_their_value(conversations: ConversationStore, number: float) -> None:
    await conversations.save(ADA, merge(number=number))
    kept = (await conversations.load(ADA)).data["number"]
    assert type(number)(kept) == number


async def test_the_deepest_data_can_be_kept(conversations: ConversationStore) -> None:
    deepest: dict[str, Any] = {}
    for _ in range(DEEPEST_DATA - 1):
        deepest = {"inner": deepest}
    await conversations.save(ADA, ConversationChange(replaced=deepest))
    assert (await conversations.load(ADA)).data == deepest
    with pytest.raises(ValueError, match="100 levels"):
        merge(inner=deepest)


async def test_the_largest_data_can_be_kept(conversations: ConversationStore) -> None:
    largest = "x" * (LARGEST_DATA - len('{"a": ""}'))
    await conversations.save(ADA, merge(a=largest))
    await conversations.save(ADA, merge(b=largest))
    assert (await conversations.load(ADA)).data == {"a": largest, "b": largest}
    with pytest.raises(ValueError, match="1048577 bytes are too large"):
        merge(a=largest + "x")


class Queries:
    """A store with one connection, and the queries that it makes."""

    def __init__(self, config: Config) -> None:
        self._config = config.model_copy(update={"database_pool_min_size": 1, "database_pool_max_size": 1})
        self.seen: list[str] = []

    async def __aenter__(self) -> Queries:
        self.database = await open_database(self._config)
        self.conversations = ConversationStore(self.database)
        async with self.database.connection() as connection:
            connection.add_query_logger(self._see)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()

    def _see(self, query: LoggedQuery) -> None:
        # asyncpg has some of its own when it meets a type.
        if "conversations" in query.query:
            self.seen.append(query.query)


async def plan(connection: Connection[Record], query: str) -> str:
    """As the bot's own prepared statement has it after some calls: made for any parameters."""
    await connection.execute(f"PREPARE asked AS {query}")
    parameters = await connection.fetchval(
        "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'asked'"
    )
    rows = await connection.fetch(f"EXPLAIN EXECUTE asked ({', '.join(['NULL'] * parameters)})")
    await connection.execute("DEALLOCATE asked")
    return "\n".join(row[0] for row in rows)


async def test_every_query_finds_its_rows_by_the_index(
    config: Config, database: TestDatabase, watcher: Connection[Record]
) -> None:
    await watcher.execute(
        """
        INSERT INTO app.conversations (bot_id, chat_id, user_id, state)
        SELECT 1, number, number, 'state'
        FROM generate_series(1, 20000) AS number;
        ANALYZE app.conversations
        """
    )
    async with Queries(config) as queries:
        await queries.conversations.load(ADA)
        await queries.conversations.save(ADA, merge(a=1))
        await queries.conversations.save(ADA, set_state(None))
    assert len(queries.seen) == 3
    bot = await database.connect("bot")
    await bot.execute("SET plan_cache_mode = force_generic_plan")
    for query in queries.seen:
        planned = await plan(bot, query)
        assert "conversations_pkey" in planned
        assert "Seq Scan" not in planned
    await bot.close()
