from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from bot.domain.settings import time_zones
from bot.errors import ConfigError

SECRETS_DIR = Path("/run/secrets")


def _token(token: SecretStr) -> SecretStr:
    if not token.get_secret_value():
        raise ValueError("is missing")
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{30,}", token.get_secret_value()):
        raise ValueError("does not look like 123456789:AAE…")
    return token


def _postgres_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must start with postgresql://")
    return url


def _ids(ids: object) -> object:
    if not isinstance(ids, str):
        return ids
    given = [part.strip() for part in ids.split(",") if part.strip()]
    if not all(re.fullmatch(r"[0-9]{1,15}", part) for part in given):
        raise ValueError("must be numbers with commas between them")
    return tuple(int(part) for part in given)


def _http_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise ValueError("must start with https:// or http://")
    return url.rstrip("/")


def _currency(code: str) -> str:
    from babel.numbers import is_currency

    if not is_currency(code):
        raise ValueError("is no currency")
    return code


def _time_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("is no time zone")
    return name


class Config(BaseSettings):
    """Read once from the environment and from secret files; frozen."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    bot_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        description="Put the token that @BotFather gave you into secrets/bot_token, or run `BOT_TOKEN=<token> make up`"
    )
    bot_api_url: Annotated[str, AfterValidator(_http_url)] = Field(
        default="https://api.telegram.org", description="Give the address of a Bot API server"
    )
    database_url: Annotated[SecretStr, AfterValidator(_postgres_url)] = Field(
        description="Give the database as postgresql://bot@HOST:5432/NAME"
    )
    database_password: SecretStr | None = Field(
        default=None, description="Put the password into a file named database_password in the secrets directory"
    )
    database_pool_min_size: int = Field(default=2, ge=1, description="Give the connections to keep open, at least 1")
    database_pool_max_size: int = Field(default=10, ge=1, description="Give the most connections to open, at least 1")
    database_timeout_seconds: float = Field(
        default=10, gt=0, description="Give the seconds that a connection, or a query, may take"
    )
    drain_timeout_seconds: float = Field(
        default=20, ge=0, description="Give the seconds to finish work on SIGTERM, less than stop_grace_period"
    )
    handler_concurrency: int = Field(
        default=250, ge=1, description="Give how many chats are served at once, at least 1"
    )
    handler_timeout_seconds: float = Field(
        default=30, gt=0, description="Give the seconds after which a handler is cut off"
    )
    outbox_messages_per_second: int = Field(
        default=30, ge=1, description="Give how many messages a second Telegram takes from this bot, usually 30"
    )
    admin_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)] = Field(
        default=(), description="Give the Telegram user ids of the admins, such as 123456789,987654321"
    )
    currency: Annotated[str, AfterValidator(_currency)] = Field(
        default="EUR", description="Give the currency of the shop's prices by its ISO 4217 code, such as EUR"
    )
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        default="UTC", description="Give the shop's time zone by its IANA name, such as Europe/Berlin"
    )
    flood_messages: int = Field(
        default=30, ge=0, description="Give how many messages a user may send in FLOOD_SECONDS; 0 is any number"
    )
    flood_seconds: float = Field(default=10, gt=0, description="Give the seconds in which FLOOD_MESSAGES are counted")
    health_host: str = Field(default="127.0.0.1", description="Give the address on which /live and /ready answer")
    health_port: int = Field(default=8080, ge=0, le=65535, description="Give the port on which /live and /ready answer")
    log_format: Literal["json", "text"] = Field(default="json", description="Choose json or text")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Choose debug, info, warning or error"
    )

    @model_validator(mode="after")
    def _pool_sizes(self) -> Config:
        if self.database_pool_min_size > self.database_pool_max_size:
            raise ValueError(
                "DATABASE_POOL_MIN_SIZE: is above DATABASE_POOL_MAX_SIZE. Lower the one or raise the other."
            )
        return self


def load() -> Config:
    """Raises ConfigError with one line for each wrong setting; no line repeats a value."""
    directory = Path(os.environ.get("SECRETS_DIR", SECRETS_DIR))
    try:
        return Config(_secrets_dir=directory if directory.is_dir() else None)  # type: ignore[call-arg]
    except ValidationError as error:
        raise ConfigError("\n".join(_line(fault["loc"], fault["msg"]) for fault in error.errors())) from None
    except (OSError, SettingsError) as error:
        raise ConfigError(f"A secret file in {directory} cannot be read as text: {error}.") from None


def _line(location: tuple[int | str, ...], problem: str) -> str:
    problem = problem.removeprefix("Value error, ")
    if not location:
        return problem
    field = str(location[0])
    if problem == "Field required":
        problem = "is missing"
    return f"{field.upper()}: {problem}. {Config.model_fields[field].description}."
