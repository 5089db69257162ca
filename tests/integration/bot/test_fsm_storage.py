from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.exceptions import DataNotDictLikeError
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Chat, Message, Update, User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.conversations import Conversation, ConversationChange, ConversationKey
from bot.storage.conversations import ConversationStore
from bot.storage.database import Database
from bot.telegram.fsm_storage import CURRENT_CHANGES, ConversationChanges, PostgresStorage
from tests.integration.bot.processes import TOKEN
from tests.integration.conftest import TestDatabase, create_copy, drop
from tests.integration.postgres import Server

KEY = StorageKey(bot_id=1, chat_id=2, user_id=3)
ADA = ConversationKey(bot_id=1, chat_id=2, user_id=3)


class Form(StatesGroup):
    name = State()
    age = State()


class CountedStore(ConversationStore):
    """Counts how often something is read."""

    loads = 0

    async def load(self, key: ConversationKey) -> Conversation:
        self.loads += 1
        return await super().load(key)


@pytest.fixture(scope="module")
def database(server: Server, migrated: str) -> Iterator[TestDatabase]:
    """One for all tests here: there are many, and they leave nothing behind."""
    name = f"test_{uuid.uuid4().hex}"
    asyncio.run(create_copy(server, migrated, name))
    yield TestDatabase(server, name)
    asyncio.run(drop(server, name))


@pytest.fixture
async def conversations(storage: Database) -> AsyncIterator[CountedStore]:
    yield CountedStore(storage)
    async with storage.connection() as connection:
        await connection.execute("DELETE FROM conversations")


@pytest.fixture
def postgres(conversations: CountedStore) -> PostgresStorage:
    return PostgresStorage(conversations)


@contextmanager
def handling() -> Iterator[ConversationChanges]:
    """As while an update is handled."""
    changes = ConversationChanges()
    token = CURRENT_CHANGES.set(changes)
    try:
        yield changes
    finally:
        CURRENT_CHANGES.reset(token)


async def commit(storage: Database, conversations: ConversationStore, changes: ConversationChanges) -> None:
    async with storage.transaction() as connection:
        for key, change in changes.pending():
            await conversations.save_in(connection, key, change)


@pytest.fixture(params=["aiogram's own", "outside of handling", "while an update is handled"])
async def fsm(request: pytest.FixtureRequest, postgres: PostgresStorage) -> AsyncIterator[BaseStorage]:
    if request.param == "aiogram's own":
        yield MemoryStorage()
    elif request.param == "outside of handling":
        yield postgres
    else:
        with handling():
            yield postgres


