"""Stories of rights: grants, owners, policies, collations and statistics."""

from __future__ import annotations

GRANTS = r"""
GRANT USAGE ON SCHEMA «schema» TO bot;;
GRANT SELECT, INSERT (code, title), UPDATE (title) ON «s»«thing» TO bot WITH GRANT OPTION;;
GRANT ALL PRIVILEGES ON TABLE «s»«person», «s»«part» TO bot;;
REVOKE DELETE, TRUNCATE ON «s»«part» FROM bot CASCADE;;
GRANT SELECT ON ALL TABLES IN SCHEMA «schema» TO bot, PUBLIC;;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA «schema» FROM bot;;
GRANT USAGE, UPDATE ON SEQUENCE «s»«thing»_number TO PUBLIC;;
REVOKE EXECUTE ON FUNCTION «s»grade_«thing»(integer) FROM PUBLIC;;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA «schema» TO bot;;
GRANT USAGE ON TYPE «s»«thing»_state TO bot;;
REVOKE ALL ON TYPE «s»«thing»_code FROM PUBLIC;;
ALTER DEFAULT PRIVILEGES IN SCHEMA «schema» GRANT SELECT, REFERENCES ON TABLES TO PUBLIC;;
ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA «schema» REVOKE SELECT ON TABLES FROM PUBLIC;;
ALTER DEFAULT PRIVILEGES IN SCHEMA «schema» GRANT EXECUTE ON FUNCTIONS TO bot WITH GRANT OPTION
"""

POLICIES = r"""
ALTER TABLE «s»«person» ENABLE ROW LEVEL SECURITY;;
ALTER TABLE «s»«person» NO FORCE ROW LEVEL SECURITY;;
CREATE POLICY own_rows ON «s»«person» FOR SELECT TO bot, CURRENT_USER
    USING (email = current_user || '@x' OR (settings ->> 'public;') = 'yes');;
CREATE POLICY own_changes ON «s»«person» AS RESTRICTIVE FOR UPDATE TO PUBLIC
    USING (true) WITH CHECK (name <> ';');;
CREATE POLICY "no; deletes" ON «s»«person» FOR DELETE USING (false);;
ALTER POLICY own_rows ON «s»«person» TO bot USING (CASE WHEN born IS NULL THEN true ELSE name = «motto» END);;
ALTER POLICY "no; deletes" ON «s»«person» RENAME TO no_deletes;;
COMMENT ON POLICY no_deletes ON «s»«person» IS 'never;';;
UPDATE «s»«person» SET name = 'Ada; L.' WHERE email = 'a@x';;
DROP POLICY IF EXISTS missing ON «s»«person»
"""

STATISTICS = r"""
CREATE STATISTICS «s»«thing»_title_state (dependencies, ndistinct) ON title, state FROM «s»«thing»;;
CREATE STATISTICS «s»«thing»_expression ON (lower(title)), (width * height) FROM «s»«thing»;;
ALTER STATISTICS «s»«thing»_title_state SET STATISTICS 50;;
COMMENT ON STATISTICS «s»«thing»_title_state IS 'go; together';;
ANALYZE «s»«thing» (title, state);;
CREATE COLLATION «s»«thing»_bytes (provider = builtin, locale = 'C');;
CREATE COLLATION IF NOT EXISTS «s»«thing»_points (provider = builtin, locale = 'C.UTF-8', deterministic = true);;
CREATE COLLATION «s»«thing»_posix FROM "POSIX";;
COMMENT ON COLLATION «s»«thing»_bytes IS 'by bytes; always';;
CREATE TABLE «s»«thing»_sorted (a text COLLATE «s»«thing»_points PRIMARY KEY,
    b text COLLATE "C" NOT NULL DEFAULT 'é;');;
CREATE INDEX ON «s»«thing»_sorted (upper(b) COLLATE «s»«thing»_bytes text_pattern_ops);;
INSERT INTO «s»«thing»_sorted (a) SELECT v FROM (VALUES ('b'), ('Ä'), ('a'), ('Z;')) AS x (v) ORDER BY v COLLATE "C";;
SELECT a FROM «s»«thing»_sorted WHERE upper(a) = upper(«motto») ORDER BY a COLLATE "C" DESC
"""

STORIES = {"grants": GRANTS, "policies": POLICIES, "statistics": STATISTICS}
