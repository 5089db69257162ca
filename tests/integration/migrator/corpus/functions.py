"""Stories of functions, procedures, triggers, aggregates, operators and casts."""

from __future__ import annotations

PLPGSQL = r"""
CREATE FUNCTION «s»touch_«thing»() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A comment; with 'a quote and $body$ in it
    IF NEW.title IS NULL THEN
        NEW.title := 'untitled; by a trigger';
    END IF;
    /* nested /* comment; */ still; */
    RETURN NEW;
END;
$$;;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF title, code ON «s»«thing»
    FOR EACH ROW WHEN (NEW.code IS NOT NULL) EXECUTE FUNCTION «s»touch_«thing»();;
CREATE OR REPLACE FUNCTION «s»count_«part»(of_code text, OUT counted integer, OUT heavy numeric)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 10 AS $body$
DECLARE
    query text := $q$SELECT count(*), max(weight); -- $$ not the end $$
$q$;
    line record;
BEGIN
    counted := 0;
    FOR line IN SELECT p.weight FROM «s»«part» AS p JOIN «s»«thing» AS t ON t.id = p.«thing»_id WHERE t.code = of_code
    LOOP
        counted := counted + 1;
        heavy := greatest(heavy, line.weight::numeric);
    END LOOP;
EXCEPTION
    WHEN division_by_zero OR SQLSTATE '22012' THEN
        RAISE NOTICE 'never; %', SQLERRM;
END
$body$;;
CREATE FUNCTION «s»nested_«thing»(a int DEFAULT 1, VARIADIC rest text[] DEFAULT '{";"}') RETURNS SETOF text AS
$outer$
DECLARE made text;
BEGIN
    EXECUTE $in$ SELECT $deep$a; b$deep$ || $1 || '$$' $in$ INTO made USING a::text;
    RETURN NEXT made;
    RETURN QUERY SELECT unnest(rest) || ';';
END;
$outer$
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;;
CREATE FUNCTION «s»quoted_«thing»(x integer) RETURNS integer AS '
BEGIN
    RETURN x + length(''it''''s; so'');
END;
' LANGUAGE 'plpgsql';;
CREATE FUNCTION «s»escaped_«thing»() RETURNS text AS E'BEGIN RETURN \'a;\\\\b\' || $x$\n;$x$; END' LANGUAGE plpgsql;;
SELECT «s»count_«part»('AA-1'), «s»quoted_«thing»(1);;
SELECT * FROM «s»nested_«thing»(2, 'x', 'y;');;
COMMENT ON FUNCTION «s»count_«part»(text) IS 'Counts; and weighs.';;
COMMENT ON TRIGGER touch ON «s»«thing» IS «motto»
"""

SQL_FUNCTIONS = r"""
CREATE FUNCTION «s»add_«thing»(a integer, b integer DEFAULT 2) RETURNS integer
    LANGUAGE sql IMMUTABLE RETURN a + b;;
CREATE FUNCTION «s»grade_«thing»(n integer) RETURNS text
LANGUAGE SQL STABLE
BEGIN ATOMIC
    SELECT CASE WHEN n < 1 THEN 'none; yet' WHEN n < 10 THEN CASE n WHEN 5 THEN 'five' ELSE 'few' END ELSE 'many' END;
END;;
CREATE FUNCTION «s»several_«thing»(n integer) RETURNS TABLE (code text, title text)
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO «s»«thing»_hash VALUES (n, 'from; a function');
    UPDATE «s»«thing»_hash SET v = CASE WHEN id = n THEN v || ';' ELSE v END WHERE id = n;
    /* between; */
    SELECT t.code::text, t.title FROM «s»«thing» AS t ORDER BY t.code LIMIT n; -- end;
END;;
CREATE FUNCTION «s»empty_«thing»() RETURNS void LANGUAGE sql BEGIN ATOMIC END;;
CREATE OR REPLACE FUNCTION «s»old_style_«thing»(text) RETURNS SETOF «s»«thing» LANGUAGE sql AS $_$
    -- first; statement
    SELECT 1;
    SELECT * FROM «s»«thing» WHERE code = $1;
$_$;;
CREATE PROCEDURE «s»fill_«thing»(IN amount integer, INOUT made integer DEFAULT 0)
LANGUAGE plpgsql AS $$
DECLARE i integer;
BEGIN
    FOR i IN 1..amount LOOP
        INSERT INTO «s»«thing»_hash VALUES (200 + i, format('made %s; of %s', i, amount));
        made := made + 1;
    END LOOP;
END $$;;
CREATE PROCEDURE «s»clean_«thing»(beyond bigint)
BEGIN ATOMIC
    DELETE FROM «s»«thing»_hash WHERE id > beyond;
    DELETE FROM «s»«thing»_hash WHERE CASE WHEN beyond < 0 THEN true ELSE false END;
END;;
SELECT «s»grade_«thing»(5), «s»add_«thing»(b => 1, a => 3), «s»empty_«thing»();;
SELECT * FROM «s»several_«thing»(300);;
CALL «s»fill_«thing»(7);;
CALL «s»clean_«thing»(205);;
ALTER FUNCTION «s»grade_«thing»(integer) SET work_mem = '2MB';;
ALTER FUNCTION «s»add_«thing» STRICT NOT LEAKPROOF PARALLEL RESTRICTED;;
ALTER ROUTINE «s»old_style_«thing»(text) RENAME TO older_style_«thing»;;
COMMENT ON PROCEDURE «s»clean_«thing» IS 'Deletes; for good'
"""

