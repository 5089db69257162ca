from __future__ import annotations

import pytest

from bot.domain.inbox import LARGEST_ID
from bot.domain.order_numbers import order_number
from bot.domain.orders import OrderId
from bot.views import personal_data as views

LONGEST_MESSAGE = 4096  # characters, in Telegram


@pytest.mark.parametrize("count", [1, 20])
def test_the_orders_that_keep_somebody_from_being_forgotten_are_named(count: int) -> None:
    numbers = [OrderId(LARGEST_ID - number) for number in range(count)]
    text = views.under_way(numbers).text
    assert all(order_number(number) in text for number in numbers)
    assert "…" not in text


def test_very_many_orders_under_way_fit_into_a_message() -> None:
    text = views.under_way([OrderId(LARGEST_ID - number) for number in range(2000)]).text
    assert len(text) <= LONGEST_MESSAGE
    assert ", …. Ask me again" in text
