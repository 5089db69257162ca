"""The longest that can be said to an admin fits into a message and its buttons."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from bot.domain.inbox import LARGEST_ID, FailedUpdate
from bot.domain.money import HIGHEST_PRICE, Money
from bot.domain.orders import LONGEST_NOTE, Order, OrderDetails, OrderEvent, OrderId, OrderItem, Status
from bot.domain.pages import Page
from bot.domain.products import LONGEST_NAME, ProductId
from bot.domain.users import User, UserId
from bot.views.admin import customers, failed, orders
from bot.views.screen import Screen

LONGEST_MESSAGE = 4096  # characters, in Telegram
NOW = datetime(2026, 11, 23, 12, 59, tzinfo=UTC)
ZONE = ZoneInfo("America/Argentina/Buenos_Aires")
#: Telegram's ids are no larger.
PERSON = UserId(2**52)


def user(user_id: UserId = PERSON) -> User:
    return User(user_id, "u" * 32, "&" * 64, NOW, blocked_at=NOW)


def order(status: Status = Status.PLACED) -> Order:
    return Order(OrderId(LARGEST_ID), PERSON, status, Money(HIGHEST_PRICE * 99, "EUR"), "<" * LONGEST_NOTE, NOW)


def details(status: Status) -> OrderDetails:
    item = OrderItem(ProductId(1), "<" * LONGEST_NAME, Money(HIGHEST_PRICE, "EUR"), 99)
    return OrderDetails(order(status), [item] * 200, [OrderEvent(status, NOW, PERSON) for status in Status])


def length(screen: Screen) -> int:
    return len(unescape(re.sub("<[^>]*>", "", screen.text)))


@pytest.mark.parametrize("status", Status)
def test_an_order_fits_into_a_message(status: Status) -> None:
    shown, people = details(status), {int(PERSON): user()}
    screen = orders.order(shown, people, ZONE)
    assert 2500 < length(screen.noted(orders.changed_meanwhile(shown.latest, people, ZONE))) <= LONGEST_MESSAGE


def test_lists_and_customers_fit_into_a_message() -> None:
    page = Page([order()] * orders.PAGE, has_previous=True, has_next=True)
    assert length(orders.orders("open", page, ZONE)) <= LONGEST_MESSAGE
    assert length(customers.customer(user(), page, 10**9, ZONE, order())) <= LONGEST_MESSAGE
    assert length(customers.several([user()] * customers.MOST_CUSTOMERS)) <= LONGEST_MESSAGE


def test_what_failed_fits_into_a_message() -> None:
    update = FailedUpdate(LARGEST_ID, LARGEST_ID, LARGEST_ID, NOW, NOW, 5, "<" * 8000, "{}")
    page = Page([update] * failed.PAGE, has_previous=True, has_next=True)
    assert length(failed.failed_update(update, ZONE)) <= LONGEST_MESSAGE
    assert length(failed.ask_to_drop(update)) <= LONGEST_MESSAGE
    assert length(failed.failed(page, 10**9, LARGEST_ID, ZONE)) <= LONGEST_MESSAGE
    for row in failed.failed(page, 10**9, LARGEST_ID, ZONE).buttons:
        assert all(len(button.text) <= 100 for button in row)


def test_whoever_has_no_name_can_still_be_opened() -> None:
    assert customers.linked(User(UserId(5), None, " ", NOW)) == '<a href="tg://user?id=5">5</a>'
