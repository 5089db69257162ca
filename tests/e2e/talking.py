"""Conversations in any language: tests name texts and buttons in English, people hear and press them in their own."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from decimal import Decimal

from babel.numbers import format_currency, format_decimal

from bot.views.translations import Translations
from emulator.client import Answer, Person
from tests.waiting import wait_for

TRANSLATIONS = Translations()
#: So much the bot reads from anybody (FLOOD_MESSAGES), and a little less, for it counts in whole seconds.
MOST_MESSAGES, PERIOD = 28, 11.0
_SENT: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_MESSAGES))
#: A text in its singular and its plural, and of how many it speaks.
Counted = tuple[str, str, int]


@dataclass
class Talker:
    """Somebody in a chat with the bot, who reads one thing after the other."""

    person: Person
    language: str
    unread: list[Answer] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.person.id

    def words(self, text: str | Counted, **values: object) -> str:
        """As the bot says it to this person. What it does not say itself, such as a product's name, stays as it is."""
        if isinstance(text, str):
            # Of nothing, gettext makes a catalogue's head.
            return TRANSLATIONS.gettext(text, locale=self.language).format(**values) if text else ""
        one, many, count = text
        return TRANSLATIONS.gettext(one, many, count, locale=self.language).format(**{"count": count, **values})

    def money(self, cents: int) -> str:
        return str(format_currency(Decimal(cents) / 100, "EUR", locale=self.language))

    def number(self, value: int) -> str:
        return str(format_decimal(value, locale=self.language))

    def say(self, said: str, expected: str | Counted = "", **values: object) -> Answer:
        self.take_time()
        self.person.say(said)
        return self.hear(expected, **values)

    def press(self, label: str | Counted, expected: str | Counted = "", **values: object) -> Answer:
        self.take_time()
        self.person.press(self.words(label, **values))
        return self.hear(expected, **values)

    def hear(self, expected: str | Counted = "", **values: object) -> Answer:
        """The next thing that holds the text, or anything if it is empty; what came before it is passed over."""
        text = self.words(expected, **values)

        def heard() -> bool:
            self.unread += self.person.read(wait=1)
            return any(text in answer.text for answer in self.unread)

        try:
            wait_for(heard, "it is heard")
        except AssertionError:
            raise AssertionError(f"{text!r} is not in {[answer.text for answer in self.unread]}") from None
        place = next(place for place, answer in enumerate(self.unread) if text in answer.text)
        found, self.unread = self.unread[place], self.unread[place + 1 :]
        return found

    def take_time(self) -> None:
        """Before something is sent: as people do, who are no flood."""
        sent = _SENT[self.id]
        if len(sent) == MOST_MESSAGES:
            time.sleep(max(0.0, sent[0] + PERIOD - time.monotonic()))
        sent.append(time.monotonic())

    def forget_what_was_said(self) -> None:
        self.person.read(wait=0)
        self.unread.clear()


def labels(answer: Answer) -> list[str]:
    return [button["text"] for button in answer.buttons]
