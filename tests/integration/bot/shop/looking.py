"""What a person sees."""

from __future__ import annotations

from emulator.client import Json, Person


def buttons(person: Person) -> list[Json]:
    """Those of the newest message."""
    return person.seen[max(person.seen)].buttons


def labels(person: Person) -> list[str]:
    return [button["text"] for button in buttons(person)]


def data_of(person: Person, label: str) -> str:
    """What the button of the newest message carries."""
    return str(next(button["callback_data"] for button in buttons(person) if button["text"] == label))
