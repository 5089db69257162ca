"""What PostgreSQL cannot read: each with its place, and a caret under it."""

from __future__ import annotations

from tests.integration.migrator.bad_input.case import ROLLED_BACK, Case

GOOD = "CREATE TABLE a (id int);\n"

CASES = [
    Case(
        "a mistake at the very start",
        {"001_a.sql": "CRATE TABLE a (id int);\n"},
        1,
        ['migrator: error: 001_a.sql:1:1: syntax error at or near "CRATE"', "    CRATE TABLE a (id int);", "    ^"],
    ),
    Case(
        "a mistake in the middle",
        {"001_a.sql": f"{GOOD}CREATE TABEL b (id int);\n{GOOD}"},
        1,
        [
            'migrator: error: 001_a.sql:2:8: syntax error at or near "TABEL"',
            "    CREATE TABEL b (id int);",
            "           ^",
        ],
    ),
    Case(
        "a mistake within a long statement",
        {"001_a.sql": "CREATE TABLE a (\n    id bigint PRIMARY KEY,\n    name text NOT NUL,\n    email text\n);\n"},
        1,
        [
            'migrator: error: 001_a.sql:3:19: syntax error at or near "NUL"',
            "        name text NOT NUL,",
            "                      ^",
        ],
    ),
    Case(
        "a comma too many",
        {"001_a.sql": "CREATE TABLE a (\n    id int,\n);\n"},
        1,
        ['migrator: error: 001_a.sql:3:1: syntax error at or near ")"', "    );", "    ^"],
    ),
    Case(
        "a semicolon forgotten",
        {"001_a.sql": "CREATE TABLE a (id int)\nCREATE TABLE b (id int);\n"},
        1,
        ['migrator: error: 001_a.sql:2:1: syntax error at or near "CREATE"', "    CREATE TABLE b (id int);", "    ^"],
    ),
    Case(
        "the end missing",
        {"001_a.sql": f"{GOOD}\nCREATE TABLE b (\n    id int\n\n-- to be continued\n"},
        1,
        [
            (
                "migrator: error: 001_a.sql:4:11: syntax error at end of input; the statement that begins in "
                "line 3 is not finished"
            ),
            "        id int",
            "              ^",
        ],
    ),
    Case(
        "the end missing in one line",
        {"001_a.sql": "SELECT 1 +"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:11: syntax error at end of input; the statement that begins in "
                "line 1 is not finished"
            ),
            "    SELECT 1 +",
            "              ^",
        ],
    ),
    Case(
        "a quote that is not closed",
        {"001_a.sql": f"{GOOD}INSERT INTO a VALUES ('it''s);\nSELECT 1;\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:23: unterminated quoted string",
            "    INSERT INTO a VALUES ('it''s);",
            "                          ^",
        ],
    ),
    Case(
        "a quoted name that is not closed",
        {"001_a.sql": 'SELECT "a;\nSELECT 1;\n'},
        1,
        [
            "migrator: error: 001_a.sql:1:8: unterminated quoted identifier",
            '    SELECT "a;',
            "           ^",
        ],
    ),
    Case(
        "an empty quoted name",
        {"001_a.sql": 'SELECT "";\n'},
        1,
        [
            'migrator: error: 001_a.sql:1:8: zero-length delimited identifier at or near """"',
            '    SELECT "";',
            "           ^",
        ],
    ),
    Case(
        "a dollar quote that is not closed",
        {"001_a.sql": f"{GOOD}DO $body$ BEGIN NULL; END $$;\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:4: unterminated dollar-quoted string",
            "    DO $body$ BEGIN NULL; END $$;",
            "       ^",
        ],
    ),
    Case(
        "a comment that is not closed",
        {"001_a.sql": f"{GOOD}/* why /* nested */\nSELECT 1;\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:1: unterminated /* comment",
            "    /* why /* nested */",
            "    ^",
        ],
    ),
    Case(
        "an escape that is none",
        {"001_a.sql": "SELECT E'\\u12';\n"},
        1,
        [
            "migrator: error: 001_a.sql:1:10: invalid Unicode escape",
            "    SELECT E'\\u12';",
            "             ^",
        ],
    ),
    Case(
        "a word of psql's variables",
        {"001_a.sql": "SELECT :name;\n"},
        1,
        ['migrator: error: 001_a.sql:1:8: syntax error at or near ":"', "    SELECT :name;", "           ^"],
    ),
    Case(
        "another database's quotes",
        {"001_a.sql": "CREATE TABLE `a` (id int);\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:14: syntax error at or near "`"',
            "    CREATE TABLE `a` (id int);",
            "                 ^",
        ],
    ),
    Case(
        "another database's types",
        {"001_a.sql": "CREATE TABLE a (id int AUTO_INCREMENT);\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:24: syntax error at or near "AUTO_INCREMENT"',
            "    CREATE TABLE a (id int AUTO_INCREMENT);",
            "                           ^",
        ],
    ),
    Case(
        "marks of a merge",
        {"001_a.sql": "<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> other\n"},
        1,
        ['migrator: error: 001_a.sql:1:1: syntax error at or near "<<<<<<<"', "    <<<<<<< HEAD", "    ^"],
    ),
    Case(
        "a number with letters behind it",
        {"001_a.sql": "SELECT 12ab;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:8: trailing junk after numeric literal at or near "12ab"',
            "    SELECT 12ab;",
            "           ^",
        ],
    ),
    Case(
        "a space that looks like one",
        {"001_a.sql": "SELECT\u00a01;\n"},
        1,
        [
            (
                'migrator: error: 001_a.sql:1:1: syntax error at or near "SELECT\xa01"; '
                "it holds U+00A0, which is no blank to PostgreSQL"
            ),
            "    SELECT\xa01;",
            "    ^",
        ],
    ),
    Case(
        "quotes of a word processor, which count as letters",
        {"001_a.sql": "SELECT ‘a b’;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:8: column "‘a" does not exist (SQLSTATE 42703)',
            "    SELECT ‘a b’;",
            "           ^",
            ROLLED_BACK,
        ],
    ),
    Case(
        "wide characters before the place",
        {"001_a.sql": "SELECT '漢字かな한글🚀' FORM a;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:23: syntax error at or near "a"',
            "    SELECT '漢字かな한글🚀' FORM a;",
            "                                 ^",
        ],
    ),
    Case(
        "wide characters before the place, and no end",
        {"001_a.sql": "SELECT '漢字' +\n"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:14: syntax error at end of input; the statement that begins in "
                "line 1 is not finished"
            ),
            "    SELECT '漢字' +",
            "                   ^",
        ],
    ),
    Case(
        "combining characters before the place",
        {"001_a.sql": "SELECT 'cafe\u0301 n\u0303' FORM a b;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:24: syntax error at or near "a"',
            "    SELECT 'café ñ' FORM a b;",
            "                         ^",
        ],
    ),
    Case(
        "tabs before the place",
        {"001_a.sql": "SELECT\n\t\t'a'\tFORM\ta b;\n"},
        1,
        [
            'migrator: error: 001_a.sql:2:12: syntax error at or near "a"',
            "    \t\t'a'\tFORM\ta b;",
            "    \t\t   \t    \t^",
        ],
    ),
    Case(
        "lines that end with CR and LF",
        {"001_a.sql": "SELECT 1;\r\nSELEC 2;\r\nSELECT 3;\r\n"},
        1,
        ['migrator: error: 001_a.sql:2:1: syntax error at or near "SELEC"', "    SELEC 2;", "    ^"],
    ),
    Case(
        "lines that end with CR alone",
        {"001_a.sql": "SELECT 1;\rSELEC 2;\rSELECT 3;\r"},
        1,
        [
            'migrator: error: 001_a.sql:1:11: syntax error at or near "SELEC"',
            "    SELECT 1;␍SELEC 2;␍SELECT 3;",
            "              ^",
        ],
    ),
    Case(
        "a byte order mark before the place",
        {"001_a.sql": "\ufeffSELEC 1;\n"},
        1,
        ['migrator: error: 001_a.sql:1:1: syntax error at or near "SELEC"', "    SELEC 1;", "    ^"],
    ),
    Case(
        "a byte order mark in the middle",
        {"001_a.sql": "SELECT 1;\n\ufeffSELECT 2;\n"},
        1,
        [
            (
                'migrator: error: 001_a.sql:2:1: syntax error at or near "\ufeffSELECT"; '
                "it holds U+FEFF, which is no blank to PostgreSQL"
            ),
            "    �SELECT 2;",
            "    ^",
        ],
    ),
    Case(
        "a very long line",
        {"001_a.sql": f"INSERT INTO a VALUES {'(1, 2, 3), ' * 40}(1, 2 3){', (4, 5, 6)' * 40};\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:468: syntax error at or near "3"',
            "    …(1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2 3), (4, 5, 6), (4, 5, 6)…",
            "                                                       ^",
        ],
    ),
    Case(
        "a very long line, near its end",
        {"001_a.sql": f"SELECT '{'x' * 500}' AS a FORM b c;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:516: syntax error at or near "FORM"',
            f"    …{'x' * 58}' AS a FORM b c;",
            f"    {' ' * 66}^",
        ],
    ),
    Case(
        "control characters in the line",
        {"001_a.sql": "SELECT '\x1b[2J\x07\x9b' FORM\x1b[31m a b;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:21: syntax error at or near "�"',
            "    SELECT '␛[2J␇�' FORM␛[31m a b;",
            "                        ^",
        ],
    ),
    Case(
        "letters that change the direction",
        {"001_a.sql": "SELECT '\u202egnirts' FORM a b;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:23: syntax error at or near "a"',
            "    SELECT '�gnirts' FORM a b;",
            "                          ^",
        ],
    ),
    Case(
        "mistakes in several files",
        {"001_a.sql": GOOD, "002_b.sql": "SELEC 2;\n", "003_c.sql": "SELECT 3 +;\n"},
        1,
        [
            'migrator: error: 002_b.sql:1:1: syntax error at or near "SELEC"',
            "    SELEC 2;",
            "    ^",
            '003_c.sql:1:11: syntax error at or near ";"',
            "    SELECT 3 +;",
            "              ^",
        ],
    ),
]
