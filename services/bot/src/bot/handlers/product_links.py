"""t.me/BOT?start=p_SKU opens a product."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.types import User as TelegramUser
from aiogram.utils.i18n import I18n

from bot.domain.products import parse_sku
from bot.middlewares.acquaintance import identity_of
from bot.storage.carts import CartStore
from bot.storage.products import ProductStore
from bot.storage.users import UserStore
from bot.views import catalogue as views

PREFIX = "p_"

router = Router(name="product_links")


@router.message(CommandStart(deep_link=True, magic=F.args.startswith(PREFIX)))
async def open_product(
    message: Message,
    command: CommandObject,
    event_from_user: TelegramUser,
    users: UserStore,
    products: ProductStore,
    carts: CartStore,
    i18n: I18n,
) -> SendMessage:
    user = await users.register(identity_of(event_from_user))
    sku = parse_sku(str(command.args).removeprefix(PREFIX))
    product = await products.find_for_sale(sku) if sku else None
    with i18n.use_locale(user.language):
        if product is None:
            return views.not_for_sale().answer(message)
        return views.product(product, (await carts.get(user.id)).quantity_of(product.id)).answer(message)
