"""The control API in Python, so that a test reads like a conversation: say, press, expect."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

ANSWER_WAIT = 20.0  # seconds
ANY_METHOD = "*"

Json = dict[str, Any]


class Refused(Exception):
    """The emulator says what is wrong with a request."""


class Emulator:
    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def person(self, user_id: int, first_name: str, **names: str) -> Person:
        """Somebody with a private chat with the bot, known to Telegram from now on."""
        person = Person(self, user_id, first_name, names)
        person.introduce()
        return person

    def group(self, group_id: int, title: str, *members: Person) -> None:
        """A group that the first member makes, with the bot in it; its id is negative."""
        numbers = [member.id for member in members]
        self.post("/control/groups", {"id": group_id, "title": title, "members": numbers})

    def status(self) -> Json:
        return self.get("/control/status")

    def counts(self) -> Json:
        return cast(Json, self.status()["counts"])

    def calls(self, method: str = "", after: int = 0) -> list[Json]:
        """Every call of the bot, those after the one with the number `after`."""
        return cast(list[Json], self.get("/control/calls", method=method, after=after)["calls"])

    def send_updates(self, *updates: Json) -> list[int]:
        """Anything at all arrives; the numbers of the updates."""
        return cast(list[int], self.post("/control/updates", {"updates": updates})["update_ids"])

    def fail(self, method: str, status: int, times: int | None = 1, **details: Any) -> int:
        """The next calls of `method` are answered with an error; details as in docs/emulator.md. The fault's id."""
        return self.fault(method=method, kind="status", status=status, times=times, **details)

    def fault(self, **details: Any) -> int:
        """Any fault, as in docs/emulator.md; its id."""
        return cast(int, self.post("/control/faults", details)["id"])

    def stop_failing(self) -> None:
        self.request("DELETE", "/control/faults")

    def enforce_rate_limits(self, enforced: bool = True, **limits: float) -> None:
        """`limits`: messages_per_second and the others of docs/emulator.md; they stay, and begin as Telegram's."""
        self.request("PUT", "/control/settings", {"rate_limits": enforced, **limits})

    def reset(self, bot_too: bool = False) -> None:
        """Everything is forgotten but the numbers of the updates and, without `bot_too`, what the bot has set."""
        self.post("/control/reset", {"bot_too": bot_too})

    def get(self, path: str, **query: str | float) -> Json:
        return self.request("GET", f"{path}?{urlencode(query)}")

    def post(self, path: str, body: object) -> Json:
        return self.request("POST", path, body)

    def request(self, method: str, path: str, body: object = None) -> Json:
        """Raises Refused, or OSError when nobody answers."""
        data = None if body is None else json.dumps(body).encode()
        return self.send(method, path, data, "application/json")

    def send(self, method: str, path: str, data: bytes | None, content_type: str) -> Json:
        request = urllib.request.Request(self.url + path, data, {"Content-Type": content_type}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                return cast(Json, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.read().decode()) from None


@dataclass(frozen=True)
class Answer:
    """A message of the bot, as it is now."""

    message: Json
    edits: int
    keyboard: Json | None

    @property
    def id(self) -> int:
        return cast(int, self.message["message_id"])

    @property
    def text(self) -> str:
        return cast(str, self.message.get("text") or self.message.get("caption") or "")

    @property
    def buttons(self) -> list[Json]:
        """Those under the message."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass
class Person:
    """Somebody in a private chat with the bot, who reads each answer once."""

    emulator: Emulator
    id: int
    first_name: str
    names: dict[str, str] = field(default_factory=dict)
    #: How much of what the bot did has been read.
    read_changes: int = 0
    #: The newest state of every message of the bot that was read.
    seen: dict[int, Answer] = field(default_factory=dict)

    def introduce(self) -> None:
        self.emulator.request("PUT", f"/control/people/{self.id}", {"first_name": self.first_name, **self.names})

    def rename(self, first_name: str) -> None:
        self.first_name = first_name
        self.introduce()

    def say(self, text: str, reply_to: int | None = None) -> int:
        """The number of the message."""
        body = {"person_id": self.id, "text": text, "reply_to_message_id": reply_to}
        return cast(int, self.emulator.post("/control/messages", body)["message_id"])

    def edit(self, message_id: int, text: str) -> None:
        body = {"person_id": self.id, "message_id": message_id, "text": text}
        self.emulator.request("PATCH", "/control/messages", body)

    def send_file(self, name: str, content: bytes, kind: str = "document", caption: str = "") -> int:
        """`kind` is document or photo. The number of the message."""
        fields = {"person_id": str(self.id), "kind": kind, "caption": caption}
        data, content_type = _form(fields, name, content)
        return cast(int, self.emulator.send("POST", "/control/files", data, content_type)["message_id"])

    def press(self, label: str, wait: float = ANSWER_WAIT) -> Json:
        """Presses a button of a message that was read, the newest first; what the bot answered: text, show_alert, url.

        Raises AssertionError when there is no such button, or no answer within `wait` seconds.
        """
        for answer in sorted(self.seen.values(), key=lambda answer: -answer.id):
            for button in answer.buttons:
                if button["text"] == label:
                    return self.press_data(answer.id, button["callback_data"], wait=wait)
        raise AssertionError(f"no button {label!r} among {[answer.buttons for answer in self.seen.values()]}")

    def press_data(self, message_id: int, data: str, forged: bool = False, wait: float = ANSWER_WAIT) -> Json:
        """As `press`, with the data; `forged`: data that no button of the message has."""
        body = {"person_id": self.id, "message_id": message_id, "data": data, "forged": forged}
        press = self.emulator.post("/control/presses", body)["id"]
        answer = self.emulator.get(f"/control/presses/{press}", wait=wait)["answer"]
        assert answer is not None, f"the press of {data!r} was not answered within {wait} s"
        return cast(Json, answer)

    def pay(self, message_id: int, wait: float = ANSWER_WAIT) -> Json:
        """Pays the invoice in a message; what the bot answered: ok, error_message."""
        payment = self.emulator.post("/control/payments", {"person_id": self.id, "message_id": message_id})["id"]
        answer = self.emulator.get(f"/control/payments/{payment}", wait=wait)["answer"]
        assert answer is not None, f"the payment was not answered within {wait} s"
        return cast(Json, answer)

    def block(self, blocked: bool = True) -> None:
        self._stand("blocked", blocked)

    def deactivate(self) -> None:
        self._stand("deactivated", True)

    def commands(self) -> list[Json]:
        """The command menu that this person sees."""
        return cast(list[Json], self.emulator.get(f"/control/people/{self.id}/commands")["commands"])

    def read(self, wait: float = ANSWER_WAIT) -> list[Answer]:
        """What the bot has sent or edited since the last look; waits up to `wait` seconds for the first."""
        path = f"/control/chats/{self.id}/messages"
        entries = self.emulator.get(path, after=self.read_changes, wait=wait)["entries"]
        found = [Answer(entry["message"], entry["edits"], entry.get("keyboard")) for entry in entries]
        self.read_changes = max([self.read_changes, *(entry["change"] for entry in entries)])
        self.seen |= {answer.id: answer for answer in found}
        return found

    def expect(self, text: str = "", wait: float = ANSWER_WAIT) -> Answer:
        """The one thing that the bot has sent or edited; it holds the text.

        Raises AssertionError when there is none in time, more than one, or another text.
        """
        found = self.read(wait)
        assert len(found) == 1, f"{len(found)} answers within {wait} s, not one: {[answer.text for answer in found]}"
        assert text in found[0].text, f"{text!r} is not in {found[0].text!r}"
        return found[0]

    def answers(self, wait: float = ANSWER_WAIT) -> list[str]:
        return [answer.text for answer in self.read(wait)]

    def answer(self, wait: float = ANSWER_WAIT) -> str:
        return self.expect(wait=wait).text

    def ask(self, text: str) -> str:
        """Says it and reads the answer."""
        self.say(text)
        return self.answer()

    def _stand(self, what: str, how: bool) -> None:
        self.emulator.request("PATCH", f"/control/people/{self.id}", {what: how})


def _form(fields: dict[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join(
        [*parts, head, content, f"\r\n--{boundary}--\r\n".encode()]
    ), f"multipart/form-data; boundary={boundary}"
