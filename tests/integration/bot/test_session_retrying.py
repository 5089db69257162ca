from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram import methods as api
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods.base import TelegramMethod

from bot.telegram.raw_updates import GetRawUpdates
from bot.telegram.retrying import ATTEMPTS, Retrying
from bot.telegram.session import Session
from tests.integration.bot.processes import TOKEN, EmulatorProcess, free_port
from tests.integration.bot.raw_server import http, raw_server
from tests.integration.bot.session_cases import ADA

HELLO = api.SendMessage(chat_id=ADA, text="Hello")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    with EmulatorProcess(tmp_path_factory.mktemp("emulator")) as process:
        process.start()
        yield process


@pytest.fixture
def telegram(emulator: EmulatorProcess) -> EmulatorProcess:
    emulator.client.stop_failing()
    emulator.client.reset(bot_too=True)
    emulator.client.person(ADA, "Ada").say("/start")
    return emulator


@pytest.fixture
async def bot(telegram: EmulatorProcess) -> AsyncIterator[Bot]:
    made = make_bot(telegram.url)
    yield made
    await made.session.close()


def make_bot(url: str, longest_wait: float = 5) -> Bot:
    session = Session(TelegramAPIServer.from_base(url))
    session.middleware(Retrying(timedelta(seconds=longest_wait)))
    return Bot(TOKEN, session=session)


def times(telegram: EmulatorProcess) -> list[float]:
    return [call["at"] for call in telegram.client.calls()]


async def test_a_call_that_came_too_fast_is_sent_again_when_telegram_says(telegram: EmulatorProcess, bot: Bot) -> None:
    telegram.client.fail("sendMessage", 429, retry_after=1)
    assert (await bot(HELLO)).text == "Hello"
    first, second = times(telegram)
    assert second - first >= 1


async def test_a_wait_that_is_too_long_is_for_the_caller(telegram: EmulatorProcess, bot: Bot) -> None:
    telegram.client.fail("sendMessage", 429, retry_after=6)
    with pytest.raises(TelegramRetryAfter):
        await bot(HELLO)
    assert len(times(telegram)) == 1


async def test_many_short_waits_are_a_long_one(telegram: EmulatorProcess) -> None:
    telegram.client.fail("sendMessage", 429, retry_after=1, times=None)
    bot = make_bot(telegram.url, longest_wait=2)
    with pytest.raises(TelegramRetryAfter):
        await bot(HELLO)
    await bot.session.close()
    assert len(times(telegram)) == 3


_HARMLESS: list[TelegramMethod[Any]] = [
    api.GetMe(),
    api.SetMyCommands(commands=[]),
    api.SendChatAction(chat_id=ADA, action="typing"),
    api.DeleteMessages(chat_id=ADA, message_ids=[1]),
]


@pytest.mark.parametrize("fault", [{"kind": "status"}, {"kind": "status", "status": 502}, {"kind": "reset"}], ids=str)
@pytest.mark.parametrize("method", _HARMLESS, ids=lambda method: type(method).__name__)
async def test_a_call_that_may_be_made_twice_is_sent_again(
    telegram: EmulatorProcess, bot: Bot, method: TelegramMethod[Any], fault: dict[str, Any]
) -> None:
    telegram.client.fault(method=method.__api_method__, executed=True, **fault)
    assert await bot(method)
    assert len(times(telegram)) == 2


async def test_it_is_not_sent_for_ever(telegram: EmulatorProcess, bot: Bot) -> None:
    telegram.client.fail("getMe", 500, times=None)
    with pytest.raises(TelegramServerError):
        await bot(api.GetMe())
    assert len(times(telegram)) == ATTEMPTS


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status"}, TelegramServerError),
        ({"kind": "status", "status": 502}, ClientDecodeError),
        ({"kind": "reset"}, TelegramNetworkError),
        ({"kind": "cut_off"}, TelegramNetworkError),
        ({"kind": "status", "status": 400}, TelegramBadRequest),
    ],
    ids=str,
)
async def test_a_message_is_not_sent_twice(
    telegram: EmulatorProcess, bot: Bot, fault: dict[str, Any], error: type[Exception]
) -> None:
    telegram.client.fault(method="sendMessage", **fault)
    with pytest.raises(error):
        await bot(HELLO)
    assert len(times(telegram)) == 1


async def test_a_message_that_certainly_was_not_sent_is_sent_again() -> None:
    port = free_port()
    bot = make_bot(f"http://127.0.0.1:{port}")
    failed = asyncio.Event()

    async def notice(make_request: Any, bot: Bot, method: TelegramMethod[Any]) -> Any:
        try:
            return await make_request(bot, method)
        finally:
            failed.set()

    bot.session.middleware(notice)
    sending = asyncio.ensure_future(bot(HELLO))
    await failed.wait()
    answer = b'{"ok": true, "result": {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}}}'
    async with raw_server(http(answer), port=port):
        assert (await sending).message_id == 5
    await bot.session.close()


@pytest.mark.parametrize("fault", [{"kind": "status"}, {"kind": "status", "status": 429}, {"kind": "reset"}], ids=str)
async def test_a_poll_is_for_its_caller_to_repeat(telegram: EmulatorProcess, bot: Bot, fault: dict[str, Any]) -> None:
    telegram.client.fault(method="getUpdates", **fault)
    with pytest.raises((TelegramServerError, TelegramRetryAfter, TelegramNetworkError)):
        await bot(GetRawUpdates(timeout=0))
    assert len(times(telegram)) == 1


async def test_what_is_too_large_stays_too_large(telegram: EmulatorProcess, bot: Bot) -> None:
    telegram.client.fail("setMyCommands", 413)
    with pytest.raises(TelegramEntityTooLarge):
        await bot(api.SetMyCommands(commands=[]))
    assert len(times(telegram)) == 1
