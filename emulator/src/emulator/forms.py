"""multipart/form-data, as bots and the page send it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, MultipartReader
from aiohttp.multipart import MultipartResponseWrapper

from emulator.files import Upload

#: What aiohttp raises for forms that are none.
_UNREADABLE = (ValueError, AssertionError, RuntimeError, zlib.error)


class UnreadableForm(Exception):
    """It is no form."""


class NotUtf8(Exception):
    """A field, or the name of a file, is no UTF-8."""


@dataclass(slots=True)
class Form:
    """What comes first of each name counts."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


async def read_form(reader: MultipartReader | MultipartResponseWrapper) -> Form:
    """Raises UnreadableForm or NotUtf8."""
    form = Form()
    try:
        while (part := await reader.next()) is not None:
            await _read_part(part, form)
    except _UNREADABLE as error:
        raise UnreadableForm from error
    return form


async def _read_part(part: BodyPartReader | MultipartReader, form: Form) -> None:
    if isinstance(part, MultipartReader) or not part.name:
        raise UnreadableForm
    name, content = _checked(part.name), bytes(await part.read(decode=True))
    if part.filename is None:
        form.values.setdefault(name, _decoded(content))
        return
    mime_type = _checked(part.headers.get("Content-Type", "").partition(";")[0])
    # What libraries say when they don't know.
    known = "" if mime_type == "application/octet-stream" else mime_type
    form.files.setdefault(name, Upload(_checked(part.filename), content, known))


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise NotUtf8 from None


def _checked(text: str) -> str:
    """Bytes that are no UTF-8 come out of headers as lone surrogates, which nothing can write again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotUtf8 from None
    return text
