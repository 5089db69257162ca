"""Stories of views, rules and text search."""

from __future__ import annotations

VIEWS = r"""
CREATE VIEW «s»«thing»_list AS
    SELECT t.id, t.code, t.title, p.name AS keeper, 'a;b'::text AS "fixed; text", count(*) OVER w AS peers
    FROM «s»«thing» AS t
    LEFT JOIN «s»«person» AS p ON p.id = t.keeper -- who; keeps
    WINDOW w AS (PARTITION BY t.keeper);;
CREATE OR REPLACE VIEW «s»«thing»_open (code, title) WITH (security_barrier, security_invoker = true) AS
    SELECT code, title FROM «s»«thing» WHERE state = «first» WITH CASCADED CHECK OPTION;;
CREATE RECURSIVE VIEW «s»«thing»_ten (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM «thing»_ten WHERE n < 10;;
CREATE MATERIALIZED VIEW «s»«thing»_summary AS
    SELECT state, count(*) AS amount, array_agg(code::text ORDER BY code) AS codes
    FROM «s»«thing» GROUP BY state ORDER BY state
WITH NO DATA;;
CREATE UNIQUE INDEX «thing»_summary_once ON «s»«thing»_summary (state);;
REFRESH MATERIALIZED VIEW «s»«thing»_summary;;
REFRESH MATERIALIZED VIEW CONCURRENTLY «s»«thing»_summary;;
CREATE MATERIALIZED VIEW IF NOT EXISTS «s»«thing»_codes (code) AS SELECT code FROM «s»«thing» LIMIT 0;;
CREATE VIEW «s»«thing»_grouped AS
    SELECT region, GROUPING(region) AS g, sum(amount) FILTER (WHERE said <> ';') AS total
    FROM «s»«thing»_log GROUP BY GROUPING SETS ((region), ()) HAVING count(*) > 0 ORDER BY 1 NULLS FIRST;;
ALTER VIEW «s»«thing»_list ALTER COLUMN keeper SET DEFAULT 'nobody;';;
COMMENT ON VIEW «s»«thing»_list IS «motto»;;
COMMENT ON COLUMN «s»«thing»_list."fixed; text" IS 'fixed;';;
COMMENT ON MATERIALIZED VIEW «s»«thing»_summary IS $c$Refreshed; $$ at night$c$
"""

RULES = r"""
CREATE TABLE «s»«thing»_ruled (id integer PRIMARY KEY, v text);;
CREATE TABLE «s»«thing»_ruled_log (n integer GENERATED ALWAYS AS IDENTITY, op text, v text);;
CREATE VIEW «s»«thing»_ruled_view AS SELECT id, v FROM «s»«thing»_ruled;;
CREATE RULE inserted AS ON INSERT TO «s»«thing»_ruled_view DO INSTEAD (
    INSERT INTO «s»«thing»_ruled VALUES (NEW.id, NEW.v || ';');
    INSERT INTO «s»«thing»_ruled_log (op, v) VALUES ('insert; (once)', NEW.v)
);;
CREATE RULE updated AS ON UPDATE TO «s»«thing»_ruled_view DO INSTEAD
    (UPDATE «s»«thing»_ruled SET v = NEW.v WHERE id = OLD.id; NOTIFY «thing»_ruled; ;);;
CREATE OR REPLACE RULE deleted AS ON DELETE TO «s»«thing»_ruled_view WHERE OLD.id < 0 DO INSTEAD NOTHING;;
CREATE RULE logged AS ON UPDATE TO «s»«thing»_ruled WHERE OLD.v IS DISTINCT FROM NEW.v
    DO ALSO (INSERT INTO «s»«thing»_ruled_log (op, v) VALUES ('update;', OLD.v););;
INSERT INTO «s»«thing»_ruled_view VALUES (1, 'one'), (2, 'two');;
UPDATE «s»«thing»_ruled_view SET v = «motto» WHERE id = 2;;
ALTER TABLE «s»«thing»_ruled DISABLE RULE logged;;
UPDATE «s»«thing»_ruled SET v = 'unlogged;' WHERE id = 1;;
COMMENT ON RULE inserted ON «s»«thing»_ruled_view IS 'two; actions'
"""

TEXT_SEARCH = r"""
CREATE TEXT SEARCH CONFIGURATION «s»«thing»_words (COPY = pg_catalog.simple);;
CREATE TEXT SEARCH DICTIONARY «s»«thing»_stems (
    TEMPLATE = pg_catalog.snowball, LANGUAGE = 'english', STOPWORDS = english
);;
ALTER TEXT SEARCH CONFIGURATION «s»«thing»_words
    ALTER MAPPING FOR asciiword, asciihword WITH «s»«thing»_stems, pg_catalog.simple;;
CREATE TABLE «s»«thing»_text (
    id integer PRIMARY KEY,
    body text,
    words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.english', coalesce(body, '')), 'A') || to_tsvector('pg_catalog.simple', ';')
    ) STORED
);;
INSERT INTO «s»«thing»_text VALUES (1, 'The quick; brown foxes jumped'), (2, «motto»), (3, NULL);;
CREATE INDEX «thing»_text_words ON «s»«thing»_text USING gin (words) WITH (fastupdate = off);;
CREATE VIEW «s»«thing»_found AS
    SELECT id, ts_headline('english', body, q) AS headline
    FROM «s»«thing»_text, to_tsquery('english', 'fox & !dog') AS q
    WHERE words @@ q;;
CREATE TABLE «s»«thing»_lexemes AS
    SELECT id, to_tsvector('«s»«thing»_words', body) AS words FROM «s»«thing»_text ORDER BY id;;
COMMENT ON TEXT SEARCH CONFIGURATION «s»«thing»_words IS 'simple; and english'
"""

STORIES = {"views": VIEWS, "rules": RULES, "text_search": TEXT_SEARCH}
