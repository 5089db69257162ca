"""Telegram, as one bot and the people around it see it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse

from emulator.chats import Chat, Chats, Entry, Message
from emulator.commands import Commands
from emulator.demo import Demo
from emulator.events import Events, Signal
from emulator.faults import Faults
from emulator.files import Files
from emulator.limits import RateLimits
from emulator.payments import Payments
from emulator.people import People, Person, User
from emulator.presses import Presses
from emulator.updates import DEFAULT_KINDS, UpdateQueue
from emulator.webhook import Execute, Webhook

GET_UPDATES = "getUpdates"
LONGEST_RECORD = 100_000  # calls
SHOWN_HISTORY = 200  # messages of a chat
POLLING_PAUSE = 10.0  # seconds without getUpdates after which the bot counts as away


@dataclass(slots=True)
class Call:
    number: int
    method: str
    parameters: dict[str, Any]
    #: What does not fit the published Bot API, which Telegram passes over where it can.
    remarks: list[str]
    at: float  # seconds since 1970
    status: int = 0  # HTTP status of the answer; 0 while there is none, 499 when nobody got it

    def shown(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("number", "method", "parameters", "remarks", "at", "status")}


@dataclass
class Counts:
    """Of the bot's calls; getUpdates counts only where it failed."""

    calls: int = 0
    failed: int = 0
    failed_polls: int = 0
    retried: int = 0
    messages: int = 0


