from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

from bot.domain.money import Money

ProductId = NewType("ProductId", int)

LONGEST_NAME = 100  # characters
LONGEST_DESCRIPTION = 1000  # characters
MOST_STOCK = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Product:
    id: ProductId
    #: The shop's own name for it.
    sku: str
    name: str
    description: str
    price: Money
    stock: int
    is_hidden: bool = False


def parse_sku(text: str) -> str | None:
    """In capitals; None for what is none."""
    sku = text.strip().upper()
    return sku if re.fullmatch("[A-Z0-9][A-Z0-9_-]{0,31}", sku, re.ASCII) else None
