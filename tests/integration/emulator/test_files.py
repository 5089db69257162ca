from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, File, Json, Reply
from tests.integration.emulator.world import picture

LARGEST_DOWNLOAD = 20 * 2**20
pytestmark = pytest.mark.usefixtures("guest")


def send_photo(bot: BotApi, content: bytes) -> Reply:
    return bot.upload("sendPhoto", chat_id="1", photo=File(content, "a.png"))


def send_document(bot: BotApi, file: File) -> Json:
    document: Json = bot.upload("sendDocument", chat_id="1", document=file).json["result"]["document"]
    return document


def test_a_photo_comes_in_several_sizes(bot: BotApi) -> None:
    sizes = send_photo(bot, picture(1000, 500)).json["result"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [(90, 45), (320, 160), (800, 400), (1000, 500)]
    assert {"file_id", "file_unique_id", "file_size", "width", "height"} == sizes[0].keys()


def test_a_photo_can_be_sent_again_and_downloaded(bot: BotApi) -> None:
    sizes = send_photo(bot, picture()).json["result"]["photo"]
    assert bot.result("sendPhoto", chat_id=1, photo=sizes[0]["file_id"])["photo"] == sizes
    file = bot.result("getFile", file_id=sizes[-1]["file_id"])
    downloaded = bot.download(file["file_path"])
    assert Image.open(io.BytesIO(downloaded.body)).size == (40, 30)
    assert len(downloaded.body) == file["file_size"]


def test_a_photo_may_be_named_by_the_field_that_holds_it(bot: BotApi) -> None:
    reply = bot.upload("sendPhoto", chat_id="1", photo="attach://there", there=File(picture()))
    assert reply.json["result"]["photo"]


@pytest.mark.parametrize("length", [1024, 1025])
def test_a_caption_has_up_to_1024_characters(bot: BotApi, length: int) -> None:
    reply = bot.upload("sendPhoto", chat_id="1", photo=File(picture()), caption="😀" * length)
    if length == 1024:
        assert reply.json["result"]["caption"] == "😀" * length
    else:
        assert reply.json["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "file must be non-empty", id="empty"),
        pytest.param(b"no picture", "IMAGE_PROCESS_FAILED", id="no picture"),
        pytest.param(picture()[:60], "IMAGE_PROCESS_FAILED", id="the beginning of a picture"),
        pytest.param(picture(21, 1), "PHOTO_INVALID_DIMENSIONS", id="too narrow"),
        pytest.param(picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS", id="too big"),
        pytest.param(bytes(10 * 2**20 + 1), "photo is too big", id="too many bytes"),
    ],
)
def test_what_is_no_photo_is_refused(bot: BotApi, content: bytes, reason: str) -> None:
    assert send_photo(bot, content).json["description"] == f"Bad Request: {reason}"


def test_a_broken_photo_for_an_unknown_chat_is_not_looked_at(bot: BotApi) -> None:
    reply = bot.upload("sendPhoto", chat_id="2", photo=File(b""))
    assert reply.json["description"] == "Bad Request: chat not found"


def test_a_document_keeps_its_name_type_and_content(bot: BotApi) -> None:
    document = send_document(bot, File(b"a,b", "prices.csv", "text/csv"))
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("prices.csv", "text/csv", 3)
    path = bot.result("getFile", file_id=document["file_id"])["file_path"]
    assert path.endswith(".csv")
    assert bot.download(path).body == b"a,b"
    assert bot.result("sendDocument", chat_id=1, document=document["file_id"])["document"] == document


@pytest.mark.parametrize("name", ["a./../../b", "a.b?c=d", "a.b#c", "a", ".", "a." + "b" * 300])
def test_a_files_name_does_not_get_into_its_address(bot: BotApi, name: str) -> None:
    document = send_document(bot, File(b"x", name))
    path = bot.result("getFile", file_id=document["file_id"])["file_path"]
    assert path.partition("/")[0] == "documents"
    assert not set(path) - set("abcdefghijklmnopqrstuvwxyz0123456789_./")
    assert bot.download(path).body == b"x"


def test_an_empty_document_is_refused(bot: BotApi) -> None:
    reply = bot.upload("sendDocument", chat_id="1", document=File(b""))
    assert reply.json["description"] == "Bad Request: file must be non-empty"


def test_a_document_is_not_sent_as_a_photo(bot: BotApi) -> None:
    file_id = send_document(bot, File(picture()))["file_id"]
    assert not bot.call("sendPhoto", chat_id=1, photo=file_id).json["ok"]


@pytest.mark.parametrize("size", [LARGEST_DOWNLOAD, LARGEST_DOWNLOAD + 1])
def test_files_of_more_than_20_mb_cannot_be_downloaded(bot: BotApi, size: int) -> None:
    reply = bot.call("getFile", file_id=send_document(bot, File(bytes(size)))["file_id"])
    if size == LARGEST_DOWNLOAD:
        assert reply.json["result"]["file_size"] == size
    else:
        assert reply.json["description"] == "Bad Request: file is too big"


def test_a_download_needs_the_token_and_a_file(bot: BotApi) -> None:
    path = bot.result("getFile", file_id=send_document(bot, File(b"x"))["file_id"])["file_path"]
    for reply in (bot.download(path, token="1:a"), bot.download(path + "x"), bot.download("../" + path)):
        assert reply.status == 404
        assert (
            reply.body
            == json.dumps({"ok": False, "error_code": 404, "description": "Not Found"}, separators=(",", ":")).encode()
        )


def test_what_people_send_can_be_downloaded(bot: BotApi, telegram: EmulatorProcess) -> None:
    telegram.client.person(1, "Ada").send_file("order.txt", b"two teas", caption="Please")
    message = bot.newest_update("message")
    assert message["caption"] == "Please"
    path = bot.result("getFile", file_id=message["document"]["file_id"])["file_path"]
    assert bot.download(path).body == b"two teas"
