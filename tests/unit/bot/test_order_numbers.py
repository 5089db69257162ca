from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.inbox import LARGEST_ID
from bot.domain.order_numbers import order_number, parse_order_number
from bot.domain.orders import OrderId

order_ids = st.integers(1, LARGEST_ID).map(OrderId)
positions = st.integers(0, 30)


def digits_of(order_id: OrderId) -> str:
    return order_number(order_id).replace("-", "")


def test_numbers_are_short_groups_of_digits() -> None:
    assert order_number(OrderId(1000)) == "10-008"
    assert order_number(OrderId(LARGEST_ID)).count("-") == 6


@given(order_ids)
def test_a_number_is_read_as_it_is_written(order_id: OrderId) -> None:
    number = order_number(order_id)
    for written in (number, f"#{number}", number.replace("-", ""), number.replace("-", " "), number.replace("-", "–")):
        assert parse_order_number(written) == order_id


@given(order_ids, positions, st.sampled_from("0123456789"))
def test_every_wrong_digit_is_noticed(order_id: OrderId, position: int, digit: str) -> None:
    digits = digits_of(order_id)
    assume(position < len(digits) and digits[position] != digit)
    assert parse_order_number(f"{digits[:position]}{digit}{digits[position + 1 :]}") is None


@given(order_ids, positions)
def test_every_swap_of_two_different_neighbours_is_noticed(order_id: OrderId, position: int) -> None:
    digits = digits_of(order_id)
    assume(position + 1 < len(digits) and digits[position] != digits[position + 1])
    swapped = f"{digits[:position]}{digits[position + 1]}{digits[position]}{digits[position + 2 :]}"
    assert parse_order_number(swapped) is None


@given(st.text(alphabet=st.characters(codec=None)) | st.text(alphabet="0123456789٣¾-–. #\n"))
def test_any_text_is_read_without_an_error(text: str) -> None:
    order_id = parse_order_number(text)
    assert order_id is None or 0 < order_id <= LARGEST_ID


def test_a_number_beyond_all_ids_is_none() -> None:
    for digits in ("0", "7", "9" * 19, "9" * 40):
        for last in "0123456789":
            read = parse_order_number(digits + last)
            assert read is None or digits == "7"
