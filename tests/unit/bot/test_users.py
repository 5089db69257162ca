from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.users import Identity, User, UserId
from bot.views import profile, start

LONGEST_MESSAGE = 4096  # characters, in Telegram

anything = st.text(alphabet=st.characters(codec=None), max_size=70_000)


def user(first_name: str) -> User:
    return User(UserId(1), None, first_name, datetime(2026, 3, 9, tzinfo=UTC))


def shown(first_name: str) -> str:
    return profile.profile(user(first_name), ZoneInfo("UTC"), 3).text


@given(anything)
def test_an_identity_can_always_be_stored(text: str) -> None:
    identity = Identity(UserId(1), text, text)
    for value in (identity.first_name, identity.username):
        assert value is not None
        assert "\x00" not in value
        assert len(value) == len(text)
        value.encode()


def test_ordinary_names_are_left_as_they_are() -> None:
    for name in ("<b>", "O'Brien; DROP TABLE users", "Zoë 👩🏽‍🚀", "שרה", "‮reversed"):
        assert Identity(UserId(1), name, name).first_name == name


@given(st.text(max_size=70_000))
def test_no_name_breaks_a_reply(name: str) -> None:
    for reply in (start.welcome(user(name)).text, shown(name)):
        assert "<" not in reply
        assert len(unescape(reply)) <= LONGEST_MESSAGE


def test_the_profile_shows_the_name_as_it_was_typed() -> None:
    assert unescape(shown("<b>&amp;")).splitlines() == [
        "ID: 1",
        "Name: <b>&amp;",
        "Language: English",
        "Joined: Mar 9, 2026",
        "3 orders",
    ]


def test_a_very_long_name_is_cut() -> None:
    assert len(shown("x" * 65_536)) < 400
