"""Input that breaks careless programs."""

from __future__ import annotations

#: Part of every password: whatever escapes the rest of it, this is found where a password leaks.
PASSWORD_MARK = "mark-of-a-leak"

#: For every password of every test: each character breaks some way of passing it on.
PASSWORD = PASSWORD_MARK + ' it\'s "quoted" \\ $HOME `id` %41 ${x} {{y}} é;--'

NAMES = [
    "<b>",
    "<3 & </b>&lt;",
    "O'Brien; DROP TABLE users",
    "👩🏽‍🚀🏳️‍🌈",
    "שרה עם שם ארוך",
    "‮reversed",
    "{first_name} %s $1 \\n",
    "nul\x00byte",
]
