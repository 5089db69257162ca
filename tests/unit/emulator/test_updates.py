from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import ApiError
from emulator.updates import UpdateQueue

DAY = 24 * 3600.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Queue(UpdateQueue):
    """With a clock of its own, and updates that are only numbers."""

    def __init__(self, count: int = 0) -> None:
        self.clock = Clock()
        super().__init__(clock=self.clock)
        for _ in range(count):
            self.add({"message": {}})

    async def ids(self, offset: int = 0, limit: int = 100, timeout: int = 0) -> list[int]:
        """What a bot gets that does not ask too fast."""
        self.clock.now += 3
        return [update["update_id"] for update in await self.get(offset, limit, timeout)]


async def test_updates_stay_until_a_higher_offset_is_asked_for() -> None:
    three = Queue(3)
    assert await three.ids() == [1, 2, 3]
    assert await three.ids(offset=1) == [1, 2, 3]
    assert await three.ids(offset=3) == [3]
    assert await three.ids() == [3]
    assert await three.ids(offset=4) == []


async def test_a_negative_offset_keeps_the_last_ones_and_forgets_the_rest() -> None:
    five = Queue(5)
    assert await five.ids(offset=-2) == [4, 5]
    assert await five.ids() == [4, 5]


@pytest.mark.parametrize(("offset", "left"), [(4, 0), (14, 0), (15, 3), (2**31, 3)])
async def test_an_offset_far_beyond_the_newest_confirms_nothing(offset: int, left: int) -> None:
    three = Queue(3)
    assert len(await three.ids(offset)) == left
    assert len(three) == left


async def test_a_batch_has_at_most_a_hundred() -> None:
    many = Queue(250)
    assert len(await many.ids()) == 100
    assert len(await many.ids(limit=1000)) == 100
    assert await many.ids(limit=2) == [1, 2]
    assert await many.ids(limit=-5) == [1]


async def test_who_asks_for_the_same_within_half_a_second_gets_one_at_a_time() -> None:
    three = Queue(3)
    assert await three.ids(offset=1) == [1, 2, 3]
    three.clock.now += 0.49
    assert len(await three.get(offset=1)) == 1
    three.clock.now += 0.5
    assert len(await three.get(offset=1)) == 3
    assert len(await three.get(offset=0)) == 3


async def test_who_asks_for_the_same_within_three_seconds_waits() -> None:
    empty = Queue()
    assert await empty.get() == []
    empty.clock.now += 2.9
    poll = asyncio.create_task(empty.get())
    await asyncio.sleep(0)
    assert empty.being_polled
    empty.add({"message": {}})
    assert len(await poll) == 1


async def test_a_poll_waits_for_the_next_update() -> None:
    empty = Queue()
    poll = asyncio.create_task(empty.ids(timeout=30))
    await asyncio.sleep(0)
    empty.add({})
    assert await poll == [1]


async def test_a_poll_goes_on_after_everything_was_forgotten() -> None:
    one = Queue(1)
    poll = asyncio.create_task(one.ids(offset=2, timeout=30))
    await asyncio.sleep(0)
    one.reset()
    one.add({})
    assert await poll == [2]


async def test_a_poll_ends_empty_after_its_timeout() -> None:
    assert await Queue().ids(timeout=1) == []


async def test_a_second_poll_ends_the_one_that_waits() -> None:
    empty = Queue()
    first = asyncio.create_task(empty.ids(timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(empty.ids(timeout=30))
    with pytest.raises(ApiError, match="terminated by other getUpdates request"):
        await first
    empty.add({})
    assert await second == [1]


@pytest.mark.parametrize(
    ("kind", "lifetime"),
    [
        ("message", DAY),
        ("edited_message", DAY),
        ("my_chat_member", DAY),
        ("callback_query", 150.0),
        ("pre_checkout_query", 150.0),
        ("inline_query", 30.0),
    ],
)
async def test_an_update_that_nobody_fetches_is_dropped_in_the_end(kind: str, lifetime: float) -> None:
    queue = Queue()
    queue.add({kind: {}})
    queue.clock.now += lifetime - 3.5
    assert await queue.ids() == [1]
    queue.clock.now += 0.5
    assert await queue.ids() == []
    assert (queue.expired, queue.confirmed) == (1, 0)


async def test_what_expires_leaves_the_rest() -> None:
    queue = Queue()
    for kind in ("callback_query", "message", "callback_query"):
        queue.add({kind: {}})
    queue.clock.now += 200
    assert await queue.ids() == [2]
    assert queue.expired == 2


def test_what_will_have_expired_is_known() -> None:
    queue = Queue()
    press = queue.add({"callback_query": {}})
    assert press is not None
    assert queue.lasts(press, 150)
    assert not queue.lasts(press, 151)


@pytest.mark.parametrize("kind", ["chat_member", "message_reaction", "message_reaction_count"])
def test_some_kinds_come_only_when_they_are_asked_for(kind: str) -> None:
    queue = Queue()
    assert queue.add({kind: {}}) is None
    assert queue.add({kind: {}}, always=True) == 1
    queue.allowed = frozenset([kind])
    assert queue.add({kind: {}}) == 2
    assert queue.add({"message": {}}) is None


async def test_what_is_handed_out_again_is_counted() -> None:
    two = Queue(2)
    await two.ids()
    await two.ids(offset=2)
    assert (two.sent, two.confirmed, two.redelivered, len(two)) == (2, 1, 1, 1)


STEPS = st.one_of(
    st.sampled_from(["message", "callback_query", "an hour", "two minutes"]), st.integers(min_value=-5, max_value=60)
)


@given(st.lists(STEPS, max_size=60))
def test_it_forgets_what_is_confirmed_or_too_old_and_nothing_else(steps: list[str | int]) -> None:
    async def run() -> None:
        real = Queue()
        kept: dict[int, float] = {}
        newest = 0
        for step in steps:
            if step in ("an hour", "two minutes"):
                real.clock.now += 3600 if step == "an hour" else 120
            elif isinstance(step, str):
                newest += 1
                assert real.add({step: {}}) == newest
                kept[newest] = real.clock.now + (DAY if step == "message" else 150)
            else:
                handed_out = await real.ids(step)
                kept = {number: end for number, end in kept.items() if end > real.clock.now}
                kept = _kept_by(step, newest, kept)
                assert handed_out == list(kept)[:100]
        waiting = len(real)
        assert real.sent == newest == real.confirmed + real.expired + waiting

    asyncio.run(run())


def _kept_by(offset: int, newest: int, kept: dict[int, float]) -> dict[int, float]:
    if offset < 0:
        return dict(list(kept.items())[offset:])
    if offset > newest + 11:
        return kept
    return {number: end for number, end in kept.items() if number >= offset}
