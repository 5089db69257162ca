"""Files that people and the bot have sent; kept in memory."""

from __future__ import annotations

import asyncio
import io
import itertools
import mimetypes
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from emulator.errors import ApiError, bad_request

LARGEST_DOCUMENT = 50 * 1024 * 1024  # bytes
LARGEST_PHOTO = 10 * 1024 * 1024  # bytes
LARGEST_DOWNLOAD = 20 * 1024 * 1024  # bytes
MEMORY = 256 * 1024 * 1024  # bytes, of all files together; the oldest make room
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
PHOTO_SIDES = (90, 320, 800, 1280)  # pixels
LARGEST_SIDES = 10_000  # pixels, width and height together
LONGEST_RATIO = 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")


@dataclass(frozen=True, slots=True)
class File:
    id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes
    #: Pixels; of a picture.
    size: tuple[int, int] | None = None

    @property
    def described(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes
    mime_type: str = ""


class Files:
    def __init__(self) -> None:
        self._by_id: OrderedDict[str, File] = OrderedDict()
        self._by_unique_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}
        self._photos: dict[str, list[File]] = {}
        self._memory = 0
        self._numbers = itertools.count()

    def find(self, file_id: str) -> File | None:
        return self._by_id.get(file_id)

    def find_unique(self, unique_id: str) -> File | None:
        return self._by_unique_id.get(unique_id)

    def find_path(self, path: str) -> File | None:
        return self._by_path.get(path)

    def sizes(self, file_id: str) -> list[File] | None:
        """All sizes of the photo that has this file as one of them."""
        return self._photos.get(file_id)

    def document(self, upload: Upload) -> dict[str, Any]:
        """Keeps it. Raises ApiError 400 for an empty file and 413 for one that is too big."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        guessed = upload.mime_type or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        return described_document(self._keep("documents", upload.name, guessed, upload.content))

    async def photo(self, upload: Upload) -> list[dict[str, Any]]:
        """Keeps the picture in Telegram's sizes, as JPEG. Raises ApiError 400 for what is no picture."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > LARGEST_PHOTO:
            raise bad_request("photo is too big")
        pictures = await asyncio.to_thread(_resized, upload.content)
        files = [self._keep("photos", "", "image/jpeg", content, size) for content, size in pictures]
        for file in files:
            self._photos[file.id] = files
        return described_photo(files)

    def _keep(
        self, folder: str, name: str, mime_type: str, content: bytes, size: tuple[int, int] | None = None
    ) -> File:
        own = _SUFFIX.search(name)
        suffix = own[0] if own else ".jpg" if folder == "photos" else mimetypes.guess_extension(mime_type) or ""
        unique_id = secrets.token_urlsafe(11)
        path = f"{folder}/file_{next(self._numbers)}{suffix}"
        file = File(f"AgAC{secrets.token_urlsafe(48)}", unique_id, path, name, mime_type, content, size)
        self._by_id[file.id] = self._by_unique_id[unique_id] = self._by_path[path] = file
        self._memory += len(content)
        while self._memory > MEMORY and len(self._by_id) > 1:
            self._forget_oldest()
        return file

    def _forget_oldest(self) -> None:
        _, file = self._by_id.popitem(last=False)
        del self._by_unique_id[file.unique_id]
        del self._by_path[file.path]
        self._photos.pop(file.id, None)
        self._memory -= len(file.content)


def described_document(file: File) -> dict[str, Any]:
    named = {"file_name": file.name} if file.name else {}
    return named | {"mime_type": file.mime_type} | file.described


def described_photo(files: list[File]) -> list[dict[str, Any]]:
    described = []
    for file in files:
        assert file.size is not None
        described.append(file.described | {"width": file.size[0], "height": file.size[1]})
    return described


def _resized(content: bytes) -> list[tuple[bytes, tuple[int, int]]]:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            _check_dimensions(*opened.size)
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        longest = max(picture.size)
        sides = [side for side in PHOTO_SIDES if side < longest] + [min(longest, PHOTO_SIDES[-1])]
        return [_jpeg(picture, side) for side in dict.fromkeys(sides)]
    except ApiError:
        raise
    except Exception as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error


def _check_dimensions(width: int, height: int) -> None:
    if width + height > LARGEST_SIDES or max(width, height) > LONGEST_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _jpeg(picture: Image.Image, side: int) -> tuple[bytes, tuple[int, int]]:
    smaller = picture.copy()
    smaller.thumbnail((side, side))
    written = io.BytesIO()
    smaller.save(written, "JPEG", quality=87)
    return written.getvalue(), smaller.size
