"""Files for what PostgreSQL refuses in a transaction, between some that have one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.integration.migrator.corpus.files import NO_TRANSACTION, File

_BEFORE = """
CREATE SCHEMA live;
CREATE TYPE live.state AS ENUM ('new', 'old');
CREATE TABLE live.thing (id integer PRIMARY KEY, v text NOT NULL, state live.state DEFAULT 'new', at date);
INSERT INTO live.thing SELECT n, 'thing; ' || n, 'new', '2024-01-01'::date + n FROM generate_series(1, 3000) AS n;
CREATE TABLE live.log (
    n integer GENERATED ALWAYS AS IDENTITY, what text, path text DEFAULT current_setting('search_path')
);
CREATE TABLE live.parted (id integer NOT NULL, region text) PARTITION BY LIST (region);
CREATE TABLE live.parted_a PARTITION OF live.parted FOR VALUES IN ('a');
CREATE TABLE live.parted_b PARTITION OF live.parted FOR VALUES IN ('b');
INSERT INTO live.parted VALUES (1, 'a'), (2, 'b');
CREATE MATERIALIZED VIEW live.counted AS SELECT state, count(*) AS n FROM live.thing GROUP BY state ORDER BY state;
CREATE UNIQUE INDEX counted_once ON live.counted (state);
"""

_LIVE = {
    "index": "CREATE INDEX CONCURRENTLY thing_v ON live.thing (v);",
    "index_without_a_semicolon": (
        'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "thing; v" ON live.thing (lower(v), id)'
    ),
    "index_by_search_path": "SET search_path TO live;\n"
    "CREATE INDEX CONCURRENTLY thing_state ON thing (state) WHERE v <> "
    "';';\n"
    "INSERT INTO log (what) VALUES ('by path;');",
    "several_indexes": "CREATE INDEX CONCURRENTLY i1 ON live.thing (at); CREATE INDEX CONCURRENTLY i2 ON live.thing "
    "USING brin (at); /* ; */ CREATE INDEX CONCURRENTLY i3 ON live.thing (at) INCLUDE (v);",
    "index_dropped": "DROP INDEX CONCURRENTLY live.i1;\nDROP INDEX CONCURRENTLY IF EXISTS live.missing;",
    "index_replaced": "CREATE INDEX CONCURRENTLY i4 ON live.thing (at DESC);\nDROP INDEX CONCURRENTLY IF EXISTS "
    "live.i2;\n"
    "ALTER INDEX live.i4 RENAME TO i2;\nCOMMENT ON INDEX live.i2 IS 'new; one';",
    "index_exists": "CREATE INDEX CONCURRENTLY IF NOT EXISTS i3 ON live.thing (v);",
    "index_as_a_constraint": "CREATE UNIQUE INDEX CONCURRENTLY thing_v_once ON live.thing (v);\n"
    "ALTER TABLE live.thing ADD CONSTRAINT v_once UNIQUE USING INDEX thing_v_once;",
    "reindex": "REINDEX INDEX CONCURRENTLY live.i3; REINDEX (VERBOSE) TABLE CONCURRENTLY live.thing;\nREINDEX "
    "SCHEMA live;"
    "REINDEX (CONCURRENTLY TRUE) SCHEMA live; REINDEX TABLE live.parted;",
    "vacuum": "VACUUM; VACUUM (ANALYZE, FREEZE) live.thing;\nVACUUM FULL live.log, live.parted; ANALYZE;",
    "vacuum_among_others": "INSERT INTO live.log (what) VALUES ('before; vacuum');\nVACUUM live.log;\n"
    "INSERT INTO live.log (what) VALUES ('after; vacuum');",
    "cluster": "ALTER TABLE live.thing CLUSTER ON i3; CLUSTER;",
    "enum_value_used": "ALTER TYPE live.state ADD VALUE 'older;';\nUPDATE live.thing SET state = 'older;' WHERE id = "
    "7;\n"
    "ALTER TYPE live.state ADD VALUE IF NOT EXISTS 'oldest' AFTER 'older;';"
    "ALTER TABLE live.thing ALTER COLUMN state SET DEFAULT 'oldest'; INSERT INTO live.thing VALUES (3001, 'x;');",
    "constraint_validated": "ALTER TABLE live.thing ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;\n"
    "ALTER TABLE live.thing VALIDATE CONSTRAINT positive;",
    "partition_detached": (
        "ALTER TABLE live.parted DETACH PARTITION live.parted_b CONCURRENTLY;\nDROP TABLE live.parted_b;"
    ),
    "view_refreshed": "REFRESH MATERIALIZED VIEW CONCURRENTLY live.counted;\nREFRESH MATERIALIZED VIEW live.counted;",
    "procedure": (
        "CREATE PROCEDURE live.in_parts() LANGUAGE plpgsql AS $$\nBEGIN\n    FOR i IN 1..5 LOOP\n"
        "        INSERT INTO live.log (what) VALUES ('part; ' || i);\n        COMMIT;\n    END LOOP;\n"
        "    INSERT INTO live.log (what) VALUES ('undone;'); ROLLBACK;\nEND $$;\nCALL live.in_parts();\n"
        "DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE live.thing SET v = v || '!' WHERE id = i; COMMIT; END LOOP; END $$;"
    ),
    "settings": "SET search_path = live, public; SET lock_timeout = '1min';\n"
    "CREATE TEMP TABLE kept (id int); INSERT INTO kept VALUES (1);\nVACUUM kept; INSERT INTO log (what) "
    "SELECT 'kept; ' || id "
    "FROM kept; PREPARE p AS INSERT INTO log (what) VALUES ($1); EXECUTE p('prepared;');\n"
    "SELECT set_config('search_path', '', false); INSERT INTO live.log (what) VALUES ('no path;');",
    "after_settings": "INSERT INTO live.log (what) VALUES ('after settings;');CREATE TEMP TABLE kept (v text);VACUUM;",
    "role": "SET ROLE pg_database_owner;\nCREATE TABLE public.by_the_owner (id int);\nCREATE INDEX CONCURRENTLY "
    "by_the_owner_id "
    "ON public.by_the_owner (id);\nRESET ROLE;",
    "crlf": "CREATE FUNCTION live.crlf() RETURNS text LANGUAGE sql AS $$\r\n  SELECT 'a;\r\nb';\r\n$$;\r\n"
    "CREATE INDEX CONCURRENTLY crlf ON live.thing\r\n  (id)\r\n;\r\n-- end;\r\n",
    "strange": ';;-- a; comment\n/* ; /* nested; */ */;CREATE INDEX CONCURRENTLY "漢字;🚀" ON live.thing (v COLLATE '
    '"C")-- é;\n;'
    'COMMENT ON INDEX live."漢字;🚀" IS $$;$$',
    "comment_alone": "-- Nothing; here",
    "ordinary": "CREATE TABLE live.ordinary (id int); INSERT INTO live.ordinary VALUES (1); DROP TABLE live.ordinary;",
    "atomic": "CREATE FUNCTION live.atomic() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;",
}


def files() -> Iterator[File]:
    yield File("before", _BEFORE)
    for name, text in _LIVE.items():
        yield File(f"live_{name}", NO_TRANSACTION + text)
        yield File(f"after_{name}", f"INSERT INTO live.log (what) VALUES ('in a transaction; after {name}');\n")
