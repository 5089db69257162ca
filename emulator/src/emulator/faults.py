"""Failures on demand: what Telegram and the network do on a bad day."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.errors import ApiError, too_many_requests
from emulator.updates import TERMINATED_BY_POLL

ANY_METHOD = "*"

Kind = Literal["status", "delay", "reset", "cut_off", "garbage"]

_DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: f"Conflict: {TERMINATED_BY_POLL}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(kw_only=True)
class Fault:
    #: A method's name, or * for all of them.
    method: str
    kind: Kind
    #: HTTP status of kind "status".
    status: int = 500
    description: str = ""
    retry_after: int | None = None  # seconds; of a 429
    seconds: float = 0.0  # of kind "delay"
    #: How many calls it strikes; None: all, until it is removed.
    times: int | None = 1
    #: The part of the calls that it strikes, by chance.
    share: float = 1.0
    #: The call takes effect, and only its answer is lost.
    executed: bool = False
    id: int = field(default_factory=itertools.count(1).__next__)
    struck: int = 0

    @property
    def over(self) -> bool:
        return self.times is not None and self.struck >= self.times

    def strikes(self, method: str) -> bool:
        if self.method.lower() not in (ANY_METHOD, method) or self.over:
            return False
        return self.share >= 1 or random.random() < self.share

    def error(self) -> ApiError:
        if self.status == 429:
            return too_many_requests(1 if self.retry_after is None else self.retry_after)
        return ApiError(self.status, self.description or _DESCRIPTIONS.get(self.status, f"Error {self.status}"))

    def shown(self) -> dict[str, Any]:
        names = ("id", "method", "kind", "times", "share", "executed", "struck", *_DETAILS.get(self.kind, ()))
        return {name: getattr(self, name) for name in names}


_DETAILS = {"status": ("status", "description", "retry_after"), "delay": ("seconds",)}


class Faults:
    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self.newest = 0

    def __iter__(self) -> Any:
        return iter(self._faults.values())

    def add(self, fault: Fault) -> int:
        """Its id. Method names are told apart without regard to case, as everywhere in the Bot API."""
        self._faults[fault.id] = fault
        self.newest = fault.id
        return fault.id

    def remove(self, fault_id: int) -> bool:
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._faults.clear()

    def strike(self, method: str, after: int = 0) -> list[Fault]:
        """What befalls this call: any number of delays, then at most one failure. Only what is newer than `after`."""
        if not self._faults:
            return []
        newer = [fault for fault in self._faults.values() if fault.id > after]
        struck = [fault for fault in newer if fault.kind == "delay" and fault.strikes(method)]
        failures = (fault for fault in newer if fault.kind != "delay" and fault.strikes(method))
        if failure := next(failures, None):
            struck.append(failure)
        for fault in struck:
            fault.struck += 1
            if fault.over:
                del self._faults[fault.id]
        return struck
