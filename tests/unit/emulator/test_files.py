from __future__ import annotations

import io

import pytest
from PIL import Image

from emulator import files
from emulator.errors import ApiError
from emulator.files import Files, Upload


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PNG")
    return written.getvalue()


def kept(store: Files, count: int) -> list[str]:
    """The file_ids of documents of ten bytes each."""
    return [store.document(Upload(f"{number}.txt", b"0123456789"))["file_id"] for number in range(count)]


def test_the_oldest_files_make_room_and_the_rest_keep_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MEMORY", 50)
    store = Files()
    ids = kept(store, 20)
    found = [file for file_id in ids if (file := store.find(file_id))]
    assert [file.id for file in found] == ids[-5:]
    assert [store.find_path(file.path) for file in found] == found
    assert [store.find_unique(file.unique_id) for file in found] == found


def test_the_newest_file_stays_however_big_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MEMORY", 5)
    store = Files()
    [_, newest] = kept(store, 2)
    assert store.find(newest)


@pytest.mark.parametrize("length", range(0, 80, 7))
async def test_the_beginning_of_a_picture_is_no_picture(length: int) -> None:
    with pytest.raises(ApiError):
        await Files().photo(Upload("a.png", picture()[:length]))
