"""A chat with the bot in a terminal."""

from __future__ import annotations

from emulator.client import Emulator, Person, Refused

GREETING = """\
You are {name}, in a chat with the bot. This is the emulator, not Telegram.
Try /start, /profile, /help. `/name Bob` gives you another name. Ctrl-D ends it."""

_ME = 1000


def chat(url: str, name: str) -> None:
    try:
        me = Emulator(url).person(_ME, name)
    except OSError as error:
        raise OSError(f"nobody answers at {url}; start the demo with `make up`") from error
    print(GREETING.format(name=name))
    me.answers(wait=0)  # what was said before
    while True:
        try:
            line = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if line.startswith("/name "):
            me.rename(line.removeprefix("/name ").strip())
            print(f"You are {me.first_name} now. Send /start to tell the bot.")
        elif line:
            _say(me, line)


def _say(me: Person, line: str) -> None:
    try:
        me.say(line)
    except Refused as refused:
        print(refused)
    else:
        _print_answers(me)


def _print_answers(me: Person) -> None:
    answers = me.answers()
    for answer in answers:
        print(answer)
    if not answers:
        print("(no answer yet; `make logs` shows what the bot does)")
