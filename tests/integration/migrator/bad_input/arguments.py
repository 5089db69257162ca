"""Arguments and settings."""

from __future__ import annotations

from tests.hostile import PASSWORD_MARK
from tests.integration.migrator.bad_input.case import BAD_NAME, Case, Files, History

SECONDS = "must be a number from 0 to 2000000. Give the seconds"
BAD_TABLE = (
    "MIGRATIONS_TABLE: is not the name of a table. Give it as table or schema.table, in lower case letters, "
    "digits and underscores."
)
UNCLEAR_URL = (
    "DATABASE_URL: cannot be understood. Give the database as postgresql://ROLE@HOST:5432/NAME. In a name or a "
    "password, write @ : / ? # % as %40 and so on."
)
FILES: Files = {"001_a.sql": "CREATE TABLE a (id int);\n", "002_b.sql": "CREATE TABLE b (id int);\n"}
CHANGED: Files = {**FILES, "002_b.sql": "CREATE TABLE b (id bigint);\n"}
APPLIED = History(FILES)


def called(title: str, arguments: str, said: list[str], **others: str) -> Case:
    return Case(title, FILES, 2, said, arguments=tuple(arguments.split()), settings=others)


def configured(title: str, said: list[str], **settings: str) -> Case:
    return Case(title, FILES, 2, said, settings=settings)


