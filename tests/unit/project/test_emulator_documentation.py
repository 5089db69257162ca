"""docs/emulator.md tells all that the control API can do, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from emulator.bot_api.schema import VERSION
from emulator.control.server import application
from emulator.telegram import Telegram

DOCUMENT = Path(__file__).parents[3] / "docs/emulator.md"


async def test_every_request_is_in_the_documentation() -> None:
    documented = set(re.findall(r"^\| `([A-Z]+ /control/\S+)` \|", DOCUMENT.read_text(), re.MULTILINE))
    routes = application(Telegram("1:token")).router.routes()
    offered = {f"{route.method} /control{_path(route.resource.canonical)}" for route in routes if route.resource}
    assert documented == {route for route in offered if not route.startswith("HEAD")}


def test_the_version_of_the_bot_api_is_told() -> None:
    assert f"Bot API {VERSION}" in DOCUMENT.read_text()


def _path(canonical: str) -> str:
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", canonical)
