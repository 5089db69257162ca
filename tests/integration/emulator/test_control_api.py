"""What a test or the page asks for, and what it is told when it asks for the wrong thing."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, File, Json, Reply, multipart
from tests.integration.emulator.world import PRESS, STARS, picture

GROUP = {"id": -5, "title": "Shop", "members": [1, 2]}
SAID = {"person_id": 1, "text": "Hello"}


@pytest.fixture
def http(telegram: EmulatorProcess, bot: BotApi) -> BotApi:
    """Ada, who has begun, Boris and Dora, who is no longer there."""
    for number, name in ((1, "Ada"), (2, "Boris"), (3, "Dora")):
        telegram.client.person(number, name).say("/start")
    telegram.client.request("PATCH", "/control/people/3", {"deactivated": True})
    bot.result("sendMessage", chat_id=1, text="Hello", reply_markup=PRESS)
    bot.result("sendInvoice", chat_id=1, **STARS)
    return bot


HELLO, INVOICE = 2, 3


def ask(http: BotApi, verb: str, path: str, body: Any = None) -> Reply:
    if body is None:
        return http.send(verb, f"/control{path}")
    return http.send(verb, f"/control{path}", json.dumps(body).encode(), Content_Type="application/json")


def done(http: BotApi, verb: str, path: str, body: Any = None) -> Json:
    reply = ask(http, verb, path, body)
    assert reply.status == 200, reply.body
    return reply.json


def newest(http: BotApi) -> Json:
    update: Json = http.result("getUpdates", offset=-1)[0]
    return update


DONE: list[tuple[str, str, Any, set[str]]] = [
    ("PUT", "/people/7", {"first_name": "Eve", "is_premium": True}, set()),
    ("PATCH", "/people/1", {"blocked": True}, set()),
    ("PATCH", "/people/1", {}, set()),
    ("POST", "/groups", GROUP, set()),
    ("POST", "/messages", SAID, {"update_id", "message_id"}),
    ("PATCH", "/messages", {"person_id": 1, "message_id": 1, "text": "x"}, {"update_id"}),
    ("POST", "/contacts", {"person_id": 1}, {"update_id", "message_id"}),
    ("POST", "/locations", {"person_id": 1, "latitude": 1, "longitude": -180}, {"update_id", "message_id"}),
    ("POST", "/presses", {"person_id": 1, "message_id": HELLO, "data": "pressed"}, {"id"}),
    ("POST", "/presses", {"person_id": 1, "message_id": 9, "data": "any", "forged": True}, {"id"}),
    ("POST", "/payments", {"person_id": 1, "message_id": INVOICE}, {"id"}),
    ("POST", "/reads", {"person_id": 1, "message_id": HELLO}, set()),
    ("POST", "/updates", {"updates": [{}, {"unheard_of": 1}]}, {"update_ids"}),
    ("POST", "/faults", {"kind": "status", "status": 429, "retry_after": 3}, {"id"}),
    ("GET", "/faults", None, {"faults"}),
    ("DELETE", "/faults", None, set()),
    ("DELETE", "/faults/1", None, {"removed"}),
    ("PUT", "/settings", {"rate_limits": False}, {"rate_limits", "local_webhooks"}),
    ("POST", "/reset", {}, set()),
    ("GET", "/status", None, {"counts", "settings", "commands", "webhook"}),
    ("GET", "/chats/1/messages", None, {"entries"}),
    ("GET", "/chats/1/entries?before=3&limit=1", None, {"entries", "has_earlier"}),
    ("GET", "/calls?after=0&method=SENDMESSAGE", None, {"calls"}),
    ("GET", "/people/1/commands", None, {"commands"}),
    ("GET", "/people/1/commands?chat_id=-5", None, {"commands"}),
]

PLACE = {"person_id": 1, "latitude": 0, "longitude": 0}
HUGE = 10**30
REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("PUT", "/people/7", {}, 400, "first_name: Field required"),
    ("PUT", "/people/7", {"first_name": ""}, 400, "first_name"),
    ("PUT", "/people/7", {"first_name": "Eve", "age": 7}, 400, "age: Extra inputs are not permitted"),
    ("PUT", f"/people/{HUGE}", {"first_name": "Eve"}, 400, "Ids are smaller than"),
    ("PUT", "/people/7", [], 400, "should be an object"),
    ("PATCH", "/people/9", {"blocked": True}, 404, "There is nobody with the id 9"),
    ("PATCH", "/people/1", {"blocked": "perhaps"}, 400, "blocked"),
    ("POST", "/groups", GROUP | {"id": 5}, 400, "id: "),
    ("POST", "/groups", GROUP | {"id": -HUGE}, 400, "id: "),
    ("POST", "/groups", GROUP | {"members": []}, 400, "members"),
    ("POST", "/groups", GROUP | {"members": [9]}, 404, "nobody with the id 9"),
    ("POST", "/groups", GROUP | {"type": "club"}, 400, "type"),
    ("PATCH", "/groups/-9", {"person_id": 1, "bot_status": "kicked"}, 404, "not in a chat with the id -9"),
    ("POST", "/messages", {"text": "x"}, 400, "person_id: Field required"),
    ("POST", "/messages", SAID | {"person_id": 9}, 404, "nobody with the id 9"),
    ("POST", "/messages", SAID | {"person_id": HUGE}, 400, "person_id"),
    ("POST", "/messages", SAID | {"chat_id": 2}, 404, "Ada is not in a chat with the id 2"),
    ("POST", "/messages", SAID | {"text": " \n"}, 400, "A message needs text."),
    ("POST", "/messages", SAID | {"reply_to_message_id": 99}, 404, "There is no message 99"),
    ("POST", "/messages", SAID | {"person_id": 3}, 409, "Dora's account was deleted."),
    ("PATCH", "/messages", {"person_id": 1, "message_id": HELLO, "text": "x"}, 409, "Only one's own text"),
    ("PATCH", "/messages", {"person_id": 1, "message_id": 1, "text": "/start"}, 400, "or the old one"),
    ("PATCH", "/messages", {"person_id": 3, "message_id": 1, "text": "x"}, 409, "Dora's account was deleted."),
    ("POST", "/locations", PLACE | {"latitude": 91}, 400, "latitude"),
    ("POST", "/locations", PLACE | {"longitude": "east"}, 400, "longitude"),
    (
        "POST",
        "/presses",
        {"person_id": 1, "message_id": HELLO, "data": "x"},
        409,
        "No button of that message carries 'x'",
    ),
    ("POST", "/presses", {"person_id": 1, "message_id": 99, "data": "x"}, 404, "There is no message 99"),
    ("POST", "/presses", {"person_id": 3, "message_id": 1, "data": "x", "forged": True}, 409, "was deleted"),
    ("POST", "/payments", {"person_id": 1, "message_id": HELLO}, 404, "There is no invoice in that message."),
    ("POST", "/payments", {"person_id": 1, "message_id": HUGE}, 400, "message_id"),
    ("POST", "/updates", {"updates": [1]}, 400, "updates.0"),
    ("POST", "/updates", {"updates": [{"message": {"from": {"id": HUGE}}}]}, 400, "Telegram could not send that"),
    ("POST", "/faults", {"kind": "flood"}, 400, "kind"),
    ("PUT", "/settings", {"rate_limits": 7}, 400, "rate_limits"),
    ("GET", "/chats/9/entries", None, 404, "There is no such chat."),
    ("GET", "/chats/1/entries?before=nan", None, 400, "before must be a number."),
    ("GET", "/chats/1/entries?limit=-1", None, 400, "limit must be a number."),
    ("GET", "/chats/1/messages?wait=inf", None, 400, "wait must be a number."),
    ("GET", "/chats/1/messages?after=1e300", None, 400, "after must be a number."),
    ("GET", "/calls?after=x", None, 400, "after must be a number."),
    ("GET", "/presses/9", None, 404, "There was no such press."),
    ("GET", "/payments/9", None, 404, "There was no such payment."),
    ("GET", "/people/9/commands", None, 404, "There is no such person."),
    ("GET", "/files/x", None, 404, "There is no such file"),
]


@pytest.mark.parametrize(("verb", "path", "body", "fields"), DONE)
def test_what_can_be_done_is_done(http: BotApi, verb: str, path: str, body: Any, fields: set[str]) -> None:
    assert done(http, verb, path, body).keys() == fields


@pytest.mark.parametrize(("verb", "path", "body", "status", "words"), REFUSED)
def test_what_is_wrong_is_told(http: BotApi, verb: str, path: str, body: Any, status: int, words: str) -> None:
    reply = ask(http, verb, path, body)
    assert reply.status == status
    assert list(reply.json) == ["error"]
    assert words in reply.json["error"]


JSON_ONLY = [(verb, path) for verb, path, body, _ in DONE if body is not None and path != "/reset"]


@pytest.mark.parametrize(("verb", "path"), dict.fromkeys(JSON_ONLY))
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_foreign_page_could_send_unasked_is_refused(
    http: BotApi, verb: str, path: str, content_type: str
) -> None:
    reply = http.send(verb, f"/control{path}", b"{}", Content_Type=content_type)
    assert reply.status == 415
    assert reply.json == {"error": "Send JSON with Content-Type: application/json."}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"person_id": 1, "text": "\\ud800"}', b"[" * 5000])
def test_a_body_that_is_no_json_is_refused(http: BotApi, body: bytes) -> None:
    reply = http.send("POST", "/control/messages", body, Content_Type="application/json")
    assert reply.status == 400
    assert "Invalid JSON" in reply.json["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8081"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "["},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["status", "events", "reset"])
def test_other_sites_have_no_access(http: BotApi, path: str, headers: dict[str, str]) -> None:
    verb = "POST" if path == "reset" else "GET"
    assert http.send(verb, f"/control/{path}", **headers).status == 403
    assert http.result("getChat", chat_id=1)["first_name"] == "Ada"


def test_the_page_itself_and_other_names_of_this_machine_have_access(telegram: EmulatorProcess, http: BotApi) -> None:
    address = urlsplit(telegram.url)
    assert http.send("GET", "/control/status", Origin=telegram.url).status == 200
    assert http.send("GET", "/control/status", Host=f"localhost:{address.port}").status == 200


def form(http: BotApi, **fields: str | File) -> Reply:
    body, content_type = multipart(fields)
    return http.send("POST", "/control/files", body, Content_Type=content_type)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"person_id": "1"}, 400, "There is no file in the request."),
        ({"file": File(b"x")}, 400, "person_id: Field required"),
        ({"person_id": "you", "file": File(b"x")}, 400, "person_id"),
        ({"person_id": "1", "kind": "song", "file": File(b"x")}, 400, "kind"),
        ({"person_id": "1", "kind": "photo", "file": File(b"x")}, 400, "IMAGE_PROCESS_FAILED"),
        ({"person_id": "1", "file": File(b"")}, 400, "file must be non-empty"),
        ({"person_id": "9", "file": File(b"x")}, 404, "nobody with the id 9"),
        ({"person_id": "1", "file": File(bytes(50 * 2**20 + 1))}, 413, "up to 50 MB"),
    ],
)
def test_a_wrong_file_is_refused(http: BotApi, fields: dict[str, str | File], status: int, words: str) -> None:
    reply = form(http, **fields)
    assert reply.status == status
    assert words in reply.json["error"]


def test_files_come_in_forms(http: BotApi) -> None:
    assert http.send("POST", "/control/files", b"{}", Content_Type="application/json").status == 415
    assert http.send("POST", "/control/files", b"x", Content_Type="multipart/form-data").status == 400


def test_a_document_is_saved_and_never_opened(http: BotApi) -> None:
    form(http, person_id="1", file=File(b"<script>alert(1)</script>", 'über "uns".html', "text/html"))
    document = newest(http)["message"]["document"]
    assert document["mime_type"] == "text/html"
    reply = http.send("GET", f"/control/files/{document['file_unique_id']}")
    assert reply.body == b"<script>alert(1)</script>"
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_is_shown(http: BotApi) -> None:
    form(http, person_id="1", kind="photo", caption="Look", file=File(picture(), "a.png"))
    message = newest(http)["message"]
    assert message["caption"] == "Look"
    reply = http.send("GET", f"/control/files/{message['photo'][0]['file_unique_id']}")
    assert (reply.headers["Content-Type"], reply.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")


def test_the_page_takes_nothing_from_elsewhere(http: BotApi) -> None:
    reply = http.send("GET", "/")
    rules = dict(rule.strip().partition(" ")[::2] for rule in reply.headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] in ("'self'", "'none'")
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "name", ["..%2Fserver.py", "..%2F..%2Findex.html", "%2Fetc%2Fpasswd", "none.js", "__init__.py", "%00.js"]
)
def test_only_the_pages_files_are_served(http: BotApi, name: str) -> None:
    assert http.send("GET", "/page/main.js").status == 200
    assert http.send("GET", f"/page/{name}").status == 404


def test_only_this_machine_can_connect(telegram: EmulatorProcess) -> None:
    port = urlsplit(telegram.url).port
    assert port is not None
    socket.create_connection(("127.0.0.1", port), timeout=10).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=10)


class Stream:
    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        assert response.headers["Content-Type"] == "text/event-stream"

    def next(self) -> tuple[str, Any]:
        name = self._response.readline().decode().removeprefix("event: ").strip()
        data = self._response.readline().decode().removeprefix("data: ")
        assert self._response.readline() == b"\n"
        return name, json.loads(data)

    def until(self, wanted: str) -> Any:
        while True:
            name, data = self.next()
            if name == wanted:
                return data


@contextmanager
def events(telegram: EmulatorProcess) -> Iterator[Stream]:
    connection = HTTPConnection(urlsplit(telegram.url).netloc, timeout=30)
    try:
        connection.request("GET", "/control/events")
        with connection.getresponse() as response:
            yield Stream(response)
    finally:
        connection.close()


def test_a_page_begins_with_a_snapshot_of_everything(telegram: EmulatorProcess, http: BotApi) -> None:
    with events(telegram) as stream:
        name, snapshot = stream.next()
    assert name == "snapshot"
    assert snapshot.keys() == {
        *("bot", "bot_description", "greeting", "people", "chats", "faults", "settings", "counts"),
    }
    assert [person["first_name"] for person in snapshot["people"]] == ["Ada", "Boris", "Dora"]
    assert [entry["message"].get("text") for entry in snapshot["chats"][0]["entries"]] == ["/start", "Hello", None]


def test_a_page_is_told_what_happens(telegram: EmulatorProcess, http: BotApi) -> None:
    with events(telegram) as stream:
        stream.until("snapshot")
        http.result("sendChatAction", chat_id=1, action="typing")
        assert stream.until("action") == {"chat_id": 1, "action": "typing"}
        http.result("editMessageText", chat_id=1, message_id=HELLO, text="Bye")
        assert stream.until("entry")["entry"]["edits"] == 1
        http.result("deleteMessage", chat_id=1, message_id=HELLO)
        assert stream.until("deleted") == {"chat_id": 1, "message_ids": [HELLO]}
        done(http, "PATCH", "/people/1", {"blocked": True})
        assert stream.until("person")["blocked"] is True
        done(http, "POST", "/faults", {})
        assert len(stream.until("faults")) == 1
        assert stream.until("counts")["sent"] >= 3
        done(http, "PUT", "/settings", {"rate_limits": True})
        assert stream.until("settings")["rate_limits"] is True
        done(http, "POST", "/reset", {})
        assert stream.until("reset") == {}
        assert stream.next()[1]["people"] == []


def test_a_page_that_comes_back_sees_what_it_missed(telegram: EmulatorProcess, http: BotApi) -> None:
    with events(telegram) as stream:
        stream.until("snapshot")
    text = uuid.uuid4().hex
    done(http, "POST", "/messages", SAID | {"text": text})
    with events(telegram) as stream:
        entries = stream.until("snapshot")["chats"][0]["entries"]
    assert entries[-1]["message"]["text"] == text


def group(http: BotApi) -> None:
    done(http, "POST", "/groups", GROUP)


def test_a_group_is_made_once(http: BotApi) -> None:
    group(http)
    assert ask(http, "POST", "/groups", GROUP).status == 409


@pytest.mark.parametrize("text", ["Hello", "/help@another_bot"])
def test_in_a_group_the_bot_hears_only_what_concerns_it(http: BotApi, text: str) -> None:
    group(http)
    said = {"person_id": 2, "chat_id": -5}
    assert done(http, "POST", "/messages", said | {"text": text})["update_id"] == 0
    assert done(http, "POST", "/messages", said | {"text": "/help"})["update_id"] > 0


def test_a_bot_that_was_put_out_hears_nothing_any_more(http: BotApi) -> None:
    group(http)
    done(http, "PATCH", "/groups/-5", {"person_id": 1, "bot_status": "kicked"})
    assert newest(http)["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert done(http, "POST", "/messages", SAID | {"chat_id": -5, "text": "/help"})["update_id"] == 0
    assert ask(http, "PATCH", "/groups/-5", {"person_id": 1, "bot_status": "kicked"}).status == 409


def test_a_group_is_upgraded_once(http: BotApi) -> None:
    group(http)
    done(http, "PATCH", "/groups/-5", {"person_id": 1, "upgrade_to": -1000})
    again = ask(http, "PATCH", "/groups/-5", {"person_id": 1, "upgrade_to": -1001})
    assert (again.status, list(again.json)) == (409, ["error"])


def test_who_blocks_the_bot_and_writes_again_has_unblocked_it(http: BotApi) -> None:
    done(http, "PATCH", "/people/1", {"blocked": True})
    changed = newest(http)["my_chat_member"]
    assert (changed["old_chat_member"]["status"], changed["new_chat_member"]["status"]) == ("member", "kicked")
    done(http, "POST", "/messages", SAID)
    assert http.call("sendMessage", chat_id=1, text="x").json["ok"]
