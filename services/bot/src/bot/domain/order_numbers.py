"""Order numbers as people read them aloud: digits in short groups, the last of them to check the others by."""

from __future__ import annotations

import re

from bot.domain.orders import OrderId

# The quasigroup of Damm's algorithm: it notices one wrong digit, and two neighbours that have changed places.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_LONGEST = 19  # digits, of a bigint


def order_number(order_id: OrderId) -> str:
    """Such as 10-024 or 123-456-789."""
    digits = f"{order_id}{_check_digit(str(order_id))}"
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    return "-".join(reversed(groups))


def parse_order_number(text: str) -> OrderId | None:
    """None where it is none, or was misread; spaces, dashes and a leading # make no difference."""
    digits = re.sub(r"[\s\-–.]", "", text.removeprefix("#"))
    if not re.fullmatch(rf"[1-9][0-9]{{1,{_LONGEST}}}", digits, re.ASCII) or _check_digit(digits) != "0":
        return None
    order_id = int(digits[:-1])
    return OrderId(order_id) if order_id < 2**63 else None


def _check_digit(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim
