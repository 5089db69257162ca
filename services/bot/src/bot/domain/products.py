from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

from bot.domain.money import Money
from bot.domain.text import storable

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


def one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", storable(text).strip())


def parse_name(text: str) -> str | None:
    """None where nothing is left of it, or too much."""
    name = one_line(text)
    return name if 0 < len(name) <= LONGEST_NAME else None


def parse_description(text: str) -> str | None:
    """None for one that is too long."""
    description = re.sub("\r\n?", "\n", storable(text)).strip()
    return description if len(description) <= LONGEST_DESCRIPTION else None


def parse_stock(text: str) -> int | None:
    """None for what is no whole number, or too many."""
    if not re.fullmatch("[0-9]{1,10}", text.strip(), re.ASCII):
        return None
    return stock if (stock := int(text)) <= MOST_STOCK else None
