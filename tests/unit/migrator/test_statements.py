from __future__ import annotations

import pytest

from migrator.directives import Directives
from migrator.statements import Kind, Unusable, read

OUTSIDE = Directives(transaction=False)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE TABLE a (id int)", Kind.ORDINARY),
        ("INSERT INTO a VALUES ('CONCURRENTLY')", Kind.ORDINARY),
        ("SELECT 1", Kind.ORDINARY),
        ("COPY a FROM '/tmp/rows.csv'", Kind.ORDINARY),
        ("ANALYZE a", Kind.ORDINARY),
        ("CLUSTER a USING a_id", Kind.ORDINARY),
        ("DISCARD TEMP", Kind.ORDINARY),
        ("CREATE INDEX ON a (id)", Kind.ORDINARY),
        ("REINDEX TABLE a", Kind.ORDINARY),
        ("REINDEX INDEX a_id", Kind.ORDINARY),
        ("REINDEX (CONCURRENTLY off) TABLE a", Kind.ORDINARY),
        ("ALTER DATABASE a SET work_mem = '1MB'", Kind.ORDINARY),
        ("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)", Kind.ORDINARY),
        ("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = 0)", Kind.ORDINARY),
        ("ALTER TABLE a DETACH PARTITION b", Kind.ORDINARY),
        ("CREATE INDEX CONCURRENTLY a_id ON a (id)", Kind.CONCURRENT),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id)", Kind.CONCURRENT),
        ("DROP INDEX CONCURRENTLY IF EXISTS a_id", Kind.CONCURRENT),
        ("REINDEX TABLE CONCURRENTLY a", Kind.CONCURRENT),
        ("REINDEX (CONCURRENTLY) INDEX a_id", Kind.CONCURRENT),
        ("ALTER TABLE a DETACH PARTITION b CONCURRENTLY", Kind.CONCURRENT),
        ("VACUUM", Kind.OUTSIDE),
        ("vacuum (FULL) a", Kind.OUTSIDE),
        ("CLUSTER", Kind.OUTSIDE),
        ("ALTER SYSTEM SET work_mem = '1MB'", Kind.OUTSIDE),
        ("CREATE DATABASE b", Kind.OUTSIDE),
        ("DROP DATABASE b", Kind.OUTSIDE),
        ("ALTER DATABASE a SET TABLESPACE fast", Kind.OUTSIDE),
        ("CREATE TABLESPACE fast LOCATION '/fast'", Kind.OUTSIDE),
        ("DROP TABLESPACE fast", Kind.OUTSIDE),
        ("REINDEX SCHEMA app", Kind.OUTSIDE),
        ("REINDEX DATABASE a", Kind.OUTSIDE),
        ("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", Kind.OUTSIDE),
        ("CALL tidy_up()", Kind.PROCEDURE),
        ("DO $$ BEGIN COMMIT; END $$", Kind.PROCEDURE),
        ("SET search_path = app", Kind.SETTING),
        ("SET ROLE other", Kind.SETTING),
        ("RESET ALL", Kind.SETTING),
        ("SELECT set_config('search_path', '', false)", Kind.SETTING),
        ("SELECT pg_catalog.set_config('search_path', '', false)", Kind.SETTING),
        ("SET standard_conforming_strings = on", Kind.SETTING),
        ("SET client_encoding = 'UTF8'", Kind.SETTING),
        ("SELECT set_config('a.b', '1', false), set_config('a.c', '2', false)", Kind.SETTING),
    ],
)
def test_a_statement_is_of_a_kind(sql: str, kind: Kind) -> None:
    statement = read(sql, 7, OUTSIDE)
    assert (statement.sql, statement.offset, statement.kind) == (sql, 7, kind)
    if kind in (Kind.OUTSIDE, Kind.CONCURRENT):
        with pytest.raises(Unusable, match="outside of a transaction only"):
            read(sql, 7, Directives())
    else:
        read(sql, 7, Directives())


@pytest.mark.parametrize("directives", [Directives(), OUTSIDE])
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("BEGIN", "remove its own BEGIN"),
        ("START TRANSACTION", "remove its own BEGIN"),
        ("COMMIT AND CHAIN", "remove its own BEGIN"),
        ("END", "remove its own BEGIN"),
        ("ROLLBACK TO a", "remove its own BEGIN"),
        ("abort", "remove its own BEGIN"),
        ("SAVEPOINT a", "remove its own BEGIN"),
        ("RELEASE a", "remove its own BEGIN"),
        ("PREPARE TRANSACTION 'a'", "remove its own BEGIN"),
        ("COMMIT PREPARED 'a'", "remove its own BEGIN"),
        ("SET TRANSACTION READ ONLY", "remove its own BEGIN"),
        ("COPY a FROM STDIN", "no data to copy"),
        ("COPY a TO STDOUT", "remove it"),
        ("copy (SELECT 1) to stdout", "remove it"),
        ("DISCARD ALL", "release the migrator's lock"),
        ("SET standard_conforming_strings TO off", "standard_conforming_strings on"),
        ("SET client_encoding = 'LATIN1'", "UTF-8"),
        ("SET NAMES 'latin1'", "UTF-8"),
        ("SET transaction_isolation TO serializable", "remove its own"),
    ],
)
def test_what_cannot_stand_in_a_migration_is_refused(sql: str, message: str, directives: Directives) -> None:
    with pytest.raises(Unusable, match=message):
        read(sql, 0, directives)


def test_what_ends_with_its_transaction_is_refused_where_each_statement_has_its_own() -> None:
    assert read("SET LOCAL lock_timeout = 0", 0, Directives()).kind is Kind.SETTING
    with pytest.raises(Unusable, match="write SET without LOCAL"):
        read("SET LOCAL lock_timeout = 0", 0, OUTSIDE)


def test_a_concurrent_index_needs_a_name() -> None:
    with pytest.raises(Unusable, match="give the index a name"):
        read("CREATE INDEX CONCURRENTLY ON a (id)", 0, OUTSIDE)


def test_the_advice_names_the_place_where_a_directive_counts() -> None:
    with pytest.raises(Unusable, match="put -- migrate: no-transaction above the first statement"):
        read("VACUUM", 0, Directives())
