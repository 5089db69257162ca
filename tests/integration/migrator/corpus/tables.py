"""Stories of tables: how they are made, changed and dropped."""

from __future__ import annotations

TYPES = r"""
CREATE SCHEMA IF NOT EXISTS «schema»;;
CREATE TYPE «s»«thing»_state AS ENUM («states»);;
CREATE DOMAIN «s»«thing»_code AS text
    CONSTRAINT looks_like_a_code CHECK (VALUE ~ '^[A-Z]{2}-[0-9]+$');;
CREATE DOMAIN «s»«thing»_share AS numeric(5, 2) DEFAULT 0 NOT NULL CHECK (VALUE BETWEEN 0 AND 100);;
CREATE TYPE «s»«person»_address AS (
    street text COLLATE "C",
    town text,
    code varchar(10)
);;
CREATE TYPE «s»«thing»_span AS RANGE (subtype = float8, subtype_diff = float8mi);;
COMMENT ON TYPE «s»«thing»_state IS 'What can be said of it; one at a time.';;
COMMENT ON DOMAIN «s»«thing»_code IS E'Two letters,\n a dash, a number: \'AB-1\'';;
CREATE SEQUENCE «s»«thing»_number AS integer START WITH 1000 INCREMENT BY 10 CACHE 5
"""

PEOPLE = r"""
CREATE TABLE «s»«person» (
    id «key»,
    name «text» NOT NULL,
    email text UNIQUE,
    address «s»«person»_address,
    born date,
    settings jsonb NOT NULL DEFAULT '{"theme": "dark", "tags": ["a;b", "it''s"], "depth": {"x": null}}'::jsonb,
    nicknames text[] NOT NULL DEFAULT ARRAY[]::text[],
    seen_at timestamptz DEFAULT '2024-01-01 00:00:00+00',
    CONSTRAINT «person»_name_is_said CHECK (length(name) > 0),
    CHECK (email IS NULL OR email LIKE '%@%')
);;
COMMENT ON TABLE «s»«person» IS «motto»;;
COMMENT ON COLUMN «s»«person».born IS 'A day; not a time.';;
CREATE INDEX «person»_by_name ON «s»«person» (lower(name), born DESC NULLS LAST);;
CREATE UNIQUE INDEX «person»_email_once ON «s»«person» (lower(email)) WHERE email IS NOT NULL;;
ALTER TABLE «s»«person» ALTER COLUMN settings SET STORAGE EXTERNAL;;
ALTER TABLE «s»«person» ALTER COLUMN name SET STATISTICS 500
"""

THINGS = r"""
CREATE TABLE «s»«thing» (
    id «key»,
    code «s»«thing»_code NOT NULL UNIQUE,
    number integer DEFAULT nextval('«s»«thing»_number'),
    title «text» DEFAULT 'untitled; yet',
    state «s»«thing»_state NOT NULL DEFAULT «first»,
    price «amount»,
    share «s»«thing»_share,
    span «s»«thing»_span DEFAULT '[0,1)',
    keeper bigint REFERENCES «s»«person» (id) ON DELETE SET NULL ON UPDATE CASCADE,
    width numeric(8, 2) NOT NULL DEFAULT 1,
    height numeric(8, 2) NOT NULL DEFAULT 1,
    area numeric GENERATED ALWAYS AS (width * height) STORED,
    label text GENERATED ALWAYS AS (upper(code::text) || ': ' || coalesce(title, '?')) STORED,
    CONSTRAINT «thing»_is_flat CHECK (width > 0 AND height > 0)
) WITH (fillfactor = 80);;
CREATE TABLE «s»«part» (
    «thing»_id bigint NOT NULL,
    place smallint NOT NULL DEFAULT 1,
    holder bigint,
    since timestamp without time zone DEFAULT '2024-02-29 12:00:00',
    weight double precision,
    data bytea DEFAULT '\x00ff27'::bytea,
    flags bit varying(8) DEFAULT B'101',
    PRIMARY KEY («thing»_id, place),
    CONSTRAINT «part»_of FOREIGN KEY («thing»_id) REFERENCES «s»«thing» ON DELETE CASCADE,
    CONSTRAINT «part»_held FOREIGN KEY (holder) REFERENCES «s»«person» (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE NULLS NOT DISTINCT (holder, since)
);;
CREATE INDEX ON «s»«part» USING btree (since) INCLUDE (weight);;
CREATE INDEX «part»_heavy ON «s»«part» ((weight * 1000)) WHERE weight > 1.5e3;;
ALTER TABLE «s»«part» CLUSTER ON «part»_pkey;;
ALTER SEQUENCE «s»«thing»_number OWNED BY «s»«thing».number;;
COMMENT ON CONSTRAINT «part»_of ON «s»«part» IS 'Goes with its whole;';;
COMMENT ON INDEX «s»«part»_heavy IS $$In thousands; 'quoted' and \slashed$$
"""

