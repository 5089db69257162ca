"""Files that change their session, each followed by one that writes down what its own session is like."""

from __future__ import annotations

from collections.abc import Iterator

from tests.integration.migrator.corpus.files import File

_NOTES = """
CREATE TABLE app.session_note (
    n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    who text DEFAULT current_user || ', ' || session_user,
    path text DEFAULT current_setting('search_path'),
    settings text DEFAULT concat_ws(
        '; ',
        current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'),
        current_setting('work_mem'), current_setting('row_security'), current_setting('check_function_bodies'),
        current_setting('client_min_messages'), current_setting('bytea_output'), current_setting('client_encoding'),
        current_setting('standard_conforming_strings'), current_setting('default_transaction_isolation'),
        current_setting('default_transaction_read_only'), current_setting('transaction_isolation'),
        current_setting('statement_timeout'), current_setting('default_table_access_method')
    ),
    left_behind text
);
CREATE FUNCTION app.left_behind() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(
        '; ',
        (SELECT count(*) FROM pg_prepared_statements WHERE from_sql),
        (SELECT count(*) FROM pg_cursors WHERE name <> ''),
        (SELECT count(*) FROM pg_listening_channels()),
        (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relnamespace = pg_my_temp_schema()),
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = 4711)
    )
$$;
"""

_NOTE = "INSERT INTO app.session_note (left_behind) VALUES (app.left_behind());\n"

#: What a file may leave behind in its session.
_CHANGES = {
    "nothing": "",
    "search_path": "SET search_path TO public, app;",
    "search_path_as_a_dump": "SELECT pg_catalog.set_config('search_path', '', false);",
    "search_path_of_the_file": "SET LOCAL search_path = pg_catalog; SELECT count(*) > 0 FROM pg_class;",
    "session_schema": "SET SESSION SCHEMA 'public'; RESET search_path; SET SCHEMA 'public';",
    "role": "SET ROLE pg_database_owner; CREATE TABLE public.owned_by_the_role (id int);",
    "local_role": "SET LOCAL ROLE pg_database_owner; CREATE VIEW public.seen_by_the_role AS SELECT 1 AS one;",
    "role_and_back": "SET ROLE pg_database_owner; CREATE TABLE public.of_two (id int); RESET ROLE; "
    "ALTER TABLE public.of_two ADD COLUMN who text DEFAULT current_user; INSERT INTO public.of_two VALUES (1);",
    "role_none": "SET ROLE migrator; SET ROLE NONE; SET SESSION AUTHORIZATION migrator;",
    "session_authorization": "SET SESSION AUTHORIZATION DEFAULT; SET LOCAL SESSION AUTHORIZATION 'migrator';",
    "messages": "SET client_min_messages TO error; SET check_function_bodies = false; "
    "CREATE FUNCTION app.of_a_table_to_come() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM to_come;';",
    "time": "SET TIME ZONE 'Asia/Tokyo'; SET datestyle = 'German, DMY'; SET intervalstyle = 'iso_8601';"
    "CREATE TABLE app.times AS SELECT '01.02.2024 03:04'::timestamptz AS at, '2 days 03:00'::interval::text AS t;",
    "local_time": "SET LOCAL TIME ZONE -5; INSERT INTO app.times VALUES ('2024-01-01 00:00', '1 day; ');",
    "formats": "SET bytea_output = 'escape'; SET extra_float_digits = 0; SET lc_monetary = 'C';"
    "CREATE TABLE app.formats AS SELECT '\\x00ff41'::bytea::text AS a, (0.1::float8 + 0.2)::text AS b;",
    "memory": "SET work_mem = '64MB'; SET LOCAL maintenance_work_mem TO '64MB'; SET enable_seqscan = off; RESET ALL;"
    "SET work_mem TO 4321;",
    "reading_only": "SET default_transaction_read_only = on; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;",
    "isolation": "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ;",
    "timeouts": "SET statement_timeout = '10min'; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;",
    "old_dump": "SET client_encoding = 'SQL_ASCII'; SET standard_conforming_strings = on;"
    "SET escape_string_warning = off; INSERT INTO app.formats VALUES ('C:\\\\x', E'it\\'s; \\\\');",
    "names": "SET NAMES 'UTF8'; SET client_encoding TO DEFAULT; SET CLIENT_ENCODING TO 'utf-8';",
    "row_security": "SET row_security = off; SET default_tablespace = ''; SET default_table_access_method = heap;",
    "own_setting": "SET corpus.of_its_own = 'it''s; mine'; SELECT set_config('corpus.other', 'x', true);",
    "temporary_table": "CREATE TEMP TABLE same_name (id int); INSERT INTO same_name VALUES (1);"
    "CREATE TABLE app.from_the_first AS SELECT id FROM same_name;",
    "temporary_table_again": "CREATE TEMPORARY TABLE same_name (other text) ON COMMIT DROP;"
    "INSERT INTO same_name VALUES ('a;'); CREATE TABLE app.from_the_second AS TABLE same_name;",
    "lasting_table_after_it": "CREATE TABLE app.same_name (id int); INSERT INTO same_name VALUES (5);",
    "shadowing_table": (
        "CREATE TEMP TABLE session_note (n int) ON COMMIT DELETE ROWS; INSERT INTO session_note VALUES (1);"
    ),
    "shadowing_function": "CREATE FUNCTION pg_temp.left_behind() RETURNS text LANGUAGE sql AS $$ SELECT 'temp;' $$;",
    "prepared": "PREPARE plan AS SELECT 1; PREPARE other (text) AS INSERT INTO app.formats VALUES ($1, ';');"
    "EXECUTE other('by a plan;'); DEALLOCATE plan;",
    "prepared_again": "PREPARE plan AS SELECT 2; PREPARE other AS SELECT 3; EXECUTE plan; DEALLOCATE ALL;"
    "PREPARE plan AS SELECT 4;",
    "cursor": "DECLARE held SCROLL CURSOR WITH HOLD FOR VALUES (1), (2), (3); FETCH LAST FROM held; FETCH PRIOR held;",
    "cursor_again": "DECLARE held CURSOR WITH HOLD FOR SELECT ';'; FETCH held; DECLARE other CURSOR FOR SELECT 1;"
    "CLOSE other; CLOSE ALL; DECLARE held BINARY CURSOR WITH HOLD FOR SELECT 1;",
    "listening": "LISTEN one; LISTEN \"two;\"; NOTIFY one; SELECT pg_notify('two;', 'payload; ');",
    "listening_no_more": "LISTEN three; UNLISTEN three; UNLISTEN *; LISTEN four;",
    "advisory_locks": "SELECT pg_advisory_lock(4711, 1), pg_advisory_lock_shared(4711, 2);"
    "SELECT pg_advisory_unlock(4711, 1); SELECT pg_advisory_unlock_shared(4711, 2);",
    "all_advisory_locks": "SELECT pg_advisory_lock(4711, 3); SELECT pg_advisory_unlock_all();",
    "all_advisory_locks_in_a_block": (
        "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); PERFORM pg_try_advisory_lock(1); END $$"
    ),
    "discarded_parts": "CREATE TEMP TABLE gone (id int); DISCARD TEMPORARY; DISCARD PLANS; DISCARD SEQUENCES;",
    "random_seed": "SELECT setseed(0.5); SET seed TO 0.25;",
    "loaded_nothing": "SET plpgsql.check_asserts = off; SET plpgsql.extra_warnings TO 'all';",
    "sequence": "CREATE SEQUENCE app.by_the_session CACHE 100; SELECT nextval('app.by_the_session');",
    "sequence_in_another": "SELECT setval('app.by_the_session', nextval('app.by_the_session') + 1);"
    "DO $$ BEGIN PERFORM lastval(); END $$;",
    "no_sequence": "DO $$ BEGIN PERFORM lastval(); INSERT INTO app.formats VALUES ('lastval', 'is; another file''s');"
    " EXCEPTION WHEN object_not_in_prerequisite_state THEN INSERT INTO app.formats VALUES ('lastval', 'none;'); END $$",
}

