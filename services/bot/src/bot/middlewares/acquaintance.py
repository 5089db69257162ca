from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject
from aiogram.types import User as TelegramUser

from bot.domain.languages import language
from bot.domain.settings import Settings
from bot.domain.users import Identity, UserId


class Acquaintance(BaseMiddleware):
    """Tells handlers whom they talk to, and has the texts in that person's language.

    They get `identity`, `user` (None where the bot does not know them), `settings` and the time `zone`.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        identity = identity_of(data["event_from_user"])
        user = await data["users"].get(identity.id)
        settings = user.chosen if user else Settings()
        data |= {"identity": identity, "user": user, "settings": settings, "zone": settings.zone(data["shop"].zone)}
        with data["i18n"].use_locale(language(settings.language, identity.language_code)):
            return await handler(event, data)


def identity_of(sender: TelegramUser) -> Identity:
    return Identity(UserId(sender.id), sender.username, sender.first_name, sender.language_code)
