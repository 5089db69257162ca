"""What people got to see, held against what they had said."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from emulator.client import Emulator

Texts = Mapping[int, Sequence[str]]
Effects = Sequence[tuple[int, int]]

_SHOWN = 10  # examples of each kind


@dataclass(frozen=True)
class Findings:
    """Everything but repeats is a broken promise."""

    #: Chat and text.
    unanswered: list[tuple[int, str]]
    #: What nobody has asked for.
    strange: list[tuple[int, str]]
    #: Chats and what was said there, one after the other.
    out_of_order: dict[int, list[str]]
    #: How often an effect took place, where that is not once for each that is due.
    effects: dict[tuple[int, int], int]
    #: Answers beyond the first.
    repeats: int

    @property
    def broken(self) -> str:
        """With examples; empty when every promise was kept."""
        kinds: dict[str, list[Any]] = {
            "unanswered": self.unanswered,
            "not asked for": self.strange,
            "out of order": list(self.out_of_order.items()),
            "effects not once": list(self.effects.items()),
        }
        return "\n".join(f"{len(found)} {kind}: {found[:_SHOWN]}" for kind, found in kinds.items() if found)


def examine(said: Texts, answered: Texts, effects_due: set[tuple[int, int]], effects: Effects) -> Findings:
    """An answer is the text that was said, which nobody says twice in a chat. `effects`: as they took place."""
    given = {chat: set(texts) for chat, texts in answered.items()}
    times = Counter(effects)
    once = dict.fromkeys(effects_due, 1)
    return Findings(
        unanswered=[(chat, text) for chat, texts in said.items() for text in texts if text not in given.get(chat, ())],
        strange=[(chat, text) for chat, texts in answered.items() for text in texts if text not in said.get(chat, ())],
        out_of_order={chat: list(texts) for chat, texts in answered.items() if not _in_order(said[chat], texts)},
        effects={effect: times[effect] for effect in once | times if times[effect] != once.get(effect, 0)},
        repeats=sum(len(texts) - len(given[chat]) for chat, texts in answered.items()),
    )


def without_late_repeats(found: Findings, said: Texts) -> Findings:
    """Passes over answers that came once more, however late."""
    first_times = {chat: list(dict.fromkeys(texts)) for chat, texts in found.out_of_order.items()}
    wrong = {chat: texts for chat, texts in first_times.items() if not _in_order(said[chat], texts)}
    return replace(found, out_of_order=wrong)


def shown_by_bot(emulator: Emulator) -> dict[int, list[str]]:
    """What each chat shows of the bot, oldest first; the last 200 messages of a chat at most."""
    chats = _snapshot(emulator)["chats"]
    entries = {chat["id"]: [one for one in chat["entries"] if one["from_person"] is None] for chat in chats}
    return {chat: [entry["message"]["text"] for entry in shown] for chat, shown in entries.items()}


def _in_order(said: Sequence[str], answered: Sequence[str]) -> bool:
    """Only the newest answer may come again."""
    places = [said.index(text) for text in answered if text in said]
    return places == sorted(places)


def _snapshot(emulator: Emulator) -> Any:
    with urllib.request.urlopen(f"{emulator.url}/control/events", timeout=60) as events:
        lines = iter(events)
        assert next(lines).strip() == b"event: snapshot"
        return json.loads(next(lines).removeprefix(b"data: "))
