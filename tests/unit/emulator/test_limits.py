from __future__ import annotations

import pytest

from emulator.errors import ApiError
from emulator.limits import RateLimits


@pytest.fixture
def limits() -> RateLimits:
    made = RateLimits()
    made.enforced = True
    return made


def pause(limits: RateLimits, chat_id: int, now: float) -> int:
    """The seconds that the bot is told to wait; 0 where the message passes."""
    try:
        limits.admit(chat_id, now)
    except ApiError as error:
        return error.parameters["retry_after"]
    return 0


def test_nothing_is_limited_until_it_is_switched_on() -> None:
    limits = RateLimits()
    assert [pause(limits, 1, 0.0) for _ in range(1000)] == [0] * 1000


def test_a_chat_takes_three_at_once_and_then_one_a_second(limits: RateLimits) -> None:
    assert [pause(limits, 1, 100.0) for _ in range(5)] == [0, 0, 0, 1, 1]
    assert [pause(limits, 1, 101.0) for _ in range(2)] == [0, 1]
    assert [pause(limits, 1, 102.5) for _ in range(2)] == [0, 1]


def test_a_quiet_chat_gets_its_burst_back(limits: RateLimits) -> None:
    for now in (100.0, 200.0):
        assert [pause(limits, 1, now) for _ in range(4)] == [0, 0, 0, 1]


def test_what_was_refused_does_not_count(limits: RateLimits) -> None:
    for _ in range(100):
        pause(limits, 1, 100.0)
    assert pause(limits, 1, 101.0) == 0


def test_thirty_messages_a_second_pass_in_all(limits: RateLimits) -> None:
    assert [pause(limits, chat, 100.0) for chat in range(1, 32)] == [0] * 30 + [1]
    assert pause(limits, 31, 100.99) == 1
    assert [pause(limits, chat, 101.0) for chat in range(1, 32)] == [0] * 30 + [1]


def test_a_group_takes_twenty_a_minute(limits: RateLimits) -> None:
    assert [pause(limits, -1, 100.0 + number) for number in range(20)] == [0] * 20
    assert pause(limits, -1, 120.0) == 40
    assert pause(limits, -1, 159.5) == 1
    assert pause(limits, -1, 160.0) == 0


def test_groups_do_not_pay_for_each_other(limits: RateLimits) -> None:
    for number in range(20):
        assert pause(limits, -1, 100.0 + number) == 0
    assert pause(limits, -2, 120.0) == 0


def test_the_limits_can_be_others(limits: RateLimits) -> None:
    limits.per_second, limits.per_chat_second, limits.per_group_minute = 4, 0.5, 2
    assert [pause(limits, chat, 100.0) for chat in range(1, 6)] == [0] * 4 + [1]
    assert [pause(limits, 1, 200.0) for _ in range(4)] == [0, 0, 0, 2]
    assert [pause(limits, -1, 300.0) for _ in range(3)] == [0, 0, 60]
