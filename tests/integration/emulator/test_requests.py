"""How requests reach the Bot API, whatever they ask for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.client import Person
from tests.integration.bot.processes import TOKEN, EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, File, path

BOT_ID = int(TOKEN.partition(":")[0])
UNAUTHORIZED = (401, "Unauthorized")
INVALID_TOKEN = (401, "Unauthorized: invalid token specified")
OTHER_SERVER = (421, "Misdirected Request: unallowed token specified")
NOT_FOUND = (404, "Not Found")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        pytest.param(f"{BOT_ID}:another", UNAUTHORIZED, id="another secret"),
        pytest.param(TOKEN + "0", UNAUTHORIZED, id="one letter more"),
        pytest.param("7:a", UNAUTHORIZED, id="another bot"),
        pytest.param("0123:a", INVALID_TOKEN, id="begins with 0"),
        pytest.param("123", INVALID_TOKEN, id="no colon"),
        pytest.param("", INVALID_TOKEN, id="empty"),
        pytest.param("1:" + "a" * 79, INVALID_TOKEN, id="81 bytes"),
        pytest.param("-1:a", INVALID_TOKEN, id="a negative id"),
        pytest.param(f"{2**54}:a", INVALID_TOKEN, id="an id that is too big"),
        pytest.param("bot:a", OTHER_SERVER, id="words as id"),
        pytest.param(":a", OTHER_SERVER, id="no id"),
    ],
)
def test_only_the_bots_own_token_lets_in(bot: BotApi, token: str, expected: tuple[int, str]) -> None:
    reply = bot.post("getMe", b"", "application/json", token)
    assert reply.json == {"ok": False, "error_code": expected[0], "description": expected[1]}
    assert reply.status == expected[0]


def test_an_escaped_token_is_the_same_token(bot: BotApi) -> None:
    assert bot.post("getMe", b"", "", TOKEN.replace(":", "%3A")).status == 200


@pytest.mark.parametrize(
    "address", [f"/bot{TOKEN}", "/bot", f"/bot{TOKEN}/test/getMe", f"/file/bot{TOKEN}/photos/file_0.jpg"]
)
def test_other_addresses_are_not_found(bot: BotApi, address: str) -> None:
    reply = bot.send("GET", address)
    assert (reply.status, reply.json["description"]) == NOT_FOUND


@pytest.mark.parametrize("method", ["getme", "GETME", "getMe", "GetMe"])
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_methods_are_found_whatever_their_case(bot: BotApi, verb: str, method: str) -> None:
    assert bot.send(verb, path(method)).json["result"]["id"] == BOT_ID


def test_the_method_may_be_a_parameter(bot: BotApi) -> None:
    assert bot.send("GET", path("") + "?method=getMe").json["ok"]
    assert bot.post("", b"method=getMe", "application/x-www-form-urlencoded").json["ok"]


@pytest.mark.parametrize("method", ["getThem", "sendMessages", "get", "get%00Me", "null"])
def test_what_is_no_method_is_not_found(bot: BotApi, method: str) -> None:
    reply = bot.send("POST", path(method))
    assert reply.json == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


def test_a_method_that_the_emulator_lacks_is_named(bot: BotApi) -> None:
    assert "does not have the method sendDice" in bot.call("sendDice").json["description"]


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_http_methods_get_an_empty_answer(bot: BotApi, verb: str) -> None:
    reply = bot.send(verb, path("getMe"))
    assert (reply.status, reply.body) == (501, b"")


@pytest.fixture
def said(telegram: EmulatorProcess) -> None:
    telegram.client.person(1, "Ada").say("/start")


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("how", ["get", "post_form", "upload", "call"])
def test_every_encoding_carries_the_same(bot: BotApi, how: str) -> None:
    buttons = json.dumps({"inline_keyboard": [[{"text": "é 😀", "callback_data": "a&b=c"}]]})
    reply = getattr(bot, how)("sendMessage", chat_id="1", text="one + one &= 2 é 😀", reply_markup=buttons)
    result = reply.json["result"]
    assert result["text"] == "one + one &= 2 é 😀"
    assert result["reply_markup"] == json.loads(buttons)


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("query", "body", "content_type"),
    [
        ("text=first", b'{"chat_id": 1, "text": "second"}', "application/json"),
        ("text=first", b"chat_id=1&text=second", "application/x-www-form-urlencoded"),
        ("chat_id=1&text=first", b"", ""),
        ("", b"chat_id=1&text=first&text=second", "application/x-www-form-urlencoded"),
        ("chat_id=1&text=first", b"text=second", "text/plain"),
        ("", b'{"chat_id": 1, "text": "first"}', "application/json; charset=whatever"),
        ("", b"chat_id=1&text=first", "application/x-www-form-urlencoded; charset=whatever"),
        ("chat_id=1&text=first", b'["text"]', "application/json"),
        ("", b'{"chat_id": 1, "text": "first", "reply_mark', "application/json"),
        ("chat_id=1", b'{"text": "first", "text', "application/json"),
    ],
)
def test_the_first_value_counts_query_before_body(bot: BotApi, query: str, body: bytes, content_type: str) -> None:
    reply = bot.post(f"sendMessage?{query}", body, content_type)
    assert reply.json["result"]["text"] == "first"


@pytest.mark.parametrize(
    "body", [b"{", b"", b"null", b"7", b'"sendMessage"', b"[" * 2000, b'{"a": ' * 200, b"{'chat_id': 1}"]
)
def test_a_body_that_is_no_object_holds_nothing(bot: BotApi, body: bytes) -> None:
    assert bot.post("sendMessage", body, "application/json").json["description"] == "Bad Request: message text is empty"


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b'{"chat_id": 1, "text": "\xff"}', "application/json", id="bytes"),
        pytest.param(b'{"chat_id": 1, "text": "\\ud83d"}', "application/json", id="half a smiley"),
        pytest.param(b"chat_id=1&text=\xff", "application/x-www-form-urlencoded", id="a form"),
        pytest.param(
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            id="a multipart form",
        ),
    ],
)
def test_texts_must_be_utf_8(bot: BotApi, body: bytes, content_type: str) -> None:
    assert bot.post("sendMessage", body, content_type).json["description"] == (
        "Bad Request: strings must be encoded in UTF-8"
    )


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--b\r\n"),
        ("multipart/form-data; boundary=b", b"no form at all"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx'),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: x\r\n\r\nx\r\n--b--\r\n',
        ),
    ],
)
def test_a_form_that_cannot_be_read_gets_an_empty_answer(bot: BotApi, content_type: str, body: bytes) -> None:
    reply = bot.post("sendMessage", body, content_type)
    assert (reply.status, reply.body, reply.headers["Connection"]) == (400, b"", "close")


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("value", "expected"),
    [("12x", 12), (12.9, 12), ("١٢", 0), ("+12", 0), (" 12", 0), (True, 0), ("abc", 0), ("-5", 0)],
)
def test_numbers_are_read_leniently(bot: BotApi, value: Any, expected: int) -> None:
    """What is meant to be replied to is not found where the number is positive, and passed over elsewhere."""
    reply = bot.call("sendMessage", chat_id=1, text="x", reply_to_message_id=value)
    assert reply.json["ok"] == (expected <= 0)


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("value", "meant"), [("true", True), ("Yes ", True), ("1", True), (True, True), ("on", False), (2, False)]
)
def test_flags_are_read_leniently(bot: BotApi, value: Any, meant: bool) -> None:
    reply = bot.call("sendMessage", chat_id=1, text="x", disable_web_page_preview=value)
    assert ("link_preview_options" in reply.json["result"]) == meant


def test_a_file_of_more_than_50_mb_gets_an_empty_answer(bot: BotApi) -> None:
    reply = bot.upload("sendDocument", chat_id="1", document=File(bytes(50 * 2**20 + 1)))
    assert (reply.status, reply.body) == (413, b"")


@pytest.mark.parametrize("path", [f"/bot{TOKEN}/sendDocument", "/control/files"])
@pytest.mark.parametrize("header", [b'name="file"; filename="\xff.txt"', b'name="\xff"'])
def test_a_form_whose_headers_are_no_utf_8_is_refused_and_nothing_kept(
    bot: BotApi, ada: Person, path: str, header: bytes
) -> None:
    ada.say("Hello")
    body = b"--x\r\nContent-Disposition: form-data; " + header + b"\r\n\r\nabc\r\n--x--\r\n"
    assert bot.send("POST", path, body, Content_Type="multipart/form-data; boundary=x").status == 400
    assert len(bot.result("getUpdates")) == 1
    assert bot.send("GET", "/control/calls").status == 200
