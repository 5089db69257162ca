"""Telegram's text formatting: what becomes of a text on its way into a message."""

from __future__ import annotations

from emulator.formatting.messages import Entity, FormattedText, from_bot, from_user
from emulator.formatting.spans import utf16_length

__all__ = ["Entity", "FormattedText", "from_bot", "from_user", "utf16_length"]
