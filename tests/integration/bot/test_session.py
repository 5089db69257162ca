"""The Bot API session beside aiogram's own, against the emulator and against servers that are none."""

from __future__ import annotations

import asyncio
import io
import json
import re
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import pytest
import uvloop
from aiogram import Bot
from aiogram import methods as api
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods.base import TelegramMethod
from aiogram.types import Message, URLInputFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.domain.calls import Call
from bot.telegram.raw_updates import GetRawUpdates
from bot.telegram.session import NotJson, Session, is_not_sent
from tests.integration.bot.processes import TOKEN, EmulatorProcess
from tests.integration.bot.raw_server import HANGING_UP, SILENCE, http, raw_server
from tests.integration.bot.session_cases import ADA, AS_FORM, AS_JSON, TEXT, document

SECRET = TOKEN.partition(":")[2]
HELLO = api.SendMessage(chat_id=ADA, text="Hello")
_BY_CHANCE = {"update_id", "file_id", "file_unique_id"}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    with EmulatorProcess(tmp_path_factory.mktemp("emulator")) as process:
        process.start()
        yield process


@pytest.fixture
def telegram(emulator: EmulatorProcess) -> EmulatorProcess:
    """Somebody has written to the bot; nothing else has happened."""
    emulator.client.stop_failing()
    begin(emulator)
    return emulator


@pytest.fixture
async def opened() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def ours(telegram: EmulatorProcess, opened: AsyncExitStack) -> Bot:
    return make_bot(Session(server(telegram.url)), opened)


@pytest.fixture
def theirs(telegram: EmulatorProcess, opened: AsyncExitStack) -> Bot:
    return make_bot(AiohttpSession(api=server(telegram.url)), opened)


def server(url: str) -> TelegramAPIServer:
    return TelegramAPIServer.from_base(url)


def make_bot(session: BaseSession, opened: AsyncExitStack) -> Bot:
    opened.push_async_callback(session.close)
    return Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML", protect_content=True))


def begin(telegram: EmulatorProcess) -> None:
    telegram.client.reset(bot_too=True)
    telegram.client.person(ADA, "Ada").say("/start")


def session_of(bot: Bot) -> Session:
    assert isinstance(bot.session, Session)
    return bot.session


async def deliver(bot: Bot, method: TelegramMethod[Any], timeout: float | None = None) -> None:
    """As if the call had been kept in the database."""
    session = session_of(bot)
    call = session.encode(bot, method)
    kept = Call(call.method, json.loads(json.dumps(call.parameters)))
    await session.deliver(bot, kept, timeout)


async def outcome(work: Any) -> Any:
    """The result without what differs from call to call, such as times; or the error."""
    try:
        return _lasting(await work)
    except Exception as error:  # noqa: BLE001 - compared
        return type(error), str(error)


def recorded(telegram: EmulatorProcess) -> list[tuple[str, dict[str, Any]]]:
    """The calls with their parameters, alike for JSON and forms."""
    return [(call["method"], {k: _meant(v) for k, v in call["parameters"].items()}) for call in telegram.client.calls()]


def _meant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(_any_file(value))
    except ValueError:
        return _any_file(value)


def _any_file(text: str) -> str:
    return re.sub(r"attach://[\w-]+", "attach://", text)


