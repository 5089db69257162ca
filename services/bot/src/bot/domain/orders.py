from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.money import Money
from bot.domain.products import ProductId
from bot.domain.users import UserId

OrderId = NewType("OrderId", int)

LONGEST_NOTE = 500  # characters


class Status(StrEnum):
    PLACED = "placed"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


OPEN = frozenset({Status.PLACED, Status.CONFIRMED, Status.SHIPPED})

#: What an admin may make of an order; the usual next step comes first.
NEXT: dict[Status, tuple[Status, ...]] = {
    Status.PLACED: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.SHIPPED, Status.CANCELLED),
    Status.SHIPPED: (Status.DELIVERED,),
    Status.DELIVERED: (),
    Status.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class Order:
    id: OrderId
    #: None: the customer has been forgotten.
    user_id: UserId | None
    status: Status
    total: Money
    delivery_note: str
    placed_at: datetime

    @property
    def customer_may_cancel(self) -> bool:
        return self.status is Status.PLACED


@dataclass(frozen=True, slots=True)
class OrderItem:
    """As it was called, and what one piece cost, when it was ordered."""

    product_id: ProductId
    name: str
    price: Money
    quantity: int

    @property
    def total(self) -> Money:
        return Money(self.price.amount * self.quantity, self.price.currency)


@dataclass(frozen=True, slots=True)
class OrderEvent:
    status: Status
    happened_at: datetime
    #: None: the customer did it.
    admin_id: int | None


@dataclass(frozen=True, slots=True)
class OrderDetails:
    order: Order
    items: Sequence[OrderItem]
    events: Sequence[OrderEvent]

    @property
    def latest(self) -> OrderEvent | None:
        """What has made the order what it is now."""
        return next((event for event in self.events if event.status is self.order.status), None)

    @property
    def customer_cancelled(self) -> bool:
        return self.latest is not None and (self.latest.status, self.latest.admin_id) == (Status.CANCELLED, None)


@dataclass(frozen=True, slots=True)
class OrderCounts:
    new: int
    #: The new ones, too.
    open: int
