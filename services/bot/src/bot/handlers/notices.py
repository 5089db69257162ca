from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiogram.utils.i18n import I18n

from bot.domain.languages import DEFAULT_LANGUAGE
from bot.domain.shop import Shop
from bot.domain.users import UserId
from bot.storage.users import UserStore
from bot.telegram.handling import Transaction
from bot.views.screen import Screen


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told something in a chat of their own."""

    id: int
    language: str


class Notices:
    """Handlers get it by the parameter name `notices`."""

    def __init__(self, users: UserStore, i18n: I18n, shop: Shop) -> None:
        self._users = users
        self._i18n = i18n
        self._shop = shop

    async def admins(self) -> list[Reader]:
        """Before a transaction begins, which may wait for no other connection. Raises StorageUnavailable."""
        readers = []
        for admin_id in sorted(self._shop.admin_ids):
            admin = await self._users.get(UserId(admin_id))
            readers.append(Reader(admin_id, admin.language if admin else DEFAULT_LANGUAGE))
        return readers

    async def tell(
        self, transaction: Transaction, readers: Sequence[Reader], said: Callable[[], Screen], key: str
    ) -> None:
        """When the transaction commits, and once, however often it is asked for with the same key."""
        for reader in readers:
            with self._i18n.use_locale(reader.language):
                message = said().send(reader.id)
            await transaction.send(reader.id, message, key=f"{key}:{reader.id}")
