from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.backoff import FIRST, LONGEST, delay


@given(st.integers(min_value=0, max_value=10**9))
def test_the_delay_is_never_nothing_and_never_too_long(attempt: int) -> None:
    assert FIRST / 2 <= delay(attempt) <= LONGEST


@given(st.integers(min_value=0, max_value=4))
def test_the_delay_grows(attempt: int) -> None:
    assert delay(attempt) <= delay(attempt + 2)