def _lasting(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return type(value), _lasting(dict(value))
    if isinstance(value, dict):
        return {name: _lasting(item) for name, item in value.items() if name not in _BY_CHANCE}
    if isinstance(value, datetime):
        return datetime
    return [_lasting(item) for item in value] if isinstance(value, list) else value


async def test_every_kind_of_parameter_arrives_and_every_result_returns_as_with_aiograms_session(
    telegram: EmulatorProcess, ours: Bot, theirs: Bot
) -> None:
    expected = [await outcome(theirs(method)) for method in AS_JSON + AS_FORM]
    sent = recorded(telegram)
    begin(telegram)
    assert [await outcome(ours(method)) for method in AS_JSON + AS_FORM] == expected
    assert recorded(telegram) == sent
    assert len(sent) == len(AS_JSON + AS_FORM)


async def test_what_is_kept_and_delivered_arrives_as_what_is_sent_at_once(telegram: EmulatorProcess, ours: Bot) -> None:
    for method in AS_JSON:
        await outcome(ours(method))
    sent = recorded(telegram)
    begin(telegram)
    for method in AS_JSON:
        await outcome(deliver(ours, method))
    assert recorded(telegram) == sent


@pytest.mark.parametrize("method", AS_FORM, ids=lambda method: type(method).__name__)
async def test_what_has_a_file_cannot_be_kept(ours: Bot, method: TelegramMethod[Any]) -> None:
    with pytest.raises(NotJson):
        session_of(ours).encode(ours, method)


async def test_a_file_comes_back_as_it_was_sent(ours: Bot) -> None:
    message = await ours(api.SendDocument(chat_id=ADA, document=document('näme "x".txt')))
    assert message.document
    content = await ours.download(message.document.file_id)
    assert isinstance(content, io.BytesIO)
    assert content.getvalue() == b"one\r\n--two\x00\xff"


async def test_a_file_from_the_network_is_passed_on(ours: Bot) -> None:
    async with raw_server(http(b"from elsewhere")) as elsewhere:
        message = await ours(api.SendDocument(chat_id=ADA, document=URLInputFile(elsewhere.url, filename="x.txt")))
    assert message.document
    content = await ours.download(message.document)
    assert content
    assert content.read() == b"from elsewhere"


async def test_a_result_belongs_to_its_bot(ours: Bot) -> None:
    message = await ours(HELLO)
    assert isinstance(message, Message)
    assert message.bot is ours
    assert message.chat.bot is ours


async def test_many_calls_at_once_all_arrive(telegram: EmulatorProcess, ours: Bot) -> None:
    await asyncio.gather(*(ours(api.SendMessage(chat_id=ADA, text=str(number))) for number in range(300)))
    texts = {call["parameters"]["text"] for call in telegram.client.calls("sendMessage")}
    assert texts == {str(number) for number in range(300)}


def test_it_runs_in_uvloop_too(telegram: EmulatorProcess) -> None:
    async def main() -> Message:
        async with AsyncExitStack() as opened:
            bot = make_bot(Session(server(telegram.url)), opened)
            await deliver(bot, HELLO)
            return await bot(api.SendDocument(chat_id=ADA, document=document()))

    assert uvloop.run(main()).document
    assert [call["status"] for call in telegram.client.calls()] == [200, 200]


@given(text=st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
async def test_any_text_arrives_as_it_is(telegram: EmulatorProcess, ours: Bot, text: str) -> None:
    last = max((call["number"] for call in telegram.client.calls()), default=0)
    await outcome(deliver(ours, api.SendMessage(chat_id=ADA, text=text, reply_markup=_button(text))))
    [call] = telegram.client.calls(after=last)
    assert call["parameters"]["text"] == text
    assert call["parameters"]["reply_markup"]["inline_keyboard"] == [[{"text": text, "callback_data": text}]]


def _button(text: str) -> Any:
    return {"inline_keyboard": [[{"text": text, "callback_data": text}]]}


async def test_half_a_character_is_for_telegram_to_refuse(ours: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="UTF-8"):
        await deliver(ours, api.SendMessage(chat_id=ADA, text="\ud83d"))


async def test_numbers_of_any_length_are_sent(opened: AsyncExitStack) -> None:
    async with raw_server(http(b'{"ok": true, "result": true}')) as raw:
        await make_bot(Session(server(raw.url)), opened)(api.DeleteMessages(chat_id=10**30, message_ids=[1]))
    [request] = raw.requests
    assert json.loads(request.partition(b"\r\n\r\n")[2])["chat_id"] == 10**30


_FAULTS = [
    *({"kind": "status", "status": status} for status in (400, 401, 403, 404, 409, 413, 418, 429, 500, 502)),
    {"kind": "status", "status": 429, "retry_after": 3},
    {"kind": "status", "status": 500, "description": "Internal Server Error: restart"},
    {"kind": "reset"},
    {"kind": "cut_off"},
    {"kind": "delay", "seconds": 1, "executed": True},
]


@pytest.mark.parametrize("fault", _FAULTS, ids=str)
async def test_a_failure_is_told_as_aiograms_session_tells_it(
    telegram: EmulatorProcess, ours: Bot, theirs: Bot, fault: dict[str, Any]
) -> None:
    telegram.client.fault(method="sendMessage", times=3, **fault)
    seconds: Any = 0.3 if fault["kind"] == "delay" else 20
    expected = await outcome(theirs(HELLO, seconds))
    assert issubclass(expected[0], Exception)
    assert await outcome(ours(HELLO, seconds)) == expected
    assert await outcome(deliver(ours, HELLO, seconds)) == expected


@pytest.mark.parametrize("kind", ["reset", "cut_off"])
async def test_an_answer_that_is_lost_says_nothing_of_the_call(telegram: EmulatorProcess, ours: Bot, kind: str) -> None:
    telegram.client.fault(method="sendMessage", kind=kind, executed=True)
    with pytest.raises(TelegramNetworkError) as caught:
        await deliver(ours, HELLO)
    assert not is_not_sent(caught.value)
    assert (await ours(HELLO)).message_id == 3  # the lost one has been sent


async def test_garbage_is_told_as_such(telegram: EmulatorProcess, ours: Bot) -> None:
    telegram.client.fault(method="sendMessage", kind="garbage", times=2)
    for work in (ours(HELLO), deliver(ours, HELLO)):
        with pytest.raises(ClientDecodeError, match="no UTF-8 at byte"):
            await work


_ANSWERS = [
    b"",
    b"null",
    b"[]",
    b"7",
    b'"ok"',
    b"[" * 5000,
    b'{"ok": true}',
    b'{"ok": 1, "result": null}',
    b'{"ok": "of course", "result": true}',
    b'{"ok": true, "result": 7}',
    b'{"ok": true, "result": {"message_id": "x"}}',
    b'{"ok": true, "result": {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "\\ud800"}}',
    b'{"ok": true, "result": {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "next_year": 1e400}}',
    b'{"ok": true, "result": {"message_id": 5, "date": NaN, "chat": {"id": 1, "type": "private"}}}',
    b'{"ok": false}',
    b'{"ok": false, "description": "no"}',
    b'{"ok": false, "description": "no", "parameters": {"migrate_to_chat_id": -1005}}',
    b'{"ok": false, "description": "no", "parameters": {"retry_after": 7}}',
    b'{"ok": false, "description": "no", "parameters": {"retry_after": "long"}}',
    b'{"ok": false, "description": 7}',
    b"<html>Bad Gateway</html>",
]


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "302 Found", "520 ?"])
async def test_any_answer_is_understood_as_by_aiograms_session(opened: AsyncExitStack, status: str) -> None:
    async with raw_server(*(http(answer, status) for answer in _ANSWERS for _ in range(2))) as raw:
        ours = make_bot(Session(server(raw.url)), opened)
        theirs = make_bot(AiohttpSession(api=server(raw.url)), opened)
        for answer in _ANSWERS:
            expected = await outcome(theirs(HELLO))
            if isinstance(expected, tuple) and expected[0] is TypeError:  # aiogram's own mistake
                expected = (TelegramServerError, "Telegram server says - HTTP 520 without a description")
            assert await outcome(ours(HELLO)) == expected, answer


