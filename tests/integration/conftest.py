from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from asyncpg import Connection, Record

from tests.integration.migrations import Migrator
from tests.integration.postgres import ROOT, Server, running_server

PRISTINE = "orderly"
MIGRATED = "orderly_migrated"


@dataclass(frozen=True)
class TestDatabase:
    __test__ = False

    server: Server
    name: str

    def url(self, role: str) -> str:
        return self.server.url(role, self.name)

    async def connect(self, role: str) -> Connection[Record]:
        return await self.server.connect(role, self.name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("postgres") / "secrets", in_memory=True) as running:
        yield running


@pytest.fixture(scope="session")
def migrated(server: Server) -> str:
    """The name of a database that the real migrator has brought up to date."""
    asyncio.run(create_copy(server, PRISTINE, MIGRATED))
    code, said = Migrator(server.url("migrator", MIGRATED), ROOT / "db/migrations").up()
    assert code == 0, said
    return MIGRATED


@pytest.fixture
async def database(server: Server, migrated: str) -> AsyncIterator[TestDatabase]:
    """A migrated database for this test alone."""
    name = f"test_{uuid.uuid4().hex}"
    await create_copy(server, migrated, name)
    yield TestDatabase(server, name)
    await drop(server, name)


@pytest.fixture
async def other_database(server: Server, migrated: str) -> AsyncIterator[TestDatabase]:
    """As `database`, and apart from it."""
    name = f"test_{uuid.uuid4().hex}"
    await create_copy(server, migrated, name)
    yield TestDatabase(server, name)
    await drop(server, name)


@pytest.fixture
async def empty_database(server: Server) -> AsyncIterator[TestDatabase]:
    """Roles and schemas alone, as db/init leaves them."""
    name = f"test_{uuid.uuid4().hex}"
    await create_copy(server, PRISTINE, name)
    yield TestDatabase(server, name)
    await drop(server, name)


@pytest.fixture
def migrator(empty_database: TestDatabase, tmp_path: Path) -> Migrator:
    directory = tmp_path / "migrations"
    directory.mkdir()
    return Migrator(empty_database.url("migrator"), directory)


async def create_copy(server: Server, template: str, name: str) -> None:
    connection = await server.connect("postgres", "postgres")
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    await connection.close()


async def drop(server: Server, name: str) -> None:
    connection = await server.connect("postgres", "postgres")
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()
