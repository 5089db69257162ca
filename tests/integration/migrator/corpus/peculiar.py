"""Files by hand, each with a peculiarity of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.integration.migrator.corpus.files import File

PECULIAR = {
    "empty": "",
    "line_end_alone": "\n",
    "mark_alone": "\ufeff",
    "spaces_alone": " \t\r\n\f\v\n  ",
    "semicolons_alone": ";; ;\n;\r\n;",
    "comment_alone": "-- Nothing to do here; DROP TABLE users;",
    "comment_lines_alone": "-- one;\n\n-- two;\n--\n",
    "block_comment_alone": "/* one; /* two; */ ' \" $$ */",
    "comments_and_semicolons_alone": "/* a */;-- b;\n;/**/ ; --",
    "one_statement": "CREATE TABLE one_statement (id int)",
    "one_statement_and_spaces": "\n\n\n   CREATE TABLE one_statement_and_spaces (id int)   \n\n\n",
    "comment_before_the_end": "CREATE TABLE comment_before_the_end (id int) -- no line end after this; no",
    "mac_line_ends": "-- a comment;\rCREATE TABLE mac (id int);\rINSERT INTO mac VALUES (1); -- more;\rSELECT 1;\r",
    "mixed_line_ends": (
        "CREATE TABLE mixed (a text);\r\nINSERT INTO mixed VALUES ('a\r\nb\nc\rd;\n\r');\nSELECT 1;\r\n\n"
    ),
    "crlf_body": (
        "CREATE FUNCTION crlf_body() RETURNS text AS $$\r\nDECLARE x text := 'a;\r\nb';\r\nBEGIN\r\n    -- it's;\r\n"
        "    RETURN x || $q$\r\n$q$;\r\nEND;\r\n$$ LANGUAGE plpgsql;\r\n\r\nCREATE TABLE crlf_said AS SELECT "
        "crlf_body();\r\n"
        "COMMENT ON FUNCTION crlf_body() IS 'line one;\r\nline two';\r\n"
    ),
    "crlf_atomic": (
        "CREATE FUNCTION crlf_atomic(n int) RETURNS text\r\nBEGIN ATOMIC\r\n  SELECT 1;\r\n  -- between;\r\n"
        "  SELECT CASE n WHEN 1 THEN 'a\r\nb;' END;\r\nEND;\r\nCREATE TABLE crlf_atomic_said AS SELECT "
        "crlf_atomic(1);\r\n"
    ),
    "mark_and_unicode": (
        "\ufeffCREATE TABLE таблица_имён (имя text DEFAULT 'значение; «ёлочки»');\nINSERT INTO таблица_имён "
        "DEFAULT VALUES;"
    ),
    "mark_inside": "CREATE TABLE mark_inside AS SELECT '\ufeff'::text AS a, 'x\ufeffy' AS \"b\ufeff\"; -- \ufeff\n",
    "no_break_spaces": (
        "CREATE TABLE \"no\u00a0break\" AS SELECT '\u00a0;\u200b\u2028\u2029\u0085\u3000'::text AS a; -- \u00a0;\n"
    ),
    "line_ends_of_python": (
        "CREATE TABLE python_ends AS SELECT 'a\u2028b\x1cc\x1dd\x1ee\x85f\x0bg\x0c;'::text AS v; -- "
        "x\u2028y;\nSELECT 1;"
    ),
    "control_characters": "CREATE TABLE control AS SELECT 'a\x01\x02\x07\x08\x1b\x7f;'::text AS v; SELECT 1;",
    "form_feeds": "CREATE TABLE form_feeds (id int);\f\vINSERT INTO form_feeds\fVALUES\v(1)\f;\v",
    "emoji": '/* 🚀🚀🚀 */ CREATE TABLE "🚀; 漢字" ("👩🏽‍🚀" text, 漢字 int);'
    " INSERT INTO \"🚀; 漢字\" VALUES ('🏳️‍🌈;', 1);"
    " /* é */ SELECT '😀'; -- 😀\nCOMMENT ON COLUMN \"🚀; 漢字\".漢字 IS 'é; é';",
    "many_on_one_line": (
        "CREATE TABLE a1 (i int);INSERT INTO a1 VALUES(1);/*é*/INSERT INTO a1 VALUES(2);--x;\nINSERT INTO a1 VALUES(3)"
    ),
    "right_to_left": 'CREATE TABLE "‮שלום;‬" ("مرحبا" text DEFAULT \'שלום; ‏\');INSERT INTO "‮שלום;‬" DEFAULT VALUES;',
    "combining_names": (
        'CREATE TABLE "e\u0301" (x int); CREATE TABLE "\u00e9" (y int); CREATE TABLE e\u0301\u0301 (z int);'
    ),
    "long_names": f'CREATE TABLE {"long_name_" * 10} (id int); CREATE TABLE "{"ж" * 40}" (id int);',
    "quoted_names": (
        'CREATE TABLE "Order; Details" ("the ""key""" int PRIMARY KEY, "$$" text, "--" text, "/*" text, "it\'s" text, '
        '"a.b" text, "select" text, " " text);\nINSERT INTO "Order; Details" ("$$", "the ""key""", "--") VALUES '
        '(\'$$;\', 1, \'--;\');\nCREATE INDEX "by; all" ON "Order; Details" ("/*", "it\'s" DESC);'
    ),
    "unicode_names": 'CREATE TABLE U&"d\\0061t\\+000061; x" (U&"!0441" UESCAPE \'!\' int, u&"a\\\\b" int);',
    "dollar_names": "CREATE TABLE a$b (c$ int, d$$ int, e$x$ int);INSERT INTO a$b (c$, d$$, e$x$) VALUES (1,2,3);",
    "dollars": (
        "CREATE TABLE dollars (id int, v text);INSERT INTO dollars VALUES (1, $$$$), (2, $a$$$;$a$), (3, $_1$;$_1$),"
        "(4, $é$;$$;$é$), (5, $A$ $a$; $A$), (6,$$ $ $$),(7, $x$\n;\n$x$), (8, $函数$;$函数$);\n"
        "PREPARE with_dollars AS INSERT INTO dollars VALUES ($1, $2||$$;$$);EXECUTE with_dollars(9, $$;$1$$);"
    ),
    "quotes": (
        "CREATE TABLE quotes (v text); INSERT INTO quotes VALUES (''), (''''), (''';'''), ('\\'), ('\\\\;'), "
        "(E'\\\\'),\n"
        "(E'\\'\\'\\\\\\';'), (E''';'), (U&'\\005C;'), ('\"'), ('\";\"'), ('--'), ('/*'), ('*/'), ('a'\n'b;'\n\n'c'),\n"
        "(E'a\\\nb'), ('$$'), ('$x$;$y$'), (e'\\x3b'), (U&';!003B' UESCAPE '!'), ('\n;\n');"
    ),
    "old_strings": "SET standard_conforming_strings = on; SET backslash_quote TO on; SELECT E'a\\'b;';"
    "CREATE TABLE old_strings AS SELECT E'it\\'s; \\\\'::text AS v;",
    "comments": (
        "--;\n--'\n--\"\n--$$\n--/*\nCREATE /*;*/ TABLE -- ;\n comments /* /* ; */ '; */ (id /* -- */ int, "
        "-- it's;\n v text);"
        "/***/INSERT INTO comments VALUES (1/* */, '/* no'), (2--1\n, '-- no; */');/* /**/ /* /* */ */ "
        "*/SELECT 1-- --;\n;"
        "---\n/*\n;\n--*/SELECT 2;"
    ),
    "operators": "SELECT 1--1\n+1, 2 - - 2, -(-3), 4*/**/5, @ -5, 6/ /* */ 2, |/ 25, !! 'a'::tsquery, ~1, 2^ -1, 7% "
    "-3, 1<-1, '{}'::jsonb@>'{}',"
    " 5::int::text, (ARRAY[1,2,3])[1:2], (ARRAY[1,2])[:1], 'a'||'b', 3!=4, 3<>4, 1=-1 ;"
    "CREATE TABLE operators AS SELECT 1- -1 AS a, 10--2;\n-4 AS b;",
    "numbers": (
        "CREATE TABLE numbers AS SELECT 1. AS a, .1 AS b, 1e5 AS c, 1_000.000_1 AS d, 0xdead_beef AS e, "
        "0b1_0 AS f, 0O7 AS g;"
    ),
    "parentheses": "CREATE TABLE parentheses (a int CHECK ((((a > 0)))), b text DEFAULT (('(;)')));"
    "INSERT INTO parentheses VALUES ((1), (SELECT ((';')))), (((2)), ')('), (3, ');');",
    "rules_in_brackets": (
        "CREATE TABLE ruled (a int); CREATE TABLE ruled_too (a int, b text);\n"
        "CREATE RULE r AS ON INSERT TO ruled DO ALSO (;\n-- a comment; inside\nINSERT INTO ruled_too VALUES "
        "(NEW.a, ';');;"
        "INSERT INTO ruled_too VALUES (NEW.a, $$)$$); /* ; */);\nINSERT INTO ruled VALUES (1);INSERT INTO "
        "ruled VALUES (2)"
    ),
    "atomic": (
        "CREATE TABLE atomic_log (a int, b text);\ncreate or replace function atomic_one(a int) returns int\n"
        "begin atomic; select 1;; select case when a = 1 then case a when 1 then 2 end else 3 end; end;\n"
        "CREATE PROCEDURE atomic_two(x int) LANGUAGE SQL BEGIN ATOMIC INSERT INTO atomic_log VALUES (x, 'begin; end;');"
        'INSERT INTO atomic_log SELECT x AS "end", \'case\' AS "begin"; /* end; */ END; CALL atomic_two(7);'
        'CREATE FUNCTION begin_of("begin" int, "case" int) RETURNS int RETURN begin_of."begin" + "case";'
        'CREATE TABLE "end" ("begin" int, "case" int);SELECT atomic_one(1), begin_of(1, 2);'
    ),
    "begin_and_end_elsewhere": (
        "CREATE VIEW cases AS SELECT CASE WHEN true THEN 1 END AS a; CREATE TABLE begin_end (b text);"
        "CREATE FUNCTION no_begin() RETURNS text LANGUAGE sql AS 'SELECT ''BEGIN ATOMIC; END'';';"
        "INSERT INTO begin_end SELECT CASE no_begin() WHEN ';' THEN 'END;' ELSE 'CASE;' END; SELECT 1;"
    ),
    "plpgsql_with_everything": r"""
CREATE FUNCTION everything(INOUT a integer, b text DEFAULT E'\';') LANGUAGE plpgsql AS $fn$
<<outer_block>>
DECLARE
    c CONSTANT text := $c$ ; -- ' $fn_not$ $c$;
    rows refcursor;
    "odd; name" integer[] := ARRAY[1, 2];
BEGIN
    BEGIN
        OPEN rows FOR EXECUTE 'SELECT 1; ';
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS b = MESSAGE_TEXT;
    END;
    FOREACH a IN ARRAY "odd; name" LOOP
        CASE a WHEN 1 THEN NULL; ELSE EXIT outer_block; END CASE;
    END LOOP;
    RAISE EXCEPTION USING MESSAGE = 'never; ' || c, HINT = $$;$$;
END outer_block;
$fn$;
SELECT everything(1); SELECT everything(a => 2, b => ';');
CREATE TABLE everything_said AS SELECT everything(3) AS said;
""",
    "schema_with_elements": (
        "CREATE SCHEMA elements CREATE TABLE t (id int PRIMARY KEY) CREATE VIEW v AS SELECT id FROM t "
        "CREATE INDEX ON t (id) CREATE SEQUENCE s GRANT SELECT ON v TO bot;CREATE SCHEMA AUTHORIZATION migrator;"
    ),
    "publication": "CREATE TABLE published (id int PRIMARY KEY, v text); CREATE PUBLICATION news FOR TABLE published "
    "(id) "
    "WHERE (id > 0) WITH (publish = 'insert, delete'); COMMENT ON PUBLICATION news IS 'a;'; ALTER "
    "PUBLICATION news RENAME TO olds;",
    "large_objects": "SELECT lo_create(4242); SELECT lo_from_bytea(4243, '\\x3b00ff'); COMMENT ON LARGE OBJECT 4243 IS "
    "';';"
    "GRANT SELECT ON LARGE OBJECT 4242 TO bot; SELECT lo_put(4242, 0, 'a;b'::bytea); SELECT lo_unlink(4243);",
    "new_in_17": (
        "CREATE TABLE new_in_17 (id int PRIMARY KEY, v text); INSERT INTO new_in_17 VALUES (1, 'a'), (2, 'b');"
        "MERGE INTO new_in_17 AS t USING (VALUES (1, 'x;')) AS s (id, v) ON t.id = s.id WHEN MATCHED THEN "
        "UPDATE SET v = s.v "
        "WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING merge_action(), t.*;"
        "SELECT JSON_QUERY('{\"a\":[1]}', '$.a' WITH WRAPPER), JSON_VALUE('{\"a\":\";\"}', '$.a'), "
        "JSON_EXISTS('[]', '$[0]');"
        "CREATE TABLE split_identity (id int GENERATED ALWAYS AS IDENTITY, r int) PARTITION BY RANGE (r);"
        "CREATE TABLE split_identity_1 PARTITION OF split_identity FOR VALUES FROM (1) TO (MAXVALUE);"
        "INSERT INTO split_identity (r) VALUES (1), (2);"
    ),
    "schema_migrations_of_theirs": (
        "CREATE TABLE schema_migrations (version varchar(20) NOT NULL, dirty boolean NOT NULL DEFAULT false);\n"
        "INSERT INTO schema_migrations VALUES ('20240101000000'), ('20240102000000;');\n"
        "ALTER TABLE schema_migrations ADD PRIMARY KEY (version); UPDATE schema_migrations SET dirty = true "
        "WHERE version > '3';"
    ),
    "schema_migrations_used_again": "INSERT INTO schema_migrations (version) SELECT '20240103000000';"
    "SET search_path = app; TRUNCATE schema_migrations; INSERT INTO schema_migrations VALUES ('1', true);",
    "search_path_of_the_role_alone": "CREATE TABLE by_the_role (id int); CREATE TABLE public.by_name (id int);"
    "SET search_path = public, app; CREATE TABLE by_the_file (id int); DROP TABLE IF EXISTS by_the_role_not;",
    "default_privileges": "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"
    "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO bot; CREATE FUNCTION app.private() RETURNS int RETURN 1;"
    "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC; CREATE SCHEMA seen_by_the_bot;",
    "read_with_psql_words": (
        "SELECT 'select 1 \\g', E'\\\\d', '\\copy x', $$\\q$$; -- \\q\n/* \\! ls */ SELECT ':name', $$:name$$, '::';"
    ),
    "temporary_names_that_look_like_steps": "-- +goose Up\nCREATE TABLE up_and_down (id int);\n\n-- +goose "
    "StatementBegin\n"
    "CREATE FUNCTION goose() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;\n-- +goose "
    "StatementEnd\n-- //@UNDO;\n",
}


