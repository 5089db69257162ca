from __future__ import annotations

from emulator.client import Answer, Person

ANSWER_WAIT = 60.0  # seconds; Telegram waits longer and longer before it tries a webhook again


def read_up_to(person: Person, last: str) -> list[Answer]:
    """What the bot sends, up to the answer with that text."""
    found: list[Answer] = []
    while not any(answer.text == last for answer in found):
        read = person.read(ANSWER_WAIT)
        assert read, f"no {last!r} after {[answer.text for answer in found]}"
        found += read
    return found
