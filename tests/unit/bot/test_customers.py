from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Wanted, parse_wanted
from bot.domain.inbox import LARGEST_ID
from bot.domain.orders import OrderId
from bot.domain.users import UserId


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("@Ada_L", Wanted(username="Ada_L")),
        (" ada ", Wanted(username="ada")),
        ("@123", Wanted(username="123")),
        ("10-008", Wanted(order_id=OrderId(1000))),
        (" #10 008", Wanted(order_id=OrderId(1000))),
        ("10008", Wanted(user_id=UserId(10008), order_id=OrderId(1000))),
        ("10-009", Wanted(is_misread=True)),
        ("10009", Wanted(user_id=UserId(10009), is_misread=True)),
        ("0", Wanted(is_misread=True)),
        (str(LARGEST_ID + 1), Wanted(is_misread=True)),
    ],
)
def test_what_is_meant_is_told_apart(text: str, wanted: Wanted) -> None:
    assert parse_wanted(text) == wanted


@pytest.mark.parametrize(
    "text", ["", " ", "@", "-", "#", "Ada Lovelace", "ada@home", "@a'b", "<b>", "é", "٣٤٥", "@" + "a" * 33]
)
def test_what_is_none_of_them_is_not_guessed(text: str) -> None:
    assert parse_wanted(text) is None


@given(st.text(alphabet=st.characters(codec=None)) | st.text(alphabet="0123456789@#-–._aé \n"))
def test_any_text_is_read_without_an_error(text: str) -> None:
    wanted = parse_wanted(text)
    assert wanted is None or wanted.user_id is None or 0 < wanted.user_id <= LARGEST_ID
