"""Names, numbers and encodings; directories that hold no migrations."""

from __future__ import annotations

from tests.integration.migrator.bad_input.case import BAD_NAME, Case, Odd

NOT_THERE = "Set MIGRATIONS_DIR to the directory that holds the .sql files."
SQL = "CREATE TABLE a (id int);\n"

CASES = [
    Case(
        "no number",
        {"orders.sql": SQL},
        3,
        [f"migrator: error: orders.sql: {BAD_NAME}"],
    ),
    Case(
        "nothing but a number",
        {"001.sql": SQL},
        3,
        [f"migrator: error: 001.sql: {BAD_NAME}"],
    ),
    Case(
        "no name behind the number",
        {"001_.sql": SQL},
        3,
        [f"migrator: error: 001_.sql: {BAD_NAME}"],
    ),
    Case(
        "a dash behind the number",
        {"001-orders.sql": SQL},
        3,
        [f"migrator: error: 001-orders.sql: {BAD_NAME}"],
    ),
    Case(
        "a space in the name",
        {"001_add orders.sql": SQL},
        3,
        [f"migrator: error: 001_add orders.sql: {BAD_NAME}"],
    ),
    Case(
        "a dot in the name",
        {"001_add.orders.sql": SQL},
        3,
        [f"migrator: error: 001_add.orders.sql: {BAD_NAME}"],
    ),
    Case(
        "a letter with an accent in the name",
        {"001_café.sql": SQL},
        3,
        [f"migrator: error: 001_café.sql: {BAD_NAME}"],
    ),
    Case(
        "a control character in the name",
        {"001_a\x1b[31m.sql": SQL},
        3,
        [f"migrator: error: 001_a�[31m.sql: {BAD_NAME}"],
    ),
    Case(
        "a number of 19 digits",
        {"1234567890123456789_orders.sql": SQL},
        3,
        [f"migrator: error: 1234567890123456789_orders.sql: {BAD_NAME}"],
    ),
    Case(
        "a fraction for a number",
        {"1.5_orders.sql": SQL},
        3,
        [f"migrator: error: 1.5_orders.sql: {BAD_NAME}"],
    ),
    Case(
        "an ending in capital letters",
        {"001_orders.SQL": SQL},
        3,
        [f"migrator: error: 001_orders.SQL: {BAD_NAME}"],
    ),
    Case(
        "a file that undoes another",
        {"001_orders.sql": SQL, "001_orders.down.sql": "DROP TABLE a;"},
        3,
        [
            (
                "migrator: error: 001_orders.down.sql: undoes a migration, and migrations go forward only. Move "
                "it elsewhere; write a new file to undo one."
            )
        ],
    ),
    Case(
        "a number given twice",
        {"001_a.sql": SQL, "001_b.sql": SQL},
        3,
        ["migrator: error: 001_b.sql: 001_a.sql has the number 1 too. Renumber the newer file."],
    ),
    Case(
        "a number given twice, once with fewer noughts",
        {"001_a.sql": SQL, "1_b.sql": SQL},
        3,
        ["migrator: error: 1_b.sql: 001_a.sql has the number 1 too. Renumber the newer file."],
    ),
    Case(
        "a number given three times",
        {"001_a.sql": SQL, "001_b.sql": SQL, "001_c.sql": SQL},
        3,
        [
            "migrator: error: 001_b.sql: 001_a.sql has the number 1 too. Renumber the newer file.",
            "001_c.sql: 001_a.sql has the number 1 too. Renumber the newer file.",
        ],
    ),
    Case(
        "many faults in one directory",
        {
            "001_a.sql": SQL,
            "01_b.sql": SQL,
            "002_c d.sql": SQL,
            "003_latin.sql": b"SELECT '\xe9';",
            "004_e.down.sql": SQL,
            "f.sql": SQL,
        },
        3,
        [
            f"migrator: error: 002_c d.sql: {BAD_NAME}",
            "003_latin.sql: is not UTF-8: invalid continuation byte at byte 8. Save it as UTF-8.",
            (
                "004_e.down.sql: undoes a migration, and migrations go forward only. Move it elsewhere; write a "
                "new file to undo one."
            ),
            "01_b.sql: 001_a.sql has the number 1 too. Renumber the newer file.",
            f"f.sql: {BAD_NAME}",
        ],
    ),
    Case(
        "not UTF-8 but Latin-1",
        {"001_a.sql": "SELECT 'é';\n".encode("latin-1")},
        3,
        ["migrator: error: 001_a.sql: is not UTF-8: invalid continuation byte at byte 8. Save it as UTF-8."],
    ),
    Case(
        "UTF-8 that is cut off",
        {"001_a.sql": "SELECT 'é".encode()[:-1]},
        3,
        ["migrator: error: 001_a.sql: is not UTF-8: unexpected end of data at byte 8. Save it as UTF-8."],
    ),
    Case(
        "UTF-16 with a byte order mark",
        {"001_a.sql": SQL.encode("utf-16")},
        3,
        ["migrator: error: 001_a.sql: is not UTF-8: invalid start byte at byte 0. Save it as UTF-8."],
    ),
    Case(
        "UTF-16 without a byte order mark",
        {"001_a.sql": SQL.encode("utf-16-le")},
        3,
        ["migrator: error: 001_a.sql: holds a NUL character in line 1. Save it as UTF-8."],
    ),
    Case(
        "a NUL character",
        {"001_a.sql": "SELECT 1;\nSELECT 'a\0b';\n"},
        3,
        ["migrator: error: 001_a.sql: holds a NUL character in line 2. Save it as UTF-8."],
    ),
    Case(
        "a directory with the name of a file",
        {"001_a.sql": SQL, "003_x.sql": Odd.DIRECTORY},
        3,
        ["migrator: error: 003_x.sql: cannot be read: Is a directory. Mend it, or move it elsewhere."],
    ),
    Case(
        "a link to nowhere",
        {"001_a.sql": Odd.LINK_TO_NOWHERE},
        3,
        ["migrator: error: 001_a.sql: cannot be read: No such file or directory. Mend it, or move it elsewhere."],
    ),
    Case(
        "a link to itself",
        {"001_a.sql": Odd.LINK_TO_ITSELF},
        3,
        [
            (
                "migrator: error: 001_a.sql: cannot be read: Too many levels of symbolic links. "
                "Mend it, or move it elsewhere."
            )
        ],
    ),
    Case(
        "an empty directory",
        {},
        3,
        [f"migrator: error: <directory>: holds no .sql file. {NOT_THERE}"],
    ),
    Case(
        "a directory without SQL",
        {"README.md": "Nothing here.", ".001_hidden.sql": SQL},
        3,
        [f"migrator: error: <directory>: holds no .sql file. {NOT_THERE}"],
    ),
    Case(
        "no such directory",
        {},
        3,
        [f"migrator: error: <directory>/nowhere: No such file or directory. {NOT_THERE}"],
        settings={"MIGRATIONS_DIR": "<directory>/nowhere"},
    ),
    Case(
        "a file for a directory",
        {"a.sql": SQL},
        3,
        [f"migrator: error: <directory>/a.sql: Not a directory. {NOT_THERE}"],
        settings={"MIGRATIONS_DIR": "<directory>/a.sql"},
    ),
]
