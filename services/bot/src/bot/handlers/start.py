from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.types import User as TelegramUser
from aiogram.utils.i18n import I18n

from bot.domain.products import parse_sku
from bot.domain.users import UserId
from bot.middlewares.acquaintance import identity_of
from bot.storage.carts import CartStore
from bot.storage.products import ProductStore
from bot.storage.users import UserStore
from bot.views import catalogue as catalogue_views
from bot.views import start as views
from bot.views.screen import Screen

PRODUCT = "p_"

router = Router(name="start")


@router.message(CommandStart())
async def start(
    message: Message,
    command: CommandObject,
    event_from_user: TelegramUser,
    users: UserStore,
    products: ProductStore,
    carts: CartStore,
    i18n: I18n,
) -> SendMessage:
    user = await users.register(identity_of(event_from_user))
    with i18n.use_locale(user.language):
        if (command.args or "").startswith(PRODUCT):
            sku = (command.args or "").removeprefix(PRODUCT)
            return (await _product(sku, user.id, products, carts)).answer(message)
        return views.welcome(user).answer(message)


async def _product(sku: str, user_id: UserId, products: ProductStore, carts: CartStore) -> Screen:
    known = parse_sku(sku)
    product = await products.find_for_sale(known) if known else None
    if product is None:
        return catalogue_views.not_for_sale()
    return catalogue_views.product(product, (await carts.get(user_id)).quantity_of(product.id))
