"""What must be said twice, and must not drift apart."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config as BotConfig
from bot.storage.schema_version import REQUIRED_VERSION
from migrator.config import Config as MigratorConfig
from migrator.discovery import discover

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

SECRETS = {"BOT_TOKEN", "DATABASE_PASSWORD"}


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    command = ["docker", "compose", "--file", "compose.yaml", "config", "--no-interpolate", "--format", "json"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    parsed: dict[str, Any] = json.loads(shown)
    return parsed


BOT_SETTINGS = {name.upper() for name in BotConfig.model_fields}
MIGRATOR_SETTINGS = {field.name.upper() for field in fields(MigratorConfig)}


def test_the_bot_requires_the_newest_migration() -> None:
    assert discover(ROOT / "db/migrations").migrations[-1].version == REQUIRED_VERSION


def test_compose_sets_every_setting_of_the_bot_and_no_other(stack: dict[str, Any]) -> None:
    assert set(stack["services"]["bot"]["environment"]) == BOT_SETTINGS - SECRETS


def test_compose_sets_every_setting_of_the_migrator_but_the_images_own(stack: dict[str, Any]) -> None:
    own = {"MIGRATIONS_DIR", "MIGRATIONS_TABLE"}
    assert set(stack["services"]["migrator"]["environment"]) == (MIGRATOR_SETTINGS | {"LOG_FORMAT"}) - SECRETS - own


def test_compose_gives_the_bot_its_own_defaults(stack: dict[str, Any]) -> None:
    for name, value in stack["services"]["bot"]["environment"].items():
        given = re.fullmatch(r"\$\{\w+:-(.*)\}", str(value))
        if given:
            default = BotConfig.model_fields[name.lower()].default
            assert type(default)(given[1]) == default, name


def test_the_grace_period_is_longer_than_the_drain_deadline(stack: dict[str, Any]) -> None:
    grace = int(stack["services"]["bot"]["stop_grace_period"].removesuffix("s"))
    assert grace > BotConfig.model_fields["drain_timeout_seconds"].default


def test_every_variable_of_compose_is_in_env_example_and_in_the_documentation() -> None:
    files = [ROOT / "compose.yaml", ROOT / "compose.demo.yaml"]
    variables = dict(found for file in files for found in re.findall(r"\$\{(\w+):-([^}]*)\}", file.read_text()))
    example = dict(re.findall(r"^#(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    configuration = (ROOT / "docs/configuration.md").read_text()
    documented = dict(re.findall(r"^\| `([A-Z_]+)` \| `?([^`]*?)`? \|", configuration, re.MULTILINE))
    assert example == variables
    assert documented == variables | {"BOT_TOKEN": "none"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        named = set(re.findall(r"`(?:\w+=\S+ )?make ([a-z]+)", document.read_text()))
        assert named <= targets, document.name