PARTITIONS = r"""
CREATE TABLE «s»«thing»_log (
    at timestamptz NOT NULL,
    region text NOT NULL,
    said text,
    amount numeric DEFAULT 0,
    PRIMARY KEY (region, at)
) PARTITION BY LIST (region);;
CREATE TABLE «s»«thing»_log_north PARTITION OF «s»«thing»_log FOR VALUES IN ('north', 'north;east');;
CREATE TABLE «s»«thing»_log_south PARTITION OF «s»«thing»_log
    FOR VALUES IN ('south') PARTITION BY RANGE (at);;
CREATE TABLE «s»«thing»_log_south_2023 PARTITION OF «s»«thing»_log_south
    FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00:00+00');;
CREATE TABLE «s»«thing»_log_south_2024 PARTITION OF «s»«thing»_log_south (amount DEFAULT 1)
    FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');;
CREATE TABLE «s»«thing»_log_rest PARTITION OF «s»«thing»_log DEFAULT;;
CREATE INDEX «thing»_log_said ON «s»«thing»_log (said) WHERE said <> '';;
INSERT INTO «s»«thing»_log (at, region, said) VALUES
    ('2023-05-06 07:08:09+00', 'south', 'old'), ('2024-05-06 07:08:09+02', 'south', «motto»),
    ('2024-05-06 07:08:10Z', 'north', NULL), ('2024-05-06', 'north;east', ';'), ('2000-01-01', 'nowhere', '');;
CREATE TABLE «s»«thing»_hash (id bigint NOT NULL, v text) PARTITION BY HASH (id);;
CREATE TABLE «s»«thing»_hash_0 PARTITION OF «s»«thing»_hash FOR VALUES WITH (MODULUS 3, REMAINDER 0);;
CREATE TABLE «s»«thing»_hash_1 PARTITION OF «s»«thing»_hash FOR VALUES WITH (MODULUS 3, REMAINDER 1);;
CREATE TABLE «s»«thing»_hash_2 PARTITION OF «s»«thing»_hash FOR VALUES WITH (MODULUS 3, REMAINDER 2);;
INSERT INTO «s»«thing»_hash SELECT n, md5(n::text) FROM generate_series(1, 30) AS n
"""

