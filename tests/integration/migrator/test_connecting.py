"""A database that is late, elsewhere, closed to the migrator, or gone."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from tests.hostile import PASSWORD, PASSWORD_MARK
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator, execute, fetch, recorded, tables
from tests.integration.postgres import Server, docker
from tests.waiting import wait_for

SSL_REQUEST = 80877103
STARTING_UP = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
STANDBY = "/tmp/standby"
STANDBY_PORT = 5433


class Gateway:
    """A port in front of the test server; nothing listens at it before `open`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._server: asyncio.Server | None = None
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        #: Answer as a server that is starting up.
        self.starting_up = False
        #: Cut the connection when the migrator sends this, before it is passed on or just after.
        self.cut_before: bytes | None = None
        self.cut_after: bytes | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=self._socket)

    async def close(self) -> None:
        if self._server is None:
            self._socket.close()
        else:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self.starting_up:
            await _refuse(reader, writer)
        else:
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._target)
            ways = [
                asyncio.create_task(self._pass_on(reader, upstream_writer)),
                asyncio.create_task(self._pass_on(upstream_reader, writer)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            upstream_writer.close()
        writer.close()

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(65536):
            if self.cut_before and self.cut_before in data:
                return
            writer.write(data)
            if self.cut_after and self.cut_after in data:
                return


async def _refuse(reader: StreamReader, writer: StreamWriter) -> None:
    while True:
        length, code = struct.unpack("!II", await reader.readexactly(8))
        if code != SSL_REQUEST:
            break
        writer.write(b"N")
    await reader.readexactly(length - 8)
    writer.write(b"E" + struct.pack("!I", len(STARTING_UP) + 4) + STARTING_UP)


@pytest.fixture
async def gateway(server: Server) -> AsyncIterator[Gateway]:
    opened = Gateway(server.port)
    yield opened
    await opened.close()


@contextmanager
def standby(server: Server) -> Iterator[str]:
    """The address of a real one, which follows the test server."""
    run = ("exec", "--user", "postgres", server.container, "sh", "-ec")
    docker(
        *run,
        f"pg_basebackup --pgdata {STANDBY} --write-recovery-conf --checkpoint fast\n"
        f"pg_ctl --pgdata {STANDBY} --options '-p {STANDBY_PORT}' --log {STANDBY}.log --wait start",
    )
    try:
        place = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        yield f"{docker('inspect', '--format', place, server.container)}:{STANDBY_PORT}"
    finally:
        docker(*run, f"pg_ctl --pgdata {STANDBY} --mode immediate --wait stop; rm -r {STANDBY} {STANDBY}.log")


@pytest.fixture(autouse=True)
def _one_file(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")


def url(database: TestDatabase, *addresses: str) -> str:
    return f"postgresql://migrator@{','.join(addresses)}/{database.name}"


async def test_a_port_that_opens_later_is_waited_for(
    migrator: Migrator, empty_database: TestDatabase, gateway: Gateway
) -> None:
    with migrator.running(DATABASE_URL=url(empty_database, gateway.address)) as run:
        run.wait_until_said(f"waiting for the database reason={gateway.address}: ")
        await gateway.open()
        code, said = await asyncio.to_thread(run.end)
    assert code == 0, said
    assert said.count("waiting for the database") == 1
    assert await recorded(empty_database) == ["001_a.sql"]


async def test_a_server_that_is_starting_up_is_waited_for(
    migrator: Migrator, empty_database: TestDatabase, gateway: Gateway
) -> None:
    gateway.starting_up = True
    await gateway.open()
    with migrator.running(DATABASE_URL=url(empty_database, gateway.address)) as run:
        await asyncio.to_thread(run.wait_until_said, "the database system is starting up")
        gateway.starting_up = False
        code, said = await asyncio.to_thread(run.end)
    assert code == 0, said
    assert await recorded(empty_database) == ["001_a.sql"]


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_a_server_that_never_comes_ends_with_code_4(migrator: Migrator, host: str) -> None:
    code, said = migrator.up(DATABASE_URL=f"postgresql://migrator@{host}/orderly", DATABASE_WAIT_SECONDS="1")
    assert code == 4
    assert f"waiting for the database reason={host}: " in said
    assert f"No database within 1 s: {host}: " in said


async def test_another_host_is_used_where_the_first_is_dead(
    migrator: Migrator, empty_database: TestDatabase, server: Server, gateway: Gateway
) -> None:
    living = f"127.0.0.1:{server.port}"
    code, said = migrator.up(DATABASE_URL=url(empty_database, "no-such-host.invalid", gateway.address, living))
    assert code == 0, said
    assert "waiting" not in said


async def test_another_host_is_used_where_the_first_is_starting_up(
    migrator: Migrator, empty_database: TestDatabase, server: Server, gateway: Gateway
) -> None:
    gateway.starting_up = True
    await gateway.open()
    hosts = (gateway.address, f"127.0.0.1:{server.port}")
    code, said = await asyncio.to_thread(migrator.up, DATABASE_URL=url(empty_database, *hosts))
    assert code == 0, said
    assert "waiting" not in said


async def test_a_standby_is_passed_over_by_up_and_read_by_status(
    migrator: Migrator, empty_database: TestDatabase, server: Server
) -> None:
    with standby(server) as address:
        alone = {"DATABASE_URL": url(empty_database, address)}
        code, said = migrator.up(**alone, DATABASE_WAIT_SECONDS="0")
        assert code == 4
        assert f"{address}: takes no writes: a standby, or default_transaction_read_only is on" in said
        both = url(empty_database, address, f"127.0.0.1:{server.port}")
        code, said = migrator.up(DATABASE_URL=both)
        assert code == 0, said
        wait_for(lambda: migrator.run("status", "--exit-code", **alone).code == 0, "the standby has followed")
        assert migrator.run("plan", **alone).printed == "nothing to apply\n"
    assert await recorded(empty_database) == ["001_a.sql"]


async def test_a_database_that_takes_no_writes_yet_is_waited_for(
    migrator: Migrator, empty_database: TestDatabase, server: Server
) -> None:
    maintenance = await server.connect("postgres", "postgres")
    change = f'ALTER DATABASE "{empty_database.name}"'
    await maintenance.execute(f"{change} SET default_transaction_read_only = on")
    with migrator.running() as run:
        run.wait_until_said("takes no writes")
        await maintenance.execute(f"{change} RESET default_transaction_read_only")
        code, said = run.end()
    await maintenance.close()
    assert code == 0, said


def test_a_wrong_password_fails_at_once(migrator: Migrator) -> None:
    code, said = migrator.up(DATABASE_PASSWORD=f"{PASSWORD_MARK} wrong", DATABASE_WAIT_SECONDS="3600")
    assert code == 4
    assert "password authentication failed" in said
    assert "docs/operations.md" in said


def test_a_missing_database_fails_at_once(migrator: Migrator) -> None:
    code, said = migrator.up(DATABASE_URL=migrator.url + "x", DATABASE_WAIT_SECONDS="3600")
    assert code == 4
    assert "does not exist. Create it, or mend DATABASE_URL." in said


async def test_a_database_that_the_role_may_not_enter_fails_at_once(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    await execute(empty_database, f'REVOKE CONNECT ON DATABASE "{empty_database.name}" FROM PUBLIC', "postgres")
    code, said = migrator.up(DATABASE_WAIT_SECONDS="3600")
    assert code == 4
    assert "The database refuses the connection: permission denied" in said


def test_a_password_may_stand_in_the_url(migrator: Migrator) -> None:
    with_password = migrator.url.replace("@", f":{quote(PASSWORD, safe='')}@", 1)
    code, said = migrator.up(DATABASE_URL=with_password, DATABASE_PASSWORD="")
    assert code == 0, said


@pytest.mark.parametrize("rest", ["@127.0.0.1:port/orderly", "@[broken/orderly", "@127.0.0.1:1,[/orderly", "/half/way"])
def test_no_part_of_a_url_that_cannot_be_understood_is_repeated(migrator: Migrator, rest: str) -> None:
    code, said = migrator.up(DATABASE_URL=f"postgresql://migrator:{PASSWORD_MARK}{rest}", DATABASE_WAIT_SECONDS="0")
    assert code in (2, 4), said


def test_an_unreachable_host_is_told_without_the_password_of_its_url(migrator: Migrator) -> None:
    secret = quote(PASSWORD, safe="")
    code, said = migrator.up(
        DATABASE_URL=f"postgresql://migrator:{secret}@127.0.0.1:1/orderly", DATABASE_WAIT_SECONDS="0"
    )
    assert code == 4
    assert secret not in said


async def test_what_a_role_prescribes_for_others_does_not_end_a_migration(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    limits = ("statement_timeout", "transaction_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout")
    for name in limits:
        setting = f"ALTER ROLE migrator IN DATABASE \"{empty_database.name}\" SET {name} = '1ms'"
        await execute(empty_database, setting, "postgres")
    seen = " UNION ALL ".join(f"SELECT current_setting('{name}')" for name in limits)
    migrator.write("001_a.sql", f"CREATE TABLE seen AS {seen};")
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT * FROM app.seen") == [("0",)] * len(limits)


async def test_a_connection_lost_between_two_files_is_told(
    migrator: Migrator, empty_database: TestDatabase, gateway: Gateway
) -> None:
    migrator.write("002_b.sql", "CREATE TABLE b (id int);")
    gateway.cut_before = b"002_b.sql"
    await gateway.open()
    code, said = await asyncio.to_thread(migrator.up, DATABASE_URL=url(empty_database, gateway.address))
    assert code == 4
    assert "applied file=001_a.sql" in said
    assert "The connection to the database was lost: " in said
    assert await recorded(empty_database) == ["001_a.sql"]
    assert await tables(empty_database) == {"a"}
    assert migrator.up()[0] == 0


async def test_a_connection_lost_with_the_answer_to_the_commit_is_told_and_found_out(
    migrator: Migrator, empty_database: TestDatabase, gateway: Gateway
) -> None:
    gateway.cut_after = b"COMMIT\n"  # not the READ COMMITTED at the beginning
    await gateway.open()
    code, said = await asyncio.to_thread(migrator.up, DATABASE_URL=url(empty_database, gateway.address))
    assert code == 4
    assert "Whether 001_a.sql was committed before is not known here; run again, which finds out." in said
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT count(*) FROM schema_migrations") == [(1,)]
