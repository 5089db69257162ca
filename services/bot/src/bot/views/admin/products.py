from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.money import HIGHEST_PRICE, Money
from bot.domain.pages import Page
from bot.domain.products import LONGEST_DESCRIPTION, LONGEST_NAME, MOST_STOCK, Product, ProductId
from bot.views.callback_data import (
    AddProduct,
    AdminHome,
    AdminProduct,
    AdminProducts,
    EditProduct,
    ExportProducts,
    HideProduct,
    ImportProducts,
    LeaveProduct,
    NoDescription,
    SaveProduct,
)
from bot.views.formatting import money, number, quoted
from bot.views.paging import turning
from bot.views.screen import Screen, button

PAGE = 8  # products
#: Of what somebody typed that is repeated to them.
LONGEST_VALUE = 40  # characters

Asked = Literal["sku", "name", "description", "price", "stock"]


def products(page: Page[Product], currency: str) -> Screen:
    rows = [[button(_line(product, currency), AdminProduct(id=product.id))] for product in page.items]
    actions = [
        [button(_("Add a product"), AddProduct())],
        [button(_("Import CSV"), ImportProducts()), button(_("Export CSV"), ExportProducts())],
        [button(_("Back"), AdminHome())],
    ]
    text = _("What the shop sells, the oldest first:") if page.items else _("There are no products yet.")
    return Screen(text, [*rows, turning(page, AdminProducts.at), *actions])


def product(shown: Product, currency: str, username: str) -> Screen:
    """`username` is the bot's."""
    parts = [
        f"<b>{quoted(shown.name)}</b> · {quoted(shown.sku)}",
        quoted(shown.description, LONGEST_DESCRIPTION) or _("No description"),
        _("Price: {price}").format(price=money(shown.price)),
        _("Stock: {count}").format(count=number(shown.stock)),
        _seen(shown, currency),
        f"https://t.me/{username}?start=p_{shown.sku}",
    ]
    hide = _("Show to customers") if shown.is_hidden else _("Hide from customers")
    return Screen(
        "\n".join(parts),
        [
            [
                button(_("Name"), EditProduct(id=shown.id, what="name")),
                button(_("Description"), EditProduct(id=shown.id, what="description")),
            ],
            [
                button(_("Price"), EditProduct(id=shown.id, what="price")),
                button(_("Stock"), EditProduct(id=shown.id, what="stock")),
            ],
            [button(hide, HideProduct(id=shown.id, hidden=not shown.is_hidden))],
            [button(_("All products"), AdminProducts())],
        ],
    )


def unknown() -> Screen:
    return Screen(_("There is no such product."), [[button(_("All products"), AdminProducts())]])


def saved() -> str:
    return _("Saved.")


def is_over() -> str:
    return _("That is over. This is what there is now.")


def ask(what: Asked, currency: str) -> Screen:
    """For a product that is being added."""
    return Screen(_question(what, currency), _ways_out(what, None))


def ask_for_new(what: Asked, changed: Product, currency: str) -> Screen:
    """For a product that there is."""
    texts = {
        "name": _("The name is: {value}").format(value=quoted(changed.name)),
        "description": _("The description is: {value}").format(
            value=quoted(changed.description, LONGEST_DESCRIPTION) or "–"
        ),
        "price": _("The price is: {value}").format(value=money(changed.price)),
        "stock": _("The stock is: {value}").format(value=number(changed.stock)),
    }
    return Screen(f"{texts[what]}\n\n{_question(what, currency)}", _ways_out(what, changed.id))


def ask_again(what: Asked, given: str, currency: str, product_id: ProductId | None) -> Screen:
    text = f"{wrong(what, given, currency)}\n\n{_question(what, currency)}"
    return Screen(text, _ways_out(what, product_id))


def ask_for_text(what: Asked, currency: str, product_id: ProductId | None) -> Screen:
    reminder = _("Please write it as text.")
    return Screen(f"{reminder}\n\n{_question(what, currency)}", _ways_out(what, product_id))