INHERITANCE = r"""
CREATE TABLE «s»«name»_noted (
    noted_by text DEFAULT 'nobody',
    noted_on date DEFAULT '2024-03-01',
    CONSTRAINT noted_by_somebody CHECK (noted_by <> '')
);;
CREATE TABLE «s»«thing»_note (id integer PRIMARY KEY, body text) INHERITS («s»«name»_noted);;
CREATE TABLE «s»«part»_note (LIKE «s»«thing»_note INCLUDING ALL, extra xid8) INHERITS («s»«name»_noted);;
CREATE TABLE «s»«name»_loose_note (noted_by text, noted_on date, body text);;
ALTER TABLE «s»«name»_loose_note ADD CONSTRAINT noted_by_somebody CHECK (noted_by <> '');;
ALTER TABLE «s»«name»_loose_note INHERIT «s»«name»_noted;;
INSERT INTO «s»«thing»_note VALUES (DEFAULT, DEFAULT, 1, «motto»), ('me', '2024-03-02', 2, NULL);;
INSERT INTO «s»«name»_loose_note (body) VALUES ('loose'), ('looser;');;
INSERT INTO «s»«name»_noted VALUES ('parent', NULL);;
ALTER TABLE «s»«name»_noted ADD COLUMN weight real DEFAULT 0.5;;
UPDATE «s»«name»_noted SET weight = 2 WHERE noted_by = 'me';;
ALTER TABLE «s»«name»_loose_note NO INHERIT «s»«name»_noted;;
CREATE TABLE «s»«thing»_of OF «s»«person»_address (PRIMARY KEY (code));;
INSERT INTO «s»«thing»_of VALUES ('Street; 1', 'Town', 'X')
"""

FIRST = {
    "types": TYPES,
    "people": PEOPLE,
    "things": THINGS,
    "partitions": PARTITIONS,
    "inheritance": INHERITANCE,
}

COLUMNS = r"""
ALTER TABLE «s»«thing»
    ADD COLUMN IF NOT EXISTS remark text DEFAULT 'none; yet' NOT NULL,
    ADD COLUMN sizes integer[] DEFAULT '{1,2,3}',
    ADD COLUMN ratio double precision DEFAULT 1 / 3.0,
    ALTER COLUMN title SET NOT NULL,
    ALTER COLUMN title DROP DEFAULT;;
ALTER TABLE «s»«thing» ADD CONSTRAINT «thing»_remark_is_short CHECK (char_length(remark) < 1000) NOT VALID;;
ALTER TABLE «s»«thing» VALIDATE CONSTRAINT «thing»_remark_is_short;;
ALTER TABLE «s»«thing» ALTER COLUMN ratio TYPE numeric(6, 3) USING round(ratio::numeric, 3);;
ALTER TABLE «s»«thing» ALTER COLUMN sizes TYPE bigint[] USING sizes::bigint[];;
ALTER TABLE «s»«thing» RENAME COLUMN remark TO note;;
ALTER TABLE «s»«thing» RENAME CONSTRAINT «thing»_remark_is_short TO «thing»_note_is_short;;
ALTER TABLE «s»«thing» DROP COLUMN ratio CASCADE;;
ALTER TABLE «s»«thing» ALTER COLUMN area DROP EXPRESSION IF EXISTS;;
ALTER TABLE «s»«thing» ALTER COLUMN label SET EXPRESSION AS (lower(code::text) || '; ' || title);;
ALTER TABLE «s»«thing» SET (autovacuum_enabled = true, fillfactor = 75);;
ALTER TABLE «s»«thing» RESET (autovacuum_enabled);;
UPDATE «s»«thing» SET note = «motto», sizes = sizes || 4::bigint WHERE code = 'AA-1'
"""

ENUM_VALUES = r"""
ALTER TYPE «s»«thing»_state ADD VALUE 'forgotten;';;
ALTER TYPE «s»«thing»_state ADD VALUE IF NOT EXISTS 'before all' BEFORE «first»;;
ALTER TYPE «s»«thing»_state ADD VALUE IF NOT EXISTS «last»;;
ALTER TYPE «s»«thing»_state ADD VALUE 'after; all' AFTER «last»;;
ALTER TYPE «s»«person»_address ADD ATTRIBUTE country text COLLATE "POSIX" CASCADE;;
ALTER DOMAIN «s»«thing»_share DROP NOT NULL;;
ALTER DOMAIN «s»«thing»_share SET DEFAULT 5
"""

