"""An open shop: one bot, one database and one emulator for all tests of a file, which bring people of their own."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Lock
from typing import Any

import pytest
from asyncpg import Connection, Record

from emulator.client import Emulator, Person
from tests.integration.bot.forked_bot import ForkedBot, ForkServer
from tests.integration.bot.processes import BotProcess, EmulatorProcess
from tests.integration.conftest import TestDatabase, create_copy, drop
from tests.integration.postgres import Server
from tests.waiting import wait_for

OWNER, CLERK = 9001, 9002

_USER_IDS = itertools.count(5_000_000_000)


class Shop:
    """A shop at work, looked at from outside."""

    def __init__(self, database: TestDatabase, telegram: EmulatorProcess, bot: BotProcess) -> None:
        self.database = database
        self.telegram = telegram
        self.bot = bot
        self._runner = asyncio.Runner()
        self._connection: Connection[Record] | None = None
        self._one_at_a_time = Lock()

    def close(self) -> None:
        if self._connection:
            self._runner.run(self._connection.close())
        self._runner.close()

    @property
    def emulator(self) -> Emulator:
        return self.telegram.client

    def person(self, first_name: str = "Ada", **names: str) -> Person:
        """Somebody whom the bot has never seen."""
        return self.emulator.person(next(_USER_IDS), first_name, **names)

    def sql(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        with self._one_at_a_time:
            return self._runner.run(self._fetch(query, *arguments))

    def value(self, query: str, *arguments: Any) -> Any:
        return self.sql(query, *arguments)[0][0]

    def product(self, sku: str, name: str = "Tea", price: int = 450, stock: int = 10, **more: Any) -> int:
        """A product for sale; its id."""
        return int(
            self.value(
                """
                INSERT INTO products (sku, name, description, price, currency, stock, is_hidden)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                RETURNING id
                """,
                *(sku, name, more.get("description", ""), price, more.get("currency", "EUR"), stock),
                more.get("is_hidden", False),
            )
        )

    def order(self, customer: Person, *product_ids: int, quantity: int = 1, note: str = "") -> int:
        """Places one as the customer would; its id."""
        for product_id in product_ids:
            self.tap(customer, f"put:{product_id}:{quantity}:product")
        self.check_out(customer, note)
        assert "Thank you!" in self.push(customer, "Place the order")
        return int(self.value("SELECT max(id) FROM orders WHERE user_id = $1", customer.id))

    def check_out(self, customer: Person, note: str = "") -> str:
        """As far as the summary, which is returned."""
        customer.ask("/cart")
        assert "Where to" in self.push(customer, "Check out")
        return customer.ask(note) if note else self.push(customer, "Nothing to add")

    def push(self, person: Person, label: str) -> str:
        """Presses the newest button that says so; the text of its message afterwards."""
        message_id, data = next(
            (answer.id, button["callback_data"])
            for answer in sorted(person.seen.values(), key=lambda answer: -answer.id)
            for button in answer.buttons
            if button["text"] == label
        )
        return self.tap(person, data, message_id)

    def tap(self, person: Person, data: str, message_id: int | None = None) -> str:
        """A press with any data, on the newest message if no other is given; the text of the message afterwards."""
        if not person.seen:
            person.ask("/help")
        message_id = message_id or max(person.seen)
        person.press_data(message_id, data, forged=True)
        self.wait_until_handled()
        person.read(wait=0)
        return person.seen[message_id].text

    def wait_until_handled(self) -> None:
        """What is on its way to other chats may be so still."""
        wait_for(
            lambda: self.emulator.counts()["waiting"] == 0 and self.value("SELECT NOT EXISTS (SELECT FROM inbox)"),
            "everything is handled",
        )

    def wait_until_idle(self) -> None:
        """Nothing waits to be handled or sent."""
        waiting = "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM outbox WHERE state = 'pending')"
        wait_for(
            lambda: self.emulator.counts()["waiting"] == 0 and self.value(waiting) == 0,
            "everything is handled and sent",
        )

    def failed(self) -> list[tuple[Any, ...]]:
        return self.sql("SELECT update_id, error FROM failed_updates")

    async def _fetch(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.database.connect("migrator")
        return [tuple(row) for row in await self._connection.fetch(query, *arguments)]


@pytest.fixture(scope="module")
def open_shop(
    server: Server, migrated: str, fork_server: ForkServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Shop]]:
    """Opens one, with settings of the bot's; it is closed with the file's last test."""
    with ExitStack() as stack:

        def opened(**settings: str) -> Shop:
            folder = tmp_path_factory.mktemp("shop")
            database = TestDatabase(server, f"shop_{uuid.uuid4().hex}")
            asyncio.run(create_copy(server, migrated, database.name))
            stack.callback(lambda: asyncio.run(drop(server, database.name)))
            telegram = stack.enter_context(EmulatorProcess(folder))
            telegram.start()
            settings = {"ADMIN_IDS": f"{OWNER},{CLERK}", "FLOOD_MESSAGES": "0", **settings}
            bot = stack.enter_context(ForkedBot(fork_server, folder, database.url("bot"), telegram.url, **settings))
            bot.start()
            bot.wait_until_ready()
            return stack.enter_context(closing(Shop(database, telegram, bot)))

        yield opened


@pytest.fixture(scope="module")
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()


@pytest.fixture
def customer(shop: Shop) -> Person:
    return shop.person()


@pytest.fixture
def owner(shop: Shop) -> Person:
    """An admin."""
    return shop.emulator.person(OWNER, "Olga")


@pytest.fixture
def clerk(shop: Shop) -> Person:
    """Another admin."""
    return shop.emulator.person(CLERK, "Carl")
