"""One update while it is handled: what its handler does to the data happens once, however often the update comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiogram.methods.base import TelegramMethod

from bot.domain.calls import Call, Outgoing
from bot.domain.inbox import Claimed
from bot.storage.database import AnyConnection, Database
from bot.storage.inbox import InboxStore
from bot.storage.outbox import OutboxStore
from bot.telegram.fsm_storage import ConversationChanges

LONGEST_TOAST = 200  # characters

Encode = Callable[[TelegramMethod[Any]], Call]


class Transaction:
    """What is written on `connection`, the answer, and what is sent with it: all of it, or nothing."""

    def __init__(self, connection: AnyConnection, outbox: OutboxStore, encode: Encode) -> None:
        self.connection = connection
        self.answered: Call | None = None
        self._outbox = outbox
        self._encode = encode

    def answer(self, method: TelegramMethod[Any]) -> None:
        """Sent after the commit, and again until Telegram has taken it. Raises NotJson for files."""
        self.answered = self._encode(method)

    async def send(
        self,
        chat_id: int,
        method: TelegramMethod[Any],
        *,
        key: str | None = None,
        due_at: datetime | None = None,
        bulk: bool = False,
    ) -> None:
        """Puts it into the outbox. What has a key is sent once, however often it is asked for. Raises NotJson."""
        message = Outgoing(chat_id, self._encode(method), key, due_at, bulk)
        await self._outbox.enqueue(self.connection, [message])


class Handling:
    """Handlers get it by the parameter name `handling`."""

    def __init__(
        self, claimed: Claimed, database: Database, inbox: InboxStore, outbox: OutboxStore, encode: Encode
    ) -> None:
        self.changes = ConversationChanges()
        self.committed: Transaction | None = None
        #: What the answer to a press says.
        self.toasted = ""
        self._claimed = claimed
        self._database = database
        self._inbox = inbox
        self._outbox = outbox
        self._encode = encode

    def toast(self, text: str) -> None:
        """Shows it to whoever pressed the button, cut where it is longer. Without it a press is answered silently."""
        self.toasted = text if len(text) <= LONGEST_TOAST else f"{text[: LONGEST_TOAST - 1]}…"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits at its end that the update has been handled: the handler will not be called for it again.

        One an update; what the handler does to the conversation, and its answer, belong inside. Nothing in it may wait
        for Telegram, nor for another connection. Raises StorageUnavailable, ClaimLost.
        """
        if self.committed:
            raise RuntimeError("the update's transaction has been committed: there is one for each update")
        async with self._database.transaction() as connection:
            transaction = Transaction(connection, self._outbox, self._encode)
            yield transaction
            await self._inbox.keep_answer(connection, self._claimed, transaction.answered, self.changes.pending())
        self.changes.seal()
        self.committed = transaction
