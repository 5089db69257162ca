"""How an admin says which customer is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.inbox import LARGEST_ID
from bot.domain.order_numbers import parse_order_number
from bot.domain.orders import OrderId
from bot.domain.users import UserId


@dataclass(frozen=True, slots=True)
class Wanted:
    """Plain digits may be a Telegram id as well as an order number."""

    user_id: UserId | None = None
    username: str | None = None
    order_id: OrderId | None = None
    #: It looks like an order number, and its check digit is wrong.
    is_misread: bool = False


def parse_wanted(text: str) -> Wanted | None:
    """Reads a Telegram id, @username or an order number; None for what is none of them."""
    text = text.strip()
    if match := re.fullmatch(r"@([A-Za-z0-9_]{1,32})|([A-Za-z][A-Za-z0-9_]{0,31})", text):
        return Wanted(username=match[1] or match[2])
    if not re.fullmatch(r"#?[0-9\s\-–.]*[0-9]", text, re.ASCII):
        return None
    user_id = int(text) if re.fullmatch("[1-9][0-9]{0,18}", text) and int(text) <= LARGEST_ID else None
    order_id = parse_order_number(text)
    return Wanted(UserId(user_id) if user_id else None, None, order_id, is_misread=order_id is None)
