from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.money import Money
from bot.domain.products import Product, ProductId

#: Of one product in an order.
MOST_PIECES = 99


@dataclass(frozen=True, slots=True)
class CartLine:
    product: Product
    quantity: int
    #: How many can be had, 0 where it is no longer sold.
    available: int

    @property
    def price(self) -> Money:
        return Money(self.product.price.amount * self.quantity, self.product.price.currency)


@dataclass(frozen=True, slots=True)
class Cart:
    lines: Sequence[CartLine]
    currency: str

    @property
    def total(self) -> Money:
        return Money(sum(line.price.amount for line in self.lines if line.available), self.currency)

    @property
    def fingerprint(self) -> int:
        """Of what it holds and what that costs."""
        held = [(line.product.id, line.quantity, line.product.price.amount) for line in self.lines]
        return zlib.crc32(repr(held).encode())

    def quantity_of(self, product_id: ProductId) -> int:
        return next((line.quantity for line in self.lines if line.product.id == product_id), 0)

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.lines) and all(line.quantity <= line.available for line in self.lines)