class TestEveryStorage:
    """What aiogram expects of a storage, shown by its own as well."""

    async def test_there_is_no_state_until_it_is_set_and_none_after_a_reset(self, fsm: BaseStorage) -> None:
        assert await fsm.get_state(KEY) is None
        await fsm.set_state(KEY, "state")
        assert await fsm.get_state(KEY) == "state"
        await fsm.set_state(KEY, "another")
        assert await fsm.get_state(KEY) == "another"
        await fsm.set_state(KEY)
        assert await fsm.get_state(KEY) is None

    async def test_a_state_of_a_group_is_its_name(self, fsm: BaseStorage) -> None:
        await fsm.set_state(KEY, Form.name)
        assert await fsm.get_state(KEY) == "Form:name"

    async def test_data_is_empty_until_it_is_set_and_then_replaced(self, fsm: BaseStorage) -> None:
        assert await fsm.get_data(KEY) == {}
        await fsm.set_data(KEY, {"foo": "bar"})
        assert await fsm.get_data(KEY) == {"foo": "bar"}
        await fsm.set_data(KEY, {"baz": [1, {"deep": None}]})
        assert await fsm.get_data(KEY) == {"baz": [1, {"deep": None}]}
        await fsm.set_data(KEY, {})
        assert await fsm.get_data(KEY) == {}

    async def test_an_update_keeps_the_rest_and_tells_all(self, fsm: BaseStorage) -> None:
        assert await fsm.update_data(KEY, {"foo": "bar"}) == {"foo": "bar"}
        assert await fsm.update_data(KEY, {}) == {"foo": "bar"}
        assert await fsm.update_data(KEY, {"baz": "spam"}) == {"foo": "bar", "baz": "spam"}
        assert await fsm.update_data(KEY, {"baz": "test"}) == {"foo": "bar", "baz": "test"}
        assert await fsm.get_data(KEY) == {"foo": "bar", "baz": "test"}

    async def test_an_update_replaces_what_is_nested(self, fsm: BaseStorage) -> None:
        await fsm.set_data(KEY, {"inner": {"a": 1}})
        assert await fsm.update_data(KEY, {"inner": {"b": 2}}) == {"inner": {"b": 2}}

    async def test_a_single_value_or_its_default(self, fsm: BaseStorage) -> None:
        assert await fsm.get_value(KEY, "foo") is None
        assert await fsm.get_value(KEY, "foo", "default") == "default"
        await fsm.set_data(KEY, {"foo": "bar", "nothing": None})
        assert await fsm.get_value(KEY, "foo", "default") == "bar"
        assert await fsm.get_value(KEY, "nothing", "default") is None

    async def test_state_and_data_leave_each_other_alone(self, fsm: BaseStorage) -> None:
        await fsm.set_state(KEY, "state")
        await fsm.set_data(KEY, {"foo": "bar"})
        await fsm.set_state(KEY, None)
        assert await fsm.get_data(KEY) == {"foo": "bar"}
        await fsm.set_state(KEY, "state")
        await fsm.set_data(KEY, {})
        assert await fsm.get_state(KEY) == "state"

    @pytest.mark.parametrize(
        "field",
        [
            {"bot_id": 9},
            {"chat_id": 9},
            {"user_id": 9},
            {"thread_id": 9},
            {"business_connection_id": "x"},
            {"destiny": "x"},
        ],
        ids=lambda field: next(iter(field)),
    )
    async def test_every_field_of_the_key_tells_conversations_apart(
        self, fsm: BaseStorage, field: dict[str, Any]
    ) -> None:
        other = replace(KEY, **field)
        await fsm.set_state(KEY, "state")
        await fsm.set_data(KEY, {"foo": "bar"})
        assert await fsm.get_state(other) is None
        await fsm.update_data(other, {"other": 1})
        assert await fsm.get_data(KEY) == {"foo": "bar"}
        assert await fsm.get_data(other) == {"other": 1}

    async def test_what_the_caller_does_to_a_dict_changes_nothing(self, fsm: BaseStorage) -> None:
        given = {"foo": "bar"}
        await fsm.set_data(KEY, given)
        given["foo"] = "changed"
        (await fsm.get_data(KEY))["foo"] = "changed"
        (await fsm.update_data(KEY, {}))["foo"] = "changed"
        assert await fsm.get_data(KEY) == {"foo": "bar"}

    @pytest.mark.parametrize("data", [None, (), [("foo", "bar")], "text", 1], ids=repr)
    async def test_data_has_to_be_a_dict(self, fsm: BaseStorage, data: Any) -> None:
        await fsm.set_data(KEY, {"foo": "bar"})
        with pytest.raises(DataNotDictLikeError):
            await fsm.set_data(KEY, data)
        assert await fsm.get_data(KEY) == {"foo": "bar"}

    async def test_a_context_clears_both(self, fsm: BaseStorage) -> None:
        context = FSMContext(fsm, KEY)
        await context.set_state(Form.name)
        assert await context.update_data({"foo": "bar"}, baz=1) == {"foo": "bar", "baz": 1}
        await context.clear()
        assert await context.get_state() is None
        assert await context.get_data() == {}


