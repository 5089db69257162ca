"""What a test or the page asks for, and what it is told when it asks for the wrong thing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.emulator.control_calls import ask, done, form
from tests.integration.emulator.control_cases import DONE, REFUSED
from tests.integration.emulator.http_calls import BotApi, File


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
