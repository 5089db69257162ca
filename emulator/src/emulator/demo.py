"""Who is there when the demo opens."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.people import Person

GREETING = """\
Three people are here: Ada, Boris and Olga. Press Start in one of the chats, then send /profile. Change the name in \
the chat’s menu (⋮) and send /start again: the bot remembers. Open “Make trouble” and go on writing: nothing gets \
lost."""

DESCRIPTION = "A bot that remembers. Press Start to begin."


@dataclass(frozen=True, slots=True)
class Demo:
    greeting: str = GREETING
    description: str = DESCRIPTION

    def people(self) -> list[Person]:
        return [
            Person(1001, "Ada", "Lovelace", "ada", "en"),
            Person(1002, "Boris", "", "boris", "ru"),
            Person(1003, "Olga", "", "olga_owner", "en"),
        ]
