"""Who gets at what, and what a browser may do with it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from tests.integration.bot.processes import TOKEN, EmulatorProcess
from tests.integration.emulator.control_calls import form, newest
from tests.integration.emulator.http_calls import BotApi, File
from tests.integration.emulator.world import picture


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
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["status", "events", "reset"])
def test_other_sites_have_no_access(http: BotApi, path: str, headers: dict[str, str]) -> None:
    verb = "POST" if path == "reset" else "GET"
    assert http.send(verb, f"/control/{path}", None, **headers).status == 403
    assert http.result("getChat", chat_id=1)["first_name"] == "Ada"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pictures_on_other_sites_pages_call_no_method(http: BotApi, site: str) -> None:
    """<img src=…> sends no Origin, and every method can be called by GET."""
    assert http.send("GET", f"/bot{TOKEN}/getMe", Sec_Fetch_Site=site).status == 403
    assert http.send("GET", f"/bot{TOKEN}/getMe").status == 200


def test_the_page_itself_and_other_names_of_this_machine_have_access(telegram: EmulatorProcess, http: BotApi) -> None:
    address = urlsplit(telegram.url)
    assert http.send("GET", "/control/status", Origin=telegram.url).status == 200
    assert http.send("GET", "/control/status", Host=f"localhost:{address.port}").status == 200


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
