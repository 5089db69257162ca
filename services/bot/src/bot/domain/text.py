from __future__ import annotations

import re

#: JSON and Python can carry these; PostgreSQL's text and jsonb cannot.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """As PostgreSQL can keep it: what is no character becomes U+FFFD."""
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
