-- Roles and their privileges; tables belong to db/migrations. PostgreSQL's image runs this once, on an
-- empty data directory; `make up` runs it again, so that the passwords are those of the files.

-- psql reads the files itself, so no character of a password can be taken for SQL or shell.
\set migrator_password `cat /run/secrets/migrator_db_password`
\set bot_password `cat /run/secrets/bot_db_password`

-- All of it or nothing, should the very first start be cut off.
BEGIN;

SET LOCAL client_min_messages = 'warning';
-- No password, not even its hash, in the server's log.
SET LOCAL log_statement = 'none';
SET LOCAL log_min_error_statement = 'panic';

SELECT :'migrator_password' = '' OR :'bot_password' = '' AS missing \gset
\if :missing
    DO $$ BEGIN RAISE 'A password file in /run/secrets is empty or cannot be read by the user postgres.'; END $$;
\endif

SELECT format('CREATE ROLE %I', name)
FROM (VALUES ('migrator'), ('bot')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name)
\gexec

ALTER ROLE migrator WITH LOGIN PASSWORD :'migrator_password';
ALTER ROLE bot WITH LOGIN PASSWORD :'bot_password';

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE :"DBNAME" TO migrator;
GRANT CONNECT ON DATABASE :"DBNAME" TO bot;

-- `app` holds the tables of the migrations. `public` holds schema_migrations alone, so that what the bot
-- may do with its tables never extends to the record of the schema.
CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION migrator;
GRANT USAGE ON SCHEMA app TO bot;
GRANT CREATE ON SCHEMA public TO migrator;
ALTER ROLE migrator SET search_path = app, public;
ALTER ROLE bot SET search_path = app, public;

ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA app GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bot;
ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA app GRANT USAGE, SELECT ON SEQUENCES TO bot;
ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA public GRANT SELECT ON TABLES TO bot;

COMMIT;
