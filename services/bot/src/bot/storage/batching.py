"""Requests that are made one by one, answered by one query for many of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from bot.errors import StorageUnavailable

Request = TypeVar("Request")
Result = TypeVar("Result")

_Asked: TypeAlias = tuple[Request, asyncio.Future[Result]]


class Batched(Generic[Request, Result]):
    """`load_many` gives a result for each request, in their order, and does all of its work or none of it.

    A request joins no call that is in progress: it sees whatever was committed before it was made.
    """

    def __init__(
        self,
        load_many: Callable[[Sequence[Request]], Awaitable[Sequence[Result]]],
        *,
        limit: int = 100,
        calls_at_once: int = 2,
    ) -> None:
        self._load_many = load_many
        self._limit = limit
        self._calls_at_once = calls_at_once
        self._waiting: deque[_Asked[Request, Result]] = deque()
        self._calls: set[asyncio.Task[None]] = set()
        self._starts_soon = False

    async def __call__(self, request: Request) -> Result:
        """Raises what `load_many` raises for this request alone, or StorageUnavailable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((request, future))
        if not self._starts_soon and len(self._calls) < self._calls_at_once:
            self._starts_soon = True
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        self._starts_soon = False
        while len(self._calls) < self._calls_at_once and (batch := self._take()):
            call = asyncio.create_task(self._serve(batch))
            self._calls.add(call)
            call.add_done_callback(self._ended)

    def _ended(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        self._start()

    def _take(self) -> list[_Asked[Request, Result]]:
        batch: list[_Asked[Request, Result]] = []
        while self._waiting and len(batch) < self._limit:
            asked = self._waiting.popleft()
            if not asked[1].done():  # else nobody waits for it any more
                batch.append(asked)
        return batch

    async def _serve(self, batch: Sequence[_Asked[Request, Result]]) -> None:
        try:
            await self._answer(batch)
        except StorageUnavailable as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 - whoever made the request gets it
            if len(batch) == 1:
                _fail(batch, error)
            else:
                await self._serve_each(batch)
        finally:
            # Something is left only where this task itself was cancelled.
            for _, future in batch:
                future.cancel()

    async def _serve_each(self, batch: Sequence[_Asked[Request, Result]]) -> None:
        for asked in batch:
            try:
                await self._answer([asked])
            except StorageUnavailable as error:
                _fail(batch, error)
                return
            except Exception as error:  # noqa: BLE001 - whoever made the request gets it
                _fail([asked], error)

    async def _answer(self, batch: Sequence[_Asked[Request, Result]]) -> None:
        results = await self._load_many([request for request, _ in batch])
        for (_, future), result in list(zip(batch, results, strict=True)):
            if not future.done():
                future.set_result(result)


def _fail(batch: Sequence[_Asked[Request, Result]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