CASES = [
    called(
        "an unknown command",
        "down",
        [
            "usage: migrator [-h] [--log-format {text,json}] COMMAND ...",
            (
                "migrator: error: argument COMMAND: invalid choice: 'down' (choose from up, plan, dry-run, "
                "status, verify, baseline, new, repair)"
            ),
        ],
    ),
    called(
        "an unknown option",
        "up --force",
        [
            "usage: migrator [-h] [--log-format {text,json}] COMMAND ...",
            "migrator: error: unrecognized arguments: --force",
        ],
    ),
    called(
        "an argument too many",
        "up 002_b.sql",
        [
            "usage: migrator [-h] [--log-format {text,json}] COMMAND ...",
            "migrator: error: unrecognized arguments: 002_b.sql",
        ],
    ),
    called("a number that no file has", "up --to 7", ["migrator: error: No file has the number 7; the newest is 2."]),
    called(
        "a word for a number",
        "up --to abc",
        [
            "usage: migrator up [-h] [--allow-out-of-order] [--to N]",
            "migrator up: error: argument --to: give the number of a file",
        ],
    ),
    called(
        "a number below nought",
        "up --to -1",
        [
            "usage: migrator up [-h] [--allow-out-of-order] [--to N]",
            "migrator up: error: argument --to: give the number of a file",
        ],
    ),
    called(
        "an option without its number",
        "up --to",
        [
            "usage: migrator up [-h] [--allow-out-of-order] [--to N]",
            "migrator up: error: argument --to: expected one argument",
        ],
    ),
    called(
        "an unknown format of the log",
        "--log-format xml up",
        [
            "usage: migrator [-h] [--log-format {text,json}] COMMAND ...",
            "migrator: error: argument --log-format: invalid choice: 'xml' (choose from text, json)",
        ],
    ),
    called(
        "a plan up to a number that no file has",
        "plan --to 7",
        ["migrator: error: No file has the number 7; the newest is 2."],
    ),
    called(
        "a dry run up to a number that no file has",
        "dry-run --to 7",
        ["migrator: error: No file has the number 7; the newest is 2."],
    ),
    called(
        "a baseline of a number that no file has",
        "baseline 7",
        ["migrator: error: No file has the number 7; the newest is 2."],
    ),
    called(
        "a baseline of nothing",
        "baseline",
        ["usage: migrator baseline [-h] N", "migrator baseline: error: the following arguments are required: N"],
    ),
    Case(
        "a baseline of a database that has a record",
        FILES,
        3,
        [
            (
                "migrator: error: public.schema_migrations: has a record already, up to 2. A baseline is for a "
                "database without one; “status” shows what is recorded."
            )
        ],
        history=APPLIED,
        arguments=("baseline", "1"),
    ),
    Case(
        "a baseline of files with bad names",
        {"001 a.sql": ""},
        3,
        [f"migrator: error: 001 a.sql: {BAD_NAME}"],
        arguments=("baseline", "1"),
    ),
    called(
        "a repair of a file that is missing",
        "repair 003_c.sql",
        ["migrator: error: 003_c.sql: no such file in <directory>. Give its whole name, as “status” shows it."],
    ),
    called(
        "a repair of half a name",
        "repair 002",
        ["migrator: error: 002: no such file in <directory>. Give its whole name, as “status” shows it."],
    ),
    called(
        "a repair of nothing",
        "repair",
        [
            "usage: migrator repair [-h] [--yes] FILE",
            "migrator repair: error: the following arguments are required: FILE",
        ],
    ),
    Case(
        "a repair that nobody agreed to",
        CHANGED,
        2,
        ["migrator: error: Nothing was changed. Add --yes to do it."],
        [
            "002_b.sql: was changed after it was applied on <date>.",
            "  recorded 07bbd90b208c445921accaef655512d2f9ab45bc584c5f71c3b8bc043e290d02",
            "  now      1aec3fe43fa89773c8011b229b50bc8123874e67ecb1981464bbf6157902752b",
            "The record will take the file as it is now. Nothing is run: the change does not reach the database.",
        ],
        history=APPLIED,
        arguments=("repair", "002_b.sql"),
    ),
    called(
        "a new file without a name",
        "new -- ---",
        ["migrator: error: Name the file after what it does, in letters from a to z, for example add_orders."],
    ),
    called(
        "a new file with a name in other letters",
        "new 漢字",
        ["migrator: error: Name the file after what it does, in letters from a to z, for example add_orders."],
    ),
    Case(
        "a new file beside one that cannot be counted",
        {"a.sql": ""},
        3,
        [f"migrator: error: a.sql: {BAD_NAME}"],
        arguments=("new", "add_orders"),
    ),
    Case(
        "“verify” with a bad name and bad SQL",
        {"a.sql": "", "001_b.sql": "SELEC 1;\n"},
        3,
        [
            f"migrator: error: a.sql: {BAD_NAME}",
            '001_b.sql:1:1: syntax error at or near "SELEC"',
            "    SELEC 1;",
            "    ^",
        ],
        arguments=("verify",),
    ),
    Case(
        "“verify” with bad SQL",
        {"001_a.sql": "SELEC 1;\n", "002_b.sql": "BEGIN;\n"},
        1,
        [
            'migrator: error: 001_a.sql:1:1: syntax error at or near "SELEC"',
            "    SELEC 1;",
            "    ^",
            (
                "002_b.sql:1:1: a migration is one transaction already: remove its own BEGIN, COMMIT, ROLLBACK "
                "and the like"
            ),
            "    BEGIN;",
            "    ^",
        ],
        arguments=("verify",),
    ),
    configured(
        "no database given",
        ["migrator: error: DATABASE_URL: is missing. Give the database as postgresql://ROLE@HOST:5432/NAME."],
        DATABASE_URL="",
    ),
    configured(
        "a database in another form",
        [
            (
                "migrator: error: DATABASE_URL: must start with postgresql://. Give the database as "
                "postgresql://ROLE@HOST:5432/NAME."
            )
        ],
        DATABASE_URL=f"host=db user=migrator password={PASSWORD_MARK}",
    ),
    configured(
        "another kind of database",
        [
            (
                "migrator: error: DATABASE_URL: must start with postgresql://. Give the database as "
                "postgresql://ROLE@HOST:5432/NAME."
            )
        ],
        DATABASE_URL=f"mysql://migrator:{PASSWORD_MARK}@db/orderly",
    ),
    configured(
        "a URL with half a bracket",
        [f"migrator: error: {UNCLEAR_URL}"],
        DATABASE_URL=f"postgresql://migrator:{PASSWORD_MARK}@[db/orderly",
    ),
    configured(
        "a URL with a word for a port",
        [f"migrator: error: {UNCLEAR_URL}"],
        DATABASE_URL=f"postgresql://migrator:{PASSWORD_MARK}@db:port/orderly",
    ),
    configured(
        "a URL with a slash in its password",
        [
            "migrator: error: DATABASE_URL: holds an @ behind the host. "
            "In a name or a password, write @ : / ? # % as %40 and so on."
        ],
        DATABASE_URL=f"postgresql://migrator:a/{PASSWORD_MARK}@db/orderly",
    ),
    configured(
        "a URL with a mark in its password",
        [f"migrator: error: {UNCLEAR_URL}"],
        DATABASE_URL=f"postgresql://migrator:a?{PASSWORD_MARK}@db/orderly",
    ),
    configured(
        "a URL with an unknown option",
        [f"migrator: error: {UNCLEAR_URL}"],
        DATABASE_URL=f"postgresql://u:{PASSWORD_MARK}@db/orderly?sslmode=perhaps",
    ),
    configured(
        "a record with a bad name",
        [f"migrator: error: {BAD_TABLE}"],
        MIGRATIONS_TABLE='public."Schema Migrations"',
    ),
    configured(
        "a record with a name of three parts",
        [f"migrator: error: {BAD_TABLE}"],
        MIGRATIONS_TABLE="orderly.public.schema_migrations",
    ),
    configured(
        "a record with a name that is too long",
        [f"migrator: error: {BAD_TABLE}"],
        MIGRATIONS_TABLE="a" * 64,
    ),
    configured(
        "a word for seconds",
        [f"migrator: error: LOCK_WAIT_SECONDS: {SECONDS} to wait for another migrator."],
        LOCK_WAIT_SECONDS="soon",
    ),
    configured(
        "seconds below nought",
        [f"migrator: error: DATABASE_WAIT_SECONDS: {SECONDS} to wait until the database answers."],
        DATABASE_WAIT_SECONDS="-1",
    ),
    configured(
        "seconds that are no number",
        [f"migrator: error: LOCK_TIMEOUT_SECONDS: {SECONDS} that a statement waits for a table in use."],
        LOCK_TIMEOUT_SECONDS="nan",
    ),
    configured(
        "seconds without an end",
        [f"migrator: error: LOCK_RETRY_SECONDS: {SECONDS} to go on trying for a table in use."],
        LOCK_RETRY_SECONDS="inf",
    ),
    configured(
        "seconds with a unit",
        [f"migrator: error: LOCK_TIMEOUT_SECONDS: {SECONDS} that a statement waits for a table in use."],
        LOCK_TIMEOUT_SECONDS="5s",
    ),
    configured(
        "another format of the log",
        ["migrator: error: LOG_FORMAT: is neither of the two. Choose text or json."],
        LOG_FORMAT="xml",
    ),
    configured(
        "many settings at once",
        [
            "migrator: error: DATABASE_URL: is missing. Give the database as postgresql://ROLE@HOST:5432/NAME.",
            f"{BAD_TABLE}",
            f"DATABASE_WAIT_SECONDS: {SECONDS} to wait until the database answers.",
            f"LOCK_WAIT_SECONDS: {SECONDS} to wait for another migrator.",
            f"LOCK_TIMEOUT_SECONDS: {SECONDS} that a statement waits for a table in use.",
            f"LOCK_RETRY_SECONDS: {SECONDS} to go on trying for a table in use.",
        ],
        DATABASE_URL="",
        MIGRATIONS_TABLE="a b",
        DATABASE_WAIT_SECONDS="x",
        LOCK_WAIT_SECONDS="x",
        LOCK_TIMEOUT_SECONDS="x",
        LOCK_RETRY_SECONDS="x",
    ),
    configured(
        "a file for the directory of secrets",
        ["migrator: error: SECRETS_DIR: <directory>/001_a.sql is not a directory. Give the one with the secret files."],
        DATABASE_PASSWORD="",
        SECRETS_DIR="<directory>/001_a.sql",
    ),
    Case(
        "a password that is wrong",
        FILES,
        4,
        [
            (
                "migrator: error: The database refuses the login: password authentication failed for user "
                '"migrator". Compare the file database_password with the role\'s password; docs/operations.md, '
                "“Passwords”, tells how to set it anew."
            )
        ],
        settings={"DATABASE_PASSWORD": "wrong"},
    ),
    Case(
        "a database that does not exist",
        FILES,
        4,
        ['migrator: error: database "<database>_gone" does not exist. Create it, or mend DATABASE_URL.'],
        settings={"DATABASE_URL": "<url>_gone"},
    ),
    Case(
        "a server that is not there",
        FILES,
        4,
        [
            (
                "migrator: error: No database within 0 s: 127.0.0.1:1: Connection refused. "
                "Is DATABASE_URL right, and the server running, reachable, and no standby?"
            )
        ],
        settings={"DATABASE_URL": f"postgresql://migrator:{PASSWORD_MARK}@127.0.0.1:1/a", "DATABASE_WAIT_SECONDS": "0"},
    ),
    Case(
        "an error as JSON",
        {"001_a.sql": "SELEC 1;\n"},
        1,
        [
            (
                '{"time": "<date>", "level": "error", "event": "failed", "error": "001_a.sql:1:1: '
                'syntax error at or near \\"SELEC\\"\\n    SELEC 1;\\n    ^", "exit_code": 1}'
            )
        ],
        settings={"LOG_FORMAT": "json"},
    ),
]
