"""Who is there when the demo opens."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.people import Person

GREETING = """\
A tea shop with three people. Ada and Boris are customers: Press Start in their chats, then order something from \
/catalogue (Boris reads Russian). Olga runs the shop: press Start as her, too, and she hears of each order; /admin is \
hers alone. Open “Make trouble” and go on: nothing gets lost."""

DESCRIPTION = "A small tea shop. Press Start to look around."


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
