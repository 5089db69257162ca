from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_schema_is_what_its_script_writes() -> None:
    """A new aiogram may know a new Bot API: scripts/bot_api_schema.py then writes it anew."""
    script = runpy.run_path(str(ROOT / "scripts/bot_api_schema.py"))
    assert script["TARGET"].read_text() == script["schema"]()
