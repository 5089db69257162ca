"""The sender between a real database and the Bot API's emulator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.config import Config
from bot.domain.calls import Call, Outgoing
from bot.domain.users import Identity, UserId
from bot.outgoing.rate_limits import RateLimits
from bot.storage.database import Database, open_database
from bot.storage.users import UserStore
from emulator.client import Emulator, Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.bot.sending import SHORT, Outbox, eventually, sending, text
from tests.integration.conftest import TestDatabase
from tests.integration.postgres import Server, docker

HOUR = timedelta(hours=1)
ADA, BORIS, EVE, GROUP = 1, 2, 3, -5


@pytest.fixture
def outbox(storage: Database) -> Outbox:
    return Outbox(storage)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    """The emulator, running."""
    with EmulatorProcess(tmp_path_factory.mktemp("emulator")) as running:
        running.start()
        yield running


@pytest.fixture
def emulator(process: EmulatorProcess) -> Emulator:
    """Ada, Boris and Eve have begun; they are in a group, too. Everything before is forgotten."""
    emulator = process.client
    emulator.reset(bot_too=True)
    people = [emulator.person(number, f"Person {number}") for number in (ADA, BORIS, EVE)]
    for person in people:
        person.say("/start")
    emulator.group(GROUP, "Group", *people)
    return emulator


def texts(emulator: Emulator, status: int | None = None) -> list[str]:
    """Of all calls, or of those that were answered with this status."""
    calls = emulator.calls("sendMessage")
    return [call["parameters"]["text"] for call in calls if status in (None, call["status"])]


def is_called(emulator: Emulator, times: int, method: str = "sendMessage") -> Callable[[], Awaitable[bool]]:
    async def called() -> bool:
        return len(emulator.calls(method)) >= times

    return called


async def test_what_is_written_is_sent_and_recorded(outbox: Outbox, emulator: Emulator) -> None:
    async with sending(outbox, emulator.url):
        await outbox.add(text(ADA, "one"), text(GROUP, "two"))
        assert await outbox.settled() == ["sent", "sent"]
        await outbox.add(text(BORIS, "three"))
        assert await outbox.settled() == ["sent"] * 3
    assert texts(emulator) == ["one", "two", "three"]


async def test_any_method_can_be_sent(outbox: Outbox, emulator: Emulator) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    action = Outgoing(ADA, Call("sendChatAction", {"chat_id": ADA, "action": "typing"}))
    question = Outgoing(ADA, Call("sendMessage", {"chat_id": ADA, "text": "Well?", "reply_markup": markup}))
    async with sending(outbox, emulator.url):
        await outbox.add(action, question)
        assert await outbox.settled() == ["sent", "sent"]
    [answer] = Person(emulator, ADA, "Ada").read()
    assert [button["callback_data"] for button in answer.buttons] == ["yes"]


async def test_a_lost_wake_up_goes_unnoticed_for_a_while_only(outbox: Outbox, emulator: Emulator) -> None:
    async with sending(outbox, emulator.url, poll_interval=timedelta(seconds=0.2)):
        await outbox.add(text(ADA, "one"))
        await outbox.settled()
        await outbox.execute(
            "INSERT INTO outbox (chat_id, method, parameters) "
            "SELECT chat_id, method, parameters FROM outbox WHERE state = 'sent'"
        )
        assert await outbox.settled() == ["sent", "sent"]


async def test_what_is_due_later_is_sent_when_it_is_due(outbox: Outbox, emulator: Emulator) -> None:
    now = await outbox.now()
    async with sending(outbox, emulator.url):
        await outbox.add(
            text(ADA, "later", due_at=now + timedelta(seconds=1.5)),
            text(ADA, "soon", due_at=now + timedelta(seconds=1), bulk=True),
            text(ADA, "at once"),
            text(ADA, "in an hour", due_at=now + HOUR),
        )
        await eventually(is_called(emulator, 3), "three are sent")
    assert texts(emulator) == ["at once", "soon", "later"]
    assert await outbox.value("SELECT bool_and(settled_at >= due_at) FROM outbox WHERE state = 'sent'")


async def test_what_is_not_bulk_overtakes_what_is(outbox: Outbox, emulator: Emulator) -> None:
    limits = RateLimits(50, 50, second=1.0, minute=SHORT)
    for number in range(100, 200):
        emulator.person(number, "Somebody").say("/start")
    async with sending(outbox, emulator.url, limits):
        await outbox.add(*(text(number, "bulk", bulk=True) for number in range(100, 200)))
        await eventually(is_called(emulator, 1), "the broadcast has begun")
        await outbox.add(text(ADA, "urgent"))
        assert set(await outbox.settled()) == {"sent"}
    assert 0 < texts(emulator).index("urgent") < 90


async def test_a_chat_gets_its_messages_one_after_the_other_and_in_order(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fault(method="sendMessage", kind="delay", seconds=0.05, times=None, share=0.5)
    emulator.fail("sendMessage", 500, times=None, share=0.1)
    async with sending(outbox, emulator.url, most_attempts=100, batch=5):
        await outbox.add(*(text(chat, str(number)) for number in range(15) for chat in (ADA, BORIS, GROUP)))
        assert set(await outbox.settled()) == {"sent"}
    for chat in (ADA, BORIS, GROUP):
        calls = [call for call in emulator.calls("sendMessage") if call["parameters"]["chat_id"] == chat]
        taken = [call["parameters"]["text"] for call in calls if call["status"] == 200]
        assert taken == [str(number) for number in range(15)]


async def test_slow_answers_are_waited_for_together_up_to_the_concurrency(outbox: Outbox, emulator: Emulator) -> None:
    for number in range(100, 110):
        emulator.person(number, "Somebody").say("/start")
    slow = emulator.fault(method="sendMessage", kind="delay", seconds=600, times=None)
    async with sending(outbox, emulator.url, concurrency=3):
        await outbox.add(*(text(number, "x") for number in (100, 100, 101, 102, 103, 104)))
        await eventually(is_called(emulator, 3), "three are under way")
        emulator.request("DELETE", f"/control/faults/{slow}")
        await asyncio.sleep(0.3)
        assert [call["parameters"]["chat_id"] for call in emulator.calls("sendMessage")] == [100, 101, 102]


async def test_limits_are_kept_to(outbox: Outbox, emulator: Emulator) -> None:
    emulator.enforce_rate_limits(messages_per_second=10)
    limits = RateLimits(10)
    async with sending(outbox, emulator.url, limits):
        await outbox.add(*(text(chat, str(number)) for number in range(4) for chat in (ADA, BORIS, EVE, GROUP)))
        assert set(await outbox.settled()) == {"sent"}
    assert [call["status"] for call in emulator.calls("sendMessage")] == [200] * 16


async def test_a_group_that_a_predecessor_has_written_to_waits_and_holds_up_nobody(
    outbox: Outbox, emulator: Emulator
) -> None:
    await outbox.add(*(text(GROUP, "before") for _ in range(19)))
    await outbox.execute("UPDATE outbox SET state = 'sent', settled_at = now() - interval '20 s'")
    await outbox.add(text(GROUP, "too much"), text(ADA, "one"), text(ADA, "two"))
    async with sending(outbox, emulator.url):
        await eventually(is_called(emulator, 3), "all pass without limits")
    await outbox.execute("UPDATE outbox SET state = 'pending' WHERE state = 'sent' AND id > 19")
    async with sending(outbox, emulator.url, RateLimits(second=SHORT)):
        await eventually(is_called(emulator, 5), "the others pass")
    assert sorted(texts(emulator)[3:]) == ["one", "two"]


# --- refusals


@pytest.mark.parametrize("how", ["blocked", "deactivated"])
async def test_who_does_not_want_the_message_is_marked_and_left_alone(
    outbox: Outbox, emulator: Emulator, how: str
) -> None:
    await UserStore(outbox.database).register(Identity(UserId(ADA), None, "Ada"))
    emulator.request("PATCH", f"/control/people/{ADA}", {how: True})
    async with sending(outbox, emulator.url):
        await outbox.add(text(ADA, "unwanted"), text(BORIS, "wanted"))
        assert await outbox.settled() == ["blocked", "sent"]
    assert await outbox.value("SELECT blocked_at FROM users WHERE id = $1", ADA) is not None
    assert texts(emulator) == ["unwanted", "wanted"]


async def test_a_group_that_put_the_bot_out_is_left_alone(outbox: Outbox, emulator: Emulator) -> None:
    emulator.request("PATCH", f"/control/groups/{GROUP}", {"person_id": ADA, "bot_status": "kicked"})
    async with sending(outbox, emulator.url):
        await outbox.add(text(GROUP, "unwanted"))
        assert await outbox.settled() == ["blocked"]
    assert (await outbox.rows())[0]["error"] == "Forbidden: bot was kicked from the group chat"


@pytest.mark.parametrize(
    ("chat_id", "words", "error"),
    [(99, "x", "Bad Request: chat not found"), (ADA, "<b>", "Bad Request: can't parse entities")],
)
async def test_what_telegram_will_never_take_fails_at_once_and_is_kept(
    outbox: Outbox, emulator: Emulator, chat_id: int, words: str, error: str
) -> None:
    wrong = Outgoing(chat_id, Call("sendMessage", {"chat_id": chat_id, "text": words, "parse_mode": "HTML"}))
    async with sending(outbox, emulator.url):
        await outbox.add(wrong, text(ADA, "right"))
        assert await outbox.settled() == ["failed", "sent"]
    assert len(emulator.calls("sendMessage")) == 2
    [failed] = await outbox.store.failed()
    assert failed.call == wrong.call
    assert failed.error.startswith(error)


async def test_a_group_that_became_a_supergroup_gets_its_messages_there(outbox: Outbox, emulator: Emulator) -> None:
    upgrade = {"person_id": ADA, "upgrade_to": -1000005}
    emulator.request("PATCH", f"/control/groups/{GROUP}", upgrade)
    async with sending(outbox, emulator.url):
        await outbox.add(text(GROUP, "one"), text(GROUP, "two"))
        assert await outbox.settled() == ["sent", "sent"]
    assert [row["chat_id"] for row in await outbox.rows()] == [-1000005] * 2
    assert texts(emulator, status=200) == ["one", "two"]


# --- pauses and failures


async def test_a_pause_that_one_chat_is_asked_for_holds_up_no_other(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fail("sendMessage", 429, retry_after=2)
    async with sending(outbox, emulator.url):
        await outbox.add(text(ADA, "one"), text(ADA, "two"), text(BORIS, "three"))
        assert await outbox.settled() == ["sent"] * 3
    assert texts(emulator) == ["one", "three", "one", "two"]
    assert [row["attempts"] for row in await outbox.rows()] == [1, 1, 1]
    first, _, second, _ = emulator.calls("sendMessage")
    assert second["at"] - first["at"] >= 2


async def test_a_pause_that_two_chats_are_asked_for_is_for_all(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fail("sendMessage", 429, retry_after=2, times=2)
    async with sending(outbox, emulator.url, concurrency=1):
        await outbox.add(text(ADA, "one"), text(BORIS, "two"), text(EVE, "three"))
        assert await outbox.settled() == ["sent"] * 3
    _, second, *others = emulator.calls("sendMessage")
    assert len(others) == 3
    assert all(call["at"] - second["at"] >= 1.9 for call in others)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 404},
        {"kind": "reset"},
        {"kind": "cut_off"},
        {"kind": "garbage"},
    ],
    ids=lambda fault: str(fault.get("status", fault["kind"])),
)
async def test_a_message_that_failed_is_sent_again_before_the_later_ones_of_its_chat(
    outbox: Outbox, emulator: Emulator, fault: dict[str, Any]
) -> None:
    emulator.fault(method="sendMessage", **fault)
    async with sending(outbox, emulator.url):
        await outbox.add(text(ADA, "one"), text(ADA, "two"), text(BORIS, "three"))
        assert await outbox.settled() == ["sent"] * 3
    assert texts(emulator) == ["one", "three", "one", "two"]
    assert [row["attempts"] for row in await outbox.rows()] == [2, 1, 1]


async def test_what_may_have_arrived_is_sent_again(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fault(method="sendMessage", kind="reset", executed=True)
    async with sending(outbox, emulator.url):
        await outbox.add(text(ADA, "at least once"))
        assert await outbox.settled() == ["sent"]
    assert [answer.text for answer in Person(emulator, ADA, "Ada").read()] == ["at least once"] * 2


async def test_an_answer_that_does_not_come_counts_as_a_failure(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fault(method="sendMessage", kind="delay", seconds=600)
    async with sending(outbox, emulator.url, send_timeout=timedelta(seconds=0.5)):
        await outbox.add(text(ADA, "x"))
        assert await outbox.settled() == ["sent"]
    assert len(emulator.calls("sendMessage")) == 2


async def test_a_message_that_always_fails_is_given_up_and_the_next_one_follows(
    outbox: Outbox, emulator: Emulator
) -> None:
    emulator.fail("sendMessage", 500, times=3)
    async with sending(outbox, emulator.url, most_attempts=3):
        await outbox.add(text(ADA, "hopeless"), text(ADA, "next"))
        assert await outbox.settled() == ["failed", "sent"]
    [failed] = await outbox.store.failed()
    assert (failed.attempts, failed.error) == (3, "Internal Server Error")


@pytest.mark.parametrize("status", [401, 404, 500, 502])
async def test_no_attempt_counts_while_telegram_serves_nobody(outbox: Outbox, emulator: Emulator, status: int) -> None:
    emulator.fail("*", status, times=None)
    async with sending(outbox, emulator.url, most_attempts=1):
        await outbox.add(*(text(chat, "x") for chat in (ADA, BORIS, EVE)))
        await eventually(is_called(emulator, 3, "getMe"), "Telegram was asked three times")
        assert len(emulator.calls("sendMessage")) <= 3
        emulator.stop_failing()
        assert await outbox.settled() == ["sent"] * 3
    assert [row["attempts"] for row in await outbox.rows()] == [1] * 3


async def test_nothing_is_lost_while_telegram_cannot_be_reached(
    outbox: Outbox, stopped_telegram: EmulatorProcess
) -> None:
    async with sending(outbox, stopped_telegram.url, most_attempts=1):
        await outbox.add(text(ADA, "x"))
        await asyncio.sleep(0.5)
        stopped_telegram.start()
        stopped_telegram.client.person(ADA, "Ada").say("/start")
        assert await outbox.settled() == ["sent"]


# --- leading and stopping


async def test_nothing_is_sent_by_who_may_not_act(outbox: Outbox, emulator: Emulator) -> None:
    acting = False
    async with sending(outbox, emulator.url, may_act=lambda: acting):
        await outbox.add(text(ADA, "one"), text(BORIS, "by another"), text(BORIS, "three"))
        await asyncio.sleep(0.5)
        assert emulator.calls("sendMessage") == []
        acting = True
        assert await outbox.settled() == ["sent"] * 3


async def test_who_may_act_again_looks_at_what_others_have_done(outbox: Outbox, emulator: Emulator) -> None:
    acting, refused = True, asyncio.Event()

    def may_act() -> bool:
        if not acting:
            refused.set()
        return acting

    async with sending(outbox, emulator.url, RateLimits(1), may_act=may_act):
        await outbox.add(text(ADA, "one"), text(BORIS, "by another"), text(EVE, "three"))
        await eventually(is_called(emulator, 1), "the first one is sent, and the next one waits for its second")
        acting = False
        await outbox.execute("UPDATE outbox SET state = 'sent' WHERE chat_id = $1", BORIS)
        await refused.wait()
        acting = True
        assert await outbox.settled() == ["sent"] * 3
    assert texts(emulator) == ["one", "three"]


async def test_a_stop_waits_for_what_is_being_sent_and_records_it(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fault(method="sendMessage", kind="delay", seconds=1, times=None)
    async with sending(outbox, emulator.url) as running:
        await outbox.add(text(ADA, "one"), text(ADA, "two"))
        await eventually(is_called(emulator, 1), "it is under way")
        running.stop.set()
        await running.task
        assert await outbox.states() == ["sent", "pending"]
    assert texts(emulator) == ["one"]


async def test_cancelled_it_lets_go_of_what_is_being_sent(outbox: Outbox, emulator: Emulator) -> None:
    emulator.fault(method="sendMessage", kind="delay", seconds=600)
    async with sending(outbox, emulator.url):
        await outbox.add(text(ADA, "one"))
        await eventually(is_called(emulator, 1), "it is under way")
    assert await outbox.states() == ["pending"]
    assert (await outbox.rows())[0]["attempts"] == 0


async def test_what_was_sent_is_recorded_when_the_database_is_back_and_not_sent_again(
    config: Config, outbox: Outbox, emulator: Emulator, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    impatient = await open_database(config.model_copy(update={"database_timeout_seconds": 0.5}))
    emulator.fault(method="sendMessage", kind="delay", seconds=0.5)
    working = Outbox(impatient)
    limits = RateLimits(2, second=0.4, minute=SHORT)
    async with sending(working, emulator.url, limits):
        await working.add(text(ADA, "one"), text(ADA, "two"), text(BORIS, "three"), text(EVE, "four"))
        await eventually(is_called(emulator, 1), "it is under way")
        docker("pause", server.container)
        try:

            async def said() -> bool:
                return "what was sent cannot be recorded yet" in caplog.messages

            await eventually(said, "the sender has noticed")
            assert "two" not in texts(emulator)
        finally:
            docker("unpause", server.container)
        assert await outbox.settled() == ["sent"] * 4
    assert sorted(texts(emulator)) == ["four", "one", "three", "two"]
    await impatient.close()


async def test_what_a_term_could_not_record_the_next_one_records_and_does_not_send_again(
    outbox: Outbox, emulator: Emulator, database: TestDatabase, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    impatient = await open_database(config.model_copy(update={"database_timeout_seconds": 0.3}))
    working = Outbox(impatient)
    owner = await database.connect("migrator")
    await working.add(text(ADA, "one"), text(BORIS, "two"))
    async with sending(working, emulator.url) as running:
        async with owner.transaction():
            await owner.execute("SELECT FROM outbox WHERE id = 1 FOR UPDATE")

            async def said() -> bool:
                return "what was sent cannot be recorded yet" in caplog.messages

            await eventually(said, "the sender has noticed")
            running.task.cancel()
            await asyncio.wait({running.task})
        assert await outbox.value("SELECT state FROM outbox WHERE id = 1") == "pending"
        running.task = asyncio.create_task(running.sender.run(running.stop))
        assert await outbox.settled() == ["sent", "sent"]
        await working.add(text(ADA, "three"))
        assert await outbox.settled() == ["sent"] * 3
    assert texts(emulator) == ["one", "two", "three"]
    await owner.close()
    await impatient.close()


async def test_a_chat_gets_nothing_more_before_what_it_got_is_recorded(
    outbox: Outbox, emulator: Emulator, database: TestDatabase
) -> None:
    await outbox.add(text(ADA, "one"), text(ADA, "two"), *(text(BORIS, str(number)) for number in range(5)))
    owner = await database.connect("migrator")
    async with sending(outbox, emulator.url):
        async with owner.transaction():
            await owner.execute("SELECT FROM outbox WHERE id = 1 FOR UPDATE")
            await eventually(is_called(emulator, 6), "the other chat is served")
            assert texts(emulator)[:6] == ["one", *"01234"]
        assert await outbox.settled() == ["sent"] * 7
    assert texts(emulator)[6:] == ["two"]
    await owner.close()
