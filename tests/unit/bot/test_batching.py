from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StorageUnavailable
from bot.storage.batching import Batched


class Refused(Exception):
    """What a request gets that cannot be answered."""


class Doubling:
    """Doubles numbers a call at a time; a negative one makes its call fail."""

    def __init__(self, pauses: Sequence[int] = (0,)) -> None:
        self.pauses = itertools.cycle(pauses)
        self.calls: list[list[int]] = []
        self.in_progress = 0
        self.most_at_once = 0
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        self.in_progress += 1
        self.most_at_once = max(self.most_at_once, self.in_progress)
        try:
            await turns(next(self.pauses))
            await self.may_answer.wait()
        finally:
            self.in_progress -= 1
        if self.error:
            raise self.error
        if refused := [number for number in numbers if number < 0]:
            raise Refused(refused[0])
        return [2 * number for number in numbers]


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def outcome(batched: Batched[int, int], number: int) -> int | str:
    try:
        return await batched(number)
    except Refused as error:
        return str(error)


async def test_what_is_asked_in_the_same_turn_is_one_call() -> None:
    load = Doubling()
    batched = Batched(load)
    assert await asyncio.gather(*(batched(number) for number in range(50))) == [2 * number for number in range(50)]
    assert load.calls == [list(range(50))]


async def test_a_call_has_no_more_requests_than_its_limit() -> None:
    load = Doubling()
    batched = Batched(load, limit=2, calls_at_once=1)
    async with asyncio.timeout(60):
        assert await asyncio.gather(*(batched(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert load.calls == [[0, 1], [2, 3], [4]]


async def test_requests_gather_while_as_many_calls_are_in_progress_as_may_be() -> None:
    load = Doubling()
    load.may_answer.clear()
    batched = Batched(load, calls_at_once=2)
    asked = []
    for number in range(5):
        asked.append(asyncio.create_task(batched(number)))
        await turns(3)
    assert load.calls == [[0], [1]]
    load.may_answer.set()
    assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8]
    assert load.calls == [[0], [1], [2, 3, 4]]


async def test_whoever_asks_again_at_once_joins_the_next_call() -> None:
    load = Doubling()
    batched = Batched(load, calls_at_once=1)

    async def ask_twice(number: int) -> int:
        return await batched(await batched(number))

    assert list(await asyncio.gather(ask_twice(1), ask_twice(2))) == [4, 8]
    assert load.calls == [[1, 2], [2, 4]]


async def test_a_bad_request_fails_nobody_else() -> None:
    load = Doubling()
    batched = Batched(load)
    assert await asyncio.gather(*(outcome(batched, number) for number in (1, -2, 3, -4))) == [2, "-2", 6, "-4"]
    assert load.calls == [[1, -2, 3, -4], [1], [-2], [3], [-4]]


async def test_a_bad_request_alone_is_not_tried_again() -> None:
    load = Doubling()
    with pytest.raises(Refused):
        await Batched(load)(-1)
    assert load.calls == [[-1]]


async def test_an_absent_database_is_everybodys_error_and_not_tried_again() -> None:
    load = Doubling()
    load.error = StorageUnavailable("away")
    batched = Batched(load)
    errors = await asyncio.gather(*(batched(number) for number in range(3)), return_exceptions=True)
    assert [type(error) for error in errors] == [StorageUnavailable] * 3
    assert load.calls == [[0, 1, 2]]


async def test_a_database_that_goes_away_between_the_single_tries_ends_them() -> None:
    calls = []

    async def load(numbers: Sequence[int]) -> list[int]:
        calls.append(list(numbers))
        if len(numbers) > 1:
            raise Refused
        if numbers == [2]:
            raise StorageUnavailable("away")
        return list(numbers)

    batched = Batched(load)
    answers = await asyncio.gather(*(batched(number) for number in (1, 2, 3)), return_exceptions=True)
    assert answers[0] == 1
    assert [type(error) for error in answers[1:]] == [StorageUnavailable] * 2
    assert calls == [[1, 2, 3], [1], [2]]


async def test_a_wrong_number_of_results_is_an_error_for_everybody() -> None:
    async def load(_: Sequence[int]) -> list[int]:
        return [0, 0]

    batched = Batched(load)
    answers = await asyncio.gather(*(batched(number) for number in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError] * 3


async def test_the_next_request_after_an_error_is_answered() -> None:
    load = Doubling()
    batched = Batched(load, calls_at_once=1)
    with pytest.raises(Refused):
        await batched(-1)
    assert await batched(1) == 2


async def test_a_cancelled_waiter_disturbs_nobody() -> None:
    load = Doubling()
    load.may_answer.clear()
    batched = Batched(load)
    asked = [asyncio.create_task(batched(number)) for number in range(3)]
    await turns(3)
    asked[1].cancel()
    await turns(3)
    load.may_answer.set()
    assert list(await asyncio.gather(asked[0], asked[2])) == [0, 4]
    assert asked[1].cancelled()
    assert load.calls == [[0, 1, 2]]


async def test_what_nobody_waits_for_any_more_is_not_asked() -> None:
    load = Doubling()
    load.may_answer.clear()
    batched = Batched(load, calls_at_once=1)
    asked = [asyncio.create_task(batched(0))]
    await turns(3)
    asked += [asyncio.create_task(batched(number)) for number in (1, 2)]
    await turns(3)
    asked[1].cancel()
    load.may_answer.set()
    assert list(await asyncio.gather(asked[0], asked[2])) == [0, 4]
    assert load.calls == [[0], [2]]


async def test_nobody_waits_for_ever_for_a_call_that_was_cut_off() -> None:
    async def load(_: Sequence[int]) -> list[int]:
        raise asyncio.CancelledError

    batched = Batched(load)
    async with asyncio.timeout(60):
        answers = await asyncio.gather(batched(1), batched(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 2


@given(
    asked=st.lists(st.tuples(st.integers(-3, 20), st.integers(0, 6), st.none() | st.integers(0, 6)), max_size=40),
    limit=st.integers(1, 5),
    calls_at_once=st.integers(1, 3),
    pauses=st.lists(st.integers(0, 3), min_size=1),
)
def test_everybody_gets_the_answer_to_what_they_asked(
    asked: list[tuple[int, int, int | None]], limit: int, calls_at_once: int, pauses: list[int]
) -> None:
    """Each asks after some turns of the loop, and some give up after some more."""

    async def run() -> None:
        load = Doubling(pauses)
        batched = Batched(load, limit=limit, calls_at_once=calls_at_once)

        async def ask(number: int, after: int) -> int | str:
            await turns(after)
            return await outcome(batched, number)

        async def ask_until(number: int, after: int, gives_up: int | None) -> int | str | None:
            asking = asyncio.create_task(ask(number, after))
            if gives_up is not None:
                await turns(after + gives_up)
                asking.cancel()
            await asyncio.wait({asking}, timeout=60)
            return None if asking.cancelled() else asking.result()

        answers = await asyncio.gather(*(ask_until(*one) for one in asked))
        for (number, _, gives_up), answer in zip(asked, answers, strict=True):
            expected = str(number) if number < 0 else 2 * number
            assert answer == expected or (answer is None and gives_up is not None)
        assert all(len(call) <= limit for call in load.calls)
        assert load.most_at_once <= calls_at_once

    asyncio.run(run())
