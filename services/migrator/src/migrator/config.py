from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from migrator.errors import ConfigError

SECRETS_DIR = Path("/run/secrets")


def _postgres_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must start with postgresql://")
    return url


class Config(BaseSettings):
    """Read once from the environment and from secret files; frozen."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    database_url: Annotated[SecretStr, AfterValidator(_postgres_url)] = Field(
        description="Give the database as postgresql://migrator@HOST:5432/NAME"
    )
    database_password: SecretStr | None = Field(
        default=None, description="Put the password into a file named database_password in the secrets directory"
    )
    migrations_dir: Path = Field(
        default=Path("/migrations"), description="Give the directory that holds the .sql files"
    )
    database_wait_seconds: float = Field(
        default=60, ge=0, description="Give the seconds to wait until the database answers"
    )
    lock_wait_seconds: float = Field(default=60, ge=0, description="Give the seconds to wait for another migrator")
    log_format: Literal["text", "json"] = Field(default="text", description="Choose text or json")


def load() -> Config:
    """Raises ConfigError with one line for each wrong setting; no line repeats a value."""
    directory = Path(os.environ.get("SECRETS_DIR", SECRETS_DIR))
    try:
        return Config(_secrets_dir=directory if directory.is_dir() else None)  # type: ignore[call-arg]
    except ValidationError as error:
        raise ConfigError("\n".join(_line(fault["loc"][0], fault["msg"]) for fault in error.errors())) from None
    except (OSError, SettingsError) as error:
        raise ConfigError(f"A secret file in {directory} cannot be read as text: {error}.") from None


def _line(field: str | int, problem: str) -> str:
    description = Config.model_fields[str(field)].description
    problem = "is missing" if problem == "Field required" else problem.removeprefix("Value error, ").lower()
    return f"{str(field).upper()}: {problem}. {description}."