async def test_the_error_of_a_kept_call_names_method_and_chat(opened: AsyncExitStack) -> None:
    moved = b'{"ok": false, "description": "moved", "parameters": {"migrate_to_chat_id": -1005}}'
    slow = b'{"ok": false, "description": "slow", "parameters": {"retry_after": 7}}'
    async with raw_server(http(moved, "400 Bad Request"), http(slow, "429 Too Many Requests")) as raw:
        bot = make_bot(Session(server(raw.url)), opened)
        with pytest.raises(TelegramMigrateToChat, match=r"-1005 from 1\b") as migrated:
            await deliver(bot, HELLO)
        assert migrated.value.migrate_to_chat_id == -1005
        with pytest.raises(TelegramRetryAfter, match=r"'SendMessage' in chat 1\. Retry in 7 seconds") as hurried:
            await deliver(bot, HELLO)
        assert hurried.value.retry_after == 7
        assert hurried.value.method.__api_method__ == "sendMessage"


async def test_a_result_that_nobody_asked_for_may_be_anything(opened: AsyncExitStack) -> None:
    async with raw_server(http(b'{"ok": true, "result": "\\ud800"}')) as raw:
        await deliver(make_bot(Session(server(raw.url)), opened), HELLO)


async def test_raw_updates_are_a_list_of_anything(opened: AsyncExitStack) -> None:
    odd = [{"update_id": 1, "message": 7}, 5, None, {"update_id": {"a": []}}]
    answers = (json.dumps({"ok": True, "result": result}).encode() for result in (odd, {"update_id": 1}, "x"))
    async with raw_server(*map(http, answers)) as raw:
        bot = make_bot(Session(server(raw.url)), opened)
        assert await bot(GetRawUpdates()) == odd
        for _ in range(2):
            with pytest.raises(ClientDecodeError):
                await bot(GetRawUpdates())


async def test_a_connection_is_used_again(opened: AsyncExitStack) -> None:
    async with raw_server(http(b'{"ok": true, "result": true}')) as raw:
        bot = make_bot(Session(server(raw.url)), opened)
        for _ in range(3):
            await deliver(bot, HELLO)
        assert (raw.connections, len(raw.requests)) == (1, 3)


