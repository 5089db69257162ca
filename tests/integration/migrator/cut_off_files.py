"""Migrations of both kinds, in which whatever is done twice, or not at all, can be seen."""

from __future__ import annotations

from dataclasses import dataclass

#: A lock that a test may hold, so that a file waits.
GATE = 4711


@dataclass(frozen=True)
class Stage:
    """A run that begins where the one of the stage before has ended."""

    name: str
    files: dict[str, str]
    #: Whether it is cut off at each query, or at the files' own statements, where the rest is as in the stages before.
    everywhere: bool = True

    def says(self, sql: str) -> bool:
        return any(sql in text for text in self.files.values())


#: The first run on a database sends each transactional file in one message.
FRESH = Stage(
    "on a fresh database",
    {
        "001_tables.sql": """
            CREATE TABLE counter (n integer NOT NULL);
            INSERT INTO counter VALUES (0);
            CREATE TYPE state AS ENUM ('new');
            CREATE TABLE app.orders (id integer, state state, note varchar(20));
            CREATE TABLE public.orders (id integer, state state, note varchar(20));
            INSERT INTO public.orders SELECT id, 'new', 'note ' || id FROM generate_series(1, 20) AS id;
            CREATE INDEX orders_old ON public.orders (state);
            CREATE TABLE event (day date) PARTITION BY RANGE (day);
            CREATE TABLE event_old PARTITION OF event FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
        """,
    },
)

#: Without the search path the names in the no-transaction files mean the tables in app.
BOTH_KINDS = Stage(
    "both kinds",
    {
        "002_change.sql": f"""
            -- migrate: lock-timeout 1min
            SELECT pg_advisory_xact_lock({GATE});
            UPDATE counter SET n = n + 1;
        """,
        "003_steps.sql": """
            -- migrate: no-transaction
            SET search_path = public, app;
            CREATE INDEX CONCURRENTLY orders_note ON orders (note);
            INSERT INTO orders VALUES (21, 'new', 'once');
        """,
        "004_after.sql": """
            ALTER TABLE public.orders ADD late integer;
        """,
    },
)

CONCURRENTLY = Stage(
    "CONCURRENTLY",
    {
        "005_concurrently.sql": """
            -- migrate: no-transaction
            SET search_path = public, app;
            CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_id ON orders (id);
            DROP INDEX CONCURRENTLY orders_old;
            REINDEX INDEX CONCURRENTLY orders_note;
            REINDEX TABLE CONCURRENTLY orders;
            ALTER TABLE event DETACH PARTITION event_old CONCURRENTLY;
        """,
    },
    everywhere=False,
)

OUTSIDE = Stage(
    "the rest",
    {
        "006_outside.sql": """
            -- migrate: no-transaction
            SET search_path = public, app;
            VACUUM orders;
            ALTER TYPE state ADD VALUE 'paid';
            DO $$ BEGIN UPDATE orders SET note = 'done' WHERE id = 2; END $$;
            INSERT INTO orders VALUES (22, 'paid', 'once');
        """,
    },
    everywhere=False,
)

STAGES = (FRESH, BOTH_KINDS, CONCURRENTLY, OUTSIDE)


#: PostgreSQL keeps long texts in a table of its own, which has an index, out of reach of all but a superuser.
LONG_TEXTS = Stage(
    "long texts",
    {
        "001_letters.sql": "CREATE TABLE letters (content text);",
        "002_reindex.sql": "-- migrate: no-transaction\nREINDEX TABLE CONCURRENTLY letters;",
    },
)


@dataclass(frozen=True)
class Blocker:
    """Somebody for whom a statement waits."""

    stage: Stage
    statement: str
    who: str
    #: What was done in a transaction that is still open.
    did: str


def _reader(stage: Stage, statement: str, table: str) -> Blocker:
    """Its snapshot is of the time before the statement."""
    did = f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT FROM {table} LIMIT 1"
    return Blocker(stage, statement, "a reader with an old snapshot", did)


def _lock(stage: Stage, statement: str, mode: str) -> Blocker:
    return Blocker(stage, statement, f"a lock, {mode}", f"LOCK TABLE public.orders IN {mode} MODE")


BLOCKERS = (
    Blocker(BOTH_KINDS, "SELECT pg_advisory_xact_lock", "the gate", f"SELECT pg_advisory_xact_lock({GATE})"),
    _lock(BOTH_KINDS, "CREATE INDEX CONCURRENTLY", "ROW EXCLUSIVE"),
    _reader(BOTH_KINDS, "CREATE INDEX CONCURRENTLY", "public.orders"),
    _lock(BOTH_KINDS, "INSERT INTO orders", "EXCLUSIVE"),
    _reader(BOTH_KINDS, "ALTER TABLE public.orders", "public.orders"),
    _reader(CONCURRENTLY, "CREATE UNIQUE INDEX CONCURRENTLY", "public.orders"),
    _reader(CONCURRENTLY, "DROP INDEX CONCURRENTLY", "public.orders"),
    _reader(CONCURRENTLY, "REINDEX INDEX CONCURRENTLY", "public.orders"),
    _lock(CONCURRENTLY, "REINDEX INDEX CONCURRENTLY", "ACCESS SHARE"),
    _reader(CONCURRENTLY, "REINDEX TABLE CONCURRENTLY", "public.orders"),
    _lock(CONCURRENTLY, "REINDEX TABLE CONCURRENTLY", "ACCESS SHARE"),
    _reader(CONCURRENTLY, "ALTER TABLE event DETACH", "app.event"),
    _lock(OUTSIDE, "VACUUM", "SHARE UPDATE EXCLUSIVE"),
)
LONG_TEXTS_BLOCKER = _reader(LONG_TEXTS, "REINDEX TABLE CONCURRENTLY", "app.letters")
