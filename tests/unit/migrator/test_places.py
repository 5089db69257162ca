from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.discovery import Migration
from migrator.places import INDENT, WIDTH, pointer

#: Each character with what is shown for it, and its columns on a terminal.
SHOWN = {
    "a": ("a", 1),
    "é": ("é", 1),
    "e\u0301": ("e\u0301", 1),
    "漢": ("漢", 2),
    "한": ("한", 2),
    "Ａ": ("Ａ", 2),
    "ｱ": ("ｱ", 1),
    "🚀": ("🚀", 2),
    "\x1b": ("␛", 1),
    "\r": ("␍", 1),
    "\x7f": ("\ufffd", 1),
    "\x9b": ("\ufffd", 1),
    "\u202e": ("\ufffd", 1),
    "\u200d": ("\ufffd", 1),
    "\ufeff": ("\ufffd", 1),
    "\u2028": ("\ufffd", 1),
}


def lines(text: str, offset: int) -> list[str]:
    return pointer(Migration(1, "001_a.sql", text), offset, "here").split("\n")


def test_the_line_is_shown_with_a_caret_under_the_place() -> None:
    assert lines("SELECT 1;\n  SELEC 2;\nSELECT 3;", 12) == ["001_a.sql:2:3: here", "      SELEC 2;", "      ^"]


def test_tabs_stay_tabs() -> None:
    assert lines("\tSELECT\t1;", 8)[1:] == [f"{INDENT}\tSELECT\t1;", f"{INDENT}\t      \t^"]


def test_a_line_ends_before_cr_and_lf() -> None:
    assert lines("SELECT 1;\r\nSELEC 2;\r\n", 11) == ["001_a.sql:2:1: here", f"{INDENT}SELEC 2;", f"{INDENT}^"]


@pytest.mark.parametrize("text", ["", "\n", "SELECT 1"])
def test_the_end_of_a_text_has_a_place_too(text: str) -> None:
    assert lines(text, len(text))[0].endswith(": here")


@given(st.lists(st.sampled_from(sorted(SHOWN)), max_size=30))
def test_the_caret_is_under_the_place_on_a_terminal(before: list[str]) -> None:
    text = "".join(before)
    _, shown, margin = lines(f"{text}X", len(text))
    assert shown == INDENT + "".join(SHOWN[part][0] for part in before) + "X"
    assert margin == INDENT + " " * sum(SHOWN[part][1] for part in before) + "^"


@given(st.integers(min_value=0, max_value=2000), st.integers(min_value=0, max_value=2000))
def test_a_long_line_is_shown_in_part_with_the_caret_still_under_the_place(before: int, after: int) -> None:
    head, shown, margin = lines(f"{'.' * before}X{'.' * after}", before)
    assert head == f"001_a.sql:1:{before + 1}: here"
    assert shown[len(margin) - 1] == "X"
    assert len(shown) <= len(INDENT) + WIDTH + 2
    cut = shown[len(INDENT) :]
    assert (len(cut.strip("…")) == before + 1 + after) == ("…" not in cut)


@given(st.text(max_size=200), st.data())
def test_line_and_column_lead_back_to_the_place(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(min_value=0, max_value=len(text)))
    line, column = (int(part) for part in lines(text, offset)[0].split(":")[1:3])
    assert sum(len(earlier) + 1 for earlier in text.split("\n")[: line - 1]) + column - 1 == offset


@given(st.text(max_size=200), st.data())
def test_no_character_of_a_file_steers_the_terminal(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(min_value=0, max_value=len(text)))
    said = lines(text, offset)
    assert len(said) == 3
    assert not set(said[1]) & {"\x1b", "\r", "\x07", "\x9b", "\u202e", "\u2028"}