_AT_THE_END = """
CREATE SCHEMA ending;
CREATE TABLE ending.thing (id integer PRIMARY KEY);
CREATE TABLE ending.seen (what text, who text, path text);
GRANT USAGE ON SCHEMA ending TO pg_database_owner;
GRANT ALL ON ALL TABLES IN SCHEMA ending TO pg_database_owner;
CREATE FUNCTION ending.see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Found by the path of the session alone, when the transaction ends.
    INSERT INTO seen SELECT TG_ARGV[0] || ';' || count(*), current_user, current_setting('search_path') FROM thing;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER see AFTER INSERT ON ending.thing DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ending.see('seen');
"""

#: What the end of a file's transaction runs, it runs in the state that the file has left.
_ENDS = {
    "path_at_the_end": "SET search_path TO ending; INSERT INTO thing VALUES (1), (2); INSERT INTO thing VALUES (3);",
    "local_path_at_the_end": "SET LOCAL search_path TO ending, public; INSERT INTO thing VALUES (4);",
    "role_at_the_end": "SET search_path TO ending; SET ROLE pg_database_owner; INSERT INTO thing VALUES (5);",
    "path_changed_before_the_end": "INSERT INTO ending.thing VALUES (6); SET search_path = ending, app;",
    "path_not_needed_at_the_end": "SET search_path = ending; INSERT INTO thing VALUES (7); "
    "SET CONSTRAINTS see IMMEDIATE; RESET search_path;",
}


def files() -> Iterator[File]:
    yield File("session_notes", _NOTES)
    for name, text in _CHANGES.items():
        yield File(f"session_{name}", text)
        yield File(f"session_after_{name}", _NOTE)
    yield File("session_at_the_end", _AT_THE_END)
    for name, text in _ENDS.items():
        yield File(f"session_{name}", text)
    yield File("session_after_the_ends", _NOTE)
