"""/start, and t.me/BOT?start=p_SKU, which opens a product."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.types import User as TelegramUser
from aiogram.utils.i18n import I18n

from bot.domain.products import parse_sku
from bot.domain.shop import Shop
from bot.handlers.privately import Privately
from bot.middlewares.acquaintance import identity_of
from bot.storage.carts import CartStore
from bot.storage.products import ProductStore
from bot.storage.users import UserStore
from bot.telegram.admin_menus import AdminMenus
from bot.telegram.handling import Handling
from bot.views import catalogue
from bot.views import start as views

PRODUCT = "p_"

router = Router(name="start")


@router.message(CommandStart(magic=~F.args.startswith(PRODUCT)), Privately())
async def start(
    message: Message,
    event_from_user: TelegramUser,
    users: UserStore,
    i18n: I18n,
    shop: Shop,
    admin_menus: AdminMenus,
    handling: Handling,
) -> SendMessage | None:
    user = await users.register(identity_of(event_from_user))
    with i18n.use_locale(user.language):
        answer = views.welcome(user).answer(message)
    if user.id not in shop.admin_ids:
        return answer
    async with handling.transaction() as transaction:
        transaction.answer(answer)
        await admin_menus.show(transaction, user.id, user.language)
    return None


@router.message(CommandStart(magic=F.args.startswith(PRODUCT)), Privately())
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
    sku = parse_sku(str(command.args).removeprefix(PRODUCT))
    product = await products.find_for_sale(sku) if sku else None
    with i18n.use_locale(user.language):
        if product is None:
            return catalogue.not_for_sale().answer(message)
        return catalogue.product(product, (await carts.get(user.id)).quantity_of(product.id)).answer(message)