ENUM_VALUES_USED = r"""
UPDATE «s»«thing» SET state = 'forgotten;' WHERE code = 'AA-2';;
INSERT INTO «s»«thing» (code, title, state) VALUES ('ZZ-1', 'z', 'before all'), ('ZZ-2', 'zz', 'after; all');;
ALTER TABLE «s»«thing» ALTER COLUMN state SET DEFAULT 'before all';;
ALTER TYPE «s»«thing»_state RENAME VALUE 'forgotten;' TO 'forgotten; again';;
CREATE INDEX «thing»_forgotten ON «s»«thing» (code) WHERE state = 'forgotten; again';;
ALTER DOMAIN «s»«thing»_share ADD CONSTRAINT whole CHECK (VALUE = trunc(VALUE) OR VALUE > 1) NOT VALID;;
ALTER DOMAIN «s»«thing»_share VALIDATE CONSTRAINT whole;;
UPDATE «s»«person» SET address = ROW('Main; Street', 'Town', '1', 'It''s')::«s»«person»_address WHERE email = 'b@x'
"""

EXCLUSIONS = r"""
CREATE TABLE «s»«part»_plan (
    id integer PRIMARY KEY,
    during tstzrange NOT NULL,
    spans int4multirange,
    place point,
    EXCLUDE USING gist (during WITH &&) WHERE (id < 1000),
    CONSTRAINT «part»_apart EXCLUDE USING gist (box(place, place) WITH &&) DEFERRABLE
);;
INSERT INTO «s»«part»_plan VALUES
    (1, '[2024-01-01 00:00:00+00,2024-01-02 00:00:00+00)', '{[1,3),[5,8)}', '(1,2)'),
    (2, '[2024-01-02 00:00:00+00,)', '{}', NULL),
    (3, 'empty', NULL, point(3.5, -1));;
CREATE TABLE «s»«part»_chain (
    id integer PRIMARY KEY,
    next integer NOT NULL REFERENCES «s»«part»_chain DEFERRABLE INITIALLY IMMEDIATE,
    UNIQUE (next) DEFERRABLE INITIALLY DEFERRED
);;
SET CONSTRAINTS ALL DEFERRED;;
INSERT INTO «s»«part»_chain VALUES (1, 2), (2, 3), (3, 1);;
UPDATE «s»«part»_chain SET next = next % 3 + 1;;
SET CONSTRAINTS ALL IMMEDIATE;;
CREATE INDEX ON «s»«part»_plan USING spgist (place);;
CREATE INDEX ON «s»«part»_plan USING gist (spans);;
CREATE INDEX ON «s»«part»_plan USING brin (id) WITH (pages_per_range = 16, autosummarize = off);;
CREATE INDEX ON «s»«part»_plan USING hash (id)
"""

PARTITIONS_MOVED = r"""
ALTER TABLE «s»«thing»_log DETACH PARTITION «s»«thing»_log_rest;;
CREATE TABLE «s»«thing»_log_west (LIKE «s»«thing»_log INCLUDING DEFAULTS INCLUDING CONSTRAINTS);;
INSERT INTO «s»«thing»_log_west VALUES ('2024-06-01 00:00:00+00', 'west', $x$a; $$ b; $x$, 3);;
ALTER TABLE «s»«thing»_log_west ADD CONSTRAINT west CHECK (region = 'west');;
ALTER TABLE «s»«thing»_log ATTACH PARTITION «s»«thing»_log_west FOR VALUES IN ('west');;
ALTER TABLE «s»«thing»_log_west DROP CONSTRAINT west;;
ALTER TABLE «s»«thing»_log ATTACH PARTITION «s»«thing»_log_rest DEFAULT;;
ALTER TABLE «s»«thing»_log ADD COLUMN note text, ADD CHECK (amount >= 0);;
DELETE FROM «s»«thing»_log WHERE at < '2001-01-01';;
DROP TABLE «s»«thing»_hash_2;;
ALTER TABLE ONLY «s»«thing»_log ALTER COLUMN said SET DEFAULT 'nothing; really'
"""

LATER = {
    "columns": COLUMNS,
    "enum_values": ENUM_VALUES,
    "exclusions": EXCLUSIONS,
    "enum_values_used": ENUM_VALUES_USED,
    "partitions_moved": PARTITIONS_MOVED,
}

