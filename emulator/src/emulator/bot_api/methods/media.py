"""Photos and documents: sent by upload or by file_id, and downloaded."""

from __future__ import annotations

from typing import Any

from emulator.bot_api import sending
from emulator.bot_api.arguments import Arguments, EmptyAnswer
from emulator.errors import bad_request
from emulator.fields import JsonObject
from emulator.files import LARGEST_DOCUMENT, LARGEST_DOWNLOAD, described_document, described_photo
from emulator.formatting.addresses import WrongAddress, checked_address
from emulator.telegram import Telegram


async def send_photo(telegram: Telegram, arguments: Arguments) -> Any:
    _require(arguments, "photo")
    caption = sending.caption(arguments)
    address = sending.addressed(telegram, arguments)
    content: JsonObject = {"photo": await _photo(telegram, arguments)} | caption
    if arguments.boolean("has_spoiler"):
        content["has_media_spoiler"] = True
    return sending.deliver(telegram, address, content)


async def send_document(telegram: Telegram, arguments: Arguments) -> Any:
    _require(arguments, "document")
    caption = sending.caption(arguments)
    address = sending.addressed(telegram, arguments)
    return sending.deliver(telegram, address, {"document": _document(telegram, arguments)} | caption)


async def get_file(telegram: Telegram, arguments: Arguments) -> Any:
    file_id = arguments.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = telegram.files.find(file_id)
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return file.described | {"file_path": file.path}


async def _photo(telegram: Telegram, arguments: Arguments) -> list[dict[str, Any]]:
    if upload := arguments.upload("photo"):
        return await telegram.files.photo(upload)
    sizes = telegram.files.sizes(_file_id(arguments, "photo"))
    if sizes is None:
        raise _wrong_identifier()
    return described_photo(sizes)


def _document(telegram: Telegram, arguments: Arguments) -> dict[str, Any]:
    if upload := arguments.upload("document"):
        return telegram.files.document(upload)
    file = telegram.files.find(_file_id(arguments, "document"))
    if file is None:
        raise _wrong_identifier()
    return described_document(file)


def _require(arguments: Arguments, name: str) -> None:
    upload, given = arguments.upload(name), arguments.text(name)
    if upload is None and (not given or given.startswith("attach://")):
        raise bad_request(f"there is no {name} in the request")
    if upload and len(upload.content) > LARGEST_DOCUMENT:
        raise EmptyAnswer(413)


def _file_id(arguments: Arguments, name: str) -> str:
    given = arguments.text(name)
    if "." in given:
        _refuse_url(given)
    return given


def _refuse_url(url: str) -> None:
    """Telegram would fetch it; nothing here reaches out."""
    try:
        checked_address(url)
    except WrongAddress as wrong:
        raise bad_request(f"invalid file HTTP URL specified: {wrong}") from None
    raise bad_request("failed to get HTTP URL content")


def _wrong_identifier() -> Exception:
    return bad_request("wrong remote file identifier specified: Wrong string length")
