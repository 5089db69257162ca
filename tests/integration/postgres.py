"""A real PostgreSQL in a container of its own, with the roles of db/init."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from asyncpg import Connection, Record

from tests.hostile import PASSWORD
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
IMAGE = "postgres:17"


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


@dataclass(frozen=True)
class Server:
    container: str
    secrets: Path
    #: Of a server in memory, which is never started anew.
    known_port: int | None = None

    @property
    def port(self) -> int:
        """It changes when the container is started anew."""
        return self.known_port or _published_port(self.container)

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    async def connect(self, role: str, database: str) -> Connection[Record]:
        return await asyncpg.connect(self.url(role, database), password=PASSWORD)


@contextmanager
def running_server(
    secrets: Path, settings: Sequence[str] = ("fsync=off", "log_statement=all"), *, in_memory: bool = False
) -> Iterator[Server]:
    """In memory, databases are made and dropped several times as fast, and lost when the container is stopped."""
    secrets.mkdir()
    for name in ("postgres_password", "migrator_db_password", "bot_db_password"):
        (secrets / name).write_text(PASSWORD)
    name = f"orderly-test-{uuid.uuid4().hex[:8]}"
    docker(
        *("run", "--detach", "--name", name, "--publish", "127.0.0.1::5432", "--shm-size", "128m"),
        *("--volume", f"{secrets}:/run/secrets:ro"),
        *("--volume", f"{ROOT / 'db/init'}:/docker-entrypoint-initdb.d:ro"),
        *(("--tmpfs", "/var/lib/postgresql/data") if in_memory else ()),
        *("--env", "POSTGRES_DB=orderly", "--env", "POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password"),
        *(IMAGE, "postgres", *(part for setting in settings for part in ("-c", setting))),
    )
    try:
        wait_for(lambda: _answers(name), "the test server answers")
        yield Server(name, secrets, _published_port(name) if in_memory else None)
    finally:
        docker("rm", "--force", "--volumes", name)


def _published_port(container: str) -> int:
    return int(docker("port", container, "5432/tcp").splitlines()[0].rpartition(":")[2])


def _answers(container: str) -> bool:
    # Over TCP: while db/init runs, the server answers on its socket alone.
    probe = ["docker", "exec", container, "pg_isready", "-h", "127.0.0.1"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0