TRIGGERS = r"""
CREATE TABLE «s»«thing»_audit (
    n bigint GENERATED ALWAYS AS IDENTITY,
    op text,
    before jsonb,
    after jsonb,
    said text
);;
CREATE FUNCTION «s»audit_«thing»() RETURNS trigger AS $audit$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO «s»«thing»_audit (op, before, said) VALUES (TG_OP, to_jsonb(OLD) - 'number', TG_ARGV[0]);
        RETURN OLD;
    END IF;
    INSERT INTO «s»«thing»_audit (op, after, said) VALUES (TG_OP, to_jsonb(NEW) - 'number', TG_ARGV[1]);
    RETURN NEW;
END;
$audit$ LANGUAGE plpgsql;;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON «s»«thing»
    FOR EACH ROW EXECUTE PROCEDURE «s»audit_«thing»('it''s; gone', «motto»);;
CREATE FUNCTION «s»sum_up_«thing»() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO «s»«thing»_audit (op, said) SELECT 'sum;', count(*)::text FROM added;
    RETURN NULL;
END $$;;
CREATE TRIGGER sum_up AFTER INSERT ON «s»«thing» REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION «s»sum_up_«thing»();;
CREATE CONSTRAINT TRIGGER at_the_end AFTER UPDATE ON «s»«thing» DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title)
    EXECUTE FUNCTION «s»audit_«thing»('', 'at the end; really');;
INSERT INTO «s»«thing» (code, title) VALUES ('TT-1', 't'), ('TT-2', 'tt;');;
UPDATE «s»«thing» SET title = 'changed; twice' WHERE code = 'TT-1';;
DELETE FROM «s»«thing» WHERE code = 'TT-2'
"""

TRIGGERS_CHANGED = r"""
ALTER TABLE «s»«thing» DISABLE TRIGGER audit;;
UPDATE «s»«thing» SET width = 9 WHERE code = 'TT-1';;
SET CONSTRAINTS ALL IMMEDIATE;;
ALTER TABLE «s»«thing» ENABLE ALWAYS TRIGGER audit;;
ALTER TRIGGER sum_up ON «s»«thing» RENAME TO summed_up;;
DROP TRIGGER touch ON «s»«thing»;;
CREATE OR REPLACE TRIGGER audit AFTER DELETE ON «s»«thing»
    FOR EACH ROW WHEN (OLD.title <> ';') EXECUTE FUNCTION «s»audit_«thing»($$replaced; once$$);;
CREATE TRIGGER never BEFORE TRUNCATE ON «s»«thing» EXECUTE FUNCTION «s»touch_«thing»();;
ALTER TABLE «s»«thing» ENABLE REPLICA TRIGGER never, DISABLE TRIGGER summed_up;;
CREATE TRIGGER spread AFTER INSERT ON «s»«thing»_log FOR EACH ROW EXECUTE FUNCTION «s»sum_up_«thing»();;
DROP TRIGGER IF EXISTS missing ON «s»«thing» CASCADE;;
DROP TRIGGER spread ON «s»«thing»_log
"""

OPERATORS = r"""
CREATE FUNCTION «s»near_«thing»(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.lower($1) OPERATOR(pg_catalog.=) pg_catalog.lower($2);;
CREATE OPERATOR «s»«operator» (
    LEFTARG = text, RIGHTARG = text, FUNCTION = «s»near_«thing», COMMUTATOR = OPERATOR(«s»«operator»)
);;
CREATE FUNCTION «s»negate_«thing»(a text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT reverse($1) || '';''';;
CREATE OPERATOR «s»!«operator» (RIGHTARG = text, PROCEDURE = «s»negate_«thing»);;
SELECT 'A;' OPERATOR(«s»«operator») 'a;', OPERATOR(«s»!«operator») 'abc';;
CREATE FUNCTION «s»append_«thing»(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC SELECT $1 || $2 || $3; END;;
CREATE AGGREGATE «s»join_«thing»(text, text) (
    SFUNC = «s»append_«thing», STYPE = text, INITCOND = ';'
);;
CREATE AGGREGATE «s»total_«thing»(numeric) (
    SFUNC = numeric_add, STYPE = numeric, INITCOND = '0', COMBINEFUNC = numeric_add,
    MSFUNC = numeric_add, MINVFUNC = numeric_sub, MSTYPE = numeric, MINITCOND = '0', PARALLEL = safe
);;
CREATE TYPE «s»«thing»_pair AS (a integer, b text);;
CREATE FUNCTION «s»pair_to_text_«thing»(«s»«thing»_pair) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN ($1).a || ';' || ($1).b;;
CREATE CAST («s»«thing»_pair AS text) WITH FUNCTION «s»pair_to_text_«thing»(«s»«thing»_pair) AS ASSIGNMENT;;
CREATE CAST («s»«thing»_state AS integer) WITH INOUT;;
CREATE TABLE «s»«thing»_pairs (p «s»«thing»_pair, q text);;
INSERT INTO «s»«thing»_pairs VALUES (ROW(1, 'a;'), ROW(2, «motto»)::«s»«thing»_pair);;
COMMENT ON OPERATOR «s»«operator» (text, text) IS 'nearly; equal';;
COMMENT ON CAST («s»«thing»_pair AS text) IS 'a;b'
"""

STORIES = {
    "plpgsql": PLPGSQL,
    "sql_functions": SQL_FUNCTIONS,
    "triggers": TRIGGERS,
    "triggers_changed": TRIGGERS_CHANGED,
    "operators": OPERATORS,
}
