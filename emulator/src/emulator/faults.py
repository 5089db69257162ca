"""Errors on demand: what Telegram answers on a bad day."""

from __future__ import annotations

from collections import deque

from emulator.errors import ApiError

_DESCRIPTIONS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",  # as a page of HTML, which is what a gateway answers
}


class Faults:
    """For each method the errors that its next calls get, in order."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[ApiError]] = {}

    def add(self, method: str, status: int, times: int = 1, retry_after: int | None = None) -> None:
        """`retry_after`, in seconds, belongs to a 429."""
        self._waiting.setdefault(method.lower(), deque()).extend([_error(status, retry_after)] * times)

    def clear(self) -> None:
        self._waiting.clear()

    def strike(self, method: str) -> None:
        """Raises the ApiError that is due, if any."""
        waiting = self._waiting.get(method.lower())
        if waiting:
            raise waiting.popleft()


def _error(status: int, retry_after: int | None) -> ApiError:
    if retry_after is not None:
        return ApiError(status, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
    return ApiError(status, _DESCRIPTIONS.get(status, f"Error {status}"))
