from __future__ import annotations

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.carts import Cart, CartLine
from bot.views.callback_data import BeginCheckout, EmptyCart, PutInCart, ShowCart, ShowCatalogue, ShowProduct
from bot.views.formatting import money, quoted
from bot.views.screen import Screen, button

#: So many lines of a cart are shown; Telegram takes 100 buttons.
MOST_LINES = 20


def cart(shown: Cart) -> Screen:
    to_catalogue = button(_("Catalogue"), ShowCatalogue())
    if not shown.lines:
        return Screen(_("Your cart is empty."), [[to_catalogue]])
    rows = [row for line in shown.lines[:MOST_LINES] for row in _buttons(line)]
    actions = [button(_("Empty the cart"), EmptyCart(fingerprint=shown.fingerprint, sure=False)), to_catalogue]
    checkout = [button(_("Check out"), BeginCheckout())] if shown.can_be_ordered else []
    return Screen(contents(shown), [*rows, actions, checkout])


def contents(shown: Cart) -> str:
    lines = [_line(line) for line in shown.lines[:MOST_LINES]]
    if (more := len(shown.lines) - MOST_LINES) > 0:
        lines.append(ngettext("and {count} more product", "and {count} more products", more).format(count=more))
    lines.append(_("Total: {total}").format(total=f"<b>{money(shown.total)}</b>"))
    return "\n".join(lines)


def empty_the_cart(shown: Cart) -> Screen:
    yes = EmptyCart(fingerprint=shown.fingerprint, sure=True)
    return Screen(
        _("Take everything out of your cart?"), [[button(_("Yes, empty it"), yes), button(_("No"), ShowCart())]]
    )


def _line(line: CartLine) -> str:
    text = f"{line.quantity} × {quoted(line.product.name)} · {money(line.price)}"
    if not line.available:
        return f"<s>{text}</s> – " + _("not available any more")
    if line.quantity > line.available:
        left = ngettext("only {count} left", "only {count} left", line.available).format(count=line.available)
        return f"{text} – {left}"
    return text


def _buttons(line: CartLine) -> list[list[InlineKeyboardButton]]:
    name, product_id = line.product.name, line.product.id
    if not line.available:
        return [[_put(f"✕ {name}", product_id, 0)]]
    steps = [_put("−", product_id, min(line.quantity - 1, line.available))]
    if line.quantity < line.available:
        steps.append(_put("+", product_id, line.quantity + 1))
    return [[button(f"{line.quantity} × {name}", ShowProduct(id=product_id))], [*steps, _put("✕", product_id, 0)]]


def _put(text: str, product_id: int, quantity: int) -> InlineKeyboardButton:
    return button(text, PutInCart(id=product_id, quantity=quantity, on="cart"))
