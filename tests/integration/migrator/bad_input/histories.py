"""Files and a record that disagree."""

from __future__ import annotations

from tests.integration.migrator.bad_input.case import BAD_NAME, Case, History

GONE = "was applied, and the file is gone. Restore it, or deploy the release that has it."

NOT_OURS = (
    "so another tool made it, or an older migrator. Set MIGRATIONS_TABLE to a name of its own for the first; "
    "run “up” once for the second."
)
REFUSED = (
    "migrator: error: The database refuses public.schema_migrations: permission denied for table schema_migrations. "
    "Run as the role that owns it, the migrator's."
)
A = "CREATE TABLE a (id int);\n"
B = "CREATE TABLE b (id int);\n"
C = "CREATE TABLE c (id int);\n"
APPLIED = History({"001_a.sql": A, "003_c.sql": C})

HALF = "-- migrate: no-transaction\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\nSELECT 1/0;\n"
HALF_DONE = History({"001_half.sql": HALF}, code=1)

OTHERS = History(sql="CREATE TABLE public.schema_migrations (version text PRIMARY KEY)")
OLDER = History(
    sql="CREATE TABLE public.schema_migrations "
    "(version bigint PRIMARY KEY, name text, checksum text, applied_at timestamptz NOT NULL, duration interval);"
    "ALTER TABLE public.schema_migrations OWNER TO migrator"
)
LOCKED_AWAY = History({"001_a.sql": A}, sql="ALTER TABLE public.schema_migrations OWNER TO postgres")
NO_ROOM = History(sql="REVOKE CREATE ON SCHEMA public FROM migrator")


def changed(name: str) -> str:
    return (
        f"{name}: was changed after it was applied. Restore it, and put the change into a new file; "
        f"where it does not matter, as in a comment, “repair {name}” accepts it."
    )