def taken(sku: str, currency: str) -> Screen:
    text = _("There is a product with the SKU {sku} already. Each needs one of its own.").format(sku=sku)
    return Screen(f"{text}\n\n{_question('sku', currency)}", _ways_out("sku", None))


def summary(draft: Mapping[str, Any], fingerprint: int) -> Screen:
    """`draft` is a product as the conversation keeps it."""
    parts = [
        f"<b>{quoted(draft['name'])}</b> · {quoted(draft['sku'])}",
        quoted(draft["description"], LONGEST_DESCRIPTION) or _("No description"),
        _("Price: {price}").format(price=money(Money(draft["price"], draft["currency"]))),
        _("Stock: {count}").format(count=number(draft["stock"])),
        "",
        _("Shall I save it? Customers see it at once."),
    ]
    save = button(_("Save"), SaveProduct(sku=draft["sku"], fingerprint=fingerprint))
    return Screen("\n".join(parts), [[save, _leave(None)]])


def wrong(what: str, given: str, currency: str) -> str:
    """What is wrong with a value that somebody typed."""
    if not given.strip():
        return _missing(what)
    value = quoted(" ".join(given.split()), LONGEST_VALUE)
    match what:
        case "sku":
            return _("“{value}” is no SKU.").format(value=value)
        case "name" | "description":
            return _too_long(what, len(given.strip()))
        case "price":
            return _("“{value}” is no price in {currency}, such as {example}, or is too high.").format(
                value=value, currency=currency, example=_example(currency)
            )
        case "stock":
            return _("“{value}” is no whole number up to {most}.").format(value=value, most=number(MOST_STOCK))
    return _("“{value}” is neither yes nor no.").format(value=value)


def _missing(what: str) -> str:
    texts = {
        "sku": _("The SKU is missing."),
        "name": _("The name is missing."),
        "price": _("The price is missing."),
        "stock": _("The stock is missing."),
    }
    return texts[what]


def _too_long(what: Literal["name", "description"], length: int) -> str:
    if what == "name":
        most, text = LONGEST_NAME, _("The name has {length} characters, and may have {most}.")
    else:
        most, text = LONGEST_DESCRIPTION, _("The description has {length} characters, and may have {most}.")
    return text.format(length=number(length), most=number(most))


def _question(what: Asked, currency: str) -> str:
    texts = {
        "sku": _(
            "What is the SKU, the shop's own name for it? Such as TEA-100: up to 32 letters from A to Z, digits, "
            "dashes and underscores, a letter or digit first."
        ),
        "name": _("What shall it be called? Up to {most} characters.").format(most=number(LONGEST_NAME)),
        "description": _("How shall it be described? Up to {most} characters.").format(
            most=number(LONGEST_DESCRIPTION)
        ),
        "price": _("What shall it cost in {currency}? Such as {example}, and no more than {most}.").format(
            currency=currency, example=_example(currency), most=money(Money(HIGHEST_PRICE, currency))
        ),
        "stock": _("How many are there? A whole number; 0 is sold out."),
    }
    return texts[what]


def _example(currency: str) -> str:
    return Money(450, currency).plain


def _ways_out(what: Asked, product_id: ProductId | None) -> list[list[InlineKeyboardButton]]:
    skip = [button(_("No description"), NoDescription(id=product_id))] if what == "description" else []
    return [skip, [_leave(product_id)]]


def _leave(product_id: ProductId | None) -> InlineKeyboardButton:
    return button(_("Not now"), LeaveProduct(id=product_id))


def _line(product: Product, currency: str) -> str:
    """For a button."""
    stock = ngettext("{count} in stock", "{count} in stock", product.stock).format(count=number(product.stock))
    parts = [product.name, money(product.price), stock]
    if product.is_hidden:
        parts.append(_("hidden"))
    if product.price.currency != currency:
        parts.append(_("not priced in {currency}").format(currency=currency))
    return " · ".join(parts)


def _seen(shown: Product, currency: str) -> str:
    """Whether customers see it."""
    if shown.is_hidden:
        return _("Hidden from customers")
    if shown.price.currency != currency:
        return _("Not for sale until it has a price in {currency}").format(currency=currency)
    return _("Customers see it")
