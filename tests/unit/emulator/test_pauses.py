from __future__ import annotations

import pytest

from emulator.webhook import Pauses


def pauses(*asked_for: int) -> list[int]:
    """Between the attempts, when the bot's server asks for these, or for none with 0."""
    made = Pauses()
    return [made.next(seconds) for seconds in asked_for]


def test_a_failed_delivery_is_made_again_at_once_and_then_ever_later() -> None:
    assert pauses(0, 0, 0, 0, 0, 0) == [0, 2, 4, 8, 16, 32]


def test_it_comes_again_after_two_minutes_at_the_latest() -> None:
    assert all(60 <= pause <= 120 for pause in pauses(*[0] * 50)[7:])


def test_what_the_server_asks_for_counts_and_does_not_add_up() -> None:
    assert pauses(7, 0, 3600, 0) == [7, 2, 3600, 4]


@pytest.mark.parametrize("first", [0, 1])
def test_only_the_first_attempt_again_is_made_at_once(first: int) -> None:
    assert pauses(first, 0) == [first, 2]