def _big_insert() -> str:
    rows = ",\n".join(
        f"    ({number}, 'row {number}; it''s', {number % 97}.5, '{{\"n\": {number}}}')" for number in range(5000)
    )
    return f"CREATE TABLE big (id integer PRIMARY KEY, v text, n numeric, j jsonb);\nINSERT INTO big VALUES\n{rows};\n"


def _many_statements() -> str:
    rows = (f"INSERT INTO many VALUES ({number}, 'é; {number}');" for number in range(498))
    return "\n".join(["CREATE TABLE many (id int, v text);", *rows, "UPDATE many SET v = v || ';' WHERE id = 7;"])


def _long_line() -> str:
    return f"CREATE TABLE long_line (v text); INSERT INTO long_line VALUES ('{'漢;' * 100_000}'); SELECT 1;"


def _deep_comment() -> str:
    return f"CREATE TABLE deep_comment (id int); {'/* ; ' * 500}{' */' * 500} INSERT INTO deep_comment VALUES (1);"


def files() -> Iterator[File]:
    for name, text in PECULIAR.items():
        yield File(f"peculiar_{name}", text)
    yield File("peculiar_big_insert", _big_insert())
    yield File("peculiar_many_statements", _many_statements())
    yield File("peculiar_long_line", _long_line())
    yield File("peculiar_deep_comment", _deep_comment())
