from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

#: Of a price, in minor units.
HIGHEST_PRICE = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Money:
    #: In minor units, such as cents.
    amount: int
    #: By its ISO 4217 code.
    currency: str

    @property
    def decimal(self) -> Decimal:
        """In major units, with all digits of the currency."""
        return Decimal(self.amount).scaleb(-get_currency_precision(self.currency))

    @property
    def plain(self) -> str:
        """Such as 4.50, for programs and for examples of what can be typed."""
        return f"{self.decimal:f}"


def parse_price(text: str, currency: str) -> Money:
    """Reads 4, 4.5 and 4,50. Raises ValueError for what is no price, has too many digits, or is too high."""
    digits = get_currency_precision(currency)
    match = re.fullmatch(r"([0-9]{1,12})(?:[.,]([0-9]+))?", text.strip())
    if not match or len(match[2] or "") > digits:
        raise ValueError(f"not a price in {currency}")
    amount = int(match[1] + (match[2] or "").ljust(digits, "0"))
    if amount > HIGHEST_PRICE:
        raise ValueError("too high a price")
    return Money(amount, currency)
