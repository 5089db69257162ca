"""Files of SQL, hostile and valid, with what is known of them: where each statement begins, where a fault is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

#: What the statements below use.
SCHEMA = """
    CREATE TABLE effects (n int, note text);
    CREATE TABLE once (id int PRIMARY KEY);
    CREATE TABLE later (id int REFERENCES once DEFERRABLE INITIALLY DEFERRED);
"""
NO_TRANSACTION = "-- migrate: no-transaction"
#: Whitespace of PostgreSQL's grammar, which knows no other.
BLANK = " \t\n\r\f\v"

#: They stand in a text while it is made, and are taken out in the end: a place is then wherever its mark was.
_BEGIN, _END, FAULT = "\ue000", "\ue001", "\ue002"

_TAGS = ("", "a", "_1", "é", "漢字", "BEGIN", "😀x")
_HOSTILE = (
    *("a", "é", "漢字", "😀", "e\u0301", "\u202e", "\u200d", "\u00a0", "\u3000", "\t"),
    *(";", ";;", "'", '"', "\\", "\\.", "--", "$", "$$", "$a$", "$_1$", "$1", ":x", "?", "{", "]", ")"),
    *(" BEGIN ATOMIC ", " END; ", " COMMIT; ", " CREATE DATABASE ", " CONCURRENTLY ", "U&'", "E'", "-- migrate: down"),
)
_IN_TEXT = (*_HOSTILE, "/*", "*/", "\n", "\n-- migrate: nonsense\n", "x" * 130)
_ESCAPED = (r"\'", r"\\", r"\n", r"\u00e9", r"\U0001F600", r"\x41", "''", ";", "--", "/*", "*/", "$$", '"', "漢", "\n")
_UNICODE = (r"\0061", r"\+01F600", r"\\", "''", ";", "--", "/*", "$$", "漢", " ")
_BANGS = ("!0061", "!+01F600", "!!", "''", ";", "--", "\\", "漢")
_SPACES = (" ", "  ", "\t", "\n", "\n\n\t", " \n ", "\r", "\f", "\v", "\n\t\t", " " * 130)
#: Words of the grammar that are names too.
_LABELS = ("begin", "case", "end", "atomic", "END", '"end;"', "名前", "a\u00a0b", "e\u0301")
_NAMES = (
    *("plain{}", "Ünïcode{}", "名前{}", "😀{}", "e\u0301{}", "a\u00a0b{}", "\u3000{}x", "dollar${}$a", "_{}"),
    *(
        '"quoted; {}"',
        '"doubled"";{}"',
        '"-- {}"',
        '"/* {}"',
        '"$${}$$"',
        '"it\'s {}"',
        '"CREATE {}"',
        '"two\nlines {}"',
    ),
    *('U&"\\0061;{}"', "u&\"!0061 {}\" UESCAPE '!'", '"END {}"'),
)
#: Beside one of these, nothing need stand between two words.
_PUNCTUATION = "()[],;"
_OPERATOR = "+-*/<>=~!@#%^&|`?:."

Words = list[str]
Shape = Callable[[DrawFn, int, Words], Words]
Fault = Callable[[DrawFn, int], str]


@dataclass(frozen=True)
class File:
    text: str
    #: Where each begins, in characters, and its text.
    statements: list[tuple[int, str]]
    #: Where the fault is, in characters; where there is none, the end of the last statement.
    place: int

    def line_and_column(self) -> tuple[int, int]:
        before = self.text[: self.place].split("\n")
        return len(before), len(before[-1]) + 1


@st.composite
def valid_files(draw: DrawFn, directive: str = "") -> File:
    """All of it runs on SCHEMA."""
    statements = [_statement(draw, number) for number in range(1, draw(st.integers(0, 6)) + 1)]
    return _written(draw, statements, directive)


@st.composite
def faulty_files(draw: DrawFn) -> File:
    """One fault in one of its statements; the rest runs on SCHEMA."""
    statements = [_statement(draw, number) for number in range(1, draw(st.integers(0, 3)) + 1)]
    fault = draw(st.sampled_from(_FAULTS))
    faulty = fault(draw, len(statements) + 1)
    if fault in _AT_THE_END:
        return _written(draw, statements, unfinished=faulty)
    statements.insert(draw(st.integers(0, len(statements))), faulty)
    return _written(draw, statements)


def _written(draw: DrawFn, statements: list[str], directive: str = "", unfinished: str = "") -> File:
    without_last_semicolon = draw(st.booleans())
    parts = [_filler(draw), f"{directive}\n" if directive else "", _filler(draw)]
    for statement in statements:
        parts += [_BEGIN, statement, _filler(draw), _END, ";", _filler(draw, empty_statements=True)]
    if unfinished:
        parts += [_BEGIN, unfinished]
    elif statements and without_last_semicolon:
        del parts[-3:]  # no semicolon: what follows belongs to the last statement
    text = "".join(parts)
    if draw(st.booleans()):
        text = text.rstrip(BLANK)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return _unmarked(text)


def _unmarked(text: str) -> File:
    statements = []
    before, *written = text.replace(FAULT, "").split(_BEGIN)
    offset = len(before)
    for part in written:
        statements.append((offset, part.split(_END)[0].rstrip(BLANK)))
        offset += len(part.replace(_END, ""))
    end = statements[-1][0] + len(statements[-1][1]) if statements else len(_without_marks(text))
    place = len(_without_marks(text.split(FAULT)[0])) if FAULT in text else end
    return File(_without_marks(text), statements, place)


def _without_marks(text: str) -> str:
    for mark in (_BEGIN, _END, FAULT):
        text = text.replace(mark, "")
    return text


def _texts(pieces: tuple[str, ...]) -> SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=4).map("".join)


_hostile, _in_text = _texts(_HOSTILE), _texts(_IN_TEXT)
_line_comments = st.builds("-- {}{}".format, _hostile, st.sampled_from(("\n", "\n", "\r")))
_block_comments = st.builds(
    "/*{}{}*/".format, _hostile, st.sampled_from(("", "/**/", "/* a /* ; */ ' */", "/*-*//*$a$*/", '/*/*é*/"*/*'))
)
_comments = _line_comments | _block_comments | st.just("--\n") | st.just("/**/")
_gaps = st.sampled_from(_SPACES) | _comments
_gap_lists = st.lists(_gaps, max_size=3)
_fillers = st.lists(_gaps | st.just(";"), max_size=4)


def _filler(draw: DrawFn, empty_statements: bool = False) -> str:
    return "".join(draw(_fillers if empty_statements else _gap_lists))


def _joined(draw: DrawFn, words: Words) -> str:
    """The words with a blank between most of them, something else between some, and nothing where that is possible."""
    tight = draw(st.booleans())
    gaps = dict(draw(st.lists(st.tuples(st.integers(1, len(words)), _gaps), max_size=5)))
    text = words[0]
    for number, word in enumerate(words[1:], 1):
        beside_punctuation = text[-1] in _PUNCTUATION or word[0] in _PUNCTUATION
        gap = gaps.get(number, "" if tight and beside_punctuation else " ")
        # A comment mark would be read as more of the operator.
        text += (" " if text[-1] in _OPERATOR else "") + gap + word
    return text


def _statement(draw: DrawFn, number: int) -> str:
    return _joined(draw, _words(draw, number))


def _words(draw: DrawFn, number: int) -> Words:
    shape = draw(st.sampled_from((*_SHAPES, *_OTHER_SHAPES)))
    return shape(draw, number, _value(draw))


# What statements are made of.


def _name(draw: DrawFn, number: int) -> str:
    return draw(st.sampled_from(_NAMES)).format(number)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _dollar_quoted(draw: DrawFn, text: str) -> str:
    wanted = draw(st.sampled_from(_TAGS))
    quotes = (f"${tag}$" for tag in (wanted, "safe", "safer"))
    quote = next(quote for quote in quotes if (text + quote).index(quote) == len(text))
    return f"{quote}{text}{quote}"


def _literal(draw: DrawFn) -> str:
    match draw(st.integers(0, 6)):
        case 0 | 1:
            return _quoted(draw(_in_text))
        case 2:
            return draw(st.sampled_from("Ee")) + f"'{draw(_texts(_ESCAPED))}'"
        case 3:
            return f"U&'{draw(_texts(_UNICODE))}'"
        case 4:
            return f"u&'{draw(_texts(_BANGS))}'{draw(_gaps)}UESCAPE '!'"
        case 5:
            return f"{_quoted(draw(_in_text))} {draw(_line_comments)}\n{_quoted(draw(_hostile))}"
    return _dollar_quoted(draw, draw(_in_text))


def _value(draw: DrawFn) -> Words:
    """Of type text, or of none yet."""
    literal = _literal(draw)
    match draw(st.integers(0, 9)):
        case 0:
            return ["(", "1", "-", "-", "1", ")", "::", "text"]
        case 1:
            return ["(", _quoted('{"a;": [1]}'), "::", "jsonb", "->", _quoted("a;"), ")", "::", "text"]
        case 2:
            return ["(", "ARRAY", "[", "1", ",", "2", "]", "@>", "ARRAY", "[", "2", "]", ")", "::", "text"]
        case 3:
            return ["(", "point", _quoted("(0,0)"), "<->", "point", _quoted("(3,4)"), ")", "::", "text"]
        case 4:
            return ["CASE", "WHEN", "1", "<=", "-", "2", "THEN", literal, "ELSE", "'a'", "||", "'b'", "END"]
        case 5:
            return ["CASE", "WHEN", "1", "NOT", "IN", "(", "2", ")", "THEN", literal, "END"]
        case 6:
            return ["CAST", "(", "'2026-01-02'", "::", "timestamp", "WITH", "TIME", "ZONE", "AS", "text", ")"]
    return [literal]


def _body(draw: DrawFn, words: Words) -> str:
    """As a string: dollar quotes mostly."""
    text = draw(_gaps) + _joined(draw, words) + draw(_gaps)
    # PostgreSQL takes a backslash for an escape when it looks for a place in a body, and gives none then.
    if draw(st.integers(0, 3)) or "\\" in text:
        return _dollar_quoted(draw, text)
    return _quoted(text)


def _plpgsql(number: int, value: Words) -> Words:
    insert = ["INSERT", "INTO", "effects", "VALUES", "(", f"{number}", ",", "v", ")", ";"]
    branch = ["IF", "v", "<>", "'END;'", "THEN", *insert, "END", "IF", ";"]
    return ["DECLARE", "v", "text", ":=", *value, ";", "BEGIN", *branch, "END", ";"]


# Statements; each leaves something that can be seen.


def _insert(draw: DrawFn, number: int, value: Words) -> Words:
    return ["INSERT", "INTO", "effects", "(", "n", ",", "note", ")", "VALUES", "(", f"{number}", ",", *value, ")"]


def _insert_query(draw: DrawFn, number: int, value: Words) -> Words:
    name, column = _name(draw, number), _name(draw, 0)
    query = ["WITH", name, "(", column, ")", "AS", "(", "SELECT", *value, ")"]
    return [*query, "INSERT", "INTO", "effects", "SELECT", f"{number}", ",", column, "FROM", name]


def _view(draw: DrawFn, number: int, value: Words) -> Words:
    return ["CREATE", "VIEW", _name(draw, number), "AS", "SELECT", *value, "AS", draw(st.sampled_from(_LABELS))]


def _atomic_function(draw: DrawFn, number: int, value: Words) -> Words:
    query = ["SELECT", "CASE", "WHEN", "true", "THEN", *value, "END", "AS", draw(st.sampled_from(_LABELS))]
    body = ["BEGIN", "ATOMIC", *_insert(draw, number, ["'a;'"]), ";", *query, ";", "END"]
    return ["CREATE", "FUNCTION", _name(draw, number), "(", ")", "RETURNS", "text", "LANGUAGE", "sql", *body]


def _returning_function(draw: DrawFn, number: int, value: Words) -> Words:
    return ["CREATE", "FUNCTION", _name(draw, number), "(", ")", "RETURNS", "text", "RETURN", *value]


def _atomic_procedure(draw: DrawFn, number: int, value: Words) -> Words:
    body = ["BEGIN", "ATOMIC", *_insert(draw, number, value), ";", "DELETE", "FROM", "effects", ";", "END"]
    return ["CREATE", "OR", "REPLACE", "PROCEDURE", _name(draw, number), "(", "x", "int", ")", *body]


def _quoted_function(draw: DrawFn, number: int, value: Words) -> Words:
    body = _body(draw, [*_insert(draw, number, ["'a;'"]), ";", "SELECT", *value, ";"])
    return ["CREATE", "FUNCTION", _name(draw, number), "(", ")", "RETURNS", "text", "AS", body, "LANGUAGE", "sql"]


def _rule(draw: DrawFn, number: int, value: Words) -> Words:
    actions = ["(", *_insert(draw, number, value), ";", "DELETE", "FROM", "once", ";", ")"]
    return ["CREATE", "RULE", _name(draw, number), "AS", "ON", "UPDATE", "TO", "effects", "DO", "ALSO", *actions]


def _table(draw: DrawFn, number: int, value: Words) -> Words:
    columns = [_name(draw, 0), "text", "DEFAULT", *value, ",", "n", "int", "CHECK", "(", "n", "<", "-", "1", ")"]
    return ["CREATE", "TABLE", _name(draw, number), "(", *columns, ")"]


def _comment(draw: DrawFn, number: int, value: Words) -> Words:
    return ["COMMENT", "ON", "TABLE", "effects", "IS", _literal(draw)]


def _column(draw: DrawFn, number: int, value: Words) -> Words:
    return ["ALTER", "TABLE", "effects", "ADD", "COLUMN", _name(draw, number), "text", "DEFAULT", *value]


def _do(draw: DrawFn, number: int, value: Words) -> Words:
    return ["DO", _body(draw, _plpgsql(number, value))]


def _plpgsql_procedure(draw: DrawFn, number: int, value: Words) -> Words:
    body = _body(draw, _plpgsql(number, value))
    return ["CREATE", "PROCEDURE", _name(draw, number), "(", ")", "LANGUAGE", "plpgsql", "AS", body]


#: Where a fault in the value has a place.
_SHAPES: tuple[Shape, ...] = (
    *(_insert, _insert_query, _view, _atomic_function, _returning_function, _atomic_procedure, _quoted_function),
    _rule,
)
_OTHER_SHAPES: tuple[Shape, ...] = (_table, _comment, _column, _do, _do, _plpgsql_procedure)


# Faults, each with its mark at the place that PostgreSQL gives; where it gives none, at the first word.

_FAULTY_VALUES = (
    [f"{FAULT}missing"],
    [f'{FAULT}"missing; 漢字"'],
    [f"{FAULT}missing", "(", "1", ")"],
    ["lower", "(", "'漢'", "||", f"{FAULT}missing", "(", ")", ")"],
    [f"{FAULT}lower", "(", "1", ",", "2", ")"],
    ["(", "1", f"{FAULT}@@@", "2", ")", "::", "text"],
    ["(", "SELECT", "'😀'", "||", f"{FAULT}missing", ")"],
    ["(", "SELECT", "note", "FROM", f"{FAULT}missing", "LIMIT", "1", ")"],
    ["(", "SELECT", "note", "FROM", f"{FAULT}nowhere.missing", ")"],
    ["(", "SELECT", f"{FAULT}x.note", "FROM", "effects", ")"],
    ["(", "SELECT", f"{FAULT}note", "||", "count", "(", "*", ")", "FROM", "effects", ")"],
    ["(", f"{FAULT}'漢'", "::", "int", ")", "::", "text"],
    ["CAST", "(", "1", "AS", f"{FAULT}missing", ")"],
    ["CASE", "WHEN", "true", "THEN", f"{FAULT}названия", "END"],
)
_FAULTY_WORDS = (
    ["INSERT", "INTO", f"{FAULT}missing", "VALUES", "(", "1", ")"],
    ["INSERT", "INTO", "effects", "(", "n", ",", f"{FAULT}missing", ")", "VALUES", "(", "1", ",", "2", ")"],
    ["INSERT", "INTO", "effects", "VALUES", "(", "1", ",", "2", ",", f"{FAULT}3", ")"],
    ["CREATE", "TABLE", "names", "(", "a", "text", ",", "b", f"{FAULT}missing", ")"],
    ["CREATE", "TABLE", "names", "(", "a", "text", ",", "CHECK", "(", f"{FAULT}missing", "=", "'漢'", ")", ")"],
    ["CREATE", "TABLE", "names", "(", "a", "text", f"{FAULT}COLLATE", "missing", ")"],
    ["UPDATE", "effects", "SET", "n", "=", "1", ",", f"{FAULT}missing", "=", "'漢'"],
    ["DELETE", "FROM", "effects", "WHERE", "n", "=", "1", "AND", f"{FAULT}missing"],
    ["SELECT", "'漢'", "FROM", "effects", "GROUP", "BY", f"{FAULT}missing"],
    # Misspelled.
    [f"{FAULT}INSRT", "INTO", "effects", "VALUES", "(", "1", ")"],
    ["INSERT", f"{FAULT}INOT", "effects", "VALUES", "(", "1", ")"],
    ["INSERT", "INTO", "effects", "(", "n", ")", f"{FAULT}VALEUS", "(", "1", ")"],
    ["CREATE", f"{FAULT}TABEL", "names", "(", "a", "text", ")"],
    ["CREATE", "TABLE", "names", "(", "a", "text", "NOT", f"{FAULT}NUL", ")"],
    ["SELECT", "'漢'", "FROM", "effects", "ORDER", f"{FAULT}YB", "n"],
    ["CREATE", "FUNCTION", "f", "(", ")", f"{FAULT}RETURN5", "text", "LANGUAGE", "sql", "RETURN", "'漢'"],
    # Only found when it runs, or when what it names is looked up.
    [f"{FAULT}INSERT", "INTO", "effects", "VALUES", "(", "1", "/", "0", ")"],
    [f"{FAULT}INSERT", "INTO", "once", "VALUES", "(", "1", ")", ",", "(", "1", ")"],
    [
        f"{FAULT}INSERT",
        "INTO",
        "effects",
        "SELECT",
        "pg_typeof",
        "(",
        "n",
        ")",
        "::",
        "text",
        "::",
        "int",
        "FROM",
        "generate_series(1,1)",
        "n",
    ],
    [f"{FAULT}DROP", "TABLE", "missing"],
    [f"{FAULT}CREATE", "TABLE", "effects", "(", "a", "text", ")"],
    [f"{FAULT}CREATE", "TABLE", "names", "(", "a", "int", "REFERENCES", "missing", ")"],
    [f"{FAULT}ALTER", "TABLE", "effects", "DROP", "COLUMN", "missing"],
    [f"{FAULT}COMMENT", "ON", "COLUMN", "effects.missing", "IS", "'漢'"],
)
_FAULTY_BODIES = (
    ["BEGIN", f"{FAULT}missing", ":=", "'漢'", ";", "END"],
    ["BEGIN", "PERFORM", "'漢'", ",", f"{FAULT}FROM", "effects", ";", "END"],
    ["BEGIN", "NULL", f"{FAULT}NUL", ";", "END"],
    ["BEGIN", "NULL", ";", f"{FAULT}EDN", ";", "END"],
)
#: They are found when the block runs, in a text that is not the file's.
_FAILING_BODIES = (
    ["BEGIN", "RAISE", "EXCEPTION", "'%'", ",", "'漢'", ";", "END"],
    ["BEGIN", "PERFORM", "1", "/", "0", ";", "END"],
    ["BEGIN", "PERFORM", "'漢'", ",", "missing", ";", "END"],
    ["BEGIN", "INSERT", "INTO", "missing", "VALUES", "(", "1", ")", ";", "END"],
    ["BEGIN", "EXECUTE", "'SELEC'", ";", "END"],
    ["BEGIN", "INSERT", "INTO", "once", "VALUES", "(", "1", ")", ",", "(", "1", ")", ";", "END"],
)


def _faulty_value(draw: DrawFn, number: int) -> str:
    shape = draw(st.sampled_from(_SHAPES))
    return _joined(draw, shape(draw, number, draw(st.sampled_from(_FAULTY_VALUES))))


def _faulty_words(draw: DrawFn, number: int) -> str:
    return _joined(draw, draw(st.sampled_from(_FAULTY_WORDS)))


def _faulty_body(draw: DrawFn, number: int) -> str:
    return _joined(draw, ["DO", _body(draw, draw(st.sampled_from(_FAULTY_BODIES)))])


def _failing_body(draw: DrawFn, number: int) -> str:
    return _joined(draw, [f"{FAULT}DO", _body(draw, draw(st.sampled_from(_FAILING_BODIES)))])


def _stray_bracket(draw: DrawFn, number: int) -> str:
    return _joined(draw, _with_bracket(draw, _words(draw, number), "[", "]"))


def _stray_bracket_in_body(draw: DrawFn, number: int) -> str:
    return _joined(draw, ["DO", _body(draw, _with_bracket(draw, _plpgsql(number, _value(draw)), "([", ")]"))])


def _with_bracket(draw: DrawFn, words: Words, opening: str, closing: str) -> Words:
    """One that closes nothing, so that no grammar goes on there."""
    depths = accumulate((word in opening) - (word in closing) for word in words)
    # plpgsql looks at what stands behind INTO first.
    places = [place for place, depth in enumerate(depths, 1) if depth == 0 and words[place : place + 1] != ["INTO"]]
    place = draw(st.sampled_from(places))
    return [*words[:place], f"{FAULT}]", *words[place:]]


def _deferred(draw: DrawFn, number: int) -> str:
    """Fails when the file is done."""
    return _joined(draw, ["INSERT", "INTO", "later", "VALUES", "(", "7", ")"])


def _cut_short(draw: DrawFn, number: int) -> str:
    words = draw(st.sampled_from((_insert, _rule)))(draw, number, ["'漢;'"])
    text = _joined(draw, words[: draw(st.integers(1, len(words) - 3))])
    return text + FAULT + draw(_gaps) * draw(st.booleans())


def _never_closed(draw: DrawFn, number: int) -> str:
    quote, closing = draw(
        st.sampled_from((("'", "'"), ("E'", "'"), ("U&'", "'"), ('"', '"'), ("$a$", "$"), ("/*", "*/")))
    )
    content = draw(_in_text).replace(closing, "")
    return _joined(draw, ["INSERT", "INTO", "effects", "VALUES", "(", f"{FAULT}{quote}x{content}x"])


_AT_THE_END: tuple[Fault, ...] = (_cut_short, _never_closed)
_FAULTS: tuple[Fault, ...] = (
    *(_faulty_value, _faulty_value, _faulty_words, _faulty_words, _faulty_body, _failing_body, _stray_bracket),
    *(_stray_bracket_in_body, _deferred, *_AT_THE_END),
)


# Text that may be anything.

_SNIPPETS = (
    *("SELECT ", "1", "a", "é", "漢字", "😀", "e\u0301", "\u00a0", " ", "\n", "\r", "\t", "\x1c", "\u2028", "\ufeff"),
    *(
        ",",
        ";",
        ";",
        ";\n",
        "(",
        ")",
        "'",
        '"',
        "$$",
        "$a$",
        "E'",
        "U&'",
        'U&"',
        "\\",
        "\\.",
        "--",
        "/*",
        "*/",
        "/",
        "*",
    ),
    *("-", "$", "$1", "[", "]", ":", ".", "?", "SELECT 1;", "SELECT 'a;'", "SELECT 1 AS a\u00a0;", "-- a\n", "/* ; */"),
    *("CREATE FUNCTION f() BEGIN ATOMIC ", "SELECT 1; ", " END", "CREATE PROCEDURE f() LANGUAGE sql AS ", "DO $$a$$"),
    *(f"{NO_TRANSACTION}\n", "COMMIT", "COPY a FROM STDIN", "CREATE DATABASE a", "SET a = b", "-- migrate: what\n"),
    *(
        " NOT ",
        " IN (1)",
        " NULLS ",
        " FIRST",
        " UESCAPE ",
        "'!'",
        " WITH ",
        "CREATE TABLE a (b int)",
        " AS ",
        "0x",
        "1e",
    ),
)
RANDOM_TEXT = st.lists(st.sampled_from(_SNIPPETS), max_size=12).map("".join)
