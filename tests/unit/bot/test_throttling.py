from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.middlewares.throttling import Times

PERIOD = 10.0

limits = st.integers(1, 6)
pauses = st.lists(st.integers(0, 4), max_size=60)


def moments(waits: list[int]) -> list[float]:
    """When each was sent, whole seconds apart, as Telegram tells it."""
    return [float(sum(waits[: number + 1])) for number in range(len(waits))]


@given(limits, pauses)
def test_what_is_within_the_limit_is_served_and_what_is_beyond_is_not(most: int, waits: list[int]) -> None:
    times, sent = Times(most), moments(waits)
    for number, moment in enumerate(sent):
        within = sum(moment - PERIOD < other for other in sent[: number + 1])
        assert (times.add(number, moment, PERIOD) <= most) == (within <= most)


@given(limits, pauses, st.data())
def test_an_update_that_is_handled_again_counts_once(most: int, waits: list[int], data: st.DataObject) -> None:
    times, again = Times(most), Times(most)
    for number, moment in enumerate(moments(waits)):
        first = times.add(number, moment, PERIOD)
        assert again.add(number, moment, PERIOD) == first
        for _ in range(data.draw(st.integers(0, 3))):
            assert (again.add(number, moment, PERIOD) <= most) == (first <= most)


@given(limits, st.integers(0, 60))
def test_whoever_keeps_still_for_the_period_is_served_again(most: int, flood: int) -> None:
    times = Times(most)
    for number in range(flood):
        times.add(number, 0.0, PERIOD)
    assert times.add(flood, PERIOD, PERIOD) == 1


@given(limits, pauses)
def test_an_old_update_that_is_replayed_is_served(most: int, waits: list[int]) -> None:
    times = Times(most)
    for number, moment in enumerate(moments(waits)):
        times.add(number, moment, PERIOD)
    assert times.add(-1, -1000.0, PERIOD) == 1


@given(limits)
def test_what_was_sent_slowly_is_no_flood_however_late_it_comes(most: int) -> None:
    times = Times(most)
    pause = PERIOD / most
    assert all(times.add(number, number * pause, PERIOD) <= most for number in range(50))
