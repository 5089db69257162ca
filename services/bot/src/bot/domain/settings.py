from __future__ import annotations

from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, WrapValidator
from pydantic_core import PydanticUseDefault

from bot.domain.languages import LANGUAGES


@cache
def time_zones() -> frozenset[str]:
    """The names of all that there are; the first call takes some milliseconds."""
    return frozenset(available_timezones())


def _or_default(value: Any, validate: Any) -> Any:
    try:
        return validate(value)
    except ValueError:
        raise PydanticUseDefault from None


def _language(value: str | None, validate: Any) -> Any:
    given = _or_default(value, validate)
    if given is not None and given not in LANGUAGES:
        raise PydanticUseDefault
    return given


def _time_zone(value: str | None, validate: Any) -> Any:
    given = _or_default(value, validate)
    if given is not None and given not in time_zones():
        raise PydanticUseDefault
    return given


class Settings(BaseModel):
    """What a user has chosen. A value that makes no sense counts as not chosen; what is not known here is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    #: None: as Telegram's.
    language: Annotated[str | None, WrapValidator(_language)] = None
    #: A name of the IANA's. None: the shop's.
    time_zone: Annotated[str | None, WrapValidator(_time_zone)] = None
    order_notifications: Annotated[bool, WrapValidator(_or_default)] = Field(default=True, strict=True)

    @classmethod
    def read(cls, stored: Any) -> Settings:
        return cls.model_validate(stored if isinstance(stored, dict) else {})

    def zone(self, shop: ZoneInfo) -> ZoneInfo:
        return ZoneInfo(self.time_zone) if self.time_zone else shop
