"""Ways in which people write the same statements into a file."""

from __future__ import annotations

import re
from collections.abc import Callable

Style = Callable[[list[str]], str]

_KEYWORDS = re.compile(
    r"\b(ADD|ALTER|AND|AS|BEGIN|BY|CASE|CHECK|COLUMN|COMMENT|CREATE|DEFAULT|DELETE|DROP|ELSE|END|EXECUTE|FOR|FROM|"
    r"FUNCTION|GRANT|IF|IN|INDEX|INSERT|INTO|IS|KEY|LANGUAGE|NOT|NULL|ON|OR|ORDER|PRIMARY|REFERENCES|RETURN|RETURNS|"
    r"SELECT|SET|TABLE|THEN|TO|TRIGGER|TYPE|UNIQUE|UPDATE|USING|VALUES|VIEW|WHEN|WHERE|WITH)\b"
)

#: As pg_dump begins its files, but for search_path.
_HEADER = """\
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;

"""


def plain(statements: list[str]) -> str:
    return "".join(f"{statement};\n\n" for statement in statements)


def without_the_last_semicolon(statements: list[str]) -> str:
    return plain(statements).rstrip().removesuffix(";")


def on_one_line(statements: list[str]) -> str:
    return "; ".join(statements) + ";\n"


def without_any_space(statements: list[str]) -> str:
    return ";".join(statements)


def with_crlf(statements: list[str]) -> str:
    return plain(statements).replace("\n", "\r\n")


def with_a_mark(statements: list[str]) -> str:
    return "\ufeff" + plain(statements)


def with_a_mark_and_crlf(statements: list[str]) -> str:
    return "\ufeff-- Written on another system; saved twice.\r\n" + with_crlf(statements)


def with_comments_above(statements: list[str]) -> str:
    steps = enumerate(statements, start=1)
    return "".join(f'-- Step {number}; it\'s "simple" $$ /* 🚀\n{statement};\n' for number, statement in steps)


def with_comments_between(statements: list[str]) -> str:
    return " /* then; /* don't; */ $x$ */ ".join(f"{statement} -- done; 漢字\n;" for statement in statements)


def with_empty_statements(statements: list[str]) -> str:
    return ";;\n" + "".join(f"{statement};; ;\n" for statement in statements) + ";\n;"


def in_small_letters(statements: list[str]) -> str:
    return _KEYWORDS.sub(lambda match: match[0].lower(), plain(statements))


def as_a_dump(statements: list[str]) -> str:
    named = (f"--\n-- Name: {number}; Type: ANY\n--\n\n{part};\n\n\n" for number, part in enumerate(statements))
    return "--\n-- PostgreSQL database dump\n--\n\n" + _HEADER + "".join(named) + "-- complete\n"


def ending_in_a_comment(statements: list[str]) -> str:
    return plain(statements) + "-- vim: set ft=sql; the end"


def with_tabs(statements: list[str]) -> str:
    return "\n\n".join(f"\t{statement}\t;\t" for statement in statements).replace("    ", "\t")


def with_an_open_end(statements: list[str]) -> str:
    return plain(statements).rstrip().removesuffix(";") + " /* nothing; */ -- more"


#: One fewer than the themes, so that each theme meets each style in turn.
STYLES: list[Style] = [
    plain,
    without_the_last_semicolon,
    on_one_line,
    without_any_space,
    with_crlf,
    with_a_mark,
    with_a_mark_and_crlf,
    with_comments_above,
    with_comments_between,
    with_empty_statements,
    in_small_letters,
    as_a_dump,
    ending_in_a_comment,
    with_tabs,
    with_an_open_end,
]
