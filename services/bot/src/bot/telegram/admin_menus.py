from __future__ import annotations

from aiogram.utils.i18n import I18n

from bot.domain.calls import Outgoing
from bot.domain.languages import DEFAULT_LANGUAGE
from bot.domain.shop import Shop
from bot.domain.users import UserId
from bot.storage.admin_menus import AdminMenuStore
from bot.storage.database import Database
from bot.storage.outbox import OutboxStore
from bot.storage.users import UserStore
from bot.telegram.command_menu import admins_menu, no_admins_menu
from bot.telegram.handling import Encode, Transaction


class AdminMenus:
    """The menus in the admins' chats. The outbox brings them to Telegram: in order, and holding nobody up.

    Handlers get it by the parameter name `admin_menus`.
    """

    def __init__(
        self, database: Database, users: UserStore, outbox: OutboxStore, encode: Encode, i18n: I18n, shop: Shop
    ) -> None:
        self._database = database
        self._users = users
        self._outbox = outbox
        self._encode = encode
        self._i18n = i18n
        self._shop = shop
        self._store = AdminMenuStore()

    async def renew(self) -> None:
        """Every admin gets the menu of this release, and whoever is one no more loses it. Raises StorageUnavailable.

        Telegram knows no chat with an admin who has never written to the bot: their menu comes with /start.
        """
        languages = {}
        for admin_id in sorted(self._shop.admin_ids):
            if admin := await self._users.get(UserId(admin_id)):
                languages[admin_id] = admin.language
        async with self._database.transaction() as connection:
            shown = await self._store.chats(connection)
            former = shown - self._shop.admin_ids
            # Whoever has asked to be forgotten is an admin still.
            languages |= dict.fromkeys(shown - former - languages.keys(), DEFAULT_LANGUAGE)
            await self._store.add(connection, languages)
            await self._store.remove(connection, former)
            shows = [self._shown(admin_id, language) for admin_id, language in languages.items()]
            await self._outbox.enqueue(connection, [*shows, *map(self._removed, sorted(former))])

    async def show(self, transaction: Transaction, admin_id: int, language: str) -> None:
        """When the transaction commits."""
        await self._store.add(transaction.connection, [admin_id])
        await self._outbox.enqueue(transaction.connection, [self._shown(admin_id, language)])

    def _shown(self, admin_id: int, language: str) -> Outgoing:
        return Outgoing(admin_id, self._encode(admins_menu(admin_id, language, self._i18n)))

    def _removed(self, chat_id: int) -> Outgoing:
        return Outgoing(chat_id, self._encode(no_admins_menu(chat_id)))
