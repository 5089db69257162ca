"""SQL that fails only when it runs. The file is the only one pending, so all of the run is undone."""

from __future__ import annotations

from tests.integration.migrator.bad_input.case import ROLLED_BACK, Case, History

SHOP = """\
CREATE TABLE people (
    id bigint PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    email text UNIQUE
);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    person bigint REFERENCES people DEFERRABLE INITIALLY DEFERRED
);
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE FUNCTION share(whole int, parts int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN whole / parts;
END
$$;
INSERT INTO people VALUES (1, 'Ada', 'ada@example.com'), (2, 'Boris', NULL);
"""
EARLIER = History({"001_shop.sql": SHOP}, sql="CREATE TABLE public.secret (id int);")
HALF = "CREATE TABLE half (id int);\n"


def failing(title: str, sql: str, said: list[str]) -> Case:
    return Case(title, {"001_shop.sql": SHOP, "002_bad.sql": sql}, 1, said, history=EARLIER)


CASES = [
    failing(
        "a table that is missing",
        f"{HALF}-- the new ones\nINSERT INTO\n    peple VALUES (3, 'Cem');\n",
        [
            'migrator: error: 002_bad.sql:4:5: relation "peple" does not exist (SQLSTATE 42P01)',
            "        peple VALUES (3, 'Cem');",
            "        ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a column that is missing, and one with a similar name",
        "SELECT id,\n    nmae\nFROM people;\n",
        [
            'migrator: error: 002_bad.sql:2:5: column "nmae" does not exist (SQLSTATE 42703)',
            "        nmae",
            "        ^",
            'HINT: Perhaps you meant to reference the column "people.name".',
            ROLLED_BACK,
        ],
    ),
    failing(
        "a function that is missing",
        "SELECT 漢字(1), nothing_like_it(2, 'x');\n",
        [
            "migrator: error: 002_bad.sql:1:8: function 漢字(integer) does not exist (SQLSTATE 42883)",
            "    SELECT 漢字(1), nothing_like_it(2, 'x');",
            "           ^",
            "HINT: No function matches the given name and argument types. You might need to add explicit type casts.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a schema that is missing",
        "CREATE TABLE shop.a (id int);\n",
        [
            'migrator: error: 002_bad.sql:1:14: schema "shop" does not exist (SQLSTATE 3F000)',
            "    CREATE TABLE shop.a (id int);",
            "                 ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a table that is there already",
        f"{HALF}CREATE TABLE people (id int);\n",
        [
            'migrator: error: 002_bad.sql:2:1: relation "people" already exists (SQLSTATE 42P07)',
            "    CREATE TABLE people (id int);",
            "    ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a value that is there already",
        "INSERT INTO people VALUES (3, 'Ada', 'ada@example.com');\n",
        [
            (
                "migrator: error: 002_bad.sql:1:1: duplicate key value violates unique constraint "
                '"people_email_key" (SQLSTATE 23505)'
            ),
            "    INSERT INTO people VALUES (3, 'Ada', 'ada@example.com');",
            "    ^",
            "DETAIL: Key (email)=(ada@example.com) already exists.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a value that a check refuses",
        "INSERT INTO people VALUES (3, '');\n",
        [
            (
                'migrator: error: 002_bad.sql:1:1: new row for relation "people" violates check constraint '
                '"people_name_check" (SQLSTATE 23514)'
            ),
            "    INSERT INTO people VALUES (3, '');",
            "    ^",
            "DETAIL: Failing row contains (3, , null).",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a value that is missing",
        "ALTER TABLE people ALTER email SET NOT NULL;\n",
        [
            (
                'migrator: error: 002_bad.sql:1:1: column "email" of relation "people" contains null values '
                "(SQLSTATE 23502)"
            ),
            "    ALTER TABLE people ALTER email SET NOT NULL;",
            "    ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a value that is too long",
        "ALTER TABLE people ALTER name TYPE varchar(4);\n",
        [
            "migrator: error: 002_bad.sql:1:1: value too long for type character varying(4) (SQLSTATE 22001)",
            "    ALTER TABLE people ALTER name TYPE varchar(4);",
            "    ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a row that still refers to another",
        "INSERT INTO orders VALUES (1, 99);\nSELECT 1;\n\n-- done\n",
        [
            (
                'migrator: error: 002_bad.sql:2:9: insert or update on table "orders" violates foreign key '
                'constraint "orders_person_fkey", when the file was done (SQLSTATE 23503)'
            ),
            "    SELECT 1;",
            "            ^",
            'DETAIL: Key (person)=(99) is not present in table "people".',
            ROLLED_BACK,
        ],
    ),
    failing(
        "a division by zero",
        f"{HALF}SELECT 1/0;\n",
        [
            "migrator: error: 002_bad.sql:2:1: division by zero (SQLSTATE 22012)",
            "    SELECT 1/0;",
            "    ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a mistake in the middle of a long statement",
        "INSERT INTO people (id, name, email)\nSELECT\n    number,\n    'Person ' || number,\n"
        "    upper(number)\nFROM\n    generate_series(10, 20) AS numbers (number)\nWHERE\n    number > 15;\n",
        [
            "migrator: error: 002_bad.sql:5:5: function upper(integer) does not exist (SQLSTATE 42883)",
            "        upper(number)",
            "        ^",
            "HINT: No function matches the given name and argument types. You might need to add explicit type casts.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a word that is no number",
        "INSERT INTO people\nVALUES\n    (3, 'Cem', NULL),\n    ('four', 'Dora', NULL);\n",
        [
            'migrator: error: 002_bad.sql:4:6: invalid input syntax for type bigint: "four" (SQLSTATE 22P02)',
            "        ('four', 'Dora', NULL);",
            "         ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "text that is no JSON",
        "SELECT '{\"a\": 1,}'::jsonb;\n",
        [
            "migrator: error: 002_bad.sql:1:8: invalid input syntax for type json (SQLSTATE 22P02)",
            "    SELECT '{\"a\": 1,}'::jsonb;",
            "           ^",
            'DETAIL: Expected string, but found "}".',
            'CONTEXT: JSON data, line 1: {"a": 1,}',
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error raised on purpose",
        "DO $$\nBEGIN\n    RAISE EXCEPTION 'no orders yet'\n"
        "        USING DETAIL = 'The table is empty.', HINT = 'Import them first.';\nEND\n$$;\n",
        [
            "migrator: error: 002_bad.sql:1:1: no orders yet (SQLSTATE P0001)",
            "    DO $$",
            "    ^",
            "DETAIL: The table is empty.",
            "HINT: Import them first.",
            "CONTEXT: PL/pgSQL function inline_code_block line 3 at RAISE",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error in a block",
        f"{HALF}DO $$\nBEGIN\n    INSERT INTO nowhere VALUES (1);\nEND\n$$;\n",
        [
            'migrator: error: 002_bad.sql:2:1: relation "nowhere" does not exist (SQLSTATE 42P01)',
            "    DO $$",
            "    ^",
            "QUERY: INSERT INTO nowhere VALUES (1)",
            "CONTEXT: PL/pgSQL function inline_code_block line 3 at SQL statement",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error in a function",
        "SELECT share(1, 0);\n",
        [
            "migrator: error: 002_bad.sql:1:1: division by zero (SQLSTATE 22012)",
            "    SELECT share(1, 0);",
            "    ^",
            "CONTEXT: PL/pgSQL function share(integer,integer) line 3 at RETURN",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error in SQL that a block builds",
        "DO $$\nBEGIN\n    EXECUTE format('ALTER TABLE %I ADD colum int int', 'people');\nEND\n$$;\n",
        [
            'migrator: error: 002_bad.sql:1:1: syntax error at or near "int" (SQLSTATE 42601)',
            "    DO $$",
            "    ^",
            "QUERY: ALTER TABLE people ADD colum int int",
            "CONTEXT: PL/pgSQL function inline_code_block line 3 at EXECUTE",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a mistake in a function's body",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n    RETRUN 1;\nEND\n$$;\n",
        [
            'migrator: error: 002_bad.sql:3:5: syntax error at or near "RETRUN" (SQLSTATE 42601)',
            "        RETRUN 1;",
            "        ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a mistake in the body of a function in SQL",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n    SELECT id\n    FROM nowhere\n$$;\n",
        [
            'migrator: error: 002_bad.sql:3:10: relation "nowhere" does not exist (SQLSTATE 42P01)',
            "        FROM nowhere",
            "             ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a new value of an enum used at once",
        "ALTER TYPE colour ADD VALUE 'blue';\nSELECT 'blue'::colour;\n",
        [
            'migrator: error: 002_bad.sql:2:8: unsafe use of new value "blue" of enum type colour (SQLSTATE 55P04)',
            "    SELECT 'blue'::colour;",
            "           ^",
            "HINT: New enum values must be committed before they can be used.",
            "The new value can be used once it is committed: move what uses it into the next file.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a table that belongs to others",
        "ALTER TABLE public.secret ADD name text;\n",
        [
            "migrator: error: 002_bad.sql:1:1: must be owner of table secret (SQLSTATE 42501)",
            "    ALTER TABLE public.secret ADD name text;",
            "    ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a right that the role lacks",
        "CREATE ROLE other;\n",
        [
            "migrator: error: 002_bad.sql:1:1: permission denied to create role (SQLSTATE 42501)",
            "    CREATE ROLE other;",
            "    ^",
            "DETAIL: Only roles with the CREATEROLE attribute may create roles.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an extension that is not installed",
        "CREATE EXTENSION no_such_extension;\n",
        [
            'migrator: error: 002_bad.sql:1:1: extension "no_such_extension" is not available (SQLSTATE 0A000)',
            "    CREATE EXTENSION no_such_extension;",
            "    ^",
            (
                "DETAIL: Could not open extension control file "
                '"/usr/share/postgresql/17/extension/no_such_extension.control": No such file or directory.'
            ),
            "HINT: The extension must first be installed on the system where PostgreSQL is running.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a file on the server",
        "COPY people FROM '/etc/passwd';\n",
        [
            "migrator: error: 002_bad.sql:1:1: permission denied to COPY from a file (SQLSTATE 42501)",
            "    COPY people FROM '/etc/passwd';",
            "    ^",
            'DETAIL: Only roles with privileges of the "pg_read_server_files" role may COPY from a file.',
            "HINT: Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a statement that takes too long",
        f"-- migrate: statement-timeout 50ms\n{HALF}SELECT pg_sleep(60);\n",
        [
            "migrator: error: 002_bad.sql:3:1: canceling statement due to statement timeout (SQLSTATE 57014)",
            "    SELECT pg_sleep(60);",
            "    ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "a transaction that a block ends",
        f"{HALF}DO $$ BEGIN COMMIT; END $$;\n",
        [
            "migrator: error: 002_bad.sql:2:1: invalid transaction termination (SQLSTATE 2D000)",
            "    DO $$ BEGIN COMMIT; END $$;",
            "    ^",
            "CONTEXT: PL/pgSQL function inline_code_block line 1 at COMMIT",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error that steers the terminal",
        "DO $$ BEGIN RAISE E'\\x1b[2J\\u009bred' USING DETAIL = E'\\x07'; END $$;\n",
        [
            "migrator: error: 002_bad.sql:1:1: �[2J�red (SQLSTATE P0001)",
            "    DO $$ BEGIN RAISE E'\\x1b[2J\\u009bred' USING DETAIL = E'\\x07'; END $$;",
            "    ^",
            "DETAIL: �",
            "CONTEXT: PL/pgSQL function inline_code_block line 1 at RAISE",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error with wide characters",
        "SELECT '漢字', 数 FROM people;\n",
        [
            'migrator: error: 002_bad.sql:1:14: column "数" does not exist (SQLSTATE 42703)',
            "    SELECT '漢字', 数 FROM people;",
            "                   ^",
            ROLLED_BACK,
        ],
    ),
    failing(
        "an error far to the right",
        f"SELECT {'name, ' * 60}nme FROM people;\n",
        [
            'migrator: error: 002_bad.sql:1:368: column "nme" does not exist (SQLSTATE 42703)',
            f"    …me, {'name, ' * 9}nme FROM people;",
            f"    {' ' * 59}^",
            'HINT: Perhaps you meant to reference the column "people.name".',
            ROLLED_BACK,
        ],
    ),
]
