"""Updates of every kind that the Bot API knows, as nobody would send them: from aiogram's types, and by a seed."""

from __future__ import annotations

import enum
import itertools
import random
import time
import types
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Message, TelegramObject, Update, User
from aiogram.utils.i18n import I18n
from pydantic import ValidationError

from bot.domain.languages import LANGUAGES
from bot.views import callback_data
from bot.views.commands import CUSTOMERS, admins_commands
from bot.views.translations import Translations
from tests.hostile import NAMES

Json = dict[str, Any]

LARGEST = 2**63 - 1
NUMBERS = (0, 1, -1, 2, 7, 64, 2**31 - 1, 2**31, -(2**31), 2**52 - 1, 2**53, LARGEST, -LARGEST, -LARGEST - 1, 2**64 - 1)
#: Telegram's times fit into 32 bits.
TIMES = (0, 1, 946_684_800, 1_700_000_000, 2**31 - 1, 2**32 - 1)
FLOATS = (0.0, -0.0, 1e308, -1e308, 5e-324, 0.1, 1e16)
BOT_ID = 1_000_000_001

TEXTS = (
    *NAMES,
    *("", " ", "\n", ".", "/", "//", "/@", "/start@", "@", "0", "-1", "1", "12.50", "4,5", "9" * 40, "TEA", "10-024"),
    *(
        "null",
        "None",
        "../../etc/passwd",
        "' OR 1=1 --",
        "${jndi:ldap://x}",
        "<a href='",
        "&amp;&lt",
        "{0}{x.__class__}",
    ),
    *("\u202e\u2066\u200f\u200b", "\ufeff", "\uffff", "\U0010ffff", "e\u0301" * 50, "\x01\x1b[31m", "\x00", "İı", "ß"),
)
PREFIXED: tuple[type[CallbackData], ...] = tuple(
    found for found in vars(callback_data).values() if isinstance(found, type) and hasattr(found, "__prefix__")
)
KINDS = tuple(name for name in Update.model_fields if name != "update_id")
#: What the bot asks for comes more often than the rest.
_OFTEN = ("message", "callback_query") * len(KINDS) + ("my_chat_member",) * 3

_DEEPEST = 4
#: How likely it is that an optional field is given, by depth.
_GIVEN = (0.35, 0.12, 0.06, 0.02, 0.0)


