"""What the database itself refuses, whatever the code does."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator

import asyncpg
import pytest
from asyncpg import Connection, Record

from tests.hostile import PASSWORD, PASSWORD_MARK
from tests.integration.conftest import TestDatabase
from tests.integration.postgres import Server, docker


@pytest.fixture
async def bot(database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    connection = await database.connect("bot")
    yield connection
    await connection.close()


async def test_the_bot_reads_and_writes_rows(bot: Connection[Record]) -> None:
    await bot.execute("INSERT INTO users (id, first_name) VALUES (1, 'Ada')")
    await bot.execute("UPDATE users SET first_name = 'Grace' WHERE id = 1")
    assert await bot.fetchval("SELECT first_name FROM users") == "Grace"
    await bot.execute("DELETE FROM users")


async def test_the_bot_reads_the_record_of_the_schema(bot: Connection[Record]) -> None:
    assert await bot.fetchval("SELECT name FROM public.schema_migrations WHERE version = 1") == "001_users.sql"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE users ADD COLUMN mine int",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "DROP TABLE users",
        "TRUNCATE users",
        "CREATE INDEX ON users (username)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "INSERT INTO public.schema_migrations VALUES (2, '002.sql', '', now(), '1 s')",
        "UPDATE public.schema_migrations SET checksum = ''",
        "DELETE FROM public.schema_migrations",
        "DROP TABLE public.schema_migrations",
        "SET ROLE migrator",
        "SET ROLE postgres",
        "CREATE ROLE mine",
        "ALTER ROLE bot SUPERUSER",
        "COPY users TO PROGRAM 'id'",
        "SELECT pg_read_file('/run/secrets/postgres_password')",
    ],
)
async def test_the_bot_cannot(bot: Connection[Record], database: TestDatabase, statement: str) -> None:
    # A database made for a test has the default privileges; db/init takes them from the real one.
    owner = await database.connect("postgres")
    await owner.execute(f'REVOKE ALL ON DATABASE "{database.name}" FROM PUBLIC')
    await owner.close()
    with pytest.raises(asyncpg.PostgresError) as caught:
        await bot.execute(statement)
    assert caught.value.sqlstate == "42501", str(caught.value)


async def test_nobody_else_may_even_connect_to_the_real_database(server: Server) -> None:
    superuser = await server.connect("postgres", "orderly")
    allowed = """
        SELECT has_database_privilege('public', 'orderly', 'CONNECT'),
               has_database_privilege('public', 'orderly', 'TEMP'),
               has_database_privilege('bot', 'orderly', 'CONNECT'),
               has_database_privilege('bot', 'orderly', 'CREATE')
    """
    assert tuple(await superuser.fetchrow(allowed) or ()) == (False, False, True, False)
    await superuser.close()


def test_no_password_is_in_the_servers_log(server: Server) -> None:
    again = ("psql", "-v", "ON_ERROR_STOP=1", "-q", "-f", "/docker-entrypoint-initdb.d/10-roles.sql", "orderly")
    docker("exec", "--user", "postgres", server.container, *again)
    logged = subprocess.run(["docker", "logs", server.container], capture_output=True, text=True, check=True)
    assert "DEFAULT PRIVILEGES" in logged.stdout + logged.stderr, "statements were logged"
    assert PASSWORD_MARK not in logged.stdout + logged.stderr


async def test_the_roles_can_be_made_again_with_new_passwords(server: Server) -> None:
    file = server.secrets / "bot_db_password"
    rerun = ("exec", "--user", "postgres", server.container, "psql", "-v", "ON_ERROR_STOP=1", "-q", "orderly", "-f")
    try:
        file.write_text("another one")
        docker(*rerun, "/docker-entrypoint-initdb.d/10-roles.sql")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await server.connect("bot", "orderly")
    finally:
        file.write_text(PASSWORD)
        docker(*rerun, "/docker-entrypoint-initdb.d/10-roles.sql")
    connection = await server.connect("bot", "orderly")
    await connection.close()