class TestWhatJsonCannotCarry:
    @pytest.fixture(params=["outside of handling", "while an update is handled"])
    async def fsm(self, request: pytest.FixtureRequest, postgres: PostgresStorage) -> AsyncIterator[BaseStorage]:
        if request.param == "outside of handling":
            yield postgres
        else:
            with handling():
                yield postgres

    @pytest.mark.parametrize(
        ("data", "error", "text"),
        [
            ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, TypeError, "JSON, which has no datetime"),
            ({"list": [{1, 2}]}, TypeError, "JSON, which has no set"),
            ({"raw": b"x"}, TypeError, "JSON, which has no bytes"),
            ({1: "x"}, TypeError, "text, not int"),
            ({"inner": {None: "x"}}, TypeError, "text, not NoneType"),
            ({"number": float("nan")}, ValueError, "JSON, which has no nan"),
            ({"number": [float("-inf")]}, ValueError, "JSON, which has no -inf"),
            ({"number": 10**5000}, ValueError, "4300 digits"),
            ({"large": "x" * 2**20}, ValueError, "bytes are too large"),
        ],
        ids=["datetime", "set", "bytes", "number as name", "None as name", "nan", "inf", "digits", "large"],
    )
    async def test_is_refused_where_it_is_said(
        self, fsm: BaseStorage, data: dict[Any, Any], error: type[Exception], text: str
    ) -> None:
        await fsm.set_data(KEY, {"foo": "bar"})
        with pytest.raises(error, match=text):
            await fsm.set_data(KEY, data)
        with pytest.raises(error, match=text):
            await fsm.update_data(KEY, data)
        assert await fsm.get_data(KEY) == {"foo": "bar"}

    async def test_what_contains_itself_is_too_deep(self, fsm: BaseStorage) -> None:
        loop: list[Any] = []
        loop.append(loop)
        with pytest.raises(ValueError, match="100 levels deep"):
            await fsm.set_data(KEY, {"loop": loop})

    async def test_a_state_has_to_be_text(self, fsm: BaseStorage) -> None:
        state: Any = 5
        with pytest.raises(TypeError, match="text, not int"):
            await fsm.set_state(KEY, state)

    async def test_what_is_nearly_json_becomes_json(self, fsm: BaseStorage) -> None:
        data: Mapping[str, Any] = MappingProxyType({"tuple": (1, 2), "nested": MappingProxyType({"a": 1})})
        await fsm.set_data(KEY, data)
        assert await fsm.get_data(KEY) == {"tuple": [1, 2], "nested": {"a": 1}}

    async def test_nested_values_are_copies_too(self, fsm: BaseStorage) -> None:
        await fsm.set_data(KEY, {"list": [1]})
        (await fsm.get_data(KEY))["list"].append(2)
        assert await fsm.get_value(KEY, "list") == [1]


async def test_closing_it_leaves_the_pool_open(postgres: PostgresStorage, storage: Database) -> None:
    await postgres.close()
    await storage.ping()


async def test_what_is_done_while_handling_is_seen_by_nobody_else_until_the_commit(
    postgres: PostgresStorage, storage: Database, conversations: CountedStore
) -> None:
    await postgres.update_data(KEY, {"before": 1})
    with handling() as changes:
        await postgres.set_state(KEY, Form.name)
        await postgres.update_data(KEY, {"after": 2})
        assert await conversations.load(ADA) == Conversation(None, {"before": 1})
        await commit(storage, conversations, changes)
    assert await postgres.get_state(KEY) == "Form:name"
    assert await postgres.get_data(KEY) == {"before": 1, "after": 2}


async def test_while_handling_a_conversation_is_read_once(
    postgres: PostgresStorage, conversations: CountedStore
) -> None:
    with handling():
        await postgres.get_state(KEY)
        await postgres.get_data(KEY)
        await postgres.update_data(KEY, {"a": 1})
        await postgres.get_value(KEY, "a")
    assert conversations.loads == 1


async def test_a_merge_that_somebody_else_makes_meanwhile_survives(
    postgres: PostgresStorage, storage: Database, conversations: CountedStore
) -> None:
    with handling() as changes:
        await postgres.update_data(KEY, {"mine": 1})
        await conversations.save(ADA, ConversationChange(merged={"theirs": 2}))
        await commit(storage, conversations, changes)
    assert await postgres.get_data(KEY) == {"mine": 1, "theirs": 2}


async def test_what_changes_nothing_is_not_written(postgres: PostgresStorage) -> None:
    with handling() as changes:
        await postgres.get_data(KEY)
        await FSMContext(postgres, KEY).clear()
        assert changes.is_empty
    await postgres.set_state(KEY, "state")
    await postgres.set_data(KEY, {"a": 1, "b": {"c": None}})
    with handling() as changes:
        await postgres.get_state(KEY)
        await postgres.set_state(KEY, "another")
        assert not changes.is_empty
        await postgres.set_state(KEY, "state")
        await postgres.update_data(KEY, {"b": {"c": None}})
        assert changes.pending() == []


async def test_equal_is_not_the_same(postgres: PostgresStorage) -> None:
    await postgres.set_data(KEY, {"a": 1})
    with handling() as changes:
        await postgres.update_data(KEY, {"a": True})
        assert changes.pending() == [(ADA, ConversationChange(merged={"a": True}))]


async def test_a_change_is_pending_though_nobody_has_read_the_conversation(postgres: PostgresStorage) -> None:
    with handling() as changes:
        await postgres.set_state(KEY, None)
        assert changes.pending() == [(ADA, ConversationChange(sets_state=True))]


async def test_pending_changes_have_an_order(postgres: PostgresStorage) -> None:
    keys = [replace(KEY, chat_id=number) for number in (5, -1, 3)]
    with handling() as changes:
        for key in keys:
            await postgres.set_state(key, "state")
        assert [key.chat_id for key, _ in changes.pending()] == [-1, 3, 5]