CASES = [
    Case(
        "an applied file was changed",
        {"001_a.sql": A.replace("int", "bigint"), "003_c.sql": C},
        3,
        ["migrator: error: " + changed("001_a.sql")],
        history=APPLIED,
    ),
    Case(
        "only a comment was changed",
        {"001_a.sql": f"-- why\n{A}", "003_c.sql": C},
        3,
        ["migrator: error: " + changed("001_a.sql")],
        history=APPLIED,
    ),
    Case(
        "an applied file is gone",
        {"003_c.sql": C},
        3,
        [f"migrator: error: 001_a.sql: {GONE}"],
        history=APPLIED,
    ),
    Case(
        "an applied file lost its ending",
        {"001_a.sql.bak": A, "003_c.sql": C},
        3,
        [f"migrator: error: 001_a.sql: {GONE}"],
        history=APPLIED,
    ),
    Case(
        "all applied files are gone",
        {},
        3,
        [
            (
                "migrator: error: <directory>: holds no .sql file. Set MIGRATIONS_DIR to the directory that "
                "holds the .sql files."
            )
        ],
        history=APPLIED,
    ),
    Case(
        "a new file below",
        {"001_a.sql": A, "002_b.sql": B, "003_c.sql": C},
        3,
        ["migrator: error: 002_b.sql: is new, but 3 is applied already. Give it a higher number."],
        history=APPLIED,
    ),
    Case(
        "all of that together, with bad names",
        {"002_b.sql": B, "003_c.sql": f"{C}SELECT 1;\n", "004_d e.sql": A, "005_f.sql": b"\xff", "05_g.sql": A},
        3,
        [
            f"migrator: error: 004_d e.sql: {BAD_NAME}",
            "005_f.sql: is not UTF-8: invalid start byte at byte 0. Save it as UTF-8.",
            f"001_a.sql: {GONE}",
            changed("003_c.sql"),
            "002_b.sql: is new, but 3 is applied already. Give it a higher number.",
        ],
        history=APPLIED,
    ),
    Case(
        "an applied file has a bad name now",
        {"001_a b.sql": A, "003_c.sql": C},
        3,
        [
            f"migrator: error: 001_a b.sql: {BAD_NAME}",
            f"001_a.sql: {GONE}",
        ],
        history=APPLIED,
    ),
    Case(
        "two applied files have exchanged their numbers",
        {"001_c.sql": C, "003_a.sql": A},
        3,
        [
            "migrator: error: " + changed("001_c.sql"),
            changed("003_a.sql"),
        ],
        history=APPLIED,
    ),
    Case(
        "the finished part of a half-done file was edited",
        {"001_half.sql": HALF.replace("b (id int)", "b (id bigint)")},
        3,
        [
            (
                "migrator: error: 001_half.sql: 2 of its statements are done, and that part was edited. Restore "
                "it; or see “repair 001_half.sql”, which makes it begin anew."
            )
        ],
        history=HALF_DONE,
    ),
    Case(
        "the finished part of a half-done file was shortened",
        {"001_half.sql": HALF.replace(B, "")},
        3,
        [
            (
                "migrator: error: 001_half.sql: 2 of its statements are done, and that part was edited. Restore "
                "it; or see “repair 001_half.sql”, which makes it begin anew."
            )
        ],
        history=HALF_DONE,
    ),
    Case(
        "a half-done file lost its directive",
        {"001_half.sql": HALF.partition("\n")[2]},
        3,
        [
            (
                "migrator: error: 001_half.sql: 2 of its statements are done, and it no longer says "
                "no-transaction. Restore it; or see “repair 001_half.sql”, which makes it begin anew."
            )
        ],
        history=HALF_DONE,
    ),
    Case(
        "a half-done file is gone",
        {"002_b.sql": B},
        3,
        [
            (
                "migrator: error: 001_half.sql: is half done, and the file is gone. Restore it, or deploy the "
                "release that has it."
            ),
        ],
        history=HALF_DONE,
    ),
    Case(
        "a half-done file fails once more",
        {"001_half.sql": HALF},
        1,
        [
            "migrator: error: 001_half.sql:4:1: division by zero (SQLSTATE 22012)",
            "    SELECT 1/0;",
            "    ^",
            "The 2 before it stay done; the next run goes on with this one. Mend it and run again.",
        ],
        history=HALF_DONE,
    ),
    Case(
        "somebody else's table has the record's name",
        {"001_a.sql": A},
        3,
        [f"migrator: error: public.schema_migrations: lacks applied_at, checksum, duration, name, {NOT_OURS}"],
        history=OTHERS,
    ),
    Case(
        "somebody else's table, for “status”",
        {"001_a.sql": A},
        3,
        [
            (
                "migrator: error: public.schema_migrations: lacks applied_at, checksum, duration, finished_part, name, "
                f"running, statements, {NOT_OURS}"
            ),
        ],
        history=OTHERS,
        arguments=("status",),
    ),
    Case(
        "an older migrator's record, for “plan”",
        {"001_a.sql": A},
        3,
        [f"migrator: error: public.schema_migrations: lacks finished_part, running, statements, {NOT_OURS}"],
        history=OLDER,
        arguments=("plan",),
    ),
    Case("a record that others own", {"001_a.sql": A, "002_b.sql": B}, 1, [REFUSED], history=LOCKED_AWAY),
    Case(
        "a record that others own, for “status”",
        {"001_a.sql": A},
        1,
        [REFUSED],
        history=LOCKED_AWAY,
        arguments=("status",),
    ),
    Case(
        "no right to make the record",
        {"001_a.sql": A},
        1,
        [
            (
                "migrator: error: The database refuses public.schema_migrations: permission denied for schema "
                "public. The migrator's role needs CREATE on the schema public."
            ),
        ],
        history=NO_ROOM,
    ),
    Case(
        "an applied file was changed, for “plan”",
        {"001_a.sql": B, "003_c.sql": C, "004_d.sql": B},
        3,
        ["migrator: error: " + changed("001_a.sql")],
        history=APPLIED,
        arguments=("plan",),
    ),
    Case(
        "an applied file was changed, for “dry-run”",
        {"001_a.sql": B, "003_c.sql": C},
        3,
        ["migrator: error: " + changed("001_a.sql")],
        history=APPLIED,
        arguments=("dry-run",),
    ),
    Case(
        "a new file that “dry-run” finds to fail",
        {"001_a.sql": A, "003_c.sql": C, "004_d.sql": f"{B}{A}"},
        1,
        [
            'migrator: error: 004_d.sql:2:1: relation "a" already exists (SQLSTATE 42P07)',
            "    CREATE TABLE a (id int);",
            "    ^",
            "All of it was rolled back, and nothing recorded. Mend it and run again.",
        ],
        history=APPLIED,
        arguments=("dry-run",),
    ),
]