DUMPED = r"""
CREATE TABLE «s»«name»_dumped (
    id integer NOT NULL,
    name character varying(40) DEFAULT ''::character varying,
    at timestamp with time zone,
    thing_code text
);;
CREATE SEQUENCE «s»«name»_dumped_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;;
ALTER SEQUENCE «s»«name»_dumped_id_seq OWNED BY «s»«name»_dumped.id;;
ALTER TABLE ONLY «s»«name»_dumped ALTER COLUMN id SET DEFAULT nextval('«s»«name»_dumped_id_seq'::regclass);;
INSERT INTO «s»«name»_dumped VALUES (1, 'one', '2024-01-01 10:00:00+00', 'AA-1');;
INSERT INTO «s»«name»_dumped VALUES (2, E'two\\three\ttab; \'', NULL, 'AA-2');;
INSERT INTO «s»«name»_dumped VALUES (3, «motto», 'infinity', NULL);;
SELECT pg_catalog.setval('«s»«name»_dumped_id_seq', 3, true);;
ALTER TABLE ONLY «s»«name»_dumped
    ADD CONSTRAINT «name»_dumped_pkey PRIMARY KEY (id);;
ALTER TABLE ONLY «s»«name»_dumped
    ADD CONSTRAINT dumped_thing FOREIGN KEY (thing_code) REFERENCES «s»«thing»(code) MATCH FULL;;
ALTER TABLE «s»«name»_dumped OWNER TO migrator;;
INSERT INTO «s»«name»_dumped (name) VALUES ('four')
"""

RENAMES = r"""
ALTER TABLE «s»«part»_note RENAME TO «part»_remark;;
ALTER INDEX «s»«part»_heavy RENAME TO «part»_in_thousands;;
ALTER SEQUENCE «s»«thing»_number RENAME TO «thing»_counter;;
ALTER SEQUENCE «s»«thing»_counter RESTART WITH 5000 NO CYCLE;;
ALTER TYPE «s»«person»_address RENAME ATTRIBUTE code TO postcode CASCADE;;
ALTER TYPE «s»«thing»_span RENAME TO «thing»_extent;;
ALTER DOMAIN «s»«thing»_code RENAME CONSTRAINT looks_like_a_code TO is_a_code;;
CREATE SCHEMA «name»_archive;;
CREATE TABLE «name»_archive.moved AS SELECT id, body FROM «s»«thing»_note ORDER BY id;;
ALTER TABLE «s»«name»_loose_note SET SCHEMA «name»_archive;;
ALTER TABLE «name»_archive.«name»_loose_note RENAME noted_by TO "Noted By; whom";;
ALTER SCHEMA «name»_archive RENAME TO «name»_attic;;
COMMENT ON SCHEMA «name»_attic IS «motto»
"""

DROPS = r"""
DROP TABLE IF EXISTS «s»nothing_of_the_sort, «s»«part»_chain CASCADE;;
CREATE TABLE «s»«name»_short_lived (id int);;
CREATE VIEW «s»«name»_short_lived_view AS SELECT id + 1 AS next FROM «s»«name»_short_lived;;
DROP TABLE «s»«name»_short_lived CASCADE;;
DROP INDEX IF EXISTS «s»«thing»_forgotten;;
ALTER TABLE «s»«person» DROP CONSTRAINT «person»_name_is_said;;
ALTER TABLE IF EXISTS «s»missing ADD COLUMN x int;;
ALTER TABLE «s»«part» DROP CONSTRAINT IF EXISTS missing, DROP COLUMN IF EXISTS missing;;
DROP TYPE IF EXISTS «s»missing;;
DROP FUNCTION IF EXISTS «s»missing(int, text);;
DROP SCHEMA IF EXISTS «name»_missing RESTRICT;;
TRUNCATE «s»«thing»_hash, «s»«name»_dumped RESTART IDENTITY CASCADE
"""

LAST = {"dumped": DUMPED, "renames": RENAMES, "drops": DROPS}