async def test_after_the_commit_a_change_is_refused_and_reading_goes_on(postgres: PostgresStorage) -> None:
    with handling() as changes:
        await postgres.set_state(KEY, "state")
        changes.seal()
        for change in (postgres.set_state(KEY, None), postgres.set_data(KEY, {}), postgres.update_data(KEY, {"a": 1})):
            with pytest.raises(RuntimeError, match="change the conversation before"):
                await change
        assert await postgres.get_state(KEY) == "state"
        assert changes.pending() == [(ADA, ConversationChange(sets_state=True, state="state"))]


async def test_a_form_is_filled_in_through_the_dispatcher(
    postgres: PostgresStorage, storage: Database, conversations: CountedStore
) -> None:
    router = Router()

    @router.message(Form.name)
    async def name(message: Message, state: FSMContext) -> None:
        await state.update_data(name=message.text)
        await state.set_state(Form.age)

    @router.message(Form.age)
    async def age(message: Message, state: FSMContext) -> None:
        await state.update_data(age=message.text)
        await state.set_state(None)

    @router.message()
    async def start(_: Message, state: FSMContext) -> None:
        await state.set_state(Form.name)

    dispatcher = Dispatcher(storage=postgres)
    dispatcher.include_router(router)
    bot = Bot(TOKEN)
    for number, text in enumerate(["/start", "Ada", "36"]):
        with handling() as changes:
            await dispatcher.feed_update(bot, message(number, text))
            await commit(storage, conversations, changes)
    assert conversations.loads == 3
    kept = await conversations.load(ConversationKey(bot.id, 2, 3))
    assert kept == Conversation(None, {"name": "Ada", "age": "36"})
    await dispatcher.emit_shutdown()
    await storage.ping()


def message(number: int, text: str) -> Update:
    sent = Message(
        message_id=number,
        date=datetime(2026, 1, 1, tzinfo=UTC),
        chat=Chat(id=2, type="private"),
        from_user=User(id=3, is_bot=False, first_name="Ada"),
        text=text,
    )
    return Update(update_id=number, message=sent)


names = st.sampled_from(["a", "b", "c"])
values = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, "", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=3,
)
states = st.sampled_from([None, "", "one", "two"])
data = st.dictionaries(names, values, max_size=3)
steps = st.lists(
    st.tuples(
        st.integers(0, 1),  # which conversation
        st.tuples(st.just("set_state"), states)
        | st.tuples(st.just("set_data"), data)
        | st.tuples(st.just("update_data"), data)
        | st.tuples(st.sampled_from(["get_state", "get_data", "commit"])),
    ),
    max_size=15,
)
conversations_of = itertools.count()


@given(steps=steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@pytest.mark.parametrize("deferred", [False, True], ids=["outside of handling", "while updates are handled"])
async def test_any_sequence_ends_as_in_aiograms_own_storage(
    postgres: PostgresStorage,
    storage: Database,
    conversations: CountedStore,
    deferred: bool,
    steps: list[tuple[int, tuple[Any, ...]]],
) -> None:
    memory = MemoryStorage()
    keys = [replace(KEY, user_id=next(conversations_of)) for _ in range(2)]
    changes = ConversationChanges()
    token = CURRENT_CHANGES.set(changes if deferred else None)
    for which, (name, *arguments) in steps:
        if name == "commit":
            await commit(storage, conversations, changes)
            changes = ConversationChanges()
            CURRENT_CHANGES.set(changes if deferred else None)
        else:
            expected = await getattr(memory, name)(keys[which], *arguments)
            assert as_json(await getattr(postgres, name)(keys[which], *arguments)) == as_json(expected)
    CURRENT_CHANGES.reset(token)
    await commit(storage, conversations, changes)
    for key in keys:
        assert await postgres.get_state(key) == await memory.get_state(key)
        assert as_json(await postgres.get_data(key)) == as_json(await memory.get_data(key))
    assert await kept(storage, keys) == sum(
        [await memory.get_state(key) is not None or await memory.get_data(key) != {} for key in keys]
    )


async def kept(storage: Database, keys: list[StorageKey]) -> int:
    async with storage.connection() as connection:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM conversations WHERE user_id = ANY($1)", [key.user_id for key in keys]
        )
    return count


def as_json(value: Any) -> str:
    """In Python 1, 1.0 and True are equal."""
    return json.dumps(value, sort_keys=True)
