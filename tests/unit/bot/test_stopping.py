from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.errors import Stopped
from bot.stopping import pause, unless_stopped


async def test_work_that_ends_gives_its_result() -> None:
    async def work() -> int:
        return 7

    assert await unless_stopped(asyncio.Event(), work()) == 7


async def test_work_that_fails_raises_its_error() -> None:
    async def work() -> None:
        raise ValueError("as it is")

    with pytest.raises(ValueError, match="as it is"):
        await unless_stopped(asyncio.Event(), work())


async def test_stopping_cancels_the_work_and_waits_for_its_end() -> None:
    stop = asyncio.Event()
    cleaned_up = False

    async def work() -> None:
        nonlocal cleaned_up
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned_up = True

    with pytest.raises(Stopped):
        await unless_stopped(stop, work())
    assert cleaned_up


async def test_a_pause_ends_with_the_stop() -> None:
    stop = asyncio.Event()
    stop.set()
    with pytest.raises(Stopped):
        await pause(stop, timedelta(days=1))


async def test_work_that_was_done_when_the_stop_came_is_not_thrown_away() -> None:
    stop = asyncio.Event()

    async def work() -> int:
        stop.set()
        return 7

    assert await unless_stopped(stop, work()) == 7


@pytest.mark.parametrize("turns", range(12))
async def test_a_cancellation_gets_through_in_whatever_turn_of_the_loop_it_comes(turns: int) -> None:
    """Also in the one in which the work ends."""

    async def work() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def often() -> None:
        for _ in range(100):
            await unless_stopped(asyncio.Event(), work())

    task = asyncio.create_task(often())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    assert task.cancelled()


async def test_work_that_fails_when_it_is_cancelled_does_not_hide_that_it_was() -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(unless_stopped(asyncio.Event(), fail_when_cancelled(begun)))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_that_fails_when_it_is_stopped_does_not_hide_that_it_was() -> None:
    stop = asyncio.Event()
    with pytest.raises(Stopped):
        await unless_stopped(stop, fail_when_cancelled(stop))


async def fail_when_cancelled(begun: asyncio.Event) -> None:
    begun.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise ValueError("hides it") from None
