"""PostgreSQL's own grammar, by way of pglast."""

from __future__ import annotations

import re
from typing import cast

from pglast import ast, parse_sql, parser
from pglast.parser import ParseError, Token

COMMENT = "SQL_COMMENT"
SEMICOLON = "ASCII_59"

_COMMENTS = (COMMENT, "C_COMMENT")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_ODD_TAG = re.compile(r"\$[^\s$]*[^\x00-\x7f][^\s$]*\$")
#: What PostgreSQL passes over between words; Python passes over more, which may be letters of a name.
_BLANK = " \t\n\r\f\v"


def split(text: str) -> list[slice]:
    """Where each statement is, comments before its first word left out. Raises ParseError."""
    try:
        return _split(text, _light(text))
    except ParseError:
        # The library stumbles over a comment after NOT, NULLS, WITH and the like, which PostgreSQL accepts.
        return _split(text, _without_comments(text))


def node(sql: str) -> ast.Node:
    """The tree of one statement. Raises ParseError."""
    try:
        parsed = parse_sql(sql)
    except ParseError:
        parsed = parse_sql(_without_comments(sql))
    statement: ast.Node = parsed[0].stmt
    return statement


def words(text: str) -> list[Token]:
    """The tokens that are no comments."""
    return [token for token in tokens(text) if token.name not in _COMMENTS]


def tokens(text: str) -> list[Token]:
    """As far as there are any: a quote that is never closed ends them, and so does a wrong escape in one."""
    try:
        return list(parser.scan(_light(text)))
    except ParseError as error:
        return tokens(text[: error.args[1] or 0])


def end(text: str) -> int:
    """Where the last word ends, comments after it left out."""
    found = words(text)
    return found[-1].end + 1 if found else len(text)


def _split(text: str, plain: str) -> list[slice]:
    # Slices, as asked for; the stub leaves it open.
    parts = cast(tuple[slice, ...], parser.split(plain, only_slices=True))
    return [slice(_start(text, part), _end(text, plain, part.stop)) for part in parts]


def _start(text: str, part: slice) -> int:
    if not text.startswith(("--", "/*"), part.start):
        return cast(int, part.start)
    return cast(int, part.start) + words(text[part])[0].start


def _end(text: str, plain: str, stop: int) -> int:
    """With what the library takes for blank."""
    while stop < len(plain) and plain[stop].isspace():
        stop += 1
    return len(text[:stop].rstrip(_BLANK))


def _light(text: str) -> str:
    """With a letter of ASCII for every other one: the library's way to count those takes the square of their number."""
    return text if text.isascii() or _ODD_TAG.search(text) else _NOT_ASCII.sub("_", text)


def _without_comments(text: str) -> str:
    """Blanks in their place."""
    parts, stop = [], 0
    for token in tokens(text):
        if token.name in _COMMENTS:
            parts += [text[stop : token.start], " " * (token.end + 1 - token.start)]
            stop = token.end + 1
    return "".join((*parts, text[stop:]))
