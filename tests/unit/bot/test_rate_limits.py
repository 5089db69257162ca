from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outgoing.rate_limits import MINUTE, SECOND, RateLimits

PER_SECOND = 5
PER_MINUTE = 4


def send(limits: RateLimits, chat_id: int, now: float, seconds: float = 0.0) -> float:
    """Sends as soon as it may; when that was."""
    at = limits.next_at(chat_id, now)
    limits.start(chat_id, at)
    limits.end(chat_id, at + seconds)
    return at


def most_within(times: list[float], seconds: float) -> int:
    times = sorted(times)
    return max((sum(start <= at < start + seconds for at in times[i:]) for i, start in enumerate(times)), default=0)


@pytest.fixture
def limits() -> RateLimits:
    return RateLimits(PER_SECOND, PER_MINUTE)


def test_sends_to_different_chats_are_evenly_spaced(limits: RateLimits) -> None:
    times = [send(limits, chat, 100.0) for chat in range(1, 20)]
    assert times == pytest.approx([100 + n * SECOND / PER_SECOND for n in range(19)])


def test_a_chat_waits_a_second_after_the_end_of_its_last_message(limits: RateLimits) -> None:
    assert send(limits, 1, 100.0, seconds=0.5) == 100.0
    assert limits.next_at(1, 100.6) == pytest.approx(100.5 + SECOND)
    assert limits.next_at(2, 100.6) == 100.6


def test_a_group_that_had_its_messages_waits_for_the_minute_and_holds_up_nobody(limits: RateLimits) -> None:
    first, *_ = (send(limits, -1, 100.0) for _ in range(PER_MINUTE))
    assert limits.next_at(-1, 110.0) == pytest.approx(first + MINUTE)
    assert limits.next_at(-2, 110.0) == limits.next_at(1, 110.0) == 110.0


def test_what_is_still_being_sent_keeps_its_place(limits: RateLimits) -> None:
    for chat in range(1, PER_SECOND + 1):
        limits.start(chat, 100.0 + chat)
    assert limits.next_start(200.0) == inf
    limits.end(3, 200.0)
    assert limits.next_start(200.0) == 200.0 + SECOND
    assert limits.next_at(4, 202.0) == inf
    assert limits.next_at(3, 202.0) == 202.0


def test_a_successor_waits_a_second_and_gives_known_groups_one_more(limits: RateLimits) -> None:
    limits.restart(100.0, [(-1, 50.0), (-2, 60.0), (-1, 70.0), (-1, 80.0)])
    assert limits.next_start(100.0) == limits.next_at(7, 100.0) == 100.0 + SECOND
    assert limits.next_at(-1, 102.0) == 50.0 + MINUTE
    assert limits.next_at(-2, 102.0) == 102.0


def test_old_chats_are_forgotten(limits: RateLimits) -> None:
    for chat in range(1, 1001):
        send(limits, chat, 10.0 * chat)
    for chat in range(-1, -1001, -1):
        send(limits, chat, 100_000 - 10.0 * chat)
    assert limits.remembered_chats < 10


sends = st.tuples(
    st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, -1, -2]),
    st.floats(0, 3),  # seconds after the one before
    st.floats(0, 2),  # seconds that it takes
    st.floats(0, 1),  # the moment of it at which Telegram counts
)


@given(st.lists(sends, max_size=80), st.lists(st.tuples(st.sampled_from([-1, -2]), st.floats(0, 70)), max_size=4))
def test_no_window_is_ever_broken_whatever_the_network_delays(
    wanted: list[tuple[int, float, float, float]], before: list[tuple[int, float]]
) -> None:
    limits, now = RateLimits(PER_SECOND, PER_MINUTE), 1000.0
    known = sorted(((chat, now - ago) for chat, ago in before), key=lambda one: one[1])
    limits.restart(now, known)
    under_way: dict[int, float] = {}
    counted = list(known)
    for chat, pause, takes, share in wanted:
        now += pause
        while True:
            for other in [other for other, end in under_way.items() if end <= now]:
                limits.end(other, under_way.pop(other))
            if (at := limits.next_at(chat, now)) <= now:
                break
            now = min([at, *under_way.values()])
        limits.start(chat, now)
        under_way[chat] = now + takes
        counted.append((chat, now + takes * share))
    times = [at for _, at in counted if at > 1000.0]
    assert most_within(times, 1.0) <= PER_SECOND
    for chat in {chat for chat, _, _, _ in wanted}:
        own = [at for other, at in counted if other == chat]
        assert most_within([at for at in own if at > 1000.0], 1.0) <= 1
        if chat < 0 and len(own) > PER_MINUTE:
            assert most_within(own, 60.0) <= max(PER_MINUTE, sum(other == chat for other, _ in known))