class Telegram:
    def __init__(self, token: str, demo: Demo | None = None) -> None:
        self.token = token
        self.demo = demo
        #: Another one after every start, so that the pages notice.
        self.run = secrets.token_hex(8)
        self.events = Events()
        self.changed = Signal()
        #: Runs the method that came with the answer to a webhook's delivery.
        self.execute: Execute = _execute_nothing
        #: Numbers never go back, also when the server has been started anew and has forgotten everything.
        self.updates = UpdateQueue(first_id=int(time.time()))
        self.updates.on_confirm = self.publish_counts
        self.webhook = Webhook(self.updates, lambda answer: self.execute(answer))
        self.commands = Commands()
        #: Tells the pages that the bot has not polled for a while.
        self._away: asyncio.TimerHandle | None = None
        self._forget()

    def _forget(self) -> None:
        self.people = People()
        self.chats = Chats()
        self.files = Files()
        self.presses = Presses()
        self.payments = Payments()
        self.faults = Faults()
        self.limits = RateLimits()
        self.counts = Counts()
        self.calls: deque[Call] = deque(maxlen=LONGEST_RECORD)
        self.recorded = 0
        #: In seconds of the monotonic clock.
        self.last_poll = self.last_conflict = self.last_webhook_change = float("-inf")
        self._failed_calls: Counter[int] = Counter()
        if self.demo:
            for person in self.demo.people():
                self.put_person(person)

    async def reset(self, bot_too: bool) -> None:
        """Everything is forgotten but the numbers of the updates and, without `bot_too`, what the bot has set."""
        if bot_too:
            await self.webhook.close()
            self.updates.allowed = DEFAULT_KINDS
            self.commands = Commands()
        self.webhook.local = True
        self.updates.reset()
        self._forget()
        self.events.publish("reset", {})
        self.events.publish("snapshot", self.snapshot())
        self.changed.fire()

    # --- what is true

    @property
    def user(self) -> User:
        bot_id = int(self.token.partition(":")[0])
        return {"id": bot_id, "is_bot": True, "first_name": "Orderly", "username": "orderly_demo_bot"}

    def described(self, chat: Chat) -> dict[str, Any]:
        """The chat as messages show it."""
        if chat.type == "private":
            person = self.people.get(chat.id)
            assert person is not None
            return person.chat
        described = {"id": chat.id, "title": chat.title, "type": chat.type}
        return described | ({"all_members_are_administrators": False} if chat.type == "group" else {})

    def put_person(self, person: Person) -> Person:
        """Adds the person with a private chat, or changes the names of a known one."""
        self.people.put(person)
        self.publish_person(person)
        if self.chats.get(person.id) is None:
            self.publish_chat(self.chats.put(Chat(person.id, "private", members={person.id})))
        return person

    # --- what happens

    def update(self, kind: str, content: dict[str, Any], queue: str) -> int | None:
        """An update for the bot; its number, or None where the bot does not want this kind."""
        update_id = self.updates.add({kind: content}, queue)
        self.publish_counts()
        return update_id

    def new_message(self, chat: Chat, sender: User | None, content: dict[str, Any]) -> Message:
        """A message that begins to exist, with the next number of its chat; not kept yet."""
        message: Message = {"message_id": chat.next_message_id()}
        if sender:
            message["from"] = sender
        return message | {"chat": self.described(chat), "date": int(time.time())} | content

    def keep(
        self, chat: Chat, message: Message, from_person: int | None, keyboard: dict[str, Any] | None = None
    ) -> Entry:
        entry = self.chats.add(chat, message, from_person, keyboard)
        self.publish_entry(chat, entry)
        return entry

    def record(self, method: str, parameters: dict[str, Any], remarks: list[str]) -> Call:
        self.recorded += 1
        call = Call(self.recorded, method, parameters, remarks, time.time())
        self.calls.append(call)
        if method == GET_UPDATES:
            return call
        self.counts.calls += 1
        if self._failed_calls and self._failed_calls[fingerprint := _fingerprint(call)]:
            self.counts.retried += 1
            self._failed_calls[fingerprint] -= 1
            if not self._failed_calls[fingerprint]:
                del self._failed_calls[fingerprint]
        return call

    def answered(self, call: Call, status: int, failed: bool = False) -> None:
        """`failed`: it may be made again, since Telegram did not do it, or did not say so."""
        call.status = status
        self.changed.fire()
        if failed and call.method == GET_UPDATES:
            self.counts.failed_polls += 1
        elif failed:
            self.counts.failed += 1
            self._failed_calls[_fingerprint(call)] += 1
        self.publish_counts()

    @contextmanager
    def polling(self) -> Iterator[None]:
        """While the bot asks for updates; the pages see it come and go."""
        self.last_poll = time.monotonic()
        self.publish_counts()
        try:
            yield
        finally:
            self.last_poll = time.monotonic()
            self.publish_counts()
            if self._away:
                self._away.cancel()
            self._away = asyncio.get_running_loop().call_later(POLLING_PAUSE, self.publish_counts)

    # --- what the open pages are told

    def publish_person(self, person: Person) -> None:
        if self.events.watched:
            self.events.publish("person", self.shown_person(person))

    def publish_chat(self, chat: Chat) -> None:
        if self.events.watched:
            self.events.publish("chat", shown_chat(chat))

    def publish_entry(self, chat: Chat, entry: Entry) -> None:
        if self.events.watched:
            self.events.publish("entry", {"chat_id": chat.id, "entry": entry.shown()})
        self.changed.fire()

    def publish_counts(self) -> None:
        self.events.publish_soon("counts", self.shown_counts)

    def publish_faults(self) -> None:
        self.events.publish("faults", [fault.shown() for fault in self.faults])

    def publish_settings(self) -> None:
        self.events.publish("settings", self.settings)

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "rate_limits": self.limits.enforced,
            "messages_per_second": self.limits.per_second,
            "messages_per_chat_second": self.limits.per_chat_second,
            "messages_per_group_minute": self.limits.per_group_minute,
            "local_webhooks": self.webhook.local,
        }

    def shown_person(self, person: Person) -> dict[str, Any]:
        commands = self.commands.seen_by(person, self.chats.get(person.id))
        standing = {"blocked": person.blocked, "deactivated": person.deactivated, "commands": commands}
        return person.user | standing

    def shown_counts(self) -> dict[str, Any]:
        updates = self.updates
        return {
            "sent": updates.sent,
            "waiting": len(updates),
            "confirmed": updates.confirmed,
            "redelivered": updates.redelivered,
            "expired": updates.expired,
            "calls": self.counts.calls,
            "failed": self.counts.failed,
            "failed_polls": self.counts.failed_polls,
            "retried": self.counts.retried,
            "messages": self.counts.messages,
            "receiving": self.receiving,
        }

    @property
    def receiving(self) -> str:
        if self.webhook.url:
            return "webhook"
        polls = self.updates.being_polled or time.monotonic() - self.last_poll < POLLING_PAUSE
        return "polling" if polls else "idle"

    def snapshot(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "bot": self.user,
            "bot_description": self.demo.description if self.demo else "",
            "greeting": self.demo.greeting if self.demo else "",
            "people": [self.shown_person(person) for person in self.people],
            "chats": [shown_chat(chat) | _shown_entries(chat) for chat in self.chats],
            "faults": [fault.shown() for fault in self.faults],
            "settings": self.settings,
            "counts": self.shown_counts(),
        }


async def _execute_nothing(_: ClientResponse) -> None:
    pass


def _fingerprint(call: Call) -> int:
    return hash(f"{call.method} {call.parameters}")


def shown_chat(chat: Chat) -> dict[str, Any]:
    read = {str(person_id): message_id for person_id, message_id in chat.read.items()}
    shown = {"id": chat.id, "type": chat.type, "members": sorted(chat.members), "read": read}
    return shown | ({"title": chat.title} if chat.title else {})


def _shown_entries(chat: Chat) -> dict[str, Any]:
    entries, has_earlier = chat.newest(SHOWN_HISTORY)
    return {"entries": [entry.shown() for entry in entries], "has_earlier": has_earlier}
