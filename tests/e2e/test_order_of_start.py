"""Postgres is healthy, then the migrator succeeds, then the bot starts; or the bot does not start at all."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

from bot.storage.schema_version import REQUIRED_VERSION
from emulator.client import Person
from tests.e2e.stack import READY_SOONER, ROOT, Stack, demo_stack


def moment(stamp: str) -> datetime:
    return datetime.fromisoformat(re.sub(r"\.\d+Z$", lambda found: found[0][:7] + "+00:00", stamp))


def assert_in_order(stack: Stack) -> None:
    postgres, migrator, bot = (stack.state(service) for service in ("postgres", "migrator", "bot"))
    assert migrator["ExitCode"] == 0
    assert moment(postgres["StartedAt"]) < moment(migrator["StartedAt"])
    assert moment(migrator["FinishedAt"]) <= moment(bot["StartedAt"])


def test_a_slow_database_is_waited_for(own_folder: Path) -> None:
    init = own_folder / "init"
    shutil.copytree(ROOT / "db/init", init)
    (init / "99-slow.sql").write_text("SELECT pg_sleep(4);")
    init.chmod(0o755)
    with demo_stack(own_folder, READY_SOONER, "slow-init.yaml", INIT=str(init)) as stack:
        stack.up()
        assert_in_order(stack)
        # The first attempt met a server that lets people in: none before it was refused.
        assert "waiting for the database" not in stack.logs("migrator")
        assert stack.emulator.person(1, "Ada").ask("/start").startswith("Welcome, Ada!")


def test_without_a_database_neither_migrator_nor_bot_starts(own_folder: Path) -> None:
    with demo_stack(own_folder, "postgres-held-back.yaml") as stack:
        failed = stack.up(check=False)
        assert failed.returncode != 0
        assert "postgres" in failed.stderr
        assert "unhealthy" in failed.stderr
        assert not stack.started("migrator")
        assert not stack.started("bot")


def test_a_failing_migration_keeps_the_bot_from_starting_until_it_is_mended(own_folder: Path) -> None:
    migrations = own_folder / "migrations"
    shutil.copytree(ROOT / "db/migrations", migrations)
    bad = migrations / "900_more.sql"
    bad.write_text("CREATE TABLE more (id int);\n\nINSERT INTO mroe VALUES (1);\n")
    for path in (migrations, *migrations.iterdir()):
        path.chmod(0o755)
    with demo_stack(own_folder, READY_SOONER, "migrations.yaml", MIGRATIONS=str(migrations)) as stack:
        failed = stack.up(check=False)
        assert failed.returncode != 0
        assert stack.state("migrator")["ExitCode"] == 1
        assert "900_more.sql:3:13: " in stack.logs("migrator")
        assert not stack.started("bot")
        assert stack.sql("SELECT max(version) FROM schema_migrations") == str(REQUIRED_VERSION)

        bad.write_text("CREATE TABLE more (id int);\n\nINSERT INTO more VALUES (1);\n")
        stack.up()
        assert_in_order(stack)
        assert stack.sql("SELECT id FROM more") == "1"
        assert stack.emulator.person(1, "Ada").ask("/start").startswith("Welcome, Ada!")


def test_a_failing_migration_of_a_new_release_leaves_the_old_bot_serving(
    stack: Stack, newcomer: Person, tmp_path: Path
) -> None:
    migrations = tmp_path / "migrations"
    shutil.copytree(ROOT / "db/migrations", migrations)
    (migrations / "999_broken.sql").write_text("SELECT 1/0;")
    for path in (tmp_path, migrations):
        path.chmod(0o755)
    before = stack.container("bot")
    # As `make up` does it, before it replaces the bot.
    new_release = ("--volume", f"{migrations}:/migrations:ro", "migrator")
    failed = stack.compose("run", "--rm", "--no-TTY", *new_release, check=False)
    assert failed.returncode == 1
    assert "999_broken.sql:1:1: division by zero" in failed.stdout + failed.stderr
    assert stack.container("bot") == before
    assert newcomer.ask("/start").startswith("Welcome, Ada!")


def test_up_is_safe_to_run_again(stack: Stack) -> None:
    before = {service: stack.container(service) for service in ("postgres", "bot")}
    stack.up()
    assert {service: stack.container(service) for service in ("postgres", "bot")} == before
    assert "applied=0" in stack.logs("migrator")
    assert stack.sql("SELECT count(*) FROM public.schema_migrations") == str(REQUIRED_VERSION)
