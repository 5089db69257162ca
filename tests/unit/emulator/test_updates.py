from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import ApiError
from emulator.updates import UpdateQueue


def queue(count: int) -> UpdateQueue:
    made = UpdateQueue()
    for number in range(1, count + 1):
        made.add({"n": number})
    return made


async def ids(queue: UpdateQueue, offset: int = 0, limit: int = 100, timeout: int = 0) -> list[int]:
    return [update["update_id"] for update in await queue.get(offset, limit, timeout)]


async def test_updates_stay_until_a_higher_offset_is_asked_for() -> None:
    three = queue(3)
    assert await ids(three) == [1, 2, 3]
    assert await ids(three, offset=1) == [1, 2, 3]
    assert await ids(three, offset=3) == [3]
    assert await ids(three) == [3]
    assert await ids(three, offset=4) == []


async def test_a_negative_offset_keeps_the_last_ones_and_forgets_the_rest() -> None:
    five = queue(5)
    assert await ids(five, offset=-2) == [4, 5]
    assert await ids(five) == [4, 5]


async def test_a_batch_has_at_most_a_hundred() -> None:
    many = queue(250)
    assert len(await ids(many)) == 100
    assert len(await ids(many, limit=1000)) == 100
    assert await ids(many, limit=2) == [1, 2]


async def test_a_poll_waits_for_the_next_update() -> None:
    empty = queue(0)
    poll = asyncio.create_task(ids(empty, timeout=30))
    await asyncio.sleep(0)
    empty.add({})
    assert await poll == [1]


async def test_a_poll_ends_empty_after_its_timeout() -> None:
    assert await ids(queue(0), timeout=0.01) == []


async def test_a_second_poll_ends_the_one_that_waits() -> None:
    empty = queue(0)
    first = asyncio.create_task(ids(empty, timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(ids(empty, timeout=30))
    with pytest.raises(ApiError, match="terminated by other getUpdates request"):
        await first
    empty.add({})
    assert await second == [1]


@given(st.lists(st.one_of(st.just("add"), st.integers(min_value=-5, max_value=40)), max_size=60))
def test_it_forgets_what_is_below_the_offset_and_nothing_else(steps: list[str | int]) -> None:
    async def run() -> None:
        real = UpdateQueue()
        kept: list[int] = []
        newest = 0
        for step in steps:
            if step == "add":
                newest = real.add({})
                kept.append(newest)
            else:
                offset = int(step)
                kept = kept[offset:] if offset < 0 else [number for number in kept if number >= offset]
                assert await ids(real, offset) == kept[:100]

    asyncio.run(run())
