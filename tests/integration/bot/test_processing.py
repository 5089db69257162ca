"""What becomes of an update, between a real dispatcher, a real database and the Bot API's emulator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import CancelHandler
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendDocument, SendMessage
from aiogram.types import BufferedInputFile, Message
from aiogram.utils.i18n import I18n

from bot.config import Config
from bot.domain.inbox import Arrival, Retry
from bot.domain.users import Identity, UserId
from bot.storage.database import Database
from bot.storage.outbox import OutboxStore
from bot.storage.users import UserStore
from bot.telegram.bot import make_bot
from bot.telegram.fsm_storage import PostgresStorage
from bot.telegram.handling import Handling
from bot.telegram.outage import Outage
from bot.telegram.session import Session
from bot.updates.answering import Answering
from bot.updates.failing import HANDLER_ATTEMPTS, TELEGRAM_ATTEMPTS, Failing
from bot.updates.outcomes import Failed, Finished, Outcome
from bot.updates.processing import Processor
from bot.views.translations import Translations
from emulator.client import Emulator
from tests.integration.bot.members import Member, watched
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.bot.receiving import NOW, Inbox

ADA, EVE, GROUP, SUPERGROUP = 1, 3, -5, -1000005
SECRET = "my private words"
#: Of PostgreSQL: no space left, out of memory, a deadlock, a lock that was not to be had, a standby.
AWAY = ["53100", "53200", "40P01", "55P03", "25006"]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    """The emulator, running."""
    with EmulatorProcess(tmp_path_factory.mktemp("emulator")) as running:
        running.start()
        yield running


@pytest.fixture
def emulator(process: EmulatorProcess) -> Emulator:
    """Ada and Eve have begun, and are in a group; Eve has blocked the bot."""
    emulator = process.client
    emulator.reset(bot_too=True)
    ada, eve = emulator.person(ADA, "Ada"), emulator.person(EVE, "Eve")
    for person in (ada, eve):
        person.say("/start")
    emulator.group(GROUP, "Group", ada)
    eve.block()
    return emulator


class Processing:
    """Claims, processes and records as the worker does, but waits for no retry."""

    def __init__(self, bot: Bot, database: Database, member: Member) -> None:
        assert isinstance(bot.session, Session)
        self.inbox = Inbox(database)
        self.users = UserStore(database)
        self.dispatcher = Dispatcher(storage=PostgresStorage(self.inbox.conversations))
        self.outage = Outage(bot, over=lambda: None)
        self._member = member
        self._store = self.inbox.store
        encode = partial(bot.session.encode, bot)
        I18n.set_current(i18n := Translations())
        failing = Failing(self.outage, encode, self.users, (), i18n)
        answering = Answering(bot, bot.session, database, self._store, self.users, member.membership, failing)
        outbox, timeout = OutboxStore(database), timedelta(seconds=20)
        self._processor = Processor(
            bot, self.dispatcher, database, self._store, outbox, encode, answering, failing, timeout
        )

    async def receive(self, text: str, chat_id: int = ADA) -> None:
        sender = {"id": ADA, "is_bot": False, "first_name": "Ada"}
        chat = {"id": chat_id, "type": "private" if chat_id > 0 else "group"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": text}
        await self.inbox.receive(Arrival(1, chat_id, json.dumps({"update_id": 1, "message": message})))

    async def step(self) -> Outcome:
        [claimed] = await self._store.claim(self._member.replica, 1)
        outcome = await asyncio.create_task(self._processor.process(claimed))
        match outcome:
            case Retry():
                await self._store.retry([replace(outcome, after=NOW)])
            case Finished():
                await self._store.finish_with(claimed, outcome.changes)
            case Failed():
                await self._store.fail(claimed, outcome.error, outcome.notices)
        return outcome

    async def run(self, text: str, chat_id: int = ADA) -> list[type]:
        """What became of the update each time, until it is no more in the inbox."""
        await self.receive(text, chat_id)
        outcomes: list[type] = []
        while await self.inbox.value("SELECT count(*) FROM inbox"):
            outcomes.append(type(await self.step()))
        return outcomes

    async def failure(self) -> str:
        error: str = await self.inbox.value("SELECT error FROM failed_updates")
        return error


@pytest.fixture
async def processing(config: Config, storage: Database, emulator: Emulator) -> AsyncIterator[Processing]:
    bot = make_bot(config.model_copy(update={"bot_api_url": emulator.url}))
    async with watched(config) as group:
        processing = Processing(bot, storage, await group.join())
        yield processing
        await processing.outage.close()
    await bot.session.close()


def texts(emulator: Emulator, status: int | None = None) -> list[tuple[int, str]]:
    """Chat and text of all calls, or of those that were answered with this status."""
    calls = [call for call in emulator.calls("sendMessage") if status in (None, call["status"])]
    return [(call["parameters"]["chat_id"], call["parameters"]["text"]) for call in calls]


# --- what the handler is refused


async def test_what_was_committed_is_answered_though_another_chat_refuses_the_bot(
    processing: Processing, emulator: Emulator
) -> None:
    @processing.dispatcher.message()
    async def buy(message: Message, bot: Bot, handling: Handling) -> None:
        async with handling.transaction() as transaction:
            transaction.answer(message.answer("Thank you!"))
        await bot.send_message(EVE, "somebody has bought")

    assert await processing.run("buy") == [Finished]
    assert texts(emulator) == [(EVE, "somebody has bought"), (ADA, "Thank you!")]


async def test_whoever_refuses_what_its_own_update_brings_is_marked(processing: Processing, emulator: Emulator) -> None:
    @processing.dispatcher.message()
    async def greet(message: Message) -> None:
        await message.answer("Hello")

    await processing.users.register(Identity(UserId(EVE), None, "Eve"))
    assert await processing.run("hello", EVE) == [Finished]
    assert await processing.inbox.value("SELECT blocked_at IS NOT NULL FROM users")
    assert texts(emulator, 403) == [(EVE, "Hello")]


async def test_another_chat_that_refuses_the_bot_is_a_failure_of_the_handler(
    processing: Processing, emulator: Emulator
) -> None:
    @processing.dispatcher.message()
    async def pass_on(message: Message, bot: Bot) -> SendMessage:
        await bot.send_message(EVE, "somebody has asked")
        return message.answer("passed on")

    await processing.users.register(Identity(UserId(ADA), None, "Ada"))
    assert await processing.run("ask") == [Retry] * (HANDLER_ATTEMPTS - 1) + [Failed]
    assert "Forbidden" in await processing.failure()
    assert not await processing.inbox.value("SELECT blocked_at IS NOT NULL FROM users")
    assert texts(emulator, 200) == []


# --- how a handler ends


async def test_what_somebody_else_cancels_is_a_failure_of_the_handler(processing: Processing) -> None:
    @processing.dispatcher.message()
    async def wait_for_what_is_cancelled(_: Message) -> None:
        shared = asyncio.create_task(asyncio.sleep(60))
        shared.cancel()
        await shared

    assert await processing.run("wait") == [Retry] * (HANDLER_ATTEMPTS - 1) + [Failed]
    assert "cancelled by somebody else" in await processing.failure()


async def test_a_worker_that_gives_up_an_update_is_obeyed(processing: Processing) -> None:
    begun = asyncio.Event()

    @processing.dispatcher.message()
    async def hang(_: Message) -> None:
        begun.set()
        await asyncio.sleep(60)

    await processing.receive("hang")
    step = asyncio.create_task(processing.step())
    await begun.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step


async def test_a_handler_may_say_that_it_is_done(processing: Processing, emulator: Emulator) -> None:
    @processing.dispatcher.message()
    async def say_so(_: Message) -> None:
        raise CancelHandler

    assert await processing.run("done") == [Finished]
    assert texts(emulator) == []


@pytest.mark.parametrize("commits", [False, True])
async def test_a_task_left_behind_is_told_that_its_change_would_be_lost(processing: Processing, commits: bool) -> None:
    go_on = asyncio.Event()
    left_behind: list[asyncio.Task[None]] = []

    async def change_later(state: FSMContext) -> None:
        await go_on.wait()
        await state.set_state("lost")

    @processing.dispatcher.message()
    async def leave_behind(_: Message, state: FSMContext, handling: Handling) -> None:
        left_behind.append(asyncio.create_task(change_later(state)))
        if commits:
            async with handling.transaction():
                await state.set_state("kept")
        else:
            await state.set_state("kept")

    assert await processing.run("leave") == [Finished]
    go_on.set()
    with pytest.raises(RuntimeError):
        await left_behind[0]
    assert await processing.inbox.value("SELECT state FROM conversations") == "kept"


@pytest.mark.parametrize("code", AWAY)
async def test_a_database_in_trouble_is_no_fault_of_the_update(processing: Processing, code: str) -> None:
    tries: list[int] = []

    @processing.dispatcher.message()
    async def write(_: Message, handling: Handling) -> None:
        tries.append(1)
        async with handling.transaction() as transaction:
            if len(tries) == 1:
                await transaction.connection.execute(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$")

    await processing.receive("write")
    assert isinstance(await processing.step(), Retry)
    assert await processing.inbox.value("SELECT attempts FROM inbox") == 0
    assert isinstance(await processing.step(), Finished)


# --- how an answer ends


async def test_an_answer_that_is_garbage_is_not_repeated_in_logs_or_failures(
    processing: Processing, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    @processing.dispatcher.message()
    async def echo(message: Message) -> SendMessage:
        return message.answer(str(message.text))

    emulator.fault(method="sendMessage", kind="garbage", times=None)
    assert await processing.run(SECRET) == [Retry] * (TELEGRAM_ATTEMPTS - 1) + [Failed]
    body = '{"ok"'
    failure = await processing.failure()
    assert failure.startswith("ClientDecodeError: Failed to decode")
    for told in (failure, caplog.text):
        assert body not in told
        assert SECRET not in told
    assert "ClientDecodeError" in str([vars(record) for record in caplog.records])


async def test_a_file_is_sent_and_its_handler_called_again_when_telegram_has_not_taken_it(
    processing: Processing, emulator: Emulator
) -> None:
    tries: list[int] = []

    @processing.dispatcher.message()
    async def send(message: Message) -> SendDocument:
        tries.append(1)
        return message.answer_document(BufferedInputFile(b"content", "report.txt"))

    emulator.fail("sendDocument", 502)
    assert await processing.run("report") == [Retry, Finished]
    assert [call["status"] for call in emulator.calls("sendDocument")] == [502, 200]
    assert len(tries) == 2


async def test_a_group_that_became_a_supergroup_gets_the_answer_there(
    processing: Processing, emulator: Emulator
) -> None:
    @processing.dispatcher.message()
    async def greet(message: Message) -> SendMessage:
        return message.answer("Hello")

    emulator.request("PATCH", f"/control/groups/{GROUP}", {"person_id": ADA, "upgrade_to": SUPERGROUP})
    assert await processing.run("hello", GROUP) == [Finished]
    assert texts(emulator) == [(GROUP, "Hello"), (SUPERGROUP, "Hello")]


async def test_a_file_follows_a_group_that_became_a_supergroup(processing: Processing, emulator: Emulator) -> None:
    @processing.dispatcher.message()
    async def send(message: Message) -> SendDocument:
        return message.answer_document(BufferedInputFile(b"content", "report.txt"))

    emulator.request("PATCH", f"/control/groups/{GROUP}", {"person_id": ADA, "upgrade_to": SUPERGROUP})
    assert await processing.run("report", GROUP) == [Finished]
    calls = emulator.calls("sendDocument")
    assert [(call["parameters"]["chat_id"], call["status"]) for call in calls] == [
        (str(GROUP), 400),
        (str(SUPERGROUP), 200),
    ]