async def test_a_kept_connection_that_breaks_does_not_make_a_call_twice(opened: AsyncExitStack) -> None:
    success = http(b'{"ok": true, "result": true}')
    async with raw_server(success, HANGING_UP, success) as raw:
        bot = make_bot(Session(server(raw.url)), opened)
        await deliver(bot, HELLO)
        with pytest.raises(TelegramNetworkError, match="Server disconnected") as caught:
            await deliver(bot, HELLO)
        assert not is_not_sent(caught.value)
        assert len(raw.requests) == 2
        await deliver(bot, HELLO)


async def test_what_could_not_be_sent_is_known(opened: AsyncExitStack) -> None:
    for session in (Session(server("http://127.0.0.1:1")), Session(server("http://no-such-host.invalid"))):
        with pytest.raises(TelegramNetworkError) as caught:
            await deliver(make_bot(session, opened), HELLO)
        assert is_not_sent(caught.value)
        assert SECRET not in told(caught.value)


async def test_a_server_that_does_not_let_in_has_not_heard_of_the_call(opened: AsyncExitStack) -> None:
    async with raw_server(SILENCE) as raw:
        session = Session(server(raw.url.replace("http:", "https:")), connect_timeout=0.2)
        with pytest.raises(TelegramNetworkError, match="Request timeout error") as caught:
            await deliver(make_bot(session, opened), HELLO)
    assert is_not_sent(caught.value)
    assert SECRET not in told(caught.value)


_ECHO = f"<html>/bot{TOKEN}/sendMessage was not found; /bot{TOKEN.replace(':', '%3A')} neither</html>".encode()


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        f"HTTP/1.1 2 /bot{TOKEN}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Length: /bot{TOKEN}\r\n\r\n".encode(),
        HANGING_UP,
        SILENCE,
        http(b"", "302 Found", f"Location: http://127.0.0.1:1/bot{TOKEN}/sendMessage"),
        http(_ECHO),
        http(_ECHO, "404 Not Found"),
        http(_ECHO + b"\xff"),
        http(json.dumps({"ok": True, "result": _ECHO.decode()}).encode()),
        http(json.dumps({"ok": False, "description": _ECHO.decode()}).encode(), "404 Not Found"),
        http(b"short", "200 OK", "Content-Encoding: gzip"),
        http(b"short", "200 OK", "Transfer-Encoding: chunked"),
    ],
    ids=repr,
)
async def test_no_failure_tells_the_token(opened: AsyncExitStack, answer: bytes) -> None:
    async with raw_server(answer) as raw:
        bot = make_bot(Session(server(raw.url), timeout=0.5), opened)
        with pytest.raises(AiogramError) as caught:
            await bot(HELLO)
        assert SECRET not in told(caught.value)


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
async def test_the_token_goes_to_no_other_address(opened: AsyncExitStack, status: str) -> None:
    elsewhere = await opened.enter_async_context(raw_server(http(b"")))
    moved = http(b"", status, f"Location: {elsewhere.url}/bot{TOKEN}/sendMessage")
    async with raw_server(moved) as raw:
        with pytest.raises(ClientDecodeError):
            await deliver(make_bot(Session(server(raw.url)), opened), HELLO)
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", ["404 Not Found", "302 Found"])
async def test_a_download_that_fails_does_not_tell_the_token(opened: AsyncExitStack, status: str) -> None:
    answer = http(b"", status, f"Location: http://127.0.0.1:1/{TOKEN}")
    async with raw_server(answer) as raw:
        bot = make_bot(Session(server(raw.url)), opened)
        with pytest.raises(TelegramNetworkError) as caught:
            await bot.download_file("documents/1")
    assert SECRET not in told(caught.value)


def told(error: BaseException | None) -> str:
    """All that a log could say of it."""
    found = []
    if error:
        found.extend(traceback.format_exception(error))
    while error:
        found.extend([str(error), repr(error), repr(error.args)])
        error = error.__cause__ or error.__context__
    return "".join(found)


async def test_a_closed_session_opens_again(telegram: EmulatorProcess, ours: Bot) -> None:
    await ours(HELLO)
    await ours.session.close()
    assert (await ours(api.SendMessage(chat_id=ADA, text=TEXT, parse_mode=None))).text


async def test_a_call_that_was_given_up_leaves_nothing_behind(opened: AsyncExitStack) -> None:
    async with raw_server(SILENCE, http(b'{"ok": true, "result": true}')) as raw:
        bot = make_bot(Session(server(raw.url), limit=1), opened)
        waiting = asyncio.ensure_future(deliver(bot, HELLO))
        await raw.asked.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await deliver(bot, HELLO)
        assert raw.connections == 2
