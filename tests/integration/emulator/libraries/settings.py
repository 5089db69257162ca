"""What the bots in Python share: what they are told, and what they tell."""

from __future__ import annotations

import json
import os
from base64 import b64decode

TOKEN = os.environ["BOT_TOKEN"]
API_URL = os.environ["API_URL"]
BY_WEBHOOK = os.environ["MODE"] == "webhook"
WEBHOOK_PORT = int(os.environ["WEBHOOK_PORT"])
WEBHOOK_SECRET = os.environ["WEBHOOK_SECRET"]
WEBHOOK_PATH = "webhook"
WEBHOOK_URL = f"http://127.0.0.1:{WEBHOOK_PORT}/{WEBHOOK_PATH}"

#: 16 by 8 pixels, black.
PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAABAAAAAIAQAAAADYDUI6AAAAC0lEQVR42mNgwA4AABgAAUbbswsAAAAASUVORK5CYII=")


def note(event: str, error: Exception) -> None:
    """A line for the test to read."""
    line = {"event": event, "error": type(error).__name__, "retry_after": getattr(error, "retry_after", None)}
    print(json.dumps(line), flush=True)
