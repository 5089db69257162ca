from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Shop:
    """What the configuration says of it."""

    #: Prices are in this one, by its ISO 4217 code.
    currency: str
    #: Of whoever has chosen none, and of the shop's days.
    zone: ZoneInfo
    admin_ids: frozenset[int]
