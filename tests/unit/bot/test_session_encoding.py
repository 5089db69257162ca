from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.methods import AnswerInlineQuery, BanChatMember, SendMessage, SendPoll, SetMyCommands
from aiogram.methods.base import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputFile,
    InputPollOption,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
    User,
    WebAppInfo,
)
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.encoding import dumps, parameters
from bot.telegram.session import NotJson, Session

DEFAULT = DefaultBotProperties(parse_mode="HTML", link_preview=LinkPreviewOptions(show_above_text=True))


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


def encoded(**extra: Any) -> Any:
    """The parameter `extra` as Telegram gets it."""
    return parameters(SendMessage(chat_id=1, text="Hello", **extra), DEFAULT, []).get("extra")


def test_what_is_not_given_is_filled_in_from_the_bot() -> None:
    assert parameters(SendMessage(chat_id=1, text="Hello"), DEFAULT, []) == {
        "chat_id": 1,
        "text": "Hello",
        "parse_mode": "HTML",
        "link_preview_options": {"show_above_text": True},
    }


def test_what_is_given_goes_before_the_bots_default() -> None:
    method = SendMessage(
        chat_id=1, text="Hello", parse_mode=None, link_preview_options=LinkPreviewOptions(is_disabled=False)
    )
    assert parameters(method, DEFAULT, []) == {
        "chat_id": 1,
        "text": "Hello",
        "link_preview_options": {"is_disabled": False},
    }


def test_none_and_an_empty_text_are_left_out_but_nothing_else_that_is_empty() -> None:
    method = SendMessage(chat_id=0, text="", parse_mode=None, entities=[], protect_content=False)
    assert parameters(method, DefaultBotProperties(), []) == {"chat_id": 0, "entities": [], "protect_content": False}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2031, 1, 1, 0, 0, 0, 600_000, tzinfo=UTC), 1924992001),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        ((1, None, Colour.RED), [1, "red"]),
        ({"a": None, "b": {"c": [None, Default("parse_mode"), Default("protect_content")]}}, {"b": {"c": ["HTML"]}}),
        ([LinkPreviewOptions(url="x"), ""], [{"url": "x"}, ""]),
    ],
)
def test_values_of_every_kind_become_json(value: Any, expected: Any) -> None:
    found = encoded(extra=value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "method",
    [
        SendMessage(
            chat_id="@channel",
            text="Hello",
            entities=[
                MessageEntity(type="text_mention", offset=0, length=5, user=User(id=1, is_bot=False, first_name="A"))
            ],
            reply_markup=InlineKeyboardMarkup(
                inline_keyboard=[
                    [InlineKeyboardButton(text="x", web_app=WebAppInfo(url="https://x"), beyond=[1, {}])],
                    [],
                ]
            ),
        ),
        SendPoll(chat_id=1, question="?", options=[InputPollOption(text="x"), "y"]),
        SetMyCommands(commands=[BotCommand(command="x", description="y")], scope=BotCommandScopeChat(chat_id=1)),
        AnswerInlineQuery(
            inline_query_id="1",
            results=[
                InlineQueryResultArticle(
                    id="1", title="x", input_message_content=InputTextMessageContent(message_text="x")
                )
            ],
            beyond=InputTextMessageContent(message_text="y"),
        ),
    ],
    ids=lambda method: type(method).__name__,
)
def test_what_is_sent_is_what_pydantic_would_dump(method: TelegramMethod[Any]) -> None:
    nothing = DefaultBotProperties()
    dumped = _without_none(_without_defaults(method.model_dump(warnings=False, exclude_none=True)))
    assert parameters(method, nothing, []) == dumped


def _without_defaults(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_defaults(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_defaults(item) for item in value]
    return None if isinstance(value, Default) else value


def test_a_duration_is_counted_from_now() -> None:
    method = BanChatMember(chat_id=1, user_id=2, until_date=timedelta(hours=1))
    until = parameters(method, DEFAULT, [])["until_date"]
    assert abs(until - datetime.now(UTC).timestamp() - 3600) < 60


def test_files_are_found_however_deep_they_are() -> None:
    file = BufferedInputFile(b"", "x")
    found: list[InputFile] = []
    method = SendMessage(chat_id=1, text="Hello", extra=[{"media": file}])
    assert parameters(method, DefaultBotProperties(), found)["extra"] == [{}]
    assert found == [file]
    with pytest.raises(NotJson):
        Session().encode(Bot("1:x"), method)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=_JSON)
def test_what_is_json_already_loses_nothing_but_none(value: Any) -> None:
    assert encoded(extra={"value": [value]}) == {"value": [_without_none(value)] if value is not None else []}


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    return [_without_none(item) for item in value if item is not None] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("value", "expected"),
    [("ü", '"ü"'.encode()), ("\ud800", b'"\\ud800"'), (2**64, b"18446744073709551616"), ({1: 2}, b'{"1": 2}')],
)
def test_what_orjson_refuses_is_written_all_the_same(value: Any, expected: bytes) -> None:
    assert dumps(value) == expected
