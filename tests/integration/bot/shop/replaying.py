"""Presses that are written down, to be made again later, by somebody else, or with other data."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from aiogram.filters.callback_data import CallbackData

import bot.handlers
import bot.views
from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.waiting import wait_for

#: All that a press may change for good, but for the presser's own cart, settings and conversation.
EFFECTS = """
    SELECT jsonb_build_object(
        'orders', (SELECT jsonb_agg(to_jsonb(orders) ORDER BY id) FROM orders),
        'items', (SELECT jsonb_agg(to_jsonb(order_items) ORDER BY order_id, product_id) FROM order_items),
        'events', (SELECT jsonb_agg(to_jsonb(order_events) ORDER BY order_id, status) FROM order_events),
        'products', (
            SELECT jsonb_agg(jsonb_build_array(id, sku, name, description, price, currency, stock) ORDER BY id)
            FROM products
        ),
        'broadcasts', (SELECT jsonb_agg(jsonb_build_array(id, confirmed_at) ORDER BY id) FROM broadcasts),
        'failed', (SELECT jsonb_agg(id ORDER BY id) FROM failed_updates),
        'people', (SELECT jsonb_agg(jsonb_build_array(id, created_at) ORDER BY id) FROM users)
    )::text
"""

#: What a press may change for its presser.
OWN_EFFECTS = """
    SELECT jsonb_build_object(
        'carts', (
            SELECT jsonb_agg(jsonb_build_array(user_id, product_id, quantity) ORDER BY user_id, product_id)
            FROM cart_items
            WHERE user_id = ANY ($1::bigint[])
        ),
        'settings', (
            SELECT jsonb_agg(jsonb_build_array(id, settings) ORDER BY id) FROM users WHERE id = ANY ($1::bigint[])
        ),
        'hidden', (SELECT jsonb_agg(id ORDER BY id) FROM products WHERE is_hidden),
        'conversations', (
            SELECT jsonb_agg(jsonb_build_array(user_id, state, data) ORDER BY user_id)
            FROM conversations
            WHERE user_id = ANY ($1::bigint[])
        )
    )::text
"""

#: Numbers and texts that break careless programs.
VALUES = (
    *("", "0", "1", "-1", "+1", "1.0", "1e3", "1_0", "１２", "٣", " 1", "٠", "NaN"),
    *(str(2**63 - 1), str(2**63), str(-(2**63)), "9" * 40, "true", "x" * 20, "<b>", "'", "%s", "\x00", "\u202e", "😀"),
    *("placed", "confirmed", "shipped", "delivered", "cancelled", "new", "open", "product", "cart"),
    *("name", "description", "price", "stock", "de", "ru", "xx", "europe", "Europe/Paris", "../etc/passwd"),
)
JUNK = ("", ":", ":" * 64, "x" * 64, "\U0001f600" * 16, "\x00" * 64, "_::", "__proto__", "null", "{}")


class Press(NamedTuple):
    person_id: int
    message_id: int
    data: str

    @property
    def prefix(self) -> str:
        return self.data.partition(":")[0]

    @property
    def is_admins(self) -> bool:
        return self.prefix == "admin" or self.prefix.startswith("a-")


class Watch:
    """Looks into the shop's database again and again, by one connection."""

    def __init__(self, shop: Shop) -> None:
        self.emulator = shop.emulator
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(shop.database.connect("migrator"))

    def close(self) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()

    def value(self, query: str, *arguments: Any) -> Any:
        return self._runner.run(self._fetch(query, arguments))

    async def _fetch(self, query: str, arguments: Sequence[Any]) -> Any:
        return await self._connection.fetchval(query, *arguments)


class Walk:
    """Presses each button twice, and holds what the second press changed against the bot."""

    def __init__(self, watch: Watch, *people: Person) -> None:
        self.presses: list[Press] = []
        self._watch = watch
        self._people = [person.id for person in people]

    def say(self, person: Person, text: str) -> None:
        person.say(text)
        self.read(person)

    def press(self, person: Person, label: str = "", data: str = "", begins: str = "") -> None:
        """The newest button that says, or carries, it."""
        self._twice(Press(person.id, *_button(person, label, data, begins)), person)

    def open(self, person: Person, data: str) -> None:
        """A screen that is many pages away."""
        self._twice(Press(person.id, max(person.seen), data), person)

    def read(self, person: Person) -> None:
        wait_until_handled(self._watch)
        person.read(wait=0)

    def _twice(self, press: Press, person: Person) -> None:
        self.presses.append(press)
        replay(self._watch, [press])
        once = self._changed()
        replay(self._watch, [press])
        assert self._changed() == once, press
        person.read(wait=0)

    def _changed(self) -> tuple[Any, Any]:
        return effects(self._watch), json.loads(self._watch.value(OWN_EFFECTS, self._people))


def effects(watch: Watch) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(watch.value(EFFECTS))
    return found


def replay(watch: Watch, presses: Iterable[Press]) -> list[tuple[Press, str]]:
    """One after the other, without waiting for the answers; with what the answers said."""
    made = []
    for press in presses:
        body = {"person_id": press.person_id, "message_id": press.message_id, "data": press.data, "forged": True}
        made.append((press, watch.emulator.post("/control/presses", body)["id"]))
    wait_until_handled(watch)
    answered = []
    for press, made_id in made:
        answer = watch.emulator.get(f"/control/presses/{made_id}", wait=20)["answer"]
        assert answer is not None, f"{press} was not answered"
        answered.append((press, str(answer["text"] or "")))
    return answered


def wait_until_handled(watch: Watch) -> None:
    """What is on its way to other chats may be so still."""

    def is_handled() -> bool:
        return bool(watch.emulator.counts()["waiting"] == 0 and watch.value("SELECT count(*) FROM inbox") == 0)

    wait_for(is_handled, "every press is handled", timeout=240)


def classes() -> dict[str, type[CallbackData]]:
    """All that the bot's buttons can carry, by prefix."""
    for package in (bot.views, bot.handlers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = [one for one in _subclasses(CallbackData) if one.__module__.startswith("bot.")]
    return {one.__prefix__: one for one in found if one.__prefix__ != "_"}


def forged(press: Press, ids: Sequence[int], random: Random) -> Iterator[str]:
    """What somebody could make of a button's data."""
    prefix, *fields = press.data.split(":")
    for place, field in enumerate(fields):
        near = [str(int(field) + step) for step in (-1, 1)] if field.isascii() and field.isdigit() else []
        for value in (*near, *VALUES, *map(str, ids)):
            yield ":".join([prefix, *fields[:place], value, *fields[place + 1 :]])
    for end in range(len(press.data)):
        yield press.data[:end]
    yield from (f"{press.data}:", f"{press.data}:1", f"{press.data}{':1' * 20}", press.data.upper(), f" {press.data}")
    yield prefix + ":" * len(fields)
    yield ":".join([prefix, *random.sample(fields, len(fields))])
    yield ":".join([prefix, *reversed(fields)])


def _subclasses(one: type[CallbackData]) -> Iterator[type[CallbackData]]:
    for found in one.__subclasses__():
        yield found
        yield from _subclasses(found)


def _button(person: Person, label: str, data: str, begins: str) -> tuple[int, str]:
    for answer in sorted(person.seen.values(), key=lambda answer: -answer.id):
        for button in answer.buttons:
            carried = str(button.get("callback_data", ""))
            if (label and button["text"] == label) or (data and carried == data):
                return answer.id, carried
            if begins and carried.startswith(begins):
                return answer.id, carried
    raise AssertionError(f"no button {label or data or begins!r} on {[seen.text for seen in person.seen.values()]}")
