from __future__ import annotations

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.carts import MOST_PIECES
from bot.domain.pages import Page
from bot.domain.products import LONGEST_DESCRIPTION, Product
from bot.views.callback_data import PutInCart, ShowCart, ShowCatalogue, ShowProduct
from bot.views.formatting import money, number, quoted
from bot.views.paging import turning
from bot.views.screen import Screen, button

PAGE = 8  # products


def catalogue(page: Page[Product]) -> Screen:
    if not page.items:
        return Screen(_("There is nothing for sale just now."))
    rows = [[button(f"{product.name} · {money(product.price)}", ShowProduct(id=product.id))] for product in page.items]
    return Screen(_("What would you like?"), [*rows, turning(page, ShowCatalogue.at), [button(_("Cart"), ShowCart())]])


def product(shown: Product, in_cart: int) -> Screen:
    parts = [
        f"<b>{quoted(shown.name)}</b>",
        quoted(shown.description, LONGEST_DESCRIPTION),
        _("Price: {price}").format(price=money(shown.price)),
        _stock(shown),
        ngettext("{count} in your cart", "{count} in your cart", in_cart).format(count=in_cart) if in_cart else "",
    ]
    return Screen(
        "\n".join(part for part in parts if part),
        [
            _quantities(shown, in_cart),
            [button(_("Catalogue"), ShowCatalogue()), button(_("Cart"), ShowCart())],
        ],
    )


def not_for_sale() -> Screen:
    return Screen(_("This is not for sale any more."), [[button(_("Catalogue"), ShowCatalogue())]])


def _stock(shown: Product) -> str:
    if not shown.stock:
        return _("Sold out")
    return ngettext("{count} in stock", "{count} in stock", shown.stock).format(count=number(shown.stock))


def _quantities(shown: Product, in_cart: int) -> list[InlineKeyboardButton]:
    most = min(shown.stock, MOST_PIECES)
    if not in_cart:
        return [
            button(_("Add {count}").format(count=count), PutInCart(id=shown.id, quantity=count, on="product"))
            for count in (1, 2, 3, 5)
            if count <= most
        ]
    steps = [(f"− {in_cart - 1}", in_cart - 1)]
    if in_cart < most:
        steps.append((f"+ {in_cart + 1}", in_cart + 1))
    row = [button(text, PutInCart(id=shown.id, quantity=min(count, most), on="product")) for text, count in steps]
    return row if in_cart == 1 else [*row, button(_("Remove"), PutInCart(id=shown.id, quantity=0, on="product"))]
