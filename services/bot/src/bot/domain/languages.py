from __future__ import annotations

#: What the bot speaks, by its codes, as each calls itself. The first is spoken where nothing is known.
LANGUAGES = {"en": "English", "ru": "Русский", "es": "Español", "de": "Deutsch"}
DEFAULT_LANGUAGE = "en"


def language(chosen: str | None, told: str | None) -> str:
    """What to speak with somebody who has chosen one, or whose Telegram tells an IETF tag such as pt-BR."""
    for code in (chosen, (told or "").partition("-")[0].lower()):
        if code in LANGUAGES:
            return code
    return DEFAULT_LANGUAGE