class UpdateGenerator:
    def __init__(self, seed: int, people: Sequence[int], groups: Sequence[int]) -> None:
        """`people` and `groups` are in most updates; strangers come, too."""
        self._random = random.Random(seed)
        self._people = people
        self._groups = groups
        self._message_ids = itertools.count(1000)
        self._presses = itertools.count(1)
        self._now = int(time.time())
        self._commands = _commands()
        self._special: dict[type, Callable[[int], Json]] = {
            User: lambda _: self._user(),
            Chat: self._chat,
            Message: self._message,
        }

    def update(self) -> Json:
        """One that is as Telegram documents it, whatever its values are."""
        kind = self._random.choice(self._random.choice((KINDS, _OFTEN)))
        if kind == "callback_query":
            return {kind: self._press()}
        return {kind: self._value(Update.model_fields[kind].annotation, kind, 0)}

    def malformed(self) -> Json:
        """One that no parser of the documented types reads."""
        while True:
            update = deepcopy(self.update())
            for _ in range(self._random.randint(1, 3)):
                self._break(update)
            try:
                Update.model_validate({"update_id": 1, **update})
            except ValidationError:
                return update

    # --- by type

    def _value(self, annotation: Any, name: str, depth: int) -> Any:
        origin = get_origin(annotation)
        if origin is Annotated:
            return self._value(get_args(annotation)[0], name, depth)
        if origin in (Union, types.UnionType):
            return self._value(self._random.choice(_alternatives(annotation)), name, depth)
        if origin is Literal:
            only = get_args(annotation)[0]
            return only.value if isinstance(only, enum.Enum) else only
        if origin in (list, Sequence):
            few = 0 if depth >= _DEEPEST else self._random.choice((0, 1, 1, 2))
            return [self._value(get_args(annotation)[0], name, depth + 1) for _ in range(few)]
        if isinstance(annotation, type) and issubclass(annotation, TelegramObject):
            special = self._special.get(annotation)
            return special(depth) if special else self._object(annotation, depth)
        return self._plain(annotation, name)

    def _plain(self, annotation: Any, name: str) -> Any:
        if annotation is datetime or name.endswith("date"):
            return self._random.choice((*TIMES, self._now, self._now))
        if annotation is bool:
            return self._random.random() < 0.5
        if annotation is int:
            return self._random.choice(NUMBERS)
        if annotation is float:
            return self._random.choice(FLOATS)
        return self._text()

    def _object(self, model: type[TelegramObject], depth: int, given: float | None = None) -> Json:
        likely = _GIVEN[min(depth, _DEEPEST)] if given is None else given
        made = {}
        for name, key, annotation, is_required in _fields(model):
            if is_required:
                made[key] = self._value(annotation, name, depth + 1)
            elif likely and self._random.random() < likely:
                is_null = self._random.random() < 0.05
                made[key] = None if is_null else self._value(annotation, name, depth + 1)
        return made

    # --- people, chats, messages, presses

    def _user(self) -> Json:
        known = self._random.random() < 0.9
        user: Json = {
            "id": self._random.choice(self._people if known else NUMBERS),
            "is_bot": self._random.random() < 0.02,
            "first_name": self._text() or "x",
        }
        for name in ("last_name", "username", "language_code"):
            if self._random.random() < 0.3:
                user[name] = self._text()
        if self._random.random() < 0.5:
            user["language_code"] = self._random.choice((*LANGUAGES, "pt-BR", "zh-hans", ""))
        return user

    def _chat(self, depth: int) -> Json:
        kind = self._random.choice(("private", "private", "group", "supergroup", "channel", "sender", "", self._text()))
        pool = self._people if kind == "private" else self._groups
        chat_id = self._random.choice(pool if self._random.random() < 0.9 else NUMBERS)
        return self._object(Chat, depth + 1) | {"id": chat_id, "type": kind}

    def _message(self, depth: int) -> Json:
        message = self._object(Message, depth, given=(0.03, 0.03, 0.01, 0.0, 0.0)[min(depth, _DEEPEST)])
        message["message_id"] = next(self._message_ids) if self._random.random() < 0.9 else self._number()
        if self._random.random() < 0.8:
            message["text"] = self._said()
        self._place(message)
        return message

    def _place(self, message: Json) -> None:
        """Mostly as it is in private chats, where the chat is the sender's."""
        if self._random.random() < 0.7:
            sender = self._user()
            message["from"] = sender
            message["chat"] = {"id": sender["id"], "type": "private", "first_name": sender["first_name"]}
        elif self._random.random() < 0.8:
            message["from"] = self._user()

    def _press(self) -> Json:
        press = self._object(CallbackQuery, 0)
        press["id"] = f"{next(self._presses)}" if self._random.random() < 0.95 else self._text()
        press["from"] = self._user()
        press["data"] = self._data()
        if self._random.random() < 0.9:
            kind = InaccessibleMessage if self._random.random() < 0.1 else Message
            message = self._value(kind, "message", 1)
            if self._random.random() < 0.8:
                message["chat"] = {"id": press["from"]["id"], "type": "private"}
            press["message"] = message
        if self._random.random() < 0.05:
            press.pop("data")
        return press

    # --- what is said and pressed

    def _text(self) -> str:
        if self._random.random() < 0.002:
            return (self._random.choice(TEXTS) or "x") * 6000
        return self._random.choice(TEXTS)

    def _said(self) -> str:
        if self._random.random() < 0.4:
            return self._text()
        command = f"/{self._random.choice(self._commands)}"
        if self._random.random() < 0.2:
            command += self._random.choice(("@orderly_demo_bot", "@ORDERLY_DEMO_BOT", "@another_bot", "@"))
        if self._random.random() < 0.5:
            command += self._random.choice((" ", "\n", "  ", "\u00a0"))
            command += self._random.choice(("", "p_", "p_tea", "group")) + self._text()
        return command

    def _data(self) -> str:
        if self._random.random() < 0.15:
            return self._text()[:64]
        model = self._random.choice(PREFIXED)
        fields = [self._field(field.annotation) for field in model.model_fields.values()]
        if self._random.random() < 0.05:
            self._random.shuffle(fields)
        return ":".join([model.__prefix__, *fields])[: 64 if self._random.random() < 0.99 else 4096]

    def _field(self, annotation: Any) -> str:
        if self._random.random() < 0.1:
            return self._random.choice((*map(str, NUMBERS), *TEXTS, "１", "٣", "+1", "1_0", "1e3", "true", "9" * 60))
        return str(self._random.choice(_likely_values(annotation)))

    def _number(self) -> int:
        return self._random.choice(NUMBERS)

    # --- breaking

    def _break(self, update: Json) -> None:
        places = list(_places(update))
        if not places:
            return
        holder, key = self._random.choice(places)
        if isinstance(holder, dict) and self._random.random() < 0.2:
            del holder[key]
        else:
            holder[key] = deepcopy(self._random.choice(_WRONG[type(holder[key])]))


def _commands() -> tuple[str, ...]:
    token = I18n.set_current(Translations())
    try:
        return (*CUSTOMERS, *admins_commands())
    finally:
        I18n.reset_current(token)


_WRONG: dict[type, tuple[Any, ...]] = {
    dict: ("text", 5, [], [{}], True, {}),
    list: ("text", 5, {}, True, [[]], ["x"]),
    str: (5, {}, [], True, 1.5),
    int: ("text", {}, [], 1.5, "9" * 30, 10**18),
    float: ("text", {}, []),
    bool: ("perhaps", {}, [], 17),
    type(None): ("text", 5, {}, []),
}


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(items):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


@cache
def _fields(model: type[TelegramObject]) -> list[tuple[str, str, Any, bool]]:
    return [
        # What tells one of several types from the others has a default, and is always there.
        (name, field.alias or name, field.annotation, field.is_required() or get_origin(field.annotation) is Literal)
        for name, field in model.model_fields.items()
    ]


@cache
def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """Without None, which is given now and then instead of a whole field, and without aiogram's own placeholders."""
    given = [one for one in get_args(annotation) if one is not type(None) and getattr(one, "__name__", "") != "Default"]
    return tuple(given)


@cache
def _likely_values(annotation: Any) -> tuple[Any, ...]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _likely_values(get_args(annotation)[0])
    if origin is Literal:
        return get_args(annotation)
    if origin in (Union, types.UnionType):
        return tuple(value for one in get_args(annotation) for value in _likely_values(one))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return tuple(one.value for one in annotation)
    if annotation is bool:
        return (0, 1)
    if annotation is int:
        return (*range(1, 7), *range(1000, 1020), LARGEST)
    if annotation is type(None):
        return ("",)
    return (*LANGUAGES, "europe", "asia", "Europe/Berlin", "Asia/Tokyo", "UTC", "")
