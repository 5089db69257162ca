"""SQL that PostgreSQL can read, and that cannot stand in a migration."""

from __future__ import annotations

from tests.integration.migrator.bad_input.case import Case

PSQL = "is a command of psql, not SQL: write what it does as SQL, or remove it"
OUTSIDE = "PostgreSQL runs this outside of a transaction only: put -- migrate: no-transaction above the first statement"
ONE_TRANSACTION = "a migration is one transaction already: remove its own BEGIN, COMMIT, ROLLBACK and the like"
T = "CREATE TABLE a (id int);\n"
DUMPED = """\
--
-- PostgreSQL database dump
--

\\restrict pJ3kq0fVwRtYb7

SET statement_timeout = 0;
CREATE TABLE a (id int);

\\unrestrict pJ3kq0fVwRtYb7
"""

CASES = [
    Case(
        "BEGIN",
        {"001_a.sql": f"BEGIN;\n{T}COMMIT;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {ONE_TRANSACTION}",
            "    BEGIN;",
            "    ^",
        ],
    ),
    Case(
        "COMMIT",
        {"001_a.sql": f"{T}COMMIT;\nSELECT 1/0;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {ONE_TRANSACTION}",
            "    COMMIT;",
            "    ^",
        ],
    ),
    Case(
        "END",
        {"001_a.sql": f"{T}END;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {ONE_TRANSACTION}",
            "    END;",
            "    ^",
        ],
    ),
    Case(
        "ROLLBACK",
        {"001_a.sql": f"{T}  rollback work;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:3: {ONE_TRANSACTION}",
            "      rollback work;",
            "      ^",
        ],
    ),
    Case(
        "ABORT",
        {"001_a.sql": f"{T}ABORT;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {ONE_TRANSACTION}",
            "    ABORT;",
            "    ^",
        ],
    ),
    Case(
        "SAVEPOINT",
        {"001_a.sql": "SAVEPOINT s;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {ONE_TRANSACTION}",
            "    SAVEPOINT s;",
            "    ^",
        ],
    ),
    Case(
        "RELEASE",
        {"001_a.sql": "RELEASE SAVEPOINT s;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {ONE_TRANSACTION}",
            "    RELEASE SAVEPOINT s;",
            "    ^",
        ],
    ),
    Case(
        "START TRANSACTION",
        {"001_a.sql": "-- all or nothing\nSTART TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {ONE_TRANSACTION}",
            "    START TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
            "    ^",
        ],
    ),
    Case(
        "PREPARE TRANSACTION",
        {"001_a.sql": f"{T}PREPARE TRANSACTION 'later';\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {ONE_TRANSACTION}",
            "    PREPARE TRANSACTION 'later';",
            "    ^",
        ],
    ),
    Case(
        "COMMIT PREPARED",
        {"001_a.sql": "COMMIT PREPARED 'later';\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {ONE_TRANSACTION}",
            "    COMMIT PREPARED 'later';",
            "    ^",
        ],
    ),
    Case(
        "SET TRANSACTION",
        {"001_a.sql": "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {ONE_TRANSACTION}",
            "    SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
            "    ^",
        ],
    ),
    Case(
        "BEGIN in a file without a transaction",
        {"001_a.sql": "-- migrate: no-transaction\nBEGIN;\n"},
        1,
        [
            (
                "migrator: error: 001_a.sql:2:1: a file without a transaction runs statement by statement: remove "
                "its own BEGIN, COMMIT, ROLLBACK and the like"
            ),
            "    BEGIN;",
            "    ^",
        ],
    ),
    Case(
        "COPY with its data",
        {"001_a.sql": f"{T}COPY a (id) FROM stdin;\n1\n2\n\\.\n"},
        1,
        [
            'migrator: error: 001_a.sql:3:1: syntax error at or near "1". This is data for COPY: '
            "write INSERT instead, as pg_dump does with --inserts",
            "    1",
            "    ^",
        ],
    ),
    Case(
        "COPY with data that could be SQL",
        {"001_a.sql": f"{T}COPY a FROM STDIN;\n\\.\n"},
        1,
        [
            'migrator: error: 001_a.sql:3:1: syntax error at or near "\\". This is data for COPY: '
            "write INSERT instead, as pg_dump does with --inserts",
            "    \\.",
            "    ^",
        ],
    ),
    Case(
        "COPY FROM STDIN without data",
        {"001_a.sql": f"{T}COPY a FROM STDIN;\n"},
        1,
        [
            (
                "migrator: error: 001_a.sql:2:1: the migrator has no data to copy: write INSERT instead, as "
                "pg_dump does with --inserts"
            ),
            "    COPY a FROM STDIN;",
            "    ^",
        ],
    ),
    Case(
        "COPY TO STDOUT",
        {"001_a.sql": f"{T}COPY (SELECT 1) TO STDOUT WITH (FORMAT csv);\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:1: nobody would read what this copies out: remove it",
            "    COPY (SELECT 1) TO STDOUT WITH (FORMAT csv);",
            "    ^",
        ],
    ),
    Case(
        "a file included by psql",
        {"001_a.sql": f"{T}\\i other.sql\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: \\i {PSQL}",
            "    \\i other.sql",
            "    ^",
        ],
    ),
    Case(
        "a file included by psql, at the start",
        {"001_a.sql": "\\ir other.sql\nSELECT 1;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: \\ir {PSQL}",
            "    \\ir other.sql",
            "    ^",
        ],
    ),
    Case(
        "a dump made for psql",
        {"001_a.sql": DUMPED},
        1,
        [
            (
                "migrator: error: 001_a.sql:5:1: \\restrict is a guard that pg_dump writes for psql: remove both "
                "of its lines"
            ),
            "    \\restrict pJ3kq0fVwRtYb7",
            "    ^",
        ],
    ),
    Case(
        "another database chosen in psql",
        {"001_a.sql": f"{T}\\connect orderly\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: \\connect {PSQL}",
            "    \\connect orderly",
            "    ^",
        ],
    ),
    Case(
        "psql's copy",
        {"001_a.sql": "\\copy a from 'rows.csv' csv\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: \\copy {PSQL}",
            "    \\copy a from 'rows.csv' csv",
            "    ^",
        ],
    ),
    Case(
        "psql's variables",
        {"001_a.sql": "\\set name 'a'\nCREATE TABLE :name (id int);\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: \\set {PSQL}",
            "    \\set name 'a'",
            "    ^",
        ],
    ),
    Case(
        "psql's command for a semicolon",
        {"001_a.sql": "SELECT 'CREATE TABLE b (id int)' \\gexec\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:34: \\gexec {PSQL}",
            "    SELECT 'CREATE TABLE b (id int)' \\gexec",
            "                                     ^",
        ],
    ),
    Case(
        "DISCARD ALL",
        {"001_a.sql": f"{T}DISCARD ALL;\n"},
        1,
        [
            (
                "migrator: error: 001_a.sql:2:1: this would release the migrator's lock: remove it; the session "
                "is reset after each file"
            ),
            "    DISCARD ALL;",
            "    ^",
        ],
    ),
    Case(
        "strings read in another way",
        {"001_a.sql": "SET standard_conforming_strings = off;\nSELECT 'a\\'b';\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:12: unterminated bit string literal",
            "    SELECT 'a\\'b';",
            "               ^",
        ],
    ),
    Case(
        "strings to be read in another way",
        {"001_a.sql": "SET standard_conforming_strings = off;\n"},
        1,
        [
            ("migrator: error: 001_a.sql:1:1: files are read with standard_conforming_strings on: write E'…' instead"),
            "    SET standard_conforming_strings = off;",
            "    ^",
        ],
    ),
    Case(
        "CREATE INDEX CONCURRENTLY",
        {"001_a.sql": f"{T}CREATE INDEX CONCURRENTLY a_id ON a (id);\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {OUTSIDE}",
            "    CREATE INDEX CONCURRENTLY a_id ON a (id);",
            "    ^",
        ],
    ),
    Case(
        "DROP INDEX CONCURRENTLY",
        {"001_a.sql": "DROP INDEX CONCURRENTLY a_id;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    DROP INDEX CONCURRENTLY a_id;",
            "    ^",
        ],
    ),
    Case(
        "REINDEX CONCURRENTLY",
        {"001_a.sql": "REINDEX (CONCURRENTLY) TABLE a;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    REINDEX (CONCURRENTLY) TABLE a;",
            "    ^",
        ],
    ),
    Case(
        "REINDEX of a schema",
        {"001_a.sql": "REINDEX SCHEMA app;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    REINDEX SCHEMA app;",
            "    ^",
        ],
    ),
    Case(
        "DETACH PARTITION CONCURRENTLY",
        {"001_a.sql": "ALTER TABLE a DETACH PARTITION b CONCURRENTLY;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    ALTER TABLE a DETACH PARTITION b CONCURRENTLY;",
            "    ^",
        ],
    ),
    Case(
        "VACUUM",
        {"001_a.sql": f"{T}VACUUM ANALYZE a;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:2:1: {OUTSIDE}",
            "    VACUUM ANALYZE a;",
            "    ^",
        ],
    ),
    Case(
        "CREATE DATABASE",
        {"001_a.sql": "CREATE DATABASE other;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    CREATE DATABASE other;",
            "    ^",
        ],
    ),
    Case(
        "DROP DATABASE",
        {"001_a.sql": "DROP DATABASE IF EXISTS other;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    DROP DATABASE IF EXISTS other;",
            "    ^",
        ],
    ),
    Case(
        "CREATE TABLESPACE",
        {"001_a.sql": "CREATE TABLESPACE fast LOCATION '/fast';\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    CREATE TABLESPACE fast LOCATION '/fast';",
            "    ^",
        ],
    ),
    Case(
        "ALTER SYSTEM",
        {"001_a.sql": "ALTER SYSTEM SET work_mem = '1GB';\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    ALTER SYSTEM SET work_mem = '1GB';",
            "    ^",
        ],
    ),
    Case(
        "CREATE SUBSCRIPTION",
        {"001_a.sql": "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;\n"},
        1,
        [
            f"migrator: error: 001_a.sql:1:1: {OUTSIDE}",
            "    CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;",
            "    ^",
        ],
    ),
    Case(
        "a concurrent index without a name",
        {"001_a.sql": "-- migrate: no-transaction\n\nCREATE INDEX CONCURRENTLY ON a (id);\n"},
        1,
        [
            (
                "migrator: error: 001_a.sql:3:1: give the index a name, so that a build that was cut off can be "
                "told from a finished one"
            ),
            "    CREATE INDEX CONCURRENTLY ON a (id);",
            "    ^",
        ],
    ),
    Case(
        "a statement only in the second file",
        {"001_a.sql": T, "002_b.sql": "SELECT 1;\n\nVACUUM a;\n"},
        1,
        [
            f"migrator: error: 002_b.sql:3:1: {OUTSIDE}",
            "    VACUUM a;",
            "    ^",
        ],
    ),
]
